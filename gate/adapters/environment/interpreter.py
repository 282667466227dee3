"""Asks an interpreter what it is and has. Changes nothing in it, and trusts no answer."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import gate
from gate.ports import CannotRun, Command, Processes, ProjectEnvironment

_PROBE = Path(gate.__file__).parent / "probes" / "describe_environment.py"
_LARGEST_ANSWER = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python and what can be imported with it.

    `packages` are versions by normalised name; `direct` the names of those that come from a folder, an archive or a
    repository rather than an index. `site_folders` exist and are in the order of the import path.
    """

    executable: Path
    prefix: Path
    is_virtual: bool
    version: str
    site_folders: tuple[Path, ...]
    packages: Mapping[str, str]
    direct: frozenset[str]

    def is_version(self, wanted: str) -> bool:
        """Tell whether this is Python `wanted`, such as `3.12` or `3.12.4`."""
        parts = wanted.split(".")
        return self.version.split(".")[: len(parts)] == parts

    def environment(self, path: tuple[Path, ...], source: str, variables: Mapping[str, str]) -> ProjectEnvironment:
        """Return the project's environment that this is the interpreter of; `path` are the folders of its programs."""
        return ProjectEnvironment(
            python=self.executable,
            path=path,
            source=source,
            python_version=self.version,
            variables=variables,
            packages=self.packages,
        )


async def describe(
    processes: Processes, executable: Path, *, environment: Mapping[str, str], cwd: Path, scratch: Path
) -> Interpreter:
    """Ask the interpreter at `executable` what it is and has, leaving no bytecode in it.

    Raises:
        CannotRun: it cannot be run, or does not answer as it should.
    """
    with _thrown_away(scratch) as folder:
        answer = Path(folder) / "answer.json"
        argv = [str(executable), "-B", str(_PROBE), str(answer)]
        command = Command(argv=argv, cwd=cwd, env=environment, log=Path(folder) / "output")
        done = await processes.run(command)
        if done.returncode != 0:
            printed = command.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            why = f": {printed[-1]}" if printed else ""
            raise CannotRun(f"{executable} cannot be asked what it has: it {done.ended}{why}")
        try:
            with answer.open("rb") as stream:
                return _interpreter(json.loads(stream.read(_LARGEST_ANSWER)))
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise CannotRun(f"{executable} does not answer what it has: {error!r}") from None


def _thrown_away(scratch: Path) -> "tempfile.TemporaryDirectory[str]":
    scratch.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=scratch)


def _interpreter(answer: Mapping[str, object]) -> Interpreter:
    """Take an answer of the probe; what runs in the project's interpreter may have written anything there."""

    def text(value: object) -> str:
        if not isinstance(value, str) or "\0" in value:
            raise TypeError(f"{value!r:.80} is not text")
        return value

    def texts(value: object) -> list[str]:
        if not isinstance(value, list):
            raise TypeError(f"{value!r:.80} is not a list")
        return [text(entry) for entry in value]

    packages = answer["packages"]
    if not isinstance(packages, dict):
        raise TypeError("the packages are not a table")
    return Interpreter(
        executable=Path(text(answer["executable"])),
        prefix=Path(text(answer["prefix"])),
        is_virtual=text(answer["prefix"]) != text(answer["base_prefix"]),
        version=text(answer["version"]),
        site_folders=tuple(map(Path, texts(answer["site_folders"]))),
        packages={text(name): text(version) for name, version in packages.items()},
        direct=frozenset(texts(answer["direct"])),
    )
