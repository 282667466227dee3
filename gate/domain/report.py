"""The report of a run, and the verdict that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gate.domain.change import Change
from gate.domain.checklist import Question
from gate.domain.comparison import Baseline, Comparison, PastRun
from gate.domain.result import GateResult, Outcome
from gate.domain.shard import Shard
from gate.domain.weakening import Policy, Weakening

SCHEMA_VERSION = 1


class Verdict(StrEnum):
    """Whether the change may ship, or why that could not be decided."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    MISCONFIGURED = "misconfigured"

    @property
    def exit_code(self) -> int:
        """The exit status of the command, and so of the branch-protection check."""
        return {"passed": 0, "failed": 1, "misconfigured": 2, "errored": 3}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was judged. All of it may come from the change and is never trusted.

    `commit` is the head commit (40 hex digits) and `project` the project's folder, relative to the
    repository root ("." for the root itself). `shard` tells that only a part of the tests was run, `changed_only` that
    only fast gates ran, on what was changed. `uncommitted` tells that files of the checkout were not those of the
    commit, or that others lay beside them which git does not ignore.
    """

    name: str = ""
    project: str = "."
    repository: str = ""
    commit: str = ""
    run_id: int | None = None
    run_attempt: int | None = None
    pull_request: int | None = None
    shard: Shard | None = None
    changed_only: bool = False
    uncommitted: bool = False

    @property
    def is_part(self) -> bool:
        """Whether the report is of a part, and no verdict on the whole follows from it."""
        return self.shard is not None or self.changed_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A mistake in the configuration: where it is, what stands there, what is wrong, what to write instead."""

    place: str
    value: str
    message: str
    instead: str = ""
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything a run found. The only thing that passes between steps and jobs.

    `found` are lines that say what the project's files told and what was decided by them. `change` is what was done
    to the files since the base, None where that is not known; `comparison` what became of the base's report, and
    `history` the runs that led to this one, the last one first. `checklist` are questions that the results answer.
    """

    subject: Subject
    results: tuple[GateResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    tool_versions: Mapping[str, str] = field(default_factory=dict)
    interrupted: bool = False
    change: Change | None = None
    baseline: Baseline | None = None
    comparison: Comparison | None = None
    history: tuple[PastRun, ...] = ()
    policy: Policy = Policy.HEAD
    weakenings: tuple[Weakening, ...] = ()
    checklist: tuple[Question, ...] = ()
    schema_version: int = SCHEMA_VERSION

    @property
    def verdict(self) -> Verdict:
        """Failed if any gate failed; else errored if any could not decide or none ran; else passed.

        Failed as well where the change weakens the gate and the policy does not allow that.

        A part to which nothing fell has passed: whether anything ran at all is decided for the whole.
        """
        if self.problems:
            return Verdict.MISCONFIGURED
        outcomes = {result.outcome for result in self.results}
        if Outcome.FAILED in outcomes or self.is_weakened:
            return Verdict.FAILED
        if self.interrupted or Outcome.ERRORED in outcomes or not outcomes:
            return Verdict.ERRORED
        if outcomes == {Outcome.SKIPPED} and not self.subject.is_part:
            return Verdict.ERRORED
        return Verdict.PASSED

    @property
    def is_weakened(self) -> bool:
        """Whether the change weakens the gate in a way that the policy does not allow."""
        return self.policy is Policy.STRICT and bool(self.weakenings)

    def result(self, gate: str) -> GateResult | None:
        """Return the result of `gate`, if it was in the plan."""
        return next((result for result in self.results if result.gate == gate), None)
