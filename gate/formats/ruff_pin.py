"""Which version of ruff a project pins, by its lock and by the files that run ruff for it. Installs none."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from gate.formats import UnreadableError
from gate.formats.install_locks import FoundLock, find_lock
from gate.formats.project_manifest import parse_manifest
from gate.formats.requirement_files import main_requirements, requirements_for_tests, with_included
from gate.formats.toml_document import readable_toml, table, text_of

# Files whose text tells, in the project's folder or in one above it.
PIN_FILES = (
    *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", ".pre-commit-config.yaml", ".pre-commit-config.yml"),
    *("pyproject.toml", "ruff.toml", ".ruff.toml", "Pipfile", "setup.cfg", "setup.py"),
    *("tox.ini", "tox.toml", "noxfile.py", "hatch.toml"),
)
_RELEASE = r"v?(\d{1,4}\.\d{1,4}\.\d{1,4})(?![\w.*])"
_IN_LOCK = re.compile(rf'^name = "ruff"\nversion = "{_RELEASE}"', re.MULTILINE)
_IN_PIPFILE_LOCK = re.compile(rf'"ruff": \{{[^{{}}]{{0,20000}}"version": "=={_RELEASE}"')
# https://pre-commit.com/#pre-commit-autoupdate: `--freeze` writes a commit, and its version behind it.
_PRE_COMMIT = re.compile(
    rf"ruff-pre-commit(?:\.git)?/?[\"']?[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*rev:[ \t]*[\"']?"
    rf"(?:{_RELEASE}|[0-9a-f]{{7,64}}[\"']?[ \t]*#[ \t]*(?:frozen:)?[ \t]*{_RELEASE})"
)
_REQUIREMENT = re.compile(rf"(?<![\w.-])ruff\s{{0,20}}={{2,3}}\s{{0,20}}{_RELEASE}", re.IGNORECASE)
# In the words of Poetry a version alone is an exact one, in those of Pipenv it has its operator.
_IN_TABLE = re.compile(
    rf"^ruff\s*=\s*(?:\{{[^{{}}\n]{{0,200}}version\s*=\s*)?[\"']={{0,2}}\s*{_RELEASE}[\"']", re.MULTILINE
)
_LARGEST = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RuffPin:
    """The `version` that a project pins, "" for none; `required` is the range that ruff's configuration asks for."""

    version: str = ""
    required: str = ""


def find_ruff_pin(files: Mapping[str, str], project: str = ".") -> RuffPin:
    """Return what the project in the folder `project` pins; `files` are texts by path relative to the root.

    What is installed comes first, by the lock that holds or by exact requirements; then pre-commit's configuration, the
    version that ruff's configuration requires, and exact requirements elsewhere. Raises nothing.
    """
    here = PurePosixPath(project)
    required = _required(files, here)
    exact = re.fullmatch(rf"(?:==)?\s*{_RELEASE}", required.strip())
    lock = _lock(files, here)
    pins = (
        *_of_locks(files, here, lock),
        *(() if lock else _of_installed(files, here)),
        *_of_pre_commit(files, here),
        *((exact[1],) if exact else ()),
        *_of_requirements(files, here),
    )
    version = next(iter(pins), "")
    return RuffPin(version=version, required="" if exact else required)


def _lock(files: Mapping[str, str], here: PurePosixPath) -> FoundLock | None:
    try:
        return find_lock(files, here, parse_manifest(files, here))
    except UnreadableError:
        return None


def _of_locks(files: Mapping[str, str], here: PurePosixPath, lock: FoundLock | None) -> Iterator[str]:
    paths = [lock.path] if lock else [str(here / name) for name in PIN_FILES[:4]]
    for path in paths:
        pattern = _IN_PIPFILE_LOCK if path.endswith("Pipfile.lock") else _IN_LOCK
        found = pattern.search(files.get(path, "")[:_LARGEST])
        if found:
            yield found[1]


def _of_installed(files: Mapping[str, str], here: PurePosixPath) -> Iterator[str]:
    names = [main_requirements(files, here), *requirements_for_tests(files, here)]
    for path in with_included(files, [str(here / name) for name in names if name]):
        yield from _exact(files[path])


def _exact(text: str) -> Iterator[str]:
    found = _REQUIREMENT.search(re.sub(r"#[^\n]*", "", text[:_LARGEST]))
    if found:
        yield found[1]


def _of_pre_commit(files: Mapping[str, str], here: PurePosixPath) -> Iterator[str]:
    for text in _texts(files, here, (".pre-commit-config.yaml", ".pre-commit-config.yml")):
        found = _PRE_COMMIT.search(text)
        if found:
            yield found[1] or found[2]


def _of_requirements(files: Mapping[str, str], here: PurePosixPath) -> Iterator[str]:
    own = [text for path, text in sorted(files.items()) if path.endswith((".txt", ".in"))]
    for text in (*own, *_texts(files, here, PIN_FILES[6:])):
        yield from _exact(text)
    for text in _texts(files, here, ("pyproject.toml", "Pipfile")):
        found = _IN_TABLE.search(text)
        if found:
            yield found[1]


def _required(files: Mapping[str, str], here: PurePosixPath) -> str:
    """Return `required-version` of the configuration that is nearest.

    Source: https://docs.astral.sh/ruff/configuration/, https://docs.astral.sh/ruff/settings/#required-version
    """
    for folder in (here, *here.parents):
        for name in (".ruff.toml", "ruff.toml", "pyproject.toml"):
            document = readable_toml(files.get(str(folder / name), ""))
            settings = table(table(document.get("tool")).get("ruff")) if name == "pyproject.toml" else document
            if settings:
                return text_of(settings.get("required-version"))
    return ""


def _texts(files: Mapping[str, str], here: PurePosixPath, names: Iterable[str]) -> Iterator[str]:
    for folder in (here, *here.parents):
        for name in names:
            text = files.get(str(folder / name), "")
            if text:
                yield text[:_LARGEST]
