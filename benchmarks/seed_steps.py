"""A whole run on sample_service, its caches warm, against the seeds' own steps one after another.

The steps are one_after_another.sh: a fresh environment by pip, ruff, the schema by psql, `pytest --cov`. Their
PostgreSQL runs already; ours starts its own.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from comparison import BIN, Arguments, Result, compare, main, plain_environment, seconds_of
from sample_copy import POSTGRES_BIN, copied

LIMIT = 0.35
_NOBODY = 65534


def measure(arguments: Arguments) -> Sequence[Result]:
    """Compare pairs."""
    with tempfile.TemporaryDirectory(prefix="quality-gate-benchmark-", ignore_cleanup_errors=True) as scratch:
        place = Path(scratch)
        place.chmod(0o755)
        project = copied(place / "service")
        env = plain_environment(XDG_CACHE_HOME=str(place / "cache"))
        gate = (BIN / "quality-gate", "run", project, "--postgres", "embedded", "--out", place / "report")
        seconds_of(gate, env=env)
        with _server(place) as url:
            schema = _schema(place, project, url, env)
            numbers = count()

            def theirs() -> float:
                number = next(numbers)
                database = _new_database(url, number)
                # Where nothing was before: removing what a step has installed would make the next slower.
                words = (Path(__file__).with_name("one_after_another.sh"), project, schema, place / f"steps-{number}")
                return seconds_of(words, env=env | {"DATABASE_URL": database, "PSQL": str(POSTGRES_BIN / "psql")})

            name = "whole run, against the seeds' steps"
            return [compare(name, LIMIT, lambda: seconds_of(gate, env=env), theirs, arguments)]


def _schema(place: Path, project: Path, url: str, env: dict[str, str]) -> Path:
    """Write the schema as SQL, as the seeds have it: what the migrations make, dumped."""
    (alembic,) = place.glob("cache/quality-gate/environments/*/*/bin/alembic")
    database = _new_database(url, -1)
    seconds_of((alembic, "upgrade", "head"), env=env | {"DATABASE_URL": database}, cwd=project)
    schema = place / "schema.sql"
    plain = database.replace("+asyncpg", "")
    seconds_of((POSTGRES_BIN / "pg_dump", "--schema-only", "--no-owner", f"--file={schema}", plain), env=env)
    # The table that says which migration it is has a row that tests read.
    seconds_of(
        (POSTGRES_BIN / "pg_dump", "--data-only", "--table=alembic_version", f"--file={schema}.rows", plain), env=env
    )
    schema.write_text(schema.read_text() + Path(f"{schema}.rows").read_text())
    return schema


def _new_database(url: str, number: int) -> str:
    name = f"steps_{number}".replace("-", "m")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return url.replace("postgresql://", "postgresql+asyncpg://").removesuffix("postgres") + name


@contextmanager
def _server(place: Path) -> Iterator[str]:
    """Run a PostgreSQL of the embedded binaries."""
    cluster = place / "cluster"
    cluster.mkdir(mode=0o700)
    user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": ()} if os.geteuid() == 0 else {}
    if user:
        os.chown(cluster, _NOBODY, _NOBODY)

    def postgres(program: str, *words: str) -> None:
        subprocess.run((POSTGRES_BIN / program, "-D", cluster, *words), check=True, stdout=subprocess.DEVNULL, **user)

    postgres("initdb", "-U", "gate", "-A", "trust", "--no-sync")
    port = 40_000 + os.getpid() % 20_000
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {cluster} -c fsync=off"
    postgres("pg_ctl", "-w", "-l", str(cluster / "log"), "-o", options, "start")
    try:
        yield f"postgresql://gate@127.0.0.1:{port}/postgres"
    finally:
        postgres("pg_ctl", "-m", "immediate", "-w", "stop")


if __name__ == "__main__":
    main(measure, runs=5, quick_runs=1)
