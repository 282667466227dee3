"""Has the document generated, and compares it with the committed one and that with the base."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gate.api_changes.compare import api_changes
from gate.context import Context
from gate.formats import UnreadableError
from gate.formats.document_lines import lines_of
from gate.gates.openapi.base_document import base_document, read_document
from gate.gates.openapi.choosing import is_called_so, is_link_outside, nearest, places
from gate.gates.openapi.component_users import operations_of
from gate.gates.openapi.documented import documented
from gate.gates.openapi.drift import MOST_DRIFTED, Drift, drift_of
from gate.gates.openapi.evidence import OpenapiEvidence
from gate.gates.openapi.exhibits import render_drift
from gate.gates.openapi.generation import NOTHING, command_of, generate, indented
from gate.gates.openapi.judging import DRIFT_PATH, GENERATED_PATH
from gate.gates.openapi.options import OpenapiOptions
from gate.gates.openapi.truth import lies
from gate.gates.openapi.validity import invalid_places
from gate.gates.seen_answers import seen_answers
from gate.ports import CannotRun


@dataclass(frozen=True, slots=True, kw_only=True)
class _Committed:
    """The document in the repository: its path relative to the root, its text, and what it says."""

    path: str
    text: str = field(repr=False)
    root: Mapping[str, Any] = field(repr=False)
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The files that may be the document: their texts, what they say, and why some say nothing."""

    texts: dict[Path, str] = field(default_factory=dict, repr=False)
    roots: dict[Path, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    troubles: list[CannotRun] = field(default_factory=list)


async def collect(ctx: Context, options: OpenapiOptions) -> OpenapiEvidence:
    """Read, generate and compare the documents."""
    today = datetime.now(UTC).date()
    # Before the project's command runs: it may write the file anew that it is to be compared with.
    found = _found(ctx, options.document)
    generated = await generate(ctx, options.generate)
    made = _read(generated.text, "the generated document") if generated.text else None
    if generated.text:
        ctx.write_text(ctx.folder / GENERATED_PATH, indented(generated.text))
    committed = _committed(ctx, found, made)
    if committed is None:
        raise CannotRun(_none_is_committed(ctx, generated.reason))
    drift = drift_between(committed.root, made) if made is not None else None
    if drift is not None:
        ctx.write_text(ctx.folder / DRIFT_PATH, render_drift(drift))
    current = made if made is not None else committed.root
    base = await base_document(ctx, options.base, committed.path)
    changes = (
        api_changes(base.root, current, deprecation_days=options.deprecation_days, today=today)
        if base.root is not None
        else ()
    )
    answers = seen_answers(ctx)
    evidence = OpenapiEvidence(
        today=today,
        path=committed.path,
        operations=len(operations_of(current)),
        command=command_of(ctx.project.place),
        drift=drift,
        not_generated=generated.reason if options.generate != NOTHING else "",
        base=base.origin,
        not_compared=base.reason,
        changes=changes,
        invalid=await invalid_places(ctx, committed.text),
        documented=documented(current),
        lies=lies(current, answers),
        answers=len(answers),
        notices=tuple(filter(None, (committed.notice, _cut(drift)))),
        artifacts=(GENERATED_PATH, DRIFT_PATH) if made is not None else (),
    )
    return with_lines(evidence, committed.text)


def drift_between(committed: Mapping[str, Any], generated: Mapping[str, Any]) -> Drift:
    """Compare two documents.

    Raises:
        CannotRun: one is too deep to be compared.
    """
    try:
        return drift_of(committed, generated)
    except UnreadableError as error:
        raise CannotRun(f"the documents cannot be compared: {error}") from None


def _cut(drift: Drift | None) -> str:
    is_cut = drift is not None and len(drift.parts) >= MOST_DRIFTED
    return f"only the first {MOST_DRIFTED:,} differences from the application are told" if is_cut else ""


def with_lines(evidence: OpenapiEvidence, text: str) -> OpenapiEvidence:
    """Return the evidence with the lines of all places that it names."""
    drifted = (*evidence.drift.parts, *evidence.drift.by_framework) if evidence.drift is not None else ()
    gaps = evidence.documented.gaps if evidence.documented is not None else ()
    pointers = [
        *(one.pointer for one in drifted),
        *(one.pointer for one in evidence.changes),
        *(one.pointer for one in evidence.invalid),
        *(one.pointer for one in gaps),
        *(one.pointer for one in evidence.lies),
    ]
    return replace(evidence, lines=lines_of(text, {"", *pointers}))


def _read(text: str, what: str) -> Mapping[str, Any]:
    try:
        return read_document(text.encode(errors="replace"))
    except UnreadableError as error:
        raise CannotRun(f"{what} cannot be read: {error}") from None


def _found(ctx: Context, wanted: str) -> _Found:
    """Read the document that is named, or all that are there."""
    found = _Found()
    for path in places(ctx.project, wanted):
        try:
            found.texts[path] = _text(ctx, path)
            found.roots[path] = _read(found.texts[path], ctx.project.located(str(path)))
        except CannotRun as failure:
            if wanted or is_called_so(path):
                found.troubles.append(failure)
    return found


def _committed(ctx: Context, found: _Found, generated: Mapping[str, Any] | None) -> _Committed | None:
    """Return of the documents that are there the one that is most like the application's."""
    texts, roots = found.texts, found.roots
    if not roots:
        if found.troubles:
            raise found.troubles[0]
        return None
    path = nearest(roots, generated)
    named = {one: ctx.project.located(str(one)) for one in roots}
    others = ", ".join([name for one, name in named.items() if one != path][:5])
    notice = f"{named[path]} was taken, and not {others}: name one by the option `document`" if others else ""
    return _Committed(path=named[path], text=texts[path], root=roots[path], notice=notice)


def _text(ctx: Context, path: Path) -> str:
    place = ctx.project.located(str(path))
    if is_link_outside(ctx.project, path):
        raise CannotRun(f"{place} is a link out of the repository, which is not followed")
    content = ctx.read_bytes(path)
    if content is None:
        raise CannotRun(f"there is no file {place}, which the option `document` names: {_write(ctx)}")
    return content.decode("utf-8-sig", "replace")


def _none_is_committed(ctx: Context, reason: str) -> str:
    told = "no OpenAPI document is committed, neither openapi.json nor another that is called so"
    return f"{told}; {reason}" if reason else f"{told}: {_write(ctx)}"


def _write(ctx: Context) -> str:
    return f"write it with `{command_of(ctx.project.place)}`, and commit it"
