"""What a project's own files say about how it is installed. Reads no file, asks no index, decides nothing."""

import ast
import configparser
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from gate.formats import UnreadableError

# The names under which projects keep what their tests need, normalised.
TEST_NAMES = ("dev", "development", "test", "tests", "testing", "ci")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What pyproject.toml, setup.cfg and setup.py declare.

    `extras` and `groups` are those for tests only, by normalised name. `installable` means that a build makes
    a distribution of the project itself; `has_table` that there is a `[project]` table, installable or not.
    `members` and `excluded` are the patterns of a uv workspace, None where the project is not the root of one.
    """

    file: str = ""
    installable: bool = False
    has_table: bool = False
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    requires_python: str | None = None
    members: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()

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
    document = _document(files.get(str(folder / "pyproject.toml")), folder)
    setup_cfg = files.get(str(folder / "setup.cfg"))
    setup_py = files.get(str(folder / "setup.py"))
    project = document.get("project")
    tool = _table(document.get("tool"))
    uv = _table(tool.get("uv"))
    workspace = uv.get("workspace")
    extras = [*_table(_table(project).get("optional-dependencies")), *_extras_of_setup(setup_cfg, setup_py)]
    groups = [*_table(document.get("dependency-groups")), *(["dev"] if "dev-dependencies" in uv else [])]
    requires_python = _table(project).get("requires-python")
    poetry = _table(tool.get("poetry"))
    declared = isinstance(project, dict) or bool(poetry)
    by_setup = setup_py is not None or (setup_cfg is not None and _has_metadata(setup_cfg))
    no_package = uv.get("package") is False or poetry.get("package-mode") is False
    built = "build-system" in document or str(folder / "src") + "/" in files or uv.get("package") is True
    return Manifest(
        file="pyproject.toml" if declared or groups else "setup.py" if setup_py is not None else "setup.cfg",
        installable=by_setup or (declared and built and not no_package),
        has_table=isinstance(project, dict),
        extras=_for_tests(extras),
        groups=_for_tests(groups),
        requires_python=requires_python if isinstance(requires_python, str) else None,
        members=_texts(_table(workspace).get("members")) if isinstance(workspace, dict) else None,
        excluded=_texts(_table(workspace).get("exclude")),
    )


def normalised(name: str) -> str:
    """Write the name of a distribution, extra or group as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _for_tests(names: Iterable[object]) -> tuple[str, ...]:
    found = {normalised(str(name)) for name in names}
    return tuple(name for name in TEST_NAMES if name in found)


def _document(text: str | None, folder: PurePosixPath) -> Mapping[str, object]:
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        raise UnreadableError(f"{folder / 'pyproject.toml'} is not TOML: {error}") from None


def _has_metadata(setup_cfg: str) -> bool:
    """Tell a setup.cfg that describes a distribution from one that only configures tools."""
    parser = _ini(setup_cfg)
    return parser.has_section("metadata") or parser.has_section("options")


def _extras_of_setup(setup_cfg: str | None, setup_py: str | None) -> list[str]:
    parser = _ini(setup_cfg or "")
    section = "options.extras_require"
    return [*(parser.options(section) if parser.has_section(section) else ()), *_extras_of_setup_py(setup_py or "")]


def _extras_of_setup_py(text: str) -> list[str]:
    """Find the extras that are written out in setup.py; what it computes, only running it would tell."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # its build will say what is wrong with it
    dictionaries = [
        keyword.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "extras_require" and isinstance(keyword.value, ast.Dict)
    ]
    return [
        key.value
        for dictionary in dictionaries
        for key in dictionary.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    ]


def _ini(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return configparser.RawConfigParser()  # its build will say what is wrong with it
    return parser


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(entry) for entry in value) if isinstance(value, list) else ()
