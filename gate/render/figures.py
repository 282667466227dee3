"""Measures, counts and durations in words. Plain text, not escaped: every surface escapes for itself."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from gate.domain.exhibit import line_ranges
from gate.domain.measure import Measure, Unit, floored
from gate.domain.report import Report, Subject
from gate.domain.result import GateResult, Outcome
from gate.domain.wording import counted
from gate.render.exhibited import cases_of, failing_cases, flaky_cases, skipped_cases, tests_of

UNITS: dict[Unit, str] = {"percent": " %", "count": "", "seconds": " s", "milliseconds": " ms", "per-second": "/s"}
# A reason that begins so says under what the figure before it was measured.
_UNDER = ("on ", "with ", "at ")


def uncommitted_words(subject: Subject) -> str:
    """Return what to add to the commit's name where it is not all that was judged."""
    return " and uncommitted changes" if subject.uncommitted else ""


def duration_words(duration: timedelta) -> str:
    """Write a duration: `0.4 s`, `38 s`, `2 min 5 s`, `1 h 4 min`."""
    seconds = duration.total_seconds()
    if seconds < 10:
        return f"{floored(Fraction(seconds), 1)} s"
    minutes, rest = divmod(int(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def wall_clock(report: Report) -> timedelta:
    """Return how long the run took, from the first gate's start to the last one's end."""
    if not report.results:
        return timedelta()
    start = min(result.started_at for result in report.results)
    return max(result.started_at + result.duration for result in report.results) - start


def value_words(measure: Measure) -> str:
    """Write a measure's value so that rounding never flatters it: `99.99 %`, `118 ms`, `3`."""
    limit = measure.threshold
    return unit_words(measure.value, measure.unit, is_ceiled=limit is not None and limit.direction == "at-most")


def unit_words(value: Fraction, unit: Unit, *, is_ceiled: bool = False) -> str:
    """Write a figure with its unit, rounded down, and a time in milliseconds up: `99.99 %`, `47.3/s`, `118 ms`."""
    digits = _digits(value, unit)
    rounded = _ceiled(value, digits) if is_ceiled or unit == "milliseconds" else floored(value, digits)
    return _grouped(rounded) + UNITS[unit]


def limit_words(measure: Measure | None) -> str:
    """Write a measure's limit, such as `≥ 95 %` or `0 failures`; empty without one.

    Of one that only fell further than it may, that is the limit which it breaks: `≥ 94.5 %, 0.5 below the base's`.
    """
    if measure is not None and measure.has_fallen and measure.is_within:
        fall, base = measure.max_fall or Fraction(0), measure.baseline or Fraction(0)
        below = f"{floored(fall)} below the base's" if fall else "the base's"
        return f"≥ {unit_words(base - fall, measure.unit)}, {below}"
    if measure is None or measure.threshold is None:
        return ""
    value = _grouped(floored(measure.threshold.value)) + UNITS[measure.unit]
    noun = f" {_noun(measure, measure.threshold.value)}" if measure.unit == "count" else ""
    if measure.threshold.direction == "at-least":
        return f"≥ {value}{noun}"
    return f"{value}{noun}" if measure.threshold.value == 0 else f"≤ {value}{noun}"


def change_words(measure: Measure | None) -> str:
    """Write a measure's change against the base commit: `▲ 0.4`, `▼ 1.9`, `=`; empty without a base.

    Where less is better, an arrow alone would be read the wrong way round: `▲ 20 worse`.
    """
    if measure is None or measure.baseline is None:
        return ""
    change = measure.value - measure.baseline
    digits = _digits(measure.value, measure.unit)
    # What a gate is red for is never told as no change.
    size = next((size for more in (0, 2, 4) if (size := floored(abs(change), digits + more)) != "0"), "0")
    if size == "0" or (not measure.has_fallen and abs(change) < Fraction(1, 10**digits)):
        return "="
    words = f"{'▲' if change > 0 else '▼'} {_grouped(size)}"
    if measure.threshold is None or measure.threshold.direction == "at-least":
        return words
    return f"{words} {'worse' if change > 0 else 'better'}"


def change_of(result: GateResult) -> str:
    """Write the change of a gate's figure; beside a number of tests no `=`, which is that of the failing."""
    words = change_words(leading(result))
    return "" if words == "=" and any(exhibit.cases for exhibit in tests_of(result)) else words


def leading(result: GateResult) -> Measure | None:
    """Return the measure that stands for the gate: what it failed by, else the first with a limit, else the first."""
    limited = [measure for measure in result.measures if measure.threshold is not None]
    broken = [measure for measure in limited if not measure.holds and result.outcome is Outcome.FAILED]
    return next(iter((*broken, *limited, *result.measures)), None)


def result_words(result: GateResult) -> str:
    """Write what came out, such as `1 of 148 failed` or `93.79 % (1,904 of 2,030)`, and the reason, if any."""
    if result.outcome in (Outcome.SKIPPED, Outcome.ERRORED):
        return f"{result.outcome}: {result.reason}"
    figure = figure_words(result)
    if not result.reason:
        return figure
    return f"{figure} {result.reason}" if result.reason.startswith(_UNDER) else f"{figure}; {result.reason}"


def without_repeats(report: Report) -> tuple[GateResult, ...]:
    """Return the results for where they are told together, with no reason that is told already.

    Neither one for which several could not run, nor why there is no base, which is said of the whole.
    """
    missing = report.baseline.missing if report.baseline is not None else ""
    known: set[str] = set()
    told = []
    for result in report.results:
        reason = result.reason
        if result.outcome is Outcome.ERRORED:
            reason = "for the same reason" if reason in known else reason
            known.add(result.reason)
        elif missing and result.outcome is not Outcome.SKIPPED:
            reason = reason.replace(f": {missing}", "")
        told.append(replace(result, judgement=replace(result.judgement, reason=reason)))
    return tuple(told)


def brief_words(result: GateResult) -> str:
    """Write the figure and its limit for a line of many gates: `31 passed on PostgreSQL 16.4`, `96.21 % ≥ 95 %`."""
    if result.outcome in (Outcome.SKIPPED, Outcome.ERRORED):
        return str(result.outcome)
    measure = leading(result)
    if cases_of(result) or measure is None or measure.unit == "count":
        words = figure_words(result)
    else:
        words = _share_words(measure) or f"{value_words(measure)} {limit_words(measure)}".rstrip()
    change = change_of(result)
    if failing_cases(result) and measure is not None and measure.counts_new:
        words = f"{words}, {value_words(measure) if measure.value else 'none'} of them new"
    if flaky := len(flaky_cases(result)):
        words = f"{words}, {flaky:,} flaky"
    place = f" {result.reason.partition(';')[0]}" if result.reason.startswith(_UNDER) else ""
    return words + place + (f" ({change})" if change else "")


def with_outcome(results: Iterable[GateResult], outcome: Outcome) -> tuple[GateResult, ...]:
    """Return the results that ended in `outcome`."""
    return tuple(result for result in results if result.outcome is outcome)


def range_words(lines: tuple[int, ...], most: int) -> str:
    """Write line numbers as ranges, at most `most` of them: `3, 57–60 and 4 more places`."""
    ranges = line_ranges(lines)
    words = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges[:most])
    return words if len(ranges) <= most else f"{words} and {counted(len(ranges) - most, 'more place')}"


def figure_words(result: GateResult) -> str:
    """Write what came out of a gate that came to an end, without the reason."""
    if any(exhibit.cases for exhibit in tests_of(result)):
        return _tests_words(result)
    measure = leading(result)
    if measure is None:
        return counted(len(result.findings), "finding") if result.findings else str(result.outcome)
    if measure.unit == "count":
        return f"{value_words(measure)} {_noun(measure, measure.value)}"
    if measure.numerator is not None and measure.denominator is not None:
        counts = f"{value_words(measure)} ({measure.numerator:,} of {measure.denominator:,})"
        return _share_words(measure) or counts
    return value_words(measure)


def _share_words(measure: Measure) -> str:
    """Write a share of things that are counted, `13 of 14 operations`; "" for one that is a figure of its own.

    Such a measure is named after the things, in the plural.
    """
    if measure.numerator is None or measure.denominator is None or not measure.name.endswith("s"):
        return ""
    return f"{measure.numerator:,} of {measure.denominator:,} {_noun(measure, Fraction(measure.denominator))}"


def _tests_words(result: GateResult) -> str:
    skipped, failing = len(skipped_cases(result)), len(failing_cases(result))
    ran = len(cases_of(result)) - skipped
    words = f"{failing:,} of {ran:,} failed" if failing else f"{ran:,} passed"
    return f"{words}, {skipped:,} skipped" if skipped else words


def _noun(measure: Measure, number: Fraction) -> str:
    noun = measure.name.replace("-", " ")
    return noun.removesuffix("s") if number == 1 else noun


def _ceiled(value: Fraction, digits: int) -> str:
    scale = 10**digits
    return floored(Fraction(-((-value * scale) // 1), scale))


def _digits(value: Fraction, unit: Unit) -> int:
    """Return how many decimal digits of a figure mean something: times are measured, and others are counted."""
    if unit not in ("milliseconds", "per-second"):
        return 2
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2


def _grouped(digits: str) -> str:
    whole, dot, rest = digits.partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.lstrip("-").isdigit() and whole != "-0" else digits
