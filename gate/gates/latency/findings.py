"""What is found of a load: operations over their limit and why, errors, what costs the database too much. Pure."""

from collections.abc import Iterable

from gate.config.options import did_you_mean
from gate.domain.finding import Finding, Severity
from gate.domain.wording import counted
from gate.gates.latency.catalogue import Rule
from gate.gates.latency.causes import OFTEN, likely_cause, repeated_words, scan_words, wait_words
from gate.gates.latency.comparing import Comparison, ratio_words
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.operations import ALL_REQUESTS, FAILED, INCONCLUSIVE, Load, Operation
from gate.gates.latency.options import GATE_ID, LatencyOptions
from gate.gates.latency.wording import interval_words, status_words, time_words

OF_QUERIES = (Rule.N_PLUS_ONE, Rule.SEQUENTIAL_SCAN)
"""The rules about what costs the database too much."""

_MOST_OF_A_MESSAGE = 700
_SEVERITIES = {"error": Severity.ERROR, "pass": Severity.WARNING, "fail": Severity.ERROR}


def findings_of(
    load: Load, evidence: LatencyEvidence, options: LatencyOptions, versus: Comparison | None
) -> Iterable[Finding]:
    """Tell everything, what makes the gate fail first."""
    several = len(load.operations) > 1
    if evidence.silence:
        yield _finding(Rule.ERRORS, "", evidence.silence, evidence)
    failing = [one for one in load.operations if one.exceeds(options.errors)]
    if several and not failing and load.whole.exceeds(options.errors):
        failing = [load.whole]
    for one in failing:
        yield _finding(Rule.ERRORS, one.name, _errors_words(one, evidence, options), evidence)
    slow = [one for one in load.operations if one.ending == FAILED]
    if several and not slow and load.whole.ending == FAILED:
        slow = [load.whole]
    for one in slow:
        cause = likely_cause(one, evidence)
        words = f"{_p95_words(one, 'is over the')}{cause and f': {cause}'}"
        yield _finding(Rule.OVER_LIMIT, one.name, words, evidence)
    decides = not failing and not slow and not evidence.silence
    severity = Severity.NOTICE if not decides else _SEVERITIES[options.inconclusive]
    for one in load.operations:
        # Of requests that failed, and of a service that is gone, nobody asks for the p95.
        if one.ending == INCONCLUSIVE and one not in failing and not evidence.silence:
            yield _finding(
                Rule.INCONCLUSIVE, one.name, f"{_p95_words(one, 'may be over its')}: {one.why}", evidence, severity
            )
    yield from _of_queries(evidence, options)
    yield from _of_locks(evidence)
    yield from _of_base(evidence, options, versus)
    yield from _of_limits(load, evidence, options)


def _of_queries(evidence: LatencyEvidence, options: LatencyOptions) -> Iterable[Finding]:
    """Tell what costs the database more than it need, also where the limit is kept: it grows with the rows.

    Where somebody has said how many rows there are to be, that growth is what they ask about.
    """
    declared = options.rows is not None or bool(options.fill)
    is_error = options.queries == "error" or (options.queries == "auto" and declared)
    severity = Severity.ERROR if is_error else Severity.WARNING
    for cost in evidence.costs:
        for statement, times in cost.repeated:
            words = repeated_words(statement, times)
            yield _finding(Rule.N_PLUS_ONE, cost.operation, words, evidence, severity)
        for scan, statement in cost.scans:
            words = scan_words(scan, statement)
            yield _finding(Rule.SEQUENTIAL_SCAN, cost.operation, words, evidence, severity)


def _of_locks(evidence: LatencyEvidence) -> Iterable[Finding]:
    for wait in evidence.lock_waits:
        if wait.share >= OFTEN:
            yield _finding(Rule.LOCK_WAIT, "", wait_words(wait), evidence, Severity.WARNING)


def _finding(
    rule: Rule, operation: str, words: str, evidence: LatencyEvidence, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(
        gate=GATE_ID,
        rule_id=rule,
        severity=severity,
        message=f"{operation}: {words}"[:_MOST_OF_A_MESSAGE] if operation else words[:_MOST_OF_A_MESSAGE],
        location=evidence.locations.get(operation),
    )


def _p95_words(operation: Operation, relation: str) -> str:
    """Write what an operation takes, and may: `p95 812 ms [790–840] is over the limit of 500 ms (3,000 requests)`."""
    if operation.p95 is None or operation.limit is None:
        return "not measured"
    told = f"p95 {interval_words(operation.p95)} {relation} limit of {time_words(operation.limit)}"
    return f"{told} ({counted(operation.requests, 'request')})"


def _errors_words(operation: Operation, evidence: LatencyEvidence, options: LatencyOptions) -> str:
    failed = sum(operation.failures.values())
    told = f"{failed:,} of {counted(operation.requests, 'request')} failed: {status_words(operation.failures)}"
    why = next((words for one in evidence.rounds for words, _ in one.unanswered), "")
    return f"{told}; at most {float(options.errors):g} % may{f'; {why}' if why and operation.failures.get(0) else ''}"


def _of_base(evidence: LatencyEvidence, options: LatencyOptions, versus: Comparison | None) -> Iterable[Finding]:
    if versus is None:
        return
    failing = versus.exceeding(options.slower)
    for compared in dict.fromkeys((*failing, *(one for one in versus.operations if one.is_slower))):
        words = f"p95 {time_words(compared.head)}, {ratio_words(compared)} ({time_words(compared.base)})"
        name, severity = compared.name or ALL_REQUESTS, Severity.WARNING
        if compared in failing:
            words, severity = f"{words}; at most {options.slower:g} % slower may it be", Severity.ERROR
        yield _finding(Rule.SLOWER_THAN_BASE, name, words, evidence, severity)


def _of_limits(load: Load, evidence: LatencyEvidence, options: LatencyOptions) -> Iterable[Finding]:
    measured = tuple(one.name for one in load.operations)
    for name in options.limits:
        if name not in measured:
            words = f"has a limit, and was not measured; {did_you_mean(name, measured)}"
            yield _finding(Rule.UNUSED_LIMIT, name, words, evidence, Severity.WARNING)
