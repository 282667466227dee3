"""An open load: requests start when they are due, whoever is still waiting for an answer."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence

from gate.adapters.load.ending import Ending
from gate.adapters.load.player import Player

# Event loops wake at whole milliseconds: what is due by then starts now, and its time counts from now.
_EARLY_SECONDS = 0.0005
_SHORTEST_WAIT = 0.001
# Where so many wait, the service will not catch up.
_MOST_WAITING = 100_000


class Arrivals:
    """Starts `rate` requests a second, each by a player who rests; where none does, by a twin of one.

    At most `most` are under way at once: what is due meanwhile waits for the first to end, and its time counts.
    """

    def __init__(self, players: Sequence[Player], ending: Ending, rate: float, most: int) -> None:
        self._originals = tuple(players)
        self._resting = deque(players)
        self._resting_twins: list[Player] = []
        self._ending = ending
        self._rate = rate
        self._most = max(most, len(players))
        self._waiting: deque[float] = deque()
        self._late = 0
        self.twins: list[Player] = []
        self.under_way: set[asyncio.Task[None]] = set()

    async def come(self) -> None:
        """Start requests until it is over, and wait for the last of them."""
        began = time.perf_counter()
        number = 0
        while not self._ending.over.is_set():
            due, now = began + number / self._rate, time.perf_counter()
            if due - now > _EARLY_SECONDS:
                await asyncio.sleep(max(due - now, _SHORTEST_WAIT))
                continue
            self._start(min(due, now))
            number += 1
            # Many that are due at once must not hold up what others were answered.
            await asyncio.sleep(0)
        while self.under_way:
            await asyncio.wait(self.under_way)

    @property
    def trouble(self) -> str:
        """What the bound on requests under way has done, "" where it was not reached."""
        if not self._late:
            return ""
        never = f", {len(self._waiting):,} of them never" if self._waiting else ""
        return (
            f"{self._most:,} requests were under way at once, the most there may be: {self._late:,} started late{never}"
        )

    def _start(self, due: float) -> None:
        player = self._player()
        if player is None:
            self._waiting.append(due)
            self._late += 1
            if len(self._waiting) >= _MOST_WAITING:
                self._ending.end(f"{_MOST_WAITING:,} requests were due that could not start")
            return
        task = asyncio.create_task(self._play(player, due))
        self.under_way.add(task)
        task.add_done_callback(self._done)

    def _player(self) -> Player | None:
        if self._resting:
            return self._resting.popleft()
        if self._resting_twins:
            return self._resting_twins.pop()
        if len(self._originals) + len(self.twins) >= self._most:
            return None
        self.twins.append(self._originals[len(self.twins) % len(self._originals)].twin())
        return self.twins[-1]

    async def _play(self, player: Player, due: float) -> None:
        self._ending.note(answered=await player.act(due))
        while self._waiting and not self._ending.over.is_set():
            self._ending.note(answered=await player.act(self._waiting.popleft()))
        if player.is_twin:
            self._resting_twins.append(player)
        else:
            self._resting.append(player)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._ending.fail(error)
