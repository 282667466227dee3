"""Removes the folders and containers that killed runs left on this machine. Touches nothing that no dead run names.

What they left on a server that was given is removed where a run is given that server: `gate.adapters.postgres`.
"""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from gate.adapters.ledger import DeadRun, Ledger
from gate.config.child_environment import for_tests

PREFIX = "quality-gate-"
_DOCKER_SECONDS = 20.0
# The guard of a run that was killed a moment ago may still be ending the server.
_TRIES = 20
_BETWEEN_TRIES = 0.25


def remove_in_background(ledger: Ledger, environment: Mapping[str, str]) -> None:
    """Remove what dead runs left behind, in a thread that nobody waits for; what it does not get to is left again.

    What was removed is added to `ledger.removed`; the event `ledger.looked_through` tells when it is done.
    """

    def look_through() -> None:
        try:
            for run in ledger.dead_runs():
                ledger.removed += remove(run, environment)
        finally:
            ledger.looked_through.set()

    threading.Thread(target=look_through, name="leftovers", daemon=True).start()


def remove(run: DeadRun, environment: Mapping[str, str]) -> list[str]:
    """Remove what a dead run left on this machine; say what. What cannot be removed stays written down."""
    removed = []
    left = {("server", place) for place in run.names("server")}
    for name in run.names("folder"):
        path = Path(name)
        if not _is_of(run, path):
            continue
        if _is_removed(path):
            removed.append(f"the folder {path.name}")
        else:
            left.add(("folder", name))
    for name in run.names("container"):
        if not name.startswith(f"{PREFIX}{run.token}"):
            continue
        if _is_container_removed(name, environment):
            removed.append(f"the container {name}")
        else:
            left.add(("container", name))
    run.keep(left)
    return removed


def _is_of(run: DeadRun, path: Path) -> bool:
    """Tell whether `path` is a folder that the run made: by its name, and by who owns it."""
    if not path.is_absolute() or not path.name.startswith(PREFIX) or run.token not in path.name:
        return False
    try:
        status = path.lstat()
    except (OSError, ValueError):
        return False
    # As root, the server has an account of its own, to which its folder belongs.
    own = not hasattr(os, "geteuid") or os.geteuid() in (0, status.st_uid)
    return own and path.is_dir() and not path.is_symlink()


def _is_removed(folder: Path) -> bool:
    for _ in range(_TRIES):
        _end_server(folder / "data")
        # Follows no links: https://docs.python.org/3/library/shutil.html#shutil.rmtree.avoids_symlink_attacks
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            return True
        time.sleep(_BETWEEN_TRIES)
    return False


def _end_server(data: Path) -> None:
    """End a server that still runs on `data`: where there is no guard, nobody else has.

    The number in its file may be another program's by now; that it works in the folder is what proves it.
    https://www.postgresql.org/docs/current/storage-file-layout.html
    """
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        file = data / "postmaster.pid"
        if not file.is_file():
            return
        server = psutil.Process(int(file.read_text().splitlines()[0]))
        if Path(server.cwd()).samefile(data):
            server.send_signal(getattr(signal, "SIGQUIT", signal.SIGTERM))
            with suppress(psutil.TimeoutExpired):
                server.wait(timeout=2)
            server.kill()


def _is_container_removed(name: str, environment: Mapping[str, str]) -> bool:
    program = shutil.which("docker", path=environment.get("PATH"))
    if program is None:
        return False
    try:
        ended = subprocess.run(  # noqa: S603 - the name was checked to be one of ours
            (program, "rm", "--force", "--volumes", name),
            env=for_tests(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_DOCKER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return ended.returncode == 0 or b"No such container" in ended.stderr
