"""The document that a change is compared with: that of its base, of another revision, or another file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.context import Context
from gate.formats import UnreadableError
from gate.formats.openapi_parts import parse_root
from gate.formats.swagger_document import as_openapi
from gate.gates.openapi.choosing import USUAL, is_link_outside
from gate.gates.openapi.options import NO_BASE
from gate.ports import CannotRun
from gate.revision_ports import Base

_FILES = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseDocument:
    """A document and what it is the document of; without one, `reason` says why, "" where none is wanted."""

    root: Mapping[str, Any] | None = field(default=None, repr=False)
    origin: str = ""
    reason: str = ""


async def base_document(ctx: Context, wanted: str, path: str) -> BaseDocument:
    """Return the document that stands at `path`, relative to the repository's root, where `wanted` says.

    Nothing is guessed: where there is none, that is told.

    Raises:
        CannotRun: a base that the user names cannot be had. Who asks for a comparison is not told that all is well.
    """
    if wanted == NO_BASE:
        return BaseDocument()
    try:
        if wanted.endswith(_FILES):
            return _of_file(ctx, wanted)
        return await _of_revision(ctx, wanted, path)
    except CannotRun as trouble:
        if wanted:
            raise
        return BaseDocument(reason=trouble.reason)


def read_document(content: bytes) -> Mapping[str, Any]:
    """Read a document, JSON or YAML, of OpenAPI 3 or Swagger 2.

    Raises:
        UnreadableError: it is none.
    """
    root = parse_root(content.decode("utf-8-sig", "replace"))
    if str(root.get("swagger", ""))[:3] == "2.0":
        return as_openapi(root)
    if not str(root.get("openapi", "")).startswith("3."):
        raise UnreadableError("it is no OpenAPI document: it has no `openapi` with a version 3, and no `swagger: 2.0`")
    return root


def _of_file(ctx: Context, wanted: str) -> BaseDocument:
    place = ctx.project.folder / wanted
    if is_link_outside(ctx.project, place):
        raise CannotRun(f"{wanted} is a link out of the repository, which is not followed")
    content = ctx.read_bytes(place)
    if content is None:
        raise CannotRun(f"there is no file {wanted}, which the option `base` names")
    return _read(content, wanted)


async def _of_revision(ctx: Context, wanted: str, path: str) -> BaseDocument:
    if ctx.revisions is None:
        raise CannotRun("this run knows no revisions")
    base = Base(commit=wanted, origin="the option `base`") if wanted else await ctx.revisions.base()
    for place in (path, *_earlier(ctx, path)):
        content = await ctx.revisions.file_at(base.commit, place)
        if content is not None:
            also = "" if place == path else f", where it is {place}"
            return _read(content, f"{base.commit[:12]} ({base.origin}{also})")
    return BaseDocument(
        reason=f"{base.commit[:12]} ({base.origin}) has no {path}: there is nothing to compare with yet"
    )


def _earlier(ctx: Context, path: str) -> tuple[str, ...]:
    """Return where the document may have been before it was moved: nowhere where a file still is."""
    here = ctx.project.place
    before = ("",) if here == "." else (f"{here}/", "")
    usual = (f"{folder}{name}" for folder in before for name in USUAL)
    return tuple(one for one in usual if one != path and not (ctx.project.root / one).exists())


def _read(content: bytes, origin: str) -> BaseDocument:
    try:
        return BaseDocument(root=read_document(content), origin=origin)
    except UnreadableError as error:
        raise CannotRun(f"the document of {origin} cannot be read: {error}") from None
