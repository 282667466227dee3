"""A gate's findings as code scanning takes them."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given

from gate.domain.finding import Finding, Location, Severity
from gate.render.sarif import FINGERPRINT, render_sarif
from tests.unit.render import reports
from tests.unit.render.github_page import hostile_texts

FINDING = Finding(
    gate="lint",
    rule_id="F401",
    severity=Severity.ERROR,
    message="`os` imported but unused, see [docs](https://evil.example)",
    location=Location(path="app/a b#é.py", line=3, end_line=4, column=8),
    help_url="https://docs.astral.sh/ruff/rules/unused-import",
)


def run_of(*findings: Finding) -> dict[str, Any]:
    document = json.loads(render_sarif(reports.lint(*findings)))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    return dict(run)


def test_a_finding_is_a_result_at_its_place_with_its_rule() -> None:
    run = run_of(FINDING, replace(FINDING, rule_id="E501", severity=Severity.NOTICE, help_url="javascript:x"))
    first, second = run["results"]
    assert first["ruleId"] == "F401"
    assert first["level"] == "error"
    assert first["message"] == {"text": "`os` imported but unused, see [docs] (https://evil.example)"}
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "app/a%20b%23%C3%A9.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 8, "endLine": 4},
            }
        }
    ]
    assert second["level"] == "note"
    assert run["automationDetails"] == {"id": "quality-gate/lint/"}
    rules = run["tool"]["driver"]["rules"]
    assert [rules[item["ruleIndex"]]["id"] for item in run["results"]] == ["F401", "E501"]
    assert rules[0]["helpUri"] == FINDING.help_url
    assert "helpUri" not in rules[1]


def test_what_is_known_of_a_rule_is_filed_with_it() -> None:
    document = json.loads(render_sarif(reports.reviewed().results[1]))
    (rule,) = document["runs"][0]["tool"]["driver"]["rules"]
    assert rule["shortDescription"] == {"text": "another user reads it (API1:2023, CWE-639)"}
    assert rule["help"] == {"text": "Look the object up by its id and its owner together."}
    assert rule["properties"] == {"tags": ["security", "external/cwe/cwe-639"], "security-severity": "7.5"}


def fingerprints(*findings: Finding) -> list[str]:
    return [item["partialFingerprints"][FINGERPRINT] for item in run_of(*findings)["results"]]


def test_a_fingerprint_stays_when_lines_shift_and_tells_findings_apart() -> None:
    shifted = replace(FINDING, location=replace(FINDING.location, line=90, end_line=91))  # type: ignore[type-var]
    assert fingerprints(FINDING) == fingerprints(shifted)
    made = fingerprints(FINDING, FINDING, replace(FINDING, message="other"), replace(FINDING, rule_id="F402"))
    assert len(set(made)) == 4


def test_a_finding_without_a_place_in_the_repository_is_told_apart() -> None:
    outside = replace(FINDING, location=Location(path="/usr/lib/x.py", line=1))
    run = run_of(replace(FINDING, location=None), outside, replace(FINDING, location=Location(path="app/x.py")))
    assert [item["locations"][0]["physicalLocation"].get("region") for item in run["results"]] == [None]
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 2


@given(hostile_texts)
def test_any_words_make_a_document_that_can_be_written_and_read(words: str) -> None:
    finding = reports.hostile_report(words).results[0].findings[0]
    render_sarif(reports.lint(finding, replace(finding, location=Location(path=f"a/{words}")))).encode()
    run = run_of(finding, replace(finding, location=Location(path=f"a/{words}")))
    uris = [item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in run["results"]]
    assert all(uri.isascii() and " " not in uri for uri in uris)
    assert all(item["message"]["text"] for item in run["results"])
