"""A lock that the system lets go when its holder ends, however it ends. Waits for nobody."""

import os
import sys
from contextlib import suppress
from pathlib import Path

LOCK = "lock"


def try_to_lock(folder: Path) -> int | None:
    """Return an open descriptor that holds the lock of `folder`, which is made if it is missing.

    Returns None while another holds it or has just removed the folder. No program that is started inherits it.

    Raises:
        OSError: the folder cannot be written, or its file system knows no locks.
    """
    if sys.platform == "win32":
        raise OSError("there are no such locks on Windows")
    import fcntl

    path = folder / LOCK
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except FileNotFoundError:
        return None
    try:
        with suppress(BlockingIOError, FileNotFoundError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
    except OSError:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None
