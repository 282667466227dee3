"""One operation answers 100 MB to those whom it lets in."""

from fastapi.responses import StreamingResponse
from good import User, app


@app.get("/export")
def export(user: User):
    def lines():
        for _ in range(100):
            yield b"x" * 1_000_000

    return StreamingResponse(lines(), media_type="text/plain")
