"""A service with a known latency: knows how long each request took it, and writes that down when it is ended.

    python benchmarks/load_server.py FOLDER MEDIAN SPREAD STALL EVERY

Answers after `MEDIAN` seconds times a lognormal factor of `SPREAD`; at once where that is 0. `STALL` seconds of every
`EVERY` it answers nothing. Writes its port to FOLDER/port, and at SIGTERM each request's arrival and latency, by the
machine's monotonic clock, to FOLDER/latencies. HTTP by hand, so that its own time is small.
"""

import asyncio
import random
import signal
import sys
import time
from array import array
from pathlib import Path
from typing import cast

import uvloop

_BODY = b'{"items": [{"id": 1, "title": "one"}], "next": null}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
_END = b"\r\n\r\n"


class Service(asyncio.Protocol):
    """One connection."""

    def __init__(self, latency: "Latency") -> None:
        self._latency = latency
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note where to answer."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        """Answer each whole request, which has no body, in its time."""
        arrived = time.perf_counter()
        self._received += data
        while _END in self._received:
            self._received = self._received.partition(_END)[2]
            seconds = self._latency.seconds(arrived)
            if seconds <= 0:
                self._answer(arrived)
            else:
                asyncio.get_running_loop().call_later(seconds, self._answer, arrived)

    def _answer(self, arrived: float) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(ANSWER)
            self._latency.note(arrived, time.perf_counter() - arrived)


class Latency:
    """How long requests take, as given and as it came."""

    def __init__(self, median: float, spread: float, stall: float, every: float) -> None:
        self._median, self._spread, self._stall, self._every = median, spread, stall, every
        self._chance = random.Random(1)  # noqa: S311 - the same every time
        self._first: float | None = None
        self.noted = array("d")

    def seconds(self, arrived: float) -> float:
        """Return how long the answer to a request is to take."""
        usual = self._median * self._chance.lognormvariate(0, self._spread) if self._median else 0.0
        if not self._stall:
            return usual
        if self._first is None:
            self._first = arrived
        # At the end of each period, so that it begins with what is usual.
        into = (arrived - self._first) % self._every
        return max(usual, self._every - into) if into > self._every - self._stall else usual

    def note(self, arrived: float, seconds: float) -> None:
        """Note how long it took."""
        self.noted.extend((arrived, seconds))


async def serve(folder: Path, latency: Latency) -> None:
    """Answer until SIGTERM."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    server = await loop.create_server(lambda: Service(latency), "127.0.0.1", 0, backlog=1024)
    (folder / "port.new").write_text(str(server.sockets[0].getsockname()[1]))
    (folder / "port.new").rename(folder / "port")
    await over.wait()
    server.close()
    (folder / "latencies").write_bytes(latency.noted.tobytes())


if __name__ == "__main__":
    median, spread, stall, every = map(float, sys.argv[2:])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Path(sys.argv[1]), Latency(median, spread, stall, every)))
