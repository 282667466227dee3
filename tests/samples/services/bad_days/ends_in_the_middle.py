"""Ends, without a word, when it has answered a few requests."""

import os

from good import app

answered = 0


@app.middleware("http")
async def end(request, call_next):
    global answered
    answered += 1
    if answered > 40:
        os._exit(9)
    return await call_next(request)
