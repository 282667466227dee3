"""Where in a repository the service is, by the names of its files. Decides nothing that the user decided."""

from collections.abc import Collection
from dataclasses import dataclass
from posixpath import dirname, split

from gate.discovery.sources import is_test_file

_DEEPEST = 3
_MANIFESTS = ("setup.py", "Pipfile")
_OF_DJANGO = "manage.py"
# A pyproject.toml or setup.cfg may configure tools alone, a manage.py be one of Flask's: only its text tells.
TELLING = ("pyproject.toml", "setup.cfg", _OF_DJANGO)
_OF_TESTS = {"tests", "test"}
_OF_PYTEST = {"pytest.ini", ".pytest.ini", "pytest.toml", "conftest.py"}
_NEVER = {
    "docs",
    "doc",
    "examples",
    "example",
    "samples",
    "templates",
    "fixtures",
    "vendor",
    "third_party",
    "benchmarks",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folder of the service, or several that may be it. `folder` is "." where there is nothing to choose.

    `others` are folders that are left out, because they have a manifest and no tests.
    """

    folder: str = "."
    choices: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def find_place(files: Collection[str], describing: Collection[str]) -> Place:
    """Return where the service is; `files` are the repository's, `describing` those of `TELLING` that describe one.

    A folder may be it when it has a manifest and test files that belong to no such folder inside it. The root wins.
    Requirements alone make no service of a folder of tests, nor of one below a root that is a distribution. Where such
    a root sets pytest up, a `manage.py` belongs to the project that its tests need.
    """
    whole = "setup.py" in files or any("/" not in path and path != _OF_DJANGO for path in describing)
    with_pytest = whole and not _OF_PYTEST.isdisjoint(files)
    strong = {
        folder
        for folder, name in map(split, files)
        if name in _MANIFESTS
        or (f"{folder}/{name}".lstrip("/") in describing and not (name == _OF_DJANGO and folder and with_pytest))
    }
    listed = {folder for path in files if (folder := _of_requirements(path)) is not None}
    listed = {folder for folder in listed if not folder or not (whole or _OF_TESTS & {*folder.split("/")})}
    folders = {folder for folder in strong | listed if _may_be(folder)}
    tested = {_owner(path, folders) for path in files if _is_test(path)}
    found = sorted(folder for folder in folders if folder in tested)
    if "" in found or not found:
        return Place()
    if len(found) > 1:
        return Place(choices=tuple(found))
    chosen = found[0]
    others = (folder for folder in folders if folder and not f"{chosen}/".startswith(f"{folder}/"))
    apart = sorted(folder for folder in others if not folder.startswith(f"{chosen}/"))
    return Place(folder=chosen, others=tuple(apart))


def could_describe(path: str) -> bool:
    """Tell whether the file's text must be read to know whether it is a manifest."""
    folder, name = split(path)
    return name in TELLING and _may_be(folder)


def _may_be(folder: str) -> bool:
    # A folder with a brace in its name is a template of a project.
    parts = folder.split("/") if folder else []
    return len(parts) <= _DEEPEST and not _NEVER & {*parts} and "{" not in folder


def _of_requirements(path: str) -> str | None:
    """Return the folder whose requirements the file lists, `app` of `app/requirements/base.txt`; None of any other."""
    folder, name = split(path)
    if not name.endswith(".txt"):
        return None
    above, last = split(folder)
    if last == "requirements":
        return above
    return folder if name.startswith("requirements") else None


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".py") and name not in ("conftest.py", "__init__.py") and is_test_file(path)


def _owner(path: str, folders: Collection[str]) -> str | None:
    """Return the innermost of `folders` that the file lies in."""
    folder = dirname(path)
    while folder and folder not in folders:
        folder = dirname(folder)
    return folder if folder in folders else None
