"""Extensions that a server lacks: which, and who has them. Installs nothing."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

import psycopg
from psycopg.sql import SQL

from gate.adapters.postgres.session import query
from gate.domain.connection import Database
from gate.domain.exhibit import OutputTail
from gate.ports import CannotRun

# Word of a provider -> the extensions that it would have.
Others = Mapping[str, Callable[[], Awaitable[Collection[str]]]]

# What the server says, in versions from 14 on and before.
_LACKING = re.compile(
    r'extension "([^"\n]{1,63})" is not available'
    r'|could not open extension control file "[^"\n]*/([^"/\n]{1,63})\.control"'
)
_IMAGES = {
    "postgis": "postgis/postgis",
    "vector": "pgvector/pgvector",
    "timescaledb": "timescale/timescaledb",
}
_ENOUGH = 10


def lacking_in(failure: CannotRun) -> list[str]:
    """Return the extensions that a server did not have when the schema was made, in the order they are named."""
    texts = [failure.reason, *(exhibit.text for exhibit in failure.exhibits if isinstance(exhibit, OutputTail))]
    names = [match[1] or match[2] for text in texts for match in _LACKING.finditer(text)]
    return list(dict.fromkeys(names))[:_ENOUGH]


async def not_on(server: Database, names: Sequence[str]) -> list[str]:
    """Return those of `names` that the server cannot create; all of them where it does not tell."""
    try:
        rows = await query(server, SQL("SELECT name FROM pg_available_extensions"))
    except psycopg.Error:
        return list(names)
    present = {row[0] for row in rows}
    return [name for name in names if name not in present]


async def who_has(names: Sequence[str], others: Others) -> str:
    """Say which provider has all of `names`, or what to do where none has."""
    for word, extensions in others.items():
        if set(names) <= set(await extensions()):
            return f'the {word} server has {_them(names)}: set postgres = "{word}"'
    image = next((image for name, image in _IMAGES.items() if name in names), "")
    such_as = f" such as {image}" if image else f" that has {_them(names)}"
    return f"no server here has {_them(names)}: take a service container with an image{such_as}, and DATABASE_URL"


def _them(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"
