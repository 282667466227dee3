"""Keeps what was slow to make, for the next run: made once, by one run at a time. Knows nothing of what is made."""

import asyncio
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_BETWEEN_TRIES = 0.05
_DAYS_KEPT = 30
_MARKER = "ready"
_LOCK = "lock"


async def kept(
    folder: Path,
    make: Callable[[Path], Awaitable[None]],
    *,
    renew: Callable[[Path], Awaitable[None]] | None = None,
    proof: str = "",
) -> Path:
    """Return what `make` made in a new folder below `folder`, now or in an earlier run.

    Of an earlier run's, the path `proof` must exist, and `renew` brings it up to date.

    It is only taken for made when a marker names it, which is written last; so one that a killed run left behind is
    never used, even while a program of that run still writes to it. It is made where it stays, since scripts of a
    virtual environment hold their own path.

    Raises:
        OSError: the folder cannot be written.
        Exception: whatever `make` or `renew` raises; of what `make` began nothing is kept.
    """
    async with _locked(folder):
        marker = folder / _MARKER
        made = _made(folder, marker)
        if made is not None and (made / proof).exists():
            if renew is not None:
                await renew(made)
            os.utime(marker)
            return made
        _remove_left_behind(folder)
        made = folder / secrets.token_hex(4)
        try:
            await make(made)
            _write_marker(marker, made.name)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        return made


def forget_unused(folder: Path) -> None:
    """Remove what lies in `folder` and no run has asked for in a month."""
    oldest = time.time() - _DAYS_KEPT * 86400
    for entry in folder.iterdir() if folder.is_dir() else ():
        marker = entry / _MARKER if (entry / _MARKER).exists() else entry / _LOCK
        if marker.exists() and marker.stat().st_mtime < oldest:
            _remove_unless_locked(entry)


def _made(folder: Path, marker: Path) -> Path | None:
    try:
        name = marker.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    made = folder / name
    return made if name and made.is_dir() else None


def _remove_left_behind(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)


def _write_marker(marker: Path, name: str) -> None:
    written = marker.with_name(f"{_MARKER}.new")
    written.write_text(name, encoding="ascii")
    written.replace(marker)


@asynccontextmanager
async def _locked(folder: Path) -> AsyncIterator[None]:
    """Hold the lock of `folder`, which the system lets go when this process ends however it ends.

    Polls rather than blocks, so that waiting can be cancelled.
    """
    descriptor = None
    while descriptor is None:
        descriptor = _try_to_lock(folder)
        if descriptor is None:
            await asyncio.sleep(_BETWEEN_TRIES)
    try:
        yield
    finally:
        os.close(descriptor)


def _try_to_lock(folder: Path) -> int | None:
    """Return an open descriptor that holds the lock, or None while another has it or has removed the folder."""
    path = folder / _LOCK
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    with suppress(BlockingIOError, FileNotFoundError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
    os.close(descriptor)
    return None


def _remove_unless_locked(folder: Path) -> None:
    descriptor = _try_to_lock(folder)
    if descriptor is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)
