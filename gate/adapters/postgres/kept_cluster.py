"""A cluster as `initdb` makes it, kept for later runs: copying it is several times faster. Starts no server.

It has the password of the run that made it, of which it knows a digest only. Whoever copies it sets another before any
server listens. What lies in a folder that is not this user's alone is never used.
"""

import asyncio
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gate import __version__
from gate.adapters.kept_folder import forget, forget_unused, kept, made_before
from gate.adapters.postgres.home import Home
from gate.adapters.private_folder import private_folder
from gate.adapters.processes import uninterrupted

NEW_PASSWORD = "password.sql"  # noqa: S105 - a name
# A server of which nobody knows the password yet must not listen: the password is set in single-user mode before.
# https://www.postgresql.org/docs/current/app-postgres.html#APP-POSTGRES-SINGLE-USER
WITH_NEW_PASSWORD = f"""
"$0" --single -F -D data -c exit_on_error=true -c dynamic_shared_memory_type=mmap -c shared_buffers=1MB template1 \\
    < {NEW_PASSWORD} > /dev/null 2>&1 || {{ echo 'the password could not be set'; exit 1; }}
rm {NEW_PASSWORD} && exec "$0" "$@"
"""
_FOLDER = "clusters"
_DATA = "data"
_LISTING = "listing"
_VERSION = "version"
_BLOCK = 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCluster:
    """The cluster that the binaries in a folder make, below `cache`; without a cache nothing is kept."""

    cache: Path | None
    binaries: Path

    def version(self) -> str | None:
        """Return the version of the binaries, if a cluster of theirs is kept."""
        with suppress(OSError, ValueError):
            made = made_before(self._folder())
            return (made / _VERSION).read_text(encoding="ascii") if made is not None else None
        return None

    async def copy_to(self, home: Home) -> bool:
        """Copy it to the folder `data` in `home`; return whether there was a whole one.

        A cluster of which a part is missing, or too short, is forgotten.
        """
        try:
            made = made_before(self._folder())
            if made is None:
                return False
            listing = await uninterrupted(asyncio.to_thread(copy_cluster, made / _DATA, home.folder / _DATA, home))
            if listing == (made / _LISTING).read_text(encoding="ascii"):
                # A month after it was last used it is forgotten.
                os.utime(made.parent / "ready")
                return True
        except (OSError, ValueError):
            pass
        await self.discard(home)
        return False

    async def keep(self, home: Home, version: str) -> None:
        """Keep a copy of the folder `data` in `home`, in which no server has run yet. What hinders it is no error."""

        def copy(made: Path) -> None:
            made.mkdir()
            here = Home(folder=made, account=None)
            (made / _LISTING).write_text(copy_cluster(home.folder / _DATA, made / _DATA, here), encoding="ascii")
            (made / _VERSION).write_text(version, encoding="ascii")

        async def make(made: Path) -> None:
            await uninterrupted(asyncio.to_thread(copy, made))

        with suppress(OSError, ValueError):
            folder = self._folder()
            forget_unused(folder.parent)
            # Another run that is just keeping its own is not waited for.
            await kept(folder, make, is_whole=lambda made: (made / _LISTING).exists(), patience=0)

    async def discard(self, home: Home) -> None:
        """Forget the cluster, and remove the copy in `home`."""
        with suppress(OSError, ValueError):
            forget(self._folder())
        await asyncio.to_thread(shutil.rmtree, home.folder / _DATA, ignore_errors=True)

    def _folder(self) -> Path:
        if self.cache is None:
            raise FileNotFoundError("there is no cache")
        # The libraries of the system decide how text sorts, which is in the indexes.
        state = [__version__, platform.machine(), platform.libc_ver(), *_identities(self.binaries)]
        digest = hashlib.sha256(json.dumps(state).encode(errors="surrogatepass")).hexdigest()[:24]
        return private_folder(self.cache / _FOLDER) / digest


def copy_cluster(source: Path, target: Path, home: Home) -> str:
    """Copy a cluster to a folder that is not there yet, for the account of `home`.

    Returns a digest of the names and sizes of its files. Where the file system can share blocks, it does.

    Raises:
        OSError: it cannot be copied, or holds something that `initdb` does not make, such as a link.
    """
    listing = hashlib.sha256()
    for name, size in _copied(str(source), str(target), "", home):
        listing.update(f"{name}\0{size}\n".encode(errors="surrogateescape"))
    return listing.hexdigest()


def _copied(source: str, target: str, name: str, home: Home) -> Iterator[tuple[str, int]]:
    """Copy a folder; give what was in it with its size in bytes. A thousand files: paths are strings, for speed."""
    os.mkdir(target, 0o700)  # noqa: PTH102
    home.give(target)
    with os.scandir(source) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        below, copy = f"{name}/{entry.name}", f"{target}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield below, -1
            yield from _copied(entry.path, copy, below, home)
        elif entry.is_file(follow_symlinks=False):
            yield below, _copy_file(entry.path, copy, home)
        else:
            raise OSError(f"{entry.path} is no part of a new cluster")


def _copy_file(source: str, target: str, home: Home) -> int:
    """Copy a file; return its size in bytes."""
    reading = os.open(source, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            home.give(writing)
            size = left = os.fstat(reading).st_size
            while left > 0:
                copied = _copy_block(reading, writing)
                if not copied:
                    raise OSError(f"{source} was cut while it was copied")
                left -= copied
            return size
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def _copy_block(reading: int, writing: int) -> int:
    if hasattr(os, "copy_file_range"):
        # Older kernels know it within one file system only.
        with suppress(OSError):
            return os.copy_file_range(reading, writing, _BLOCK)
    block = os.read(reading, _BLOCK)
    if block and os.write(writing, block) != len(block):
        raise OSError("the disk is full")
    return len(block)


def _identities(binaries: Path) -> Iterator[list[str | int]]:
    for name in ("initdb", "postgres"):
        path = (binaries / name).resolve()
        status = path.stat()
        yield [str(path), status.st_size, status.st_mtime_ns, status.st_ino]
