"""Decides from a project's files how its environment is made. Reads no file, knows no machine and no interpreter."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from gate.formats.chosen_groups import ALL, ChosenGroups, choose_groups, name_pytest
from gate.formats.describing_files import is_described
from gate.formats.install_hints import InstallHints, choose_hint
from gate.formats.install_locks import UPDATES, FoundLock, find_lock
from gate.formats.install_words import file_of, option_words, origin_line, with_extras
from gate.formats.locked_packages import fixed_addresses, has_address, parse_pipfile_lock, parse_tool_lock
from gate.formats.package_sources import PackageSource, sources_of_pdm, sources_of_pipfile, sources_of_poetry
from gate.formats.poetry_requirement import requirement_lines
from gate.formats.project_manifest import Manifest, normalised, parse_manifest
from gate.formats.requirement_files import main_requirements, requirements_for_tests
from gate.formats.toml_document import parse_toml, table, texts
from gate.formats.tool_hints import read_hints
from gate.formats.tox_file import skips_package

# Files that are written for uv, beside the environment.
_LOCKED = "quality-gate-locked.txt"
_LISTED = "quality-gate-listed.txt"
_HINTED = "quality-gate-hinted.txt"
_FIXED = "quality-gate-fixed.txt"
_OWN = ("pip", "install", "--no-deps", "-e")
# This backend can make none that is editable; tests at the root still import the project from its folder.
_OWN_BUILT, _NOT_EDITABLE = ("pip", "install", "--no-deps", "."), "poetry.masonry.api"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPlan:
    """How an environment is made: by `uv`, arguments without the interpreter's, or by a `command` of the user.

    `origin` says in a line what that follows from. `written` are texts of files that the arguments name and that are
    to be written first; `sources` indexes that uv is to be told of; `folder` where uv is to run, relative to the
    repository root, if not in the project's folder; `unsolvable` what helps if what is asked for cannot be had
    together, "" if nothing is known. `hinted` are arguments of a last `uv pip install` that must not move what is
    there and may fail, by what `hint` says. `apart` are calls in place of those of `uv` where these cannot be solved:
    the project without what it depends on itself.
    """

    origin: str
    uv: tuple[tuple[str, ...], ...] = ()
    command: str | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[PackageSource, ...] = ()
    folder: str | None = None
    unsolvable: str = ""
    hinted: tuple[str, ...] = ()
    hint: str = ""
    apart: tuple[tuple[str, ...], ...] = ()

    @staticmethod
    def is_own(arguments: Sequence[str]) -> bool:
        """Tell the call that installs the project itself, after all that it depends on."""
        return tuple(arguments[:4]) in (_OWN, _OWN_BUILT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the files of the project in the folder `here` say."""

    files: Mapping[str, str]
    here: PurePosixPath
    manifest: Manifest
    hints: Sequence[InstallHints]
    chosen: ChosenGroups
    main: str | None
    for_tests: Sequence[str]

    def text(self, name: str) -> str:
        return self.files.get(str(self.here / name), "")


def plan_installation(files: Mapping[str, str], project: str = ".") -> InstallPlan:
    """Return how to install the project in the folder `project`.

    `files` are texts by path, both relative to the repository root; a folder's name ends with a slash.

    Raises:
        UnreadableError: a pyproject.toml is not TOML, or a lock cannot be read.
    """
    here = PurePosixPath(project)
    for folder in (here, *here.parents):
        plan = _plan(files, folder)
        if plan is not None:
            return plan if folder == here else _from_above(plan, folder)
    return InstallPlan(origin="no file tells what the project depends on: the test tools only")


def _from_above(plan: InstallPlan, folder: PurePosixPath) -> InstallPlan:
    place = "the repository root" if folder == PurePosixPath() else f"the folder {folder}"
    return replace(plan, origin=f"{plan.origin} of {place}", folder=str(folder))


def _plan(files: Mapping[str, str], here: PurePosixPath) -> InstallPlan | None:
    manifest = parse_manifest(files, here)
    hints = read_hints(files, here, manifest)
    found = _Found(
        files=files,
        here=here,
        manifest=manifest,
        hints=hints,
        chosen=choose_groups(manifest, hints),
        main=main_requirements(files, here),
        for_tests=requirements_for_tests(files, here),
    )
    lock = find_lock(files, here, manifest)
    if lock is not None:
        return _with_hints(found, _from_lock(found, lock), lock.path)
    if found.main or found.for_tests:
        paths = [path for path in (found.main, *found.for_tests) if path]
        return _with_hints(found, _from_requirements(found, paths), *(str(here / path) for path in paths))
    if str(here / "Pipfile") in files:
        return _with_hints(found, _from_pipfile(found), str(here / "Pipfile"))
    if is_described(manifest):
        return _with_hints(found, _from_manifest(found), str(here / "setup.py"), str(here / "setup.cfg"))
    hinted = _with_hints(found, InstallPlan(origin="no file tells what the project depends on"))
    return hinted if hinted.hinted else None


def _with_hints(found: _Found, plan: InstallPlan, *paths: str) -> InstallPlan:
    """Add what a hint says that tests need, beside what was found in `paths` and in the chosen groups and extras."""
    named = {path: str(found.here / path) for hint in found.hints for path in hint.files}
    there, taken = ({path for path, place in named.items() if place in places} for places in (found.files, paths))
    complete = name_pytest(found.manifest, found.chosen, (found.files.get(path, "") for path in paths))
    hint = choose_hint(found.hints, there, taken, complete=complete)
    if hint is None:
        return plan
    written = {_HINTED: file_of(hint.requirements)} if hint.requirements else {}
    hinted = tuple(option_words("-r", (*hint.files, *written)))
    return replace(plan, written={**plan.written, **written}, hinted=hinted, hint=hint.origin)


def _from_lock(found: _Found, lock: FoundLock) -> InstallPlan:
    name = PurePosixPath(lock.path).name
    path = name if lock.folder == found.here else lock.path
    aside = f" ({' and '.join(lock.set_aside)} set aside" if lock.set_aside else ""
    origin = f"{path}{aside}{': ' + lock.why if lock.why else ''})" if aside else path
    if lock.tool == "uv":
        return _from_uv_lock(found, lock, origin)
    if lock.tool == "pipenv":
        locked = parse_pipfile_lock(found.files[lock.path], lock.path)
        return InstallPlan(
            origin=f"{origin}, default and develop",
            uv=(("pip", "install", "--no-deps", "-r", _LISTED), *_alone(found.manifest)),
            written={_LISTED: file_of(locked.lines)},
            sources=sources_of_pipfile(parse_toml(found.text("Pipfile"), "Pipfile")),
            unsolvable=UPDATES[lock.tool],
        )
    locked = parse_tool_lock(found.files[lock.path], lock.path)
    tool = found.manifest.tool_project
    declared = texts(table(found.manifest.document.get("project")).get("dependencies"))
    asked = (line for lines in (declared, tool.main, *tool.groups.values(), *tool.extras.values()) for line in lines)
    fixed = fixed_addresses(locked.lines, asked)
    plan = _from_manifest(found, ("-c", _LOCKED, *(("--overrides", _FIXED) if fixed else ())))
    return InstallPlan(
        origin=origin_line(origin, (*found.chosen.groups, *found.chosen.of_tool), found.chosen.extras),
        uv=plan.uv,
        written={
            _LOCKED: file_of(line for line in locked.lines if not has_address(line)),
            **({_FIXED: file_of(fixed)} if fixed else {}),
            **plan.written,
        },
        sources=plan.sources,
        unsolvable=UPDATES[lock.tool],
    )


def _from_uv_lock(found: _Found, lock: FoundLock, origin: str) -> InstallPlan:
    chosen = found.chosen
    arguments = ["sync", "--frozen"]
    if found.manifest.members is not None and lock.folder == found.here:
        arguments += ["--all-packages"]
    arguments += option_words("--group", chosen.groups) + option_words("--extra", chosen.extras)
    arguments += option_words("--no-group", chosen.left_out)
    return InstallPlan(origin=origin_line(origin, chosen.groups, chosen.extras), uv=(tuple(arguments),))


def _from_requirements(found: _Found, paths: Sequence[str]) -> InstallPlan:
    """Install files of requirements and the project itself in one resolution, as pip does.

    Where that cannot be solved although the files are complete, the project is installed apart. They are not complete
    where there is none but for tests, or where the tests' own are an extra of the project.
    """
    manifest = found.manifest
    groups = () if found.for_tests else found.chosen.groups
    extras = () if found.for_tests or found.chosen.extras == (ALL,) else found.chosen.extras
    # Nothing without a hash may stand beside these.
    strict = [path for path in paths if re.search(r"^--require-hashes\b", found.text(path), re.MULTILINE)]
    together = option_words("-r", [path for path in paths if path not in strict]) + option_words("--group", groups)
    complete = found.main is not None and not extras
    if not manifest.installable and parse_manifest(found.files, found.here / "src").installable:
        together += ["-e", "src"]
    own = [*option_words("-r", ("pyproject.toml",)), *option_words("--extra", extras)] if manifest.has_table else []
    if manifest.installable:
        own = ["-e", with_extras(extras)]
    if not complete:
        together += own
    commands: list[tuple[str, ...]] = [("pip", "install", "-r", path) for path in strict]
    commands += [("pip", "install", *together)] if together else []
    origin = origin_line(", ".join(paths), groups, extras)
    if complete and manifest.installable and skips_package(found.text("tox.ini")):
        origin += "; the project itself is imported from its folder, as tox.ini does"
    elif complete:
        apart = (*commands, *_alone(manifest))
        if manifest.installable and not strict:
            return InstallPlan(origin=origin, uv=(("pip", "install", *together, *own),), apart=apart)
        return InstallPlan(origin=origin, uv=apart)
    return InstallPlan(origin=origin, uv=tuple(commands))


def _from_pipfile(found: _Found) -> InstallPlan:
    document = parse_toml(found.text("Pipfile"), str(found.here / "Pipfile"))
    lines = [line for name in ("packages", "dev-packages") for line in requirement_lines(table(document.get(name)))]
    return InstallPlan(
        origin="Pipfile without a lock",
        uv=(("pip", "install", "-r", _LISTED), *_alone(found.manifest)),
        written={_LISTED: file_of(lines)},
        sources=sources_of_pipfile(document),
    )


def _from_manifest(found: _Found, limits: tuple[str, ...] = ()) -> InstallPlan:
    """Install the project with its groups and extras; those that only Poetry or PDM know are written out in a file."""
    manifest, chosen, tool = found.manifest, found.chosen, found.manifest.tool_project
    listed = [line for name in chosen.of_tool for line in tool.groups[name]]
    arguments = ["pip", "install", *limits]
    apart = manifest.installable and manifest.backend == _NOT_EDITABLE and not manifest.has_table
    if manifest.installable and not apart:
        arguments += ["-e", with_extras(chosen.extras)]
    elif manifest.has_table:
        arguments += ["-r", "pyproject.toml", *option_words("--extra", chosen.extras)]
    else:
        of_extras = [lines for name, lines in tool.extras.items() if normalised(name) in chosen.extras]
        listed += [*tool.main, *(line for lines in of_extras for line in lines)]
    arguments += option_words("--group", chosen.groups)
    arguments += ["-r", _LISTED] if listed else []
    return InstallPlan(
        origin=origin_line(manifest.file, (*chosen.groups, *chosen.of_tool), chosen.extras),
        uv=(*((tuple(arguments),) if len(arguments) > len(limits) + 2 else ()), *(_alone(manifest) if apart else ())),
        written={_LISTED: file_of(dict.fromkeys(listed))} if listed else {},
        sources=(*sources_of_poetry(manifest.document), *sources_of_pdm(manifest.document)),
    )


def _alone(manifest: Manifest) -> tuple[tuple[str, ...], ...]:
    return (_OWN_BUILT if manifest.backend == _NOT_EDITABLE else (*_OWN, "."),) if manifest.installable else ()
