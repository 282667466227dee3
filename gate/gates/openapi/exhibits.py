"""What the gate has to show: the changelog of the API, what has drifted, and what was left out. Pure."""

from collections.abc import Sequence

from gate.api_changes.change import Change, Impact
from gate.domain.exhibit import Exhibit, Table
from gate.gates.openapi.difference import Kind
from gate.gates.openapi.drift import Drift, Drifted
from gate.gates.openapi.evidence import OpenapiEvidence

CHANGELOG = "API changelog"
_MOST_ROWS = 1_000
_MOST_OF_A_CELL = 400
_IMPACTS = (Impact.BREAKING, Impact.RISKY, Impact.HARMLESS)
_WORDS = {Kind.ADDED: "missing in the file", Kind.REMOVED: "in the file only", Kind.CHANGED: "differs"}


def exhibits_of(evidence: OpenapiEvidence) -> tuple[Exhibit, ...]:
    """Return what is shown, in the order in which it is read."""
    shown = (_changelog(evidence), _drift(evidence.drift), _notes(evidence.notices))
    return tuple(table for table in shown if table is not None)


def in_order(changes: Sequence[Change]) -> list[Change]:
    """Return the changes, the worst first, in the order of the document otherwise."""
    return sorted(changes, key=lambda change: _IMPACTS.index(change.impact))


def render_drift(drift: Drift) -> str:
    """Write all that differs as a text, a line each, to lie beside the report."""
    lines = []
    for part in (*drift.parts, *drift.by_framework):
        by = " (only by the version of the framework)" if part in drift.by_framework else ""
        lines.append(f"{part.subject}: {_WORDS[part.kind]}{by}")
        for one in part.differences:
            if one.kind is not Kind.ADDED:
                lines.append(f"  - {one.pointer}: {one.committed}")
            if one.kind is not Kind.REMOVED:
                lines.append(f"  + {one.pointer}: {one.generated}")
    return "".join(f"{line}\n" for line in lines)


def words_of(part: Drifted) -> str:
    """Say what of a part differs, the first three places."""
    told = [one.words(part.pointer) for one in part.differences]
    more = f"; and {len(told) - 3} more" if len(told) > 3 else ""
    return "; ".join(told[:3]) + more


def _changelog(evidence: OpenapiEvidence) -> Table | None:
    if not evidence.changes:
        return None
    rows = [(str(one.impact), one.operation, one.message[:_MOST_OF_A_CELL]) for one in in_order(evidence.changes)]
    return Table(
        title=f"{CHANGELOG}, since {evidence.base}" if evidence.base else CHANGELOG,
        columns=("impact", "operation", "change"),
        rows=_cut(rows),
    )


def _drift(drift: Drift | None) -> Table | None:
    if drift is None or not drift.parts:
        return None
    rows = [(part.subject, _WORDS[part.kind], words_of(part)[:_MOST_OF_A_CELL]) for part in drift.parts]
    return Table(title="What the committed document says otherwise", columns=("part", "", "what"), rows=_cut(rows))


def _notes(notices: Sequence[str]) -> Table | None:
    return Table(title="Notes", columns=("note",), rows=tuple((note,) for note in notices)) if notices else None


def _cut(rows: Sequence[tuple[str, str, str]]) -> tuple[tuple[str, str, str], ...]:
    left_out = len(rows) - _MOST_ROWS
    return (*rows[:_MOST_ROWS], ("", "", f"and {left_out:,} more")) if left_out > 0 else tuple(rows)
