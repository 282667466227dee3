"""What the service and its command share: the tables, the key, how a password is kept."""

import hashlib
import os

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine

PLANT = os.environ.get("PLANT", "")
KEY = os.environ.get("LEDGER_KEY", "a key for development, long enough for HS256")
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1))
metadata = MetaData()
users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), unique=True),
    Column("password", String(64)),
)
entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("note", String(200), nullable=False),
    Column("cents", Integer, nullable=False),
)
metadata.create_all(engine)


def digest(password: str) -> str:
    """Return how a password is kept."""
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"ledger", 1000).hex()
