"""Where the web application of a project is made. Imports none of it."""

import re
from pathlib import PurePosixPath

from gate.discovery.sources import ProjectSources, is_test_file

_APP = re.compile(
    r"^(?P<name>\w+)(?:\s*:\s*[\w.\"']+)?\s*=\s*(?:fastapi\.|flask\.|litestar\.|starlette\.applications\.)?"
    r"(?P<kind>FastAPI|Flask|Litestar|Starlette|Quart|Sanic|get_wsgi_application|get_asgi_application|create_app)\(",
    re.MULTILINE,
)
_FACTORY = re.compile(r"^def create_app\(", re.MULTILINE)
# Functions of these names make other things too, and are called by scripts.
_MAKERS = ("create_app", "get_wsgi_application", "get_asgi_application")
_ELSEWHERE = ("docs/", "example", "test", "demo", "benchmark", "tools/", "migrations/", "scripts/")
_USUAL = ("main.py", "app.py", "asgi.py", "wsgi.py", "server.py", "__init__.py")


def find_application(sources: ProjectSources) -> str:
    """Say where the application is made, such as `app in app/main.py`; "" where that cannot be told."""
    found: list[tuple[tuple[int, int, str], str]] = []
    for path, text in sources.python():
        if is_test_file(path) or any(word in path for word in _ELSEWHERE):
            continue
        match = _APP.search(text)
        if match and match["kind"] in _MAKERS and PurePosixPath(path).name not in _USUAL and "/" in path:
            match = None
        name = match["name"] if match else "create_app()" if _FACTORY.search(text) else ""
        if name:
            file = PurePosixPath(path).name
            usual = _USUAL.index(file) if file in _USUAL else len(_USUAL)
            found.append(((usual if match else usual + 10, path.count("/"), path), f"{name} in {path}"))
    return min(found)[1] if found else ""
