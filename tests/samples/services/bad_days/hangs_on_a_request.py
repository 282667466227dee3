"""One operation never answers those whom it lets in."""

import asyncio

from good import User, app


@app.get("/notes/statistics/all")
async def count_notes(user: User) -> dict[str, int]:
    await asyncio.Event().wait()
    return {"count": 0}
