"""Keeps what was slow to make, for the next run: made once, by one run at a time. Knows nothing of what is made."""

import asyncio
import hashlib
import json
import math
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from gate.adapters.folder_lock import LOCK, try_to_lock

_BETWEEN_TRIES = 0.05
_DAYS_KEPT = 30
_MARKER = "ready"


async def kept(
    folder: Path,
    make: Callable[[Path], Awaitable[None]],
    *,
    renew: Callable[[Path], Awaitable[None]] | None = None,
    is_whole: Callable[[Path], bool] = Path.is_dir,
    patience: float = math.inf,
) -> Path:
    """Return what `make` made in a new folder below `folder`, now or in an earlier run.

    Of an earlier run's, `is_whole` must hold, and `renew` brings it up to date.

    It is only taken for made when a marker names it, which is written last; so one that a killed run left behind is
    never used, even while a program of that run still writes to it. It is made where it stays, since scripts of a
    virtual environment hold their own path.

    Raises:
        OSError: the folder cannot be written.
        TimeoutError: another run has had it for `patience` seconds.
        Exception: whatever `make` or `renew` raises; of what `make` began nothing is kept.
    """
    async with _locked(folder, patience):
        marker = folder / _MARKER
        made = made_before(folder)
        if made is not None and is_whole(made):
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


async def kept_of(
    state: object,
    folder: Path,
    make: Callable[[Path], Awaitable[None]],
    *,
    renew: Callable[[Path], Awaitable[None]] | None = None,
    is_whole: Callable[[Path], bool] = Path.is_dir,
) -> Path:
    """Return what `make` made from `state`, of which nothing may be left out, as `kept` does; what is unused goes.

    `state` is a value of JSON; what was made from each lies in a folder of its own below `folder`.
    """
    forget_unused(folder)
    text = json.dumps(state, sort_keys=True)
    name = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:24]
    return await kept(folder / name, make, renew=renew, is_whole=is_whole)


def forget_unused(folder: Path) -> None:
    """Remove what lies in `folder` and no run has asked for in a month."""
    oldest = time.time() - _DAYS_KEPT * 86400
    for entry in folder.iterdir() if folder.is_dir() else ():
        marker = entry / _MARKER if (entry / _MARKER).exists() else entry / LOCK
        if marker.exists() and marker.stat().st_mtime < oldest:
            _remove_unless_locked(entry)


def made_before(folder: Path) -> Path | None:
    """Return what an earlier run has made below `folder`, as it lies there now.

    Raises:
        OSError: it cannot be read.
    """
    try:
        name = (folder / _MARKER).read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    made = folder / name
    return made if name and made.is_dir() else None


def forget(folder: Path) -> None:
    """Let what was made below `folder` be made anew by the next who asks."""
    with suppress(OSError):
        (folder / _MARKER).unlink(missing_ok=True)


def _remove_left_behind(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)


def _write_marker(marker: Path, name: str) -> None:
    written = marker.with_name(f"{_MARKER}.new")
    written.write_text(name, encoding="ascii")
    written.replace(marker)


@asynccontextmanager
async def _locked(folder: Path, patience: float) -> AsyncIterator[None]:
    """Hold the lock of `folder`, which the system lets go when this process ends however it ends.

    Polls rather than blocks, so that waiting can be cancelled.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while (descriptor := try_to_lock(folder)) is None:
        if loop.time() >= deadline:
            raise TimeoutError(f"another run has {folder}")
        await asyncio.sleep(_BETWEEN_TRIES)
    try:
        yield
    finally:
        os.close(descriptor)


def _remove_unless_locked(folder: Path) -> None:
    descriptor = try_to_lock(folder)
    if descriptor is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)
