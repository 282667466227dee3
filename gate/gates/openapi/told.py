"""What was found in the documents, each in a sentence, before it is weighed. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gate.api_changes.change import Change, Impact
from gate.gates.openapi.catalogue import CATALOGUE, Rule
from gate.gates.openapi.difference import Kind
from gate.gates.openapi.documented import Gap
from gate.gates.openapi.drift import Drifted
from gate.gates.openapi.evidence import OpenapiEvidence
from gate.gates.openapi.exhibits import in_order, words_of

_MOST_OF_A_SENTENCE = 450
_MOST_NAMED = 5
_MOST_GAPS = 20
_OF_KIND = {
    Kind.ADDED: Rule.OPERATION_MISSING,
    Kind.REMOVED: Rule.OPERATION_GONE,
    Kind.CHANGED: Rule.OPERATION_DIFFERS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something that was found, before it is weighed. `impact` is that of a change, None for anything else."""

    rule_id: str
    operation: str
    pointer: str
    message: str
    impact: Impact | None = None


def all_told(evidence: OpenapiEvidence) -> Iterator[Told]:
    """Yield all that was found, what is worst in each kind first."""
    for change in in_order(evidence.changes):
        yield _of_change(change)
    yield from _of_drift(evidence)
    for invalid in evidence.invalid:
        yield Told(rule_id=Rule.INVALID, operation="", pointer=invalid.pointer, message=invalid.message)
    for lie in evidence.lies:
        yield Told(rule_id=lie.rule_id, operation=lie.operation, pointer=lie.pointer, message=lie.message)
    yield from _of_gaps(evidence.documented.gaps if evidence.documented is not None else ())
    if evidence.not_generated:
        message = f"the document was not compared with the application: {evidence.not_generated}"
        yield Told(rule_id=Rule.NOT_GENERATED, operation="", pointer="", message=message)
    if evidence.not_compared:
        message = f"the document was not compared with the base: {evidence.not_compared}"
        yield Told(rule_id=Rule.NOT_COMPARED, operation="", pointer="", message=message)


def _of_gaps(gaps: Sequence[Gap]) -> Iterator[Told]:
    """Yield what is not described: of each kind a few, and how many more there are."""
    of_kind: dict[str, list[Gap]] = {}
    for gap in gaps:
        of_kind.setdefault(gap.rule_id, []).append(gap)
    for rule_id, found in of_kind.items():
        for gap in found[:_MOST_GAPS]:
            yield Told(rule_id=rule_id, operation=gap.operation, pointer=gap.pointer, message=gap.message)
        if len(found) > _MOST_GAPS:
            title = CATALOGUE[rule_id].title if rule_id in CATALOGUE else rule_id
            message = f"{title}: {len(found) - _MOST_GAPS:,} more of this kind"
            yield Told(rule_id=rule_id, operation="", pointer="", message=message)


def _of_change(change: Change) -> Told:
    message = f"{change.operation or 'the document'}: {change.message}"
    return Told(
        rule_id=change.rule_id,
        operation=change.operation,
        pointer=change.pointer,
        message=message,
        impact=change.impact,
    )


def _of_drift(evidence: OpenapiEvidence) -> Iterator[Told]:
    drift, advice = evidence.drift, f"write it anew with `{evidence.command}`"
    if drift is None:
        return
    loose = [part for part in drift.parts if not part.is_operation and part.kind is not Kind.CHANGED]
    for part in drift.parts:
        if part not in loose:
            message = f"{_sentence(part)}; {advice}"
            operation = part.subject if part.is_operation else ""
            yield Told(rule_id=_rule_of(part), operation=operation, pointer=part.pointer, message=message)
    for kind, words in (
        (Kind.ADDED, "is missing in the file"),
        (Kind.REMOVED, "is in the file, and no more generated"),
    ):
        if names := [part for part in loose if part.kind is kind]:
            message = f"{_named([part.subject for part in names])} {words}; {advice}"
            yield Told(rule_id=_rule_of(names[0]), operation="", pointer=names[0].pointer, message=message)
    if drift.by_framework:
        named = _named([part.subject for part in drift.by_framework])
        message = f"only the version of the framework makes a difference in {named}; {advice} when it suits"
        yield Told(rule_id=Rule.FRAMEWORK_DIFFERS, operation="", pointer=drift.by_framework[0].pointer, message=message)


def _sentence(part: Drifted) -> str:
    if part.kind is Kind.ADDED:
        return f"{part.subject} is missing in the file"
    if part.kind is Kind.REMOVED:
        return f"{part.subject} is in the file, and no more in the application"
    users = f" (used by {_named(part.operations)})" if part.operations and not part.is_operation else ""
    return f"{part.subject} differs{users}: {words_of(part)}"[:_MOST_OF_A_SENTENCE]


def _rule_of(part: Drifted) -> Rule:
    if part.is_operation:
        return _OF_KIND[part.kind]
    return Rule.COMPONENT_DIFFERS if part.pointer.startswith("/components/") else Rule.DOCUMENT_DIFFERS


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
