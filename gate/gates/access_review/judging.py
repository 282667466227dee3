"""What is concluded from a review: findings, waivers, measures and the outcome. Pure: it asks nothing of anybody."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from gate.config.options import did_you_mean
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.result import Artifact, Judgement, Outcome
from gate.domain.wording import counted
from gate.gates.access_review.catalogue import CATALOGUE, severity_of, words_of
from gate.gates.access_review.ending import End, Weighed, end_of
from gate.gates.access_review.evidence import Flaw, Reviewed, ReviewEvidence
from gate.gates.access_review.exhibits import exhibits_of
from gate.gates.access_review.masking import without_secrets
from gate.gates.access_review.options import GATE_ID
from gate.gates.access_review.policy import Policy, Waiver
from gate.gates.access_review.questions import Cell

SARIF_PATH = "access-review.sarif"
DRAFT_PATH = "access-review/access-policy.yml"
PROOFS_PATH = "access-review/proofs.sh"

_MOST_OF_A_MESSAGE = 600
_MOST_HINTS = 20
_BY_WEIGHT = {rule: at for at, rule in enumerate(CATALOGUE)}
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)


def judge_review(evidence: ReviewEvidence, *, threshold: Fraction, unbounded: Severity) -> Judgement:
    """Fail on a flaw that is proven and not waived, and where less than `threshold` percent were exercised.

    `unbounded` is how much an input without a bound weighs.
    """
    evidence = without_secrets(evidence)
    ends = [_ended(reviewed, evidence, unbounded) for reviewed in evidence.operations]
    whole = [_weighed(flaw, None, evidence, unbounded) for flaw in evidence.flaws]
    flaws = sorted((*(flaw for end in ends for flaw in end.flaws), *whole), key=_weight)
    exhibits = exhibits_of(evidence, ends, flaws)
    exercised = sum(end.cell is not Cell.NOT_EXERCISED for end in ends)
    if not ends:
        return Judgement.errored("found no operation: a review of nothing proves nothing", *exhibits)
    if not evidence.requests:
        return Judgement.errored(f"no request was sent to any of {len(ends)} operations", *exhibits)
    if not exercised:
        return Judgement.errored("no operation could be exercised", *exhibits)
    limit = Threshold(value=threshold, direction="at-least")
    share = Measure.ratio("operations", exercised, len(ends), threshold=limit)
    errors = [flaw for flaw in flaws if flaw.severity is Severity.ERROR]
    failed = bool(errors) or not share.holds or any(end.cell is Cell.FAILED for end in ends)
    findings = (*map(_finding, flaws), *_of_policy(evidence), *evidence.tool_findings)
    return Judgement(
        outcome=Outcome.FAILED if failed else Outcome.PASSED,
        reason=_reason(ends, whole, share),
        measures=(
            share,
            Measure.count("findings", len(errors), threshold=Threshold(value=Fraction(0), direction="at-most")),
            Measure.count("waived", sum(flaw.waiver is not None for flaw in flaws)),
            Measure.count("requests", evidence.requests),
        ),
        findings=findings,
        rules=tuple(words_of(rule) for rule in CATALOGUE if any(flaw.flaw.rule is rule for flaw in flaws)),
        exhibits=exhibits,
        artifacts=(
            Artifact(title="SARIF", path=SARIF_PATH),
            Artifact(title="draft of the policy", path=DRAFT_PATH),
            Artifact(title="proofs", path=PROOFS_PATH),
        ),
    )


def _ended(reviewed: Reviewed, evidence: ReviewEvidence, unbounded: Severity) -> End:
    return end_of(reviewed, tuple(_weighed(flaw, reviewed, evidence, unbounded) for flaw in reviewed.flaws))


def _weighed(flaw: Flaw, reviewed: Reviewed | None, evidence: ReviewEvidence, unbounded: Severity) -> Weighed:
    waiver = _waiver(flaw, evidence.policy, evidence.today)
    severity = severity_of(flaw, unbounded) if waiver is None else Severity.NOTICE
    return Weighed(flaw=flaw, reviewed=reviewed, severity=severity, waiver=waiver)


def _waiver(flaw: Flaw, policy: Policy | None, today: date) -> Waiver | None:
    waivers = policy.waivers if policy is not None else ()
    return next((one for one in waivers if one.covers(flaw.operation, flaw.rule) and one.expires >= today), None)


def _weight(weighed: Weighed) -> tuple[int, int]:
    return _SEVERITIES.index(weighed.severity), _BY_WEIGHT[weighed.flaw.rule]


def _finding(weighed: Weighed) -> Finding:
    flaw, reviewed, waiver = weighed.flaw, weighed.reviewed, weighed.waiver
    said = " ".join(flaw.message.split()) or CATALOGUE[flaw.rule].title
    words = f"{flaw.operation or 'the service'}: {said}"[:_MOST_OF_A_MESSAGE]
    if reviewed is not None and reviewed.function:
        # Its line is the finding's place: in the message, it would make another alert of this one when lines shift.
        words += f"; route {reviewed.function}"
    if waiver is not None:
        words += f"; waived until {waiver.expires}: {waiver.reason}"
    return Finding(
        gate=GATE_ID,
        rule_id=flaw.rule,
        severity=weighed.severity,
        message=words,
        location=Location(path=reviewed.path, line=reviewed.line) if reviewed is not None and reviewed.path else None,
        help_url=CATALOGUE[flaw.rule].help_url,
    )


def _reason(ends: Sequence[End], whole: Sequence[Weighed], share: Measure) -> str:
    """Say in a sentence what was found, and what was left out."""
    errors = [len([flaw for flaw in end.flaws if flaw.severity is Severity.ERROR]) for end in ends]
    of_service = len([flaw for flaw in whole if flaw.severity is Severity.ERROR])
    clauses = []
    if any(errors):
        clauses.append(f"{counted(sum(errors), 'flaw')} in {counted(sum(map(bool, errors)), 'operation')}")
    if of_service:
        clauses.append(f"{counted(of_service, 'flaw')} of the service as a whole")
    if unexplained := [end for end in ends if end.cell is Cell.FAILED and not end.flaws]:
        clauses.append(f"{counted(len(unexplained), 'operation')} failed without a finding")
    if waived := [end for end in ends if end.cell is Cell.WAIVED]:
        clauses.append(f"{len(waived)} waived")
    left_out = [end for end in ends if end.cell is Cell.NOT_EXERCISED]
    if left_out:
        few = "too many" if not share.holds else len(left_out)
        named = ", ".join(end.reviewed.operation for end in left_out[:3]) + (", …" if len(left_out) > 3 else "")
        clauses.append(f"{few} not exercised: {named[:_MOST_OF_A_MESSAGE]}")
    return "; ".join(clauses)


def _of_policy(evidence: ReviewEvidence) -> Iterable[Finding]:
    """Tell what of the policy is no more true: it would hide the next flaw, or says something of nothing."""
    policy = evidence.policy
    if policy is None:
        return
    served = {reviewed.operation: None for reviewed in evidence.operations}
    gone = [operation for operation in policy.operations if operation not in served]
    for at, operation in enumerate(gone):
        # To look for the nearest takes long where a whole service has been renamed, and says little.
        near = did_you_mean(operation, tuple(served)) if at < _MOST_HINTS else ""
        hint = f"; {near}" if near.startswith("did") else ""
        told, line = f"{operation} is not served{hint}", policy.operations[operation].line
        yield _policy_finding(policy, line, "policy-operation-not-served", told)
    flaws = [flaw for reviewed in evidence.operations for flaw in reviewed.flaws] + list(evidence.flaws)
    for waiver in policy.waivers:
        words = f"the waiver of {waiver.rule} for {waiver.operation}"
        if waiver.expires < evidence.today:
            told = f"{words} expired on {waiver.expires}: it counts no more"
            yield _policy_finding(policy, waiver.line, "waiver-expired", told)
        elif not any(waiver.covers(flaw.operation, flaw.rule) for flaw in flaws):
            told = f"{words} is about nothing that was found: remove it"
            yield _policy_finding(policy, waiver.line, "waiver-not-needed", told, Severity.NOTICE)


def _policy_finding(
    policy: Policy, line: int | None, rule_id: str, message: str, severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(
        gate=GATE_ID,
        rule_id=rule_id,
        severity=severity,
        message=message,
        location=Location(path=policy.path, line=line),
    )
