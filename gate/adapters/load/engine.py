"""The process that plays a load: `python -I -m gate.adapters.load.engine FOLDER`. Judges nothing.

It imports what playing needs and nothing else: who waits for a load waits for its start.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from gate.adapters.load.exchange import take_plan, write_result
from gate.adapters.load.play import play
from gate.adapters.load.prepared import prepare

# Files beside connections: the log, the loop's own, those of the interpreter.
_OTHER_FILES = 64
_MANY = 65_536


def main(folder: Path) -> None:
    """Play the plan that lies in a folder, and leave the result there."""
    prepared = prepare(take_plan(folder))
    allowed = connections()
    if len(prepared.users) > allowed:
        sys.exit(f"{len(prepared.users):,} users need as many connections; this machine allows {allowed:,}")
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        result = runner.run(play(prepared, allowed))
    write_result(folder, result)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes the quickest event loop that can be had."""
    try:
        import uvloop
    except ImportError:  # on Windows and PyPy
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def connections() -> int:
    """Return how many connections this process may have, after asking for as many as it is allowed."""
    try:
        import resource
    except ImportError:  # on Windows
        return _MANY
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MANY if hard == resource.RLIM_INFINITY else min(hard, _MANY)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted - _OTHER_FILES
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # macOS allows less than it says
        return soft - _OTHER_FILES
    return wanted - _OTHER_FILES


if __name__ == "__main__":
    main(Path(sys.argv[1]))
