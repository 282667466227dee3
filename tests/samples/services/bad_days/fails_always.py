"""Fails, whatever is asked."""

from fastapi.responses import JSONResponse
from good import app


@app.middleware("http")
async def misbehave(request, call_next):
    return JSONResponse({"detail": "Internal Server Error"}, 500)
