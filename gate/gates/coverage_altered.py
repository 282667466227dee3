"""What a change altered of the source, as far as it counts for patch coverage. Pure but for `read_patch`.

Tests are no part of it, and a statement counts once, however many of its lines were touched.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from gate.context import Context
from gate.domain.change import Change, ChangedFile, FileStatus
from gate.domain.patch import AlteredFile, Patch
from gate.domain.wording import enumerated
from gate.formats import UnreadableError
from gate.formats.logical_lines import statement_starts
from gate.gates.coverage_scope import is_test, lies_beside_source
from gate.gates.coverage_unparsed import Untold
from gate.ports import CannotRun
from gate.revision_ports import NoChange


async def read_patch(ctx: Context) -> Patch:
    """Return the statements of the project that the change touches."""
    try:
        change = await ctx.change()
    except NoChange as reason:
        return Patch(nothing=reason.reason)
    except CannotRun as reason:
        return Patch(unknown=reason.reason)
    unknown = (file.path for file in change.files if file.lines_unknown)
    if untold := [path for path in unknown if _is_python(path) and not is_test(_in_project(ctx, path))]:
        told = f"nothing tells which lines of {enumerated((path[:200] for path in untold), most=1)} were changed"
        return Patch(unknown=f"{told}; in a clone that has the base git does: fetch-depth: 0 at actions/checkout")
    return Patch(files=tuple(_altered(ctx, change)), nothing=_without_source(ctx, change))


def _altered(ctx: Context, change: Change) -> Iterable[AlteredFile]:
    for file in change.files:
        if not _is_python(file.path) or is_test(_in_project(ctx, file.path)) or not _may_have_lines(file):
            continue
        lines = tuple(file.added_lines())
        try:
            text = ctx.read_text(ctx.project.root / file.path)
        except CannotRun:
            # Too large to be read: line by line, as what cannot be told apart.
            yield AlteredFile(path=file.path, lines=lines)
            continue
        if text is None:
            continue
        if not file.hunks and "\0" in text:
            # No text for git, which tells only that it is another: no line is known to be old.
            lines = tuple(range(1, text.count("\n") + 2))
        if lines:
            yield AlteredFile(path=file.path, lines=statement_starts(text, lines))


def _may_have_lines(file: ChangedFile) -> bool:
    """Tell a file that may have got lines: not one that is deleted or from which lines were only taken."""
    return file.status is not FileStatus.DELETED and (not file.hunks or any(hunk.new_lines for hunk in file.hunks))


def _without_source(ctx: Context, change: Change) -> str:
    """Say what a change is that touches no source, "" where it touches some or nothing is changed."""
    python = [file.path for file in change.files if _is_python(file.path)]
    if not change.files or not all(is_test(_in_project(ctx, path)) for path in python):
        return ""
    return "the change touches no Python but tests" if python else "the change touches no Python"


def may_be_unmeasured(ctx: Context, patch: Patch) -> list[str]:
    """Return the altered files that count also where no coverage data mentions them, by their paths in the project."""
    prefix = "" if ctx.project.place == "." else f"{ctx.project.place}/"
    own = (file.path.removeprefix(prefix) for file in patch.files if file.path.startswith(prefix))
    files = frozenset(ctx.project.files)
    return [path for path in own if not lies_beside_source(path, files)]


def with_untold(patch: Patch, untold: Untold) -> Patch:
    """Add which lines can run in files that the coverage data never mentions: all of one that does not parse."""
    unparsed = {file.path for file in untold.unparsed}
    return replace(patch, files=tuple(_with_unmeasured(file, untold, unparsed) for file in patch.files))


def _with_unmeasured(file: AlteredFile, untold: Untold, unparsed: AbstractSet[str]) -> AlteredFile:
    if file.path in unparsed:
        return replace(file, unmeasured=file.lines)
    lines = untold.unmeasured.get(file.path)
    return file if lines is None else replace(file, unmeasured=tuple(line for line in file.lines if line in lines))


def named_in_unicode(patch: Patch | None) -> Patch | None:
    """Return the change without files whose names no JSON can hold, for the note of a shard."""
    if patch is None:
        return None
    return replace(patch, files=tuple(file for file in patch.files if file.path.isascii() or is_unicode(file.path)))


def joined_patch(patches: Iterable[Patch | None]) -> Patch | None:
    """Return what all shards together know of the change, None where none has looked.

    Raises:
        UnreadableError: they do not agree on it. Any of them could take lines out of it for all.
    """
    looked = [patch for patch in patches if patch is not None]
    known = [patch for patch in looked if not patch.unknown]
    if not known:
        return looked[0] if looked else None
    if len({(patch.nothing, frozenset((file.path, file.lines) for file in patch.files)) for patch in known}) > 1:
        raise UnreadableError("the shards do not agree on which lines were changed")
    unmeasured: dict[str, frozenset[int]] = {}
    for file in (file for patch in known for file in patch.files if file.unmeasured is not None):
        can_run = unmeasured.get(file.path, frozenset()) | frozenset(file.unmeasured or ())
        unmeasured[file.path] = can_run.intersection(file.lines)
    files = (
        replace(file, unmeasured=tuple(sorted(unmeasured[file.path])) if file.path in unmeasured else None)
        for file in known[0].files
    )
    return replace(known[0], files=tuple(files))


def is_unicode(path: str) -> bool:
    """Tell a path that JSON can hold."""
    return not any("\ud800" <= char <= "\udfff" for char in path)


def _is_python(path: str) -> bool:
    return path.endswith(".py")


def _in_project(ctx: Context, path: str) -> str:
    return path if ctx.project.place == "." else path.removeprefix(f"{ctx.project.place}/")
