"""Gives up while it starts: its licence has run out."""

import sys
from contextlib import asynccontextmanager

from fastapi import FastAPI
from good import router


@asynccontextmanager
async def lifespan(_: FastAPI):
    print("the licence has run out", file=sys.stderr, flush=True)
    sys.exit(3)
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(router)
