"""The answer to `gate.service_ports.Services`: starts the project's service, or reaches one that runs already.

It interprets nothing that the service answers. What the service says of itself is text from the change.
"""

import asyncio
import ipaddress
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from gate.adapters.processes import ProcessRunner, Running, uninterrupted
from gate.adapters.service.service_client import Limits, service_client
from gate.domain.http_message import HttpRequest
from gate.formats import UnreadableError
from gate.formats.masked_credentials import masked, secrets_in
from gate.formats.service_announcement import Announcement, parse_announcement, place_of_hang, wanted_app
from gate.last_output import output_tail
from gate.plain_file import open_to_read
from gate.ports import CannotRun, Command
from gate.service_ports import Service, Services, ServiceStart, Unanswered

PROBE = Path(__file__).parents[2] / "probes" / "serve.py"
_POLL_SECONDS = 0.02
_GRACE_SECONDS = 3.0
_MOST_OF_A_LOG = 20_000_000
_MOST_OF_AN_INVENTORY = 32 * 1024 * 1024
_MOST_OF_AN_ANNOUNCEMENT = 64 * 1024
# After the service has printed where it hangs, and should have ended by itself.
_MARGIN_SECONDS = 0.5


class LocalServices(Services):
    """Starts services that leave their notes in `scratch`.

    `limits` are those of each request to them; `grace` is how many seconds they have to end.
    """

    def __init__(self, scratch: Path, *, limits: Limits | None = None, grace: float = _GRACE_SECONDS) -> None:
        self._scratch = scratch
        self._limits = limits
        self._processes = ProcessRunner(grace=grace, log_limit=_MOST_OF_A_LOG)

    @asynccontextmanager
    async def running(self, start: ServiceStart) -> AsyncIterator[Service]:
        """Run a service until the block is left.

        Raises:
            CannotRun: there is none to run, or it does not become ready; with the end of its log.
        """
        if not start.app:
            raise CannotRun(f"no web application was found; {wanted_app('')}")
        folder = Path(tempfile.mkdtemp(prefix="service-", dir=self._scratch))
        running: Running | None = None
        try:
            running = await self._processes.start(_command(start, folder))
            port = await _ready(start, folder, running)
            inventory = await asyncio.to_thread(_read, folder / "inventory.json", _MOST_OF_AN_INVENTORY)
            origin = f"http://127.0.0.1:{port}"
            async with service_client(origin, self._limits, moves=True) as http:
                yield Service(origin=origin, inventory=inventory, http=http)
        finally:
            if running is not None:
                with suppress(CannotRun):
                    await uninterrupted(running.stop())
            shutil.rmtree(folder, ignore_errors=True)

    @asynccontextmanager
    async def elsewhere(self, url: str, *, anywhere: bool = False) -> AsyncIterator[Service]:
        """Reach a service that somebody else runs.

        Raises:
            CannotRun: it may not be reached, or does not answer.
        """
        origin = _origin(url, anywhere=anywhere)
        async with service_client(origin, self._limits) as http:
            try:
                await http.send(HttpRequest(method="GET", target="/"))
            except Unanswered as silence:
                raise CannotRun(f"the service at {origin} does not answer: {silence}") from None
            yield Service(origin=origin, inventory="", http=http)


def _command(start: ServiceStart, folder: Path) -> Command:
    # Nothing of it may lie in a buffer when it is killed, and no bytecode be left in the checkout.
    env = {**start.env, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    argv = (str(start.environment.python), str(PROBE), start.app, str(folder), f"{start.deadline:g}")
    return Command(argv=argv, cwd=start.folder, env=env, log=start.log)


async def _ready(start: ServiceStart, folder: Path, running: Running) -> int:
    """Wait for the service and return its port.

    Raises:
        CannotRun: it failed, ended, or takes too long.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + start.deadline + _MARGIN_SECONDS
    while True:
        ended = running.ended
        announced = _announced(folder)
        if announced.state == "ready" and announced.port and not ended:
            return announced.port
        if ended or announced.state == "failed" or loop.time() > deadline:
            completed = await uninterrupted(running.stop())
            raise _failure(start, announced, completed.ended if ended else "")
        await asyncio.sleep(_POLL_SECONDS)


def _announced(folder: Path) -> Announcement:
    try:
        return parse_announcement(_read(folder / "announcement.json", _MOST_OF_AN_ANNOUNCEMENT))
    except FileNotFoundError:
        return Announcement(state="importing")
    except OSError as error:
        raise CannotRun(f"the service's announcement cannot be read: {error.strerror}") from None
    except UnreadableError as error:
        raise CannotRun(str(error)) from None


def _failure(start: ServiceStart, announced: Announcement, ended: str) -> CannotRun:
    tail = output_tail(start.log, "the service's last output")
    doing = "it was imported" if announced.state == "importing" else "it started"
    if announced.state == "failed":
        reason = announced.reason(start.app)
    elif ended:
        reason = f"the service {ended} while {doing}"
    else:
        place = place_of_hang(tail.text, str(start.folder))
        hung = "its import" if announced.state == "importing" else "its start"
        where = f" at {place}" if place else ""
        reason = f"the service was not ready within {start.deadline:g} s: {hung} hangs{where}"
    return CannotRun(masked(reason, secrets_in(start.env)), tail)


def _read(path: Path, most: int) -> str:
    """Read a file that the service's process wrote, or whatever it put in its place.

    Raises:
        OSError: it cannot be read, or is too large.
    """
    with open_to_read(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise CannotRun(f"what the service wrote in {path.name} is larger than {most // 1024} KiB")
    return content.decode("utf-8", "replace")


def _origin(url: str, *, anywhere: bool) -> str:
    """Return where requests go, without a slash at its end.

    Raises:
        CannotRun: it is no such address, or not on this machine although it must be.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise CannotRun("the address of the service is none: write it as http://127.0.0.1:8000") from None
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or parts.query or parts.fragment:
        raise CannotRun("the address of the service is none: write it as http://127.0.0.1:8000, without credentials")
    if not anywhere and not _is_loopback(host):
        raise CannotRun(f"the service at {host} is not on this machine: it is probed only where that is allowed")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
