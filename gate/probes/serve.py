"""Serves the project's application on a free loopback port, and writes what it knows of itself.

    serve.py APPLICATION FOLDER SECONDS [FIRST FAILURE]

An APPLICATION of a folder, `backend/main:app`, is tried with that as the working directory, and where it cannot be
imported there, once more in the project's own: FIRST FAILURE is what was to be announced of that.

Runs in the project's interpreter (Python 3.9 or newer) and folder, with the standard library and the project's own
uvicorn (0.15 or newer). In FOLDER it writes `announcement.json`, whole each time: how far it has come, and at last the
port or why there is none; and before the port `inventory.json`, for `gate.formats.service_inventory`. A little before
SECONDS are over, the stacks of all threads go to its output, so that it can be seen where it hangs.
"""

import sys

_OWN_FOLDER = __file__.rpartition("/")[0]
if __name__ == "__main__":
    # A script's own folder goes first on the import path: nothing in it may stand in for what the project imports.
    sys.path.pop(0)

import faulthandler  # noqa: E402
import importlib  # noqa: E402
import inspect  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import time  # noqa: E402
import traceback  # noqa: E402
from typing import Any, Callable  # noqa: E402

sys.path.insert(0, os.path.join(_OWN_FOLDER, "failing"))
from quality_gate_places import place_of  # type: ignore[import-not-found]  # noqa: E402

sys.path.pop(0)

_MOST_OF_A_MESSAGE = 2_000
_BEFORE_THE_END = 1.0
_SOON = 0.1
_GRACEFUL_SECONDS = 1
_PROJECT = os.getcwd()
_OF_FILES = ("FileNotFoundError", "NotADirectoryError")


class Announcements:
    """The file in `folder` that tells how far the service has come."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._process = os.getpid()

    def write(self, name: str, content: "dict[str, Any]") -> None:
        """Write a file that is never seen in part; what an import has forked tells nothing."""
        if os.getpid() != self._process:
            return
        path = os.path.join(self._folder, name)
        with open(f"{path}.new", "w", encoding="ascii") as file:
            json.dump(content, file)
        os.replace(f"{path}.new", path)

    def state(self, state: str, **more: object) -> None:
        """Tell how far it has come."""
        self.write("announcement.json", {"state": state, **more})

    def failed(self, stage: str, error: BaseException) -> None:
        """Tell why there will be no service; its traceback goes to the output."""
        self.state("failed", **self.of_failure(stage, error))

    def of_failure(self, stage: str, error: BaseException) -> "dict[str, Any]":
        """Return what is announced of a failure, its traceback printed."""
        if stage == "finding":
            print(error, file=sys.stderr)
        else:
            error.__traceback__ = _of_project(error)
            traceback.print_exception(type(error), error, error.__traceback__)
        message = str(error)[:_MOST_OF_A_MESSAGE]
        if isinstance(error, SystemExit):
            message = f"the code calls exit({error.code!r:.200})"
        where = "" if stage == "finding" else place_of(error)
        return {"stage": stage, "error": type(error).__name__, "message": message, "where": where}


def _of_project(error: BaseException) -> Any:  # noqa: ANN401
    """Return the traceback without its first frames, which are this probe's and the import system's."""
    left = error.__traceback__
    while left is not None:
        file = left.tb_frame.f_code.co_filename
        if not file.startswith(_OWN_FOLDER) and "importlib" not in file:
            return left
        left = left.tb_next
    return error.__traceback__


def _own(name: str) -> Any:  # noqa: ANN401
    """Import a part of this probe: from beside this file, whatever the project has."""
    sys.path.insert(0, os.path.join(_OWN_FOLDER, "serving"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.pop(0)


class _Lifespan:
    """The application, and the error that ended its start, which the server only prints."""

    def __init__(self, application: Any) -> None:  # noqa: ANN401
        self._application = application
        self.error: "BaseException | None" = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        """Pass everything on."""
        if scope["type"] != "lifespan":
            await self._application(scope, receive, send)
            return
        try:
            await self._application(scope, receive, send)
        except BaseException as error:
            self.error = error
            raise


def _server(uvicorn: Any, config: Any, announce: "Any") -> Any:  # noqa: ANN401
    class Server(uvicorn.Server):  # type: ignore[misc]
        """Announces itself once its application has started."""

        async def startup(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
            await super().startup(*arguments, **named)
            if self.started and not self.should_exit:
                announce()

    return Server(config)


def _serve(application: Any, wanted: str, announcements: Announcements) -> None:  # noqa: ANN401
    uvicorn = importlib.import_module("uvicorn")
    # By the number of TCP asyncio knows that small parts shall not wait for others (TCP_NODELAY), as where uvicorn
    # listens by itself: else every answer in two parts takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    found = _own("quality_gate_application")
    interface = found.interface_of(application)
    lifespan = _Lifespan(application)
    settings = {
        "interface": "wsgi" if interface == "wsgi" else "asgi3" if interface == "asgi3" else "auto",
        "lifespan": "off" if interface == "wsgi" else "auto",
        "log_level": "info",
        "access_log": False,
        "proxy_headers": False,
        "workers": 1,
        "timeout_graceful_shutdown": _GRACEFUL_SECONDS,
    }
    known = inspect.signature(uvicorn.Config.__init__).parameters
    options = {name: value for name, value in settings.items() if name in known}
    config = uvicorn.Config(lifespan if interface == "asgi3" else application, **options)

    def announce() -> None:
        routes = _own("quality_gate_routes").inventory(application, wanted)
        announcements.write("inventory.json", {**routes, **_own("quality_gate_imports").imported(wanted)})
        faulthandler.cancel_dump_traceback_later()
        announcements.state("ready", port=listener.getsockname()[1])

    server = _server(uvicorn, config, announce)
    try:
        server.run(sockets=[listener])
    except SystemExit:
        if server.started:
            raise
    if not server.started:
        error = lifespan.error or RuntimeError("the server ended before it had started")
        announcements.failed("starting", error)
        sys.exit(3)


def _tell_stacks(when: float) -> None:
    faulthandler.dump_traceback_later(max(_SOON, when - time.monotonic()), exit=False)


def _entered(wanted: str) -> bool:
    """Go to the folder of an application, where it has one: its server is mostly started there."""
    place = wanted.partition(":")[0].rpartition("/")[0]
    if not place or not os.path.isdir(place):
        return False
    os.chdir(place)
    return True


def _not_imported(announcements: Announcements, error: BaseException, again: "list[str]", before: str) -> None:
    """Announce that an application cannot be imported, unless it is to be tried `again` in the project's folder."""
    stage = getattr(error, "quality_gate_stage", "importing")
    failure = announcements.of_failure(stage, error)
    if again and stage == "importing":
        print("It is tried again in the project's own folder.", file=sys.stderr, flush=True)
        os.chdir(_PROJECT)
        # What was imported in part must be forgotten.
        command = [sys.executable, sys.argv[0], *again, json.dumps(failure)]
        os.execv(sys.executable, command)  # noqa: S606 - its own interpreter and file
    first = json.loads(before) if before else failure
    # What misses a file in one folder may have come further in the other.
    announcements.state("failed", **(failure if first["error"] in _OF_FILES else first))
    sys.exit(3)


def main(
    wanted: str,
    folder: str,
    seconds: str,
    before: str = "",
    *,
    then: "Callable[[Any, Announcements, Any], None] | None" = None,
) -> None:
    """Import the application and serve it until a signal ends it; or do with it what `then` does."""
    announcements = Announcements(folder)
    began = time.monotonic()
    # uvicorn raises the signal that ended it once more: what is to be done at the exit is done all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    told_at = time.monotonic() + float(seconds) - _BEFORE_THE_END
    _tell_stacks(told_at)
    announcements.state("importing")
    finding = _own("quality_gate_application")
    entered = not before and _entered(wanted)
    try:
        application = finding.load(wanted)
    except BaseException as error:  # noqa: BLE001 - SystemExit and whatever a project raises
        left = float(seconds) - (time.monotonic() - began)
        _not_imported(announcements, error, [wanted, folder, f"{left:g}"] if entered else [], before)
    if then is not None:
        then(application, announcements, finding)
        return
    # Where the import took nearly all of the time, the stacks that were told are not those of the start.
    _tell_stacks(told_at)
    announcements.state("starting")
    try:
        importlib.import_module("uvicorn")
    except ImportError as error:
        announcements.failed("uvicorn", error)
        sys.exit(3)
    _serve(application, wanted, announcements)


if __name__ == "__main__":
    main(*sys.argv[1:5])
