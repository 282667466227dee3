"""A service that is loaded: its tables filled, its sessions tried, plans played on it. Measures nothing by itself."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from gate.context import Context
from gate.database_ports import Insight, LockWait
from gate.formats.masked_credentials import masked, secrets_in
from gate.gates.described_service import DescribedService
from gate.gates.latency.options import LatencyOptions
from gate.gates.latency.session_making import SessionMaking
from gate.gates.latency.session_playing import rehearsed
from gate.gates.latency.sessions import Sessions
from gate.gates.seen_answers import answers_of_operations, note_answers
from gate.load_ports import LoadGenerator, LoadPlan, LoadResult
from gate.ports import CannotRun

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
class LoadedService:
    """A service, and all that it takes to load it. `insight` is None where there is no database of ours.

    `waits` gathers who waited for locks while a plan was played, `untold` why the database could not be looked into.
    """

    ctx: Context
    options: LatencyOptions
    load: LoadGenerator
    described: DescribedService
    making: SessionMaking
    insight: Insight | None
    env: Mapping[str, str]
    untold: str
    waits: list[LockWait] = field(default_factory=list)

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

    def smallness(self, rows: Mapping[str, int]) -> tuple[str, ...]:
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
            self.waits += watch.waits
        return result

    def last_line(self) -> str:
        """Return what the service printed last, as the end of a sentence."""
        last = [line.strip() for line in self.ctx.tail(self.ctx.service_log).text.splitlines() if line.strip()][-1:]
        said = masked(last[0], secrets_in(self.env))[:_LONGEST_LINE] if last else ""
        return f"; the last line of its log is: {said}" if said else ""
