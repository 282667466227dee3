"""Those who play a session: a few accounts, made before anything is timed, which the users share."""

from dataclasses import dataclass, field

from gate.gates.access_review.caller import NOTHING
from gate.gates.access_review.identities import Accounts, NoIdentity, roles_of
from gate.gates.access_review.making import knows_users
from gate.gates.access_review.people import Identity

NOBODY = Identity(name="nobody", credentials=NOTHING)
# Names under which `identities` may have users of whom there is one only.
_SINGLE = ("owner", "other")


@dataclass(slots=True, kw_only=True)
class People:
    """Makes identities: ordinary ones at once, those with a role when the first operation asks for one."""

    accounts: Accounts
    ordinary: tuple[Identity, ...] = (NOBODY,)
    notices: list[str] = field(default_factory=list)
    _roles: tuple[Identity, ...] | None = None

    async def make(self, wanted: int) -> None:
        """Make so many ordinary users, or as many as can be made; nobody where the service asks nobody who they are.

        Raises:
            NoIdentity: not even one can be made.
        """
        if not knows_users(self.accounts):
            return
        hooks = self.accounts.hooks
        single = [name for name in _SINGLE if name in hooks and "user" not in hooks]
        made = [await self.accounts.make(single[0] if single else "user 1")]
        names = single[1:] if single else [f"user {number}" for number in range(2, wanted + 1)]
        for name in names:
            if not single and not self.accounts.can_make:
                break
            try:
                made.append(await self.accounts.make(name))
            except NoIdentity as trouble:
                self.notices.append(f"there are no more than {len(made)} accounts: {trouble}")
                break
        self.ordinary = tuple(made)

    async def with_roles(self) -> tuple[Identity, ...]:
        """Return an identity of each role for which one can be made."""
        if self._roles is None:
            made = []
            for role in roles_of(self.accounts.hooks, ()):
                try:
                    made.append(await self.accounts.make(role, role))
                except NoIdentity as trouble:
                    self.notices.append(f"there is no identity with the role {role}: {trouble}")
            self._roles = tuple(made)
        return self._roles

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts of all credentials and passwords, which no report may show."""
        people = (*self.ordinary, *(self._roles or ()))
        found = [secret for one in people for secret in one.credentials.secrets]
        found += [str(one.facts["password"]) for one in people if "password" in one.facts]
        return tuple(dict.fromkeys([*found, *self.accounts.given]))
