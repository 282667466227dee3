"""The rules of the gate: how much each weighs, and what to do. Pure.

Those about changes are named as in oasdiff where the rule is the same:
https://github.com/oasdiff/oasdiff/blob/main/docs/BREAKING-CHANGES.md
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gate.api_changes.change import Impact
from gate.api_changes.structure_rules import STRUCTURE_RULES
from gate.domain.finding import RuleWords, Severity
from gate.gates.openapi import documented, truth

OFF = "off"
# Those about schemas are made of whose they are, where they stand and what changed: too many to list.
_OF_SCHEMAS = re.compile(
    r"schema-not-compared|(new-(optional|required)-)?(request|response)-((optional|required|read-only|write-only)-)*"
    r"(body|parameter|header|property|mediatype)(-[a-z-]{1,80})?"
)


class Rule(StrEnum):
    """What the gate finds by itself."""

    OPERATION_MISSING = "operation-not-in-document"
    OPERATION_GONE = "operation-not-served"
    OPERATION_DIFFERS = "operation-differs"
    COMPONENT_DIFFERS = "component-differs"
    DOCUMENT_DIFFERS = "document-differs"
    FRAMEWORK_DIFFERS = "framework-differs"
    INVALID = "document-invalid"
    NOT_COMPARED = "base-not-compared"
    NOT_GENERATED = "document-not-generated"
    WAIVER_EXPIRED = "waiver-expired"
    WAIVER_NOT_NEEDED = "waiver-not-needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of a rule: its weight, what is wrong in a few words, and what to do."""

    severity: Severity
    title: str
    advice: str


def _entry(severity: Severity, title: str, advice: str = "") -> Entry:
    return Entry(severity=severity, title=title, advice=advice)


_REGENERATE = "Write the document anew with `quality-gate openapi --write`, and commit it."
_DESCRIBE = "Describe the answer where the operation is declared, such as with `responses=` in FastAPI."
_SAY = "Say it where the operation or the model is declared."
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE

CATALOGUE: Mapping[str, Entry] = {
    Rule.OPERATION_MISSING: _entry(_ERROR, "an operation is missing in the committed document", _REGENERATE),
    Rule.OPERATION_GONE: _entry(_ERROR, "the committed document names an operation that is no more", _REGENERATE),
    Rule.OPERATION_DIFFERS: _entry(_ERROR, "the committed document describes an operation otherwise", _REGENERATE),
    Rule.COMPONENT_DIFFERS: _entry(_ERROR, "the committed document has another schema or component", _REGENERATE),
    Rule.DOCUMENT_DIFFERS: _entry(_ERROR, "the committed document differs", _REGENERATE),
    Rule.FRAMEWORK_DIFFERS: _entry(
        _NOTICE, "the committed document was written by another version of the framework", _REGENERATE
    ),
    Rule.INVALID: _entry(_ERROR, "the document is not valid", "Mend it as the message says."),
    Rule.NOT_COMPARED: _entry(
        _NOTICE, "the document was not compared with the base", "Make the base known: `fetch-depth: 2`."
    ),
    Rule.NOT_GENERATED: _entry(
        _NOTICE, "the document was not compared with the application", "Name it by `app` or `generate`."
    ),
    Rule.WAIVER_EXPIRED: _entry(_WARNING, "a waiver has expired", "Mend what it was for, or renew it with its reason."),
    Rule.WAIVER_NOT_NEEDED: _entry(_NOTICE, "a waiver is about nothing that was found", "Remove it."),
    truth.SUCCESS: _entry(_ERROR, "an operation succeeds with a status that is not described", _DESCRIBE),
    # Most services never describe their 404: red for it on the first day, the gate would be taken out again.
    truth.STATUS: _entry(_WARNING, "an operation refuses with a status that is not described", _DESCRIBE),
    truth.GENERAL: _entry(_NOTICE, "an operation answers with a general status that is not described", _DESCRIBE),
    truth.MEDIA_TYPE: _entry(_ERROR, "an answer has a media type that is not described", _DESCRIBE),
    truth.BODY: _entry(_ERROR, "an answer's body is not as it is described", "Mend the code or the schema."),
    truth.NOT_COMPARED: _entry(_NOTICE, "not all answers were compared with the document"),
    documented.SUMMARY: _entry(_NOTICE, "an operation has no summary", _SAY),
    documented.DESCRIPTION: _entry(_NOTICE, "an operation has no description", _SAY),
    documented.OPERATION_ID: _entry(_NOTICE, "an operation has no id", _SAY),
    documented.DENIAL: _entry(_NOTICE, "an operation asks for credentials and describes no denial", _DESCRIBE),
    documented.NOT_FOUND: _entry(_NOTICE, "an operation describes no answer to what does not exist", _DESCRIBE),
    documented.REFUSAL: _entry(_NOTICE, "an operation describes no answer to a body that it refuses", _DESCRIBE),
    documented.EXAMPLE: _entry(_NOTICE, "a body has no example", _SAY),
}
"""What is found beside changes, in the order in which it is told."""

_BY_IMPACT = {Impact.BREAKING: Severity.ERROR, Impact.RISKY: Severity.WARNING, Impact.HARMLESS: None}
_ADVICE = {
    Impact.BREAKING: "Keep the old way beside the new one until its clients have moved, or waive the change.",
    Impact.RISKY: "Ask who uses it before it changes.",
    Impact.HARMLESS: "",
}


def severity_of(rule_id: str, impact: Impact | None, chosen: Mapping[str, str]) -> Severity | None:
    """Return how much a finding weighs, None where it is not told; `impact` is that of a change, None for another."""
    if said := chosen.get(rule_id):
        return None if said == OFF else Severity(said)
    if impact is not None:
        return _BY_IMPACT[impact]
    entry = CATALOGUE.get(rule_id)
    return entry.severity if entry is not None else Severity.WARNING


def is_rule(rule_id: str) -> bool:
    """Tell a rule's id."""
    return rule_id in CATALOGUE or rule_id in STRUCTURE_RULES or _OF_SCHEMAS.fullmatch(rule_id) is not None


RULE_IDS: tuple[str, ...] = (*map(str, CATALOGUE), *STRUCTURE_RULES)


def words_of(rule_id: str, impact: Impact | None) -> RuleWords:
    """Return what a list of alerts shows of a rule."""
    if (entry := CATALOGUE.get(rule_id)) is not None:
        return RuleWords(rule_id=rule_id, title=entry.title, advice=entry.advice, tags=("openapi",))
    rule = STRUCTURE_RULES.get(rule_id)
    title = rule.title if rule is not None else rule_id.replace("-", " ")
    return RuleWords(rule_id=rule_id, title=title, advice=_ADVICE.get(impact, "") if impact else "", tags=("openapi",))
