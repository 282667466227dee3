"""Chooses the Python of a new environment among those of the machine. Downloads none."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from gate.adapters.environment.installer import Installer
from gate.adapters.environment.interpreters import Interpreters
from gate.formats.wanted_python import WantedPython
from gate.ports import CannotRun

# What the path of an interpreter tells of its version: `3.12.1/bin/python3.12`, `python3.12`.
_IN_FOLDER = re.compile(r"/(?:cpython-)?(3\.[0-9]{1,2}\.[0-9]{1,3})[^/]*/(?:x64/|arm64/)?bin/[^/]*\Z")
_IN_NAME = re.compile(r"/python(3\.[0-9]{1,2})\Z")
_TO_THE_PATCH = re.compile(r"3\.[0-9]{1,2}\.[0-9]")


async def choose_interpreter(
    installer: Installer, interpreters: Interpreters, wanted: WantedPython | None, named: Sequence[Sequence[str]]
) -> str:
    """Return the path of the interpreter that fits, or what uv is to look for and download.

    One version that is `wanted` is taken as it is. Else the first on `PATH` is, if it is in the range that is wanted,
    and among those that the most telling kind of file names, or nothing is `named`; then the newest that is named.
    """
    choice = _Choice(installer, interpreters, wanted)
    if wanted is not None and wanted.is_exact:
        return await choice.of_version(wanted.request) or wanted.request
    first = await choice.first_on_path()
    if first is not None and choice.fits(first[1]) and (not named or _minor(first[1]) in named[0]):
        return first[0]
    found = await choice.newest_of(version for kind in named for version in kind)
    if found is None and first is not None and choice.fits(first[1]):
        found = first[0]
    request = wanted.request if wanted is not None else "3"
    return found or await choice.found_by_uv(request) or choice.newest_kept() or request


class _Choice:
    """The Pythons of the machine, as far as they are in the range that is `wanted`."""

    def __init__(self, installer: Installer, interpreters: Interpreters, wanted: WantedPython | None) -> None:
        self._installer = installer
        self._interpreters = interpreters
        self._wanted = wanted

    def fits(self, version: str) -> bool:
        return self._wanted is None or self._wanted.admits(version)

    async def first_on_path(self) -> tuple[str, str] | None:
        """Return the first python3 that can be run, and its version."""
        for candidate in self._interpreters.on_path():
            # uv's answer is the interpreter itself where the candidate is a launcher, such as one of pyenv's.
            known = self._interpreters.behind_launcher(candidate)
            path = str(known) if known else await self.found_by_uv(str(candidate))
            if path is None:
                continue
            told = _IN_FOLDER.search(path) or _IN_NAME.search(path)
            to_the_patch = self._wanted is not None and _TO_THE_PATCH.search(self._wanted.request)
            if told is None or (to_the_patch and told[1].count(".") < 2):
                return path, (await self._interpreters.described(Path(path))).version
            return path, told[1]
        return None

    async def newest_of(self, versions: Iterable[str]) -> str | None:
        """Return the first of `versions` that the machine has."""
        for version in dict.fromkeys(versions):
            if self.fits(version) and (found := await self.of_version(version)):
                return found
        return None

    async def of_version(self, version: str) -> str | None:
        interpreters = self._interpreters
        cached = interpreters.in_tool_cache(version) or interpreters.of_shims_on_path(version)
        if cached is not None:
            return str(cached.resolve())
        found = await self.found_by_uv(version)
        kept = None if found else interpreters.of_pyenv(version)
        return str(kept.resolve()) if kept else found

    def newest_kept(self) -> str | None:
        """Return the newest of pyenv's that fits, although nothing leads to it on `PATH`."""
        fitting = (path for version, path in self._interpreters.kept_by_pyenv() if self.fits(version))
        newest = next(fitting, None)
        return str(newest.resolve()) if newest else None

    async def found_by_uv(self, request: str) -> str | None:
        """Return what uv finds on `PATH` or among those that it keeps."""
        try:
            printed = await self._installer.uv("python", "find", "--system", "--no-project", request)
        except CannotRun:
            return None
        return _last_path(printed)


def _last_path(printed: str) -> str | None:
    """Return the last line that is a file's path; warnings may stand before it."""
    paths = [line for line in printed.splitlines() if line.startswith("/") and Path(line).is_file()]
    return str(Path(paths[-1]).resolve()) if paths else None


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])
