"""Where a case is played: its folders, the interpreter of all projects, and what is left behind afterwards."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.cache import cached, digest_of

COMMAND = Path(sys.prefix) / "bin" / "quality-gate"
MARK = "CAMPAIGN_CASE"
_UV = Path(sys.prefix) / "bin" / "uv"
_PACKAGES = ("pytest==8.4.2", "pytest-cov==7.0.0", "pytest-xdist==3.8.0", "psycopg[binary]==3.2.12")
_KEPT = ("HOME", "LANG", "LC_ALL", "UV_CACHE_DIR", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "SSL_CERT_FILE")
# A guard may take a moment to bury what its program left.
_SECONDS_TO_END = 8.0


@functools.cache
def interpreter_of_all() -> Path:
    """The folder of a virtual environment with pytest, made once and used by every project."""

    def make(folder: Path) -> None:
        # Where it is made is not where it will lie.
        subprocess.run(
            [_UV, "venv", "--quiet", "--relocatable", "--python", sys.executable, folder / "venv"], check=True
        )
        target = ("--python", folder / "venv" / "bin" / "python")
        subprocess.run([_UV, "pip", "install", "--quiet", *target, *_PACKAGES], check=True)

    return cached("campaign", digest_of(*_PACKAGES, sys.version), make) / "venv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folders of one case, all below `folder`, and the variables of a caller who works there."""

    folder: Path
    mark: str
    project: Path
    environment: Mapping[str, str]

    @property
    def scratch(self) -> Path:
        """Where temporary files go."""
        return self.folder / "tmp"

    @property
    def runner(self) -> Path:
        """The runner's own folder for a job's files."""
        return self.folder / "runner"

    def write(self, files: Mapping[str, str]) -> None:
        """Fill the project."""
        for name, text in files.items():
            path = self.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", "surrogatepass" if "ruff" in name else "surrogateescape")

    def sources(self) -> dict[str, bytes]:
        """What the project's files hold, without what Python itself keeps beside them."""
        return {
            str(path.relative_to(self.project)): path.read_bytes()
            for path in self.project.rglob("*")
            if path.is_file() and not {"__pycache__", ".git", ".pytest_cache"} & set(path.parts)
        }

    def leftovers(self) -> list[str]:
        """Say what of a run that has ended is still there, having waited for what is about to end."""
        until = time.monotonic() + _SECONDS_TO_END
        while (found := [*_processes(self), *_files(self)]) and time.monotonic() < until:
            time.sleep(0.1)
        return found

    def end_processes(self) -> None:
        """End whatever is left, so that no case is judged by another one's leftovers."""
        for pid in _pids(self):
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue


@contextmanager
def place_for(base: Path, mark: str, name: str) -> Iterator[Place]:
    """A place for the duration of a block; `name` is the project's folder and may be odd."""
    folder = base / mark
    project = folder / name
    for path in (project, folder / "tmp", folder / "runner", folder / "cache"):
        path.mkdir(parents=True)
    environment = {key: value for key, value in os.environ.items() if key in _KEPT} | {
        "PATH": f"{interpreter_of_all() / 'bin'}:{os.environ.get('PATH', os.defpath)}",
        "TMPDIR": str(folder / "tmp"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "VIRTUAL_ENV": str(interpreter_of_all()),
        MARK: mark,
    }
    place = Place(folder=folder, mark=mark, project=project, environment=environment)
    try:
        yield place
    finally:
        place.end_processes()
        shutil.rmtree(folder, ignore_errors=True)


def _pids(place: Place) -> Iterator[int]:
    mark = f"{MARK}={place.mark}\0".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environment, status = (entry / "environ").read_bytes(), (entry / "stat").read_bytes()
                # A server is started with variables of its own.
                arguments = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            is_ours = mark in environment + b"\0" or str(place.folder).encode() in arguments
            if is_ours and not status.rpartition(b")")[2].startswith(b" Z"):
                yield int(entry.name)


def _processes(place: Place) -> Iterator[str]:
    for pid in _pids(place):
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        yield f"a process: {arguments[:120]}"


def _files(place: Place) -> Iterator[str]:
    yield from (f"temporary: {path.name}" for path in place.scratch.iterdir() if path.name.startswith("quality-gate"))
    for name in ("report", "report-2"):
        drafts = (place.folder / name).glob(".*.draft*") if (place.folder / name).is_dir() else ()
        yield from (f"a draft: {path.name}" for path in drafts if not path.is_symlink())
