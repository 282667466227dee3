"""Plays a prepared plan: what comes before the session, the warm-up, the timed window, and what is still under way."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from gate.adapters.load.arrivals import Arrivals
from gate.adapters.load.ending import Ending
from gate.adapters.load.player import Player, Stage
from gate.adapters.load.prepared import PreparedPlan
from gate.adapters.load.record import Record
from gate.adapters.load.watch import Watch
from gate.load_ports import LoadResult

BEFORE_SECONDS = 300.0
"""So long all that comes before the sessions may take."""
# Passwords are hashed slowly, on purpose.
_BEGIN_AT_ONCE = 4
# Where so many users could not begin and none could, the rest need not try.
_HOPELESS = 8
_MOST_UNDER_WAY = 1_000
# A user without an answer and without time to think does not ask again at once.
_PAUSE_SECONDS = 0.25
_MARGIN_SECONDS = 1.0
_SEED = 6


async def play(prepared: PreparedPlan, most_connections: int) -> LoadResult:
    """Play a plan to its end; at most `most_connections` may be open at once."""
    plan = prepared.plan
    record = Record(prepared.operations, prepared.measured, plan.samples)
    stage = Stage(
        origin=plan.origin,
        request_timeout=plan.request_timeout,
        record=record,
        operations=prepared.operations,
    )
    players = [Player(user, stage) for user in prepared.users]
    performance = Performance(prepared, stage, most_connections)
    try:
        return await performance.play(players)
    finally:
        for player in (*players, *performance.twins):
            await player.close()


class Performance:
    """One playing of a plan."""

    def __init__(self, prepared: PreparedPlan, stage: Stage, most_connections: int) -> None:
        self._plan = prepared.plan
        self._stage = stage
        self._most = min(_MOST_UNDER_WAY, most_connections)
        self._ending = Ending(prepared.plan, stage.record)
        self._watch = Watch()
        self._thinking: set[asyncio.Task[None]] = set()
        self._chance = random.Random(_SEED)  # noqa: S311 - so that each run thinks alike
        self._arrivals: Arrivals | None = None

    @property
    def twins(self) -> Sequence[Player]:
        """Who played beside the users."""
        return self._arrivals.twins if self._arrivals else ()

    async def play(self, players: Sequence[Player]) -> LoadResult:
        """Play it with these players."""
        ready, trouble = await _begun(players)
        window = await self._timed(ready) if ready else 0.0
        if self._ending.failure:
            raise self._ending.failure
        more = self._arrivals.trouble if self._arrivals else ""
        said = (f"{line} ({count:,} times)" if count > 1 else line for line, count in self._stage.trouble.items())
        record = self._stage.record
        return LoadResult(
            samples=record.samples,
            window=window,
            lag_p99=self._watch.lag_p99,
            processor_share=self._watch.processor_share,
            processor_seconds=self._watch.processor_seconds,
            ended=self._ending.reason or "no user could begin",
            trouble="; ".join(filter(None, (trouble, self._ending.trouble, more, *said))),
            answers=record.answers,
            unanswered=tuple(record.unanswered.most_common(10)),
        )

    async def _timed(self, players: Sequence[Player]) -> float:
        """Warm up, play the timed window and wait for what is under way; return the seconds of the window."""
        ending = self._ending
        begin = self._stage.timed_from = time.perf_counter() + self._plan.warm_up
        playing = self._set_out(players)
        await _until(ending.over, self._plan.warm_up)
        self._watch.begin()
        try:
            await _until(ending.over, begin + ending.longest - time.perf_counter())
            ending.time_is_up()
        finally:
            self._watch.end()
            await self._let_end(playing)
        return max(0.0, ending.at - begin)

    def _set_out(self, players: Sequence[Player]) -> set[asyncio.Task[None]]:
        if self._plan.rate is None:
            playing = {asyncio.create_task(self._closed(player)) for player in players}
        else:
            self._arrivals = Arrivals(players, self._ending, self._plan.rate, self._most)
            playing = {asyncio.create_task(self._arrivals.come())}
        for task in playing:
            task.add_done_callback(self._done)
        return playing

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self._ending.fail(error)

    async def _closed(self, player: Player) -> None:
        think = self._plan.think_time
        # So that users who think alike do not march in step.
        await self._think(self._chance.random() * think)
        while not self._ending.over.is_set():
            answered = await player.act(None)
            self._ending.note(answered=answered)
            pause = think * (0.5 + self._chance.random())
            await self._think(pause if answered else max(pause, _PAUSE_SECONDS))

    async def _think(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        if seconds <= 0 or self._ending.over.is_set():
            return
        task = asyncio.current_task()
        assert task is not None
        self._thinking.add(task)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._thinking.discard(task)

    async def _let_end(self, playing: set[asyncio.Task[None]]) -> None:
        """Wait for the answers to what has started; who only thinks is done."""
        for task in self._thinking:
            task.cancel()
        await asyncio.wait(playing, timeout=self._plan.request_timeout + _MARGIN_SECONDS)
        left = playing | (self._arrivals.under_way if self._arrivals else set())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _begun(players: Sequence[Player]) -> tuple[list[Player], str]:
    """Let all begin, few at a time; return who could, and why the others could not."""
    turns = asyncio.Semaphore(_BEGIN_AT_ONCE)
    ready: list[Player] = []
    reasons = Counter[str]()

    async def begin(player: Player) -> None:
        async with turns:
            if not ready and reasons.total() >= _HOPELESS:
                reasons["like those before them"] += 1
            elif reason := await player.begin():
                reasons[reason] += 1
            else:
                ready.append(player)

    tasks = [asyncio.create_task(begin(player)) for player in players]
    _, late = await asyncio.wait(tasks, timeout=BEFORE_SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    for task in tasks:
        if not task.cancelled() and (error := task.exception()):
            raise error
    if late:
        reasons[f"not done in {BEFORE_SECONDS:g} s"] += len(late)
    if not reasons:
        return ready, ""
    told = ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3))
    return ready, f"{reasons.total()} of {len(players)} users could not begin: {told}"


async def _until(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
