"""A gate's findings as SARIF 2.1.0, as GitHub's code scanning reads it. Writes no file.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import json
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from gate import __version__
from gate.domain.finding import Finding, Location, RuleWords, Severity
from gate.domain.result import GateResult
from gate.render.escape import path_in_url, visible, web_address, well_formed
from gate.render.links import is_inside

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}
FINGERPRINT = "qualityGateFinding/v1"
"""Not GitHub's own `primaryLocationLineHash`: the uploading action makes that from the source and warns of another."""


def render_sarif(result: GateResult) -> str:
    """Render the findings that have a place in the repository; the others are notifications of the run.

    Code scanning refuses a file with a result that has no location.
    """
    placed = [finding for finding in result.findings if _has_place(finding)]
    unplaced = [finding for finding in result.findings if not _has_place(finding)]
    known = {words.rule_id: words for words in result.judgement.rules}
    rules = list(
        {finding.rule_id: _rule(finding, known.get(finding.rule_id)) for finding in reversed(result.findings)}.values()
    )[::-1]
    index = {rule["id"]: at for at, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "Quality Gate", "semanticVersion": __version__, "rules": rules}},
        "automationDetails": {"id": f"quality-gate/{well_formed(result.gate)}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": [_notification(item) for item in unplaced]}
        ],
        "results": list(_results(placed, index)),
    }
    document = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _rule(finding: Finding, words: RuleWords | None) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": _id(finding), "shortDescription": {"text": _id(finding)}}
    address = web_address(finding.help_url or "")
    if address:
        rule["helpUri"] = address
    if words is None:
        return rule
    if words.title:
        rule["shortDescription"] = {"text": visible(words.title)}
    if words.advice:
        rule["help"] = {"text": visible(words.advice)}
    properties: dict[str, Any] = {"tags": [visible(tag) for tag in words.tags]} if words.tags else {}
    if words.score is not None:
        # Text, and of the rule: a result's own is not read. It counts only beside the tag `security`.
        properties["security-severity"] = f"{words.score:.1f}"
    return rule | {"properties": properties} if properties else rule


def _results(findings: Iterable[Finding], index: dict[str, int]) -> Iterable[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for finding in findings:
        path = finding.location.path if finding.location else ""
        identity = "\0".join((finding.gate, _id(finding), path, finding.message))
        seen[identity] += 1
        digest = sha256(f"{well_formed(identity)}\0{seen[identity]}".encode()).hexdigest()
        yield {
            "ruleId": _id(finding),
            "ruleIndex": index[_id(finding)],
            "level": _LEVELS[finding.severity],
            "message": _message(finding),
            "locations": [{"physicalLocation": _physical(finding.location)}] if finding.location else [],
            "partialFingerprints": {FINGERPRINT: digest},
        }


def _physical(location: Location) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": {"uri": path_in_url(location.path), "uriBaseId": "%SRCROOT%"}}
    if location.line is not None:
        region = {"startLine": location.line, "startColumn": location.column, "endLine": location.end_line}
        where["region"] = {name: number for name, number in region.items() if number is not None}
    return where


def _notification(finding: Finding) -> dict[str, Any]:
    return {
        "level": _LEVELS[finding.severity],
        "message": _message(finding),
        "associatedRule": {"id": _id(finding)},
    }


def _message(finding: Finding) -> dict[str, str]:
    # In a message of plain text, `[words](target)` is a link.
    return {"text": visible(finding.message, keep="\n\t").replace("](", "] (") or _id(finding)}


def _has_place(finding: Finding) -> bool:
    return finding.location is not None and is_inside(finding.location.path)


def _id(finding: Finding) -> str:
    return visible(finding.rule_id) or finding.gate
