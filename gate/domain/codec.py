"""report.json, schema version 1, in both directions (docs/report.md). Reads no file, and trusts nothing it decodes."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from gate.domain.checklist import Question
from gate.domain.comparison_decoding import (
    decode_baseline,
    decode_change,
    decode_comparison,
    decode_past_run,
    decode_weakening,
)
from gate.domain.comparison_encoding import MOST_PAST_RUNS
from gate.domain.encoding import (
    COMMIT,
    CONFIGURATION,
    MAX_QUESTIONS,
    MAX_RESULTS,
    REPOSITORY,
    WEB_ADDRESS,
    encode_parts,
    encode_report,
)
from gate.domain.exhibit_decoding import (
    decode_exhibit,
    decode_in_base,
    decode_instant,
    decode_location,
    decode_unit,
)
from gate.domain.finding import Finding, RuleWords, Severity
from gate.domain.json_writing import MAX_LINE, MAX_SECONDS, MAX_VALUE, number_of
from gate.domain.measure import Direction, Measure, Threshold
from gate.domain.report import SCHEMA_VERSION, Problem, Report, Subject
from gate.domain.result import Artifact, GateResult, Judgement, Outcome
from gate.domain.shard import MAX_SHARDS, Shard
from gate.domain.untrusted_json import (
    MAX_CHARACTERS,
    MAX_WHOLE,
    InvalidReport,
    Node,
    parse_untrusted,
)
from gate.domain.weakening import Policy
from gate.domain.wording import clipped

__all__ = ["MAX_CHARACTERS", "InvalidReport", "decode_report", "encode_parts", "encode_report"]

Part = TypeVar("Part")

_GATE = re.compile(r"[a-z][a-z0-9-]{0,63}")
# What heads every surface and every row: one without end would leave no room for the verdict.
_MOST_OF_A_NAME = 100
_ARTIFACT = re.compile(r"(?!/)(?!(.*/)?\.\.?(/|\Z))[^\\\0:]+(?<!/)", re.DOTALL)


def decode_report(text: str) -> Report:
    """Read a report that anybody may have written.

    Unknown fields and kinds of exhibits are ignored.

    Raises:
        InvalidReport: for anything else that docs/report.schema.json does not allow, an unknown schema
            version, or a verdict that does not follow from the results.
    """
    node = parse_untrusted(text)
    version = node.member("schema_version")
    if version.whole(0, MAX_WHOLE) != SCHEMA_VERSION:
        version.fail(f"is a schema version that is not known here; known is {SCHEMA_VERSION}")
    report = Report(
        subject=_subject(node.member("subject")),
        results=tuple(_result(entry) for entry in node.member("results").items(MAX_RESULTS)),
        problems=tuple(_problem(entry) for entry in node.entries("problems")),
        notices=tuple(entry.text() for entry in node.entries("notices")),
        found=tuple(entry.text() for entry in node.entries("found")),
        tool_versions=_tool_versions(node),
        interrupted=_flag(node, "interrupted"),
        change=_if_there(node, "change", decode_change),
        baseline=_if_there(node, "baseline", decode_baseline),
        comparison=_if_there(node, "comparison", decode_comparison),
        history=tuple(decode_past_run(entry) for entry in node.entries("history", MOST_PAST_RUNS)),
        policy=_if_there(node, "policy", lambda one: one.choice(Policy)) or Policy.HEAD,
        weakenings=tuple(decode_weakening(entry) for entry in node.entries("weakenings")),
        checklist=tuple(_question(entry) for entry in node.entries("checklist", MAX_QUESTIONS)),
    )
    gates = [result.gate for result in report.results]
    for at, gate in enumerate(gates):
        if gate in gates[:at]:
            raise InvalidReport(f"/results/{at}/gate", f"is the second result of {gate}")
    verdict = node.member("verdict")
    if verdict.text() != report.verdict:
        verdict.fail(f"contradicts the results, by which the verdict is {report.verdict}")
    return report


def _if_there(node: Node, name: str, decode: Callable[[Node], Part]) -> Part | None:
    member = node.optional(name)
    return None if member is None else decode(member)


def _flag(node: Node, name: str) -> bool:
    flag = node.optional(name)
    return False if flag is None else flag.flag()


def _tool_versions(node: Node) -> dict[str, str]:
    versions = node.optional("tool_versions")
    return {} if versions is None else {name: member.text() for name, member in versions.members().items()}


def _subject(node: Node) -> Subject:
    return Subject(
        name=clipped(node.text_of("name"), _MOST_OF_A_NAME),
        project=node.text_of("project") or ".",
        repository=node.text_of("repository", REPOSITORY),
        commit=node.text_of("commit", COMMIT),
        run_id=node.whole_of("run_id", 1, MAX_WHOLE),
        run_attempt=node.whole_of("run_attempt", 1, MAX_WHOLE),
        pull_request=node.whole_of("pull_request", 1, MAX_WHOLE),
        shard=_shard(node.optional("shard")),
        changed_only=_flag(node, "changed_only"),
        uncommitted=_flag(node, "uncommitted"),
    )


def _shard(node: Node | None) -> Shard | None:
    if node is None:
        return None
    total = node.member("total").whole(1, MAX_SHARDS)
    return Shard(index=node.member("index").whole(1, total), total=total)


def _problem(node: Node) -> Problem:
    path = node.optional("path")
    return Problem(
        place=node.text_of("place"),
        value=node.text_of("value"),
        message=node.member("message").text(),
        instead=node.text_of("instead"),
        path=None if path is None else path.text(),
        line=node.whole_of("line", 1, MAX_LINE),
    )


def _question(node: Node) -> Question:
    return Question(
        words=node.member("words").text(),
        gate=node.member("gate").text(),
        measure=node.text_of("measure"),
        row=node.text_of("row"),
    )


def _result(node: Node) -> GateResult:
    gate = node.member("gate").text(_GATE)
    outcome = node.member("outcome").choice(Outcome)
    reason = node.text_of("reason")
    if not reason and outcome in (Outcome.SKIPPED, Outcome.ERRORED):
        raise InvalidReport(f"{node.pointer}/reason", f"is missing, and {outcome} needs one")
    return GateResult(
        gate=gate,
        title=clipped(node.member("title").text(), _MOST_OF_A_NAME),
        judgement=Judgement(
            outcome=outcome,
            reason=reason,
            measures=tuple(_measure(entry) for entry in node.entries("measures")),
            findings=tuple(_finding(entry, gate) for entry in node.entries("findings")),
            rules=tuple(_rule(entry) for entry in node.entries("rules")),
            exhibits=tuple(filter(None, (decode_exhibit(entry) for entry in node.entries("exhibits")))),
            artifacts=tuple(_artifact(entry) for entry in node.entries("artifacts")),
        ),
        started_at=decode_instant(node.member("started_at")),
        duration=_duration(node.member("duration_seconds")),
        set_up=_if_there(node, "set_up_seconds", _duration) or timedelta(),
        configuration=node.text_of("configuration", CONFIGURATION),
    )


def _duration(node: Node) -> timedelta:
    return timedelta(microseconds=round(node.decimal(0, MAX_SECONDS) * 1_000_000))


def _artifact(node: Node) -> Artifact:
    return Artifact(title=node.text_of("title"), path=node.member("path").text(_ARTIFACT))


def _measure(node: Node) -> Measure:
    name = node.member("name").text()
    unit = decode_unit(node.member("unit"))
    value = _number(node.member("value"))
    threshold, baseline, max_fall = map(node.optional, ("threshold", "baseline", "max_fall"))
    numerator = node.whole_of("numerator", 0, MAX_WHOLE)
    denominator = node.whole_of("denominator", 1, MAX_WHOLE)
    if (numerator is None) != (denominator is None):
        node.fail("has one of numerator and denominator without the other")
    if numerator is not None and denominator is not None:
        exact = Fraction(100 * numerator, denominator)
        if unit != "percent" or value != Fraction(Decimal(repr(number_of(exact)))):
            node.member("value").fail(f"contradicts its counts, by which it is {number_of(exact)} percent")
        value = exact
    return Measure(
        name=name,
        value=value,
        unit=unit,
        threshold=None if threshold is None else Threshold(value=_number(threshold), direction=_direction(node)),
        baseline=None if baseline is None else _number(baseline),
        numerator=numerator,
        denominator=denominator,
        max_fall=None if max_fall is None else _number(max_fall),
    )


def _direction(node: Node) -> Direction:
    return node.member("direction").word("at-least", "at-most")


def _number(node: Node) -> Fraction:
    return Fraction(node.decimal(-MAX_VALUE, MAX_VALUE))


def _finding(node: Node, gate: str) -> Finding:
    address = node.optional("help_url")
    return Finding(
        gate=gate,
        rule_id=node.member("rule_id").text(),
        severity=node.member("severity").choice(Severity),
        message=node.member("message").text(),
        location=decode_location(node),
        help_url=None if address is None else address.text(WEB_ADDRESS),
        in_base=decode_in_base(node),
    )


def _rule(node: Node) -> RuleWords:
    score = node.optional("score")
    return RuleWords(
        rule_id=node.member("rule_id").text(),
        title=node.text_of("title"),
        advice=node.text_of("advice"),
        tags=tuple(entry.text() for entry in node.entries("tags")),
        score=None if score is None else float(score.decimal(0, 10)),
    )
