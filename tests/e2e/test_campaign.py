"""A sample of the campaign: `make campaign` plays as many cases as one likes, and one again with SEED=…"""

from __future__ import annotations

import sys
from pathlib import Path
from random import SystemRandom

import pytest

from tests.campaign.case import play

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="what is left behind is looked for in /proc"),
]

# One for each misfortune: killed, interrupted, no space in four places, read-only, no git, a worktree, files of the
# runner that cannot be written, nobody listening, two runs at once, and killed with a PostgreSQL of its own.
SEEDS = (3, 5, 6, 27, 45, 59, 86, 120, 143, 149, 159, 182, 193, 561)


@pytest.mark.parametrize("seed", [*SEEDS, "a new one", "another new one"])
def test_an_unlucky_case_has_the_right_verdict_and_leaves_nothing(seed: int | str, tmp_path: Path) -> None:
    # Accounts that servers run as must be able to come through.
    tmp_path.chmod(0o755)
    played = play(seed if isinstance(seed, int) else SystemRandom().randrange(10**9), tmp_path)
    assert (played.wrong, played.left) == ((), ()), f"make campaign SEED={played.seed}\n{played.told}\n{played.said}"
