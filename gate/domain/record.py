"""A dataclass for what a report has a hundred thousand of. Knows no field of it."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[Class]) -> type[Class]:
    """Make a slotted, keyword-only dataclass that mypy holds to be frozen.

    It is not at run time: a frozen one takes three times as long to make, which is longer than its XML takes to read.
    """
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)
