"""Loads a service that runs: fills its tables, sees that the sessions work, measures, and looks for causes."""

from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gate.context import Context
from gate.database_ports import Insight, LockWait, OperationCost
from gate.domain.finding import Location
from gate.formats.masked_credentials import masked, secrets_in
from gate.gates.described_service import DescribedService
from gate.gates.latency.duration import again, expected, longest, spoken
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.judging import undecided
from gate.gates.latency.options import LatencyOptions
from gate.gates.latency.session_costs import session_costs
from gate.gates.latency.session_making import SessionMaking
from gate.gates.latency.session_playing import rehearsed
from gate.gates.latency.sessions import Sessions
from gate.gates.seen_answers import answers_of_operations, note_answers
from gate.load_ports import LoadGenerator, LoadPlan, LoadResult
from gate.ports import CannotRun

if TYPE_CHECKING:
    from gate.gates.latency.base_contest import Contest, Rival

# Each of them plays every step once before the load; what a function returns may differ for every user.
_MOST_REHEARSALS = 20
_LONGEST_LINE = 300
_FEW_ROWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a service is loaded with: `answer` are the seconds of one when nobody else asks, `rows` those of tables."""

    sessions: Sessions
    answer: float
    rows: Mapping[str, int]


@dataclass(slots=True, kw_only=True)
class Loading:
    """A service, and all that it takes to load it. `insight` is None where there is no database of ours.

    `rival` is the base's service, where the change is to be compared with it.
    """

    ctx: Context
    options: LatencyOptions
    load: LoadGenerator
    described: DescribedService
    making: SessionMaking
    insight: Insight | None
    env: Mapping[str, str]
    untold: str
    rival: "Rival | None" = None
    _waits: list[LockWait] = field(default_factory=list)

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
            notices=(*self.making.notices(sessions), *self._smallness(rows)),
        )
        evidence = await self._measured(plan, evidence, contest)
        evidence = await self._aftermath(sessions, evidence)
        costs = await self._costs(sessions)
        return replace(evidence, costs=costs, lock_waits=tuple(self._waits), untold=self.untold)

    async def prepared(self) -> Prepared:
        """Make the sessions, and fill the tables.

        Raises:
            CannotRun: there is nothing to play, or it does not work.
        """
        rows = await self._rows()
        self.ctx.doing("making users and what they read")
        sessions = await self.making.sessions()
        # What is copied is what the users have made, and a session of one's own makes it as it is played.
        answer = await self._rehearsed(sessions)
        rows = await self._filled(rows)
        if self.options.rows is not None or self.options.fill:
            answer = await self._rehearsed(sessions)
        return Prepared(sessions=sessions, answer=answer, rows=rows)

    async def _rows(self) -> Mapping[str, int]:
        if self.insight is None:
            return {}
        try:
            return await self.insight.row_counts()
        except CannotRun as trouble:
            if self.options.rows is not None:
                raise
            self.untold = self.untold or trouble.reason
            return {}

    async def _filled(self, empty: Mapping[str, int]) -> Mapping[str, int]:
        """Fill the tables to the rows that are wanted; return how many each has then."""
        options = self.options
        if options.fill:
            self.ctx.doing("filling the database")
            log = self.ctx.folder / "logs" / f"{self.ctx.gate}-fill.log"
            completed = await self.ctx.run("/bin/sh", "-c", options.fill, env=self.env, log=log)
            if completed.returncode:
                raise CannotRun(f"what fills the database {completed.ended}", self.ctx.tail(log))
        now = await self._rows()
        if options.rows is None or self.insight is None:
            return now
        wanted = options.rows
        if not isinstance(wanted, Mapping):
            # What the users have made is what the session is about; what was there before, such as the schema's
            # version, is left as it is.
            of_session = [name for name, rows in now.items() if rows > empty.get(name, 0)]
            if not of_session:
                raise CannotRun("the users have made no row to be copied: name the tables, rows = { tasks = 100000 }")
            wanted = {name: wanted for name in of_session if now[name] < wanted}
        self.ctx.doing("filling the database")
        return {**now, **(await self.insight.fill(wanted) if wanted else {})}

    def _smallness(self, rows: Mapping[str, int]) -> tuple[str, ...]:
        """Say that nothing is slow in tables as small as these."""
        if self.options.rows is not None or self.options.fill or not rows or max(rows.values()) >= _FEW_ROWS:
            return ()
        return (f"no table has more than {max(rows.values()):,} rows: rows = 100000 would show what lacks an index",)

    async def _rehearsed(self, sessions: Sessions) -> float:
        """See that every step works; return the seconds that an answer takes while nobody else asks."""
        self.ctx.doing("playing the session once")
        seconds = []
        for user in sessions.players[:_MOST_REHEARSALS]:
            rehearsal = await rehearsed(self.described.service.http, user)
            if rehearsal.trouble:
                more = f"; {sessions.notices[0]}" if sessions.notices else ""
                raise CannotRun(
                    f"the session of {sessions.source} does not work for a single user: {rehearsal.trouble}{more}",
                    self.ctx.tail(self.ctx.service_log),
                )
            seconds.append(rehearsal.seconds)
        return sum(seconds) / len(seconds)

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

    async def _measured(self, plan: LoadPlan, evidence: LatencyEvidence, contest: "Contest | None") -> LatencyEvidence:
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

    async def noted(self, plan: LoadPlan) -> LoadResult:
        """Play a plan, and keep the answers for who compares them with the document.

        Raises:
            CannotRun: the load cannot be made.
        """
        result = await self.played(plan)
        note_answers(self.ctx, answers_of_operations(result.answers))
        return replace(result, answers=())

    async def played(self, plan: LoadPlan) -> LoadResult:
        """Play a plan, and look meanwhile who waits for locks.

        Raises:
            CannotRun: the load cannot be made.
        """
        async with AsyncExitStack() as stack:
            watch = await stack.enter_async_context(self.insight.watching()) if self.insight is not None else None
            result = await self.load.play(plan, self.ctx.scratch_folder(f"{self.ctx.gate}-load"))
        if watch is not None:
            self._waits += watch.waits
        return result

    async def _aftermath(self, sessions: Sessions, evidence: LatencyEvidence) -> LatencyEvidence:
        """Say whether the service still works, where it left requests without an answer."""
        if not any(one.unanswered for one in evidence.rounds):
            return evidence
        after = await rehearsed(self.described.service.http, sessions.players[0])
        if not after.trouble:
            return evidence
        told = f"after the load, {after.trouble}{self._last_line()}"
        if after.is_silent:
            return replace(evidence, silence=told)
        return replace(evidence, notices=(*evidence.notices, told))

    def _last_line(self) -> str:
        """Return what the service printed last, as the end of a sentence."""
        last = [line.strip() for line in self.ctx.tail(self.ctx.service_log).text.splitlines() if line.strip()][-1:]
        said = masked(last[0], secrets_in(self.env))[:_LONGEST_LINE] if last else ""
        return f"; the last line of its log is: {said}" if said else ""

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
