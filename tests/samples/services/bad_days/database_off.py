"""Connects to a database that is not there, while it starts."""

from contextlib import asynccontextmanager

from fastapi import FastAPI
from good import router
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://app:app@127.0.0.1:9/app", connect_args={"connect_timeout": 2})


@asynccontextmanager
async def lifespan(_: FastAPI):
    with engine.connect():
        yield


app = FastAPI(lifespan=lifespan)
app.include_router(router)
