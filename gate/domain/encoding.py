"""Report -> report.json, schema version 1 (docs/report.md, docs/report.schema.json). Writes no file.

What is written can always be read back: texts and lists that are too long are cut here, not refused there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any

from gate.domain.checklist import Question
from gate.domain.comparison_encoding import MOST_PAST_RUNS, ComparisonEncoder
from gate.domain.exhibit_encoding import ExhibitEncoder
from gate.domain.finding import Finding, RuleWords
from gate.domain.json_writing import MAX_LINE, number_of, seconds_of, within, written
from gate.domain.measure import Measure
from gate.domain.report import Problem, Report, Subject
from gate.domain.result import Artifact, GateResult
from gate.domain.untrusted_json import MAX_CHARACTERS, MAX_ITEMS, MAX_TEXT, MAX_WHOLE, REFUSED_NAMES
from gate.domain.weakening import Policy

MAX_RESULTS = 100
MAX_QUESTIONS = 100
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
CONFIGURATION = re.compile(r"[0-9a-f]{32}")
REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")
WEB_ADDRESS = re.compile(r"https?://[!-~]{1,2000}", re.IGNORECASE)

# Characters of a text and entries of a list: each pair is tried until the whole is short enough.
_SMALLER = ((4_096, MAX_ITEMS), (512, 50_000), (256, 5_000), (128, 200), (64, 20))


def encode_report(report: Report) -> str:
    """Write a report as JSON, in a stable order. Text that is not well-formed Unicode is made so."""
    return "".join(encode_parts(report))


def encode_parts(report: Report) -> Sequence[str]:
    """Write a report as `encode_report` does, in parts: joined, a large one would take its memory once more."""
    parts = _bounded(_Encoder(most_text=MAX_TEXT, most_items=MAX_ITEMS).encode(report), MAX_CHARACTERS)
    for most_text, most_items in _SMALLER:
        if parts:
            break
        cut = replace(
            report, notices=(*report.notices, f"long parts of the report were cut to fit {MAX_CHARACTERS:,} characters")
        )
        most = None if (most_text, most_items) == _SMALLER[-1] else MAX_CHARACTERS
        parts = _bounded(_Encoder(most_text=most_text, most_items=most_items).encode(cut), most)
    return parts


def _bounded(parts: Iterable[str], most: int | None) -> Sequence[str]:
    """Gather `parts`; return none as soon as there are more than `most` characters, if there is a most."""
    kept: list[str] = []
    length = 0
    for part in parts:
        length += len(part)
        if most is not None and length > most:
            return ()
        kept.append(part)
    return kept


@dataclass(frozen=True, kw_only=True)
class _Encoder(ExhibitEncoder, ComparisonEncoder):
    def encode(self, report: Report) -> Iterator[str]:
        document = {
            "schema_version": report.schema_version,
            "verdict": str(report.verdict),
            "interrupted": report.interrupted,
            "subject": self.subject(report.subject),
            "results": [self.result(result) for result in report.results],
            "problems": self.each(report.problems, self.problem),
            "notices": self.each(report.notices, self.text),
            "found": self.each(report.found, self.text),
            "tool_versions": self.tool_versions(report.tool_versions),
            "checklist": [self.question(question) for question in report.checklist[:MAX_QUESTIONS]],
            **self.compared(report),
        }
        yield from written(document)
        yield "\n"

    def question(self, question: Question) -> dict[str, Any]:
        return {
            "words": self.text(question.words),
            "gate": self.text(question.gate),
            "measure": self.text(question.measure),
            "row": self.text(question.row),
        }

    def compared(self, report: Report) -> dict[str, Any]:
        """Return what there is only where the run was compared with something."""
        members: dict[str, Any] = {}
        # What is left out of it would be taken for unchanged.
        if report.change is not None and len(report.change.files) <= self.most_items:
            members["change"] = self.change(report.change)
        if report.baseline is not None:
            members["baseline"] = self.baseline(report.baseline)
        if report.comparison is not None:
            members["comparison"] = self.comparison(report.comparison)
        if report.history:
            members["history"] = [self.past_run(run) for run in report.history[:MOST_PAST_RUNS]]
        if report.weakenings or report.policy is not Policy.HEAD:
            members |= {"policy": str(report.policy), "weakenings": self.each(report.weakenings, self.weakening)}
        return members

    def tool_versions(self, versions: Mapping[str, str]) -> dict[str, str]:
        return {self.text(name): self.text(versions[name]) for name in sorted(versions) if name not in REFUSED_NAMES}

    def subject(self, subject: Subject) -> dict[str, Any]:
        shard = subject.shard
        return {
            "name": self.text(subject.name),
            "project": self.text(subject.project),
            "repository": subject.repository if REPOSITORY.fullmatch(subject.repository) else "",
            "commit": subject.commit if COMMIT.fullmatch(subject.commit) else "",
            "run_id": within(subject.run_id, MAX_WHOLE),
            "run_attempt": within(subject.run_attempt, MAX_WHOLE),
            "pull_request": within(subject.pull_request, MAX_WHOLE),
            "shard": None if shard is None else {"index": shard.index, "total": shard.total},
            **({"changed_only": True} if subject.changed_only else {}),
            **({"uncommitted": True} if subject.uncommitted else {}),
        }

    def result(self, result: GateResult) -> dict[str, Any]:
        started_at = result.started_at if result.started_at.tzinfo else result.started_at.replace(tzinfo=UTC)
        return {
            "gate": result.gate,
            "title": self.text(result.title),
            "outcome": str(result.outcome),
            "reason": self.text(result.reason),
            "started_at": started_at.astimezone(UTC).isoformat(),
            "duration_seconds": seconds_of(result.duration.total_seconds()),
            **({"set_up_seconds": seconds_of(result.set_up.total_seconds())} if result.set_up else {}),
            **({"configuration": result.configuration} if CONFIGURATION.fullmatch(result.configuration) else {}),
            "measures": self.each(result.measures, self.measure),
            "findings": self.each(result.findings, self.finding),
            "rules": self.each(result.judgement.rules, self.rule),
            "exhibits": [self.exhibit(exhibit) for exhibit in result.exhibits[: self.most_items]],
            "artifacts": self.each(result.judgement.artifacts, self.artifact),
        }

    def artifact(self, artifact: Artifact) -> dict[str, Any]:
        return {"title": self.text(artifact.title), "path": self.text(artifact.path)}

    def measure(self, measure: Measure) -> dict[str, Any]:
        encoded: dict[str, Any] = {
            "name": self.text(measure.name),
            "value": number_of(measure.value),
            "unit": measure.unit,
            "threshold": None if measure.threshold is None else number_of(measure.threshold.value),
            "baseline": None if measure.baseline is None else number_of(measure.baseline),
        }
        if measure.threshold is not None:
            encoded["direction"] = measure.threshold.direction
        if measure.max_fall is not None:
            encoded["max_fall"] = number_of(measure.max_fall)
        if measure.numerator is not None and measure.denominator is not None:
            encoded |= {"numerator": measure.numerator, "denominator": measure.denominator}
        return encoded

    def finding(self, finding: Finding) -> dict[str, Any]:
        address = finding.help_url or ""
        known = {} if finding.in_base is None else {"in_base": finding.in_base}
        return {
            "rule_id": self.text(finding.rule_id),
            "severity": str(finding.severity),
            "message": self.text(finding.message),
            **self.location(finding.location),
            "help_url": address if WEB_ADDRESS.fullmatch(address) else None,
            **known,
        }

    def rule(self, rule: RuleWords) -> dict[str, Any]:
        encoded: dict[str, Any] = {
            "rule_id": self.text(rule.rule_id),
            "title": self.text(rule.title),
            "advice": self.text(rule.advice),
            "tags": [self.text(tag) for tag in rule.tags[: self.most_items]],
        }
        return encoded if rule.score is None else {**encoded, "score": min(max(rule.score, 0.0), 10.0)}

    def problem(self, problem: Problem) -> dict[str, Any]:
        return {
            "place": self.text(problem.place),
            "value": self.text(problem.value),
            "message": self.text(problem.message),
            "instead": self.text(problem.instead),
            "path": None if problem.path is None else self.text(problem.path),
            "line": within(problem.line, MAX_LINE),
        }
