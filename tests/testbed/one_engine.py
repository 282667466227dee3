"""Sends all tests that use the Docker engine to one worker of pytest-xdist, first: its images are slow to make.

Marks cannot say so: `xdist_group` of pytest-xdist 3.8 writes to `_nodeid`, which pytest 9.2 does not read any more.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_SCOPE = "engine"


class OneEngine(LoadScopeScheduling):
    """Every test for itself, but for files that name the fixture `docker_engine`, which go together."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        return _SCOPE if _uses_the_engine(self.config.rootpath / file) else nodeid


@cache
def _uses_the_engine(file: Path) -> bool:
    return "docker_engine:" in file.read_text("utf-8")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Take the place of `--dist loadgroup`."""
    return OneEngine(config, log) if config.getvalue("dist") == "loadgroup" else None
