"""What a run is compared with is never guessed, and trouble with it is never the change's fault."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from gate.against_base import AgainstBase, look_at_base, look_at_change
from gate.domain.change import Change
from gate.domain.codec import decode_report, encode_report
from gate.domain.comparison import Baseline
from gate.domain.exhibit import CaseOutcome, SourceCoverage, TestCase, Tests
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure
from gate.domain.report import Report, Subject
from gate.domain.result import Judgement, Outcome
from gate.ports import CannotRun
from gate.revision_ports import Base, Baselines, BaseNotHere, FoundReport, NoChange
from tests.unit.comparing.linted import linted

COMMIT = "b" * 40
BASE = Base(commit=COMMIT, origin="the merge's first parent")


def report(*lines: int, known: bool | None = None) -> Report:
    found = linted(*lines, known=known)
    tests = Tests(cases=(TestCase(name="t", outcome=CaseOutcome.PASSED, seconds=1),))
    return Report(subject=Subject(), results=(replace(found, judgement=replace(found.judgement, exhibits=(tests,))),))


class Kept(Baselines):
    """Has one report, or none and a reason; notes what was asked for."""

    def __init__(self, found: Report | Exception) -> None:
        self.found = found
        self.asked: list[str] = []

    def report_of(self, commit: str, subject: Subject) -> FoundReport:
        self.asked.append(commit)
        if isinstance(self.found, Exception):
            raise self.found
        return FoundReport(report=self.found, source="the artifact of run 812")


def looked(base: Base | CannotRun, kept: Kept, *, only_new: bool = True) -> AgainstBase:
    """Look at the base as a run does."""

    async def find() -> Base:
        if isinstance(base, CannotRun):
            raise base
        return base

    async def change() -> Change:
        return Change(base=COMMIT, origin=BASE.origin)

    async def both() -> AgainstBase:
        against = AgainstBase(only_new=only_new)
        await look_at_change(change, against)
        await look_at_base(find, kept, Subject(), against)
        return against

    return asyncio.run(both())


def compared(against: AgainstBase, head: Report) -> Report:
    return against.compared(replace(head, results=tuple(map(against.weigh, head.results))))


def test_a_report_says_what_it_was_compared_with() -> None:
    whole = compared(looked(BASE, Kept(report(1))), report(1))
    assert whole.baseline == Baseline(commit=COMMIT, origin=BASE.origin, source="the artifact of run 812")
    assert (whole.verdict, whole.comparison is not None, len(whole.history)) == ("passed", True, 1)
    assert decode_report(encode_report(whole)) == whole


@pytest.mark.parametrize(
    ("base", "kept", "baseline"),
    [
        (CannotRun("no git"), Kept(report(1)), Baseline(missing="no git")),
        (BASE, Kept(CannotRun("no artifact")), Baseline(commit=COMMIT, origin=BASE.origin, missing="no artifact")),
        (
            BASE,
            Kept(ValueError("odd")),
            Baseline(
                commit=COMMIT,
                origin=BASE.origin,
                missing=f"the report of {COMMIT[:12]} cannot be read: ValueError('odd')",
            ),
        ),
    ],
    ids=["no base", "no report", "a fault"],
)
def test_without_a_report_nothing_is_compared_and_the_reason_is_said(
    base: Base | CannotRun, kept: Kept, baseline: Baseline
) -> None:
    whole = compared(looked(base, kept), report(1))
    assert (whole.baseline, whole.comparison, whole.history) == (baseline, None, ())
    assert whole.verdict == "failed"
    assert whole.results[0].reason == f"whether it is new is not known: {baseline.missing}"
    assert compared(looked(base, kept), report()).verdict == "passed"


@pytest.mark.parametrize(
    ("base", "outcome"),
    [
        (CannotRun("the base of the pull request itself is checked out"), "errored"),
        (NoChange("the event 'schedule' is no change"), "passed"),
        (BASE, "passed"),
    ],
    ids=["no base is told", "no change", "no report yet"],
)
def test_a_limit_for_the_fall_is_passed_over_only_where_nothing_could_be_known(
    base: Base | CannotRun, outcome: str
) -> None:
    whole = Measure.ratio("coverage", 9, 10)
    judgement = Judgement(outcome=Outcome.PASSED, measures=(replace(whole, max_fall=Fraction(0)),))
    result = replace(report().results[0], judgement=judgement)
    against = looked(base, Kept(CannotRun("no earlier run has left one here")))
    assert against.weigh(result).outcome == outcome


def test_that_there_is_no_change_is_told_to_who_asks_for_it() -> None:
    async def change() -> Change:
        raise NoChange("the event 'schedule' is no change")

    async def asked() -> None:
        against = AgainstBase(only_new=False)
        await look_at_change(change, against)
        await against.known_change()

    with pytest.raises(NoChange, match="schedule"):
        asyncio.run(asked())


def test_the_report_of_a_base_that_the_clone_does_not_have_is_looked_for_all_the_same() -> None:
    kept = Kept(report(1))
    assert compared(looked(BaseNotHere("shallow", BASE), kept), report(1)).verdict == "passed"
    assert kept.asked == [COMMIT]


def test_a_shard_or_a_run_on_what_was_changed_weighs_nothing_but_what_a_gate_knows_by_itself() -> None:
    against = AgainstBase(only_new=True)
    (unknown,), (old,) = report(1).results, report(1, known=True).results
    assert against.weigh_part(unknown) == unknown
    assert against.weigh_part(old).outcome == "passed"


def test_a_fault_of_our_own_leaves_the_result_as_it_is_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Report:
        raise ZeroDivisionError

    # There is no known report that breaks the comparison, and none is needed to hold the promise.
    monkeypatch.setattr("gate.against_base.weigh", broken)
    monkeypatch.setattr("gate.against_base.compare", broken)
    said: list[str] = []
    against = AgainstBase(only_new=True, base=report(1), notice=said.append)
    whole = compared(against, report(1))
    assert whole.results == report(1).results
    assert said == ["lint could not be compared with the base: ZeroDivisionError()"]
    assert whole.notices == ("the report could not be compared with the base's: ZeroDivisionError()",)


def test_a_hostile_report_of_the_base_breaks_nothing() -> None:
    """Everything that its reader lets through, at its limits."""
    (result,) = report(1, 2).results
    case = TestCase(name="a.py::", outcome=CaseOutcome.FAILED, seconds=10.0**8, location=Location(path="a.py"))
    odd = (
        replace(case, name=""),
        replace(case, name="a.py::" * 9, location=Location(path="", line=10**9)),
        replace(case, location=Location(path="../../etc/passwd", line=1, end_line=10**9)),
        replace(case, name="\N{ZERO WIDTH SPACE}: : : " * 20),
    )
    findings = tuple(
        Finding(gate="lint", rule_id="", severity=Severity.ERROR, message=one.name, location=one.location)
        for one in odd
    )
    judgement = replace(
        result.judgement,
        exhibits=(Tests(cases=odd), Tests(cases=odd), SourceCoverage(files=())),
        findings=findings,
        measures=(Measure(name="findings", value=Fraction(-(10**15)), unit="per-second"),) * 3,
    )
    late = replace(result, judgement=judgement, started_at=datetime(9999, 12, 31, tzinfo=UTC))
    hostile = decode_report(
        encode_report(Report(subject=Subject(), results=(replace(late, duration=timedelta(10**3)),)))
    )
    for base, head in ((hostile, report(1)), (report(1), hostile), (hostile, hostile)):
        whole = compared(looked(BASE, Kept(base)), head)
        assert not whole.notices
        assert decode_report(encode_report(whole)).verdict == whole.verdict


# --- How the base's run was configured -----------------------------------------------------------------------------

AS_COMMITTED, OTHERWISE = "a" * 32, "b" * 32


@pytest.mark.parametrize(
    ("wanted", "ran_with", "is_compared"),
    [
        ({"lint": AS_COMMITTED}, AS_COMMITTED, True),
        ({"lint": AS_COMMITTED}, OTHERWISE, False),
        ({"lint": AS_COMMITTED}, "", True),
        ({"unit-tests": AS_COMMITTED}, OTHERWISE, True),
        ({}, OTHERWISE, True),
    ],
    ids=["alike", "otherwise", "the report does not tell", "another gate", "nothing is known"],
)
def test_a_gate_that_ran_otherwise_than_the_base_is_configured_is_not_compared(
    wanted: dict[str, str], ran_with: str, is_compared: bool
) -> None:
    """As where another workflow runs the gates with other inputs, or somebody ran them with other options for once."""
    of_base = report(1)
    of_base = replace(of_base, results=tuple(replace(one, configuration=ran_with) for one in of_base.results))
    against = looked(BASE, Kept(of_base))
    against.configurations = wanted
    whole = compared(against, report(1))
    assert whole.verdict == ("passed" if is_compared else "failed")
    assert whole.comparison is not None
    assert len(whole.comparison.suites) == is_compared
    assert len(whole.history) == 1, "the base's run is a part of it all the same"
    told = "lint had other options in the base's run than the base's configuration gives it here"
    assert (told in " ".join(whole.notices)) is not is_compared
    assert (told in whole.results[0].reason) is not is_compared
