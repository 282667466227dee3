"""What the gates on a running service ask of the outside world: the service itself, and somebody who speaks to it."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.ports import ProjectEnvironment


class Unanswered(Exception):
    """A request without an answer: `str()` says why, such as `the connection was closed` or `no answer in 10 s`."""


class HttpClient(Protocol):
    """Sends requests to one service and nowhere else. Follows no redirect, keeps no cookie, adds no credentials."""

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request and return its answer, within a deadline and a size.

        Raises:
            Unanswered: there was none.
        """
        ...

    async def pause(self, seconds: float) -> None:
        """Wait, as a service asks for that is called too often."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStart:
    """How a service is started: `app` is `module:attribute`, or `module:factory()`, in the project's folder.

    `environment` has uvicorn. `env` is its whole environment. `log` receives all that it prints. `deadline`: seconds
    until it must be ready.
    """

    app: str
    folder: Path
    environment: ProjectEnvironment
    env: Mapping[str, str]
    log: Path
    deadline: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that runs: its origin, such as `http://127.0.0.1:40123`, and what it knows of itself.

    `inventory` is the JSON that the probe in the service's own process wrote, for `parse_inventory`; "" for a target
    that was not started here. It is text from the change: never trusted. `trouble` says why its database has no
    schema, "" where nothing is known to be amiss.
    """

    origin: str
    inventory: str
    http: HttpClient
    trouble: str = ""


class Services(Protocol):
    """Starts services, and reaches those that run elsewhere."""

    def running(self, start: ServiceStart) -> AbstractAsyncContextManager[Service]:
        """Run a service on a free loopback port until the block is left; then nothing of it is left.

        Raises:
            CannotRun: it cannot be imported, needs something, ends, or is not ready in time; with its log's end.
        """
        ...

    def elsewhere(self, url: str, *, anywhere: bool = False) -> AbstractAsyncContextManager[Service]:
        """Reach a service that somebody else runs: on this machine, unless `anywhere` is allowed.

        `url` may have a path, below which all requests go; it is a part of the service's `origin` then.

        Raises:
            CannotRun: it may not be reached, or does not answer.
        """
        ...
