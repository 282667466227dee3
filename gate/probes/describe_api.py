"""Writes the OpenAPI document that the project's application makes of itself. Starts no server and no lifespan.

    describe_api.py APPLICATION FOLDER SECONDS [FIRST FAILURE]

It is killed by SIGALRM after SECONDS.

Imports the application as `serve.py` does, in the project's interpreter (Python 3.9 or newer) and folder, and tells in
FOLDER how far it has come, as that does. Then it writes `document`, as text: what the framework generates (FastAPI,
also where the project customises it, Litestar, APIFlask, flask-openapi3 and what is like them), else what the
application answers where documents are usually served; no file where there is none.
"""

import sys

_OWN_FOLDER = __file__.rpartition("/")[0]
if __name__ == "__main__":
    # A script's own folder goes first on the import path: nothing in it may stand in for what the project imports.
    sys.path.pop(0)

import asyncio  # noqa: E402
import atexit  # noqa: E402
import contextlib  # noqa: E402
import importlib.util  # noqa: E402
import inspect  # noqa: E402
import io  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import traceback  # noqa: E402
from typing import Any, Callable  # noqa: E402

_SECONDS = 10
_MOST_BYTES = 32 * 1024 * 1024
_SERVED = (
    *("/openapi.json", "/api/openapi.json", "/openapi.yaml", "/openapi.yml", "/api/v1/openapi.json"),
    *("/schema/openapi.json", "/docs/openapi.json", "/api/schema/", "/schema/", "/swagger.json", "/apispec_1.json"),
)


def _serving() -> Any:  # noqa: ANN401
    """Import the probe beside this one, whatever the project has under its name."""
    spec: Any = importlib.util.spec_from_file_location("quality_gate_serve", os.path.join(_OWN_FOLDER, "serve.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def describe(folder: str) -> "Callable[[Any, Any, Any], None]":
    """Return what is done with an application once it is imported."""

    def then(application: Any, announcements: Any, finding: Any) -> None:  # noqa: ANN401
        try:
            text = _generated(application, finding) or _served(application, finding)
        except Exception as error:  # noqa: BLE001 - whatever a project raises
            announcements.failed("describing", error)
            sys.exit(3)
        if text:
            with open(os.path.join(folder, "document"), "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        announcements.state("ready")

    return then


def _generated(application: Any, finding: Any) -> str:  # noqa: ANN401
    """Return the document that an application, or one that middlewares in it wrap, makes of itself; "" for none."""
    found: "list[Any]" = []

    def made(one: Any) -> bool:  # noqa: ANN401
        for way in _WAYS:
            document = way(one)
            if isinstance(document, dict) and ("openapi" in document or "swagger" in document):
                found.append(document)
                return True
        return False

    finding.innermost(application, made)
    return json.dumps(found[0], default=str, ensure_ascii=False) if found else ""


def _by_method(application: Any) -> Any:  # noqa: ANN401
    method = getattr(application, "openapi", None)
    if not callable(method) or isinstance(method, type):
        return None
    try:
        inspect.signature(method).bind()
    except (TypeError, ValueError):
        # Something else that is called so.
        return None
    return method()


def _by_schema(application: Any) -> Any:  # noqa: ANN401
    # Litestar raises where it is told to make no document.
    described = getattr(application, "openapi_schema", None) if getattr(application, "openapi_config", None) else None
    to_schema = getattr(described, "to_schema", None)
    return to_schema() if callable(to_schema) else None


def _by_attribute(application: Any) -> Any:  # noqa: ANN401
    for name in ("api_doc", "spec"):
        context = getattr(application, "app_context", None)
        if isinstance(getattr(type(application), name, None), property) and callable(context):
            with context():
                return getattr(application, name)
    return None


_WAYS = (_by_method, _by_schema, _by_attribute)


def _served(application: Any, finding: Any) -> str:  # noqa: ANN401
    """Return the first document that the application answers with, "" for none."""
    ask = _asked_by_wsgi if finding.interface_of(application) == "wsgi" else _asked_by_asgi
    for path in _SERVED:
        try:
            body = ask(application, path)
        except Exception:  # noqa: BLE001 - it may need to be started first: then it serves none here
            traceback.print_exc()
            return ""
        text = body.decode("utf-8", "replace")
        if '"openapi"' in text or '"swagger"' in text or text.lstrip().startswith(("openapi:", "swagger:")):
            return text
    return ""


def _asked_by_asgi(application: Any, path: str) -> bytes:  # noqa: ANN401
    status: "list[int]" = []
    body = bytearray()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "state": {},
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }

    async def receive() -> "dict[str, Any]":
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: "dict[str, Any]") -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])
        elif message["type"] == "http.response.body" and len(body) < _MOST_BYTES:
            body.extend(message.get("body", b""))

    async def asked() -> None:
        await asyncio.wait_for(application(scope, receive, send), _SECONDS)

    asyncio.run(asked())
    return bytes(body) if status == [200] else b""


def _asked_by_wsgi(application: Any, path: str) -> bytes:  # noqa: ANN401
    status: "list[str]" = []
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_PORT": "80",
        "SERVER_NAME": "localhost",
        "HTTP_HOST": "localhost",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": True,
    }

    def start(line: str, headers: Any, error: Any = None) -> "Callable[[bytes], None]":  # noqa: ANN401
        del headers, error
        status.append(line)
        return lambda _: None

    body = b"".join(application(environ, start))[:_MOST_BYTES]
    return body if status and status[-1].startswith("200") else b""


def _run() -> int:
    signal.setitimer(signal.ITIMER_REAL, max(float(sys.argv[3]), 1))
    try:
        _serving().main(*sys.argv[1:5], then=describe(sys.argv[2]))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - printed, as the interpreter would
        traceback.print_exc()
        return 1
    return 0


def _end(status: int) -> None:
    """End at once: threads that the project has started may never do."""
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter would call
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    _end(_run())
