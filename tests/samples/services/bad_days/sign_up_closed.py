"""Lets nobody sign up any more."""

from fastapi.responses import JSONResponse
from good import app


@app.middleware("http")
async def close(request, call_next):
    if request.url.path == "/users":
        return JSONResponse({"detail": "Registration is closed"}, 403)
    return await call_next(request)
