"""Measures the change and its base in turn. The base is never a reason for the gate not to judge the change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gate.gates.access_review.masking import Mask
from gate.gates.latency.base_operations import comparable, names_at_base, renamed, unanswered, with_only
from gate.gates.latency.base_turns import Turns, turns_of
from gate.gates.latency.duration import spoken
from gate.gates.latency.evidence import BaseComparison, LatencyEvidence
from gate.gates.latency.loading import Loading
from gate.gates.latency.sessions import DOCUMENT, Sessions
from gate.load_ports import LoadPlan, LoadResult
from gate.ports import Base, CannotRun

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Both services, ready to be measured. `is_whole`: the base has every operation of the change's session.

    `rounds` of the change are measurements like any other where that is so.
    """

    head: Loading
    base: Loading
    commit: Base
    turns: Turns
    rival: LoadPlan
    is_whole: bool
    notices: tuple[str, ...]

    async def measured(self, evidence: LatencyEvidence) -> LatencyEvidence:
        """Play all turns; add what came of them, or why there is no comparison.

        Raises:
            CannotRun: the change's own load could not be made.
        """
        head: list[LoadResult] = []
        base: list[LoadResult] = []
        trouble = ""
        for is_head, plan in self.turns.order:
            if is_head:
                head.append(await self.head.noted(plan))
                gone = unanswered(head[-1])
                trouble = gone and f"the change's service was gone: {gone}"
            else:
                trouble = await self._of_base(replace(plan, origin=self.rival.origin, users=self.rival.users), base)
            if trouble:
                break
        if self.is_whole:
            evidence = replace(evidence, rounds=(*evidence.rounds, *head))
        return self._concluded(evidence, head, base, trouble)

    async def _of_base(self, plan: LoadPlan, results: list[LoadResult]) -> str:
        try:
            results.append(await self.base.played(plan))
        except CannotRun as failure:
            return f"the base's service: {failure.reason}"
        gone = unanswered(results[-1])
        return gone and f"the base's service was gone: {gone}"

    def _concluded(
        self, evidence: LatencyEvidence, head: Sequence[LoadResult], base: Sequence[LoadResult], trouble: str
    ) -> LatencyEvidence:
        hide = Mask(self.base.making.people.secrets)
        if trouble:
            return replace(evidence, notices=(*evidence.notices, f"not compared with the base: {hide(trouble)}"))
        names = {one.operation for one in head[0].samples}
        both = BaseComparison(commit=self.commit.commit, base=tuple(base), head=tuple(head))
        sound, told = comparable(both, self.head.options.errors, evidence.expected)
        kept = sound if len(told) < len(names) else None
        return replace(evidence, base=kept, notices=(*evidence.notices, *self.notices, *map(hide, told)))


async def contest(
    head: Loading, base: Loading, commit: Base, sessions: Sessions, plan: LoadPlan, about: float
) -> Contest:
    """Make the base's service ready for the session of the change, whose own load is `plan` and takes `about` so long.

    Raises:
        CannotRun: the two cannot be compared, and why.
    """
    rivals = (await base.prepared()).sessions
    names = _names(sessions, rivals)
    missing = [name for name in sessions.operations if name not in names]
    whole = not missing
    if len(missing) == len(sessions.operations) or (missing and sessions.source != DOCUMENT):
        raise CannotRun(f"it does not have {_listed(missing)}")
    both = with_only(plan.users, names)
    again = {found: name for name, found in names.items()}
    rival = with_only(renamed(rivals.users(len(both)), again), names)
    if len(both) < len(plan.users) or len(rival) < len(plan.users):
        raise CannotRun("not all of its users can play the session")
    share = len(names) / len(sessions.operations)
    turns = turns_of(replace(plan, users=both), plan.warm_up + (about - plan.warm_up) * share)
    seconds = turns.seconds if whole else about + turns.seconds
    allowed = float(head.ctx.config.timeout)
    if seconds > allowed:
        raise CannotRun(f"both together would take about {spoken(seconds)}, and the gate may take {spoken(allowed)}")
    for one in (head, base):
        one.making.refuse_short_lives(seconds, spoken(seconds))
    head.ctx.doing(f"measuring it in turn with the base, {2 * turns.pairs} turns: about {spoken(seconds)} in all")
    left = f"{_listed(missing)} cannot be compared: the base does not have it" if missing else ""
    return Contest(
        head=head,
        base=base,
        commit=commit,
        turns=turns,
        rival=replace(turns.plan, origin=base.described.service.origin, users=rival),
        is_whole=whole,
        notices=tuple(filter(None, (left,))),
    )


def _names(sessions: Sessions, rivals: Sessions) -> Mapping[str, str]:
    """Return what the base calls each operation: where somebody wrote the session, its steps are the same in turn."""
    if sessions.source == DOCUMENT:
        return names_at_base(sessions.operations, rivals.operations)
    ours, theirs = ([step for user in one.players for step in user.steps] for one in (sessions, rivals))
    if [step.method for step in ours] != [step.method for step in theirs]:
        return {}
    return {mine.operation: its.operation for mine, its in zip(ours, theirs, strict=True)}


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
