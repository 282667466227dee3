"""Against what coverage 7.17.3 really wrote."""

import json
from pathlib import Path
from typing import Any

import pytest

from gate.formats import UnreadableError
from gate.formats.coverage_json import parse_coverage

SAMPLE = Path(__file__).parents[2] / "samples" / "coverage" / "branches-7.17.3.json"


def test_lines_and_branches() -> None:
    report = parse_coverage(SAMPLE.read_text("utf-8"))
    assert (report.covered, report.total) == (8, 9)
    assert (report.covered_lines, report.total_lines, report.covered_branches, report.total_branches) == (6, 7, 2, 2)
    (file,) = report.files
    assert (file.path, file.covered, file.total, file.missing_lines) == ("app/__init__.py", 8, 9, (11,))


@pytest.mark.parametrize(("percent", "ran"), [(100 * 8 / 9, 2), (100 * 7 / 9, 1), (100, 2), (0.0, 0)])
def test_how_many_branches_ran_before_coverage_told_it(percent: float, ran: int) -> None:
    document = json.loads(SAMPLE.read_text("utf-8"))
    for counts in (document["totals"], document["files"]["app/__init__.py"]["summary"]):
        del counts["covered_branches"]
        counts["percent_covered"] = percent
    report = parse_coverage(json.dumps(document))
    assert (report.covered_branches, report.files[0].covered) == (ran, 6 + ran)


@pytest.mark.parametrize(
    "told", [{"percent_covered": None}, {"percent_covered": float("nan")}, {"num_statements": 10**400}]
)
def test_a_percentage_that_is_none_is_refused(told: dict[str, Any]) -> None:
    document = json.loads(changed(**told))
    del document["totals"]["covered_branches"]
    with pytest.raises(UnreadableError):
        parse_coverage(json.dumps(document))


def changed(**totals: Any) -> str:
    document = json.loads(SAMPLE.read_text("utf-8"))
    document["totals"] |= totals
    return json.dumps(document)


def test_without_branches_there_are_none() -> None:
    document = json.loads(SAMPLE.read_text("utf-8"))
    for counts in (document["totals"], document["files"]["app/__init__.py"]["summary"]):
        for key in [key for key in counts if "branch" in key]:
            del counts[key]
    del document["files"]["app/__init__.py"]["missing_branches"]
    report = parse_coverage(json.dumps(document))
    assert (report.covered, report.total, report.total_branches) == (6, 7, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"totals": {}}',
        SAMPLE.read_text("utf-8")[:-30],
        changed(covered_lines=-1),
        changed(covered_lines=1.5),
        changed(covered_lines=True),
        changed(num_statements="7"),
    ],
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="cannot be read"):
        parse_coverage(text)


def test_a_file_of_another_form_is_refused() -> None:
    document = json.loads(SAMPLE.read_text("utf-8"))
    document["files"]["app/__init__.py"]["missing_lines"] = "11"
    with pytest.raises(UnreadableError, match="another form"):
        parse_coverage(json.dumps(document))
