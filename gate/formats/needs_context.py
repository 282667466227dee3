"""The JSON of GitHub's `needs` context -> how each needed job ended. Judges nothing.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#needs-context. Outputs of the
jobs stand there too, and may come from the change: none is taken.
"""

import json
from collections.abc import Mapping

from gate.formats import UnreadableError

SUCCESS = "success"
_RESULTS = (SUCCESS, "failure", "cancelled", "skipped")


def parse_needs(text: str) -> Mapping[str, str]:
    """Return the result of every needed job: `success`, `failure`, `cancelled` or `skipped`.

    Raises:
        UnreadableError: it is not what `toJSON(needs)` gives, or names no job.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("is not JSON: write needs: ${{ toJSON(needs) }}") from None
    if not isinstance(document, dict) or not document:
        raise UnreadableError("names no job: write needs: ${{ toJSON(needs) }} in a job that has `needs:`")
    return {name: _result(name, job) for name, job in document.items()}


def _result(name: str, job: object) -> str:
    result = job.get("result") if isinstance(job, dict) else None
    if not isinstance(result, str) or result not in _RESULTS:
        raise UnreadableError(f"has no result for the job {name[:80]!r}")
    return result
