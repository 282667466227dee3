"""The result of one gate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gate.domain.exhibit import Exhibit
from gate.domain.finding import Finding, RuleWords
from gate.domain.measure import Measure


class Outcome(StrEnum):
    """How a gate ended: failed is the change's fault, errored means that the gate could not decide."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERRORED = "errored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file or folder of evidence, `path` relative to the report's folder."""

    title: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a gate concludes from its evidence, before it is known when it ran and for how long.

    `rules` is what there is to know of rules by which something was found.

    Raises:
        ValueError: skipped or errored without a reason.
    """

    outcome: Outcome
    reason: str = ""
    measures: tuple[Measure, ...] = ()
    findings: tuple[Finding, ...] = ()
    rules: tuple[RuleWords, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    artifacts: tuple[Artifact, ...] = ()

    def __post_init__(self) -> None:
        if not self.reason and self.outcome in (Outcome.SKIPPED, Outcome.ERRORED):
            raise ValueError(f"{self.outcome} needs a reason")

    @classmethod
    def skipped(cls, reason: str) -> "Judgement":
        """There was nothing to do, for `reason`."""
        return cls(outcome=Outcome.SKIPPED, reason=reason)

    @classmethod
    def errored(cls, reason: str, *exhibits: Exhibit) -> "Judgement":
        """The gate could not decide, for `reason`."""
        return cls(outcome=Outcome.ERRORED, reason=reason, exhibits=exhibits)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """A gate's judgement, and when (UTC) and how long it ran; `set_up` of that it waited for what it needs.

    `configuration` is a digest of the options that it ran with, "" where that is not told.
    """

    gate: str
    title: str
    judgement: Judgement
    started_at: datetime
    duration: timedelta
    set_up: timedelta = timedelta()
    configuration: str = ""

    @property
    def outcome(self) -> Outcome:
        """How the gate ended."""
        return self.judgement.outcome

    @property
    def reason(self) -> str:
        """Why, in a sentence; may be empty for passed and failed."""
        return self.judgement.reason

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The figures, the most telling first."""
        return self.judgement.measures

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, in the order the tool told it."""
        return self.judgement.findings

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """What there is to show."""
        return self.judgement.exhibits
