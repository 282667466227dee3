"""Finds the Pythons of a machine and its user. Installs nothing, and never takes Quality Gate's own for another."""

import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
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
        folders = Path(cache, "Python").glob("3.*")
        return _newest(((folder.name, folder / architecture / "bin" / "python") for folder in folders), wanted)

    def of_shims_on_path(self, wanted: str) -> Path | None:
        """Return the newest of version `wanted` that pyenv keeps, where its launchers are on `PATH`.

        They start only the versions that are switched on, and say of the others that they are not found.
        """
        return _newest(self._in_pyenv(self._roots_on_path()), wanted)

    def behind_launcher(self, launcher: Path) -> Path | None:
        """Return the interpreter that a launcher of pyenv starts, where only its global version can decide that.

        Starting the launcher takes longer than making an environment.
        """
        root = launcher.parent.parent
        places = (self._project, *self._project.parents)
        if launcher.parent.name != "shims" or self._environment.get("PYENV_VERSION"):
            return None
        if any((place / ".python-version").exists() for place in places):
            return None
        try:
            chosen = (root / "version").read_text(encoding="utf-8").split()
        except (OSError, ValueError):
            return None
        python = root / "versions" / chosen[0] / "bin" / launcher.name if chosen else root
        return python.resolve() if re.match(r"3\.[0-9.]+\Z", "".join(chosen[:1])) and python.is_file() else None

    def of_pyenv(self, wanted: str) -> Path | None:
        """Return the newest of version `wanted` that pyenv keeps, on `PATH` or not."""
        return _newest(self._in_pyenv(self._pyenv_roots()), wanted)

    def kept_by_pyenv(self) -> list[tuple[str, Path]]:
        """Return all that pyenv keeps, the newest first, with their versions.

        Source: the layout `versions/<version>` of https://github.com/pyenv/pyenv#understanding-python-version-selection
        """
        found = [one for one in self._in_pyenv(self._pyenv_roots()) if _is_release(one)]
        return sorted(found, key=lambda one: _numbers(one[0]), reverse=True)

    def _in_pyenv(self, roots: Iterable[Path]) -> Iterator[tuple[str, Path]]:
        for root in roots:
            for folder in (root / "versions").glob("3.*"):
                yield folder.name, folder / "bin" / "python"

    def _roots_on_path(self) -> list[Path]:
        entries = (Path(entry) for entry in self._environment.get("PATH", "").split(os.pathsep) if entry)
        return list(dict.fromkeys(entry.parent for entry in entries if entry.name == "shims"))

    def _pyenv_roots(self) -> list[Path]:
        given = (Path(self._environment.get("PYENV_ROOT", "")), Path(self._environment.get("HOME", ""), ".pyenv"))
        named = [root for root in given if root.is_absolute()]
        return list(dict.fromkeys([*self._roots_on_path(), *named]))

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


def _newest(pythons: Iterable[tuple[str, Path]], wanted: str) -> Path | None:
    parts = wanted.split(".")
    found = [one for one in pythons if one[0].split(".")[: len(parts)] == parts and _is_release(one)]
    return max(found, key=lambda one: _numbers(one[0]))[1] if found else None


def _is_release(python: tuple[str, Path]) -> bool:
    """Tell a release that is there: a pre-release (3.15.0-rc.1) has to be asked for by its full name."""
    version, path = python
    return all(part.isdecimal() for part in version.split(".")) and path.is_file()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
