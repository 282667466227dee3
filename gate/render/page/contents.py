"""Report -> the JSON that the page's script draws from. Escapes nothing but what would end the element it lies in."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from fractions import Fraction
from itertools import islice
from typing import Any

from gate.domain.comparison import PastRun
from gate.domain.finding import Severity
from gate.domain.measure import floored
from gate.domain.report import Report
from gate.render.escape import path_in_url
from gate.render.exhibited import beside_exhibits, coverage_of
from gate.render.figures import duration_words
from gate.render.links import Links, is_inside
from gate.render.page.exhibits import MOST_ROWS, OUTCOMES, case_rows, coverage_of_files, drawn
from gate.render.page.telling import Telling, address_of, line_of

MOST_FINDINGS = 50_000
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
_MOST_NAMES = 500
_HANDFUL = 1_000
_OLD, _NEW = 1, 2
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
# In an element of a script no entity is read: what could end it, or a line of it, is written as JSON may write it.
_UNSAFE = "<>&\u2028\u2029"


def contents_parts(report: Report, links: Links, evidence: str) -> Iterator[str]:
    """Write what the page shows as one JSON object, in parts. `evidence` is put before the path of an artifact."""
    telling = Telling(links=links)
    before = "{"
    for name, value in _members(report, telling, evidence):
        yield f'{before}"{name}":'
        yield from _listed(value) if isinstance(value, Iterator) else (_safe(value),)
        before = ",\n"
    yield "}"


def _members(report: Report, telling: Telling, evidence: str) -> Iterator[tuple[str, Any]]:
    yield "outcomes", [str(outcome) for outcome in OUTCOMES]
    yield "severities", [str(severity) for severity in SEVERITIES]
    yield "gates", [{"id": result.gate, "title": line_of(result.title)} for result in report.results]
    yield "tests", case_rows(report, telling)
    yield (
        "coverage",
        [coverage_of_files(result, one, telling) for result in report.results for one in coverage_of(result)],
    )
    rules: dict[tuple[str, str], dict[str, Any]] = {}
    yield "findings", _findings(report, telling, rules)
    yield "rules", list(rules.values())
    shown = (drawn(result, exhibit, telling) for result in report.results for exhibit in result.exhibits)
    yield "exhibits", [exhibit for exhibit in shown if exhibit is not None]
    yield "change", _change(report, telling)
    yield "comparison", _comparison(report, telling)
    yield "history", [_past(run) for run in reversed(report.history)]
    yield "artifacts", _artifacts(report, evidence)
    yield "notices", [line_of(notice, 2_000) for notice in telling.most(report.notices, MOST_ROWS, "notices")]
    yield "found", [line_of(line, 2_000) for line in telling.most(report.found, MOST_ROWS, "lines of what was found")]
    yield "tools", [(line_of(name), line_of(version)) for name, version in sorted(report.tool_versions.items())]
    # Last, for all before it adds to them.
    yield "paths", list(telling.paths())
    yield "omissions", telling.omissions()


def _findings(
    report: Report, telling: Telling, rules: dict[tuple[str, str], dict[str, Any]]
) -> Iterator[tuple[int, int, int, str, int, int, int]]:
    """Yield a finding a row: gate, severity, rule, message, path, line, in the base; gather the rules.

    What a failing test or a missing line tells already is not told again.
    """
    for gate, result in enumerate(report.results):
        words = {rule.rule_id: rule for rule in result.judgement.rules}
        for finding in telling.most(beside_exhibits(result), MOST_FINDINGS, "findings"):
            key = (finding.rule_id, finding.help_url or "")
            if key not in rules:
                known = words.get(finding.rule_id)
                rules[key] = {
                    "id": line_of(finding.rule_id),
                    "at": len(rules),
                    "url": address_of(finding.help_url or ""),
                    "title": line_of(known.title) if known else "",
                    "advice": line_of(known.advice, 2_000) if known else "",
                }
            base = 0 if finding.in_base is None else _OLD if finding.in_base else _NEW
            weight, rule = SEVERITIES.index(finding.severity), int(rules[key]["at"])
            yield (gate, weight, rule, line_of(finding.message, 2_000), *telling.place(finding.location), base)


def _change(report: Report, telling: Telling) -> dict[str, Any] | None:
    change = report.change
    if change is None:
        return None
    files = [
        (
            telling.path(file.path),
            str(file.status),
            None if file.lines_unknown else sum(hunk.new_lines for hunk in file.hunks),
            None if file.lines_unknown else sum(hunk.old_lines for hunk in file.hunks),
            line_of(file.old_path or ""),
        )
        for file in telling.most(change.files, MOST_ROWS, "changed files")
    ]
    return {"base": line_of(change.base), "origin": line_of(change.origin), "files": files}


def _comparison(report: Report, telling: Telling) -> dict[str, Any] | None:
    baseline, comparison = report.baseline, report.comparison
    if baseline is None and comparison is None:
        return None
    told: dict[str, Any] = {"suites": [], "slower": [], "mended": []}
    if baseline is not None:
        for name in ("commit", "origin", "source", "missing"):
            told[name] = line_of(getattr(baseline, name), 2_000)
    if comparison is None:
        return told
    titles = {result.gate: line_of(result.title) for result in report.results}
    for suite in comparison.suites:
        lists = {
            "newlyFailing": suite.newly_failing,
            "failingBefore": suite.failing_before,
            "mended": suite.mended,
            "removedNames": suite.removed_names,
        }
        told["suites"].append(
            {
                "gate": titles.get(suite.gate, line_of(suite.gate)),
                "counts": (suite.before, suite.now, suite.added, suite.removed),
                **{
                    name: [line_of(one) for one in telling.most(of, _MOST_NAMES, "names of tests")]
                    for name, of in lists.items()
                },
            }
        )
    for one in telling.most(comparison.slower, MOST_ROWS, "slower tests"):
        told["slower"].append(
            (titles.get(one.gate, line_of(one.gate)), line_of(one.name), _seconds(one.before), _seconds(one.now))
        )
    told["mended"] = [(titles.get(gate, line_of(gate)), count) for gate, count in comparison.mended_findings.items()]
    return told


def _past(run: PastRun) -> dict[str, Any]:
    return {
        "commit": line_of(run.commit[:10]),
        "when": f"{run.started_at:%Y-%m-%d %H:%M}",
        "verdict": line_of(run.verdict),
        "seconds": _seconds(run.seconds),
        "took": duration_words(timedelta(seconds=run.seconds)),
        "coverage": None if run.coverage is None else float(floored(Fraction(run.coverage))),
        "tests": run.tests,
        "flaky": len(run.flaky),
    }


def _artifacts(report: Report, evidence: str) -> list[tuple[str, str, str]]:
    return [
        (line_of(result.title), line_of(artifact.title), evidence + path_in_url(artifact.path))
        for result in report.results
        for artifact in result.judgement.artifacts
        if is_inside(artifact.path)
    ]


def _seconds(seconds: float) -> float:
    return round(seconds, 3)


def _listed(entries: Iterator[Any]) -> Iterator[str]:
    """Write a long list some entries at a time: the whole is never held twice."""
    yield "["
    before = ""
    while handful := list(islice(entries, _HANDFUL)):
        yield before + _safe(handful)[1:-1]
        before = ",\n"
    yield "]"


def _safe(value: Iterable[Any]) -> str:
    written = _JSON.encode(value)
    for char in _UNSAFE:
        written = written.replace(char, f"\\u{ord(char):04x}")
    return written
