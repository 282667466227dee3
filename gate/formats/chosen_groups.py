"""Chooses the groups and extras that a project's tests need, by their usual names and by hints."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gate.formats.install_hints import InstallHints
from gate.formats.project_manifest import TEST_NAMES, Manifest, normalised
from gate.formats.toml_document import table

# Of those that conflict the one that speaks of tests is kept, then that of the machine that tests, then the rest.
_FIRST = ("test", "tests", "testing", "pytest", "unittest", "unit", "ci", "dev")
# The extra that stands for all, taken where nothing else tells what tests need.
ALL = "all"
# What uv installs unasked where nothing is said of that.
_UNSAID = ("dev",)
_SELF = re.compile(r"[A-Za-z0-9._-]+\[([A-Za-z0-9._, -]+)\]")
_PYTEST = re.compile(r"\bpytest\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenGroups:
    """The groups and extras to install, normalised; `of_tool` are groups in the tables of Poetry or PDM, as written.

    `left_out` are groups that uv would install unasked, but that conflict with a chosen one.
    """

    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    of_tool: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def choose_groups(manifest: Manifest, hints: Sequence[InstallHints]) -> ChosenGroups:
    """Return what is chosen of what `manifest` declares; what only a hint knows is not chosen."""
    asked_groups = [normalised(name) for hint in hints for name in hint.groups]
    asked_extras = [normalised(name) for hint in hints for name in hint.extras]
    tool = manifest.tool_project
    all_extras = (*manifest.extras, *_normalised(tool.extras))
    if any(hint.all_extras for hint in hints):
        asked_extras += all_extras
    if any(hint.all_groups for hint in hints):
        asked_groups += manifest.groups
    if manifest.default_groups != _UNSAID:  # `uv sync` installs them unasked
        asked_groups += manifest.default_groups
    groups = _of(manifest.groups, asked_groups)
    told = (*groups, *_of(all_extras, asked_extras), *_of(_normalised(tool.groups), asked_groups))
    if not told and not any(hint.requirements or hint.files for hint in hints):
        asked_extras.append(ALL)
    of_tool = [name for name in tool.groups if normalised(name) in {*TEST_NAMES, *asked_groups}]
    if not of_tool and not groups:  # their tools install all that are not optional
        of_tool = [name for name in tool.groups if name not in tool.optional]
    kept = _without_conflicts(manifest, groups, _of(all_extras, asked_extras))
    return ChosenGroups(
        groups=tuple(name for name in groups if ("group", name) in kept),
        extras=tuple(name for name in _of(all_extras, asked_extras) if ("extra", name) in kept),
        of_tool=tuple(of_tool),
        left_out=tuple(
            name for name in manifest.default_groups if name in manifest.groups and ("group", name) not in kept
        ),
    )


def name_pytest(manifest: Manifest, chosen: ChosenGroups, others: Iterable[str]) -> bool:
    """Tell whether pytest is named by what is chosen, by the main dependencies, or in the texts `others`."""
    project = table(manifest.document.get("project"))
    extras = {normalised(name): lines for name, lines in table(project.get("optional-dependencies")).items()}
    groups = {normalised(name): lines for name, lines in table(manifest.document.get("dependency-groups")).items()}
    uv = table(table(manifest.document.get("tool")).get("uv"))
    tool = manifest.tool_project
    found = [project.get("dependencies"), uv.get("dev-dependencies"), tool.main]
    found += [tool.groups[name] for name in chosen.of_tool]
    found += [lines for name, lines in tool.extras.items() if normalised(name) in chosen.extras]
    found += [extras.get(name) for name in _reached(chosen.extras, extras)]
    found += [groups.get(name) for name in _reached((*chosen.groups, *manifest.default_groups), groups)]
    return any(_PYTEST.search(str(text)) for text in (*found, *others))


def _reached(names: Iterable[str], declared: Mapping[str, object]) -> set[str]:
    """Return `names` and those that they include, as `{include-group = …}` or as `project[extra]`."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        lines = declared.get(name)
        for line in lines if isinstance(lines, list) else ():
            if isinstance(line, dict):
                waiting.append(normalised(str(line.get("include-group"))))
            elif isinstance(line, str) and (own := _SELF.match(line)):
                waiting += [normalised(part.strip()) for part in own[1].split(",")]
    return found


def _normalised(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(normalised, names))


def _of(declared: Iterable[str], asked: Iterable[str]) -> tuple[str, ...]:
    there = set(declared)
    return tuple(dict.fromkeys(name for name in (*TEST_NAMES, *asked) if name in there))


def _without_conflicts(manifest: Manifest, groups: Iterable[str], extras: Iterable[str]) -> set[tuple[str, str]]:
    """Return what can be installed together, as (kind, name): of a set of `[tool.uv] conflicts` one."""
    default = [("group", name) for name in manifest.default_groups if name in manifest.groups]
    wanted = [*(("group", name) for name in groups), *default, *(("extra", name) for name in extras)]
    kept: set[tuple[str, str]] = set()
    for member in sorted(wanted, key=lambda one: _FIRST.index(one[1]) if one[1] in _FIRST else len(_FIRST)):
        if not any(member in together and kept & together - {member} for together in manifest.conflicts):
            kept.add(member)
    return kept
