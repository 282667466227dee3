"""What of a gate's result the base has too: failing cases, and findings. Decides nothing about it.

What a gate knows already stays as it is. Where the base's gate came to no end, only what is there is known of it, not
what is missing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from gate.comparing.matching import in_base
from gate.comparing.places import Places
from gate.domain.exhibit import Exhibit, SourceCoverage, TestCase, Tests
from gate.domain.finding import Finding
from gate.domain.result import GateResult, Outcome

Identity = str | tuple[str, str | None]

_MOST_TRIED = 8


def came_to_an_end(result: GateResult | None) -> bool:
    """Tell whether a gate looked at everything, so that what it does not tell is not there."""
    return result is not None and result.outcome in (Outcome.PASSED, Outcome.FAILED)


def with_known(result: GateResult, base: GateResult | None, places: Places) -> GateResult:
    """Say of each failing case and each finding of a result whether the base has it."""
    judgement = result.judgement
    exhibits = judgement.exhibits
    if base is not None:
        exhibits = tuple(_exhibit(exhibit, base, places) for exhibit in exhibits)
    cases = {case.name: case for exhibit in exhibits if isinstance(exhibit, Tests) for case in exhibit.failing}
    findings = _findings(judgement.findings, cases, exhibits, base, places)
    if findings == judgement.findings and exhibits == judgement.exhibits:
        return result
    return replace(result, judgement=replace(judgement, findings=findings, exhibits=exhibits))


def without_known(result: GateResult) -> GateResult:
    """Return a result that says of nothing whether the base has it."""
    judgement = result.judgement
    findings = tuple(one if one.in_base is None else replace(one, in_base=None) for one in judgement.findings)
    exhibits = tuple(
        Tests(cases=tuple(case if case.in_base is None else replace(case, in_base=None) for case in exhibit.cases))
        if isinstance(exhibit, Tests) and any(case.in_base is not None for case in exhibit.failing)
        else exhibit
        for exhibit in judgement.exhibits
    )
    return replace(result, judgement=replace(judgement, findings=findings, exhibits=exhibits))


def identities(cases: Iterable[TestCase], places: Places | None = None) -> Iterator[Identity]:
    """Yield what cases are known by: their names, with the paths that their files have in the base.

    Of cases of the base, there are no `places` to look those up. A name that begins with its file is all that it takes;
    most are so, and of these there may be a hundred thousand.
    """
    last: str | None = None
    there: str | None = None
    for case in cases:
        path, name = (case.location.path if case.location is not None else None), case.name
        if path != last:
            last = there = path
            if places is not None and path is not None:
                there = places.base_path(path) or f"{path} is new"
        if path is None or not name.startswith(path) or not name.startswith("::", len(path)):
            yield name, there
        else:
            yield name if there == path else f"{there}{name[len(path) :]}"


def cases_of(result: GateResult | None) -> tuple[TestCase, ...]:
    """Return all test cases of a result."""
    exhibits = [exhibit for exhibit in result.exhibits if isinstance(exhibit, Tests)] if result is not None else []
    return exhibits[0].cases if len(exhibits) == 1 else tuple(case for exhibit in exhibits for case in exhibit.cases)


def told_by_exhibits(result: GateResult) -> set[int]:
    """Return the places in `findings` of those that a failing case or lines that did not run tell already."""
    cases = {case.name: case for exhibit in result.exhibits if isinstance(exhibit, Tests) for case in exhibit.failing}
    missing = _missing(result.exhibits)
    return {
        at
        for at, finding in enumerate(result.findings)
        if _case_of(finding, cases) is not None or _lines_of(finding, missing)
    }


def _exhibit(exhibit: Exhibit, base: GateResult, places: Places) -> Exhibit:
    if not isinstance(exhibit, Tests) or not exhibit.failing:
        return exhibit
    failing = set(identities(case for one in base.exhibits if isinstance(one, Tests) for case in one.failing))
    ended = came_to_an_end(base)
    known = {id(case): _known(one in failing, ended=ended) for case, one in _with_identities(exhibit.failing, places)}
    cases = (
        replace(case, in_base=known[id(case)]) if id(case) in known and case.in_base is None else case
        for case in exhibit.cases
    )
    return Tests(cases=tuple(cases))


def _with_identities(cases: tuple[TestCase, ...], places: Places) -> Iterator[tuple[TestCase, Identity]]:
    return zip(cases, identities(cases, places), strict=True)


def _known(there: bool, *, ended: bool) -> bool | None:  # noqa: FBT001
    return True if there else False if ended else None


def _findings(
    findings: tuple[Finding, ...],
    cases: Mapping[str, TestCase],
    exhibits: tuple[Exhibit, ...],
    base: GateResult | None,
    places: Places,
) -> tuple[Finding, ...]:
    known = [finding.in_base for finding in findings]
    missing = _missing(exhibits)
    base_missing = _missing(base.exhibits) if base is not None else {}
    open_ones = []
    for at, finding in enumerate(findings):
        if known[at] is not None:
            continue
        if (case := _case_of(finding, cases)) is not None:
            known[at] = case.in_base
        elif lines := _lines_of(finding, missing):
            known[at] = _ran_in_base(finding, lines, base_missing, places)
        else:
            open_ones.append(at)
    if base is not None and open_ones:
        there = in_base([findings[at] for at in open_ones], base.findings, places)
        ended = came_to_an_end(base)
        for at, is_there in zip(open_ones, there, strict=True):
            known[at] = _known(is_there, ended=ended)
    pairs = zip(findings, known, strict=True)
    return tuple(finding if finding.in_base is told else replace(finding, in_base=told) for finding, told in pairs)


def _case_of(finding: Finding, cases: Mapping[str, TestCase]) -> TestCase | None:
    """Return the failing case that a finding tells of: its message begins with the name."""
    if not cases:
        return None
    if finding.message in cases:
        return cases[finding.message]
    at = -1
    for _ in range(_MOST_TRIED):
        at = finding.message.find(": ", at + 1)
        if at < 0:
            break
        if finding.message[:at] in cases:
            return cases[finding.message[:at]]
    return None


def _missing(exhibits: Iterable[Exhibit]) -> dict[str, tuple[int, ...]]:
    return {
        file.path: tuple(sorted(file.missing_lines))
        for exhibit in exhibits
        if isinstance(exhibit, SourceCoverage)
        for file in exhibit.files
    }


def _lines_of(finding: Finding, missing: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the lines that did not run, of those that a finding is about."""
    place = finding.location
    if place is None or place.line is None or place.path not in missing:
        return ()
    lines = missing[place.path]
    return lines[bisect_left(lines, place.line) : bisect_right(lines, place.end_line or place.line)]


def _ran_in_base(
    finding: Finding, lines: tuple[int, ...], missing: Mapping[str, tuple[int, ...]], places: Places
) -> bool | None:
    """Tell whether all of these lines were there in the base already, and did not run."""
    path = finding.location.path if finding.location is not None else ""
    base_path = places.base_path(path)
    if not missing or not places.knows_lines(path):
        return None
    if base_path is None or base_path not in missing:
        return False
    there = frozenset(missing[base_path])
    return all(places.base_line(path, line) in there for line in lines)
