"""The hooks that `.pre-commit-hooks.yaml` offers are commands that there are."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from gate.arguments import parser

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_a_hook_calls_the_command_as_it_is(hook: dict[str, Any]) -> None:
    program, *arguments = shlex.split(hook["entry"])
    assert program == "quality-gate"
    assert parser().parse_args(arguments).verb == "run"
    assert hook["pass_filenames"] is False, "the command finds out by itself what was changed"
    assert hook["require_serial"] is True, "two runs would write to the same folder"
    assert f"`{hook['id']}`" in (ROOT / "docs" / "editors.md").read_text("utf-8")


def test_the_one_for_commits_is_narrow_and_the_one_for_pushes_is_not() -> None:
    before_commit, before_push = HOOKS
    assert parser().parse_args(shlex.split(before_commit["entry"])[1:]).changed is True
    assert before_commit["stages"] == ["pre-commit"]
    pushed = parser().parse_args(shlex.split(before_push["entry"])[1:])
    assert (pushed.changed, pushed.gates) == (False, "lint,unit-tests")
    assert before_push["stages"] == ["pre-push"]
