"""Options of the gate `coverage`. Imports nothing of what measures or judges."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from gate.config.options import BadValue, option, percent, whole
from gate.config.weaker import becomes, higher, lower, lower_than

OFF: Literal["off"] = "off"
DEFAULT_THRESHOLD = Fraction(80)


def parse_patch_threshold(value: object) -> Fraction | Literal["off"]:
    """Take a percentage, or `off`."""
    if isinstance(value, str) and value.strip() == OFF:
        return OFF
    try:
        return percent(value)
    except BadValue as bad:
        raise BadValue(bad.message, f"{bad.instead}, or {OFF!r}") from None


def weaker_patch_threshold(name: str, before: object, after: object) -> Iterator[str]:
    """Take one that falls, or is off; by default it is that of the whole."""
    of_words = OFF in (before, after)
    yield from becomes(OFF)(name, before, after) if of_words else lower_than(DEFAULT_THRESHOLD)(name, before, after)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageOptions:
    """Options of the gate."""

    threshold: Fraction | None = option(
        percent,
        None,
        "the least percentage; default: the project's fail_under, or 80",
        weaker=lower_than(DEFAULT_THRESHOLD),
        only_judges=True,
    )
    max_fall: Fraction | None = option(
        percent,
        None,
        "by how many percentage points it may fall below the base's; default: by any",
        weaker=higher,
        only_judges=True,
    )
    patch_threshold: Fraction | Literal["off"] | None = option(
        parse_patch_threshold,
        None,
        "the least percentage of the lines that a change adds or alters, or off; default: the threshold",
        weaker=weaker_patch_threshold,
        only_judges=True,
    )
    patch_minimum: int = option(
        whole(0, 1_000_000, "lines"),
        20,
        "lines that can run which a change must have to be judged by the patch threshold",
        weaker=higher,
        only_judges=True,
    )
    error_path_threshold: Fraction | None = option(
        percent,
        None,
        "the least percentage of the paths for errors that ran; default: none",
        weaker=lower,
        only_judges=True,
    )
