"""Answers a page to everything, as a proxy in its way does."""

from fastapi.responses import HTMLResponse
from good import app


@app.middleware("http")
async def misbehave(request, call_next):
    return HTMLResponse("<!doctype html><title>Welcome</title><h1>It works!</h1>")
