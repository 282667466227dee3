"""One user who plays a session: which step is next, and with which values. Knows neither the clock's end nor others."""

import itertools
import secrets
import time
from dataclasses import dataclass, field

from aiohttp import CookieJar

from gate.adapters.load.client import MOST_BODY, Answer, Client
from gate.adapters.load.prepared import PreparedStep, PreparedUser
from gate.adapters.load.record import MOST_OF_AN_ANSWER, Record
from gate.formats import UnreadableError
from gate.formats.json_place import values_at
from gate.formats.request_template import UNIQUE

_MOST_LINES = 5


@dataclass(slots=True, kw_only=True)
class Stage:
    """What all players share. `timed_from`: what is due from then on is a sample, by `time.perf_counter`."""

    origin: str
    request_timeout: float
    record: Record
    operations: tuple[str, ...]
    timed_from: float = 0.0
    trouble: dict[str, int] = field(default_factory=dict)
    _token: str = field(default_factory=lambda: secrets.token_hex(4))
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def unique(self) -> str:
        """Return a text that nobody was given before."""
        return f"{self._token}{next(self._numbers):x}"

    def say(self, line: str) -> None:
        """Note trouble, once; that it happened again is counted. Only the first few lines are kept."""
        if line in self.trouble or len(self.trouble) < _MOST_LINES:
            self.trouble[line] = self.trouble.get(line, 0) + 1


class Player:
    """Plays for a user, on connections of its own. What `before` gave is where each round of the session begins.

    A twin plays beside another for the same user, with the same `cookies` and what was `given` to it.
    """

    def __init__(
        self,
        user: PreparedUser,
        stage: Stage,
        *,
        cookies: CookieJar | None = None,
        given: dict[str, str] | None = None,
    ) -> None:
        self._user = user
        self._stage = stage
        self._client = Client(stage.origin, stage.request_timeout, cookies)
        self.is_twin = given is not None
        self._given = dict(user.values) if given is None else given
        self._values = dict(self._given)
        self._next = 0

    def twin(self) -> "Player":
        """Return another player for the same user."""
        return Player(self._user, self._stage, cookies=self._client.cookies, given=self._given)

    async def begin(self) -> str:
        """Play what comes before the session; return why that did not do, "" where it did."""
        for step in self._user.before:
            request = step.fixed or step.request(self._with_unique(self._given))
            answer = await self._client.send(request, MOST_BODY)
            self._keep_answer(step, answer)
            status, why, body, _ = answer
            name = self._stage.operations[step.number]
            if not status:
                return f"{name}: {why}"
            if not 200 <= status < 400 and status not in step.expected:
                return f"{name} answered {status}"
            try:
                self._given |= values_at(body, step.places) if step.places else {}
            except UnreadableError as error:
                return f"{name}: {error}"
        self._values = dict(self._given)
        return ""

    async def act(self, due: float | None) -> bool:
        """Play the next step and record it, its time from when it was `due`, or now; return whether it was answered."""
        step = self._user.steps[self._next]
        record = self._stage.record
        request = step.fixed or step.request(self._with_unique(self._values))
        start = time.perf_counter() if due is None else due
        timed = start >= self._stage.timed_from
        place = record.begin(step.number, start - self._stage.timed_from) if timed else 0
        answer: Answer = (0, "nobody waited for the answer any longer", b"", False)
        try:
            answer = await self._client.send(request, MOST_BODY if step.places else MOST_OF_AN_ANSWER)
        finally:
            seconds = time.perf_counter() - start
            status, why = self._move_on(step, answer)
            if timed:
                record.end(step.number, place, seconds, status)
                if not status:
                    record.unanswered[why] += 1
        self._keep_answer(step, answer)
        return answer[0] != 0

    def _move_on(self, step: PreparedStep, answer: Answer) -> tuple[int, str]:
        """Take what the session needs of an answer; without that it begins anew. Return the status that counts."""
        status, why, body, _ = answer
        self._next += 1
        if step.places:
            if 200 <= status < 400:
                try:
                    self._values |= values_at(body, step.places)
                except UnreadableError as error:
                    status, why = 0, str(error)
                    self._stage.say(f"{self._stage.operations[step.number]}: {error}")
            if not 200 <= status < 400:
                self._next = len(self._user.steps)
        if self._next == len(self._user.steps):
            self._next = 0
            self._values = dict(self._given)
        return status, why

    def _keep_answer(self, step: PreparedStep, answer: Answer) -> None:
        status, media_type, body, whole = answer
        record = self._stage.record
        if status and whole and len(body) <= MOST_OF_AN_ANSWER and record.wants_answer(step.number, status):
            record.keep_answer(step.number, status, media_type, body)

    def _with_unique(self, values: dict[str, str]) -> dict[str, str]:
        values[UNIQUE] = self._stage.unique()
        return values

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
