"""Which of ruff's findings the base has too, found by ruff itself: a first run has no report to compare with.

What the change does not touch is as it was. Of what it touches, the base's files are laid out at their old paths beside
the configuration of now, and the same ruff looks at them: a rule that is new finds nothing new in old lines.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gate.comparing.matching import in_base
from gate.comparing.places import Places
from gate.context import Context
from gate.domain.change import Change, ChangedFile
from gate.domain.finding import Finding
from gate.domain.project import Project
from gate.formats import UnreadableError
from gate.formats.ruff_output import check_options, parse_unformatted, parse_violations, printed_report
from gate.formats.ruff_settings import SETTINGS_FILES, extended_by
from gate.gates.lint_findings import findings_of, located
from gate.ports import CannotRun, Command

_ENDINGS = (".py", ".pyi", ".ipynb")
_MOST_FILES = 5_000
_MOST_OF_ALL = 64 * 1024 * 1024
_MOST_OF_A_SOURCE = 8 * 1024 * 1024
_MOST_EXTENDED = 8
_MOST_STUBS = 20_000

Known = tuple[bool | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruff:
    """The program that found what was found, and in which environment."""

    program: str
    version: str
    env: Mapping[str, str]


async def known_in_base(
    ctx: Context, ruff: Ruff, findings: Sequence[Finding], *, formatting: bool
) -> tuple[Known, str]:
    """Return for each finding whether the base has it, None where that is not known, and why ruff could not tell."""
    if not findings:
        return (), ""
    try:
        change = await ctx.change()
    except CannotRun:
        # Whoever compares with the base says why.
        return (None,) * len(findings), ""
    touched = {file.path for file in change.files}
    of_change = [finding for finding in findings if _path(finding) in touched]
    known: Known = ()
    why = ""
    try:
        known = tuple(await _compared(ctx, ruff, change, of_change, formatting=formatting)) if of_change else ()
    # What is not known of the base is not the change's fault: ruff has judged the change already.
    except (CannotRun, OSError, ValueError) as trouble:
        known, why = (None,) * len(of_change), f"ruff could not look at the base: {trouble}"
    answers = iter(known)
    return tuple(
        next(answers) if _path(finding) in touched else _of_untouched(_path(finding), touched) for finding in findings
    ), why


def _of_untouched(path: str, touched: Collection[str]) -> bool | None:
    """Tell that what is in a file that was not touched is old, unless it is not certain which file that is.

    Ruff writes names that are no UTF-8 in another way than git; what is below a changed name is another repository's.
    """
    if "\N{REPLACEMENT CHARACTER}" in path or path.startswith("/"):
        return None
    return None if any(str(folder) in touched for folder in PurePosixPath(path).parents) else True


async def _compared(
    ctx: Context, ruff: Ruff, change: Change, findings: Sequence[Finding], *, formatting: bool
) -> list[bool]:
    files = [file for file in change.files if _may_have_findings(file, ctx.project.place)]
    texts = await _base_texts(ctx, change.base, [path for file in files if (path := file.base_path)])
    if not texts:
        return [False] * len(findings)
    there = _laid_out(ctx, texts)
    found = await _base_findings(ctx, ruff, there, list(texts), formatting=formatting)
    sources = _Lines({path: ctx.source(path, _MOST_OF_A_SOURCE) or "" for path in {*map(_path, findings)}})
    base_sources = _Lines(texts)
    return in_base(findings, found, Places(change), [*map(sources.of, findings)], [*map(base_sources.of, found)])


def _may_have_findings(file: ChangedFile, place: str) -> bool:
    path = file.base_path
    if path is None or file.is_binary or not path.endswith(_ENDINGS):
        return False
    parts = PurePosixPath(path).parts
    is_inside = not path.startswith("/") and ".." not in parts and "\0" not in path
    return is_inside and (place == "." or path.startswith(f"{place}/") or file.path.startswith(f"{place}/"))


async def _base_texts(ctx: Context, commit: str, paths: Sequence[str]) -> dict[str, str]:
    """Read files of the base.

    Raises:
        CannotRun: the base cannot be read, or they are too many.
    """
    if ctx.revisions is None or len(paths) > _MOST_FILES:
        raise CannotRun(f"{len(paths):,} changed files are too many")
    read = await ctx.revisions.files_at(commit, paths)
    found = {path: content for path, content in read.items() if content is not None}
    if sum(map(len, found.values())) > _MOST_OF_ALL:
        raise CannotRun(f"the changed files have more than {_MOST_OF_ALL // 2**20} MiB")
    return {path: content.decode("utf-8", "replace") for path, content in found.items()}


def _laid_out(ctx: Context, texts: Mapping[str, str]) -> Project:
    """Write files of the base into a folder beside the settings of now, and what tells ruff the project's modules."""
    root = ctx.scratch_folder("lint-base/laid-out")
    place = ctx.project.place
    folder = ctx.scratch_folder(f"lint-base/laid-out/{place}")
    for path in _modules(ctx):
        ctx.write_text(root / path, "")
    for path, text in (*_settings(ctx, texts), *texts.items()):
        ctx.write_text(root / path, text)
    return Project(root=root, folder=folder, files=())


def _modules(ctx: Context) -> Iterator[str]:
    """Yield empty files by which ruff knows what is the project's own: packages, and modules beside them."""
    place = PurePosixPath(ctx.project.place)
    for name in ctx.project.files[:_MOST_STUBS]:
        path = PurePosixPath(name)
        if path.name == "__init__.py" or (path.suffix == ".py" and len(path.parts) <= 2):
            yield str(place / path)


def _settings(ctx: Context, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield ruff's settings of now that hold for these files, by their paths in the repository."""
    folders = {folder for path in texts for folder in PurePosixPath(path).parents}
    folders |= {PurePosixPath(ctx.project.place), *PurePosixPath(ctx.project.place).parents}
    waiting = [folder / name for folder in sorted(folders) for name in SETTINGS_FILES]
    told = set(waiting)
    extended = 0
    for path in waiting:
        try:
            text = ctx.read_text(ctx.project.root / path)
        except CannotRun:
            text = None
        if text is None:
            continue
        yield str(path), text
        other = extended_by(str(path), text)
        if other is not None and PurePosixPath(other) not in told and extended < _MOST_EXTENDED:
            extended += 1
            told.add(PurePosixPath(other))
            waiting.append(PurePosixPath(other))


async def _base_findings(
    ctx: Context, ruff: Ruff, there: Project, paths: Sequence[str], *, formatting: bool
) -> tuple[Finding, ...]:
    """Run ruff on the base's files, asked in the words in which it was asked on those of now."""
    scratch = ctx.scratch_folder("lint-base")
    files = [str(there.root / path) for path in paths]
    out, log = scratch / "check.json", scratch / "check.txt"
    options = check_options(ruff.version, str(out))
    printed = await _run(ctx, ruff, there, log, "check", *options, "--force-exclude", *files)
    report = ctx.read_text(out)
    try:
        violations = parse_violations(printed_report(printed) if report is None else report)
    except UnreadableError as error:
        raise CannotRun(str(error)) from None
    unformatted: tuple[str, ...] = ()
    if formatting:
        log = scratch / "format.txt"
        arguments = ("format", "--check", "--no-cache", "--force-exclude", *files)
        unformatted = parse_unformatted(await _run(ctx, ruff, there, log, *arguments))
    return findings_of(located(there, violations), [there.located(path) for path in unformatted])


async def _run(ctx: Context, ruff: Ruff, there: Project, log: Path, *arguments: str) -> str:
    argv = (ruff.program, *arguments)
    completed = await ctx.processes.run(Command(argv=argv, cwd=there.folder, env=ruff.env, log=log))
    # The formatter ends so at a file that cannot be parsed, and has looked at the others.
    if completed.returncode not in (0, 1) and arguments[0] == "check":
        raise CannotRun(f"it {completed.ended}")
    return ctx.read_text(log) or ""


class _Lines:
    """The lines of source on which findings stand."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._lines = {path: text.splitlines() for path, text in texts.items()}

    def of(self, finding: Finding) -> str:
        lines = self._lines.get(_path(finding), [])
        line = finding.location.line if finding.location is not None else None
        return lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""


def _path(finding: Finding) -> str:
    return finding.location.path if finding.location is not None else ""
