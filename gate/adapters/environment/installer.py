"""Runs uv, and commands of the user, for an environment of ours. Decides nothing about what is installed."""

import asyncio
import os
import re
import shlex
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gate.domain.exhibit import OutputTail
from gate.domain.project import Project
from gate.formats.install_failure import is_of_build, is_of_versions, parse_cause
from gate.formats.masked_credentials import masked, secrets_in
from gate.ports import CannotRun, Command, Processes

_PROJECT = "the project"
_LINES_SHOWN = 60
_CHARACTERS_SHOWN = 20_000
_LONGEST_OUTPUT = 8 * 1024 * 1024
# What would turn uv to another environment, folder or set of requirements than the one it is called for.
_TURNS_UV = re.compile(
    r"UV_(BREAK_SYSTEM_PACKAGES|DEV|ENV_FILE|FROZEN|ISOLATED|LOCKED|NO_(DEFAULT_GROUPS|DEV|EDITABLE|GROUP|PROJECT|SYNC)"
    r"|(NO|ONLY)_INSTALL_(LOCAL|PROJECT|WORKSPACE)|NO_VERIFY_HASHES|PROJECT|PROJECT_ENVIRONMENT|PYTHON|REQUIRE_HASHES"
    r"|SYSTEM_PYTHON|VENV_(CLEAR|RELOCATABLE|SEED)|WORKING_DIR(ECTORY)?)\Z"
)
# The same for pip, in a command of the user.
_TURNS_PIP = frozenset({"PIP_PREFIX", "PIP_PYTHON", "PIP_ROOT", "PIP_TARGET", "PIP_USER"})


class Installer:
    """Runs one program after another, each with what it prints added to `log`, credentials masked.

    `environment` is all that they see, `seconds` how long one may take, `scratch` a folder for what is thrown away.
    """

    def __init__(
        self,
        processes: Processes,
        *,
        environment: Mapping[str, str],
        project: Project,
        scratch: Path,
        log: Path,
        seconds: float,
    ) -> None:
        self._processes = processes
        self._environment = _for_uv(environment)
        self._secrets = secrets_in(environment)
        self._project = project
        self._scratch = scratch
        self._log = log
        self._seconds = seconds

    async def uv(
        self,
        *arguments: str,
        shown: str = "",
        what: str = _PROJECT,
        place: str | None = None,
        unsolvable: str = "",
        **variables: str,
    ) -> str:
        """Run uv in the project's folder, or in `place` below the repository's root, and return what it printed.

        `shown` is how messages name the call, `what` is what could not be installed if it fails, and `unsolvable`
        what helps if what is asked for cannot be had together.

        Raises:
            CannotRun: it failed, or did not end in time.
        """
        # What a build backend imports from the checkout must not leave bytecode there.
        environment = {**self._environment, "PYTHONDONTWRITEBYTECODE": "1", **variables}
        self._secrets |= secrets_in(variables)
        argv = [str(own_program("uv")), *arguments]
        call = _Call(
            argv=argv,
            shown=masked(shown or shlex.join(["uv", *arguments]), self._secrets),
            what=what,
            folder=self._project.folder if place is None else self._project.root / place,
            unsolvable=unsolvable,
        )
        return await self._run(call, environment)

    async def shell(self, command: str, environment_folder: Path) -> None:
        """Run a command of the user in the project's folder, with the environment in `environment_folder` active.

        Raises:
            CannotRun: it failed, or did not end in time.
        """
        path = os.pathsep.join([str(environment_folder / "bin"), self._environment.get("PATH", os.defpath)])
        environment = {name: value for name, value in self._environment.items() if name not in _TURNS_PIP} | {
            "PATH": path,
            "VIRTUAL_ENV": str(environment_folder),
            "UV_PROJECT_ENVIRONMENT": str(environment_folder),
        }
        argv = ["/bin/sh", "-c", command]
        shown = masked(command, self._secrets)
        await self._run(_Call(argv=argv, shown=shown, what=_PROJECT, folder=self._project.folder), environment)

    async def _run(self, call: "_Call", environment: Mapping[str, str]) -> str:
        self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            output = Path(folder) / "output"
            ended = f"did not end within {self._seconds:g} seconds"
            succeeded = False
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._seconds):
                        command = Command(argv=call.argv, cwd=call.folder, env=environment, log=output)
                        done = await self._processes.run(command)
                    ended, succeeded = done.ended, done.returncode == 0
            finally:
                printed = self._kept_output(call.shown, output)
        if not succeeded:
            raise _failure(call, ended, printed)
        return printed

    def _kept_output(self, shown: str, output: Path) -> str:
        """Add what was printed to the log, masked, and return it."""
        printed = ""
        if output.exists():
            with output.open("rb") as stream:
                stream.seek(max(0, output.stat().st_size - _LONGEST_OUTPUT))
                printed = masked(stream.read().decode(errors="replace"), self._secrets)
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"$ {shown}\n{printed}")
        return printed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A program to run, and how messages speak of it."""

    argv: Sequence[str]
    shown: str
    what: str
    folder: Path
    unsolvable: str = ""


class CannotInstall(CannotRun):
    """An installation failed.

    `is_of_build` says that its project's own build did, for no want of the machine's, `is_of_versions` that what was
    asked for cannot be had together.
    """

    is_of_build = False
    is_of_versions = False


def _failure(call: _Call, ended: str, printed: str) -> CannotInstall:
    reason = f"{call.what} could not be installed: `{call.shown}` {ended}"
    cause = parse_cause(printed, call.unsolvable)
    tail = "\n".join(printed.splitlines()[-_LINES_SHOWN:])[-_CHARACTERS_SHOWN:]
    exhibits = [OutputTail(title=f"Last output of `{call.shown}`", text=tail)] if tail.strip() else []
    failure = CannotInstall(f"{reason}: {cause}" if cause else reason, *exhibits)
    failure.is_of_build = is_of_build(printed)
    failure.is_of_versions = is_of_versions(printed)
    return failure


def own_program(name: str) -> Path:
    """Return a program of the environment that Quality Gate itself runs in.

    Raises:
        CannotRun: it is not there.
    """
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.is_file():
        raise CannotRun(f"Quality Gate's own {name} is missing: it should lie at {path}")
    return path


def without_own_programs(path: str, own_prefix: Path) -> str:
    """Write a `PATH` without the folder of Quality Gate's own programs, which is no part of the caller's machine."""
    own = (own_prefix / "bin").resolve()
    return os.pathsep.join(entry for entry in path.split(os.pathsep) if entry and Path(entry).resolve() != own)


def _for_uv(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in environment.items() if not _TURNS_UV.match(name)}
    # The Python that was set up for the job, or is first on PATH, before one that uv keeps.
    preference = (
        {} if kept.keys() & {"UV_MANAGED_PYTHON", "UV_NO_MANAGED_PYTHON"} else {"UV_PYTHON_PREFERENCE": "system"}
    )
    path = without_own_programs(kept.get("PATH", os.defpath), Path(sys.prefix))
    return {**preference, **kept, "PATH": path, "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
