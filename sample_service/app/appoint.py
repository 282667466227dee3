"""Makes a user an admin: `python -m app.appoint USERNAME`. Reads DATABASE_URL.

The API has no operation for it: who can reach the database decides.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from app.db import build_engine
from app.models import User
from app.schemas import Username
from app.settings import Settings


def username(text: str) -> str:
    """Return `text` as names are stored; raises ValueError if nobody can have this name."""
    return TypeAdapter[str](Username).validate_python(text)


async def appoint(name: str, settings: Settings) -> bool:
    """Make the user of this name an admin, and tell whether there is one."""
    engine = build_engine(settings)
    try:
        async with engine.begin() as connection:
            named = update(User).where(User.username == name).returning(User.id)
            return await connection.scalar(named.values(is_admin=True)) is not None
    finally:
        await engine.dispose()


def main(arguments: Sequence[str] | None = None) -> int:
    """Appoint who is named, and say so. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m app.appoint", description=__doc__)
    parser.add_argument("username", type=username, help="who has signed up already")
    name = parser.parse_args(arguments).username
    try:
        found = asyncio.run(appoint(name, Settings()))
    except ValidationError as error:
        parser.error(
            "; ".join(f"{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        )
    except (OSError, SQLAlchemyError) as error:
        sys.stderr.write(f"the database does not answer: {error}\n")
        return 1
    if not found:
        sys.stderr.write(f"there is no user {name}: they must sign up first\n")
        return 1
    sys.stdout.write(f"{name} is an admin\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
