"""Settings, read from the environment when the service starts and never at import."""

import secrets
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ACCEPTED_SCHEMES = frozenset({"postgres", "postgresql", "postgresql+asyncpg"})


def normalise_database_url(url: SecretStr) -> SecretStr:
    """Return `url` for SQLAlchemy's asyncpg dialect.

    libpq's `sslmode` becomes asyncpg's `ssl`; other parameters are kept.
    Raises ValueError, without quoting the URL, if it cannot be one of PostgreSQL.
    """
    try:
        parsed = make_url(url.get_secret_value())
    except (ArgumentError, ValueError):
        message = "not a database URL; write postgresql://user:password@host:port/database"
        raise ValueError(message) from None
    if parsed.drivername not in ACCEPTED_SCHEMES:
        message = f"the scheme must be one of {', '.join(sorted(ACCEPTED_SCHEMES))}"
        raise ValueError(message)
    query = dict(parsed.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    normalised = parsed.set(drivername="postgresql+asyncpg", query=query)
    return SecretStr(normalised.render_as_string(hide_password=False))


def ephemeral_key() -> SecretStr:
    """Return a random signing key that lives as long as the process."""
    return SecretStr(secrets.token_urlsafe(32))


class Settings(BaseSettings):
    """What the environment decides. Each field is the variable of the same name in capitals.

    Raises pydantic.ValidationError, without quoting values, if one is missing or out of range.
    """

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True)

    database_url: Annotated[SecretStr, AfterValidator(normalise_database_url)]
    """PostgreSQL, as postgres://, postgresql:// or postgresql+asyncpg://."""

    database_pool_size: int = Field(default=20, ge=1, le=100)
    """Most connections of a process. Who finds none free waits for one."""

    secret_key: SecretStr = Field(default_factory=ephemeral_key, min_length=32)
    """Signs access tokens. Without it each process makes its own, and tokens end with it."""

    access_token_minutes: int = Field(default=30, ge=1, le=1440)
    """Lifetime of an access token, in minutes."""

    password_time_cost: int = Field(default=2, ge=1, le=10)
    """Passes of Argon2id over its memory."""

    password_memory_kib: int = Field(default=19 * 1024, ge=8, le=1024 * 1024)
    """Memory of one Argon2id hash, in KiB."""
