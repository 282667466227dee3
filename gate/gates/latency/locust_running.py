"""Loads a service by Locust with a locustfile of the project, in the project's interpreter. Judges nothing."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gate.context import Context
from gate.domain.http_message import HttpRequest
from gate.formats import UnreadableError
from gate.formats.path_routes import Routes
from gate.gates.access_review.operations import Subject
from gate.gates.latency.locust_examples import parse_examples
from gate.gates.latency.locust_reading import LocustRun, parse_locust_run
from gate.gates.latency.operations import RARELY
from gate.gates.latency.options import LatencyOptions
from gate.gates.running_service import with_cause
from gate.load_ports import LoadGenerator, LoadPlan, LoadResult
from gate.ports import CannotRun, Completed, ProjectEnvironment

_PROBE = Path(__file__).parents[2] / "probes" / "load_with_locust.py"
_SPAWNING = 3.0
# Above that, Locust itself warns.
_FASTEST_SPAWNING = 100.0
_SPARE = 60.0
_PORT = "5557"
_WORKERS_WAIT = 300
_LONGEST_LINE = 300
_TOLD = re.compile(r"(?:/(?:ERROR|CRITICAL)/[\w.]+: |\Aload_with_locust\.py: error: |\Alocust: error: )(.+)\Z")
# What a locust.conf for other runs may say of where it runs and what it writes: by their names among Locust's options.
_OVERRULED: Mapping[str, object] = {
    "headless": True,
    "headful": False,
    "autostart": False,
    "class_picker": False,
    "csv_prefix": None,
    "stats_history_enabled": False,
    "html_file": None,
    "json": False,
    "json_file": None,
    "logfile": None,
    "list_commands": False,
    "show_task_ratio": False,
    "show_task_ratio_json": False,
    "reset_stats": False,
    "worker": False,
}


@dataclass(slots=True, kw_only=True)
class LocustGenerator(LoadGenerator):
    """Plays a plan by what its locustfile says: of the plan, only the origin and the times are taken.

    `environment` has Locust; `env` are the variables of the service. `named` returns the operation of a request's name.
    `runs` are those that there were, the last one last; `examples` are requests of the last one by operation, where it
    `keeps_examples`.
    """

    ctx: Context
    options: LatencyOptions
    environment: ProjectEnvironment
    env: Mapping[str, str]
    named: Callable[[str], str]
    keeps_examples: bool = False
    runs: list[LocustRun] = field(default_factory=list)
    examples: Mapping[str, tuple[HttpRequest, ...]] = field(default_factory=dict)

    async def play(self, plan: LoadPlan, scratch: Path) -> LoadResult:
        """Play the locustfile until the plan is over.

        Raises:
            CannotRun: it cannot be imported, has no users, ends otherwise, or sends elsewhere; with its line.
        """
        del scratch
        folder = self.ctx.scratch_folder(f"{self.ctx.gate}-locust/{len(self.runs) + 1}")
        settings = json.dumps(self._settings(plan, folder))
        argv = (str(self.environment.python), str(_PROBE), settings, *self._arguments(plan))
        completed = await self.ctx.run(*argv, env=self._variables(), log=self._log)
        run = self._read(self._files(folder), plan, completed)
        await self._refuse(run, completed)
        self.runs.append(run)
        self.ctx.used("locust", run.version)
        return run.result

    @property
    def _log(self) -> Path:
        return self.ctx.folder / "logs" / f"{self.ctx.gate}-locust.log"

    def _settings(self, plan: LoadPlan, folder: Path) -> Mapping[str, object]:
        options = self.options
        overruled = {**_OVERRULED, "master": bool(options.locust_expect)}
        if not options.locust_workers:
            overruled["processes"] = None
        return {
            "folder": str(folder),
            "origin": "" if options.anywhere else plan.origin,
            "warm_up": plan.warm_up,
            "duration": plan.duration,
            "longest": plan.longest,
            "patience": plan.request_timeout,
            "samples": plan.samples,
            "rarely": RARELY,
            "keeps_examples": self.keeps_examples,
            "keeps_reports": bool(options.locust_expect),
            "own_port": bool(options.locust_workers),
            "overruled": overruled,
        }

    def _arguments(self, plan: LoadPlan) -> Iterable[str]:
        """Return the arguments of Locust: https://docs.locust.io/en/stable/configuration.html."""
        options = self.options
        rate = min(max(options.users / _SPAWNING, 1.0), _FASTEST_SPAWNING)
        bound = options.users / rate + plan.warm_up + (plan.duration or plan.longest) + _SPARE
        yield from ("--locustfile", options.locustfile, "--headless", "--only-summary", "--host", plan.origin)
        yield from ("--users", str(options.users), "--spawn-rate", f"{rate:g}")
        yield from ("--stop-timeout", f"{plan.request_timeout:.0f}", "--exit-code-on-error", "0")
        if options.locust_workers:
            yield from ("--processes", str(options.locust_workers))
        if options.locust_expect:
            host, port = bound_to(options.locust_bind)
            yield from ("--master", "--expect-workers", str(options.locust_expect))
            yield from ("--expect-workers-max-wait", str(_WORKERS_WAIT))
            yield from ("--master-bind-host", host, "--master-bind-port", port)
            bound += _WORKERS_WAIT
        yield from ("--run-time", f"{bound:.0f}s")

    def _variables(self) -> Mapping[str, str]:
        """Return the variables of the process: no bytecode is left in the checkout, and no proxy is asked."""
        direct = ",".join(filter(None, (self.env.get("no_proxy") or self.env.get("NO_PROXY"), "127.0.0.1,localhost")))
        return {**self.env, "PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": direct, "no_proxy": direct}

    def _files(self, folder: Path) -> Mapping[str, bytes]:
        return {path.name: self.ctx.read_bytes(path) or b"" for path in self.ctx.files_below(folder)}

    def _read(self, files: Mapping[str, bytes], plan: LoadPlan, completed: Completed) -> LocustRun:
        self.examples = parse_examples(files, self.named, plan.origin)
        if "run.json" not in files:
            raise CannotRun(f"Locust {completed.ended}{self._last_error()}", self.ctx.tail(self._log))
        try:
            return parse_locust_run(files, self.named)
        except UnreadableError as error:
            raise CannotRun(str(error), self.ctx.tail(self._log)) from None

    async def _refuse(self, run: LocustRun, completed: Completed) -> None:
        """Refuse a run that was none, or was ended by the locustfile.

        Raises:
            CannotRun: it was.
        """
        name, tail = self.options.locustfile, self.ctx.tail(self._log)
        if run.stray:
            whom = "its target" if self.options.target else "the service it has started"
            advice = "write paths without a server, or allow it: latency.anywhere = true"
            raise CannotRun(f"{run.stray}, and the gate loads {whom} alone: {advice}", tail)
        where = f" at {run.where}" if run.where else ""
        if run.error and run.begun:
            raise CannotRun(f"{name} failed{where}: {run.error}", tail)
        if run.error:
            raise await with_cause(self.ctx, CannotRun(f"{name} cannot be loaded{where}: {run.error}", tail), None)
        if not run.begun:
            raise CannotRun(f"Locust {completed.ended} before {name} was played{self._last_error()}", tail)
        if not run.result.window:
            raise CannotRun(f"{name} ended the run before anything was timed", tail)

    def _last_error(self) -> str:
        """Return the last error that Locust itself has told, as the end of a sentence."""
        lines = self.ctx.tail(self._log).text.splitlines()
        told = [found[1].strip() for line in lines if (found := _TOLD.search(line))]
        return f": {told[-1][:_LONGEST_LINE]}" if told else ""


def bound_to(address: str) -> tuple[str, str]:
    """Return the host and the port that a master listens at: `10.0.0.5`, or `10.0.0.5:5557`."""
    host, _, port = address.partition(":")
    return host, port or _PORT


def worker_command(options: LatencyOptions) -> str:
    """Return the command line that starts a worker on another machine."""
    host, port = bound_to(options.locust_bind)
    reached = "ADDRESS-OF-THIS-MACHINE" if host in {"0.0.0.0", "*"} else host  # noqa: S104 - it is compared with
    return f"locust -f {options.locustfile} --worker --master-host {reached} --master-port {port}"


def names_of(subjects: Iterable[Subject], base_path: str) -> Callable[[str], str]:
    """Return what finds the operation of a request's name: of a path, that of the service's description."""
    paths: dict[str, list[str]] = {}
    for one in subjects:
        paths.setdefault(one.method, []).append(one.path)
    routes = {method: Routes(found, base_path) for method, found in paths.items()}

    def named(name: str) -> str:
        method, _, path = name.partition(" ")
        known = routes.get(method.upper())
        found = known.match(path) if known is not None and path.startswith("/") else None
        return name if found is None else f"{method.upper()} {found.template}"

    return named
