"""Decides from a project's files how its environment is made. Reads no file, knows no machine and no interpreter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from gate.formats.project_manifest import TEST_NAMES, Manifest, normalised, parse_manifest

_HERE = PurePosixPath()
# Where a project without a requirements.txt keeps what it needs to run, the first that exists.
_MAIN_REQUIREMENTS = (
    "requirements.txt",
    *(f"requirements/{name}.txt" for name in ("requirements", "base", "main", "default", "production", "prod")),
)
_PINNED_VERSION = re.compile(r"(?:cpython-?)?(3\.[0-9]{1,2}(?:\.[0-9]{1,3})?)\Z")
_LOCKED_PYTHON = re.compile(r'^requires-python = "([^"\n]*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPlan:
    """How an environment is made: by `uv`, arguments without the interpreter's, or by a `command` of the user.

    `origin` says in a line what that follows from.
    """

    origin: str
    uv: tuple[tuple[str, ...], ...] = ()
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPython:
    """The Python a project asks for: `request` in uv's words (`3.12`, or `>=3.11`), and who says so."""

    request: str
    origin: str


def plan_installation(files: Mapping[str, str], project: str = ".") -> InstallPlan:
    """Return how to install the project in the folder `project`.

    `files` are texts by path, both relative to the repository root; a folder's name ends with a slash.

    Raises:
        UnreadableError: a pyproject.toml is not TOML.
    """
    here = PurePosixPath(project)
    manifest = parse_manifest(files, here)
    locked = _locked_root(files, here)
    if locked is not None:
        return _from_lock(manifest, locked, here)
    main, for_tests = _requirements(files, here)
    if main or for_tests:
        return _from_requirements(manifest, main, for_tests, files, here)
    if manifest.installable or manifest.has_table or manifest.groups:
        return _from_manifest(manifest)
    return InstallPlan(origin="no file tells what the project depends on: the test tools only")


def wanted_python(files: Mapping[str, str], project: str = ".") -> WantedPython | None:
    """Return the Python that `.python-version`, or else uv.lock or pyproject.toml, asks for.

    Raises:
        UnreadableError: a pyproject.toml is not TOML.
    """
    here = PurePosixPath(project)
    for folder in (here, *here.parents):
        path = str(folder / ".python-version")
        lines = [line.strip() for line in files.get(path, "").splitlines()]
        pinned = next((_PINNED_VERSION.match(line) for line in lines if line and not line.startswith("#")), None)
        if pinned:  # a name that only pyenv knows is nobody else's business
            return WantedPython(request=pinned[1], origin=path)
    locked = _locked_root(files, here)
    if locked is not None:
        path = str(locked / "uv.lock")
        range_of_all = _LOCKED_PYTHON.search(files[path])
        if range_of_all and range_of_all[1]:
            return WantedPython(request=range_of_all[1], origin=path)
    requires = parse_manifest(files, here).requires_python
    return WantedPython(request=requires, origin=str(here / "pyproject.toml")) if requires else None


def _locked_root(files: Mapping[str, str], here: PurePosixPath) -> PurePosixPath | None:
    """Find the folder with the uv.lock that holds for the project: its own, or its workspace's."""
    if str(here / "pyproject.toml") not in files:
        return None
    if str(here / "uv.lock") in files:
        return here
    for root in here.parents:
        if str(root / "uv.lock") in files and parse_manifest(files, root).has_member(here.relative_to(root)):
            return root
    return None


def _from_lock(manifest: Manifest, locked: PurePosixPath, here: PurePosixPath) -> InstallPlan:
    arguments = ["sync", "--frozen"]
    if manifest.members is not None and locked == here:
        arguments += ["--all-packages"]
    arguments += _options("--group", manifest.groups) + _options("--extra", manifest.extras)
    path = str(locked / "uv.lock") if locked != here else "uv.lock"
    return InstallPlan(origin=_origin(path, manifest.groups, manifest.extras), uv=(tuple(arguments),))


def _requirements(files: Mapping[str, str], here: PurePosixPath) -> tuple[str | None, list[str]]:
    """Return the file of what the project needs to run, if any, and those of what its tests need."""
    main = next((name for name in _MAIN_REQUIREMENTS if str(here / name) in files), None)
    for_tests = []
    for path in sorted(files):
        place = PurePosixPath(path)
        if place.is_relative_to(here) and _is_for_tests(place.relative_to(here)):
            for_tests.append(str(place.relative_to(here)))
    return main, for_tests


def _is_for_tests(place: PurePosixPath) -> bool:
    if place.suffix != ".txt":
        return False
    words = set(normalised(place.stem).split("-"))
    if place.parent == _HERE:
        return "requirements" in words and len(words) == 2 and not words.isdisjoint(TEST_NAMES)
    return place.parts[:-1] == ("requirements",) and not (words - {"requirements"}).isdisjoint(TEST_NAMES)


def _from_requirements(
    manifest: Manifest, main: str | None, for_tests: list[str], files: Mapping[str, str], here: PurePosixPath
) -> InstallPlan:
    """Install files of requirements; the project itself without dependencies where they are complete.

    They are not where there is none but for tests, or where the tests' own are an extra of the project.
    """
    paths = [main, *for_tests] if main else for_tests
    groups = () if for_tests else manifest.groups
    extras = () if for_tests else manifest.extras
    # Nothing without a hash may stand beside these.
    strict = [path for path in paths if re.search(r"^--require-hashes\b", files[str(here / path)], re.MULTILINE)]
    together = _options("-r", tuple(path for path in paths if path not in strict)) + _options("--group", groups)
    complete = main is not None and not extras
    own = [*_options("-r", ("pyproject.toml",)), *_options("--extra", extras)] if manifest.has_table else []
    alone = None
    if manifest.installable and complete:
        alone = ("pip", "install", "--no-deps", "-e", ".")
    elif manifest.installable:
        own = ["-e", _with_extras(extras)]
    if not complete:
        together += own
    commands: list[tuple[str, ...]] = [("pip", "install", "-r", path) for path in strict]
    commands += [("pip", "install", *together)] if together else []
    commands += [alone] if alone else []
    return InstallPlan(origin=_origin(", ".join(paths), groups, extras), uv=tuple(commands))


def _from_manifest(manifest: Manifest) -> InstallPlan:
    arguments = ["pip", "install"]
    if manifest.installable:
        arguments += ["-e", _with_extras(manifest.extras)]
    elif manifest.has_table:
        arguments += ["-r", "pyproject.toml", *_options("--extra", manifest.extras)]
    arguments += _options("--group", manifest.groups)
    return InstallPlan(origin=_origin(manifest.file, manifest.groups, manifest.extras), uv=(tuple(arguments),))


def _with_extras(extras: tuple[str, ...]) -> str:
    return f".[{','.join(extras)}]" if extras else "."


def _options(name: str, values: tuple[str, ...]) -> list[str]:
    return [word for value in values for word in (name, value)]


def _origin(path: str, groups: tuple[str, ...], extras: tuple[str, ...]) -> str:
    parts = [path]
    for word, names in (("group", groups), ("extra", extras)):
        if names:
            parts.append(f"{word}{'s' if len(names) > 1 else ''} {' and '.join(names)}")
    return ", ".join(parts)
