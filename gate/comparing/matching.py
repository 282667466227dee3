"""Which findings the base has too. Knows no gate: a finding is its rule, its file and what it says.

Numbers of lines in a message do not tell findings apart. Of several in a file that are alike, as many are old as the
base has: those on the same lines first. With the lines of source at hand, a finding whose line was moved to another
file is the same, too.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from gate.comparing.places import Places
from gate.domain.finding import Finding

_LINES = re.compile(r"\blines? \d+(?:(?: to | and |, ?|[-\N{EN DASH}])\d+)*|(?<=[\w.]):\d+(?::\d+)?\b")


@dataclass(slots=True, kw_only=True)
class _Found:
    """A finding of either side: `path` and `line` are those of the base, None where the base has them not.

    `source` is the line of source that it stands on, "" where that is not known; `may_move`: the change added that
    line, or took it away.
    """

    rule_id: str
    message: str
    path: str | None
    line: int | None
    source: str
    may_move: bool
    is_matched: bool = False


def in_base(
    findings: Sequence[Finding],
    base_findings: Sequence[Finding],
    places: Places,
    sources: Sequence[str] = (),
    base_sources: Sequence[str] = (),
) -> list[bool]:
    """Return for each finding whether the base has it too.

    `sources` and `base_sources` are the stripped lines of source on which the findings stand, where they are known.
    """
    now = [_of_now(finding, source, places) for finding, source in zip(findings, _padded(sources), strict=False)]
    then = [
        _of_base(finding, source, places) for finding, source in zip(base_findings, _padded(base_sources), strict=False)
    ]
    _pair(now, then, lambda one: None if one.path is None or one.line is None else (*_alike(one), one.line))
    _pair(now, then, lambda one: None if one.path is None or not one.source else (*_alike(one), one.source))
    # A line that did not change is more likely to be an old finding's than one that did.
    _pair(sorted(now, key=lambda one: one.may_move), then, lambda one: None if one.path is None else _alike(one))
    _pair(now, then, lambda one: (one.rule_id, one.message, one.source) if one.source and one.may_move else None)
    return [one.is_matched for one in now]


def _pair(now: Iterable[_Found], then: Iterable[_Found], key: Callable[[_Found], Hashable]) -> None:
    """Match findings of both sides that have the same key, each with one other; those without a key are left alone."""
    waiting: dict[Hashable, list[_Found]] = defaultdict(list)
    for one in then:
        if not one.is_matched and (told := key(one)) is not None:
            waiting[told].append(one)
    for one in now:
        others = None if one.is_matched else waiting.get(key(one))
        if others:
            others.pop().is_matched = one.is_matched = True


def _alike(one: _Found) -> tuple[str, str | None, str]:
    return one.rule_id, one.path, one.message


def _of_now(finding: Finding, source: str, places: Places) -> _Found:
    place = finding.location
    path = "" if place is None else places.base_path(place.path)
    line = places.base_line(place.path, place.line) if place is not None and place.line is not None else None
    added = place is not None and place.line is not None and line is None
    return _found(finding, source, path, line, may_move=added)


def _of_base(finding: Finding, source: str, places: Places) -> _Found:
    place = finding.location
    path, line = ("", None) if place is None else (place.path, place.line)
    return _found(finding, source, path, line, may_move=line is not None and places.is_removed(path, line))


def _found(finding: Finding, source: str, path: str | None, line: int | None, *, may_move: bool) -> _Found:
    message = _LINES.sub("#", finding.message)
    return _Found(rule_id=finding.rule_id, message=message, path=path, line=line, source=source, may_move=may_move)


def _padded(sources: Sequence[str]) -> Iterable[str]:
    return chain(sources, repeat(""))
