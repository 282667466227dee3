"""The probe that asks a function of the project for sessions, as its own process, and what the gate makes of it."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gate.adapters.processes import ProcessRunner
from gate.gates.latency.session_function import Written, sessions_of_function, written_of
from gate.ports import CannotRun
from tests.unit.gates.access_review.reviewing import ENVIRONMENT, context_in


def asked(folder: Path, code: str, function: str = "load.sessions:session", users: int = 2) -> tuple[Written, ...]:
    (folder / "load").mkdir()
    (folder / "load" / "sessions.py").write_text(code)
    ctx = replace(context_in(folder, gate="latency"), processes=ProcessRunner())
    environment = replace(ENVIRONMENT, python=Path(sys.executable))
    return asyncio.run(sessions_of_function(ctx, environment, {"PLACE": "here"}, function, users))


def test_it_is_called_once_for_each_user_with_the_services_variables(tmp_path: Path) -> None:
    code = "import os\ndef session(user):\n    return [f'GET /{os.environ[\"PLACE\"]}/{user}']\n"
    told = asked(tmp_path, code)
    assert [step.target for _, steps in told for step in steps] == ["/here/0", "/here/1"]
    assert not list(tmp_path.rglob("__pycache__"))


def test_it_may_return_what_comes_before(tmp_path: Path) -> None:
    code = "def session(user):\n    return {'before': ['POST /a'], 'session': ['GET /b']}\n"
    ((before, steps), *_) = asked(tmp_path, code)
    assert [before[0].target, steps[0].target] == ["/a", "/b"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def session(user):\n    x = 1\n    return {}[user]\n", "failed at load/sessions.py:3: KeyError: 0"),
        ("def session(user)\n", "failed at load/sessions.py:1: SyntaxError"),
        ("def session(user): return {user}\n", "failed: TypeError: Object of type set"),
        ("import os\ndef session(user): os._exit(3)\n", "exited with status 3"),
    ],
)
def test_what_is_wrong_with_it_is_told_with_the_projects_line(tmp_path: Path, code: str, told: str) -> None:
    with pytest.raises(CannotRun) as failure:
        asked(tmp_path, code)
    assert told in failure.value.reason


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ([{"request": "FETCH /a"}], "for user 7: step 1 (FETCH /a) does not begin with a method"),
        ({"steps": []}, "returned 'steps' for user 7"),
        (None, "for user 7: not a list of steps"),
    ],
)
def test_what_is_returned_is_read_as_steps_that_are_configured(returned: object, told: str) -> None:
    with pytest.raises(CannotRun) as failure:
        written_of("load.sessions:session", 7, returned)
    assert told in failure.value.reason
