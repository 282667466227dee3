"""One operation streams events to those whom it lets in, for ever."""

import asyncio

from fastapi.responses import StreamingResponse
from good import User, app


@app.get("/events")
async def events(user: User):
    async def ticks():
        while True:
            yield "data: tick\n\n"
            await asyncio.sleep(0.1)

    return StreamingResponse(ticks(), media_type="text/event-stream")
