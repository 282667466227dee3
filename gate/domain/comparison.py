"""How a run compares with the base's, and what went before it. Knows not where the base's report comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from gate.domain.record import record
from gate.domain.result import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The commit that a run is compared with, and its report.

    `origin` says how the commit was chosen, `source` where its report comes from; `missing` says instead why there is
    none, and then nothing is compared.
    """

    commit: str = ""
    origin: str = ""
    source: str = ""
    missing: str = ""


@record
class Slower:
    """A test (by its name, in its gate) or a whole gate (`name` is "") that takes longer: seconds then and now."""

    gate: str
    name: str
    before: float
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteChange:
    """What became of a gate's tests: how many there were and are, and of these the names, the first of them."""

    gate: str
    before: int
    now: int
    added: int = 0
    removed: int = 0
    newly_failing: tuple[str, ...] = ()
    failing_before: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    removed_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is not a measure's baseline: tests, durations, and how many findings of each gate are gone."""

    suites: tuple[SuiteChange, ...] = ()
    slower: tuple[Slower, ...] = ()
    mended_findings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """An earlier run on the way to this one, in a line; `coverage` in percent, `seconds` from begin to end.

    `flaky` are names of tests that passed only when they were tried again, the first of them.
    """

    commit: str
    started_at: datetime
    verdict: str
    seconds: float
    run_id: int | None = None
    coverage: Fraction | None = None
    tests: int | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    flaky: tuple[str, ...] = ()
