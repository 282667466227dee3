"""Raises an error while it starts."""

from contextlib import asynccontextmanager

from fastapi import FastAPI
from good import router


@asynccontextmanager
async def lifespan(_: FastAPI):
    raise RuntimeError("the model file is missing")
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(router)
