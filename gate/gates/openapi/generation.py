"""The document as the application makes it now: by importing it, or by the project's own command."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from gate.context import Context
from gate.formats import UnreadableError
from gate.formats.service_announcement import parse_announcement
from gate.gates.running_service import with_cause
from gate.ports import CannotRun, Database, ProjectEnvironment

NOTHING = "none"

_PROBE = Path(__file__).parents[2] / "probes" / "describe_api.py"
_SECONDS = 120
_KILLED_BY_ALARM = -14
_LONGEST_LINE = 200
# Sets and dictionaries of strings come out in one order.
_PINNED = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
_TO_FILE = 'exec /bin/sh -c "$1" > "$2"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The document as text; "" where there is none, and then `reason` says why."""

    text: str = ""
    reason: str = ""


async def generate(ctx: Context, command: str) -> Generated:
    """Have the document generated, by `command` where there is one that is not `none`.

    Raises:
        CannotRun: the command fails, or the application cannot be imported.
    """
    app = ctx.config.app or ctx.discovery.import_path
    if command == NOTHING:
        return Generated(reason=f"it is not generated: the option `generate` is {NOTHING}")
    if not command and not app:
        return Generated(reason="no web application was found to generate it; name one by `app` or by `generate`")
    environment = await ctx.environment()
    if command:
        return await _by_command(ctx, environment, command)
    try:
        return await _by_probe(ctx, environment, None, app)
    except CannotRun as failure:
        # Some connect, or want to know where to, as they are imported.
        database = await _database(ctx, environment)
        if database is None:
            raise await with_cause(ctx, failure, None) from None
    try:
        return await _by_probe(ctx, environment, database, app)
    except CannotRun as failure:
        raise await with_cause(ctx, failure, database) from None


async def _database(ctx: Context, environment: ProjectEnvironment) -> Database | None:
    try:
        return await ctx.database(environment)
    except CannotRun:
        return None


async def _by_command(ctx: Context, environment: ProjectEnvironment, command: str) -> Generated:
    out = ctx.scratch_folder(f"{ctx.gate}-command") / "document"
    env = ctx.child_environment(environment, None, **_PINNED)
    completed = await ctx.run("/bin/sh", "-c", _TO_FILE, "sh", command, str(out), env=env)
    if completed.returncode != 0:
        tail = ctx.tail()
        last = next((line.strip() for line in reversed(tail.text.splitlines()) if line.strip()), "")
        said = f": {last[:_LONGEST_LINE]}" if last else ""
        raise await with_cause(ctx, CannotRun(f"`{command}` {completed.ended}{said}", tail), None)
    text = ctx.read_text(out) or ""
    if not text.strip():
        raise CannotRun(f"`{command}` printed no document", ctx.tail())
    return Generated(text=text)


async def _by_probe(ctx: Context, environment: ProjectEnvironment, database: Database | None, app: str) -> Generated:
    folder = ctx.scratch_folder(f"{ctx.gate}-{'database' if database else 'import'}")
    env = ctx.child_environment(environment, database, **_PINNED)
    completed = await ctx.run(str(environment.python), str(_PROBE), app, str(folder), str(_SECONDS), env=env)
    try:
        announced = parse_announcement(ctx.read_text(folder / "announcement.json") or "")
    except UnreadableError:
        reason = f"the OpenAPI document of {app} cannot be generated: the import {completed.ended}"
        raise CannotRun(reason, ctx.tail()) from None
    if announced.state == "failed":
        raise CannotRun(announced.reason(app), ctx.tail())
    if announced.state != "ready" and completed.returncode == _KILLED_BY_ALARM:
        raise CannotRun(f"{app} was not imported within {_SECONDS} s", ctx.tail())
    if announced.state != "ready":
        raise CannotRun(f"{app} was not imported to its end: it {completed.ended}", ctx.tail())
    text = ctx.read_text(folder / "document") or ""
    return Generated(text=text, reason="" if text else f"{app} makes no OpenAPI document of itself; see `generate`")


def command_of(place: str) -> str:
    """Return the command that writes the document of the project in the folder `place` of its repository."""
    return "quality-gate openapi --write" + ("" if place == "." else f" {shlex.quote(place)}")


def indented(text: str) -> str:
    """Return a document for a reader: JSON with a line for each member; what is no JSON stays as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
    except (ValueError, RecursionError):
        return text
