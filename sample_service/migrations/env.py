"""Applies migrations to the database that DATABASE_URL names.

A connection in `config.attributes["connection"]` is used instead, if there is one.
"""

import asyncio
from logging.config import fileConfig

from alembic import context
from sqlalchemy import Connection, text

from app.db import build_engine
from app.models import Base
from app.settings import Settings

# Any number will do, if it is the same for everyone who migrates this database.
MIGRATION_LOCK = 7203114402

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction. Others who migrate wait for it."""
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_server_default=True
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.run_migrations()


async def migrate_online() -> None:
    """Connect as the environment says and migrate."""
    engine = build_engine(Settings())
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


def print_sql() -> None:
    """Print the SQL instead of running it (`alembic upgrade head --sql`)."""
    context.configure(dialect_name="postgresql", target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


given = config.attributes.get("connection")
if context.is_offline_mode():
    print_sql()
elif given is not None:
    migrate(given)
else:
    asyncio.run(migrate_online())
