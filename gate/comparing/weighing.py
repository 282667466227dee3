"""A gate's result, seen against the base's: what it measured then, what is new, and what follows for the outcome.

Decides by outcomes, findings and measures, never by the gate. Makes green only what is red for nothing but findings, or
failing tests, that the base has too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from gate.comparing.known import came_to_an_end, with_known
from gate.comparing.places import Places
from gate.domain.exhibit import Matrix, TestCase, Tests
from gate.domain.finding import Finding, Severity
from gate.domain.measure import NEW, Measure, Threshold, floored
from gate.domain.result import GateResult, Judgement, Outcome

_COUNTS = ("findings", "errors", "failures")
# What is measured of the change itself: the same of the change before it is no figure to compare it with.
_OF_THE_CHANGE = ("patch-coverage", "breaking changes", *(f"{NEW}{name}" for name in _COUNTS))
_NONE = Threshold(value=Fraction(0), direction="at-most")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """How results are weighed: `only_new` faults count; `missing` says why it is not known what the base has.

    `is_trouble`: not because no run has reported on the base, but because it cannot be seen which commit that is.
    """

    only_new: bool = False
    missing: str = ""
    is_trouble: bool = False


def weigh(result: GateResult, base: GateResult | None, places: Places, weighing: Weighing) -> GateResult:
    """Return the result with what the base has too, and with the outcome that follows from that."""
    known = with_known(result, base, places)
    judgement = known.judgement
    if not came_to_an_end(known):
        return known
    then = {measure.name: measure for measure in base.measures} if base is not None and came_to_an_end(base) else {}
    judgement = replace(judgement, measures=tuple(_with_baseline(one, then) for one in judgement.measures))
    if weighing.only_new and judgement.outcome is Outcome.FAILED:
        judgement = _of_new(judgement, base, weighing)
    return replace(known, judgement=_not_fallen(judgement, weighing))


def _with_baseline(measure: Measure, then: dict[str, Measure]) -> Measure:
    base = then.get(measure.name) if measure.name not in _OF_THE_CHANGE else None
    if measure.baseline is not None or base is None or base.unit != measure.unit:
        return measure
    return replace(measure, baseline=base.value)


def _of_new(judgement: Judgement, base: GateResult | None, weighing: Weighing) -> Judgement:
    """Judge by what is new alone. What is not known to be in the base counts as new."""
    failing = [case for one in judgement.exhibits if isinstance(one, Tests) for case in one.failing]
    errors = [finding for finding in judgement.findings if finding.severity is Severity.ERROR]
    broken = next((one for one in judgement.measures if _is_count(one, len(failing), len(errors))), None)
    if broken is None:
        return judgement
    found: list[TestCase | Finding] = [*failing, *errors]
    number = f"{int(broken.value):,} {broken.name if broken.value != 1 else broken.name.removesuffix('s')}"
    if all(one.in_base is None for one in found):
        why = f": {weighing.missing}" if weighing.missing else ""
        which = "whether it is new" if broken.value == 1 else f"which of {number} are new"
        return _saying(judgement, f"{which} is not known{why}")
    told: Sequence[TestCase | Finding] = failing if failing and broken.value == len(failing) else errors
    new = sum(one.in_base is not True for one in told)
    fresh = Measure.count(f"{NEW}{broken.name}", new, threshold=_NONE)
    others = tuple(replace(one, threshold=None) if one is broken else one for one in judgement.measures)
    is_old = all(one.in_base for one in found) and all(one.is_within for one in others)
    is_old = is_old and _failed_cells(judgement) <= _failed_cells(None if base is None else base.judgement)
    known = "new" if all(one.in_base is not None for one in told) else "not known to be in the base"
    words = f"{number}, {_how_many(new, len(told), known)}"
    outcome = Outcome.PASSED if is_old else Outcome.FAILED
    return _saying(replace(judgement, outcome=outcome, measures=(fresh, *others)), words)


def _how_many(new: int, of: int, known: str) -> str:
    """Say how many are new: `1 of them new`; of one alone, `new` or `not new`."""
    if of == 1:
        return known if new else f"not {known}"
    return f"{'none' if not new else 'all' if new == of else f'{new:,}'} of them {known}"


def _is_count(measure: Measure, failing: int, errors: int) -> bool:
    """Tell the measure that breaks its limit by counting what was found, of which none may be."""
    is_none = measure.threshold == _NONE and measure.unit == "count"
    return is_none and measure.name in _COUNTS and measure.value > 0 and measure.value in (failing, errors)


def _failed_cells(judgement: Judgement | None) -> set[tuple[str, str, int]]:
    """Return what failed in a matrix: some of it may have failed without a finding."""
    matrices = (one for one in judgement.exhibits if isinstance(one, Matrix)) if judgement is not None else ()
    return {
        (matrix.title, row.label, at)
        for matrix in matrices
        for row in matrix.rows
        for at, cell in enumerate(row.cells)
        if cell == "failed"
    }


def _not_fallen(judgement: Judgement, weighing: Weighing) -> Judgement:
    """Fail where a measure fell further below the base's than it may."""
    for measure in judgement.measures:
        if measure.has_fallen:
            judgement = _saying(replace(judgement, outcome=Outcome.FAILED), _fall_words(measure), first=True)
        elif measure.max_fall is not None and measure.baseline is None:
            words = f"whether {measure.name} fell is not known{f': {weighing.missing}' if weighing.missing else ''}"
            judgement = _not_known(judgement, words, weighing)
    return judgement


def _not_known(judgement: Judgement, words: str, weighing: Weighing) -> Judgement:
    if not weighing.is_trouble or judgement.outcome is not Outcome.PASSED:
        return _saying(judgement, words)
    reason = "; ".join(filter(None, (f"cannot decide: `max-fall` is set, and {words}", judgement.reason)))
    return replace(judgement, outcome=Outcome.ERRORED, reason=reason)


def _fall_words(measure: Measure) -> str:
    baseline = measure.baseline or Fraction(0)
    fall = abs(measure.value - baseline)
    size = next((words for digits in (2, 4, 6) if (words := floored(fall, digits)) != "0"), "less than 0.000001")
    sign = " %" if measure.unit == "percent" else ""
    allowed = floored(measure.max_fall or Fraction(0), 4)
    may = "must not fall" if allowed == "0" else f"may fall by {allowed}"
    return f"{measure.name} fell by {size} from {floored(baseline)}{sign}, and {may}"


def _saying(judgement: Judgement, words: str, *, first: bool = False) -> Judgement:
    """Add a clause to the reason, once."""
    if words in judgement.reason:
        return judgement
    clauses = (words, judgement.reason) if first else (judgement.reason, words)
    return replace(judgement, reason="; ".join(filter(None, clauses)))
