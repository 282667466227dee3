"""How long tests took: a JSON object of seconds by the name of the test, as pytest-split's `.test_durations`.

Format: https://jerry-git.github.io/pytest-split/, "--store-durations". Decides nothing by them.
"""

import json
import math
from collections.abc import Mapping

from gate.formats import UnreadableError

# A hundred thousand tests with long names.
_MOST_CHARACTERS = 32 * 1024 * 1024
_MOST_SECONDS = 86_400.0


def parse_durations(text: str) -> dict[str, float]:
    """Read the seconds of each test; a number that is no duration counts as not known.

    Raises:
        UnreadableError: it is no such file.
    """
    if len(text) > _MOST_CHARACTERS:
        raise UnreadableError("is too long")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("is not JSON") from None
    if not isinstance(document, dict):
        raise UnreadableError("is not an object of seconds by test")
    return {test: float(seconds) for test, seconds in document.items() if _is_duration(seconds)}


def render_durations(durations: Mapping[str, float]) -> str:
    """Write durations: sorted, a test a line, so that a committed file changes little."""
    return json.dumps(dict(sorted(durations.items())), indent=0) + "\n"


def _is_duration(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= _MOST_SECONDS and math.isfinite(value)  # type: ignore[operator,arg-type]
