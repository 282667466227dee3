"""What is concluded from how a half of the suite ran. Pure: it runs nothing and reads no file."""

from collections.abc import Mapping

from gate.domain.exhibit import Exhibit, TestCase, Tests
from gate.domain.finding import Finding, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.result import Artifact, Judgement, Outcome
from gate.formats.causes import Cause, Kind, parse_cause_of_pytest
from gate.gates.suite_causes import (
    MISSING_SCHEMA,
    cannot_run,
    find_causes,
    needs_table,
    needs_words,
    of_missing_schema,
    with_needs,
)
from gate.gates.suite_ending import (
    SOMETHING_FAILED,
    SuiteEvidence,
    could_not_finish,
    nothing_fell_to,
    nothing_ran,
    remarks,
)
from gate.gates.suite_options import FlakyOptions

# How many tests neither passed nor failed: what the others cover is then no figure for the whole.
NOT_RUN = "not-run"
# How many tests passed only when they were tried again.
FLAKY = "flaky"


def judge_suite(gate: str, evidence: SuiteEvidence, options: FlakyOptions) -> Judgement:
    """Fail on a test that failed; errored where pytest did not run to its end, or where no red test could run.

    A test that could not run is not taken for one that failed, whoever made it so: errored blocks the change too. One
    that passed only when it was tried again is red where the options say so.
    """
    if elsewhere := nothing_fell_to(evidence):
        return Judgement.skipped(elsewhere)
    trouble = evidence.nothing or nothing_ran(evidence)
    if trouble:
        return (Judgement.errored if evidence.named else Judgement.skipped)(trouble)
    red = evidence.red
    blocked = (*evidence.not_collected, *red)
    causes = find_causes(blocked, evidence.facts)
    if evidence.schema_trouble:
        open_cases = (case for case in blocked if case not in causes or causes[case].kind is Kind.TABLE)
        causes |= of_missing_schema(open_cases, evidence.schema_trouble)
    outcome, reason, exhibits = _conclusion(evidence, red, causes)
    flaky = evidence.flaky
    if flaky and outcome is Outcome.PASSED and options.flaky == "fail":
        outcome = Outcome.FAILED
    none = Threshold(value=Measure.count("none", 0).value, direction="at-most")
    missing = max(0, (evidence.selected or 0) - len(evidence.cases)) if evidence.stopped_early else 0
    not_run = missing + sum(case in causes for case in red)
    return Judgement(
        outcome=outcome,
        reason=reason,
        measures=(
            Measure.count("failures", len(red) + len(evidence.not_collected), threshold=none),
            Measure.count("tests", len(evidence.cases)),
            Measure.count("skipped", len(evidence.tests.skipped)),
            *((Measure.count(NOT_RUN, not_run),) if not_run else ()),
            *((_flaky_measure(len(flaky), none, options),) if flaky or options.retries else ()),
        ),
        findings=(
            *(_finding(gate, case, "test-not-collected", causes) for case in evidence.not_collected),
            *(_finding(gate, case, f"test-{case.outcome}", causes) for case in red),
            *(_flaky_finding(gate, case, options) for case in flaky),
        ),
        exhibits=exhibits,
        artifacts=(
            Artifact(title="results", path=f"junit/{gate}.xml"),
            Artifact(title="log", path=f"logs/{gate}.log"),
        ),
    )


def _flaky_measure(count: int, none: Threshold, options: FlakyOptions) -> Measure:
    return Measure.count(FLAKY, count, threshold=none if options.flaky == "fail" else None)


def _flaky_finding(gate: str, case: TestCase, options: FlakyOptions) -> Finding:
    times = "once" if case.retried == 1 else f"{case.retried} times"
    before = f"; before: {case.message}" if case.message else ""
    name = case.name.removeprefix(f"{case.location.path}::") if case.location else case.name
    return Finding(
        gate=gate,
        rule_id="test-flaky",
        severity=Severity.ERROR if options.flaky == "fail" else Severity.WARNING,
        message=f"{name} passed only when tried again {times}{before}",
        location=case.location,
    )


Conclusion = tuple[Outcome, str, tuple[Exhibit, ...]]


def _conclusion(evidence: SuiteEvidence, red: tuple[TestCase, ...], causes: Mapping[TestCase, Cause]) -> Conclusion:
    known = list(causes.values())
    needs = (needs_table(known),) if known else ()
    everything = Tests(cases=with_needs((*evidence.not_collected, *evidence.cases), causes))
    could_not = could_not_finish(evidence)
    blocked = (*evidence.not_collected, *red)
    if could_not and not evidence.not_collected:
        return _of_pytest(evidence, could_not, everything)
    if blocked and len(known) == len(set(blocked)):
        return Outcome.ERRORED, cannot_run(known), (everything, *needs, *((evidence.tail,) if could_not else ()))
    unmade = evidence.schema_trouble and not any(cause.needs.startswith(MISSING_SCHEMA) for cause in known)
    schema = evidence.schema_trouble if unmade else ""
    of_these = f"{len(known)} of these could not run: needs {needs_words(known)}" if known else ""
    if could_not:
        own = [case for case in evidence.not_collected if case not in causes]
        reason = "; ".join(filter(None, (could_not_finish(evidence, own), of_these, schema)))
        return Outcome.ERRORED, reason, (everything, *needs, evidence.tail)
    if evidence.returncode == SOMETHING_FAILED and not red:
        return Outcome.FAILED, "pytest exited with status 1 although no test failed", (everything, evidence.tail)
    reason = "; ".join(filter(None, (remarks(evidence), of_these, schema if red else "")))
    return Outcome.FAILED if red else Outcome.PASSED, reason, (everything, *needs)


def _of_pytest(evidence: SuiteEvidence, could_not: str, everything: Tests) -> Conclusion:
    """Conclude that pytest itself came to no end, and why where its last words tell."""
    cause = parse_cause_of_pytest(evidence.tail.text, evidence.facts)
    if cause is None:
        return Outcome.ERRORED, could_not, (everything, evidence.tail)
    return Outcome.ERRORED, cannot_run([cause]), (everything, needs_table([cause]), evidence.tail)


def _finding(gate: str, case: TestCase, rule_id: str, causes: Mapping[TestCase, Cause]) -> Finding:
    message, severity = case.message, Severity.ERROR
    if case in causes:
        cause, severity = causes[case], Severity.NOTICE
        message = " ".join(filter(None, (f"could not run: needs {cause.needs}.", cause.advice)))
    return Finding(
        gate=gate,
        rule_id=rule_id,
        severity=severity,
        message=f"{case.name}: {message}" if message else case.name,
        location=case.location,
    )
