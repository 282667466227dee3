"""Loads a service that runs: fills its tables, sees that the sessions work, measures, and looks for causes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gate.database_ports import OperationCost
from gate.domain.finding import Location
from gate.gates.latency.base_contest import Contest, Rival
from gate.gates.latency.duration import again, expected, longest, spoken
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.judging import undecided
from gate.gates.latency.loaded_service import LoadedService
from gate.gates.latency.session_costs import session_costs
from gate.gates.latency.session_playing import rehearsed
from gate.gates.latency.sessions import Sessions
from gate.load_ports import LoadPlan
from gate.ports import CannotRun


@dataclass(slots=True, kw_only=True)
class Loading(LoadedService):
    """The change's service, and how it is measured. `rival` is the base's, where the two are to be compared."""

    rival: Rival | None = None

    async def evidence(self) -> LatencyEvidence:
        """Measure.

        Raises:
            CannotRun: there is nothing to measure, the sessions do not work, or the load cannot be made.
        """
        options, prepared = self.options, await self.prepared()
        sessions, rows = prepared.sessions, prepared.rows
        plan, about = self._plan(sessions, prepared.answer)
        contest = await self.rival.contest(self, sessions, plan, about) if self.rival is not None else None
        evidence = LatencyEvidence(
            users=options.users,
            think_time=options.think_time,
            source=sessions.source,
            rate=options.rate,
            warm_up=options.warm_up,
            expected=sessions.expected,
            rows=rows,
            locations=self._locations(sessions.operations),
            uncompared=self.rival.trouble if self.rival is not None else "",
            notices=(*self.making.notices(sessions), *self.smallness(rows)),
        )
        evidence = await self._measured(plan, evidence, contest)
        evidence = await self._aftermath(sessions, evidence)
        costs = await self._costs(sessions)
        return replace(evidence, costs=costs, lock_waits=tuple(self.waits), untold=self.untold)

    def _plan(self, sessions: Sessions, answer: float) -> tuple[LoadPlan, float]:
        """Return the load, and about how many seconds it takes."""
        options, timeout = self.options, float(self.ctx.config.timeout)
        operations = len(sessions.operations)
        about = expected(options, operations, answer)
        if about > timeout and options.longest is None:
            raise CannotRun(
                f"{options.samples:,} samples of each of {operations} operations by {options.users} users would take "
                f"about {spoken(about)}, and the gate may take {spoken(timeout)}: fewer samples, a shorter think-time, "
                "a session with fewer requests, or a larger timeout"
            )
        self.making.refuse_short_lives(about, spoken(about))
        thinking = f"{options.think_time:g} s think time" if options.rate is None else f"{options.rate:g} requests/s"
        self.ctx.doing(
            f"{options.users} users, {thinking}, {operations} operation{'s' * (operations != 1)}: about {spoken(about)}"
        )
        plan = LoadPlan(
            origin=self.described.service.origin,
            users=sessions.users(options.users),
            think_time=options.think_time,
            samples=options.samples,
            longest=longest(options, operations, answer, timeout),
            warm_up=options.warm_up,
            duration=options.duration,
            rate=options.rate,
        )
        return plan, about

    async def _measured(self, plan: LoadPlan, evidence: LatencyEvidence, contest: Contest | None) -> LatencyEvidence:
        """Play the plan, in turn with the base where that is to be, and once more where it decides nothing."""
        if contest is not None:
            evidence = await contest.measured(evidence)
        if not evidence.rounds:
            evidence = replace(evidence, rounds=(await self.noted(plan),))
        window = sum(one.window for one in evidence.rounds)
        taken = plan.warm_up + window + (contest.turns.seconds if contest is not None else 0.0)
        more = again(self.options, taken, float(self.ctx.config.timeout))
        if not undecided(evidence, self.options):
            return evidence
        if more is None:
            notice = "there was no time to measure once more: the gate's timeout is too short for that"
            return replace(evidence, notices=(*evidence.notices, notice))
        self.ctx.doing(f"measuring once more, since nothing is decided yet: about {spoken(window)}")
        last = await self.noted(replace(plan, longest=min(plan.longest, more)))
        return replace(evidence, rounds=(*evidence.rounds, last))

    async def _aftermath(self, sessions: Sessions, evidence: LatencyEvidence) -> LatencyEvidence:
        """Say whether the service still works, where it left requests without an answer."""
        if not any(one.unanswered for one in evidence.rounds):
            return evidence
        after = await rehearsed(self.described.service.http, sessions.players[0])
        if not after.trouble:
            return evidence
        told = f"after the load, {after.trouble}{self.last_line()}"
        if after.is_silent:
            return replace(evidence, silence=told)
        return replace(evidence, notices=(*evidence.notices, told))

    async def _costs(self, sessions: Sessions) -> tuple[OperationCost, ...]:
        if self.insight is None or self.untold:
            return ()
        self.ctx.doing("counting the statements of each request")
        try:
            return await session_costs(self.described.service.http, self.insight, sessions.players[0])
        except CannotRun as trouble:
            # What was measured counts all the same.
            self.untold = trouble.reason
            return ()

    def _locations(self, operations: Iterable[str]) -> Mapping[str, Location]:
        played = set(operations)
        return {
            one.key: Location(path=self.ctx.project.located(one.route.file), line=one.route.line)
            for one in self.described.subjects
            if one.key in played and one.route is not None and one.route.file
        }
