"""Finds for each operation who may ask it, and whom to throw away where it may end who asks. Asks no question."""

from dataclasses import dataclass, field

from gate.gates.access_review.asking_access import Fresh, NotWorking, Working
from gate.gates.access_review.asking_access import fresh as fresh_for
from gate.gates.access_review.asking_access import working as working_for
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel
from gate.gates.access_review.people import Identity

# The answers to who may do this to others, but not to itself, or not now.
_NOT_SO = (400, 404, 409, 422)


@dataclass(slots=True, kw_only=True)
class Casting:
    """Who asks what. What was found to work is remembered: `_towards` are operations on users, but for oneself."""

    panel: Panel
    _towards: set[str] = field(default_factory=set)

    async def working(self, subject: Subject, role: str) -> tuple[Working, str]:
        """Find out for whom an operation works: for an ordinary user, else for one with a role."""
        panel = self.panel
        if role:
            who = panel.roles.get(role)
            if who is None:
                raise NotWorking(f"there is no identity with the role {role}: add it to `identities`", denied=True)
            return await working_for(panel, subject, who, victim=await self.throw_away(subject)), role
        who = await self.asker(subject)
        try:
            return await working_for(panel, subject, who), ""
        except NotWorking as trouble:
            if (found_otherwise := await self._otherwise(subject, who, trouble)) is not None:
                return found_otherwise, ""
            if not trouble.denied:
                raise
            for name, identity in panel.roles.items():
                try:
                    found = await working_for(panel, subject, identity, victim=await self.throw_away(subject))
                except NotWorking:
                    continue
                return found, name
            raise

    async def _otherwise(self, subject: Subject, who: Identity, trouble: NotWorking) -> Working | None:
        """Try again what nobody does to oneself, such as to follow, and what undoes what was never done."""
        told = trouble.exchange.answer if trouble.exchange is not None else None
        if told is None or told.status not in _NOT_SO or not subject.is_unsafe or subject.ends_identity:
            return None
        last = subject.path.rstrip("/").rpartition("/")[2]
        ways = [self._towards.add] if "{" not in last and self.panel.accounts.can_make and subject.parameters else []
        if self.panel.workshop.undoes(subject):
            ways.insert(0, lambda _: None)
        for way in ways:
            way(subject.key)
            try:
                return await working_for(self.panel, subject, who, victim=await self.throw_away(subject))
            except NotWorking:
                continue
        self._towards.discard(subject.key)
        self.panel.workshop.forget(subject)
        return None

    async def asker(self, subject: Subject) -> Identity:
        """Return who asks: somebody to be thrown away where the operation may end who asks."""
        if subject.ends_identity:
            if not self.panel.accounts.can_make:
                raise NotWorking("it may end the user who asks, and no further user can be made")
            return await self.panel.accounts.make("throw-away")
        return self.panel.owner

    async def throw_away(self, subject: Subject) -> Identity | None:
        """Return somebody whom an operation on users may end, or whom it is only good for."""
        if (subject.ends_identity or subject.key in self._towards) and self.panel.accounts.can_make:
            return await self.panel.accounts.make("throw-away")
        return None

    async def fresh(self, subject: Subject, who: Identity) -> Fresh:
        """Arrange a call on objects that nobody has touched, for somebody or for another like that one."""
        if subject.ends_identity and not who.role:
            who = await self.asker(subject)
        victim = await self.throw_away(subject) if who.role or subject.key in self._towards else None
        return await fresh_for(self.panel, subject, who, victim, lambda: self.fresh(subject, who))
