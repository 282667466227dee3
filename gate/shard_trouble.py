"""Why the shards of a run are not all there, or do not belong together: in clauses, for the report of the merge.

What each shard left may have been written by the tests that ran in it. What the whole is judged by has to be said by
all alike, so that none of them speaks for the others.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from gate.domain.report import Subject
from gate.domain.shard import Shard
from gate.shard_folders import ShardFolder

_MOST_NAMED = 5
# How the action names the artifacts of shards, and so the folders that these are downloaded to.
_OF_A_SHARD = re.compile(r"quality-gate-report.*-shard-([1-9][0-9]{0,2})-of-([1-9][0-9]{0,2})\Z")


def trouble_with(
    folders: Sequence[ShardFolder], shards: Sequence[ShardFolder], here: Subject, others: Sequence[str]
) -> list[str]:
    """Say in clauses why the shards are not all there, or do not belong together.

    `shards` are those of the `folders` that are of one; `here` is what is known without them, and `others` are the
    names of all uses that left a report.
    """
    if not folders:
        names = " and ".join(f"{name!r:.80}" for name in others[:_MOST_NAMED])
        return ["no shard left a report" + (f" under this name; there are those of {names}" if names else "")]
    said = [f"the report in {one.folder.name} cannot be read: {one.unreadable}" for one in folders if one.unreadable]
    said += [f"the report in {one.folder.name} is of no shard" for one in folders if one.report and not one.shard]
    lying = [one for one in folders if _lies(one)]
    said += [f"the report in {one.folder.name} says to be {one.shard.words}" for one in lying if one.shard]
    totals = sorted({one.shard.total for one in shards if one.shard})
    if len(totals) > 1:
        return [*said, f"the shards say that there are {' and '.join(map(str, totals))} of them"]
    for total in totals:
        there = {one.shard.index for one in shards if one.shard}
        missing = [Shard(index=index, total=total) for index in range(1, total + 1) if index not in there]
        said += [f"{shard.words} left no report" for shard in missing[:_MOST_NAMED]]
        said += [f"{len(missing) - _MOST_NAMED} more shards left none"] if len(missing) > _MOST_NAMED else []
    counts = Counter(one.shard for one in folders if one.shard)
    said += [f"{shard.words} left {count} reports" for shard, count in sorted(counts.items()) if count > 1]
    return said + _differences(shards, here)


def _lies(one: ShardFolder) -> bool:
    """Tell whether a report says to be of another shard than its artifact was uploaded for."""
    told = _OF_A_SHARD.match(PurePath(one.folder).name)
    return told is not None and one.shard is not None and one.shard != Shard(index=int(told[1]), total=int(told[2]))


def _differences(shards: Sequence[ShardFolder], here: Subject) -> list[str]:
    """Say in what the shards differ that must be one."""
    subjects = [one.report.subject for one in shards if one.report]
    differing: dict[str, set[object]] = {
        "commits": {subject.commit for subject in subjects} | _if_known(here.commit),
        "runs": {subject.run_id for subject in subjects} | _if_known(here.run_id),
        "repositories": {subject.repository for subject in subjects} | _if_known(here.repository),
        "projects": {subject.project for subject in subjects},
        "uses": {subject.name for subject in subjects},
    }
    said = [f"the shards are of different {what}" for what, found in differing.items() if len(found) > 1]
    said += [f"{one.shard.words} is of what was changed alone" for one in shards if one.shard and _is_narrowed(one)]
    notes = [one.run_note() for one in shards]
    said += [
        f"{one.shard.words} did not end" for one, note in zip(shards, notes, strict=True) if note is None and one.shard
    ]
    told = {replace(note, base=()) for note in notes if note is not None}
    return [*said, *(["the shards were configured differently"] if len(told) > 1 else [])]


def _if_known(value: object) -> set[object]:
    return {value} if value else set()


def _is_narrowed(one: ShardFolder) -> bool:
    return one.report is not None and one.report.subject.changed_only
