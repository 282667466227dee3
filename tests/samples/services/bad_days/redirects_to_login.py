"""Sends everybody to a page where they log in."""

from fastapi.responses import RedirectResponse
from good import app


@app.middleware("http")
async def misbehave(request, call_next):
    return RedirectResponse(f"/login?next={request.url.path}", 302)
