"""Two whole reports beside each other: suites, durations, findings that are gone. Judges nothing."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from statistics import quantiles

from gate.comparing.known import (
    Identity,
    came_to_an_end,
    cases_of,
    identities,
    told_by_exhibits,
)
from gate.comparing.places import Places
from gate.domain.comparison import Comparison, Slower, SuiteChange
from gate.domain.exhibit import CaseOutcome, TestCase
from gate.domain.report import Report
from gate.domain.result import GateResult

_MOST_NAMES = 50
_MOST_SLOWER = 10
# Less is what the same tests take from one run to the next on a busy machine.
_TIMES, _SECONDS_OF_A_TEST, _SECONDS_OF_A_GATE = 1.5, 0.5, 10.0
# By how much the machine itself is slower is told by tests that take long enough to measure, if there are several.
_MEASURABLE, _SEVERAL = 0.05, 20
# What a brief test takes longer is told by no factor: it has waited for its turn.
_BRIEF = 0.25
_FAILING = (CaseOutcome.FAILED, CaseOutcome.ERRORED)


def compare(report: Report, base: Report, places: Places) -> Report:
    """Return the report with what became of the base's."""
    suites: list[SuiteChange] = []
    slower: list[Slower] = []
    mended: dict[str, int] = {}
    for result in report.results:
        before = base.result(result.gate)
        if before is None or not came_to_an_end(result) or not came_to_an_end(before):
            continue
        suite = _Suite(result, before, places)
        if suite.is_there:
            suites.append(suite.change())
            slower += suite.slower()
        then, now = _seconds(before), _seconds(result)
        if _is_slower(then, now, _SECONDS_OF_A_GATE):
            slower.append(Slower(gate=result.gate, name="", before=then, now=now))
        if gone := _gone(result, before):
            mended[result.gate] = gone
    worst = sorted(slower, key=lambda one: one.before - one.now)[:_MOST_SLOWER]
    comparison = Comparison(suites=tuple(suites), slower=tuple(worst), mended_findings=mended)
    return replace(report, comparison=comparison)


def _gone(result: GateResult, before: GateResult) -> int:
    """Return how many of the base's findings are no longer there, beside those that exhibits tell."""
    told, told_before = told_by_exhibits(result), told_by_exhibits(before)
    still = sum(finding.in_base is True for at, finding in enumerate(result.findings) if at not in told)
    return max(0, len(before.findings) - len(told_before) - still)


def _seconds(result: GateResult) -> float:
    """Return how long a gate worked: what it waits for may be kept from an earlier run, or not."""
    return max(0.0, (result.duration - result.set_up).total_seconds())


def _is_slower(before: float, now: float, by: float) -> bool:
    return now > _TIMES * before and now - before > by


class _Suite:
    """The test cases of a gate beside those of the base. There may be a hundred thousand: none of them is copied."""

    def __init__(self, result: GateResult, before: GateResult, places: Places) -> None:
        self._gate = result.gate
        self._cases, self._before = cases_of(result), cases_of(before)
        self._now = list(identities(self._cases, places))
        self._then: dict[Identity, TestCase] = dict(zip(identities(self._before), self._before, strict=True))

    @property
    def is_there(self) -> bool:
        return bool(self._cases or self._before)

    def change(self) -> SuiteChange:
        """Say what became of the tests."""
        known: set[Identity] = set()
        newly: list[TestCase] = []
        again: list[TestCase] = []
        mended: list[TestCase] = []
        added: set[Identity] = set()
        for one, case in zip(self._now, self._cases, strict=True):
            then = self._then.get(one)
            if then is None:
                added.add(one)
            known.add(one)
            failed = then is not None and then.outcome in _FAILING
            if case.outcome in _FAILING:
                (again if failed else newly).append(case)
            elif failed and case.outcome is CaseOutcome.PASSED:
                mended.append(case)
        gone = [one for one in self._then if one not in known]
        moved = _moved(added, gone)
        removed = [self._then[one] for one in gone if one not in moved]
        return SuiteChange(
            gate=self._gate,
            before=len(self._before),
            now=len(self._cases),
            added=len(added) - len(moved),
            removed=len(removed),
            newly_failing=_names(newly),
            failing_before=_names(again),
            mended=_names(mended),
            removed_names=_names(removed),
        )

    def slower(self) -> Iterator[Slower]:
        """Yield the tests that take longer by more than the machine does, and than they differ by themselves."""
        machine, usual = _slowness(
            [case.seconds / then.seconds for case, then in self._passed() if then.seconds > _MEASURABLE]
        )
        for case, then in self._passed():
            is_slower = _is_slower(then.seconds * machine, case.seconds, _SECONDS_OF_A_TEST)
            if is_slower and case.seconds > max(then.seconds, _BRIEF) * usual:
                yield Slower(gate=self._gate, name=case.name, before=then.seconds, now=case.seconds)

    def _passed(self) -> Iterator[tuple[TestCase, TestCase]]:
        """Yield the cases that passed both times, now and then."""
        for one, case in zip(self._now, self._cases, strict=True):
            if case.outcome is CaseOutcome.PASSED:
                then = self._then.get(one)
                if then is not None and then.outcome is CaseOutcome.PASSED:
                    yield case, then


def _slowness(times: Sequence[float]) -> tuple[float, float]:
    """Return how many times as long as in the base the tests take in the middle, at least 1, and at most as a rule.

    On a machine that is busy now and then, or with tests of random input, some take long without any reason. What is
    no exception: https://www.itl.nist.gov/div898/handbook/prc/section1/prc16.htm, the inner fence.
    """
    if len(times) < _SEVERAL:
        return 1.0, 0.0
    low, middle, high = quantiles(times, n=4)
    return max(1.0, middle), high + 1.5 * (high - low)


def _moved(added: Collection[Identity], gone: Collection[Identity]) -> set[Identity]:
    """Return those of `gone` that are in another file now: of that name, there is one on either side."""
    come, left = (Counter(map(_own_name, ones)) for ones in (added, gone))
    return {one for one in gone if come[_own_name(one)] == left[_own_name(one)] == 1}


def _own_name(one: Identity) -> str:
    """Return what a test is called in its file."""
    return one.partition("::")[2] if isinstance(one, str) else one[0]


def _names(cases: Sequence[TestCase]) -> tuple[str, ...]:
    return tuple(case.name for case in cases[:_MOST_NAMES])
