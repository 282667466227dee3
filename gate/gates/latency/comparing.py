"""The change against the commit it is compared with, measured in turn on the same machine. Pure.

Two measurements of the same service differ by what else the machine does. Those that stand side by side share most of
that: so each pair makes one ratio, and how much the ratios differ says how much one may be believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gate.gates.latency.evidence import BaseComparison
from gate.gates.latency.operations import is_overloaded
from gate.gates.latency.statistics import Interval, Timings, ratio
from gate.load_ports import LoadResult

# What is slower by less than a tenth is not worth a warning.
_SLOWER = 10.0
# In seconds: so much a p95 of a few milliseconds differs from one start of a service to the next.
_LEAST = 0.002
_JUDGED = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An operation, or all (""): the p95 of base and head in seconds, and by which factor the head's is greater.

    `is_doubtful`: the generator was overloaded, by which one of the two may have been delayed more than the other.
    """

    name: str
    base: float
    head: float
    ratio: Interval | None
    is_doubtful: bool = False

    @property
    def is_slower(self) -> bool:
        """Tell whether the change is surely slower, and by more than nobody would notice."""
        return self.exceeds(_SLOWER)

    def exceeds(self, percent: float) -> bool:
        """Tell whether the change is surely slower by more than so many percent."""
        if self.ratio is None or self.is_doubtful or self.head - self.base < _LEAST:
            return False
        return self.ratio.low > 1 + percent / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the comparison with `commit` came to: of all requests, and of each operation that both have."""

    commit: str
    whole: Compared
    operations: tuple[Compared, ...]

    def exceeding(self, percent: float) -> tuple[Compared, ...]:
        """Return what is surely slower by more than so many percent: operations, else all of them together."""
        found = tuple(one for one in self.operations if one.exceeds(percent))
        return found or tuple(one for one in (self.whole,) if one.exceeds(percent))


def comparison_of(measured: BaseComparison | None) -> Comparison | None:
    """Return what a comparison came to; None where nothing was measured on one of the sides."""
    if measured is None:
        return None
    whole = _compared("", measured)
    names = {name: None for side in (measured.base, measured.head) for one in side for name in _names(one)}
    operations = (_compared(name, measured) for name in names)
    found = tuple(one for one in operations if one is not None)
    return Comparison(commit=measured.commit, whole=whole, operations=found) if whole is not None else None


def ratio_words(compared: Compared) -> str:
    """Write the factor: `1.04 times the base's [0.97–1.12]`."""
    value, _, interval = factor_words(compared).partition(" ")
    return f"{value} times the base's {interval}".rstrip()


def factor_words(compared: Compared) -> str:
    """Write the factor alone: `1.04 [0.97–1.12]`."""
    if compared.ratio is None:
        return f"{compared.head / compared.base:.2f}"
    return f"{compared.ratio.value:.2f} [{compared.ratio.low:.2f}–{compared.ratio.high:.2f}]"


def _compared(name: str, measured: BaseComparison) -> Compared | None:
    base, head = _quantiles(name, measured.base), _quantiles(name, measured.head)
    pairs = [(before, after) for before, after in zip(base, head, strict=False) if before and after]
    if not pairs:
        return None
    return Compared(
        name=name,
        base=_timings(name, measured.base).quantile(_JUDGED),
        head=_timings(name, measured.head).quantile(_JUDGED),
        ratio=ratio([before for before, _ in pairs], [after for _, after in pairs]),
        is_doubtful=is_overloaded((*measured.base, *measured.head)),
    )


def _quantiles(name: str, rounds: Sequence[LoadResult]) -> list[float]:
    timings = [_timings(name, [one]) for one in rounds]
    return [one.quantile(_JUDGED) if len(one) else 0.0 for one in timings]


def _timings(name: str, rounds: Sequence[LoadResult]) -> Timings:
    columns = [one for measured in rounds for one in measured.samples if name in ("", one.operation)]
    return Timings([at for one in columns for at in one.starts], [took for one in columns for took in one.seconds])


def _names(result: LoadResult) -> Sequence[str]:
    return [one.operation for one in result.samples if len(one.seconds)]
