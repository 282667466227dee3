"""Whether the description is valid OpenAPI 3.0, 3.1 or 3.2, by the specification's own schemas and by its words.

The validator is installed apart, from a lock of its own, and runs in a process of its own.
"""

import json
from pathlib import Path

import gate.probes
from gate.context import Context
from gate.formats import UnreadableError
from gate.formats.openapi_parts import parse_root
from gate.gates.openapi.structure import Invalid, structure_of
from gate.ports import CannotRun, Command

__all__ = ["Invalid", "invalid_places"]

_TOOL = "openapi-spec-validator"
_LOCK = Path(__file__).with_name("validator-requirements.txt")
_PROBE = Path(gate.probes.__file__).parent / "validate_openapi.py"
_SECONDS = 60
_KILLED_BY_ALARM = -14
_MOST = 100


async def invalid_places(ctx: Context, text: str) -> tuple[Invalid, ...]:
    """Return where a document is not valid, the first hundred places; nothing is fetched for it.

    Raises:
        CannotRun: the validator cannot be installed, or did not come to an end by itself.
    """
    try:
        root = parse_root(text)
    except UnreadableError as error:
        return (Invalid(pointer="", message=f"the document cannot be read: {error}"),)
    structure = structure_of(root, text)
    if structure.fatal:
        return structure.faults[:_MOST]
    try:
        document = json.dumps(root, allow_nan=False)
    except (ValueError, RecursionError):
        return (Invalid(pointer="", message="the document holds a number or a depth that JSON cannot write"),)
    found = dict.fromkeys((*await _faults(ctx, document), *structure.faults))
    return tuple(found)[:_MOST]


async def _faults(ctx: Context, document: str) -> tuple[Invalid, ...]:
    """Return what the specification's schema has against a document."""
    lock = ctx.read_text(_LOCK) or ""
    program = await ctx.locked_tool(_TOOL, lock)
    folder = ctx.scratch_folder("openapi-validation")
    written, result = folder / "openapi.json", folder / "result.json"
    ctx.write_text(written, document)
    python = str(program.with_name("python"))
    log = ctx.folder / "logs" / "openapi-validation.log"
    argv = (python, "-I", str(_PROBE), str(written), str(result), str(_SECONDS))
    command = Command(argv=argv, cwd=folder, env=ctx.child_environment(None, None), log=log)
    completed = await ctx.processes.run(command)
    if completed.returncode == _KILLED_BY_ALARM:
        return (Invalid(pointer="", message=f"the document could not be validated within {_SECONDS} s"),)
    if completed.returncode != 0:
        raise CannotRun(f"the validator of OpenAPI documents {completed.ended}", ctx.tail(log))
    try:
        found = json.loads(ctx.read_text(result) or "")
        return tuple(Invalid(pointer=str(one["pointer"]), message=str(one["message"])) for one in found)
    except (ValueError, TypeError, KeyError):
        raise CannotRun("the validator of OpenAPI documents wrote no result", ctx.tail(log)) from None
