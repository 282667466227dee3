"""What no report of coverage.py tells: sources that do not parse, and lines of sources that no data mentions. Pure.

coverage.py leaves a file that does not parse out of its figures, with a warning that nobody reads: 100 % of the rest.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from gate.domain.finding import Finding, Location, Severity
from gate.domain.unparsed import UnparsedFile
from gate.domain.wording import clipped, enumerated
from gate.gates.coverage_scope import is_template, is_test

_MOST_NAMED = 3
_MOST_MESSAGE = 200
_LAST_LINE = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """The lines that can run of files that no data mentions, and the files that do not parse.

    Paths are relative to the repository's root.
    """

    unmeasured: Mapping[str, frozenset[int]] = field(default_factory=dict)
    unparsed: tuple[UnparsedFile, ...] = ()


def parse_untold(text: str | None, located: Callable[[str], str]) -> Untold:
    """Read what the project's interpreter told in JSON; what has another form is left out.

    `located` gives the path in the repository. Tests that do not parse are samples for the project's tests, and
    templates are no Python yet.
    """
    try:
        told = json.loads(text or "{}")
    except (ValueError, RecursionError):
        told = None
    unmeasured, unparsed = (_members(told, name) for name in ("unmeasured", "unparsed"))
    return Untold(
        unmeasured={located(path): frozenset(filter(_is_line, lines)) for path, lines in unmeasured},
        unparsed=tuple(
            _unparsed(located(path), said)
            for path, said in sorted(unparsed, key=lambda entry: entry[0])
            if not is_test(path) and not is_template(path)
        ),
    )


def unparsed_words(files: Sequence[UnparsedFile]) -> str:
    """Say that the figure is without them, "" where there are none."""
    if not files:
        return ""
    named = enumerated((file.path for file in files), _MOST_NAMED)
    return f"{clipped(named, 2 * _MOST_MESSAGE)} {'does' if len(files) == 1 else 'do'} not parse: no part of the figure"


def unparsed_findings(gate: str, files: Sequence[UnparsedFile]) -> tuple[Finding, ...]:
    """Name each, with what Python says of it."""
    return tuple(
        Finding(
            gate=gate,
            rule_id="does-not-parse",
            severity=Severity.WARNING,
            message=f"does not parse{f' ({file.message})' if file.message else ''}: no part of the coverage figure, "
            "and what a change alters in it counts as not run; what is no source belongs to coverage's `omit`",
            location=Location(path=file.path, line=file.line),
        )
        for file in files
    )


def _members(told: Any, name: str) -> list[tuple[str, list[Any]]]:  # noqa: ANN401
    members = told.get(name) if isinstance(told, dict) else None
    if not isinstance(members, dict):
        return []
    return [(path, entry) for path, entry in members.items() if isinstance(entry, list)]


def _unparsed(path: str, said: list[Any]) -> UnparsedFile:
    line, message = said if len(said) == 2 else (0, "")
    return UnparsedFile(
        path=path,
        line=line if _is_line(line) and 0 < line <= _LAST_LINE else None,
        message=clipped(message, _MOST_MESSAGE) if isinstance(message, str) else "",
    )


def _is_line(value: object) -> TypeGuard[int]:
    return type(value) is int
