"""Takes its time for every request."""

import asyncio
import os

from good import app


@app.middleware("http")
async def wait(request, call_next):
    await asyncio.sleep(float(os.environ.get("SLOW_SECONDS", "0.1")))
    return await call_next(request)
