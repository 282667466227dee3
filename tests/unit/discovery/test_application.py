"""By which path the web application of a project is imported."""

import pytest

from gate.discovery.application import find_application, find_import_path
from gate.discovery.sources import ProjectSources
from tests.unit.growth import STEEP, growth

FASTAPI = "app = FastAPI()\n"


def sources(texts: dict[str, str], place: str = ".") -> ProjectSources:
    prefix = "" if place == "." else f"{place}/"
    files = tuple(sorted(path.removeprefix(prefix) for path in texts if path.startswith(prefix)))
    return ProjectSources(place=place, files=files, texts=texts)


@pytest.mark.parametrize(
    ("texts", "path"),
    [
        ({"main.py": FASTAPI}, "main:app"),
        ({"app/main.py": "application: FastAPI = FastAPI(title='x')\n"}, "app.main:application"),
        ({"src/shop/api.py": FASTAPI, "src/shop/__init__.py": ""}, "shop.api:app"),
        ({"app/__init__.py": "def create_app():\n    return Flask()\n"}, "app:create_app()"),
        ({"config.py": "api = connexion.App(__name__)\n", "app.py": "from config import api\n"}, "config:api"),
        ({"app/asgi.py": "application = get_asgi_application()\n"}, "app.asgi:application"),
        ({"app/main.py": "def get_app() -> FastAPI: ...\napp = get_app()\n"}, "app.main:app"),
        # Of several in one file, the one that is not part of another.
        ({"a.py": "second = FastAPI()\napp = FastAPI()\napp.mount('/v2', second)\n"}, "a:app"),
        ({"a.py": "v2 = FastAPI()\nmain = FastAPI()\nmain.mount('/v2', app=v2)\n"}, "a:main"),
        ({"a.py": "one = FastAPI()\ntwo = FastAPI()\n"}, "a:one"),
        ({"app/a_metrics.py": "metrics = FastAPI()\n", "app/service.py": FASTAPI}, "app.service:app"),
        # What serves it says it best.
        ({"a.py": FASTAPI, "main.py": FASTAPI, "Dockerfile": 'CMD ["uvicorn", "a:app", "--port", "80"]'}, "a:app"),
        ({"a.py": "def make(): ...", "Procfile": "web: uvicorn --factory a:make --port $PORT"}, "a:make()"),
        ({"a.py": "def make(): ...", "Procfile": "web: gunicorn 'a:make()' -w 4"}, "a:make()"),
        (
            {"a/b.py": "", "Dockerfile": "CMD gunicorn -k uvicorn.workers.UvicornWorker \\\n  -b :80 \\\n  a.b:api"},
            "a.b:api",
        ),
        ({"a.py": "", "docker-compose.yml": "services: {w: {command: uvicorn a:api --host 0.0.0.0}}"}, "a:api"),
        ({"a.py": "", "compose.yaml": "services:\n  w:\n    command: [uvicorn, 'a:api', '--reload']"}, "a:api"),
        ({"app/a.py": "", "Dockerfile": 'CMD ["fastapi", "run", "app/a.py", "--port", "80"]'}, "app.a:app"),
        ({"app/a.py": "", "Dockerfile": "CMD fastapi run --workers 4 app/a.py"}, "app.a:app"),
        ({"a.py": "", "b.py": FASTAPI, "pyproject.toml": '[tool.fastapi]\nentrypoint = "a:api"\n'}, "a:api"),
        ({"a.py": "", ".github/workflows/ci.yml": "jobs: {t: {steps: [{run: uvicorn a:api & sleep 3}]}}"}, "a:api"),
        ({"run.py": "uvicorn.run('a:api', factory=True)", "a.py": ""}, "a:api()"),
        # What is served must be there, and a script that serves as it is imported is no module.
        (
            {
                "app/main.py": "from app.api import b\ndef get_application() -> FastAPI: ...",
                "main.py": "app = get_application()\nuvicorn.run(app)\n",
                ".github/workflows/ci.yml": "jobs: {t: {steps: [{run: uvicorn app.main:app}]}}",
            },
            "app.main:get_application()",
        ),
        ({"a.py": "from b import (\n    api,\n)\n", "b.py": FASTAPI, "Procfile": "web: uvicorn a:api"}, "a:api"),
        # A folder that is no package, and the import path begins in it.
        ({"app/main.py": f"from models import A\n{FASTAPI}", "app/models.py": ""}, "app/main:app"),
        (
            {"app/main.py": "import models.a\nx = make()", "app/models/a.py": "", "Dockerfile": "CMD uvicorn main:x"},
            "app/main:x",
        ),
        ({"app/main.py": f"from app.models import A\n{FASTAPI}", "app/models.py": ""}, "app.main:app"),
        ({"app/main.py": f"import os\n{FASTAPI}", "app/os.py": "", "os.py": ""}, "app.main:app"),
        # A server of something that is not there, or no import path at all.
        ({"main.py": FASTAPI, "Dockerfile": 'CMD ["uvicorn", "src.gone:app"]'}, "main:app"),
        ({"main.py": FASTAPI, "Dockerfile": "CMD gunicorn --bind localhost:8000 -c file:x"}, "main:app"),
        ({"main.py": FASTAPI, "pyproject.toml": "[tool.fastapi]\nentrypoint = 1\n"}, "main:app"),
        ({"tests/app.py": FASTAPI}, ""),
        ({"my-app/main.py": FASTAPI}, ""),
        ({"main.py": "print()"}, ""),
    ],
)
def test_the_import_path_is_found(texts: dict[str, str], path: str) -> None:
    assert find_import_path(sources(texts)) == path


def test_paths_begin_in_the_folder_of_the_service() -> None:
    texts = {"backend/app/main.py": FASTAPI, "backend/Dockerfile": "CMD uvicorn app.main:app", "main.py": FASTAPI}
    assert find_import_path(sources(texts, "backend")) == "app.main:app"
    assert find_application(sources(texts, "backend")) == "app in app/main.py"


def hostile(text: str) -> dict[str, str]:
    return {"Dockerfile": text, "main.py": text, "Procfile": "web: uvicorn main:a0"}


@pytest.mark.parametrize(
    "part",
    [
        "uvicorn ",
        "uvicorn a.a.",
        "fastapi run --a ",
        "fastapi run -",
        "app = a",
        "from import a ",
        " a,",
        "\\\n",
        "uvicorn \\\n",
        "a:",
    ],
)
def test_hostile_files_take_no_longer_than_their_size(part: str) -> None:
    assert growth(lambda size: find_import_path(sources(hostile(part * size))), 3_000) < STEEP
