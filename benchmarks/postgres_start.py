"""PostgreSQL from nothing to the first query, against `initdb --no-sync` and `pg_ctl start -w` of the same binaries.

Once without anything kept of an earlier run, once with the kept cluster. The locale and the account of the server are
the same on both sides; binaries are those of this machine, or else of the wheel. What a repetition has made lies there
until all have been played: ext4 looks at every file that was deleted in the last minute when it makes a new one
(https://github.com/torvalds/linux/blob/master/fs/ext4/ialloc.c, recently_deleted), thousands of them after a few.
"""

import asyncio
import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from comparison import Arguments, Result, compare, main
from psycopg.sql import SQL

from gate.adapters.ledger import Ledger
from gate.adapters.postgres.cluster import ClusterProvider, free_port
from gate.adapters.postgres.home import Home, make_home
from gate.adapters.postgres.installations import folders_of_wheel, folders_on_machine
from gate.adapters.postgres.provider import Machine, Wanted
from gate.adapters.postgres.session import query
from gate.adapters.processes import ProcessRunner

FROM_NOTHING, FROM_KEPT = 1.25, 0.5


async def ours(folder: Path, place: Path, cache: Path) -> float:
    """Return the seconds until our first query is answered; `place` is a folder for this repetition alone."""
    scratch = place / "scratch"
    scratch.mkdir(parents=True)
    machine = Machine(
        environment=os.environ,
        scratch=scratch,
        processes=ProcessRunner(),
        say=lambda _: None,
        notice=print,
        cache=cache,
    )
    wanted = Wanted(setting="local", version=None, in_ci=True)
    provider = ClusterProvider(word="local", what="it", folders=lambda: [folder], wanted=wanted, machine=machine)
    start = time.perf_counter()
    server = await provider.provide()
    await query(server.entry, SQL("SELECT 1"))
    seconds = time.perf_counter() - start
    scratch.rename(place / "done")  # where it is not removed with its server
    if server.stop is not None:
        await server.stop()
    return seconds


def theirs(folder: Path, home: Home) -> float:
    """Return the seconds until `pg_ctl` says that its server is up."""
    data = home.folder / secrets.token_hex(4)
    options = f"-p {free_port()} -c unix_socket_directories= -c listen_addresses=127.0.0.1"
    start = time.perf_counter()
    _run(home, folder / "initdb", "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8", "-D", data)
    _run(home, folder / "pg_ctl", "start", "-w", "-D", data, "-o", options, "-l", home.folder / "log")
    seconds = time.perf_counter() - start
    _run(home, folder / "pg_ctl", "stop", "-m", "immediate", "-D", data)
    return seconds


def _run(home: Home, *argv: str | Path) -> None:
    account = {"user": home.account.uid, "group": home.account.gid, "extra_groups": ()} if home.account else {}
    subprocess.run(argv, cwd=home.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, **account)


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """Give a folder that the account of a server can reach, where that is not ours."""
    with tempfile.TemporaryDirectory(prefix="quality-gate-bench-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def measure(arguments: Arguments) -> Sequence[Result]:
    """Measure both ways."""
    folder = [*folders_on_machine(os.environ), *folders_of_wheel()][0]
    with reachable_folder() as scratch:
        home = make_home(scratch, Ledger())
        kept = scratch / "kept"

        def from_nothing() -> float:
            place = scratch / secrets.token_hex(4)
            return asyncio.run(ours(folder, place, place / "cache"))

        def from_kept() -> float:
            return asyncio.run(ours(folder, scratch / secrets.token_hex(4), kept))

        def bare() -> float:
            return theirs(folder, home)

        return [
            compare("PostgreSQL from nothing to the first query", FROM_NOTHING, from_nothing, bare, arguments),
            compare("PostgreSQL from the kept cluster to the first query", FROM_KEPT, from_kept, bare, arguments),
        ]


if __name__ == "__main__":
    main(measure, runs=15)
