"""What is slow to make lies in one cache folder, keyed by what it is made of, and is made again when missing."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def cache_folder() -> Path:
    """The testbed's folder under `$HOME/.cache`; made when missing."""
    folder = Path.home() / ".cache" / "quality-gate-testbed"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock that other processes of this user wait for."""
    with (cache_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest_of(*parts: str | Path) -> str:
    """Twenty hex digits over texts and the contents of files, in the order given."""
    digest = hashlib.sha256()
    for piece in parts:
        content = piece.read_bytes() if isinstance(piece, Path) else piece.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:20]


def cached(name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The folder `<name>-<key>`, filled by `make` the first time.

    `make` fills a temporary folder that is renamed when it succeeds: a broken one is never found.
    """
    folder = cache_folder() / f"{name}-{key}"
    with locked(folder.name):
        if not folder.is_dir():
            unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=cache_folder()))
            try:
                make(unfinished)
                unfinished.chmod(0o755)
                os.replace(unfinished, folder)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
    return folder
