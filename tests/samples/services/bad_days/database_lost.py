"""Starts, and fails at every request for want of its database."""

from good import app
from sqlalchemy import create_engine, text

engine = create_engine("postgresql+psycopg://app:app@127.0.0.1:9/app", connect_args={"connect_timeout": 2})


@app.middleware("http")
async def use_database(request, call_next):
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return await call_next(request)
