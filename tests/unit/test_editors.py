"""What the console prints is read by the matchers that docs/editors.md gives to editors."""

import json
import re
from pathlib import Path

import pytest

from gate.render.console import render_console
from tests.unit.render import reports

DOCS = Path(__file__).parents[2] / "docs" / "editors.md"
BLOCKS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)]


def patterns() -> list[dict[str, str]]:
    vs_code, github = BLOCKS
    return [vs_code["tasks"][0]["problemMatcher"]["pattern"], github["problemMatcher"][0]["pattern"][0]]


def read(pattern: dict[str, str], printed: str) -> list[dict[str, str | None]]:
    matches = [re.match(pattern["regexp"], line) for line in printed.splitlines()]
    groups = ("file", "line", "column", "severity", "message", "code")
    return [{name: match[int(pattern[name])] for name in groups} for match in matches if match]


@pytest.mark.parametrize("pattern", patterns(), ids=["VS Code", "GitHub"])
def test_an_editor_reads_every_finding_test_and_mistake_with_its_place(pattern: dict[str, str]) -> None:
    read_of_compared = read(pattern, render_console(reports.compared()))
    places = [(one["file"], one["line"], one["column"], one["severity"], one["code"]) for one in read_of_compared]
    assert places == [
        ("app/main.py", "3", "8", "error", "F401"),
        ("app/old.py", "9", "1", "error", "F401"),
        ("tests/unit/test_comments.py", "41", "1", "error", None),
        ("tests/unit/test_mail.py", "7", "1", "error", None),
        ("app/routes/comments.py", "57", "1", "warning", None),
        ("app/mail.py", "8", "1", "warning", None),
    ]
    assert read_of_compared[0]["message"] == "`os` imported but unused"
    (mistake,) = read(pattern, render_console(reports.misconfigured()))
    assert (mistake["file"], mistake["line"], mistake["severity"]) == ("pyproject.toml", "41", "error")
    assert read(pattern, render_console(reports.green())) == []


def test_the_matcher_of_gcc_reads_the_same_lines() -> None:
    gcc = re.compile(r"^(.*?):(\d+):(\d*):?\s+(?:fatal\s+)?(warning|error):\s+(.*)$")
    assert sum(bool(gcc.match(line)) for line in render_console(reports.compared()).splitlines()) == 6
