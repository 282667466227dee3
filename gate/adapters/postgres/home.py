"""Where a cluster lives and as whom its server runs. PostgreSQL refuses to run as root.

Makes folders and changes their owner; starts nothing.
"""

import asyncio
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gate.adapters.ledger import Ledger
from gate.adapters.leftovers import PREFIX
from gate.adapters.postgres.provider import PassedOver
from gate.adapters.processes import Account

_USUAL_ACCOUNTS = ("postgres", "nobody")
_PREFIX = f"{PREFIX}postgres-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A private folder, owned by `account`; the account is None where the server runs as this user."""

    folder: Path
    account: Account | None

    def give(self, path: Path | str | int) -> None:
        """Make the account the owner of `path`, which may be a file that is open."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    async def remove(self) -> None:
        """Remove the folder with all that is in it."""
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)


def make_home(scratch: Path, ledger: Ledger) -> Home:
    """Make a private folder for a cluster below `scratch`, or in the system's temporary folder; write it down first.

    The latter where the server's account could not reach `scratch`, as below root's home.

    Raises:
        PassedOver: there is no account, or no folder that it can reach.
    """
    account = account_of_server()
    candidates = (scratch, Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - a private folder
    for parent in candidates:
        if account is not None and not reachable(parent, account):
            continue
        try:
            parent.mkdir(parents=True, exist_ok=True)
            folder = parent.resolve() / f"{_PREFIX}{ledger.token}-{secrets.token_hex(4)}"
            ledger.will_make("folder", str(folder))
            folder.mkdir(mode=0o700)
            home = Home(folder=folder, account=account)
            home.give(folder)
        except OSError as error:
            raise PassedOver(f"no folder for its data can be made: {error}") from error
        return home
    raise PassedOver(f"no folder for its data can be reached by the user {account.uid if account else ''} it runs as")


def reachable(path: Path, account: Account) -> bool:
    """Tell whether `account` may enter `path`, a folder; one that does not exist yet is as its parent."""
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    path = path.resolve()
    return all(_may_enter(folder.stat(), account) for folder in (path, *path.parents))


def first_ordinary_account(entries: Iterable[tuple[str, int, int]]) -> Account | None:
    """Choose whom a server runs as from (name, uid, gid): a usual account, else the lowest that is not root."""
    by_name = {name: Account(uid=uid, gid=gid) for name, uid, gid in entries if uid > 0}
    usual = [by_name[name] for name in _USUAL_ACCOUNTS if name in by_name]
    return next(iter(usual), None) or min(by_name.values(), key=lambda account: account.uid, default=None)


def account_of_server() -> Account | None:
    """Return as whom a server runs where this user is root; else None.

    Raises:
        PassedOver: there is nobody else.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    account = first_ordinary_account((entry.pw_name, entry.pw_uid, entry.pw_gid) for entry in pwd.getpwall())
    if account is None:
        raise PassedOver("PostgreSQL does not run as root, and this machine has no other user")
    return account


def _may_enter(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
