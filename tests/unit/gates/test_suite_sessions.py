"""Which sessions a half of the suite takes, and what they come to together."""

from gate.domain.exhibit import CaseOutcome, TestCase
from gate.formats.pytest_command import PytestCommand
from gate.gates.suite_ending import SuiteEvidence
from gate.gates.suite_sessions import of_half, sessions_of, together

UNIT, OTHER = PytestCommand(paths=("tests/unit",)), PytestCommand(paths=("tests/integration",))
FILES = ("tests/unit/test_a.py", "tests/integration/test_b.py")


def case(name: str, outcome: CaseOutcome = CaseOutcome.PASSED) -> TestCase:
    return TestCase(name=name, outcome=outcome, seconds=0.1)


def part(*cases: TestCase, returncode: int = 0, selected: int | None = None, left_out: int = 0) -> SuiteEvidence:
    count = len(cases) if selected is None else selected
    return SuiteEvidence(named=False, returncode=returncode, cases=cases, selected=count, left_out=left_out)


def test_configured_paths_win_and_keep_the_options() -> None:
    slow = PytestCommand(options=("-m", "slow"), paths=("a",))
    assert sessions_of((slow,), ("b",)) == (PytestCommand(options=("-m", "slow"), paths=("b",)),)
    assert sessions_of((slow, UNIT), ("b",)) == (PytestCommand(paths=("b",)),)
    assert sessions_of((), ()) == (PytestCommand(),)


def test_each_half_takes_the_sessions_with_its_files() -> None:
    assert of_half((UNIT, OTHER), FILES, half="unit", markers=False) == (UNIT,)
    assert of_half((UNIT, OTHER), FILES, half="integration", markers=False) == (OTHER,)
    assert of_half((UNIT, OTHER), FILES, half="unit", markers=True) == (UNIT, OTHER)


def test_integration_tests_that_no_session_holds_are_not_lost() -> None:
    assert of_half((UNIT,), FILES, half="integration", markers=False) == (PytestCommand(),)


def test_sessions_that_passed_are_summed() -> None:
    whole = together([part(case("a"), case("b"), left_out=1), part(case("c"), left_out=2)])
    assert (whole.returncode, whole.selected, whole.left_out) == (0, 3, 0)
    assert [one.name for one in whole.cases] == ["a", "b", "c"]


def test_the_worst_end_counts() -> None:
    red = part(case("b", CaseOutcome.FAILED), returncode=1)
    assert together([part(case("a")), red]).red == red.cases
    assert together([part(case("a")), red]).returncode == 1
    assert together([red, part(returncode=3, selected=0)]).returncode == 3
    assert together([part(returncode=5), part(case("a"))]).returncode == 0


def test_a_test_of_two_sessions_counts_once_and_red_where_it_was_red() -> None:
    whole = together([part(case("a")), part(case("a", CaseOutcome.FAILED), returncode=1)])
    assert [one.outcome for one in whole.cases] == [CaseOutcome.FAILED]
    assert whole.selected == 1
