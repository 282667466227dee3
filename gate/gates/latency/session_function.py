"""Sessions that a function of the project returns: it is called once for each user, before anything is timed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate.config.options import BadValue
from gate.context import Context
from gate.gates.latency.session_steps import SessionStep, parse_steps
from gate.ports import CannotRun, ProjectEnvironment

_PROBE = Path(__file__).parents[2] / "probes" / "make_sessions.py"
_MOST_OF_AN_ANSWER = 32 * 1024 * 1024
_SHAPE = 'return a list of steps, or {"before": [...], "session": [...]}'

Written = tuple[tuple[SessionStep, ...], tuple[SessionStep, ...]]
"""What a user plays: the steps before, and the session."""


async def sessions_of_function(
    ctx: Context, environment: ProjectEnvironment, env: Mapping[str, str], function: str, users: int
) -> tuple[Written, ...]:
    """Call a function of the project for each user; `env` are the variables of the service.

    Raises:
        CannotRun: it cannot be imported, fails, or returns what is no session; with the project's line.
    """
    answer = ctx.scratch_folder("sessions") / "answer.json"
    log = ctx.folder / "logs" / f"{ctx.gate}-sessions.log"
    # No bytecode is left in the checkout.
    variables = {**env, "PYTHONDONTWRITEBYTECODE": "1"}
    argv = (str(environment.python), str(_PROBE), function, str(users), str(answer))
    completed = await ctx.run(*argv, env=variables, log=log)
    told = _told(ctx.read_text(answer))
    if completed.returncode or not told:
        raise CannotRun(f"{function} was asked for sessions, and {completed.ended}", ctx.tail(log))
    if "error" in told:
        where = f" at {told['where']}" if told.get("where") else ""
        raise CannotRun(f"{function} failed{where}: {str(told['error'])[:500]}", ctx.tail(log))
    returned = told.get("users")
    if not isinstance(returned, list) or len(returned) != users:
        raise CannotRun(f"{function} was asked for sessions, and told none", ctx.tail(log))
    return tuple(written_of(function, number, one) for number, one in enumerate(returned))


def _told(text: str | None) -> Mapping[str, Any]:
    if text is None or len(text) > _MOST_OF_AN_ANSWER:
        return {}
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def written_of(function: str, number: int, returned: object) -> Written:
    """Read what a function returned for a user; raises CannotRun."""
    parts = returned if isinstance(returned, dict) else {"session": returned}
    if unknown := sorted(set(parts) - {"before", "session"}):
        raise CannotRun(f"{function} returned {unknown[0][:80]!r} for user {number}: {_SHAPE}")
    try:
        before = parse_steps(parts["before"]) if parts.get("before") else ()
        return before, parse_steps(parts.get("session"))
    except BadValue as bad:
        raise CannotRun(f"what {function} returned for user {number}: {bad.message}: {bad.instead}") from None
