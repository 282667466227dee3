"""Tools apart from the project."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from gate.ports import CannotRun
from tests.integration.environment.place import SIX, SIX_HASH, Place

pytestmark = pytest.mark.integration


def test_tools_are_ours_or_the_version_that_is_asked_for(place: Place) -> None:
    environments = place.environments()

    async def tools() -> list[Path]:
        asked = (None, "0.9.0", "0.9.0")
        return await asyncio.gather(*(environments.tool("ruff", version) for version in asked))

    ours, theirs, the_same = asyncio.run(tools())

    assert theirs == the_same
    assert ours.parent == Path(sys.executable).parent
    printed = subprocess.run([theirs, "--version"], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "ruff 0.9.0"
    assert asyncio.run(place.environments().tool("ruff", "0.9.0")) == theirs
    assert place.processes.times("ruff==0.9.0") == 1


@pytest.mark.parametrize(
    ("name", "version", "reason"),
    [
        ("ruff", "0.9.0 --index-url=https://x", "is not a version of"),
        ("--help", "1", "is not a version of"),
        ("not-here", None, "Quality Gate's own not-here is missing"),
        ("six", "1.17.0", "six==1.17.0 has no program six"),
        (
            "ruff",
            "99.99.99",
            "ruff==99.99.99 could not be installed: `uv pip install ruff==99.99.99` exited with status 1",
        ),
    ],
)
def test_a_tool_that_cannot_be_had(place: Place, name: str, version: str | None, reason: str) -> None:
    with pytest.raises(CannotRun, match=reason.replace("(", r"\(")):
        asyncio.run(place.environments().tool(name, version))


def test_a_tool_is_installed_from_its_hashes_only(place: Place) -> None:
    other = SIX_HASH.replace("4", "5")

    with pytest.raises(CannotRun, match="six has no program six"):
        asyncio.run(place.environments().locked_tool("six", f"{SIX} --hash={SIX_HASH}\n"))
    for requirements in (f"{SIX} --hash={other}\n", f"{SIX}\n"):
        with pytest.raises(CannotRun, match="six could not be installed"):
            asyncio.run(place.environments().locked_tool("six", requirements))
