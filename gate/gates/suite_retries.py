"""Tests that failed, tried again: which are, and what a later try changes of the evidence. Judges nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from gate.domain.exhibit import CaseOutcome, TestCase
from gate.domain.wording import counted
from gate.formats.pytest_command import PytestCommand
from gate.gates.suite_ending import NOT_BROKEN, SOMETHING_FAILED, SuiteEvidence
from gate.gates.suite_options import MOST_RETRIES
from gate.gates.suite_pytest import SuitePytest
from gate.ports import CannotRun, Database

# More than these fail together, for one reason.
MOST_TRIED_AGAIN = 20
_CAME_TO_NOTHING = "trying the red tests again came to nothing"
_RED = (CaseOutcome.FAILED, CaseOutcome.ERRORED)


async def tried_again(
    pytest: SuitePytest,
    session: PytestCommand,
    name: str,
    first: SuiteEvidence,
    most: int,
    fresh_database: Callable[[], Awaitable[Database | None]],
) -> SuiteEvidence:
    """Try the red tests of the session `name` again, at most `most` times, each time by a pytest of its own.

    Each has a fresh database, as the first had; what it covers counts.
    """
    if not most or not first.red:
        return first
    if reason := not_worth_trying(first):
        return replace(first, not_retried=reason)
    evidence, failed_in = first, name
    for again_name in names_of_retries(name)[:most]:
        pytest.ctx.doing(f"trying {counted(len(evidence.red), 'failed test')} again")
        try:
            again = await pytest.run(session, again_name, await fresh_database(), failed_in=failed_in)
        except CannotRun as trouble:
            evidence = replace(evidence, not_retried=f"{_CAME_TO_NOTHING}: {trouble.reason}")
            break
        evidence, failed_in = with_retry(evidence, again), again_name
        if not evidence.red or evidence.not_retried:
            break
    pytest.ctx.doing("")
    return evidence


def names_of_retries(name: str) -> list[str]:
    """Name the sessions in which tests of the session `name` may be tried again."""
    return [f"{name}-retry-{number}" for number in range(1, MOST_RETRIES + 1)]


def not_worth_trying(evidence: SuiteEvidence) -> str:
    """Say why red tests are not tried again, "" where they are."""
    if evidence.stopped_early:
        return "not tried again: pytest stopped at a red test"
    if evidence.returncode != SOMETHING_FAILED or evidence.not_collected or evidence.unreadable:
        return "not tried again: pytest did not run to its end"
    count = len({case.name for case in evidence.red})
    if count > MOST_TRIED_AGAIN:
        return f"not tried again: {count} red tests are more than {MOST_TRIED_AGAIN}, and no flakiness"
    return ""


def with_retry(before: SuiteEvidence, again: SuiteEvidence) -> SuiteEvidence:
    """Return the evidence with what the red tests came to when they were tried again.

    One that passed then has passed, with the message of the failure before; one that was skipped or is not there has
    not. Where pytest did not run to its end, nothing of it counts.
    """
    if again.returncode not in (*NOT_BROKEN, SOMETHING_FAILED) or again.not_collected or again.unreadable:
        return replace(before, not_retried=f"{_CAME_TO_NOTHING}: pytest {again.ended}")
    tries: dict[str, list[TestCase]] = {}
    for case in again.cases:
        tries.setdefault(case.name, []).append(case)
    cases: list[TestCase] = []
    mended: set[str] = set()
    for case in before.cases:
        found = tries.get(case.name) if case.outcome in _RED else None
        if found is None:
            cases.append(case)
        elif case.name not in mended:
            # A test whose teardown failed, too, is there twice.
            if all(one.outcome is CaseOutcome.PASSED for one in found):
                mended.add(case.name)
            cases.append(_after(case, found))
    evidence = replace(before, cases=tuple(cases))
    return evidence if evidence.red else replace(evidence, returncode=again.returncode, ended=again.ended)


def _after(case: TestCase, tries: Sequence[TestCase]) -> TestCase:
    retried = case.retried + 1 + max(one.retried for one in tries)
    if all(one.outcome is CaseOutcome.PASSED for one in tries):
        return replace(case, outcome=CaseOutcome.PASSED, seconds=tries[0].seconds, retried=retried)
    return replace(case, retried=retried)
