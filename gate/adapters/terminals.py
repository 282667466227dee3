"""Where a run is followed: a live table on a terminal, plain lines elsewhere, groups in GitHub's log.

What programs of the change print reaches GitHub's log only between `::stop-commands::` fences.
"""

import contextlib
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from gate.plain_file import open_to_read
from gate.ports import Terminal
from gate.render.escape import console_line

_MAX_ECHO_BYTES = 512 * 1024


def terminal_for(environment: Mapping[str, str], stream: TextIO | None = None) -> Terminal:
    """Choose by where the output goes."""
    out = stream or sys.stderr
    if environment.get("GITHUB_ACTIONS") == "true":
        return GitHubLog(out=out)
    if out.isatty() and environment.get("TERM") != "dumb" and not environment.get("CI"):
        from gate.adapters.live_table import LiveTable

        return LiveTable(out)
    return PlainLines(out=out)


@dataclass(slots=True, kw_only=True)
class PlainLines(Terminal):
    """One line for each thing that happens."""

    out: TextIO
    titles: dict[str, str] = field(default_factory=dict)

    def gate_started(self, gate: str, title: str) -> None:
        """Print that a gate runs."""
        self.titles[gate] = title
        self._print(f"{title}: running")

    def gate_doing(self, gate: str, what: str) -> None:
        """Print what a gate waits for."""
        if what:
            self._print(f"{self.titles.get(gate, gate)}: {what}")

    def gate_ended(self, gate: str, summary: str, mark: str, log: Path | None) -> None:
        """Print how a gate ended."""
        del gate, mark, log
        self._print(summary)

    def notice(self, text: str) -> None:
        """Print a line."""
        self._print(text)

    def close(self) -> None:
        """Print what is left in the buffer."""
        self.out.flush()

    def _print(self, text: str) -> None:
        print(console_line(text), file=self.out, flush=True)


@dataclass(slots=True, kw_only=True)
class GitHubLog(PlainLines):
    """Plain lines, and the log of each gate in a group of its own."""

    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def gate_ended(self, gate: str, summary: str, mark: str, log: Path | None) -> None:
        """Print how a gate ended, and all that its programs printed, folded."""
        del mark
        self._print(summary)
        with contextlib.suppress(OSError):
            self._print_log(gate, log)
        self.token = secrets.token_hex(16)

    def _print_log(self, gate: str, log: Path | None) -> None:
        if log is None:
            return
        # Opened first: what is no file is left out whole.
        with open_to_read(log) as file:
            size, content = os.fstat(file.fileno()).st_size, file.read(_MAX_ECHO_BYTES)
        print(f"::group::{gate}: what its programs printed", file=self.out)
        # Neither the token nor its end can be guessed by what is between.
        print(f"::stop-commands::{self.token}", file=self.out)
        print(content.decode("utf-8", "replace"), file=self.out)
        left = size - len(content)
        print(f"\n::{self.token}::", file=self.out)
        if left > 0:
            print(f"({left} more bytes are in logs/{log.name} of the report)", file=self.out)
        print("::endgroup::", file=self.out, flush=True)
