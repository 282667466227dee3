"""What is concluded from the documents."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from gate.api_changes.change import Change, Impact
from gate.domain.exhibit import Table
from gate.domain.finding import Severity
from gate.domain.result import Judgement, Outcome
from gate.gates.openapi.catalogue import CATALOGUE, Rule
from gate.gates.openapi.documented import DESCRIPTION, SUMMARY, Documented, Gap
from gate.gates.openapi.drift import drift_of
from gate.gates.openapi.evidence import OpenapiEvidence
from gate.gates.openapi.judging import judge_openapi
from gate.gates.openapi.options import OpenapiOptions, Waiver
from gate.gates.openapi.truth import STATUS, SUCCESS, Lie
from gate.gates.openapi.validity import Invalid

TODAY = date(2026, 11, 23)
CLEAN = OpenapiEvidence(
    today=TODAY,
    path="openapi.json",
    operations=2,
    command="quality-gate openapi --write",
    drift=drift_of({}, {}),
    base="0123456789ab (the merge's first parent)",
)
REMOVED = Change(
    rule_id="response-required-property-removed",
    impact=Impact.BREAKING,
    operation="GET /a",
    message="the field 'b' was removed",
    pointer="/paths/~1a/get",
)
RISKY = replace(REMOVED, rule_id="request-parameter-removed", impact=Impact.RISKY, message="'q' was removed")
HARMLESS = replace(REMOVED, rule_id="endpoint-added", impact=Impact.HARMLESS, message="the operation is new")
WAIVER = Waiver(rule=REMOVED.rule_id, operation="GET /a", reason="nobody reads it", until=TODAY)


def judged(evidence: OpenapiEvidence = CLEAN, **options: Any) -> Judgement:
    return judge_openapi(evidence, OpenapiOptions(**options))


def told(judgement: Judgement) -> list[tuple[str, str]]:
    return [(finding.rule_id, str(finding.severity)) for finding in judgement.findings]


def test_documents_with_nothing_wrong_pass_with_nothing_found() -> None:
    judgement = judged()
    assert (judgement.outcome, judgement.reason, judgement.findings) == (Outcome.PASSED, "", ())


def test_a_breaking_change_fails_a_risky_one_warns_a_harmless_one_is_in_the_changelog_only() -> None:
    judgement = judged(replace(CLEAN, changes=(HARMLESS, RISKY, REMOVED)))
    assert judgement.outcome is Outcome.FAILED
    assert told(judgement) == [(REMOVED.rule_id, "error"), (RISKY.rule_id, "warning")]
    assert judgement.reason == "1 breaking change since 0123456789ab (the merge's first parent)"
    [changelog] = judgement.exhibits
    assert isinstance(changelog, Table)
    assert [row[0] for row in changelog.rows] == ["breaking", "risky", "harmless"]


def test_only_risky_changes_pass() -> None:
    assert judged(replace(CLEAN, changes=(RISKY, HARMLESS))).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("severity", "outcome", "findings"),
    [
        ("warning", Outcome.PASSED, [(REMOVED.rule_id, "warning")]),
        ("notice", Outcome.PASSED, [(REMOVED.rule_id, "notice")]),
        ("off", Outcome.PASSED, []),
        ("error", Outcome.FAILED, [(REMOVED.rule_id, "error")]),
    ],
)
def test_a_severity_is_as_it_is_chosen(severity: str, outcome: Outcome, findings: list[tuple[str, str]]) -> None:
    judgement = judged(replace(CLEAN, changes=(REMOVED,)), severities={REMOVED.rule_id: severity})
    assert (judgement.outcome, told(judgement)) == (outcome, findings)


def test_a_harmless_change_can_be_made_an_error() -> None:
    judgement = judged(replace(CLEAN, changes=(HARMLESS,)), severities={HARMLESS.rule_id: "error"})
    assert judgement.outcome is Outcome.FAILED


def test_a_waiver_holds_through_its_last_day() -> None:
    judgement = judged(replace(CLEAN, changes=(REMOVED,)), waivers=(WAIVER,))
    assert (judgement.outcome, told(judgement)) == (Outcome.PASSED, [(REMOVED.rule_id, "notice")])
    assert judgement.findings[0].message.endswith("; waived until 2026-11-23: nobody reads it")
    assert judgement.reason == "1 waived"


def test_a_waiver_that_expired_counts_no_more_and_says_so() -> None:
    judgement = judged(replace(CLEAN, changes=(REMOVED,), today=date(2026, 11, 24)), waivers=(WAIVER,))
    assert judgement.outcome is Outcome.FAILED
    assert told(judgement) == [(REMOVED.rule_id, "error"), (Rule.WAIVER_EXPIRED, "warning")]


def test_a_waiver_of_another_operation_covers_nothing_and_is_told_to_be_removed() -> None:
    judgement = judged(replace(CLEAN, changes=(REMOVED,)), waivers=(replace(WAIVER, operation="GET /b"),))
    assert told(judgement) == [(REMOVED.rule_id, "error"), (Rule.WAIVER_NOT_NEEDED, "notice")]


def document(*, summary: str = "A", path: str = "/a") -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "paths": {path: {"get": {"summary": summary, "responses": {}}}},
        "components": {"schemas": {"S": {"type": "string"}}},
    }


def test_drift_fails_with_the_place_and_the_command() -> None:
    evidence = replace(
        CLEAN, drift=drift_of(document(), document(summary="B")), lines={"/paths/~1a/get": 17}, path="docs/o.json"
    )
    judgement = judged(evidence)
    assert judgement.outcome is Outcome.FAILED
    [finding] = judgement.findings
    assert (finding.rule_id, str(finding.location)) == (Rule.OPERATION_DIFFERS, "docs/o.json:17")
    assert "summary is 'B', and 'A' in the file" in finding.message
    assert finding.message.endswith("write it anew with `quality-gate openapi --write`")


def test_an_operation_that_moved_is_missing_and_too_much() -> None:
    judgement = judged(replace(CLEAN, drift=drift_of(document(), document(path="/b"))))
    assert told(judgement) == [(Rule.OPERATION_GONE, "error"), (Rule.OPERATION_MISSING, "error")]
    measures = {measure.name: measure.value for measure in judgement.measures}
    assert measures["drifted operations"] == 2
    assert judgement.measures[0].name == "errors"
    assert measures["errors"] == len(judgement.findings)


def test_components_that_are_new_are_told_in_one() -> None:
    generated = document()
    generated["components"]["schemas"] |= {f"N{n}": {} for n in range(9)}
    [finding] = judged(replace(CLEAN, drift=drift_of(document(), generated))).findings
    assert finding.rule_id == Rule.COMPONENT_DIFFERS
    assert "schema N4 and 4 more is missing in the file" in finding.message


def test_what_only_the_frameworks_version_made_is_a_notice() -> None:
    one, other = document(), document()
    one["components"]["schemas"]["S"] = {"type": "string", "format": "binary"}
    other["components"]["schemas"]["S"] = {"type": "string", "contentMediaType": "application/octet-stream"}
    judgement = judged(replace(CLEAN, drift=drift_of(one, other)))
    assert (judgement.outcome, told(judgement)) == (Outcome.PASSED, [(Rule.FRAMEWORK_DIFFERS, "notice")])


def test_what_is_not_valid_or_not_true_fails() -> None:
    invalid = replace(CLEAN, invalid=(Invalid(pointer="/info", message="'title' is a required property"),))
    assert judged(invalid).outcome is Outcome.FAILED
    lie = Lie(rule_id=SUCCESS, operation="GET /a", pointer="", message="GET /a answered 202")
    judgement = judged(replace(CLEAN, lies=(lie,), answers=40))
    assert (judgement.outcome, told(judgement)) == (Outcome.FAILED, [(SUCCESS, "error")])
    assert judgement.reason == "1 answer that the document does not describe"


def test_a_refusal_that_is_not_described_is_red_for_who_wants_it() -> None:
    lie = Lie(rule_id=STATUS, operation="GET /a", pointer="", message="GET /a answered 409")
    evidence = replace(CLEAN, lies=(lie,), answers=40)
    judgement = judged(evidence)
    assert (judgement.outcome, told(judgement)) == (Outcome.PASSED, [(STATUS, "warning")])
    assert judged(evidence, severities={STATUS: "error"}).outcome is Outcome.FAILED


def test_gaps_are_notices_and_fail_below_the_threshold_only() -> None:
    gap = Gap(rule_id=SUMMARY, operation="GET /a", pointer="", message="GET /a has no summary")
    evidence = replace(CLEAN, documented=Documented(described=3, of=4, gaps=(gap,)))
    assert judged(evidence).outcome is Outcome.PASSED
    assert judged(evidence, threshold=Fraction(75)).outcome is Outcome.PASSED
    judgement = judged(evidence, threshold=Fraction(76))
    assert (judgement.outcome, told(judgement)) == (Outcome.FAILED, [(SUMMARY, "notice")])
    assert judgement.reason == "too little is described"


def test_of_hundreds_of_gaps_a_few_of_each_kind_are_told() -> None:
    gaps = tuple(
        Gap(rule_id=rule_id, operation=f"GET /{n}", pointer="", message=f"GET /{n}")
        for n in range(300)
        for rule_id in (SUMMARY, DESCRIPTION)
    )
    judgement = judged(replace(CLEAN, documented=Documented(described=1, of=601, gaps=gaps)))
    assert len(judgement.findings) == 42
    assert judgement.findings[20].message == "an operation has no summary: 280 more of this kind"


def test_what_was_not_compared_is_said_and_passes() -> None:
    judgement = judged(replace(CLEAN, base="", not_compared="no base", drift=None, not_generated="no app"))
    assert judgement.outcome is Outcome.PASSED
    assert told(judgement) == [(Rule.NOT_GENERATED, "notice"), (Rule.NOT_COMPARED, "notice")]
    assert judgement.reason == "not compared with the application; not compared with the base"


def test_a_document_without_operations_proves_nothing() -> None:
    assert judged(replace(CLEAN, operations=0)).outcome is Outcome.ERRORED


def test_errors_come_first_and_each_rule_has_its_words() -> None:
    judgement = judged(replace(CLEAN, changes=(RISKY,), drift=drift_of(document(), document(summary="B"))))
    assert [finding.severity for finding in judgement.findings] == [Severity.ERROR, Severity.WARNING]
    assert {rule.rule_id for rule in judgement.rules} == {Rule.OPERATION_DIFFERS, RISKY.rule_id}
    assert all(rule.title for rule in judgement.rules)


def test_a_hundred_of_one_rule_do_not_hide_another() -> None:
    changes = tuple(replace(REMOVED, operation=f"GET /{number}") for number in range(100))
    judgement = judged(replace(CLEAN, changes=changes, drift=drift_of(document(), document(summary="B"))))
    assert [finding.rule_id for finding in judgement.findings][:3] == [
        REMOVED.rule_id, Rule.OPERATION_DIFFERS, REMOVED.rule_id,
    ]  # fmt: skip


def test_the_page_of_the_gate_has_every_rule_as_it_is() -> None:
    page = (Path(__file__).parents[4] / "docs" / "gates" / "openapi.md").read_text(encoding="utf-8")
    for rule, entry in CATALOGUE.items():
        assert f"| `{rule}` | {entry.title} | {entry.severity} |" in page
