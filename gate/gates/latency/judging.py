"""What is concluded from a load: findings, measures and the outcome. Pure: it asks nothing of anybody."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from gate.domain.finding import Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.result import Judgement, Outcome
from gate.domain.wording import counted
from gate.gates.latency.catalogue import CATALOGUE
from gate.gates.latency.comparing import Compared, Comparison, comparison_of, ratio_words
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.exhibits import exhibits_of
from gate.gates.latency.findings import OF_QUERIES, findings_of
from gate.gates.latency.operations import ALL_REQUESTS, FAILED, INCONCLUSIVE, Load, Operation, operations_of
from gate.gates.latency.options import GATE_ID, LatencyOptions
from gate.gates.latency.wording import interval_words, load_words, status_words, time_words

__all__ = ["GATE_ID", "judge_latency", "undecided"]

_MOST_NAMED = 3
_MOST_OF_A_REASON = 200
_ADVICE = "measure longer, on a quieter machine, or set a limit that is not so near"
_POLICIES = {"error": Outcome.ERRORED, "pass": Outcome.PASSED, "fail": Outcome.FAILED}


def judge_latency(evidence: LatencyEvidence, options: LatencyOptions) -> Judgement:
    """Fail where the p95 of an operation, or of all, is surely over its limit, or where too many requests fail.

    Where the measurement decides nothing, the option `inconclusive` does.
    """
    load = operations_of(evidence, options)
    versus = comparison_of(evidence.base)
    exhibits = exhibits_of(evidence, load, versus)
    if not load.whole.requests:
        trouble = next((one.trouble for one in evidence.rounds if one.trouble), "")
        told = "; ".join(filter(None, (trouble, evidence.silence)))
        return Judgement.errored(f"no request was measured{told and f': {told}'}", *exhibits)
    if load.whole.refusals:
        return Judgement.errored(_refused(load), *exhibits)
    ending, why = _ending(load, options)
    if ending != FAILED and versus is not None and (slower := versus.exceeding(options.slower)):
        ending, why = FAILED, f"{_regressed(slower)}, where {options.slower:g} % more may be"
    findings = tuple(findings_of(load, evidence, options, versus))
    costly = [one for one in findings if one.rule_id in OF_QUERIES and one.severity is Severity.ERROR]
    if ending != FAILED and costly:
        # Whatever the measurement decides: this is known without it.
        more = f"; and {len(costly) - 1} more" if len(costly) > 1 else ""
        ending, why = FAILED, f"{costly[0].message[:_MOST_OF_A_REASON]}{more}"
    if evidence.silence:
        # Users who wait for an answer that never comes are few requests: their share, and the p95, hide it.
        ending, why = FAILED, f"{evidence.silence}; {why}" if ending == FAILED else evidence.silence
    outcome = {FAILED: Outcome.FAILED, INCONCLUSIVE: _POLICIES[options.inconclusive]}.get(ending, Outcome.PASSED)
    under = load_words(evidence)
    clauses = [f"cannot decide: {why}", _ADVICE, under] if outcome is Outcome.ERRORED else [under, why]
    clauses += [f"in all {ratio_words(versus.whole)} at {versus.commit[:7]}"] if versus is not None else []
    clauses += [f"not compared with the base: {evidence.uncompared[:_MOST_OF_A_REASON]}"] * bool(evidence.uncompared)
    return Judgement(
        outcome=outcome,
        reason="; ".join(filter(None, clauses)),
        measures=tuple(_measures(load, evidence, options, versus)),
        findings=findings,
        rules=tuple(words for rule, words in CATALOGUE.items() if any(one.rule_id == rule for one in findings)),
        exhibits=exhibits,
    )


def undecided(evidence: LatencyEvidence, options: LatencyOptions) -> bool:
    """Tell whether the same load once more may decide what this one has not."""
    load = operations_of(evidence, options)
    if not load.whole.requests or load.whole.refusals:
        return False
    return _ending(load, options)[0] == INCONCLUSIVE


def _ending(load: Load, options: LatencyOptions) -> tuple[str, str]:
    """Return how the load as a whole ended, and why, in a clause."""
    failing = [one for one in (load.whole, *load.operations) if one.exceeds(options.errors)]
    if failing:
        one = failing[0]
        whose = "" if one is load.whole else f" of {one.name}"
        failed = f"{sum(one.failures.values()):,} of {counted(one.requests, 'request')}"
        return FAILED, f"{failed}{whose} failed: {status_words(one.failures)}"
    slow = [one for one in load.operations if one.ending == FAILED]
    if slow:
        return FAILED, f"{counted(len(slow), 'operation')} over the limit: {_named(slow)}"
    if load.whole.ending == FAILED:
        return FAILED, f"all requests together are over the limit: {_named([load.whole])}"
    open_ones = [one for one in load.operations if one.ending == INCONCLUSIVE]
    if open_ones := open_ones or [one for one in (load.whole,) if one.ending == INCONCLUSIVE]:
        return INCONCLUSIVE, f"{_named(open_ones)}: {open_ones[0].why}"
    return load.whole.ending, ""


def _named(operations: Sequence[Operation]) -> str:
    slowest = sorted(operations, key=lambda one: -one.p95.value if one.p95 else 0.0)
    told = [
        f"{one.name} p95 {interval_words(one.p95)}, limit {time_words(one.limit)}"
        for one in slowest
        if one.p95 is not None and one.limit is not None
    ]
    return ("; ".join(told[:_MOST_NAMED]) or slowest[0].name) + ("; …" if len(told) > _MOST_NAMED else "")


def _regressed(slower: Sequence[Compared]) -> str:
    told = [f"{one.name or ALL_REQUESTS} takes {ratio_words(one)}" for one in slower]
    return "; ".join(told[:_MOST_NAMED]) + ("; …" if len(told) > _MOST_NAMED else "")


def _refused(load: Load) -> str:
    """Say that it was not the service that was measured, and what to do."""
    refusals = load.whole.refusals
    worst = max(load.operations, key=lambda one: sum(one.refusals.values()))
    told = f"{status_words(refusals)} among {counted(load.whole.requests, 'request')}, most to {worst.name}"
    advice = []
    if 429 in refusals:
        advice.append("the service limits how often it is asked: raise that limit for the test, by its environment")
    if 401 in refusals:
        advice.append(
            "whoever played was not logged in any more: tokens that live longer, or a session that does not end itself"
        )
    return f"the measurement does not count: {told}; {'; '.join(advice)}"


def _measures(
    load: Load, evidence: LatencyEvidence, options: LatencyOptions, versus: Comparison | None
) -> Iterable[Measure]:
    whole, limit = load.whole, Threshold(value=options.errors, direction="at-most")
    errors = Measure.ratio("error-share", whole.failed_requests, whole.requests, threshold=limit)
    if not errors.holds:
        # A p95 over requests that failed means nothing: it does not stand for the gate.
        yield errors
    before = {} if versus is None else {one.name: _milliseconds(one.base) for one in (versus.whole, *versus.operations)}
    yield _p95("p95", whole, before.get(""))
    yield _time("p50", whole.timings.quantile(0.5))
    yield _time("p99", whole.timings.quantile(0.99))
    yield Measure(name="throughput", value=_exact(whole.throughput), unit="per-second")
    if errors.holds:
        yield errors
    yield Measure.count("requests", whole.requests)
    yield Measure.count("users", evidence.users)
    if evidence.rate is not None:
        yield Measure(name="rate", value=_exact(evidence.rate), unit="per-second")
    elif evidence.think_time is not None:
        yield Measure(name="think-time", value=_exact(evidence.think_time), unit="seconds")
    for one in load.operations:
        if one.p95 is not None:
            yield _p95(f"p95 of {one.name}", one, before.get(one.name))


def _p95(name: str, operation: Operation, baseline: Fraction | None) -> Measure:
    limit = None if operation.limit is None else Threshold(value=_milliseconds(operation.limit), direction="at-most")
    value = Fraction(0) if operation.p95 is None else _milliseconds(operation.p95.value)
    return Measure(name=name, value=value, unit="milliseconds", threshold=limit, baseline=baseline)


def _time(name: str, seconds: float) -> Measure:
    return Measure(name=name, value=_milliseconds(seconds), unit="milliseconds")


def _milliseconds(seconds: float) -> Fraction:
    return _exact(seconds * 1000)


def _exact(figure: float) -> Fraction:
    """Return a figure without the digits that only a float has."""
    return Fraction(str(round(figure, 6)))
