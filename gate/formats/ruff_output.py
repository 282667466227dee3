"""What ruff prints -> findings.

`ruff check --output-format=json`: https://docs.astral.sh/ruff/settings/#output-format
`ruff check` warns `No Python files found under the given path(s)`, and is content.
`ruff format --check`: `Would reformat: PATH` a file, since 0.15 `unformatted:` and then `--> PATH:LINE:COLUMN`.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from gate.formats import UnreadableError

_UNFORMATTED = re.compile(r"^Would reformat: (.+)$|^unformatted: .*\n\s*--> (.+?):\d+:\d+$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One violation; `path` is as ruff prints it, absolute."""

    rule: str
    message: str
    path: str
    line: int
    column: int
    end_line: int
    url: str | None


def parse_violations(text: str) -> tuple[Violation, ...]:
    """Read the JSON of `ruff check`.

    Raises:
        UnreadableError: it is not a list of violations.
    """
    try:
        entries = json.loads(text)
        if not isinstance(entries, list):
            raise UnreadableError("ruff printed JSON that is not a list")
        return tuple(_violation(entry) for entry in entries)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableError(f"ruff's JSON cannot be read: {error!r}") from None


def _violation(entry: dict[str, Any]) -> Violation:
    # Older versions of ruff print null as the code of a syntax error.
    return Violation(
        rule=str(entry["code"] or "invalid-syntax"),
        message=str(entry["message"]),
        path=str(entry["filename"]),
        line=int(entry["location"]["row"]),
        column=int(entry["location"]["column"]),
        end_line=int(entry["end_location"]["row"]),
        url=str(entry["url"]) if entry.get("url") else None,
    )


def parse_unformatted(text: str) -> tuple[str, ...]:
    """Return the paths that `ruff format --check` would reformat, as it prints them."""
    return tuple(old or new for old, new in _UNFORMATTED.findall(text))


def found_no_file(text: str) -> bool:
    """Tell whether ruff says that its configuration leaves no file to look at."""
    return "warning: No Python files found under the given path" in text
