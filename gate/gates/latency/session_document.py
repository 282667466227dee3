"""Sessions of what can safely be read: every GET of the document that answers a made user, on objects of theirs."""

from dataclasses import dataclass, field

from gate.domain.http_message import HttpRequest
from gate.gates.access_review.answers import is_success
from gate.gates.access_review.caller import request_of
from gate.gates.access_review.made import Arranged, NotArranged
from gate.gates.access_review.making import Making
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.people import Identity
from gate.gates.latency.session_people import People
from gate.gates.latency.sessions import DOCUMENT, Sessions, plain_step
from gate.load_ports import LoadStep, LoadUser
from gate.ports import CannotRun

_DENIALS = (401, 403)
_TOO_MANY_REQUESTS = 429
_SHOWN = 8
# What is asked of the database for each of so many is seen to grow with them.
_LISTED = 10


class NotPlayed(Exception):
    """An operation is no part of the session: `str()` says why. `denied`: it refuses an ordinary user."""

    def __init__(self, why: str, *, denied: bool = False) -> None:
        super().__init__(why)
        self.denied = denied


@dataclass(slots=True, kw_only=True)
class Reading:
    """Finds for each account the requests that it can read with. `base_path` stands before every path."""

    making: Making
    people: People
    base_path: str
    _left_out: dict[str, str] = field(default_factory=dict)
    _roles: dict[str, Identity] = field(default_factory=dict)

    async def sessions(self) -> Sessions:
        """Return the sessions of all accounts.

        Raises:
            CannotRun: nothing can be read.
        """
        subjects = readable(self.making.accounts.subjects)
        players = []
        first, *others = self.people.ordinary
        steps = [step for one in subjects if (step := await self._step(one, first)) is not None]
        if not steps:
            raise CannotRun(await self._nothing(subjects, first))
        players.append(LoadUser(steps=tuple(steps)))
        played = {step.operation for step in steps}
        for who in others:
            own = [await self._step(one, who) for one in subjects if one.key in played]
            self.making.caller.forget()
            # Who cannot read everything would make the others' operations rarer than they are.
            if None not in own:
                players.append(LoadUser(steps=tuple(step for step in own if step is not None)))
        return Sessions(source=DOCUMENT, players=tuple(players), notices=self._notices(played))

    async def _step(self, subject: Subject, who: Identity) -> LoadStep | None:
        try:
            request = await self._request(subject, self._roles.get(subject.key, who))
        except NotPlayed as why:
            self._left_out.setdefault(subject.key, str(why))
            return None
        return plain_step(subject.key, request.target, request.headers)

    async def _request(self, subject: Subject, who: Identity) -> HttpRequest:
        """Return a request that is answered with success, in somebody's name, else in that of one with a role.

        Raises:
            NotPlayed: there is none.
        """
        try:
            return await self._answered(subject, who)
        except NotPlayed as why:
            if not why.denied or subject.key in self._roles:
                raise
            for one in await self.people.with_roles():
                try:
                    request = await self._answered(subject, one)
                except NotPlayed:
                    continue
                if _is_by_cookie(one) and _is_by_cookie(who):
                    reason = f"needs the role {one.role}, and a session has the cookies of one user"
                    raise NotPlayed(reason) from None
                self._roles[subject.key] = one
                return request
            raise

    async def _answered(self, subject: Subject, who: Identity) -> HttpRequest:
        making = self.making
        try:
            arranged = await making.workshop.arrange(subject, who)
            if not subject.path.rstrip("/").endswith("}"):
                arranged = await self._with_list(subject, who, arranged)
        except NotArranged as trouble:
            raise NotPlayed(str(trouble)) from None
        exchange = await making.caller.call(who.name, "reads it", arranged.call, who.credentials)
        answer = exchange.answer
        if answer is None:
            raise NotPlayed(f"was not answered: {exchange.trouble}")
        if answer.status == _TOO_MANY_REQUESTS:
            raise CannotRun(
                f"{subject.key} was answered 429 before there was any load: the service limits how often it may be "
                "asked. Raise that limit for the test, by a variable in `env`"
            )
        if not is_success(answer):
            raise NotPlayed(f"was answered {answer.status}", denied=answer.status in _DENIALS)
        if answer.cut:
            raise NotPlayed("its answer does not end, or is larger than 1 MiB")
        return request_of(arranged.call, who.credentials, self.base_path)

    async def _with_list(self, subject: Subject, who: Identity, arranged: Arranged) -> Arranged:
        """Put a few things on the list that a call reads: an empty one is read faster than any that users have."""
        for _ in range(_LISTED):
            longer = await self.making.workshop.with_child(subject, who, arranged)
            if longer is arranged:
                break
            arranged = longer
        return arranged

    async def _nothing(self, subjects: tuple[Subject, ...], who: Identity) -> str:
        told = [f"{key} {why}" for key, why in self._left_out.items()][:_SHOWN]
        why = "; ".join(told) if subjects else "it has no operation that only reads"
        if who.proven and not await self.making.accounts.still_works(who):
            return (
                f"who has just logged in is not let in any more ({why}): let credentials live longer in the test, by a "
                "variable of the service in `env`"
            )
        denied = any(f"answered {status}" in why for status in _DENIALS)
        how = "say how a user is made, [tool.quality-gate.latency.identities.user], or write" if denied else "write"
        session = "the requests of a session, [tool.quality-gate.latency] session"
        return f"there is nothing to measure: {why}; {how} {session}"

    def _notices(self, played: set[str]) -> tuple[str, ...]:
        left = {key: why for key, why in self._left_out.items() if key not in played}
        told = [f"{key} is not measured: {why}" for key, why in left.items()]
        more = [f"{len(told) - _SHOWN} more operations are not measured"] if len(told) > _SHOWN else []
        return (*told[:_SHOWN], *more)


def readable(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Return the operations that only read, and that users wait for.

    What says that the service lives, or describes it, and what no document shows, counts where there is nothing else.
    """
    reading = tuple(
        one
        for one in subjects
        if one.method == "GET" and not (one.ends_identity or one.ends_session or one.makes_tables or one.is_debug)
    )
    shown = tuple(one for one in reading if not one.is_hidden)
    return tuple(one for one in shown if not one.is_usual_page) or shown or reading


def _is_by_cookie(who: Identity) -> bool:
    return any(name.lower() == "cookie" for name, _ in who.credentials.headers)
