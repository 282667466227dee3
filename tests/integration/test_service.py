"""Services as projects write them: started, asked what they know of themselves, and ended; or told why not."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from textwrap import dedent

import coverage
import psutil
import pytest

from gate.adapters.service import LocalServices
from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats.service_inventory import Inventory, parse_inventory
from gate.ports import CannotRun, ProjectEnvironment
from gate.service_ports import Service, ServiceStart, Unanswered

pytestmark = pytest.mark.integration

OLD, FIRST_WITH_CONTEXTS, NEW = "0.100.1", "0.137.0", "0.165.0"
GRACE = 0.5
MEASURING = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_PROCESS")}
UV = Path(sys.prefix) / "bin" / "uv"


@pytest.fixture(scope="module")
def python_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that gives a Python with a version of FastAPI, and Flask."""

    @lru_cache
    def made(version: str) -> Path:
        folder = tmp_path_factory.mktemp("fastapi") / version
        python = folder / "bin" / "python"
        subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
        # What is measured here is measured there: the probe is code of ours.
        wanted = [f"fastapi=={version}", "uvicorn==0.54.0", "flask==3.1.3", f"coverage=={coverage.__version__}"]
        subprocess.run([UV, "pip", "install", "--quiet", "--python", python, *wanted], check=True)
        return python

    return made


@dataclass
class Project:
    """A project of few files, and its service."""

    folder: Path
    scratch: Path
    python: Path

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))

    def start(self, app: str, deadline: float = 30.0) -> ServiceStart:
        environment = ProjectEnvironment(python=self.python, path=(), source="", python_version="3.11.0")
        env = {"PATH": os.defpath, **MEASURING}
        log = self.scratch / "service.log"
        return ServiceStart(app=app, folder=self.folder, environment=environment, env=env, log=log, deadline=deadline)

    def asked(self, app: str, *targets: str) -> tuple[Inventory, list[HttpAnswer]]:
        async def ask() -> tuple[Inventory, list[HttpAnswer]]:
            async with LocalServices(self.scratch, grace=GRACE).running(self.start(app)) as service:
                answers = [await service.http.send(HttpRequest(method="GET", target=target)) for target in targets]
                return parse_inventory(service.inventory), answers

        return asyncio.run(ask())

    def trouble(self, app: str, deadline: float = 30.0) -> CannotRun:
        async def ask() -> None:
            async with LocalServices(self.scratch, grace=GRACE).running(self.start(app, deadline)):
                pass

        with pytest.raises(CannotRun) as caught:
            asyncio.run(ask())
        return caught.value


@pytest.fixture
def project(tmp_path: Path, python_with: Callable[[str], Path]) -> Project:
    for name in ("project", "scratch"):
        (tmp_path / name).mkdir()
    return Project(tmp_path / "project", tmp_path / "scratch", python_with(NEW))


SHOP = {
    "src/shop/__init__.py": "",
    "src/shop/people.py": """
        from fastapi import Depends, Security
        from fastapi.security import APIKeyHeader, OAuth2PasswordBearer

        oauth = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
        key = APIKeyHeader(name="X-Key")

        def current_user(token=Depends(oauth)):
            return token

        def reader(user=Security(current_user, scopes=["read"])):
            return user
        """,
    "src/shop/api.py": """
        import functools
        import io

        from fastapi import APIRouter, Depends, FastAPI, WebSocket
        from fastapi.staticfiles import StaticFiles
        from pydantic import BaseModel
        from starlette.responses import PlainTextResponse
        from starlette.routing import Mount, Route

        from shop.people import current_user, key, reader

        def traced(function):
            @functools.wraps(function)
            async def inner(*arguments, **named):
                return await function(*arguments, **named)
            return inner

        class Item(BaseModel):
            name: str

        items = APIRouter(prefix="/items", dependencies=[Depends(key)])

        @items.get("/{item_id}")
        @traced
        async def get_item(item_id: int, user=Depends(current_user)):
            return {"id": item_id}

        @items.post("", include_in_schema=False)
        def add_item(item: Item, user=Depends(reader), _=Depends(current_user)):
            return user

        @items.get("/all/everything", include_in_schema=False)
        def everything(user=Depends(current_user)):
            return locals()

        @items.websocket("/live")
        async def live(socket: WebSocket):
            await socket.accept()

        inner = APIRouter()
        inner.include_router(items, prefix="/v1")

        sub = FastAPI()

        @sub.get("/files/{path:path}")
        def file(path: str):
            return path

        async def plain(request):
            return PlainTextResponse("plain")

        async def raw(scope, receive, send):
            raise NotImplementedError

        def create_app():
            app = FastAPI()
            app.include_router(inner, prefix="/api")
            app.mount("/sub", sub)
            app.add_route("/plain/{number:int}", plain)
            app.mount("/deep", Mount("/er", routes=[Route("/est", plain, methods=["POST"])]))
            app.mount("/static", StaticFiles(directory="."))
            app.mount("/raw", raw)
            return app
        """,
}


@pytest.mark.parametrize("version", [OLD, FIRST_WITH_CONTEXTS, NEW])
def test_all_routes_are_known_hidden_and_mounted_ones_with_what_they_depend_on(
    project: Project, python_with: Callable[[str], Path], version: str
) -> None:
    project.python = python_with(version)
    project.write(SHOP)
    before = sorted(project.folder.rglob("*"))

    told, [answer, own] = project.asked("shop.api:create_app()", "/plain/1", "/openapi.json")

    assert (answer.status, answer.body) == (200, b"plain")
    assert (told.framework, told.trouble) == (f"fastapi {version}", "")
    assert [(route.method, route.path, route.hidden) for route in told.routes] == [
        ("GET", "/api/v1/items/{item_id}", False),
        ("POST", "/api/v1/items", True),
        ("GET", "/api/v1/items/all/everything", True),
        ("GET", "/sub/files/{path}", False),
        ("GET", "/plain/{number}", True),
        ("POST", "/deep/er/est", False),
    ]
    get_item, add_item, everything = told.routes[:3]
    assert (get_item.function, get_item.file, get_item.line) == ("shop.api.get_item", "src/shop/api.py", 26)
    assert [route.unused for route in (get_item, add_item, everything)] == [("user",), (), ()]
    depends = {one.name.rpartition(".")[2]: one for one in add_item.dependencies}
    assert depends["reader"].parameter == "user"
    assert (depends["OAuth2PasswordBearer"].scheme, depends["OAuth2PasswordBearer"].optional) == ("oauth2", True)
    assert "read" in depends["OAuth2PasswordBearer"].scopes
    assert (depends["APIKeyHeader"].scheme, depends["APIKeyHeader"].credential) == ("api-key-header", "X-Key")
    assert not depends["APIKeyHeader"].optional
    assert (told.websockets, told.static, told.opaque) == (("/api/v1/items/live",), ("/static",), ("/raw",))
    assert {"/docs", "/openapi.json", "/redoc", "/sub/docs", "/sub/openapi.json"} < set(told.served)

    document = json.loads(told.document)
    assert set(document["paths"]) == {
        *("/api/v1/items/{item_id}", "/api/v1/items", "/api/v1/items/all/everything", "/sub/files/{path}")
    }
    assert "Item" in document["components"]["schemas"]
    # The application itself is as it was.
    assert list(json.loads(own.body)["paths"]) == ["/api/v1/items/{item_id}"]
    assert sorted(project.folder.rglob("*")) == before


def test_a_document_of_its_own_and_a_route_that_cannot_be_described(project: Project) -> None:
    project.write(
        {
            "main.py": """
            import io
            from fastapi import FastAPI

            inner = FastAPI(title="mine")

            @inner.get("/a")
            def a():
                return 1

            @inner.get("/hidden", include_in_schema=False)
            def hidden():
                return 1

            class Odd:
                @classmethod
                def __get_pydantic_core_schema__(cls, source, handler):
                    from pydantic_core import core_schema
                    return core_schema.is_instance_schema(cls)

            @inner.get("/odd", include_in_schema=False, response_model=Odd)
            def odd():
                return Odd()

            def openapi():
                return {
                    "openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "security": [{"mine": []}],
                    "paths": {"/a": {"get": {"summary": "mine", "responses": {}}}, "/gone": {"get": {}}},
                    "components": {"securitySchemes": {"mine": {"type": "http", "scheme": "bearer"}}},
                }

            inner.openapi = openapi

            class Outer:
                def __init__(self, app):
                    self.app = app

                async def __call__(self, scope, receive, send):
                    await self.app(scope, receive, send)

            app = Outer(inner)
            """
        }
    )
    told, _ = project.asked("main:app")
    document = json.loads(told.document)
    assert [route.path for route in told.routes] == ["/a", "/hidden", "/odd"]
    assert set(document["paths"]) == {"/a", "/hidden"}
    assert document["paths"]["/a"]["get"]["summary"] == "mine"
    assert document["security"] == [{"mine": []}]
    assert "mine" in document["components"]["securitySchemes"]
    assert told.trouble.startswith("/odd cannot be described: ")


def test_every_kind_of_security_scheme_is_known_and_routes_without_a_framework(project: Project) -> None:
    project.write(
        {
            "main.py": """
            import functools
            from fastapi import Depends, FastAPI
            from fastapi.security import (
                APIKeyCookie, APIKeyQuery, HTTPBasic, HTTPBearer, HTTPDigest, OpenIdConnect
            )
            from starlette.applications import Starlette
            from starlette.endpoints import HTTPEndpoint
            from starlette.routing import Host, Route

            def level(minimum, user=Depends(HTTPBasic(auto_error=False))):
                return user

            schemes = [
                HTTPBearer(), HTTPDigest(), OpenIdConnect(openIdConnectUrl="x"), APIKeyCookie(name="session"),
                APIKeyQuery(name="key"), functools.partial(level, 1),
            ]
            api = FastAPI(dependencies=[Depends(one) for one in schemes])

            @api.get("/a")
            def first():
                return 1

            @api.get("/a")
            def second():
                return 2

            class Pages(HTTPEndpoint):
                def get(self, request): ...
                async def delete(self, request): ...

            app = Starlette(routes=[Route("/pages", Pages), Host("api.example", app=api)])
            """
        }
    )
    told, _ = project.asked("main:app")
    assert [(route.method, route.path, route.function) for route in told.routes] == [
        ("DELETE", "/pages", "main.Pages.delete"),
        ("GET", "/pages", "main.Pages.get"),
        ("GET", "/a", "main.first"),
    ]
    known = [(one.scheme, one.credential, one.optional) for one in told.routes[2].dependencies if one.scheme]
    assert known == [
        ("http-bearer", "", False),
        ("http-digest", "", False),
        ("openid-connect", "", False),
        ("api-key-cookie", "session", False),
        ("api-key-query", "key", False),
        ("http-basic", "", True),
    ]
    assert "main.level" in [one.name for one in told.routes[2].dependencies]
    assert list(json.loads(told.document)["paths"]) == ["/a"]


@pytest.mark.parametrize("place", ["backend", "."])
def test_an_application_of_a_folder_finds_its_files_in_that_folder_or_the_project(project: Project, place: str) -> None:
    main = """
        from pathlib import Path
        from fastapi import FastAPI
        from names import NAME

        GREETING = Path("greeting.txt").read_text()
        app = FastAPI()

        @app.get("/")
        def greet():
            return GREETING + NAME
        """
    project.write({"backend/main.py": main, "backend/names.py": "NAME = 'Ada'", f"{place}/greeting.txt": "Hello "})
    inventory, answers = project.asked("backend/main:app", "/")
    assert answers[0].body == b'"Hello Ada"'
    assert [(route.file, route.line) for route in inventory.routes if route.path == "/"] == [("backend/main.py", 10)]


def test_of_an_application_that_can_be_imported_nowhere_the_first_failure_is_told(project: Project) -> None:
    main = """
        import os
        from pathlib import Path

        Path("here.txt").read_text()
        os.environ["SECRET_KEY"]
        """
    project.write({"backend/main.py": main, "backend/here.txt": "", "backend/beside.py": ""})
    assert "KeyError: 'SECRET_KEY' (backend/main.py:6)" in project.trouble("backend/main:app").reason


def test_where_requests_are_limited_by_address_another_address_asks(project: Project) -> None:
    main = """
        from fastapi import FastAPI, Request, Response

        app = FastAPI()
        seen = set()

        @app.get("/{limited}")
        def once(limited: str, request: Request, response: Response):
            address = request.client.host if limited == "each" else "all"
            response.status_code = 429 if address in seen else 200
            seen.add(address)
            return address
        """
    project.write({"main.py": main})
    _, answers = project.asked("main:app", "/each", "/each", "/each", "/all", "/all", "/all")
    assert [one.status for one in answers] == [200, 200, 200, 200, 429, 429]
    assert answers[0].body == b'"127.0.0.1"'


def test_an_application_of_wsgi_is_served_and_tells_its_framework_alone(project: Project) -> None:
    project.write(
        {"wsgi.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/a')\ndef a():\n    return 'flask'\n"}
    )
    told, [answer] = project.asked("wsgi:app", "/a")
    assert (answer.status, answer.body) == (200, b"flask")
    assert (told.framework, told.routes, told.document) == ("flask 3.1.3", (), "")


STARTING = """
from contextlib import asynccontextmanager
from fastapi import FastAPI

@asynccontextmanager
async def lifespan(app):
    {}
    yield

app = FastAPI(lifespan=lifespan)
"""


@pytest.mark.parametrize(
    ("text", "app", "reason"),
    [
        ("import os\nos.environ['KEY_OF_X']", "main:app", "cannot be imported: KeyError: 'KEY_OF_X' (main.py:2)"),
        ("import sys\nsys.exit(4)", "main:app", "cannot be imported: SystemExit: the code calls exit(4) (main.py:2)"),
        ("def f(:", "main:app", "cannot be imported: SyntaxError: "),
        ("import os\nos._exit(7)", "main:app", "the service exited with status 7 while it was imported"),
        ("def create_app(): ...", "main:app", "cannot be found: main has no app; it has create_app(); main:app was "),
        ("", "other.main:app", "cannot be found: there is no module other; other.main:app was tried: write app = "),
        ("app = 1", "main:app", "cannot be found: app is a int, which is no web application"),
        ("async def app(): ...", "main:app()", "cannot be found: app() is asynchronous"),
        (STARTING.format("raise OSError('no x')"), "main:app", "cannot start: OSError: no x (main.py:7)"),
        (STARTING.format("import os; os._exit(9)"), "main:app", "the service exited with status 9 while it started"),
    ],
)
def test_a_service_that_cannot_be_served_says_why(project: Project, text: str, app: str, reason: str) -> None:
    project.write({"main.py": text})
    trouble = project.trouble(app)
    assert reason in trouble.reason
    assert list(project.scratch.iterdir()) == [project.scratch / "service.log"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import time\ndef wait():\n    time.sleep(60)\nwait()", "its import hangs at main.py:3"),
        (STARTING.format("import asyncio; await asyncio.sleep(60)"), "its start hangs"),
    ],
)
def test_a_service_that_hangs_is_given_up_and_the_place_is_told(project: Project, text: str, reason: str) -> None:
    project.write({"main.py": text})
    began = time.monotonic()
    assert project.trouble("main:app", 2.0).reason == f"the service was not ready within 2 s: {reason}"
    assert time.monotonic() - began < 8


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("write('ready')", "announcement cannot be read: it is not JSON"),
        ("write('{}')", "announcement cannot be read: /state is missing"),
        ("write(' ' * 10_000_000)", "is larger than 64 KiB"),
        ("note.unlink(); os.mkfifo(note)", "announcement cannot be read: it is no file"),
        ("note.unlink(); note.mkdir()", "announcement cannot be read: Is a directory"),
    ],
)
def test_what_a_service_puts_in_the_place_of_its_announcement_is_refused(
    project: Project, how: str, reason: str
) -> None:
    start = """
import os, pathlib, sys, time
note = pathlib.Path(sys.argv[2], 'announcement.json')
def write(text):
    note.with_suffix('.mine').write_text(text)
    note.with_suffix('.mine').replace(note)
"""
    project.write({"main.py": f"{start}\n{how}\ntime.sleep(60)"})
    assert reason in project.trouble("main:app").reason


def test_where_no_application_is_known_none_is_started(project: Project) -> None:
    assert project.trouble("").reason.startswith('no web application was found; write app = "module:attribute"')
    assert not list(project.scratch.iterdir())


DAEMON = """
import signal, subprocess, sys
from fastapi import FastAPI

signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(
    [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"],
    start_new_session=True,
)
app = FastAPI()

@app.get("/")
def pid():
    return child.pid
"""


@pytest.mark.skipif(sys.platform != "linux", reason="there is a guard on Linux only")
def test_nothing_of_a_service_is_left_that_will_not_end(project: Project) -> None:
    project.write({"main.py": DAEMON})
    _, [answer] = project.asked("main:app", "/")
    assert not psutil.pid_exists(int(answer.body))
    assert list(project.scratch.iterdir()) == [project.scratch / "service.log"]


GATE = """
import asyncio, sys
from pathlib import Path
from gate.adapters.service import LocalServices
from gate.domain.http_message import HttpRequest
from gate.ports import ProjectEnvironment
from gate.service_ports import ServiceStart

async def main(python, folder, scratch):
    environment = ProjectEnvironment(python=Path(python), path=(), source="", python_version="3.11.0")
    start = ServiceStart(
        app="main:app", folder=Path(folder), environment=environment, env={}, log=Path(scratch, "service.log")
    )
    async with LocalServices(Path(scratch), grace=0.5).running(start) as service:
        answer = await service.http.send(HttpRequest(method="GET", target="/"))
        print(answer.body.decode(), flush=True)
        await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="there is a guard on Linux only")
def test_a_gate_that_is_killed_leaves_no_service(project: Project) -> None:
    project.write({"main.py": DAEMON})
    arguments = [sys.executable, "-c", GATE, project.python, project.folder, project.scratch]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as gate:
        assert gate.stdout is not None
        child = int(gate.stdout.readline())
        family = [*psutil.Process(gate.pid).children(recursive=True), psutil.Process(child)]
        gate.send_signal(signal.SIGKILL)
    assert psutil.wait_procs(family, timeout=30)[1] == []


def test_a_service_elsewhere_is_reached_below_its_path_and_on_this_machine_only(project: Project) -> None:
    project.write(
        {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/base/a')\ndef a():\n    return 1"}
    )

    async def reached(service: Service, services: LocalServices) -> int:
        async with services.elsewhere(f"{service.origin}/base/") as other:
            assert other.origin == f"{service.origin}/base"
            return (await other.http.send(HttpRequest(method="GET", target="/a"))).status

    async def ask() -> None:
        services = LocalServices(project.scratch)
        async with services.running(project.start("main:app")) as service:
            assert await reached(service, services) == 200
        for url, reason in {
            service.origin: "does not answer: nobody listens there",
            "http://192.0.2.1/": "is not on this machine",
            "http://localhost.example": "is not on this machine",
            "http://user:word@127.0.0.1/": "without credentials",
            "ftp://127.0.0.1/": "is none",
            "http://[": "is none",
        }.items():
            with pytest.raises(CannotRun, match=reason):
                await services.elsewhere(url).__aenter__()
        with suppress(Unanswered), pytest.raises(CannotRun, match="does not answer"):
            await services.elsewhere("http://no-such-host.invalid", anywhere=True).__aenter__()

    asyncio.run(ask())
