"""Closes every connection in the middle of its answer."""

from good import app


class Closing:
    """Sends the head of an answer, and lets the connection go."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        raise ConnectionResetError


app.add_middleware(Closing)
