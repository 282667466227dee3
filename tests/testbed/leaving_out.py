"""The one rule for parts that a machine lacks: leave the test out, or fail where parts are required."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest

REQUIRE_PARTS = "QUALITY_GATE_REQUIRE_PARTS"


class PartMissing(Exception):
    """A part cannot be had on this machine; the message says why and what would help."""


def require_part(name: str, reason: str) -> NoReturn:
    """Leave the running test out because part `name` is missing.

    Skips, or fails when the environment says `QUALITY_GATE_REQUIRE_PARTS=1`.
    """
    if os.environ.get(REQUIRE_PARTS) == "1":
        pytest.fail(f"{name} is required ({REQUIRE_PARTS}=1) and missing: {reason}", pytrace=False)
    pytest.skip(f"left out, no {name}: {reason}")


@contextmanager
def part(name: str) -> Iterator[None]:
    """Turn a `PartMissing` from the block into `require_part(name, ...)`."""
    try:
        yield
    except PartMissing as missing:
        require_part(name, str(missing))
