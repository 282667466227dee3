"""What became of the base's report: tests, durations and findings, without a false alarm."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from gate.comparing.history import MOST_RUNS, history_of
from gate.comparing.known import with_known
from gate.comparing.places import Places
from gate.comparing.reports import compare
from gate.domain.change import Change, ChangedFile, FileStatus
from gate.domain.comparison import Comparison, PastRun, Slower, SuiteChange
from gate.domain.exhibit import CaseOutcome, TestCase, Tests
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure
from gate.domain.report import Report, Subject
from gate.domain.result import GateResult, Judgement, Outcome
from tests.unit.growth import STEEP, growth

UNCHANGED = Places(Change(base="b", origin=""))
P, F, S = CaseOutcome.PASSED, CaseOutcome.FAILED, CaseOutcome.SKIPPED
AT = datetime(2026, 1, 1, tzinfo=UTC)


def case(
    name: str, outcome: CaseOutcome = P, seconds: float = 1.0, path: str = "test_a.py", retried: int = 0
) -> TestCase:
    return TestCase(
        name=f"{path}::{name}", outcome=outcome, seconds=seconds, location=Location(path=path, line=1), retried=retried
    )


def report(
    *cases: TestCase,
    outcome: Outcome = Outcome.PASSED,
    findings: tuple[Finding, ...] = (),
    measures: tuple[Measure, ...] = (),
    seconds: float = 9,
    commit: str = "",
    history: tuple[PastRun, ...] = (),
) -> Report:
    reason = "why" if outcome in (Outcome.ERRORED, Outcome.SKIPPED) else ""
    exhibits = (Tests(cases=cases),) if cases else ()
    judgement = Judgement(outcome=outcome, reason=reason, exhibits=exhibits, findings=findings, measures=measures)
    took = timedelta(seconds=seconds)
    result = GateResult(gate="unit-tests", title="unit tests", judgement=judgement, started_at=AT, duration=took)
    return Report(subject=Subject(commit=commit, run_id=7), results=(result,), history=history)


def compared(now: Report, base: Report, places: Places = UNCHANGED) -> Comparison:
    known = replace(now, results=tuple(with_known(one, base.result(one.gate), places) for one in now.results))
    found = compare(known, base, places).comparison
    assert found is not None
    return found


def test_every_test_is_told_as_what_became_of_it() -> None:
    base = report(case("same"), case("breaks"), case("broken", F), case("mends", F), case("goes"), case("sleeps", F))
    now = report(
        case("same"),
        case("breaks", F),
        case("broken", F),
        case("mends"),
        case("comes"),
        case("fails", F),
        case("sleeps", S),
    )
    assert compared(now, base).suites == (
        SuiteChange(
            gate="unit-tests",
            before=6,
            now=7,
            added=2,
            removed=1,
            newly_failing=("test_a.py::breaks", "test_a.py::fails"),
            failing_before=("test_a.py::broken",),
            mended=("test_a.py::mends",),
            removed_names=("test_a.py::goes",),
        ),
    )


def test_a_renamed_file_of_tests_adds_and_removes_none() -> None:
    files = (ChangedFile(path="test_n.py", status=FileStatus.RENAMED, old_path="test_a.py"),)
    (suite,) = compared(
        report(case("a", path="test_n.py"), case("b", F, path="test_n.py")),
        report(case("a"), case("b", F)),
        Places(Change(base="b", origin="", files=files)),
    ).suites
    assert (suite.added, suite.removed, suite.newly_failing, len(suite.failing_before)) == (0, 0, (), 1)


def test_tests_that_are_not_named_by_their_file_are_known_by_both() -> None:
    def named(name: str, path: str | None, outcome: CaseOutcome = P) -> TestCase:
        return TestCase(
            name=name, outcome=outcome, seconds=1, location=None if path is None else Location(path=path, line=1)
        )

    base = report(named("Suite.test_a", "test_a.py"), named("test_a.pyc::b", "test_a.py"), named("nowhere", None, F))
    now = report(named("Suite.test_a", "test_n.py"), named("test_a.pyc::b", "test_n.py"), named("nowhere", None, F))
    files = (ChangedFile(path="test_n.py", status=FileStatus.RENAMED, old_path="test_a.py"),)
    (suite,) = compared(now, base, Places(Change(base="b", origin="", files=files))).suites
    assert (suite.added, suite.removed, suite.failing_before) == (0, 0, ("nowhere",))
    # In another file it is another test, and none more or less than there was.
    (suite,) = compared(now, base).suites
    assert (suite.added, suite.removed, suite.failing_before) == (0, 0, ("nowhere",))


def test_a_test_that_moves_to_another_file_is_neither_added_nor_removed() -> None:
    base = report(case("stays"), case("Suite::moves[1]"), case("goes"), case("same"))
    now = report(
        case("stays"),
        case("Suite::moves[1]", path="test_b.py"),
        case("comes", path="test_b.py"),
        # Which of the two it is now, nobody can tell.
        case("same", path="test_b.py"),
        case("same", path="test_c.py"),
    )
    (suite,) = compared(now, base).suites
    assert (suite.added, suite.removed) == (3, 2)
    assert suite.removed_names == ("test_a.py::goes", "test_a.py::same")


def test_all_suites_of_a_gate_are_compared_as_one() -> None:
    def in_two(now: Report) -> Report:
        (result,) = now.results
        (tests,) = result.exhibits
        assert isinstance(tests, Tests)
        exhibits = (Tests(cases=tests.cases[:1]), Tests(cases=tests.cases[1:]))
        return replace(now, results=(replace(result, judgement=replace(result.judgement, exhibits=exhibits)),))

    now, base = report(case("a"), case("b"), case("c", F)), report(case("a"), case("d"), case("c", F))
    assert compared(in_two(now), in_two(base)) == compared(now, base)


def test_a_name_that_is_told_twice_is_one_test_more() -> None:
    (suite,) = compared(report(case("a"), case("b"), case("b")), report(case("a"))).suites
    assert (suite.added, suite.removed) == (1, 0)


def test_a_gate_that_came_to_no_end_is_not_compared() -> None:
    whole, broken = report(case("a")), report(case("a", F), outcome=Outcome.ERRORED)
    assert compared(whole, broken) == compared(broken, whole) == Comparison()
    first = replace(broken.results[0], gate="lint")
    both = replace(whole, results=(first, *whole.results))
    assert compared(both, both).suites == compared(whole, whole).suites != ()


def test_a_test_is_slower_when_it_takes_much_longer_than_the_others_do() -> None:
    others = [case(f"t{at}", seconds=0.2) for at in range(30)]
    slow = [case(f"t{at}", seconds=0.5) for at in range(30)]
    base = report(*others, case("slow", seconds=1), case("a_bit", seconds=2), case("tiny", seconds=0.01))
    now = [case("slow", seconds=4), case("a_bit", seconds=2.9), case("tiny", seconds=0.4)]
    found = Slower(gate="unit-tests", name="test_a.py::slow", before=1, now=4)
    assert compared(report(*others, *now), base).slower == (found,)
    # On a machine that takes two and a half times as long for all of them, only what takes still longer is slower.
    assert compared(report(*slow, *now), base).slower == (found,)
    assert compared(report(*slow, case("slow", seconds=2.5)), base).slower == ()
    a_bit = Slower(gate="unit-tests", name="test_a.py::slow", before=1, now=1.9)
    assert compared(report(*others, case("slow", seconds=1.9)), base).slower == (a_bit,)
    # Few tests tell nothing of the machine.
    assert compared(report(case("slow", seconds=1.9)), report(case("slow", seconds=1))).slower == (a_bit,)


def test_where_the_same_tests_scatter_a_test_is_slower_only_beyond_that() -> None:
    base = report(*(case(f"t{at}", seconds=1) for at in range(30)), case("slow", seconds=1))
    scattered = [case(f"t{at}", seconds=0.8 + at * 0.06) for at in range(30)]
    assert compared(report(*scattered, case("slow", seconds=3)), base).slower == ()
    found = Slower(gate="unit-tests", name="test_a.py::slow", before=1, now=5)
    assert compared(report(*scattered, case("slow", seconds=5)), base).slower == (found,)
    # A brief test has to wait for its turn on such a machine.
    brief = report(*(case(f"t{at}", seconds=1) for at in range(30)), case("brief", seconds=0.01))
    assert compared(report(*scattered, case("brief", seconds=0.7)), brief).slower == ()


def test_a_gate_is_slower_by_half_and_ten_seconds() -> None:
    assert compared(report(case("a"), seconds=29), report(case("a"), seconds=9)).slower == (
        Slower(gate="unit-tests", name="", before=9, now=29),
    )
    assert compared(report(case("a"), seconds=18), report(case("a"), seconds=9)).slower == ()
    now = report(case("a"), seconds=29)
    waited = replace(now.results[0], set_up=timedelta(seconds=18))
    assert compared(replace(now, results=(waited,)), report(case("a"), seconds=9)).slower == ()
    assert compared(report(case("a"), seconds=130), report(case("a"), seconds=100)).slower == ()


def test_the_slowest_ten_are_told() -> None:
    base = report(*(case(f"t{at}", seconds=1) for at in range(15)))
    slower = compared(report(*(case(f"t{at}", seconds=10 + (at + 1) * at) for at in range(15))), base).slower
    assert [one.name for one in slower] == [f"test_a.py::t{at}" for at in range(14, 4, -1)]


def test_findings_that_are_gone_are_counted_and_failing_tests_among_them_are_not() -> None:
    def found(line: int) -> Finding:
        place = Location(path="a.py", line=line)
        return Finding(gate="unit-tests", rule_id="R", severity=Severity.ERROR, message=f"m{line}", location=place)

    failing = case("a", F)
    of_test = replace(found(1), message=f"{failing.name}: boom", location=failing.location)
    base = report(failing, outcome=Outcome.FAILED, findings=(found(1), found(2), found(3), of_test))
    assert compared(report(case("a"), findings=(found(2), found(4))), base).mended_findings == {"unit-tests": 2}
    assert compared(base, base).mended_findings == {}


def test_the_history_begins_with_the_base_and_goes_on_with_its_own() -> None:
    older = tuple(PastRun(commit=f"c{at}", started_at=AT, verdict="passed", seconds=1) for at in range(40))
    coverage = Measure.ratio("coverage", 3, 4)
    base = report(case("a"), case("b", retried=2), measures=(coverage,), seconds=12, commit="a" * 40, history=older)
    history = history_of(base)
    assert len(history) == MOST_RUNS
    assert history[0] == PastRun(
        commit="a" * 40,
        started_at=AT,
        verdict="passed",
        seconds=12,
        run_id=7,
        coverage=Fraction(75),
        tests=2,
        outcomes={"unit-tests": Outcome.PASSED},
        flaky=("test_a.py::b",),
    )
    assert history[1:] == older[: MOST_RUNS - 1]


def test_a_run_without_tests_and_coverage_in_percent_has_neither_in_the_history() -> None:
    lines = Measure.count("coverage", 7)
    other = Measure.ratio("patch-coverage", 1, 2)
    absurd = replace(Measure.ratio("coverage", 3, 4), value=Fraction(101))
    (run,) = history_of(report(measures=(lines, other, absurd)))
    assert (run.tests, run.coverage) == (None, None)
    for share in (0, 1):
        (run,) = history_of(report(measures=(Measure.ratio("coverage", share, 1),)))
        assert run.coverage == 100 * share


def test_a_base_that_says_it_ran_at_the_end_of_time_has_its_place_in_the_history() -> None:
    base = report(case("a"))
    (result,) = base.results
    late = replace(result, started_at=datetime(9999, 12, 31, tzinfo=UTC), duration=timedelta(seconds=10**8))
    assert history_of(replace(base, results=(late,)))[0].seconds == 10**8


def test_comparing_takes_time_in_proportion_to_what_is_compared() -> None:
    def both(size: int) -> object:
        outcomes = (P, F)
        base = report(*(case(f"t{at}", outcomes[at % 2], at % 3) for at in range(size)), outcome=Outcome.FAILED)
        now = report(*(case(f"t{at}", outcomes[at % 5 == 0], at % 4) for at in range(size)), outcome=Outcome.FAILED)
        return compared(now, base)

    assert growth(both, 1_000) < STEEP
