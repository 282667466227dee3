"""Packages of npm for parts: a folder with `package.json` and its lock, installed into the cache."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.testbed.cache import cached, digest_of
from tests.testbed.leaving_out import PartMissing

_DEADLINE = 240.0


def node() -> str:
    """The path of Node.js; raises `PartMissing`."""
    if found := shutil.which("node"):
        return found
    raise PartMissing("no node on the PATH")


def installed_package(source: Path, *, unneeded: tuple[str, ...] = ()) -> Path:
    """A copy of the folder `source` with `node_modules` beside its files.

    `unneeded` are globs of large files that are dropped after the install.
    Raises `PartMissing` when npm is missing or cannot install.
    """
    node()
    npm = shutil.which("npm")
    if npm is None:
        raise PartMissing("no npm on the PATH")

    def make(folder: Path) -> None:
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_DEADLINE)
        except subprocess.TimeoutExpired as late:
            raise PartMissing(f"npm ci in {source.name}: nothing after {_DEADLINE:.0f} s") from late
        if done.returncode:
            raise PartMissing(f"npm ci in {source.name}: {done.stderr[-800:].strip()}")
        for pattern in unneeded:
            for path in folder.glob(pattern):
                path.unlink()

    files = sorted(path for path in source.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    names = "\n".join(str(path.relative_to(source)) for path in files)
    return cached(source.name, digest_of(names, *unneeded, *files), make)
