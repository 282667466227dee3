"""Migrations, in a PostgreSQL schema of their own: nothing else in the database is touched."""

import secrets
from collections.abc import AsyncIterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.models import Base
from app.settings import Settings

TABLES = {"users", "tasks", "comments"}


@pytest.fixture
async def empty(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """A connection whose tables are made in an empty schema."""
    schema = f"migrations_{secrets.token_hex(8)}"
    engine = create_async_engine(
        settings.database_url.get_secret_value(),
        connect_args={"server_settings": {"search_path": schema}},
    )
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE SCHEMA {schema}"))
        await connection.commit()
        yield connection
        await connection.rollback()
        await connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        await connection.commit()
    await engine.dispose()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def migrate(
    connection: AsyncConnection, migrations: Config, revision: str, *, down: bool = False
) -> None:
    def run(inner: Connection) -> None:
        migrations.attributes["connection"] = inner
        try:
            (command.downgrade if down else command.upgrade)(migrations, revision)
        finally:
            del migrations.attributes["connection"]

    await connection.run_sync(run)
    await connection.commit()


async def test_migrations_make_what_the_models_say(
    empty: AsyncConnection, migrations: Config
) -> None:
    await migrate(empty, migrations, "head")

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        found: list[object] = compare_metadata(context, Base.metadata)
        return found

    assert await empty.run_sync(differences) == []


async def test_a_difference_would_be_seen(empty: AsyncConnection, migrations: Config) -> None:
    await migrate(empty, migrations, "head")
    await empty.execute(text("DROP INDEX ix_tasks_owner_id_id"))

    def differences(connection: Connection) -> int:
        return len(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    assert await empty.run_sync(differences) == 1


async def test_migrations_can_be_undone_and_done_again(
    empty: AsyncConnection, migrations: Config
) -> None:
    await migrate(empty, migrations, "head")
    assert await empty.run_sync(tables) == TABLES
    await migrate(empty, migrations, "base", down=True)
    assert await empty.run_sync(tables) == set()
    await migrate(empty, migrations, "head")
    await migrate(empty, migrations, "head")
    assert await empty.run_sync(tables) == TABLES
