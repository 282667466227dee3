"""The sessions of pytest that one half of the suite takes: which, and what they come to together. Runs none."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import PurePosixPath

from gate.domain.exhibit import CaseOutcome, TestCase
from gate.formats.pytest_command import PytestCommand
from gate.gates.suite_ending import NOT_BROKEN, SOMETHING_FAILED, SuiteEvidence

_RED = (CaseOutcome.FAILED, CaseOutcome.ERRORED)


def sessions_of(found: Sequence[PytestCommand], paths: Sequence[str]) -> tuple[PytestCommand, ...]:
    """Return the sessions to run: those that the project runs itself, or one over the configured `paths`."""
    if not paths:
        return tuple(found) or (PytestCommand(),)
    alone = found[0] if len(found) == 1 else PytestCommand()
    return (replace(alone, paths=tuple(paths)),)


def of_half(
    sessions: Sequence[PytestCommand], files: Sequence[str], *, half: str, markers: bool
) -> tuple[PytestCommand, ...]:
    """Leave out the sessions whose paths hold no file of this half; all are kept where markers may part it.

    Where none of them holds the integration tests that there are, these are run without paths: none may be lost.
    """
    if markers:
        return tuple(sessions)
    wanted = [path for path in files if ("integration" in path.lower()) is (half == "integration")]
    kept = tuple(session for session in sessions if not session.paths or any(_holds(session, path) for path in wanted))
    if not kept and wanted and half == "integration":
        return (replace(sessions[0], paths=()),)
    return kept or tuple(sessions[:1])


def _holds(session: PytestCommand, path: str) -> bool:
    places = [place.partition("::")[0] for place in session.paths]
    return any(place in (".", path) or path.startswith(f"{place}/") for place in places)


def share_tests(sessions: Sequence[PytestCommand]) -> bool:
    """Tell whether two sessions name a place, or one in another: they may run the same tests."""
    places = [[_folders(path) for path in session.paths or (".",)] for session in sessions]
    return any(
        one[: len(other)] == other[: len(one)]
        for first, second in combinations(places, 2)
        for one in first
        for other in second
    )


def _folders(path: str) -> tuple[str, ...]:
    return PurePosixPath(path.partition("::")[0]).parts


def together(parts: Sequence[SuiteEvidence]) -> SuiteEvidence:
    """Return what several sessions come to: the worst end, all the tests.

    A test that ran in two of them counts once, red where it was red in one, else flaky where it was that in one. What
    one leaves out and another runs is not left out.
    """
    if len(parts) == 1:
        return parts[0]
    worst = min(parts, key=_rank)
    cases: dict[str, TestCase] = {}
    for case in (case for part in parts for case in part.cases):
        known = cases.get(case.name)
        if known is None or _is_worse(case, known):
            cases[case.name] = case
    again = sum(len(part.cases) for part in parts) - len(cases)
    counted = [part.selected for part in parts if part.selected is not None]
    selected = sum(counted) - again if len(counted) == len(parts) else None
    seen = max((part.selected or 0) + part.left_out for part in parts)
    return replace(
        worst,
        cases=tuple(cases.values()),
        not_collected=tuple(dict.fromkeys(case for part in parts for case in part.not_collected)),
        unreadable=next((part.unreadable for part in parts if part.unreadable), ""),
        selected=selected,
        collected=sum(part.collected or 0 for part in parts) if worst.shard else None,
        parting=" ".join(part.parting for part in parts),
        left_out=max(0, seen - (selected or 0)),
        running=next((part.running for part in parts if part.running), ""),
        not_retried=next((part.not_retried for part in parts if part.not_retried), ""),
    )


def _is_worse(case: TestCase, known: TestCase) -> bool:
    if known.outcome in _RED:
        return False
    return case.outcome in _RED or (case.retried > known.retried and case.outcome is known.outcome)


def _rank(part: SuiteEvidence) -> int:
    """Order ends: broken, red, green, without a test."""
    if part.returncode not in (*NOT_BROKEN, SOMETHING_FAILED) or part.unreadable:
        return 0
    return {SOMETHING_FAILED: 1, NOT_BROKEN[0]: 2}.get(part.returncode, 3)
