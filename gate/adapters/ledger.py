"""What runs have made outside of their report, so that the next run can remove what a killed one left behind.

Each run has an entry, a folder whose lock it holds as long as it lives. An entry that can be locked is a dead run's:
process numbers, which the system gives again, decide nothing. Only what an entry names is ever removed.
"""

import json
import os
import platform
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gate.adapters.folder_lock import try_to_lock
from gate.adapters.private_folder import private_folder

# A folder by its path, a container by its name; a server that was given by its place, such as `localhost:5432`: what
# was made there is known by the token of the run. No password is written down.
Kind = Literal["folder", "container", "server"]

_TOKEN = re.compile(r"[0-9a-f]{8}\Z")
_MADE = "made.jsonl"
_MOST_BYTES = 100_000
_DAYS_KEPT = 30
# Another run may take a new entry for a dead one's before it is locked, and remove it.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadRun:
    """A run that was killed, and what it had made by then. Its entry is locked by us."""

    token: str
    entry: Path
    made: frozenset[tuple[str, str]]

    def names(self, kind: Kind) -> list[str]:
        """Return what it had made of one kind."""
        return sorted(name for of, name in self.made if of == kind)

    def keep(self, left: set[tuple[str, str]]) -> None:
        """Note what is still there; the entry of a run of which nothing is left is removed."""
        if left and not self.is_old():
            with suppress(OSError):
                # The time of the entry stays that of its run.
                before = (self.entry / _MADE).stat()
                text = "".join(json.dumps(line) + "\n" for line in [("host", self.host), *sorted(left)])
                draft = self.entry / f"{_MADE}.new"
                draft.write_text(text, encoding="utf-8")
                draft.replace(self.entry / _MADE)
                os.utime(self.entry / _MADE, (before.st_atime, before.st_mtime))
            return
        shutil.rmtree(self.entry, ignore_errors=True)

    @property
    def host(self) -> str:
        """The machine it was on; empty if it was killed before it wrote that down."""
        return next((name for kind, name in self.made if kind == "host"), "")

    def is_old(self) -> bool:
        """Tell whether it began so long ago that what is left of it will not be met again."""
        with suppress(OSError):
            return (self.entry / _MADE).stat().st_mtime < time.time() - _DAYS_KEPT * 86_400
        return True


class Ledger:
    """The entry of this run in the folder `runs`, and the way to those of dead ones.

    Where there is no such folder, or none that is ours, nothing is written down and nothing is found.
    """

    def __init__(self, runs: Path | None = None) -> None:
        self.token = secrets.token_hex(4)
        self.removed: list[str] = []
        self.looked_through = threading.Event()
        if runs is None:
            self.looked_through.set()
        self._runs = runs
        self._entry: Path | None = None
        self._lock: int | None = None
        self._made: set[tuple[str, str]] = set()

    def open(self) -> None:
        """Begin the entry of this run. Never raises."""
        try:
            if self._runs is None:
                return
            runs = private_folder(self._runs)
            for _ in range(_ATTEMPTS):
                entry = runs / self.token
                self._lock = try_to_lock(entry)
                if self._lock is not None:
                    self._entry = entry
                    self._write("host", platform.node())
                    return
        except OSError:
            return

    def will_make(self, kind: Kind, name: str) -> None:
        """Write down what is about to be made. Never raises: a full disk must not stop the run here."""
        self._made.add((kind, name))
        with suppress(OSError):
            self._write(kind, name)

    def is_gone(self, kind: Kind, name: str) -> None:
        """Note that it was removed."""
        self._made.discard((kind, name))

    def close(self) -> None:
        """End the entry. What is not gone stays written down, for the next run."""
        self._made = {(kind, name) for kind, name in self._made if kind != "folder" or os.path.lexists(name)}
        if self._entry is not None and not self._made:
            shutil.rmtree(self._entry, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._entry = self._lock = None

    def dead_runs(self) -> Iterator[DeadRun]:
        """Give the dead runs of this user on this machine, each locked until the next is asked for. Never raises."""
        try:
            entries = sorted(private_folder(self._runs).iterdir()) if self._runs is not None else []
        except OSError:
            return
        for entry in entries:
            if not _TOKEN.match(entry.name) or entry.name == self.token or entry.is_symlink():
                continue
            lock = None
            with suppress(OSError):
                lock = try_to_lock(entry)
            if lock is None:
                continue
            try:
                run = DeadRun(token=entry.name, entry=entry, made=_read(entry / _MADE))
                if run.host in ("", platform.node()) or run.is_old():
                    yield run
            finally:
                os.close(lock)

    def _write(self, kind: str, name: str) -> None:
        if self._entry is not None:
            with (self._entry / _MADE).open("a", encoding="utf-8") as file:
                file.write(json.dumps([kind, name]) + "\n")


def _read(path: Path) -> frozenset[tuple[str, str]]:
    """Return what an entry names; a line that a kill cut short is left out, as is what is no line of ours."""
    made = set()
    with suppress(OSError), path.open("rb") as file:
        for line in file.read(_MOST_BYTES).splitlines():
            with suppress(ValueError, TypeError, RecursionError):
                kind, name = json.loads(line)
                if isinstance(kind, str) and isinstance(name, str) and "\0" not in name:
                    made.add((kind, name))
    return frozenset(made)
