"""How a run of pytest ended, in words. Runs nothing and decides no outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gate.domain.exhibit import CaseOutcome, OutputTail, TestCase, Tests
from gate.domain.shard import Shard
from gate.formats.causes import ProjectFacts, parse_last_words

# pytest's exit statuses: https://docs.pytest.org/en/stable/reference/exit-codes.html
_NOTHING_FAILED, SOMETHING_FAILED, INTERRUPTED, _NO_TESTS = 0, 1, 2, 5
NOT_BROKEN = (_NOTHING_FAILED, _NO_TESTS)
# What pytest calls the case that stands for its own failure in the results.
_INTERNAL = "pytest.internal"
_MEANINGS = {2: "it was interrupted", 3: "it had an internal error", 4: "it does not take its arguments or settings"}

# With these it prints why in its last lines.
_TELLS_WHY = (3, 4)
_MOST_OF_WORDS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteEvidence:
    """How pytest ended and what it told.

    `selected`: how many tests it set out to run, where known. `left_out`: how many of this kind its options or a
    conftest.py took away. `schema_trouble`: why the schema that was found could not be made. `unread`: files whose
    `load_tests` only unittest obeys. In a `shard`, `collected` are the tests of all shards and `parting` is the digest
    on which they must agree. `not_retried` says why red tests were not tried again, or that this came to nothing.
    """

    named: bool
    nothing: str = ""
    ended: str = ""
    returncode: int = 0
    cases: tuple[TestCase, ...] = ()
    not_collected: tuple[TestCase, ...] = ()
    unreadable: str = ""
    selected: int | None = None
    left_out: int = 0
    shard: Shard | None = None
    collected: int | None = None
    parting: str = ""
    running: str = ""
    database: str = ""
    schema_trouble: str = ""
    unread: tuple[str, ...] = ()
    not_retried: str = ""
    facts: ProjectFacts = field(default_factory=ProjectFacts)
    tail: OutputTail = field(default_factory=lambda: OutputTail(title="last output", text=""))
    tests: Tests = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tests", Tests(cases=self.cases))

    @property
    def red(self) -> tuple[TestCase, ...]:
        """The test cases that failed or errored."""
        return self.tests.failing

    @property
    def flaky(self) -> tuple[TestCase, ...]:
        """The test cases that passed only when they were tried again."""
        return self.tests.flaky

    @property
    def stopped_early(self) -> bool:
        """Whether pytest was told to stop at a red test (`-x`, `--maxfail`, `--stepwise`) and did."""
        # A conftest.py may turn its status into that for "all is well".
        at_a_test = self.returncode in (_NOTHING_FAILED, SOMETHING_FAILED, INTERRUPTED) and not self.not_collected
        return bool(self.red) and at_a_test and self.selected is not None and len(self.cases) < self.selected


def nothing_ran(evidence: SuiteEvidence) -> str:
    """Say why no test of this half ran, "" where one did or should have."""
    tests = evidence.tests
    if evidence.returncode not in NOT_BROKEN or tests.ran or evidence.not_collected or evidence.unreadable:
        return ""
    if tests.cases and evidence.returncode == _NOTHING_FAILED:
        # Of a part of the tests that says nothing: those of the other shards may run.
        return all_skipped(tests) if evidence.shard is None else ""
    # A conftest.py may turn pytest's status for "no tests" into that for "all is well".
    return "pytest found no test of this kind" if evidence.selected == 0 and not evidence.left_out else ""


def all_skipped(tests: Tests) -> str:
    """Say that no test of a suite ran, because each was skipped."""
    whole = "the only test was" if len(tests.cases) == 1 else f"all {len(tests.cases)} tests were"
    return f"{whole} skipped: {tests.cases[0].message or 'no reason given'}"


def nothing_fell_to(evidence: SuiteEvidence) -> str:
    """Say that all tests fell to other shards, "" where one fell to this."""
    if evidence.shard is None or not evidence.collected or evidence.selected or evidence.returncode not in NOT_BROKEN:
        return ""
    return f"none of {evidence.collected} tests fell to {evidence.shard.words}"


def could_not_finish(evidence: SuiteEvidence, not_collected: Sequence[TestCase] = ()) -> str:
    """Say why pytest decided nothing, "" where it ran to its end; `not_collected` are the files to speak of."""
    if evidence.not_collected:
        files = not_collected or evidence.not_collected
        return f"{_files(len(files))} could not be collected: {files[0].message}"
    if any(case.name == _INTERNAL and case.outcome is CaseOutcome.ERRORED for case in evidence.cases):
        # A conftest.py may hide pytest's status for it.
        return f"pytest had an internal error{_told(evidence)}"
    if evidence.stopped_early and not evidence.unreadable:
        return ""
    during = f" during {evidence.running}" if evidence.running else ""
    if evidence.returncode not in (*NOT_BROKEN, SOMETHING_FAILED):
        meaning = _MEANINGS.get(evidence.returncode, "")
        said = (evidence.returncode in _TELLS_WHY and _told(evidence)) or (meaning and f": {meaning}")
        return f"pytest {evidence.ended}{during}{said}"
    if evidence.unreadable:
        told = _told(evidence) if evidence.returncode == SOMETHING_FAILED else ""
        return f"{evidence.unreadable}, although it {evidence.ended}{during}{told}"
    return _too_few_ran(evidence) if evidence.returncode in NOT_BROKEN else ""


def _told(evidence: SuiteEvidence) -> str:
    """Write the line in which pytest's last output says why it ended, with a colon before it."""
    words = parse_last_words(evidence.tail.text)
    return f": {words[:_MOST_OF_WORDS]}" if words else ""


def _too_few_ran(evidence: SuiteEvidence) -> str:
    """Say what did not run of a suite of which pytest says that nothing failed."""
    if evidence.selected is None:
        return "pytest ran without Quality Gate's plug-in: its options must not switch it off"
    if len(evidence.cases) < evidence.selected:
        return f"pytest ended after {len(evidence.cases)} of {evidence.selected} tests"
    if evidence.running:
        return f"pytest ended in the middle of {evidence.running}, although it {evidence.ended}"
    if evidence.left_out and not evidence.selected:
        by = "pytest's options (-k, -m, …) or a conftest.py"
        return f"all tests of this kind ({evidence.left_out}) were left out by {by}"
    return ""


def remarks(evidence: SuiteEvidence) -> str:
    """Say what is worth knowing of a suite that ran to its end."""
    said = [f"on {evidence.database}"] if evidence.database else []
    if evidence.left_out:
        tests = "1 test was" if evidence.left_out == 1 else f"{evidence.left_out:,} tests were"
        said.append(f"{tests} left out by pytest's options or a conftest.py")
    if evidence.stopped_early:
        said.append(f"pytest stopped early, after {len(evidence.cases)} of {evidence.selected} tests")
    if flaky := len(evidence.flaky):
        said.append(f"{'1 test' if flaky == 1 else f'{flaky} tests'} passed only when tried again")
    if evidence.not_retried:
        said.append(evidence.not_retried)
    if evidence.unread:
        files = ", ".join(evidence.unread)
        said.append(f"`load_tests` or `test_suite` of {files} was not obeyed: pytest reads neither")
    return "; ".join(said)


def _files(count: int) -> str:
    return "1 file of tests" if count == 1 else f"{count} files of tests"
