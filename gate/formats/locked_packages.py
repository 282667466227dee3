"""Reads which versions poetry.lock, pdm.lock and Pipfile.lock name. Decides nothing about what is installed."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gate.formats import UnreadableError
from gate.formats.poetry_requirement import requirement_line, version_range
from gate.formats.project_manifest import normalised
from gate.formats.toml_document import parse_toml, table, tables, text_of, texts

# Looser than PEP 440, which the installer reads more strictly; nothing that would be another option or line.
_VERSION = re.compile(r"[0-9][0-9A-Za-z.!+_-]{0,80}\Z")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?\Z")
_HASH = re.compile(r"sha(?:256|384|512):[0-9a-f]{64,128}\Z")
# A requirement from a place of its own: its name, its extras in brackets.
_ADDRESS = re.compile(r"([A-Za-z0-9._-]+)(\[[^\[\]]*\])? @ ")
_LARGEST = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackages:
    """The versions of a lock, a line of a constraints file each, and the Python that it was made for, if it says."""

    lines: tuple[str, ...]
    requires_python: str = ""


def parse_tool_lock(text: str, path: str) -> LockedPackages:
    """Return what a poetry.lock or pdm.lock holds.

    What comes from a folder or an archive is not held: the project names its place itself.

    Source: https://github.com/python-poetry/poetry/blob/main/src/poetry/packages/locker.py,
    https://pdm-project.org/latest/reference/lock_file/ (neither is specified).

    Raises:
        UnreadableError: it is no such file.
    """
    document = parse_toml(text, path)
    by_name: dict[str, list[Mapping[str, object]]] = {}
    for package in tables(document.get("package")):
        by_name.setdefault(text_of(package.get("name")), []).append(package)
    lines = [line for name, packages in by_name.items() if _NAME.match(name) for line in _held(name, packages)]
    metadata = table(document.get("metadata"))
    targets = [text_of(target.get("requires_python")) for target in tables(metadata.get("targets"))]
    wanted = text_of(metadata.get("python-versions")) or next(iter(targets), "")
    return LockedPackages(lines=tuple(lines), requires_python=version_range(wanted))


def _held(name: str, packages: list[Mapping[str, object]]) -> list[str]:
    """Write what holds `name` at its version; at those it has in turn, where it has several for different machines."""
    versions: dict[str, list[str]] = {}
    for package in packages:
        version = text_of(package.get("version"))
        address = _repository(package)
        held = f" @ {address}" if address else f"=={version}" if _VERSION.match(version) else ""
        if _is_local(package) or not held:
            continue
        versions.setdefault(held, []).append(_marker(package))
    if len(versions) < 2:
        return [f"{name}{held}" for held in versions]
    if any(not marker or "extra" in marker for markers in versions.values() for marker in markers):
        return []  # which of them is for this machine, such a lock (Poetry before 2) leaves to the resolution
    return [
        f"{name}{held} ; {' or '.join(f'({marker})' for marker in dict.fromkeys(markers))}"
        for held, markers in versions.items()
    ]


def _marker(package: Mapping[str, object]) -> str:
    """Return the marker of Poetry 2 (one, or one for each group) or PDM."""
    marker = package.get("markers", package.get("marker"))
    several = [text_of(one) for one in table(marker).values()]
    found = " or ".join(f"({one})" for one in several) if all(several) and several else text_of(marker)
    return "" if re.search(r"[\r\n\x00]", found) else found


def _is_local(package: Mapping[str, object]) -> bool:
    kind = table(package.get("source")).get("type")
    return kind in {"directory", "file"} or bool(text_of(package.get("path")))


def has_address(line: str) -> bool:
    """Tell a requirement that names a place of its own from one that an index has."""
    return bool(_ADDRESS.match(line))


def fixed_addresses(locked: Iterable[str], asked: Iterable[str]) -> list[str]:
    """Return the lines of a lock that name an address, with the extras that lines of the project have `asked` for.

    They stand in place of the project's own, which name a branch: uv refuses two addresses of one package.
    """
    extras = {normalised(found[1]): found[2] for line in asked if (found := _ADDRESS.match(line)) and found[2]}
    named = [(line, _ADDRESS.match(line)) for line in locked]
    return [f"{found[1]}{extras.get(normalised(found[1]), '')}{line[found.end(1) :]}" for line, found in named if found]


def _repository(package: Mapping[str, object]) -> str:
    """Return the address of what comes from a repository or by a URL, in the words of PEP 508, "" for an index."""
    source = table(package.get("source"))
    kind, url = text_of(source.get("type")), text_of(source.get("url"))
    revision = text_of(source.get("resolved_reference"))
    if kind not in {"git", "url"}:
        url, revision = text_of(package.get("git")), text_of(package.get("revision"))
        kind = "git" if url else "url"
        url = url or text_of(package.get("url"))
    folder = text_of(source.get("subdirectory")) or text_of(package.get("subdirectory"))
    if not url:
        return ""
    entries = {"git": url, "rev": revision, "subdirectory": folder} if kind == "git" else {"url": url}
    line = requirement_line("x", entries)
    return line.removeprefix("x @ ") if line else ""


def parse_pipfile_lock(text: str, path: str) -> LockedPackages:
    """Return all packages that a Pipfile.lock names, those for development too, as lines of a requirements file.

    Source: https://pipenv.pypa.io/en/latest/pipfile.html

    Raises:
        UnreadableError: it is not such a file.
    """
    try:
        document = table(json.loads(text[:_LARGEST]))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{path} is not JSON: {error}") from None
    lines: dict[str, None] = {}
    for section in ("default", "develop"):
        for name, wanted in table(document.get(section)).items():
            line = requirement_line(name, table(wanted))
            if line is None:
                continue
            hashes = [one for one in texts(table(wanted).get("hashes")) if _HASH.match(one)]
            exact = "==" in line.split(";", 1)[0]
            lines.setdefault(" ".join([line, *(f"--hash={one}" for one in hashes if exact)]))
    return LockedPackages(lines=tuple(lines), requires_python=pipfile_python(document.get("_meta")))


def pipfile_python(section: object) -> str:
    """Return the Python of a table with `requires`, such as `_meta` of a Pipfile.lock: "3.12"."""
    requires = table(table(section).get("requires"))
    version = text_of(requires.get("python_full_version")) or text_of(requires.get("python_version"))
    return version if re.fullmatch(r"3(\.[0-9]{1,3}){1,2}", version) else ""
