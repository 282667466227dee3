"""A folder that only this user can have written to. Trusts nothing that others may have put there."""

import os
import stat
import sys
from pathlib import Path


def private_folder(path: Path) -> Path:
    """Return `path`, a folder that is made if it is missing.

    Raises:
        PermissionError: it belongs to somebody else, or others may write to it.
        OSError: it cannot be made, or is something else, such as a link.
    """
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sys.platform == "win32":
        return path
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(f"{path} is not a folder")
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(f"others may have written to {path}")
    return path
