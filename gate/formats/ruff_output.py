"""How ruff is asked in the words of its version, and what it prints -> findings.

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
# The first versions that know an option, found by trying them.
_KNOWS_NO_FIX_ONLY = (0, 0, 220)
_WRITES_FILE = (0, 0, 276)
_CALLS_IT_OUTPUT_FORMAT = (0, 0, 291)
_LONGEST_COMPLAINT = 300


def check_options(version: str, report: str) -> tuple[str, ...]:
    """Return the options with which `ruff check` of `version` changes nothing and writes JSON to the file `report`.

    An older one prints it among its other output.
    """
    numbers = _numbers(version)
    # `fix` and `fix-only` in a project's configuration would make ruff edit the sources.
    only = ("--no-fix-only",) if numbers >= _KNOWS_NO_FIX_ONLY else ()
    name = "--output-format" if numbers >= _CALLS_IT_OUTPUT_FORMAT else "--format"
    written = (f"--output-file={report}",) if numbers >= _WRITES_FILE else ()
    return ("--no-fix", *only, "--no-cache", f"{name}=json", *written)


def _numbers(version: str) -> tuple[int, ...]:
    """Read a version; one that is unknown is taken for a new one."""
    found = re.match(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})", version)
    return tuple(map(int, found.groups())) if found else (1, 0, 0)


def printed_report(text: str) -> str:
    """Return the JSON list in what a ruff printed that writes no file, "" where there is none."""
    start = re.search(r"^\[", text, re.MULTILINE)
    if start is None:
        return ""
    try:
        _, end = json.JSONDecoder().raw_decode(text, start.start())
    except (ValueError, RecursionError):
        return ""
    return text[start.start() : end]


def complaint(text: str) -> str:
    """Return in a line why ruff ended with an error, by what it printed, "" where it said nothing."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = next((index for index, line in enumerate(lines) if re.match(r"error\b|ruff failed", line)), 0)
    told = [line for line in lines[first:] if not line.startswith("warning")][:1]
    if told == ["ruff failed"]:
        told = [line.partition(":")[2].strip() for line in lines[first + 1 :] if line.startswith("Cause:")]
    return ": ".join(told)[:_LONGEST_COMPLAINT]


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
