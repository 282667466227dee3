"""What a project's build puts into its distribution: the packages and modules that its users get. Builds nothing."""

import configparser
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gate.formats.ini_document import readable_ini
from gate.formats.setup_script import parse_setup_script
from gate.formats.toml_document import readable_toml, table, tables, text_of, texts

MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py")
# Where a package may lie that is named without its folder.
_FOLDERS = ("", "src/", "lib/")
_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """`named` are modules (`a.b`) and folders (`src/a`); `finds`: the build looks for packages, but for `excluded`.

    `name` is the distribution's.
    """

    named: tuple[str, ...] = ()
    finds: bool = False
    excluded: tuple[str, ...] = ()
    name: str = ""


def parse_shipped(manifests: Mapping[str, str]) -> Shipped:
    """Return what the texts of `MANIFESTS` tell; a file that cannot be read tells nothing.

    Sources: https://setuptools.pypa.io/en/latest/userguide/package_discovery.html,
    https://python-poetry.org/docs/pyproject/#packages, https://hatch.pypa.io/latest/config/build/,
    https://flit.pypa.io/en/stable/pyproject_toml.html, https://docs.astral.sh/uv/reference/settings/#build-backend.
    """
    document = readable_toml(manifests.get("pyproject.toml", ""))
    sections = readable_ini(manifests.get("setup.cfg", "")[:_LARGEST], allow_no_value=True)
    script = parse_setup_script(manifests.get("setup.py", ""))
    tool = table(document.get("tool"))
    in_cfg = [*_lines(sections, "packages"), *_lines(sections, "py_modules")]
    finders = [name for name in in_cfg if name.startswith(("find:", "find_namespace:"))]
    find = table(table(table(tool.get("setuptools")).get("packages")).get("find"))
    named = [*_by_table(tool), *(name for name in in_cfg if name not in finders), *script.shipped]
    excluded = (*texts(find.get("exclude")), *_lines(sections, "exclude", "options.packages.find"), *script.excluded)
    name = text_of(table(document.get("project")).get("name")) or text_of(table(tool.get("poetry")).get("name"))
    return Shipped(
        named=tuple(dict.fromkeys(named)),
        finds=bool(finders) or script.finds,
        excluded=excluded,
        name=name or sections.get("metadata", "name", fallback="") or script.name,
    )


def shipped_sources(shipped: Shipped, files: Iterable[str]) -> tuple[str, ...]:
    """Return those named modules and folders that are among the project's `files`, as coverage takes them.

    A folder is written as its path, a single module by its name. Of a package within another, only the outer.
    """
    known = _known(files)
    found = [place for name in shipped.named if (place := _place(name, known))]
    outer = [place for place in found if not any(place.startswith(f"{other}/") for other in found)]
    return tuple(dict.fromkeys(outer))


def named_like_project(shipped: Shipped, files: Iterable[str]) -> str:
    """Return the package or module that has the distribution's name, "" for none."""
    module = re.sub(r"[-_.]+", "_", shipped.name).lower()
    known = {path.lower(): path for path in _known(files)}
    found = _place(module, known) if re.fullmatch(r"\w{1,200}", module) else ""
    return known.get(found, found)


def found_by_build(shipped: Shipped, folders: Sequence[str]) -> list[str]:
    """Return those of the packages at the root that a build takes which looks for them."""
    if not shipped.finds:
        return []
    return [name for name in folders if not any(fnmatchcase(name, pattern) for pattern in shipped.excluded)]


def _by_table(tool: Mapping[str, object]) -> Iterator[str]:
    """Yield what the tables of build backends name: the wheel's, where a table tells it apart from the source's."""
    setuptools = table(tool.get("setuptools"))
    yield from texts(setuptools.get("packages"))
    yield from texts(setuptools.get("py-modules"))
    find = table(table(setuptools.get("packages")).get("find"))
    patterns = [pattern.rstrip("*.") for pattern in texts(find.get("include"))]
    for folder in texts(find.get("where")) or ("",):
        yield from (f"{folder}/{name}".removeprefix("./").strip("/") for name in patterns if "*" not in name)
    for package in tables(table(tool.get("poetry")).get("packages")):
        yield "/".join(filter(None, (text_of(package.get("from")), text_of(package.get("include")))))
    wheel = table(table(table(table(tool.get("hatch")).get("build")).get("targets")).get("wheel"))
    yield from (*texts(wheel.get("packages")), *texts(wheel.get("only-include")))
    yield text_of(table(table(tool.get("flit")).get("module")).get("name"))
    uv = table(tool.get("uv"))
    backend = table(uv.get("build-backend"))
    modules = backend.get("module-name")
    yield from texts(modules) if isinstance(modules, list) else (text_of(modules),)


def _known(files: Iterable[str]) -> dict[str, str]:
    """Return the project's Python files, and the folders that they lie in."""
    known: dict[str, str] = {}
    for path in files:
        if path.endswith(".py"):
            known[path] = path
            parts = path.split("/")
            known.update({folder: folder for at in range(1, min(len(parts), 8)) if (folder := "/".join(parts[:at]))})
    return known


def _place(name: str, known: Mapping[str, str]) -> str:
    """Return the folder of a package, the name of a single module, or "" where neither is there."""
    if "/" in name:
        folder = name.removeprefix("./").strip("/")
        return folder if folder in known else ""
    module = name.partition(".")[0] if not name.endswith(".py") else name.removesuffix(".py")
    for start in _FOLDERS if module else ():
        if f"{start}{module}" in known:
            return f"{start}{module}"
        if f"{start}{module}.py" in known:
            return module
    return ""


def _lines(sections: configparser.RawConfigParser, option: str, section: str = "options") -> list[str]:
    written = sections.get(section, option, fallback="") or ""
    return [line.strip() for line in re.split(r"[\n,]", written) if line.strip()]
