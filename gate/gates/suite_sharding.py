"""A suite in a shard: what its plug-in is told, and what is left for the merge. Judges nothing."""

import hashlib
from collections.abc import Sequence
from typing import Any

from gate.context import Context
from gate.formats import UnreadableError
from gate.formats.durations_file import parse_durations, render_durations
from gate.formats.pytest_command import PytestCommand
from gate.formats.shard_notes import SHARD_FOLDER, SuiteNote, render_note
from gate.gates.suite_ending import SuiteEvidence
from gate.gates.suite_sessions import share_tests
from gate.ports import CannotRun

# Ours, and that of pytest-split.
FOUND_DURATIONS = (".quality-gate-durations.json", ".test_durations")
_READ, _TOOK = "durations.json", "took.json"
# A parametrisation over a set has one order in all shards.
SAME_EVERYWHERE = {"PYTHONHASHSEED": "0"}


def instructions(ctx: Context, name: str, sessions: Sequence[PytestCommand]) -> dict[str, Any]:
    """Return what the plug-in is told of the shard, for `name`, one of the `sessions`; nothing where all tests are run.

    Raises:
        CannotRun: the file of durations is none.
    """
    shard = ctx.config.shard
    if shard is None:
        return {}
    durations = _durations(ctx)
    if share_tests(sessions):
        # By name alone: by durations, two shards could run one test, each in another session, and count it twice.
        durations = {}
    read = ctx.scratch_folder(name) / _READ
    ctx.write_text(read, render_durations(durations))
    return {
        "shard": {"index": shard.index, "total": shard.total, "durations": str(read) if durations else None},
        "took": str(ctx.scratch_folder(name) / _TOOK),
    }


def leave_note(ctx: Context, gate: str, evidence: SuiteEvidence, names: list[str]) -> None:
    """Write down for the merge what was parted how, and how long the tests of the sessions `names` took."""
    if evidence.shard is None or evidence.collected is None:
        return
    took: dict[str, float] = {}
    for name in names:
        try:
            took |= parse_durations(ctx.read_text(ctx.scratch_folder(name) / _TOOK) or "{}")
        except UnreadableError:
            continue  # the next run is balanced a little worse
    parting = hashlib.sha256(evidence.parting.encode("utf-8", "surrogatepass")).hexdigest()
    note = SuiteNote(collected=evidence.collected, parting=parting, durations=took)
    ctx.write_text(ctx.evidence_folder(SHARD_FOLDER) / f"{gate}.json", render_note(note))


def _durations(ctx: Context) -> dict[str, float]:
    """Read the durations that are configured, or those that are found; none before the first merge."""
    configured = ctx.config.durations
    for name in (configured,) if configured else FOUND_DURATIONS:
        text = ctx.read_text(ctx.project.folder / name)
        if text is not None:
            try:
                return parse_durations(text)
            except UnreadableError as error:
                raise CannotRun(f"{name} {error}") from None
    return {}
