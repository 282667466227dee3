"""What a project declares in the tables of Poetry, and of PDM. Decides nothing about what is installed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gate.formats.poetry_requirement import requirement_lines, version_range
from gate.formats.toml_document import table, text_of, texts

_PROJECT_ROOT = re.compile(r"file:///\$\{PROJECT_ROOT\}/?")
_EGG = re.compile(r"#egg=([A-Za-z0-9._-]{1,128}).*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolProject:
    """The project as its tool's own tables declare it; every dependency is a line of a requirements file.

    `main` are the dependencies to run, those of extras left out; `groups` and `extras` are by their names,
    `optional` the groups that the tool installs only when asked. `package` is what the tool says about the project
    being one, None if it says nothing, and `requires_python` a PEP 440 specifier.
    """

    main: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    package: bool | None = None
    requires_python: str = ""


def parse_poetry(document: Mapping[str, object]) -> ToolProject | None:
    """Return what `[tool.poetry]` of a pyproject.toml declares, None if there is no such table.

    Source: https://python-poetry.org/docs/pyproject/, https://python-poetry.org/docs/managing-dependencies/
    """
    poetry = table(table(document.get("tool")).get("poetry"))
    if not poetry:
        return None
    dependencies = table(poetry.get("dependencies"))
    needed = {name: wanted for name, wanted in dependencies.items() if table(wanted).get("optional") is not True}
    declared = table(poetry.get("group"))
    groups = {name: _group(declared, name) for name in declared}
    older = table(poetry.get("dev-dependencies"))  # of Poetry before 1.2
    if older:
        groups["dev"] = (*groups.get("dev", ()), *requirement_lines(older))
    extras = {
        extra: tuple(requirement_lines({name: dependencies[name] for name in texts(names) if name in dependencies}))
        for extra, names in table(poetry.get("extras")).items()
    }
    return ToolProject(
        main=tuple(requirement_lines(needed)),
        groups=groups,
        extras=extras,
        optional=frozenset(name for name, group in declared.items() if table(group).get("optional") is True),
        package=False if poetry.get("package-mode") is False else None,
        requires_python=version_range(text_of(dependencies.get("python"))),
    )


def _group(declared: Mapping[str, object], name: str, above: tuple[str, ...] = ()) -> tuple[str, ...]:
    group = table(declared.get(name))
    lines = requirement_lines(table(group.get("dependencies")))
    for included in texts(group.get("include-groups")):
        if included not in above and len(above) < 8:
            lines += _group(declared, included, (*above, name))
    return tuple(dict.fromkeys(lines))


def parse_pdm(document: Mapping[str, object]) -> ToolProject | None:
    """Return what `[tool.pdm]` of a pyproject.toml declares beside `[project]`, None if there is no such table.

    Source: https://pdm-project.org/latest/reference/pep621/
    """
    pdm = table(document.get("tool")).get("pdm")
    if not isinstance(pdm, dict):
        return None
    groups = {
        name: tuple(filter(None, map(_pdm_line, texts(lines))))
        for name, lines in table(pdm.get("dev-dependencies")).items()
    }
    distribution = pdm.get("distribution")
    return ToolProject(groups=groups, package=distribution if isinstance(distribution, bool) else None)


def _pdm_line(line: str) -> str | None:
    if "\n" in line or "\r" in line:
        return None
    if line.startswith("-e "):
        return _EGG.sub("", _PROJECT_ROOT.sub("./", line))
    return line
