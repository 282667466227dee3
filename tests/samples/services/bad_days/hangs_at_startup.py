"""Waits for something while it starts, for ever."""

import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI
from good import router


@asynccontextmanager
async def lifespan(_: FastAPI):
    await asyncio.Event().wait()
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(router)
