"""The course of a run of Locust: when it begins to count, when it is over, and what is told of it.

Imports nothing but the standard library and, once Locust has been imported, gevent; works with Python 3.9. A process
with users writes `process-PID.json`: `lag`, by how many seconds its loop was late at the 99th percentile, `busy`, the
share of a processor that it had, and `processor`, the same in seconds. The one that starts them writes `run.json`. The
format is ours; `gate.gates.latency.locust_reading` reads it.
"""

import json
import logging
import os
import sys
import time
import traceback
from typing import Any

import quality_gate_clients as clients  # type: ignore[import-not-found] # it lies beside this file
import quality_gate_examples  # type: ignore[import-not-found] # it lies beside this file
import quality_gate_reports  # type: ignore[import-not-found] # it lies beside this file
import quality_gate_requests as written  # type: ignore[import-not-found] # it lies beside this file
from quality_gate_watch import Watch  # type: ignore[import-not-found]

_LOOK = 0.2
_STOPPED_BY_ITSELF = "the locustfile, or Locust, ended it"
_SOON = 0.5


class Course:
    """A run, in each of its processes: `settings` as load_with_locust.py has them."""

    def __init__(self, settings: "dict[str, Any]") -> None:
        self.settings = settings
        self.folder: str = settings["folder"]
        self.requests = written.Requests(self.folder)
        self.examples = quality_gate_examples.Examples(self.folder) if settings["keeps_examples"] else None
        self.watch = Watch()
        self.runner: Any = None
        self.begin: "float | None" = None
        self.end: "float | None" = None
        self.stopped: "float | None" = None
        self.ended = ""
        self.trouble = ""
        self.users = 0
        self.counts: "dict[str, int]" = {}
        self.errors: "dict[tuple[str, str], int]" = {}
        self.warned = 0.0
        self.reports = quality_gate_reports.Reports(self.folder if settings["keeps_reports"] else "")

    def listen(self, events: Any) -> None:
        """Listen to all that is told here."""
        events.init_command_line_parser.add_listener(self.on_parser)
        events.init.add_listener(self.on_init)
        events.spawning_complete.add_listener(self.on_spawned)
        events.request.add_listener(self.on_request)
        events.user_error.add_listener(self.on_user_error)
        events.worker_report.add_listener(self.on_report)
        events.test_stop.add_listener(self.on_stopped)
        for name, listener in (("test_stopping", self.on_stopping), ("cpu_warning", self.on_warning)):
            if hasattr(events, name):
                getattr(events, name).add_listener(listener)

    @property
    def role(self) -> str:
        """What this process is for Locust: LocalRunner, MasterRunner or WorkerRunner."""
        return type(self.runner).__name__

    def on_parser(self, parser: Any) -> None:
        """See that configuration for other runs decides neither where this one runs nor what it writes."""
        parse = parser.parse_args

        def parse_args(*arguments: Any, **named: Any) -> Any:
            options = parse(*arguments, **named)
            for name, value in self.settings["overruled"].items():
                if hasattr(options, name):
                    setattr(options, name, value)
            return options

        parser.parse_args = parse_args

    def on_init(self, runner: Any, **_more: object) -> None:
        """Begin to look on."""
        import gevent  # type: ignore[import-untyped,unused-ignore]

        self.runner = runner
        gevent.spawn(self.watch.run)
        logging.getLogger("locust.user.task").addFilter(Few())
        self.attend()
        if self.role != "WorkerRunner":
            gevent.spawn(self.oversee)

    def attend(self) -> None:
        """Attend to the requests of Locust's own clients: whom they go to, and which are never answered."""
        from gevent import GreenletExit  # type: ignore[import-untyped,unused-ignore]
        from locust.clients import HttpSession  # type: ignore[import-not-found]
        from locust.contrib.fasthttp import FastHttpSession  # type: ignore[import-not-found]
        from locust.exception import StopUser  # type: ignore[import-not-found]

        def stray(where: str) -> None:
            self.trouble = f"the locustfile sends to {where}"
            raise StopUser

        for kind in (HttpSession, FastHttpSession):
            kind.request = clients.attended(kind.request, self.unanswered, GreenletExit)
            if self.settings["origin"]:
                kind._build_url = clients.guarded(kind._build_url, self.settings["origin"], stray)  # noqa: SLF001

    def unanswered(self, method: object, name: object, start: float) -> None:
        """Write down that a request had no answer when its user had to go; it is one of the timed window."""
        now = time.time()
        if self.begin is not None and now >= self.begin:
            self.requests.add(written.name_of(method, name), 0, max(start, self.begin), now - start)

    def on_spawned(self, **_more: object) -> None:
        """Begin to count a while after all users are there."""
        if self.begin is None:
            self.begin = time.time() + self.settings["warm_up"]
            self.watch.begin = self.begin

    def on_request(self, **request: Any) -> None:
        """Write a request down."""
        self.requests.on_request(**request)
        name = written.name_of(request.get("request_type", ""), request.get("name", ""))
        if self.begin is not None and time.time() >= self.begin:
            self.counts[name] = self.counts.get(name, 0) + 1
        if self.examples is not None:
            self.examples.note(name, request.get("response"))

    def on_user_error(self, exception: object = None, tb: Any = None, **_more: object) -> None:
        """Remember what was raised in a task."""
        project = os.getcwd() + os.sep
        frames = [frame for frame in traceback.extract_tb(tb) if frame.filename.startswith(project)]
        where = f"{frames[-1].filename[len(project) :]}:{frames[-1].lineno}" if frames else ""
        written.count_words(self.errors, (f"{type(exception).__name__}: {exception}"[:300], where))

    def on_warning(self, cpu_usage: float = 0.0, **_more: object) -> None:
        """Remember that Locust itself says that it has too much to do."""
        self.warned = max(self.warned, cpu_usage / 100)

    def on_report(self, client_id: str = "", data: Any = None, **_more: object) -> None:
        """Take what a worker has counted since it last reported."""
        for name, count in self.reports.take(client_id, data or {}, self.begin).items():
            self.counts[name] = self.counts.get(name, 0) + count

    def oversee(self) -> None:
        """End the run when it is over."""
        import gevent

        while self.end is None:
            gevent.sleep(_LOOK)
            self.users = max(self.users, self.runner.user_count)
            for client in getattr(self.runner, "clients", {}).values():
                self.warned = max(self.warned, getattr(client, "cpu_usage", 0) / 100)
            why = self.why_over()
            if why and self.end is None:
                self.end, self.ended = time.time(), why
                self.watch.end = self.end
                if not self.settings["keeps_reports"]:
                    # Quitting waits for no worker; and of one that has stopped, no report is taken.
                    self.runner.stop()
                self.runner.quit()

    def why_over(self) -> str:
        """Return why the run is over, "" where it is not."""
        settings, now = self.settings, time.time()
        if self.trouble:
            return "the locustfile may not go on"
        if self.begin is None or now < self.begin:
            return ""
        if settings["duration"] is None and self.has_samples():
            return "every operation has its samples"
        if settings["duration"] is not None and now >= self.begin + settings["duration"]:
            return "the time is over"
        if not self.runner.user_count:
            return "no user was left"
        is_full = self.requests.count >= written.MOST_REQUESTS
        return "it has lasted as long as it may" if is_full or now >= self.begin + settings["longest"] else ""

    def has_samples(self) -> bool:
        """Tell whether every operation has its samples that is not rare among the others."""
        wanted, most = self.settings["samples"], max(self.counts.values(), default=0)
        rare = most * self.settings["rarely"]
        return most >= wanted and all(count >= wanted or count < rare for count in self.counts.values())

    def on_stopping(self, **_more: object) -> None:
        """Remember when the users were told to stop."""
        if self.end is None:
            self.end, self.ended = time.time(), _STOPPED_BY_ITSELF
            self.watch.end = self.end

    def on_stopped(self, **_more: object) -> None:
        """Remember when all users had stopped."""
        self.on_stopping()
        self.stopped = time.time()
        # Who leads workers does not wait until they have come to their end.
        self.tell()

    def tell(self) -> None:
        """Write what is to be told of this process until now."""
        self.requests.flush()
        told = {
            "lag": self.watch.lag(),
            "busy": max(self.watch.busy(), self.warned),
            "processor": self.watch.processor,
            "failures": [[*words, count] for words, count in self.requests.failures.items()],
            "errors": [[*words, count] for words, count in self.errors.items()],
            "trouble": self.trouble,
        }
        _write(self.folder, f"process-{os.getpid()}.json", told)

    def finish(self, status: int = 0, error: str = "", where: str = "") -> None:
        """Write what is to be told at the end."""
        self.tell()
        self.requests.close()
        self.reports.close()
        if self.role == "WorkerRunner":
            return
        late = self.end is not None and self.stopped is not None and self.stopped - self.end
        run = {
            "begin": self.begin,
            "end": self.end if self.end is not None else time.time(),
            "ended": self.ended,
            "users": self.users,
            "started": self.runner is not None,
            "status": status,
            "error": error,
            "where": where,
            "busy_at_end": bool(late and late >= self.settings["patience"] - _SOON),
            "version": str(getattr(sys.modules.get("locust"), "__version__", "")),
        }
        _write(self.folder, "run.json", run)


class Few(logging.Filter):
    """Lets a few messages through: what every task raises fills the log, and takes the time of who plays."""

    left = 50

    def filter(self, record: logging.LogRecord) -> bool:
        """Count a message."""
        del record
        self.left -= 1
        return self.left >= 0


def _write(folder: str, name: str, told: "dict[str, Any]") -> None:
    """Write a file that is never seen in part."""
    path = os.path.join(folder, name)
    with open(f"{path}.new", "w", encoding="ascii") as file:
        json.dump(told, file)
    os.replace(f"{path}.new", path)
