"""Answers 200 to everything and everybody, and does nothing."""

from fastapi.responses import JSONResponse
from good import app


@app.middleware("http")
async def misbehave(request, call_next):
    return JSONResponse({"status": "ok", "access_token": "the-same-for-everybody", "id": 1})
