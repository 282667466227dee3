"""A service under load, written by hand: it answers as each test says, and keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came; `connection` is the number of the connection on which it did."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


def reply(status: int = 200, document: object = None, *, headers: str = "", body: bytes | None = None) -> bytes:
    """Write a whole answer, JSON unless it has another body."""
    content = json.dumps(document).encode() if body is None else body
    head = f"HTTP/1.1 {status} So\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n{headers}\r\n"
    return head.encode() + content


Answering = Callable[[Asked], Awaitable[bytes | None]]


@dataclass
class LoadedService:
    """Answers by `answering`: bytes as they are, the connection closed behind those that are no whole answer."""

    answering: Answering
    heard: list[Asked] = field(default_factory=list)
    _connections: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Listen, and give the origin."""
        tasks: set[asyncio.Task[None]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            try:
                await self._converse(reader, writer)
            except (asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        listening = await asyncio.start_server(accept, "127.0.0.1", 0, backlog=512)
        try:
            yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        finally:
            listening.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
            method, target, _ = head[0].split(" ")
            pairs = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            asked = Asked(method=method, target=target, headers=headers, body=body, connection=number)
            self.heard.append(asked)
            answer = await self.answering(asked)
            writer.write(answer or b"")
            await writer.drain()
            if answer is None or b"Content-Length" not in answer:
                return
