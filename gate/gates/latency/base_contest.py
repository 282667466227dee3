"""Measures the change and its base in turn. The base is never a reason for the gate not to judge the change."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from gate.gates.access_review.masking import Mask
from gate.gates.latency.base_operations import comparable, names_at_base, renamed, unanswered, with_only
from gate.gates.latency.base_start import StartedBase, started_base
from gate.gates.latency.base_turns import Turns, is_first, turns_of
from gate.gates.latency.duration import spoken
from gate.gates.latency.evidence import BaseComparison, LatencyEvidence
from gate.gates.latency.loaded_service import LoadedService
from gate.gates.latency.sessions import DOCUMENT, Sessions
from gate.load_ports import LoadPlan, LoadResult
from gate.ports import CannotRun, ProjectEnvironment
from gate.revision_ports import Base

_MOST_NAMED = 3
# Of the gate's time, what both may take: to measure once more, there must be some left.
_SHARE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Both services, ready to be measured. `is_whole`: the base has every operation of the change's session.

    `rounds` of the change are measurements like any other where that is so.
    """

    head: LoadedService
    base: LoadedService
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
        turns, trouble, gone = self.turns, "", ""
        while not (trouble or gone or turns.is_done(head)):
            number = len(head)
            plan = turns.turn(number)
            if is_first(number):
                gone = await self._of_head(plan, head)
                trouble = "" if gone else await self._of_base(plan, base)
            else:
                trouble = await self._of_base(plan, base)
                gone = "" if trouble else await self._of_head(plan, head)
            if not number and not trouble and not gone:
                turns = turns.after(head[0])
                trouble = self._too_long(turns)
        # Where the base spoils it, the change is measured anew by itself.
        if self.is_whole and not trouble:
            evidence = replace(evidence, rounds=tuple(head))
        return self._concluded(evidence, head, base, trouble or gone)

    def _too_long(self, turns: Turns) -> str:
        allowed = _SHARE * float(self.head.ctx.config.timeout)
        if turns.seconds > allowed:
            return f"both would take about {spoken(turns.seconds)}, and there are {spoken(allowed)} for it"
        self.head.ctx.doing(f"{2 * turns.pairs} turns: about {spoken(turns.seconds)}")
        return ""

    async def _of_head(self, plan: LoadPlan, results: list[LoadResult]) -> str:
        results.append(await self.head.noted(plan))
        gone = unanswered(results[-1])
        return gone and f"the change's service was gone: {gone}"

    async def _of_base(self, plan: LoadPlan, results: list[LoadResult]) -> str:
        try:
            played = await self.base.played(replace(plan, origin=self.rival.origin, users=self.rival.users))
        except CannotRun as failure:
            return f"its load could not be played: {failure.reason}"
        results.append(replace(played, answers=()))
        gone = unanswered(played)
        return gone and f"the base's service was gone: {gone}"

    def _concluded(
        self, evidence: LatencyEvidence, head: Sequence[LoadResult], base: Sequence[LoadResult], trouble: str
    ) -> LatencyEvidence:
        hide = Mask(self.base.making.people.secrets)
        if trouble:
            return replace(evidence, uncompared=hide(trouble))
        names = {one.operation for one in head[0].samples}
        both = BaseComparison(commit=self.commit.commit, base=tuple(base), head=tuple(head))
        sound, told = comparable(both, self.head.options.errors, evidence.expected)
        if len(told) == len(names):
            return replace(evidence, uncompared=hide("; ".join(told)))
        return replace(evidence, base=sound, notices=(*evidence.notices, *self.notices, *told))


@dataclass(slots=True, kw_only=True)
class Rival:
    """The base's service; where it could not be had, `started` is None. `trouble`: why there is no comparison."""

    started: StartedBase | None = None
    trouble: str = ""

    async def contest(self, head: LoadedService, sessions: Sessions, plan: LoadPlan, about: float) -> "Contest | None":
        """Get ready for the change's load, which is `plan` and takes `about` so many seconds."""
        if self.started is None:
            return None
        try:
            found = await _contest(head, self.started, sessions, plan, about)
        except CannotRun as failure:
            hide = Mask(self.started.loading.making.people.secrets)
            self.trouble = hide(failure.reason)
            return None
        return found


async def rival(head: LoadedService, environment: ProjectEnvironment, stack: AsyncExitStack) -> Rival:
    """Start the base's service, which runs until `stack` is left; why it does not is no trouble of the change."""
    try:
        async with AsyncExitStack() as starting:
            started = await starting.enter_async_context(started_base(head, environment))
            stack.push_async_exit(starting.pop_all())
    except CannotRun as failure:
        return Rival(trouble=failure.reason)
    return Rival(started=started)


async def _contest(
    head: LoadedService, started: StartedBase, sessions: Sessions, plan: LoadPlan, about: float
) -> Contest:
    """Raise CannotRun where the two cannot be compared."""
    base = started.loading
    theirs = (await base.prepared()).sessions
    names = _names(sessions, theirs)
    missing = [name for name in sessions.operations if name not in names]
    if len(missing) == len(sessions.operations) or (missing and sessions.source != DOCUMENT):
        raise CannotRun(f"it has no {_listed(missing)}, or does not answer it")
    ours = with_only(plan.users, names)
    others = renamed(theirs.users(len(plan.users)), {found: name for name, found in names.items()})
    others = with_only(others, names)
    if len(ours) < len(plan.users) or len(others) < len(plan.users):
        raise CannotRun("not all users can play what both have")
    share = len(names) / len(sessions.operations)
    turns = turns_of(replace(plan, users=ours), max(about - plan.warm_up, 0.0) * share)
    seconds = about * bool(missing) + turns.seconds
    for one in (head, base):
        one.making.refuse_short_lives(seconds, spoken(seconds))
    head.ctx.doing(f"measuring in turn with the base {started.commit.commit[:12]}: about {spoken(seconds)} in all")
    left = f"not compared, since the base does not have or answer it: {_listed(missing)}" if missing else ""
    return Contest(
        head=head,
        base=base,
        commit=started.commit,
        turns=turns,
        rival=replace(plan, origin=base.described.service.origin, users=others),
        is_whole=not missing,
        notices=(*started.notices, *([left] if left else [])),
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
