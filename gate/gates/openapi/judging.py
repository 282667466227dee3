"""What is concluded from the documents: findings, waivers, measures and the outcome. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.result import Artifact, Judgement, Outcome
from gate.gates.openapi.catalogue import Rule, severity_of, words_of
from gate.gates.openapi.evidence import OpenapiEvidence
from gate.gates.openapi.exhibits import exhibits_of
from gate.gates.openapi.options import GATE_ID, OpenapiOptions, Waiver
from gate.gates.openapi.told import Told, all_told

SARIF_PATH = "openapi.sarif"
GENERATED_PATH = "openapi/generated.json"
DRIFT_PATH = "openapi/drift.txt"

_MOST_OF_A_MESSAGE = 600
_ZERO = Threshold(value=Fraction(0), direction="at-most")
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
_TITLES = {GENERATED_PATH: "generated document", DRIFT_PATH: "differences"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    told: Told
    severity: Severity
    waiver: Waiver | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def judge_openapi(evidence: OpenapiEvidence, options: OpenapiOptions) -> Judgement:
    """Fail on what is an error and not waived, and where less than the threshold is described."""
    exhibits = exhibits_of(evidence)
    if not evidence.operations:
        return Judgement.errored(f"{evidence.path} describes no operation", *exhibits)
    found = list(all_told(evidence))
    weighed = [one for told in found if (one := _weighed(told, evidence, options)) is not None]
    weighed = _in_order(weighed)
    measures = _measures(evidence, weighed, options.threshold)
    errors = [one for one in weighed if one.is_error]
    failed = bool(errors) or not all(measure.holds for measure in measures)
    impacts = {one.told.rule_id: one.told.impact for one in weighed}
    return Judgement(
        outcome=Outcome.FAILED if failed else Outcome.PASSED,
        reason=_reason(evidence, weighed, measures),
        measures=measures,
        findings=(*(_finding(one, evidence) for one in weighed), *_of_waivers(found, evidence, options)),
        rules=tuple(words_of(rule_id, impact) for rule_id, impact in impacts.items()),
        exhibits=exhibits,
        artifacts=(
            Artifact(title="SARIF", path=SARIF_PATH),
            *(Artifact(title=_TITLES[path], path=path) for path in evidence.artifacts),
        ),
    )


def _weighed(told: Told, evidence: OpenapiEvidence, options: OpenapiOptions) -> _Weighed | None:
    severity = severity_of(told.rule_id, told.impact, options.severities)
    if severity is None:
        return None
    covering = (one for one in options.waivers if one.covers(told.rule_id, told.operation))
    waiver = next((one for one in covering if one.until >= evidence.today), None)
    return _Weighed(told=told, severity=severity if waiver is None else Severity.NOTICE, waiver=waiver)


def _in_order(weighed: Sequence[_Weighed]) -> list[_Weighed]:
    """Return the worst first, and of the errors one of every rule before the others: what is read are the first."""
    firsts: dict[str, _Weighed] = {}
    for one in weighed:
        if one.is_error:
            firsts.setdefault(one.told.rule_id, one)
    return sorted(
        weighed, key=lambda one: (_SEVERITIES.index(one.severity), one is not firsts.get(one.told.rule_id, one))
    )


def _finding(weighed: _Weighed, evidence: OpenapiEvidence) -> Finding:
    told, waiver = weighed.told, weighed.waiver
    words = " ".join(told.message.split())[:_MOST_OF_A_MESSAGE]
    if waiver is not None:
        words += f"; waived until {waiver.until}: {waiver.reason[:_MOST_OF_A_MESSAGE]}"
    return Finding(
        gate=GATE_ID,
        rule_id=told.rule_id,
        severity=weighed.severity,
        message=words,
        location=Location(path=evidence.path, line=evidence.lines.get(told.pointer)) if evidence.path else None,
    )


def _of_waivers(found: Sequence[Told], evidence: OpenapiEvidence, options: OpenapiOptions) -> Iterator[Finding]:
    """Tell what of the waivers is no more true: it would hide the next finding."""
    for waiver in options.waivers:
        words = f"the waiver of {waiver.rule} for {waiver.operation}"
        if waiver.until < evidence.today:
            told = f"{words} expired on {waiver.until}: it counts no more"
            yield Finding(gate=GATE_ID, rule_id=Rule.WAIVER_EXPIRED, severity=Severity.WARNING, message=told)
        elif not any(waiver.covers(one.rule_id, one.operation) for one in found):
            told = f"{words} is about nothing that was found: remove it"
            yield Finding(gate=GATE_ID, rule_id=Rule.WAIVER_NOT_NEEDED, severity=Severity.NOTICE, message=told)


def _measures(evidence: OpenapiEvidence, weighed: Sequence[_Weighed], threshold: Fraction) -> tuple[Measure, ...]:
    # It stands for the gate: a failed gate must never read as "0 breaking changes".
    errors = Measure.count("errors", sum(one.is_error for one in weighed), threshold=_ZERO)
    measures = [errors, Measure.count("operations", evidence.operations)]
    if evidence.drift is not None:
        measures.append(Measure.count("drifted operations", len(evidence.drift.operations)))
    if not evidence.not_compared and evidence.base:
        breaking = sum(one.is_error and one.told.impact is not None for one in weighed)
        measures.append(Measure.count("breaking changes", breaking))
    if evidence.documented is not None and evidence.documented.of:
        limit = Threshold(value=threshold, direction="at-least") if threshold else None
        described = evidence.documented
        measures.append(Measure.ratio("described", described.described, described.of, threshold=limit))
    if evidence.answers:
        measures.append(Measure.count("answers compared", evidence.answers))
    return tuple(measures)


def _reason(evidence: OpenapiEvidence, weighed: Sequence[_Weighed], measures: Sequence[Measure]) -> str:
    """Say in a sentence what was found."""
    errors = [one.told for one in weighed if one.is_error]
    lies = {lie.rule_id for lie in evidence.lies}
    drifted = [one for one in errors if one.rule_id in _OF_DRIFT]
    counts = (
        (sum(one.impact is not None for one in errors), "breaking change", f"since {evidence.base}"),
        (len(drifted), "difference", f"between {evidence.path} and the application"),
        (sum(one.rule_id == Rule.INVALID for one in errors), "place", "where the document is not valid"),
        (sum(one.rule_id in lies for one in errors), "answer", "that the document does not describe"),
    )
    clauses = [f"{number:,} {noun}{'' if number == 1 else 's'} {rest}" for number, noun, rest in counts if number]
    if any(not measure.holds and measure.name == "described" for measure in measures):
        clauses.append("too little is described")
    if waived := sum(one.waiver is not None for one in weighed):
        clauses.append(f"{waived} waived")
    if evidence.drift is None:
        clauses.append("not compared with the application")
    if evidence.not_compared:
        clauses.append("not compared with the base")
    return "; ".join(clauses)


_OF_DRIFT = (
    *(Rule.OPERATION_MISSING, Rule.OPERATION_GONE, Rule.OPERATION_DIFFERS),
    *(Rule.COMPONENT_DIFFERS, Rule.DOCUMENT_DIFFERS),
)
