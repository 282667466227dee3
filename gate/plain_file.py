"""Opens plain files in places where the code under test may have put a pipe, a device or a link.

To open a pipe would hold the whole run up, and no deadline would end it. Decides nothing and prints nothing.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, cast

_IN_THE_WAY = (errno.ELOOP, errno.ENXIO)


def open_to_read(path: Path) -> BinaryIO:
    """Open a plain file.

    Raises:
        OSError: there is none, or it cannot be read.
    """
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return file


def read_plain(path: Path, most: int) -> bytes:
    """Return what is in a plain file of at most `most` bytes.

    Raises:
        OSError: there is none, it is larger, or it cannot be read.
    """
    with open_to_read(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most:,} bytes", str(path))
    return content


def read_source(root: Path, path: str, most: int) -> str | None:
    """Return the Python source that lies at `path` below `root`; None where there is none, or it is larger than `most`.

    The path may come from anywhere: no link is followed, nothing hidden is read, such as what git keeps.
    """
    if not path.endswith(".py") or any(part.startswith(".") for part in path.split("/")):
        return None
    place = root.resolve() / path
    try:
        if place.resolve() != place or not place.is_relative_to(root.resolve()):
            return None
        return read_plain(place, most).decode("utf-8", "replace")
    # A name with a NUL is a ValueError, a link to itself a RuntimeError.
    except (OSError, ValueError, RuntimeError):
        return None


def open_to_write(path: Path, *, append: bool) -> BinaryIO:
    """Open a file, made when missing; a pipe or a link in its place gives way. What is appended has no buffer.

    Raises:
        OSError: it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | (os.O_APPEND if append else os.O_TRUNC)
    try:
        descriptor = os.open(path, flags, 0o644)
    except OSError as error:
        if error.errno not in _IN_THE_WAY:
            raise
    else:
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return _opened(descriptor, append=append)
        os.close(descriptor)
    path.unlink()
    return _opened(os.open(path, flags | os.O_EXCL, 0o644), append=append)


def _opened(descriptor: int, *, append: bool) -> BinaryIO:
    if append:
        return cast("BinaryIO", os.fdopen(descriptor, "ab", buffering=0))
    return os.fdopen(descriptor, "wb")
