"""Where the web application of a project is made, and by which path it is imported. Imports none of it."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import PurePosixPath

from gate.discovery.sources import COMPOSE, DOCKERFILES, ProjectSources, is_test_file
from gate.formats.toml_document import readable_toml, table, text_of

_APP = re.compile(
    r"^(?P<name>\w+)(?:\s*:\s*[\w.\"']+)?\s*=\s*(?:fastapi\.|flask\.|litestar\.|starlette\.applications\.)?"
    r"(?P<kind>FastAPI|Flask|Litestar|Starlette|Quart|Sanic|get_wsgi_application|get_asgi_application|create_app"
    r"|connexion\.(?:App|FlaskApp|AsyncApp))\(",
    re.MULTILINE,
)
_FACTORY = re.compile(
    r"^def (?:(?P<usual>create_app)\(|(?P<typed>\w{1,80})\([ \t]*\)[ \t]*->[ \t]*[\"']?(?:\w{1,80}\.)?"
    r"(?:FastAPI|Flask|Litestar|Starlette|Quart|Sanic)\b)",
    re.MULTILINE,
)
# A script that serves as soon as it is imported: an import of it never ends.
_SERVES_AT_ONCE = re.compile(r"^(?:uvicorn|app|application)\.run\(", re.MULTILINE)
# Functions of these names make other things too, and are called by scripts.
_MAKERS = ("create_app", "get_wsgi_application", "get_asgi_application")
_ELSEWHERE = ("docs/", "example", "test", "demo", "benchmark", "tools/", "migrations/", "scripts/")
_USUAL = ("main.py", "app.py", "asgi.py", "wsgi.py", "server.py", "__init__.py")
# In a file of a usual name, a function of the project's own may make it.
_MADE_OTHERWISE = re.compile(
    r"^(?P<name>app|application)(?:[ \t]*:[ \t]*[\w.]{1,80})?[ \t]*=[ \t]*[\w.]{1,80}\(", re.MULTILINE
)
_SERVER = re.compile(r"(?<![\w-])(?:uvicorn|gunicorn|hypercorn|granian|daphne)(?:[ \t]|\.run\()(?P<words>[^\n]{0,600})")
_TARGET = re.compile(
    r"(?<![\w./:-])(?P<module>[^\W\d]\w{0,80}(?:\.[^\W\d]\w{0,80}){0,9}):(?P<name>[^\W\d]\w{0,80})(?P<call>\(\))?(?![\w.:/])"
)
_FASTAPI_RUN = re.compile(
    r"(?<![\w-])fastapi[ \t]+(?:run|dev)[ \t]+(?:--?[\w-]+(?:[ =]\w+)?[ \t]+){0,9}(?P<path>[\w./-]{1,200}\.py)\b"
)
_NAMES = ("app", "application")
_MOUNTED = re.compile(r"\.mount\([^,()\n]{0,200},[ \t]*(?:app=)?(?P<name>\w{1,80})")
_MOST_IN_A_FILE = 50
_IMPORT = re.compile(r"^(?:from|import)[ \t]+(\w{1,80})", re.MULTILINE)
_MOST_OF_A_TEXT = 256 * 1024


def find_application(sources: ProjectSources) -> str:
    """Say where the application is made, such as `app in app/main.py`; "" where that cannot be told."""
    name, path = _made(sources)
    return f"{name} in {path}" if name else ""


def find_import_path(sources: ProjectSources) -> str:
    """Return the import path of the application, such as `app.main:app` or `shop.api:create_app()`; "" for none.

    What serves it in the project's own files says it best, then the code that makes it.
    """
    tool = table(readable_toml(sources.text("pyproject.toml")).get("tool"))
    entry = text_of(table(tool.get("fastapi")).get("entrypoint"))
    for one in chain([entry] if _TARGET.fullmatch(entry) else [], _served(sources)):
        module, _, name = one.partition(":")
        file = _file_of(module, sources)
        if file and _binds(sources.text(file), name.removesuffix("()")):
            return f"{_module_of(file, sources)}:{name}"
    name, path = _made(sources)
    if not name:
        name, path = _made_otherwise(sources)
    module = _module_of(path, sources) if name else ""
    return f"{module}:{name}" if module else ""


def _made(sources: ProjectSources) -> tuple[str, str]:
    """Return the name of the application and the file that makes it, the most usual ones; "" where there is none."""
    found: list[tuple[tuple[int, bool, int, str], str]] = []
    for path, text in _modules(sources):
        match = _main_of(text)
        if match and match["kind"] in _MAKERS and PurePosixPath(path).name not in _USUAL and "/" in path:
            match = None
        name = match["name"] if match else _factory_of(text)
        if name:
            file = PurePosixPath(path).name
            usual = _USUAL.index(file) if file in _USUAL else len(_USUAL)
            is_other = bool(match) and name not in _NAMES
            found.append(((usual if match else usual + 10, is_other, path.count("/"), path), name))
    if not found:
        return "", ""
    (*_, path), name = min(found)
    return name, path


def _factory_of(text: str) -> str:
    """Return how the application is had from a function of a file, "" where there is none."""
    factory = _FACTORY.search(text)
    if factory is None:
        return ""
    called = f"{factory['usual'] or factory['typed']}("
    made = next((one for one in _MADE_OTHERWISE.finditer(text) if one[0].endswith(called)), None)
    return made["name"] if made else f"{called})"


def _binds(text: str, name: str) -> bool:
    """Tell whether a module has a name, as far as its text tells."""
    word = re.escape(name.partition(".")[0])
    bound = rf"^[ \t]{{0,40}}(?:(?:(?:async )?def|class)[ \t]+{word}\b|{word}[ \t]{{0,9}}(?::[^=\n]{{1,200}})?=)"
    imported = rf"^(?:from[ \t][^\n]{{1,200}})?\bimport[ \t][^\n]{{0,200}}\b{word}\b(?!\.)|\bimport[ \t]+\*|__getattr__"
    # A list of imports may go over several lines.
    listed = rf"^[ \t]{{1,20}}{word}[ \t]{{0,20}}(?:,|$)"
    return not text or re.search(f"{bound}|{imported}|{listed}", text[:_MOST_OF_A_TEXT], re.MULTILINE) is not None


def _main_of(text: str) -> re.Match[str] | None:
    """Return what makes the application of a file: of several, the one of a usual name, or that no other mounts."""
    made = list(islice(_APP.finditer(text), _MOST_IN_A_FILE))
    mounted = {match["name"] for match in _MOUNTED.finditer(text)} if len(made) > 1 else set()
    ranked = sorted(made, key=lambda match: (match["name"] in mounted, match["name"] not in _NAMES, match.start()))
    return ranked[0] if ranked else None


def _made_otherwise(sources: ProjectSources) -> tuple[str, str]:
    modules = ((path, text) for path, text in _modules(sources) if PurePosixPath(path).name in _USUAL[:5])
    usual = [(path.count("/"), path, text) for path, text in modules]
    found = ((match["name"], path) for _, path, text in sorted(usual) if (match := _MADE_OTHERWISE.search(text)))
    return next(found, ("", ""))


def _code(sources: ProjectSources) -> Iterator[tuple[str, str]]:
    for path, text in sources.python():
        if not is_test_file(path) and not any(word in path for word in _ELSEWHERE):
            yield path, text


def _modules(sources: ProjectSources) -> Iterator[tuple[str, str]]:
    return ((path, text) for path, text in _code(sources) if not _SERVES_AT_ONCE.search(text))


def _served(sources: ProjectSources) -> Iterator[str]:
    """Yield the import paths that the project's own files give to a server."""
    scripts = ((path, text) for path, text in sources.texts.items() if path.endswith(".sh"))
    commands = sources.named(*DOCKERFILES, "Procfile", *COMPOSE)
    for _, text in chain(commands, sources.workflows(), scripts, _code(sources)):
        # The words of a list, as in CMD ["uvicorn", "app.main:app"], are those of a command.
        plain = re.sub(r"""["',\[\]]+|\\[ \t\r]*\n""", " ", text[:_MOST_OF_A_TEXT])
        yield from _of_commands(plain)


def _of_commands(text: str) -> Iterator[str]:
    for server in _SERVER.finditer(text):
        target = _TARGET.search(server["words"])
        if target:
            called = target["call"] or ("()" if re.search(r"--factory\b|factory=True", server["words"]) else "")
            yield f"{target['module']}:{target['name']}{called}"
    for run in _FASTAPI_RUN.finditer(text):
        path = PurePosixPath(run["path"]).with_suffix("").as_posix()
        yield f"{path.removeprefix('./').replace('/', '.')}:app"


def _file_of(module: str, sources: ProjectSources) -> str:
    """Return the file of a module: in the project's folder or its `src`, or the only one in a folder of any other."""
    ends = [f"{module.replace('.', '/')}{end}" for end in (".py", "/__init__.py")]
    there = (f"{start}{end}" for start in ("", "src/") for end in ends if f"{start}{end}" in sources.files)
    code = [file for file in sources.files if not is_test_file(file)]
    below = [file for file in code if file.endswith(tuple(f"/{end}" for end in ends))]
    return next(there, below[0] if len(below) == 1 else "")


def _module_of(path: str, sources: ProjectSources) -> str:
    """Return the module that a file is, "" for what cannot be imported.

    `app/main` is the module `main` in `app`: where `app` is no package, and the file imports from beside it.
    """
    parts = PurePosixPath(path).with_suffix("").parts
    folder = "/".join(parts[:-1])
    if folder and f"{folder}/__init__.py" not in sources.files and _imports_from_beside(path, folder, sources):
        return f"{folder}/{parts[-1]}" if parts[-1].isidentifier() else ""
    parts = parts[1:] if parts[:1] == ("src",) and len(parts) > 1 else parts
    parts = parts[:-1] if parts[-1:] == ("__init__",) else parts
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else ""


def _imports_from_beside(path: str, folder: str, sources: ProjectSources) -> bool:
    names = {match[1] for match in _IMPORT.finditer(sources.text(path))}
    beside = {
        file[len(folder) + 1 :].split("/")[0].removesuffix(".py")
        for file in sources.files
        if file.startswith(f"{folder}/")
    }
    at_root = {file.split("/")[0].removesuffix(".py") for file in sources.files}
    return bool(names & beside - at_root)
