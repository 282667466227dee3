"""What a project's own files say about how it is installed. Reads no file, asks no index, decides nothing."""

import configparser
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from gate.formats.ini_document import readable_ini
from gate.formats.poetry_project import ToolProject, parse_pdm, parse_poetry
from gate.formats.setup_script import parse_setup_script
from gate.formats.toml_document import parse_toml, table, tables, text_of, texts

# The names under which projects keep what their tests need, normalised.
TEST_NAMES = (
    *("dev", "development", "devel", "develop", "test", "tests", "testing", "unit", "unit-test", "unit-tests"),
    *("unittest", "unittests", "pytest", "dev-test", "test-dev", "dev-dependencies", "ci"),
)
# Source: https://packaging.python.org/en/latest/specifications/name-normalization/
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What pyproject.toml, setup.cfg and setup.py declare.

    `extras` and `groups` are all of them, by normalised name and without those that the tables of another tool
    declare: these are `tool_project`'s. `default_groups` are those that uv installs unasked, `conflicts` the sets of
    (kind, name) of which uv installs one.
    `installable` means that a build makes a distribution of the project itself; `has_table` that there is a
    `[project]` table, installable or not; `backend` is the build backend's name, "" for none.
    `members` and `excluded` are the patterns of a uv workspace, None where the project is not the root of one.
    """

    file: str = ""
    installable: bool = False
    has_table: bool = False
    backend: str = ""
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    default_groups: tuple[str, ...] = ("dev",)
    conflicts: tuple[frozenset[tuple[str, str]], ...] = ()
    tests_require: tuple[str, ...] = ()
    requires_python: str | None = None
    members: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()
    tool_project: ToolProject = field(default_factory=ToolProject)
    document: Mapping[str, object] = field(default_factory=dict)

    def has_member(self, place: PurePosixPath) -> bool:
        """Tell whether the folder `place`, relative to this project's, is a member of its uv workspace."""

        def matches(pattern: str) -> bool:
            wanted = PurePosixPath(pattern).parts
            return len(wanted) == len(place.parts) and all(map(fnmatchcase, place.parts, wanted))

        return any(map(matches, self.members or ())) and not any(map(matches, self.excluded))


def parse_manifest(files: Mapping[str, str], folder: PurePosixPath) -> Manifest:
    """Return what the project in `folder` declares; `files` are texts by path, a folder's name ends with a slash.

    Source: https://packaging.python.org/en/latest/specifications/pyproject-toml/, PEP 735 for groups.

    Raises:
        UnreadableError: pyproject.toml is not TOML.
    """
    path = str(folder / "pyproject.toml")
    document = parse_toml(files.get(path, ""), path)
    setup_cfg = files.get(str(folder / "setup.cfg"))
    setup_py = files.get(str(folder / "setup.py"))
    script = parse_setup_script(setup_py or "")
    sections = readable_ini(setup_cfg or "")
    project = document.get("project")
    tool = table(document.get("tool"))
    uv = table(tool.get("uv"))
    workspace = uv.get("workspace")
    by_tool = parse_poetry(document) or parse_pdm(document) or ToolProject()
    extras = [*table(table(project).get("optional-dependencies")), *_extras_of(sections), *script.extras]
    groups = [*table(document.get("dependency-groups")), *(["dev"] if "dev-dependencies" in uv else [])]
    requires_python = text_of(table(project).get("requires-python")) or by_tool.requires_python
    poetry = table(tool.get("poetry"))
    declared = isinstance(project, dict) or bool(poetry)
    by_setup = setup_py is not None or sections.has_section("metadata") or sections.has_section("options")
    no_package = uv.get("package") is False or by_tool.package is False
    built = "build-system" in document or str(folder / "src") + "/" in files or uv.get("package") is True
    named = text_of(table(project).get("name"))
    no_package = no_package or bool(named and not _NAME.fullmatch(named))  # no backend takes such a name
    backend = text_of(table(document.get("build-system")).get("build-backend"))
    if backend.startswith("poetry"):
        no_package = no_package or not _poetry_finds_package(files, folder, document)
    elif poetry and not isinstance(project, dict):
        built = bool(backend)  # no other backend knows that table
    return Manifest(
        file="pyproject.toml" if declared or groups else "setup.py" if setup_py is not None else "setup.cfg",
        installable=by_setup or (declared and built and not no_package),
        has_table=isinstance(project, dict),
        backend=backend,
        extras=_normalised(extras),
        groups=_normalised(groups),
        default_groups=_default_groups(uv),
        conflicts=tuple(_conflicts(uv)),
        tests_require=(*script.tests_require, *_lines(sections, "options", "tests_require")),
        requires_python=requires_python or None,
        members=texts(table(workspace).get("members")) if isinstance(workspace, dict) else None,
        excluded=texts(table(workspace).get("exclude")),
        tool_project=by_tool,
        document=document,
    )


def _poetry_finds_package(files: Mapping[str, str], folder: PurePosixPath, document: Mapping[str, object]) -> bool:
    """Tell whether Poetry's backend finds what it would put into a distribution.

    Source: https://python-poetry.org/docs/pyproject/#packages
    """
    poetry = table(table(document.get("tool")).get("poetry"))
    if poetry.get("packages") or poetry.get("include"):
        return True
    name = text_of(table(document.get("project")).get("name")) or text_of(poetry.get("name"))
    module = normalised(name).replace("-", "_")
    places = (folder / module, folder / "src" / module)
    return any(f"{place}/" in files or f"{place}.py" in files for place in places)


def _default_groups(uv: Mapping[str, object]) -> tuple[str, ...]:
    given = uv.get("default-groups")
    return _normalised(texts(given)) if isinstance(given, list) else ("dev",)


def _conflicts(uv: Mapping[str, object]) -> Iterator[frozenset[tuple[str, str]]]:
    """Yield the sets of `[tool.uv] conflicts`.

    Source: https://docs.astral.sh/uv/concepts/projects/config/#conflicting-dependencies
    """
    given = uv.get("conflicts")
    for members in given if isinstance(given, list) else ():
        yield frozenset(
            (kind, normalised(text_of(member[kind])))
            for member in tables(members)
            for kind in ("group", "extra")
            if text_of(member.get(kind))
        )


def normalised(name: str) -> str:
    """Write the name of a distribution, extra or group as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _normalised(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(normalised, names)))


def _extras_of(sections: configparser.RawConfigParser) -> list[str]:
    section = "options.extras_require"
    return sections.options(section) if sections.has_section(section) else []


def _lines(sections: configparser.RawConfigParser, section: str, option: str) -> list[str]:
    written = sections.get(section, option, fallback="")
    return [line.strip() for line in written.split("\n" if "\n" in written else ";") if line.strip()]
