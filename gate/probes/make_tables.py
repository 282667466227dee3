"""Makes the tables of a service whose database has none: those that SQLAlchemy knows once the service is imported.

    make_tables.py APPLICATION

Runs in the project's interpreter (Python 3.9 or newer) and folder, after the service has started; it changes nothing
where there is any table. It speaks to the database of DATABASE_URL by whatever driver is there, and imports nothing of
the gate.
"""

import sys

if __name__ == "__main__":
    # A script's own folder goes first on the import path: nothing in it may stand in for what the project imports.
    sys.path.pop(0)

import asyncio
import importlib
import os
import re
from typing import Any, Callable, Tuple, TypeVar

Made = TypeVar("Made")
_DRIVERS = ("psycopg2", "psycopg", "asyncpg", "pg8000")


def main(application: str) -> str:
    """Make what is missing, and say what was done; "" where nothing was."""
    url, driver = _url()
    if not url or _on(url, driver, _tables):
        return ""
    sys.path.insert(0, os.getcwd())
    folder, _, inside = application.rpartition("/")
    if folder:
        os.chdir(folder)
        sys.path.insert(0, os.getcwd())
    module, _, name = inside.partition(":")
    made = importlib.import_module(module)
    if name.endswith("()"):
        getattr(made, name[:-2])()
    metadata = _known()
    for one in metadata:
        _on(url, driver, one.create_all)
    return f"made {sum(len(one.tables) for one in metadata)} tables"


def _known() -> "list[Any]":
    """Return what the project's modules, and those that it uses, have of SQLAlchemy's `MetaData` with tables."""
    kind = importlib.import_module("sqlalchemy").MetaData
    modules = [module for name, module in list(sys.modules.items()) if not name.startswith("sqlalchemy")]
    values = [value for module in modules for value in list(getattr(module, "__dict__", {}).values())]
    found = [getattr(value, "metadata", None) if isinstance(value, type) else value for value in values]
    return list({id(one): one for one in found if isinstance(one, kind) and one.tables}.values())


def _url() -> "Tuple[str, str]":
    """Return the database's URL with a driver that is installed, and that driver; "" where there is none."""
    for driver in _DRIVERS:
        try:
            importlib.import_module(driver)
        except ImportError:
            continue
        return re.sub(r"^[a-z0-9+]+://", f"postgresql+{driver}://", os.environ.get("DATABASE_URL", "")), driver
    return "", ""


def _tables(connection: object) -> "list[str]":
    names = importlib.import_module("sqlalchemy").inspect(connection).get_table_names()
    return [name for name in names if name != "alembic_version"]


def _on(url: str, driver: str, work: "Callable[[Any], Made]") -> Made:
    """Do something with a connection, and commit it."""
    if driver != "asyncpg":
        with importlib.import_module("sqlalchemy").create_engine(url).begin() as connection:
            return work(connection)
    engine = importlib.import_module("sqlalchemy.ext.asyncio").create_async_engine(url)

    async def worked() -> "Made":
        async with engine.begin() as connection:
            made: "Made" = await connection.run_sync(work)
            return made

    return asyncio.run(worked())


if __name__ == "__main__":
    print(main(sys.argv[1]))
