"""One suite by several processes of pytest-xdist, each with a database of its own. Judges nothing.

https://pytest-xdist.readthedocs.io/en/stable/how-to.html: a worker knows its own name, `gw0`, `gw1` and so on, before
it reads the project's conftest.py.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gate.context import Context
from gate.ports import Database, ProjectEnvironment

_NUMBER = re.compile(r"(?:-n|--numprocesses)(?:=|(?=\w)|\Z)(?P<number>\w*)")
# More than any machine starts; a database is made for each.
_COUNT = re.compile(r"[0-9]{1,3}")
_VARIABLES = "workers.json"
# What xdist takes `auto` and `logical` for.
_AUTO = "PYTEST_XDIST_AUTO_NUM_WORKERS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """How many workers there are, and pytest's arguments and variables by which there are as many."""

    count: int
    arguments: tuple[str, ...] = ()

    @property
    def variables(self) -> dict[str, str]:
        """What makes xdist's own `auto` the same number."""
        return {_AUTO: str(self.count)}


# For a few tests that failed beside others, which are tried again one after another.
ALONE = Workers(count=1, arguments=("-n", "1"))


def workers_of(ctx: Context, words: Sequence[str]) -> Workers | None:
    """Return the workers of a session with the options `words`; None where nobody asked for any.

    A number of the project's own stays: its tests may count on it.
    """
    asked = ctx.config.workers
    if asked is None:
        return None
    own = own_number(words)
    if own is not None:
        return Workers(count=int(own) if _COUNT.fullmatch(own) else ctx.processors)
    count = ctx.processors if asked == "auto" else asked
    return Workers(count=count, arguments=("-n", str(count)))


def own_number(words: Sequence[str]) -> str | None:
    """Return the last number of workers among pytest's options: digits or a word such as `auto`, None for none."""
    found = None
    for at, word in enumerate(words):
        if match := _NUMBER.fullmatch(word):
            found = match["number"] or (words[at + 1] if at + 1 < len(words) else "") or found
    return found


async def instructions(
    ctx: Context, environment: ProjectEnvironment, database: Database | None, workers: Workers | None, name: str
) -> dict[str, Any]:
    """Make a database for each worker of the session `name`, and return what the plug-in is told of them."""
    if workers is None or database is None:
        return {}
    everybodys = ctx.child_environment(environment, database)
    own = []
    for _ in range(workers.count):
        variables = ctx.child_environment(environment, await ctx.database(environment))
        own.append({key: value for key, value in variables.items() if everybodys.get(key) != value})
    # Not in the environment itself: it may grow too long, and these are no business of the tests' own programs.
    file = ctx.scratch_folder(name) / _VARIABLES
    ctx.write_text(file, json.dumps(own))
    return {"workers": str(file)}
