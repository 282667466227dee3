"""As whom the gates run in a container: the owner of the folder that they judge. Starts nothing."""

import os
import pwd
from contextlib import suppress
from pathlib import Path

from gate.adapters.processes import Account

# Where the folder is root's: the user of GitHub's runners.
_ORDINARY = Account(uid=1001, gid=1001)
_ACCOUNTS = Path("/etc/passwd")


def account_for(owner: Account) -> Account | None:
    """Return as whom the gates run in a folder of `owner`; None where they keep the user that we are."""
    if os.geteuid() != 0:
        return None
    # Not its group: that of a hosted runner's folder is `docker`, whose members may use the engine's socket.
    return Account(uid=owner.uid, gid=owner.uid) if owner.uid else _ORDINARY


def give_name(account: Account, home: Path) -> None:
    """Let programs that ask for the name of their user find one, where that can be written."""
    with suppress(KeyError):
        pwd.getpwuid(account.uid)
        return
    name = f"gate{account.uid}"
    with suppress(OSError), _ACCOUNTS.open("a", encoding="utf-8") as accounts:
        accounts.write(f"{name}:x:{account.uid}:{account.gid}::{home}:/bin/sh\n")
