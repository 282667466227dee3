"""What a run is compared with: found before its gates run, held against each of their results and the whole report.

Trouble with it is never the change's fault: it is said, and the run goes on as if there were nothing to compare with.
Only a limit that the user has set for the change is not passed over, where it cannot be seen what was changed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from gate.comparing.history import history_of
from gate.comparing.places import Places
from gate.comparing.reports import compare
from gate.comparing.weighing import Weighing, weigh
from gate.domain.change import Change
from gate.domain.comparison import Baseline
from gate.domain.report import Report, Subject
from gate.domain.result import GateResult
from gate.ports import CannotRun
from gate.revision_ports import Base, Baselines, BaseNotHere, NoChange

_OTHERWISE = "had other options in the base's run than the base's configuration gives it here"


@dataclass(slots=True, kw_only=True)
class AgainstBase:
    """The commit a run is compared with, its report, and what was done to the files since, as far as they are known.

    `only_new`: a gate is red for nothing but what the base has not. `is_trouble`: there should be a base, and it cannot
    be told which. `configurations` are digests of the options that the base's configuration gives the gates: what ran
    with others is not compared. `notice` is told what goes wrong.
    """

    only_new: bool
    configurations: Mapping[str, str] = field(default_factory=dict)
    baseline: Baseline = field(default_factory=Baseline)
    base: Report | None = None
    is_trouble: bool = False
    change: Change | None = None
    change_trouble: CannotRun = field(default_factory=lambda: CannotRun("what was changed is not known"))
    notice: Callable[[str], None] = field(default=lambda _: None)

    async def known_change(self) -> Change:
        """Return what was done to the files since the base.

        Raises:
            NoChange: there is none.
            CannotRun: it is not known.
        """
        if self.change is None:
            raise self.change_trouble
        return self.change

    def weigh(self, result: GateResult) -> GateResult:
        """Return a gate's result, seen against the base's."""
        base = self.base.result(result.gate) if self.base is not None else None
        missing = self.baseline.missing or f"{result.title} did not come to an end in the base"
        if base is not None and self._is_otherwise(base):
            base, missing = None, f"{result.title} {_OTHERWISE}"
        weighing = Weighing(only_new=self.only_new, missing=missing, is_trouble=self.is_trouble)
        try:
            return weigh(result, base, Places(self.change), weighing)
        except Exception as fault:  # noqa: BLE001 - our own fault must not look like the change's
            self.notice(f"{result.title} could not be compared with the base: {fault!r}")
            return result

    def weigh_part(self, result: GateResult) -> GateResult:
        """Return a result of no whole run, in which nothing is known but what the gate itself knows of the base."""
        if all(finding.in_base is None for finding in result.findings):
            return result
        return self.weigh(result)

    def compared(self, report: Report) -> Report:
        """Return the whole report with what became of the base's."""
        report = replace(report, baseline=self.baseline)
        if self.base is None:
            return report
        alike = tuple(one for one in self.base.results if not self._is_otherwise(one))
        left_out = {one.gate for one in self.base.results} - {one.gate for one in alike}
        told = (f"{one.title} {_OTHERWISE}: it is not compared" for one in report.results if one.gate in left_out)
        report = replace(report, notices=(*report.notices, *told))
        base = replace(self.base, results=alike)
        try:
            return replace(compare(report, base, Places(self.change)), history=history_of(self.base))
        except Exception as fault:  # noqa: BLE001 - as above
            trouble = f"the report could not be compared with the base's: {fault!r}"
            return replace(report, notices=(*report.notices, trouble))

    def _is_otherwise(self, base: GateResult) -> bool:
        """Tell whether a gate ran in the base's run with other options than the base's configuration gives it.

        Another workflow may give it others, or somebody on a command line. A report need not tell: it is believed then.
        """
        wanted = self.configurations.get(base.gate, "")
        return bool(wanted and base.configuration) and base.configuration != wanted


async def look_at_change(change: Callable[[], Awaitable[Change]], against: AgainstBase) -> None:
    """Keep in `against` what was done to the files since the base, or why that is not known."""
    try:
        against.change = await change()
    except CannotRun as trouble:
        against.change_trouble = trouble


async def look_at_base(
    find: Callable[[], Awaitable[Base]], baselines: Baselines, subject: Subject, against: AgainstBase
) -> None:
    """Keep in `against` the commit that `find` gives and the report of it, or why there is none."""
    try:
        base = await find()
    except BaseNotHere as trouble:
        # What was fetched may know better where the change begins than the event that started the job.
        change = against.change
        base = trouble.base if change is None else Base(commit=change.base, origin=change.origin)
    except CannotRun as trouble:
        against.baseline = Baseline(missing=trouble.reason)
        against.is_trouble = not isinstance(trouble, NoChange)
        return
    known = Baseline(commit=base.commit, origin=base.origin)
    try:
        found = await asyncio.to_thread(baselines.report_of, base.commit, subject)
    except CannotRun as trouble:
        against.baseline = replace(known, missing=trouble.reason)
    except Exception as fault:  # noqa: BLE001 - what lies there may be anybody's work
        against.baseline = replace(known, missing=f"the report of {base.commit[:12]} cannot be read: {fault!r}")
    else:
        against.base, against.baseline = found.report, replace(known, source=found.source)
