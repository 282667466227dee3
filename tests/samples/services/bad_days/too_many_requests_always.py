"""Answers 429 to everything, and asks for an hour."""

from fastapi.responses import JSONResponse
from good import app


@app.middleware("http")
async def misbehave(request, call_next):
    return JSONResponse({"detail": "Too many requests"}, 429, {"Retry-After": "3600"})
