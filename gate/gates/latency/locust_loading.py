"""Loads a service by a locustfile of the project: who plays, what, and how often is the locustfile's to say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gate.database_ports import OperationCost
from gate.domain.http_message import HttpRequest
from gate.gates.access_review.making import base_path_of
from gate.gates.latency.costs import operation_costs, statements_at_rest
from gate.gates.latency.duration import longest_of_all, spoken
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.loading import Loading
from gate.gates.latency.locust_reading import LocustRun
from gate.gates.latency.locust_running import LocustGenerator, names_of, worker_command
from gate.gates.latency.options import LatencyOptions
from gate.load_ports import LoadPlan
from gate.ports import CannotRun
from gate.service_ports import Unanswered

_REHEARSAL = 3.0
_BUSY = 0.9
_ERROR = 400


@dataclass(slots=True, kw_only=True)
class LocustLoading(Loading):
    """A service, and the locustfile that it is loaded by."""

    async def evidence(self) -> LatencyEvidence:
        """Measure.

        Raises:
            CannotRun: there is no such locustfile, Locust cannot be had, or the load cannot be made.
        """
        options = self.options
        if options.locustfile not in self.ctx.project_texts(options.locustfile):
            raise CannotRun(f"the project has no file {options.locustfile}, which is to be the locustfile")
        locust = self.load = await self._generator()
        rows = await self._filled_by(locust)
        runs_before = len(locust.runs)
        plan = self._plan_of_locust()
        self._announce(plan)
        evidence = LatencyEvidence(
            users=options.users,
            think_time=None,
            source=options.locustfile,
            warm_up=options.warm_up,
            rows=rows,
            notices=self.smallness(rows),
        )
        evidence = await self._measured(plan, evidence, None)
        runs = locust.runs[runs_before:]
        silence = await self._silence(evidence)
        costs = await self._costs_of_requests(locust)
        return replace(
            evidence,
            costs=costs,
            silence=silence,
            users=max(run.users for run in runs) or options.users,
            locations=self._locations({one.operation for run in runs for one in run.result.samples}),
            lock_waits=tuple(self.waits),
            untold=self.untold,
            notices=(*evidence.notices, *_notices(options, runs)),
        )

    async def _generator(self) -> LocustGenerator:
        environment = await self.ctx.with_packages("locust")
        path = self.ctx.child_environment(environment, None)["PATH"]
        described = self.described
        return LocustGenerator(
            ctx=self.ctx,
            options=self.options,
            environment=environment,
            env={**self.env, **environment.variables, "PATH": path},
            keeps_examples=self.insight is not None and not self.untold,
            named=names_of(described.subjects, base_path_of(described.document, described.subjects)),
        )

    async def _silence(self, evidence: LatencyEvidence) -> str:
        """Say whether the service answers nobody any more, where it left requests without an answer."""
        if not any(one.unanswered for one in evidence.rounds):
            return ""
        try:
            await self.described.service.http.send(HttpRequest(method="GET", target="/"))
        except Unanswered as silence:
            return f"after the load, GET / was not answered: {silence}{self.last_line()}"
        return ""

    async def _costs_of_requests(self, locust: LocustGenerator) -> tuple[OperationCost, ...]:
        """Send a few of the requests once more, and count the statements that come of them."""
        if self.insight is None or self.untold:
            return ()
        self.ctx.doing("counting the statements of each request")
        http = self.described.service.http
        try:
            at_rest = await statements_at_rest(http, self.insight)
            return await operation_costs(http, self.insight, locust.examples, at_rest)
        except CannotRun as trouble:
            # What was measured counts all the same.
            self.untold = trouble.reason
            return ()

    async def _filled_by(self, locust: LocustGenerator) -> dict[str, int]:
        """Fill the tables; where rows are to be copied, the users of the locustfile make some first."""
        empty = await self._rows()
        if self.options.rows is not None:
            self.ctx.doing(f"playing {self.options.locustfile} for a few seconds")
            await self._rehearse(locust)
        return dict(await self._filled(empty))

    async def _rehearse(self, locust: LocustGenerator) -> None:
        """Play the locustfile for a few seconds.

        Raises:
            CannotRun: not one of its requests was answered well.
        """
        await locust.play(replace(self._plan_of_locust(), duration=_REHEARSAL, warm_up=0.0), self.ctx.scratch)
        run = locust.runs[-1]
        statuses = [status for one in run.result.samples for status in one.statuses]
        if not run.result.windows and not any(status > 0 and status < _ERROR for status in statuses):
            why = f": {run.notices[0]}" if run.notices else ""
            raise CannotRun(f"no request of {self.options.locustfile} was answered well{why}")

    def _plan_of_locust(self) -> LoadPlan:
        options = self.options
        return LoadPlan(
            origin=self.described.service.origin,
            users=(),
            think_time=0.0,
            samples=options.samples,
            longest=longest_of_all(options, float(self.ctx.config.timeout)),
            warm_up=options.warm_up,
            duration=options.duration,
        )

    def _announce(self, plan: LoadPlan) -> None:
        """Say how long it will take, and what somebody has to do for it.

        Raises:
            CannotRun: there is not so much time.
        """
        options, timeout = self.options, float(self.ctx.config.timeout)
        if options.duration is not None and options.warm_up + options.duration > timeout:
            raise CannotRun(
                f"{spoken(options.duration)} are longer than the gate may take, {spoken(timeout)}: a shorter duration, "
                "or a larger timeout"
            )
        until = (
            f"about {spoken(options.warm_up + options.duration)}"
            if options.duration is not None
            else f"until each operation has {options.samples:,} requests, at most {spoken(plan.longest)}"
        )
        self.ctx.doing(f"{options.users} users of {options.locustfile}, with its think time: {until}")
        if options.locust_expect:
            several = f"{options.locust_expect} worker{'s' * (options.locust_expect > 1)}"
            self.ctx.doing(f"waiting for {several}; start each of them by: {worker_command(options)}")


def _notices(options: LatencyOptions, runs: Sequence[LocustRun]) -> tuple[str, ...]:
    """Say what a reader should know of how Locust went."""
    notices = [f"Locust {runs[0].version} played the locustfile; {runs[-1].result.ended}"]
    if max(run.result.processor_share for run in runs) > _BUSY and not options.locust_workers:
        notices.append("Locust had too much to do: FastHttpUser instead of HttpUser, or `locust-workers`, take less")
    told = (notice for run in runs for notice in run.notices if notice != run.result.trouble)
    return tuple(dict.fromkeys([*notices, *told]))
