"""A runner that keeps what it is told."""

from __future__ import annotations

from collections.abc import Mapping

from gate.ports import ReportingTrouble, Runtime


class FakeRuntime(Runtime):
    """Keeps outputs, summary and lines; with `broken`, its files cannot be written."""

    def __init__(self, *, broken: bool = False) -> None:
        self.outputs: dict[str, str] = {}
        self.summary = ""
        self.lines: list[str] = []
        self._broken = broken

    def set_outputs(self, outputs: Mapping[str, str]) -> None:
        self._write("the outputs")
        self.outputs.update(outputs)

    def append_summary(self, markdown: str) -> None:
        self._write("the job summary")
        self.summary += markdown

    def say(self, line: str) -> None:
        assert "\n" not in line
        self.lines.append(line)

    def _write(self, what: str) -> None:
        if self._broken:
            raise ReportingTrouble(f"{what} cannot be written: No space left on device")
