import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from gate.adapters.environment.chosen_interpreter import choose_interpreter
from gate.adapters.environment.installer import Installer
from gate.adapters.environment.interpreters import Interpreters
from gate.formats.wanted_python import WantedPython
from gate.ports import CannotRun, Command, Completed, Processes


class Nothing(Processes):
    async def run(self, command: Command) -> Completed:
        raise AssertionError(command.argv)


class Finding(Installer):
    """Knows what `uv python find` answers, and no more."""

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = answers

    async def uv(self, *arguments: str, **_: object) -> str:  # type: ignore[override]
        request = arguments[-1]
        if request not in self._answers:
            raise CannotRun(f"no interpreter found for {request}")
        return f"warning: something\n{self._answers[request]}\n"


def program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return str(path)


class Machine:
    """A machine with one python3 on `PATH`, and such as pyenv keeps."""

    def __init__(self, folder: Path, first: str, *kept: str) -> None:
        self._folder = folder
        launcher = program(folder / "bin" / "python3")
        self._first = program(folder / "usr" / f"python{first}")
        self._answers = {launcher: self._first}
        for version in kept:
            program(folder / ".pyenv" / "versions" / version / "bin" / "python")

    def chosen(self, wanted: str | None, *named: Sequence[str], shims: bool = False) -> str:
        path = f"{self._folder / 'bin'}" + (f":{self._folder / '.pyenv' / 'shims'}" if shims else "")
        environment = {"PATH": path, "HOME": str(self._folder)}
        interpreters = Interpreters(
            Nothing(),
            environment=environment,
            child_environment=environment,
            project=self._folder,
            scratch=self._folder / "scratch",
            own_prefix=self._folder / "own",
        )
        asked = None if wanted is None else WantedPython(request=wanted, origin="a file")
        found = asyncio.run(choose_interpreter(Finding(self._answers), interpreters, asked, named))
        return found.removeprefix(f"{self._folder}/").removeprefix(".pyenv/versions/").removesuffix("/bin/python")


@pytest.mark.parametrize(
    ("wanted", "named", "chosen"),
    [
        (None, [], "usr/python3.11"),
        (None, [["3.13", "3.11"]], "usr/python3.11"),
        (None, [["3.14", "3.13", "3.12"]], "3.13.0"),
        (None, [["3.14"], ["3.12"]], "3.12.4"),
        (None, [["3.14"]], "usr/python3.11"),
        (">=3.9", [["3.9"]], "3.9.18"),
        (">=3.12", [], "3.13.0"),
        (">=3.12,<3.13", [["3.13", "3.9"]], "3.12.4"),
        (">=3.10", [["3.9"]], "usr/python3.11"),
        ("3.9", [["3.13"]], "3.9.18"),
        ("3.14", [["3.13"]], "3.14"),
        (">=3.14", [["3.13"]], ">=3.14"),
    ],
)
def test_the_python_that_the_project_names_is_chosen_of_those_that_the_machine_has(
    tmp_path: Path, wanted: str | None, named: list[list[str]], chosen: str
) -> None:
    machine = Machine(tmp_path, "3.11", "3.9.18", "3.12.1", "3.12.4", "3.13.0", "3.14.0rc1", "pypy3.10-7.3")

    assert machine.chosen(wanted, *named) == chosen
    assert machine.chosen(wanted, *named, shims=True) == chosen


def test_nothing_but_what_is_asked_for_is_left_to_uv(tmp_path: Path) -> None:
    assert Machine(tmp_path, "3.8").chosen(">=3.12") == ">=3.12"


def test_the_version_behind_a_launcher_of_pyenv_is_known_without_starting_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "3.8", "3.12.4", "3.13.0")
    program(tmp_path / ".pyenv" / "shims" / "python3")
    program(tmp_path / ".pyenv" / "versions" / "3.12.4" / "bin" / "python3")
    (tmp_path / "bin" / "python3").unlink()
    (tmp_path / ".pyenv" / "version").write_text("3.12.4\n3.13.0\n")

    assert machine.chosen(None, shims=True).endswith("3.12.4/bin/python3")
    (tmp_path / ".python-version").write_text("some-name\n")
    assert machine.chosen(None, shims=True) == "3.13.0"
