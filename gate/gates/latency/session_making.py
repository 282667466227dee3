"""Makes the sessions of a load: those that somebody has written, or a function returns, else by what can be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gate.context import Context
from gate.gates.access_review.hooks import Hooks
from gate.gates.access_review.identities import NoIdentity
from gate.gates.access_review.making import base_path_of, making
from gate.gates.access_review.options import AccessReviewOptions
from gate.gates.access_review.people import jwt_parts
from gate.gates.described_service import DescribedService
from gate.gates.latency.options import LatencyOptions
from gate.gates.latency.session_document import Reading
from gate.gates.latency.session_function import Written, sessions_of_function
from gate.gates.latency.session_people import People
from gate.gates.latency.sessions import Sessions, misfits, namer, needs_somebody, written_user
from gate.ports import CannotRun, ProjectEnvironment

_REVIEW = "access-review"
_HOW = (
    "say how a user is made, [tool.quality-gate.latency.identities.user], or write a session that needs none, "
    "[tool.quality-gate.latency] session"
)


@dataclass(slots=True, kw_only=True)
class SessionMaking:
    """Makes sessions for a service that runs; `env` are its variables."""

    ctx: Context
    options: LatencyOptions
    environment: ProjectEnvironment
    env: Mapping[str, str]
    described: DescribedService
    people: People = field(init=False)
    _reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        described, options = self.described, self.options
        review = self.ctx.config.options.get(_REVIEW, AccessReviewOptions())
        made_by = making(
            described.service.http,
            described.document,
            described.subjects,
            Hooks(ctx=self.ctx, environment=self.environment, env=self.env),
            identities=options.identities or review.identities,
            examples=options.examples or review.examples,
        )
        self.people = People(accounts=made_by.accounts)
        base_path = base_path_of(described.document, described.subjects)
        self._reading = Reading(making=made_by, people=self.people, base_path=base_path)

    async def sessions(self) -> Sessions:
        """Return what is played.

        Raises:
            CannotRun: nothing can be, and why.
        """
        if self.options.session:
            return await self._written([(self.options.before, self.options.session)], "the configuration")
        if self.options.function:
            function, users = self.options.function, self.options.users
            told = await sessions_of_function(self.ctx, self.environment, self.env, function, users)
            return await self._written(told, function)
        try:
            await self.people.make(min(self.options.accounts, self.options.users))
        except NoIdentity as trouble:
            raise CannotRun(f"{trouble}; {_HOW}", self.ctx.tail(self.ctx.service_log)) from None
        return await self._reading.sessions()

    async def _written(self, written: "list[Written] | tuple[Written, ...]", source: str) -> Sessions:
        if wrong := [told for before, steps in written for told in misfits(before, steps)]:
            raise CannotRun("; ".join(dict.fromkeys(wrong)))
        notices = []
        if any(needs_somebody((*before, *steps)) for before, steps in written):
            try:
                await self.people.make(min(self.options.accounts, self.options.users))
            except NoIdentity as trouble:
                # The session may have credentials of its own, that it gets by a step before.
                notices.append(f"the session is played without an account's credentials: {trouble}; {_HOW}")
        name = namer(self.described.subjects, base_path_of(self.described.document, self.described.subjects))
        people = self.people.ordinary
        number = max(len(written), len(people))
        players = [written_user(*written[at % len(written)], people[at % len(people)], name) for at in range(number)]
        return Sessions(source=source, players=tuple(players), notices=tuple(notices))

    def notices(self, sessions: Sessions) -> tuple[str, ...]:
        """Say what a reader should know of who plays."""
        made, users = len(self.people.ordinary), self.options.users
        known = self.people.ordinary[0].proven
        shared = [f"{users} users share {made} account{'s' * (made > 1)}"] if known and made < users else []
        return (*shared, *self.people.notices, *sessions.notices)

    def refuse_short_lives(self, seconds: float, spoken: str) -> None:
        """Refuse to begin what credentials do not outlive.

        Raises:
            CannotRun: a token says that it expires before `seconds` are over, which is `spoken`.
        """
        now = datetime.now(UTC).timestamp()
        for secret in self.people.secrets:
            parts = jwt_parts(secret)
            ends = parts[1].get("exp") if parts is not None else None
            if isinstance(ends, int | float) and not isinstance(ends, bool) and 0 <= ends - now < seconds:
                raise CannotRun(
                    f"the users' tokens expire in {ends - now:.0f} s, and the load takes about {spoken}: let them live "
                    "longer in the test, by a variable of the service in `env`, or measure less: samples, think-time, "
                    "or the requests of a session"
                )
