"""Which tests failed in the end, and how often one was tried again by a plug-in of the project's own.

Imports nothing but the standard library and pytest, works with Python 3.9 and pytest 6, and decides nothing.
pytest-rerunfailures, pytest-retry and flaky each set a test up anew for every try, and tell pytest's results of the
last one only: what counts here is how often a test was set up, if a try before failed. With xdist a worker counts, and
the process that leads it writes.
"""

from __future__ import annotations

from typing import Any

import pytest
from quality_gate_progress import replace_file  # type: ignore[import-not-found] # it lies beside this file

VARIABLE = "QUALITY_GATE_ATTEMPTS"


class Attempts:
    """The file at `path`, written when the session ends; a worker of xdist has none and hands on what it counts."""

    def __init__(self, path: str, workeroutput: dict[str, Any] | None) -> None:
        self.path = path
        self.is_worker = workeroutput is not None
        self.retried: dict[str, int] = {}
        self.failed: dict[str, None] = {}
        self.tries = 0
        self.has_failed = False
        if workeroutput is not None:
            # What is in it when the session ends is sent.
            workeroutput[VARIABLE] = self.retried

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Count the tries of one test, by whatever runs it."""
        self.tries, self.has_failed = 0, False
        yield
        if self.has_failed and self.tries > 1:
            self.retried[item.nodeid] = self.tries - 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Count a try."""
        self.tries += 1

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_makereport(self) -> Any:
        """See how a try ended, before a plug-in puts the next try's end in its place."""
        outcome = yield
        self.has_failed = self.has_failed or bool(outcome.get_result().failed)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that failed in the end; a try that another follows is not reported as failed."""
        if report.failed:
            self.failed[report.nodeid] = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker of xdist has counted."""
        self.retried.update(getattr(node, "workeroutput", {}).get(VARIABLE) or {})

    def pytest_sessionfinish(self) -> None:
        """Write both."""
        if not self.is_worker:
            replace_file(self.path, {"failed": list(self.failed), "retried": self.retried})
