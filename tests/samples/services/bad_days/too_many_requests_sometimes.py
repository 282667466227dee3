"""Answers 429 to a request now and then, and asks for a second."""

import time

from fastapi.responses import JSONResponse
from good import app

budget = 30
refilled = time.monotonic()


@app.middleware("http")
async def limit(request, call_next):
    global budget, refilled
    if time.monotonic() - refilled >= 1:
        budget, refilled = 30, time.monotonic()
    budget -= 1
    if budget < 0:
        return JSONResponse({"detail": "Too many requests"}, 429, {"Retry-After": "1"})
    return await call_next(request)
