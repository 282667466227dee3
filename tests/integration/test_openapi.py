"""Documents as applications generate them, by several versions of FastAPI and by others; and the gate as a command."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from textwrap import dedent
from typing import Any

import coverage
import pytest

from gate.formats.openapi_parts import parse_root
from gate.gates.openapi.drift import drift_of

pytestmark = pytest.mark.integration

UV = Path(sys.prefix) / "bin" / "uv"
COMMAND = Path(sys.prefix) / "bin" / "quality-gate"
PROBE = Path(__file__).parents[2] / "gate" / "probes" / "describe_api.py"
MEASURING = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_PROCESS")}
# pydantic as it was when the version of FastAPI was new.
OLD, NEW = ("fastapi==0.110.3", "pydantic==2.7.4"), ("fastapi==0.165.0", "pydantic==2.14.3")
SERVICE = """
    import datetime
    import enum
    from typing import Annotated, List, Literal, Optional, Union

    from fastapi import FastAPI, File, Form, Query, UploadFile
    from pydantic import BaseModel, Field, SecretStr


    class Colour(str, enum.Enum):
        RED = "red"
        BLUE = "blue"


    class Cat(BaseModel):
        kind: Literal["cat"]


    class Dog(BaseModel):
        kind: Literal["dog"]


    class Item(BaseModel):
        name: str = Field(min_length=1, examples=["x"])
        secret: SecretStr = SecretStr("")
        colour: Colour = Colour.RED
        pet: Union[Cat, Dog] = Field(discriminator="kind")
        when: Optional[datetime.date] = None
        price: float = Field(default=1, gt=0)
        meta: dict = {}


    app = FastAPI(title="Items")


    @app.get("/items")
    def items(q: Optional[str] = Query(None, max_length=5), colours: List[Colour] = Query([])) -> List[Item]: ...


    @app.post("/items", status_code=201)
    def make(item: Item) -> Item: ...


    @app.post("/upload")
    def upload(file: UploadFile, raw: Annotated[bytes, File()], note: Annotated[str, Form()] = "") -> None: ...
"""


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip())


@pytest.fixture(scope="module")
def python_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...]], Path]:
    @lru_cache
    def made(packages: tuple[str, ...]) -> Path:
        folder = tmp_path_factory.mktemp("python")
        python = folder / "bin" / "python"
        subprocess.run([UV, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        # What is measured here is measured there: the probe is code of ours.
        wanted = [*packages, "python-multipart", "flask==3.1.3", f"coverage=={coverage.__version__}"]
        subprocess.run([UV, "pip", "install", "--quiet", "--python", python, *wanted], check=True)
        return python

    return made


def described(python: Path, folder: Path, app: str) -> tuple[dict[str, Any], str]:
    """Return what the probe announces, and the document that it wrote, "" for none."""
    out = folder.parent / "out"
    out.mkdir(exist_ok=True)
    (out / "document").unlink(missing_ok=True)
    env = {"PATH": os.defpath, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", **MEASURING}
    subprocess.run([python, PROBE, app, out, "60"], cwd=folder, env=env, check=False, capture_output=True)
    path = out / "document"
    return json.loads((out / "announcement.json").read_text()), path.read_text() if path.exists() else ""


def test_versions_of_fastapi_and_pydantic_make_a_notice_and_no_drift(
    tmp_path: Path, python_with: Callable[[tuple[str, ...]], Path]
) -> None:
    write(tmp_path / "project", {"app/main.py": SERVICE})
    roots = [
        parse_root(described(python_with(version), tmp_path / "project", "app.main:app")[1]) for version in (OLD, NEW)
    ]
    for committed, generated in (roots, roots[::-1]):
        drift = drift_of(committed, generated)
        assert drift.parts == ()
        assert {"schema Item", "schema ValidationError"} <= {part.subject for part in drift.by_framework}


OTHERS = """
    import json
    from fastapi import FastAPI
    from flask import Flask
    from starlette.middleware.gzip import GZipMiddleware

    custom = FastAPI()
    made = custom.openapi
    custom.openapi = lambda: {**made(), "x-mine": True}
    wrapped = GZipMiddleware(custom)


    def create():
        return FastAPI(title="from a factory")


    async def plain(scope, receive, send):
        found = scope["path"] == "/openapi.json"
        await send({"type": "http.response.start", "status": 200 if found else 404, "headers": []})
        await send({"type": "http.response.body", "body": b'{"openapi": "3.1.0", "x-served": 1}' if found else b""})


    flask = Flask(__name__)


    @flask.get("/openapi.json")
    def document():
        return json.dumps({"openapi": "3.0.3", "x-flask": 1})


    silent = Flask(__name__)
    broken = FastAPI()
    broken.openapi = lambda: 1 / 0
"""


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        ("others:custom", '"x-mine": true'),
        ("others:wrapped", '"x-mine": true'),
        ("others:create()", "from a factory"),
        ("others:plain", "x-served"),
        ("others:flask", "x-flask"),
        ("others:silent", ""),
    ],
)
def test_the_document_is_what_the_application_itself_makes_or_serves(
    tmp_path: Path, python_with: Callable[[tuple[str, ...]], Path], app: str, expected: str
) -> None:
    write(tmp_path / "project", {"others.py": OTHERS})
    announced, text = described(python_with(NEW), tmp_path / "project", app)
    assert announced["state"] == "ready"
    assert expected in text
    assert bool(text) == bool(expected)
    assert sorted(path.name for path in (tmp_path / "project").iterdir()) == ["others.py"]


@pytest.mark.parametrize(
    ("app", "stage", "told"),
    [
        ("others:broken", "describing", "division by zero"),
        ("others:nothing", "finding", "others has no nothing"),
        ("fails:app", "importing", "no settings"),
        ("leaves:app", "importing", "calls exit"),
    ],
)
def test_an_application_without_a_document_says_why(
    tmp_path: Path, python_with: Callable[[tuple[str, ...]], Path], app: str, stage: str, told: str
) -> None:
    files = {
        "others.py": OTHERS,
        "fails.py": "raise RuntimeError('no settings')",
        "leaves.py": "import sys\nsys.exit(0)",
    }
    write(tmp_path / "project", files)
    announced, text = described(python_with(NEW), tmp_path / "project", app)
    assert (announced["state"], announced["stage"], text) == ("failed", stage, "")
    assert told in announced["message"]


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    return subprocess.run([COMMAND, *words], cwd=folder, env=env, check=False, capture_output=True, text=True)


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.invalid")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_a_document_is_written_goes_stale_breaks_clients_and_is_written_again(tmp_path: Path) -> None:
    service = tmp_path / "service"
    write(service, {"app/__init__.py": "", "app/main.py": SERVICE})
    write(service, {"requirements.txt": "\n".join((*NEW, "python-multipart")) + "\n"})
    git(service, "init", "-q", "-b", "main")
    run = ("run", "--gates", "openapi", "--postgres", "off", "--out", str(tmp_path / "report"))

    missing = command(service, *run)
    assert missing.returncode == 3, missing.stdout
    assert "write it with `quality-gate openapi --write`" in missing.stdout

    assert command(service, "openapi", "--write").stdout.splitlines()[-1] == "wrote openapi.json: commit it"
    git(service, "add", "-A")
    git(service, "commit", "-qm", "first")
    clean = command(service, *run)
    assert clean.returncode == 0, clean.stdout

    git(service, "switch", "-qc", "change")
    main = (service / "app" / "main.py").read_text()
    (service / "app" / "main.py").write_text(main.replace("name: str", "title: str"))
    red = command(service, *run)
    assert red.returncode == 1, red.stdout
    [result] = json.loads((tmp_path / "report" / "report.json").read_text())["results"]
    told = {(finding["rule_id"], finding["path"]) for finding in result["findings"] if finding["severity"] == "error"}
    assert told == {
        ("component-differs", "openapi.json"),
        ("new-required-request-property", "openapi.json"),
        ("response-required-property-removed", "openapi.json"),
    }
    assert any(exhibit["title"].startswith("API changelog") for exhibit in result["exhibits"])

    assert command(service, "openapi", "--write").returncode == 0
    (service / "pyproject.toml").write_text(
        dedent("""
        [[tool.quality-gate.openapi.waivers]]
        rule = "new-required-request-property"
        reason = "clients were told"
        until = 2999-01-01
        [[tool.quality-gate.openapi.waivers]]
        rule = "response-required-property-removed"
        reason = "clients were told"
        until = 2999-01-01
        """)
    )
    waived = command(service, *run)
    assert waived.returncode == 0, waived.stdout
    assert command(service, "openapi", "--write").stdout.splitlines()[-1].startswith("openapi.json is up to date")
