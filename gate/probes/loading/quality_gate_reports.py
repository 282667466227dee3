"""What Locust's workers tell the one that leads them: how many requests took how long. Decides nothing.

Imports nothing but the standard library, works with Python 3.9. `reports.jsonl` has a report a line: `start` and `end`
in seconds since the epoch, `times`, by name and how many milliseconds (https://docs.locust.io/en/stable/api.html, event
`worker_report`), and `failed`: name, exception, and how often. The format is ours; `gate.gates.latency.locust_reading`
reads it.
"""

import json
import os
import time
from typing import Any

import quality_gate_requests as written  # type: ignore[import-not-found] # it lies beside this file

_MOST_LINES = 200_000
_LONGEST_WORDS = 300


class Reports:
    """The reports; `folder` is "" where those who have users write every request themselves."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.file: Any = None
        self.since: "dict[str, float]" = {}
        self.lines = 0

    def take(self, worker: str, told: "dict[str, Any]", begin: "float | None") -> "dict[str, int]":
        """Return how many requests of each name a report is about, if it is all about what came after `begin`."""
        now = time.time()
        since = self.since.get(worker, 0.0)
        self.since[worker] = now
        if begin is None or since < begin:
            return {}
        counts: "dict[str, int]" = {}
        times = []
        for entry in told.get("stats", ()):
            name = written.name_of(entry["method"], entry["name"])
            counts[name] = counts.get(name, 0) + entry["num_requests"]
            times.append([name, list(entry["response_times"].items())])
        if self.folder and self.lines < _MOST_LINES:
            failed = [
                [written.name_of(one["method"], one["name"]), str(one["error"])[:_LONGEST_WORDS], one["occurrences"]]
                for one in told.get("errors", {}).values()
            ]
            self._write({"start": since, "end": now, "times": times, "failed": failed})
        return counts

    def _write(self, report: "dict[str, Any]") -> None:
        if self.file is None:
            self.file = open(os.path.join(self.folder, "reports.jsonl"), "w", encoding="ascii")  # noqa: SIM115
        self.file.write(json.dumps(report) + "\n")
        self.lines += 1

    def close(self) -> None:
        """Write what has not been written yet."""
        if self.file is not None:
            self.file.close()
