"""Mutants without one role check: an ordinary user does what only an admin may."""

from tests.mutation_api.mutant import Mutant, at, change
from tests.mutation_api.service import ADMIN, DELETE_USER, DEPENDENCIES, LIST_USERS

_CHECK = "    if not user.is_admin:\n"
_BOTH = (at(LIST_USERS, "role"), at(DELETE_USER, "role"))
_CALLER = change(ADMIN, "from app.dependencies import Admin, ", "from app.dependencies import Admin, CurrentUser, ")

OF_ROLES = (
    Mutant(
        name="any-user-lists-users",
        changes=(_CALLER, change(ADMIN, "page: PageDep, _admin: Admin", "page: PageDep, _admin: CurrentUser")),
        places=(at(LIST_USERS, "role"),),
    ),
    Mutant(
        name="any-user-deletes-users",
        changes=(_CALLER, change(ADMIN, "user_id: UserId, _admin: Admin", "user_id: UserId, _admin: CurrentUser")),
        places=(at(DELETE_USER, "role"),),
    ),
    Mutant(
        name="everybody-is-an-admin",
        changes=(change(DEPENDENCIES, _CHECK + "        raise AdminRequiredError\n", ""),),
        places=_BOTH,
    ),
    Mutant(
        name="who-has-a-name-is-an-admin",
        changes=(change(DEPENDENCIES, _CHECK, "    if not user.username:\n"),),
        places=_BOTH,
    ),
    Mutant(
        name="false-is-not-none",
        changes=(change(DEPENDENCIES, _CHECK, "    if user.is_admin is None:\n"),),
        places=_BOTH,
    ),
    Mutant(
        name="deletion-of-a-user-is-denied-and-done",
        changes=(
            _CALLER,
            change(ADMIN, "user_id: UserId, _admin: Admin", "user_id: UserId, user: CurrentUser"),
            change(
                ADMIN,
                "    if deleted is None:\n",
                "    await session.commit()\n"
                "    if not user.is_admin:\n"
                "        from app.errors import AdminRequiredError\n\n"
                "        raise AdminRequiredError\n"
                "    if deleted is None:\n",
            ),
        ),
        places=(at(DELETE_USER, "role"),),
    ),
)
