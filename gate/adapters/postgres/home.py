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
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from gate.adapters.ledger import Ledger
from gate.adapters.leftovers import PREFIX
from gate.adapters.postgres.provider import PassedOver
from gate.adapters.processes import Account

_USUAL_ACCOUNTS = ("postgres", "nobody")
_PREFIX = f"{PREFIX}postgres-"
# Debian and its like (by architecture), Red Hat and its like.
_NSS_WRAPPERS = ("usr/lib/*/libnss_wrapper.so", "usr/lib64/libnss_wrapper.so", "usr/lib/libnss_wrapper.so")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A private folder, owned by `account`; the account is None where the server runs as this user."""

    folder: Path
    account: Account | None
    # What programs of PostgreSQL need here beside the caller's variables.
    variables: Mapping[str, str] = field(default_factory=dict)

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
            home = Home(folder=folder, account=account, variables=_variables(folder, account))
            home.give(folder)
        except PassedOver:
            folder.rmdir()
            raise
        except OSError as error:
            raise PassedOver(f"no folder for its data can be made: {error}") from error
        return home
    raise PassedOver(f"no folder for its data can be reached by the user {account.uid if account else ''} it runs as")


def _variables(folder: Path, account: Account | None) -> dict[str, str]:
    if account is not None or sys.platform == "win32":
        return {}  # an account is one that has a name
    return variables_of_unnamed(Account(uid=os.geteuid(), gid=os.getegid()), folder)


def variables_of_unnamed(user: Account, folder: Path, libraries: Sequence[str] = _NSS_WRAPPERS) -> dict[str, str]:
    """Return the variables that give `user` a name by files in `folder`; none where it has one.

    PostgreSQL asks for it, and in a container the owner of a mounted folder has none. The official image does the
    same: https://cwrap.org/nss_wrapper.html. `libraries` are patterns below the root folder.

    Raises:
        PassedOver: nothing here can give it a name.
        OSError: the files cannot be written.
    """
    import pwd

    with suppress(KeyError):
        pwd.getpwuid(user.uid)
        return {}
    library = next((path for pattern in libraries for path in sorted(Path("/").glob(pattern))), None)
    if library is None:
        raise PassedOver(
            f"the user {user.uid} it would run as has no name in /etc/passwd, which it asks for; "
            "give it one, or install libnss-wrapper"
        )
    names, groups = folder / "passwd", folder / "group"
    names.write_text(f"postgres:x:{user.uid}:{user.gid}::{folder}:/bin/false\n", encoding="utf-8")
    groups.write_text(f"postgres:x:{user.gid}:\n", encoding="utf-8")
    return {"LD_PRELOAD": str(library), "NSS_WRAPPER_PASSWD": str(names), "NSS_WRAPPER_GROUP": str(groups)}


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
