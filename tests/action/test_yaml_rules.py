"""What holds for every action, workflow and example: pins, permissions, and nothing of the change in a script."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTIONS = [ROOT / "action.yml", *sorted(ROOT.glob("*/action.yml"))]
WORKFLOWS = [
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    *(path for path in sorted((ROOT / "examples").glob("*.yml")) if path.name != "gitlab-ci.yml"),
]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def read(path: Path) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def steps_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from document.get("runs", {}).get("steps", ())
    for job in document.get("jobs", {}).values():
        yield from job.get("steps", ())


@pytest.mark.parametrize("path", [*ACTIONS, *WORKFLOWS], ids=name_of)
def test_no_expression_stands_in_a_script_and_nothing_goes_to_the_callers_environment(path: Path) -> None:
    for each in steps_of(read(path)):
        assert "${{" not in each.get("run", "")
        assert not re.search(r"GITHUB_(ENV|PATH)\b", each.get("run", ""))


@pytest.mark.parametrize("path", [*ACTIONS, *WORKFLOWS], ids=name_of)
def test_every_action_is_pinned_to_a_commit_with_its_version(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        used = re.search(r"^[\s-]*uses:\s*(\S+)(.*)", line)
        if used and not used[1].startswith(("$/", "OWNER/quality-gate")):
            assert re.fullmatch(r"[\w-]+/[\w./-]+@[0-9a-f]{40}", used[1])
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", used[2])


def test_an_action_has_the_same_commit_wherever_it_is_used() -> None:
    found: dict[str, set[str]] = {}
    for path in [*ACTIONS, *WORKFLOWS]:
        for action, commit in re.findall(r"uses: ([\w-]+/[\w-]+)[\w/-]*@([0-9a-f]{40})", path.read_text("utf-8")):
            found.setdefault(action, set()).add(commit)
    assert {action: commits for action, commits in found.items() if len(commits) > 1} == {}


@pytest.mark.parametrize("path", [*ACTIONS, *WORKFLOWS], ids=name_of)
def test_what_this_repository_uses_of_itself_is_there(path: Path) -> None:
    for used in re.findall(r"uses: (?:\$|OWNER/quality-gate)(/[^@\s]+)", path.read_text("utf-8")):
        target = ROOT / used.lstrip("/")
        assert target.is_file() if target.suffix else (target / "action.yml").is_file()


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_a_workflow_starts_with_no_permission_and_its_checkout_keeps_no_token(path: Path) -> None:
    document = read(path)
    assert document["permissions"] == {}
    for job in document["jobs"].values():
        assert "permissions" in job, "a job says what it may do, even if it is nothing"
    for each in steps_of(document):
        if each.get("uses", "").startswith("actions/checkout@"):
            assert each["with"]["persist-credentials"] is False


def test_every_example_stands_in_a_page() -> None:
    pages = "".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    for path in (ROOT / "examples").glob("*.yml"):
        assert f"<!-- include: examples/{path.name} -->" in pages, path.name
