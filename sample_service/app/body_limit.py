"""Refuses bodies that are too large. Knows nothing of what is in them."""

from fastapi import HTTPException, status
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ContentTooLargeError(HTTPException):
    """413: the body is larger than the service reads."""

    def __init__(self, max_bytes: int) -> None:
        """Say how large it may be, in bytes."""
        detail = f"Body is larger than {max_bytes} bytes"
        super().__init__(status.HTTP_413_CONTENT_TOO_LARGE, detail)


class BodyLimit:
    """ASGI middleware that reads at most so many bytes of a body, declared or not.

    An operation without a body does not read one and is not concerned. The framework's own limit
    looks at the declared length when the answer starts: a deletion is done, and answered 413.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        """Take the application and the limit, in bytes."""
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; reading raises ContentTooLargeError beyond the limit."""
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.max_bytes:
                raise ContentTooLargeError(self.max_bytes)
            return message

        await self.app(scope, limited, send)
