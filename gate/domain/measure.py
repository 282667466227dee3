"""A measured figure with its limit. Ratios are exact: judged exactly, floored for display."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Literal

Unit = Literal["percent", "count", "seconds", "milliseconds", "per-second"]
Direction = Literal["at-least", "at-most"]
NEW = "new "
"""What the name of a measure begins with that counts only what the base has not: `new failures`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A limit that a measure must keep: at least, or at most, `value` (in the measure's unit)."""

    value: Fraction
    direction: Direction

    def allows(self, value: Fraction) -> bool:
        """Tell whether `value` keeps the limit, without rounding."""
        return value >= self.value if self.direction == "at-least" else value <= self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure of a gate, in `unit`.

    A ratio is a percentage with its `numerator` and `denominator`, so that nothing is lost to rounding.
    `baseline` is the same figure of the base commit, where there is one; `max_fall` how far below that it may be.
    """

    name: str
    value: Fraction
    unit: Unit
    threshold: Threshold | None = None
    baseline: Fraction | None = None
    numerator: int | None = None
    denominator: int | None = None
    max_fall: Fraction | None = None

    @classmethod
    def ratio(
        cls,
        name: str,
        numerator: int,
        denominator: int,
        *,
        threshold: Threshold | None = None,
        baseline: Fraction | None = None,
    ) -> "Measure":
        """Make a percentage from two counts.

        Raises:
            ValueError: `denominator` is not positive.
        """
        if denominator <= 0:
            raise ValueError(f"{name}: a ratio needs something to divide by, not {denominator}")
        return cls(
            name=name,
            value=Fraction(100 * numerator, denominator),
            unit="percent",
            threshold=threshold,
            baseline=baseline,
            numerator=numerator,
            denominator=denominator,
        )

    @classmethod
    def count(cls, name: str, value: int, *, threshold: Threshold | None = None) -> "Measure":
        """Make a count."""
        return cls(name=name, value=Fraction(value), unit="count", threshold=threshold)

    @property
    def holds(self) -> bool:
        """Whether the limits are kept; a measure without any always holds."""
        return self.is_within and not self.has_fallen

    @property
    def is_within(self) -> bool:
        """Whether the threshold is kept, where there is one."""
        return self.threshold is None or self.threshold.allows(self.value)

    @property
    def has_fallen(self) -> bool:
        """Whether it is further below the base's figure than it may be, where that is known."""
        if self.max_fall is None or self.baseline is None:
            return False
        return self.baseline - self.value > self.max_fall

    @property
    def counts_new(self) -> bool:
        """Whether it counts only what the base has not."""
        return self.name.startswith(NEW)


def floored(value: Fraction, digits: int = 2) -> str:
    """Write `value` in decimal digits, rounded down, without trailing zeros: 99.999 reads 99.99, never 100."""
    quantum = Decimal(1).scaleb(-digits)
    scaled = Decimal(value.numerator * 10**digits // value.denominator).scaleb(-digits)
    text = format(scaled.quantize(quantum, rounding=ROUND_FLOOR), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
