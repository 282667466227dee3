import asyncio
import json
import platform
from pathlib import Path

import pytest

from gate.adapters.environment.interpreters import Interpreters
from gate.ports import CannotRun, Command, Completed, Processes

DESCRIBED: dict[str, object] = {
    "executable": "/usr/bin/python3",
    "prefix": "/usr",
    "base_prefix": "/usr",
    "version": "3.12.4",
    "site_folders": ["/usr/lib/python3/dist-packages"],
    "packages": {"pytest": "9.2.0"},
    "direct": [],
}


class Answers(Processes):
    """Answers for interpreters, by path, what the probe would write; a number is an exit status."""

    def __init__(self, answers: dict[Path, object]) -> None:
        self._answers = answers

    async def run(self, command: Command) -> Completed:
        answer = self._answers[Path(command.argv[0])]
        write(command.log, "one line\nbroken launcher\n")
        if isinstance(answer, int):
            return Completed(returncode=answer, log=command.log)
        write(Path(command.argv[-1]), answer if isinstance(answer, str) else json.dumps(answer))
        return Completed(returncode=0, log=command.log)


def interpreters(tmp_path: Path, answers: dict[Path, object] | None = None, **environment: str) -> Interpreters:
    return Interpreters(
        Answers(answers or {}),
        environment=environment,
        child_environment=environment,
        project=tmp_path / "project",
        scratch=tmp_path / "scratch",
        own_prefix=tmp_path / "own",
    )


def write(path: Path, text: str) -> None:
    path.write_text(text)


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[" * 100_000,
        "[]",
        {},
        DESCRIBED | {"packages": []},
        DESCRIBED | {"packages": {"pytest": 9}},
        DESCRIBED | {"site_folders": "/usr"},
        DESCRIBED | {"version": None},
        DESCRIBED | {"prefix": "/usr\0"},
    ],
)
def test_an_answer_that_is_none_is_not_taken_for_one(tmp_path: Path, answer: object) -> None:
    python = Path("/usr/bin/python3")

    with pytest.raises(CannotRun, match="/usr/bin/python3 does not answer what it has"):
        asyncio.run(interpreters(tmp_path, {python: answer}).described(python))


def test_an_interpreter_that_cannot_be_run_says_why(tmp_path: Path) -> None:
    python = Path("/usr/bin/python3")

    with pytest.raises(CannotRun, match="cannot be asked what it has: it exited with status 127: broken launcher"):
        asyncio.run(interpreters(tmp_path, {python: 127}).described(python))


def test_the_first_on_path_that_works_and_is_not_our_own_is_given(tmp_path: Path) -> None:
    broken, own, good = (program(tmp_path / name / "python3") for name in ("broken", "linked", "good"))
    answers: dict[Path, object] = {
        broken: 127,
        own: DESCRIBED | {"prefix": str(tmp_path / "own")},
        good: DESCRIBED | {"executable": str(good)},
    }
    path = ":".join(str(python.parent) for python in answers)

    assert asyncio.run(interpreters(tmp_path, answers, PATH=path).given(None)).executable == good


def test_without_an_interpreter_the_last_reason_is_given(tmp_path: Path) -> None:
    broken = program(tmp_path / "broken" / "python")

    with pytest.raises(CannotRun, match="neither an active environment nor a python3 on PATH"):
        asyncio.run(interpreters(tmp_path).given(None))
    with pytest.raises(CannotRun, match="broken launcher"):
        asyncio.run(interpreters(tmp_path, {broken: 1}, PATH=str(broken.parent)).given(None))


def test_the_version_that_is_asked_for_is_not_mistaken(tmp_path: Path) -> None:
    python = program(tmp_path / "bin" / "python3")
    found = interpreters(tmp_path, {python: DESCRIBED}, PATH=str(python.parent))

    assert asyncio.run(found.given("3.12")).is_version("3.12.4")
    with pytest.raises(CannotRun, match=r'needs Python 3\.1, but install is "none" and .* is 3\.12\.4'):
        asyncio.run(found.given("3.1"))


def test_an_environment_of_another_version_is_passed_over(tmp_path: Path) -> None:
    active = program(tmp_path / "active" / "bin" / "python")
    in_project = program(tmp_path / "project" / "venv" / "bin" / "python")
    answers: dict[Path, object] = {active: DESCRIBED, in_project: DESCRIBED | {"version": "3.13.0"}}
    found = interpreters(tmp_path, answers, VIRTUAL_ENV=str(tmp_path / "active"))

    def name(wanted: str | None) -> str | None:
        made = asyncio.run(found.made_by_user(wanted))
        return made and made[1]

    assert (name(None), name("3.13"), name("3.14")) == ("the active environment", "venv", None)


def test_our_own_environment_is_never_the_projects(tmp_path: Path) -> None:
    program(tmp_path / "own" / "bin" / "python")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".venv").symlink_to(tmp_path / "own")

    found = interpreters(tmp_path, VIRTUAL_ENV=str(tmp_path / "own"))

    assert asyncio.run(found.made_by_user(None)) is None


def test_the_newest_patch_of_the_tool_cache_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    versions = ("3.12.9", "3.12.10", "3.1.99", "3.13.0-rc.1", "3.12.x")
    for version in versions:
        program(tmp_path / "Python" / version / "x64" / "bin" / "python")
    program(tmp_path / "Python" / "3.14.0" / "arm64" / "bin" / "python")
    found = interpreters(tmp_path, RUNNER_TOOL_CACHE=str(tmp_path))

    def taken(wanted: str) -> str | None:
        python = found.in_tool_cache(wanted)
        return None if python is None else python.relative_to(tmp_path / "Python").parts[0]

    assert [taken(wanted) for wanted in ("3.12", "3.12.9", "3.13", "3.14", ">=3.12")] == [
        "3.12.10",
        "3.12.9",
        None,
        None,
        None,
    ]
    assert interpreters(tmp_path).in_tool_cache("3.12") is None
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert found.in_tool_cache("3.12") is None
