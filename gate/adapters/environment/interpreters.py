"""Finds the Pythons of a machine and its user. Installs nothing, and never takes Quality Gate's own for another."""

import os
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path

from gate.adapters.environment.interpreter import Interpreter, describe
from gate.ports import CannotRun, Processes

_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


class Interpreters:
    """The Pythons that a caller with `environment` has; `path` is its `PATH`, Quality Gate's programs left out.

    They are asked from the project's folder, and see what its tests will see, `child_environment`.
    """

    def __init__(
        self,
        processes: Processes,
        *,
        environment: Mapping[str, str],
        child_environment: Mapping[str, str],
        project: Path,
        scratch: Path,
        own_prefix: Path,
    ) -> None:
        self._processes = processes
        self._environment = environment
        self._child_environment = child_environment
        self._project = project
        self._scratch = scratch
        self._own_prefix = own_prefix.resolve()

    async def described(self, executable: Path) -> Interpreter:
        """Return what the interpreter at `executable` is and has.

        Raises:
            CannotRun: it cannot be run, or does not answer as it should.
        """
        environment = self._child_environment
        return await describe(
            self._processes, executable, environment=environment, cwd=self._project, scratch=self._scratch
        )

    async def given(self, wanted: str | None) -> Interpreter:
        """Return the active environment's Python, or else the first on `PATH`; it has to be version `wanted`.

        Raises:
            CannotRun: there is none, or it is of another version.
        """
        active = self._active()
        failure = CannotRun('install is "none", and there is neither an active environment nor a python3 on PATH')
        for candidate in [active] if active else self.on_path():
            try:
                python = await self.described(candidate)
            except CannotRun as unusable:
                failure = unusable
                continue
            if python.prefix.resolve() == self._own_prefix:
                continue
            if wanted and not python.is_version(wanted):
                raise CannotRun(f'needs Python {wanted}, but install is "none" and {candidate} is {python.version}')
            return python
        raise failure

    async def made_by_user(self, wanted: str | None) -> tuple[Interpreter, str] | None:
        """Return the environment that the user works in, and its name, if it is of version `wanted`.

        Raises:
            CannotRun: there is one, but it cannot be used.
        """
        places = {"the active environment": self._active()}
        for name in (".venv", "venv"):
            places[name] = self._environment_in(self._project / name)
        for name, executable in places.items():
            if executable is not None:
                python = await self.described(executable)
                if wanted is None or python.is_version(wanted):
                    return python, name
        return None

    def on_path(self) -> Iterator[Path]:
        """Yield the interpreters on `PATH`, in its order."""
        for entry in self._child_environment.get("PATH", "").split(os.pathsep):
            for name in ("python3", "python"):
                candidate = Path(entry) / name
                if candidate.is_file() and os.access(candidate, os.X_OK):
                    yield candidate

    def in_tool_cache(self, wanted: str) -> Path | None:
        """Return the newest Python of version `wanted` in the tool cache of GitHub's runners.

        Source: the layout `Python/<version>/<architecture>` of https://github.com/actions/toolkit, tool-cache.
        """
        cache = self._environment.get("RUNNER_TOOL_CACHE")
        architecture = _ARCHITECTURES.get(platform.machine().lower())
        if not cache or architecture is None:
            return None
        parts = wanted.split(".")
        found: list[tuple[tuple[int, ...], Path]] = []
        for folder in Path(cache, "Python").glob("3.*"):
            version = folder.name.split(".")
            python = folder / architecture / "bin" / "python"
            # A pre-release (3.15.0-rc.1) has to be asked for by its full name, which `wanted` cannot be.
            if all(part.isdecimal() for part in version) and version[: len(parts)] == parts and python.is_file():
                found.append((tuple(map(int, version)), python))
        return max(found)[1] if found else None

    def _active(self) -> Path | None:
        """Return the Python of the active virtual environment, or else of an active one of conda that is not its base.

        Source: https://docs.conda.io/projects/conda/en/stable/dev-guide/deep-dives/activation.html
        """
        folder = self._environment.get("VIRTUAL_ENV")
        if not folder and self._environment.get("CONDA_DEFAULT_ENV", "base") != "base":
            folder = self._environment.get("CONDA_PREFIX")
        return self._environment_in(Path(folder)) if folder else None

    def _environment_in(self, folder: Path) -> Path | None:
        python = folder / "bin" / "python"
        return python if python.is_file() and folder.resolve() != self._own_prefix else None
