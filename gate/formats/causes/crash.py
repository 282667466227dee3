"""The exception that ended a test, a collection or pytest itself, out of what pytest printed of it.

Only the last exception of a chain counts, and only the lines in which pytest or Python tells it: what a test printed,
quoted or compared is no proof of anything.
"""

import re
from dataclasses import dataclass

from gate.formats.printed_text import first_told, is_told

_TYPE = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?:: |:?$)")
# pytest puts these before the last block of a chain.
_CHAINED = re.compile(
    r"^(?:The above exception was the direct cause of the following exception:"
    r"|During handling of the above exception, another exception occurred:)\s*$",
    re.MULTILINE,
)
_INTERNAL = "INTERNALERROR> "
# How pytest ends on settings and arguments that it does not take.
_USAGE = re.compile(
    r"^(?:ERROR: (?!usage: )|ImportError: Error importing plugin |[^\n]{0,100}\berror: unrecognized arguments: ).*",
    re.MULTILINE,
)
_IN_CONFTEST = re.compile(r"^(?P<path>[^\s:][^:\n]{0,400}conftest\.py):\d+: in <module>", re.MULTILINE)
# How it ends where code called `pytest.exit`, before its session has begun and in it.
_EXIT = re.compile(r"^(?:!{3,80} _pytest\.outcomes\.)?Exit: (?P<said>[^\n]{1,500}?)(?: !{3,80})?$", re.MULTILINE)
_ERROR = re.compile(r"[A-Za-z_][\w.]{0,200}(?:Error|Exception|Exit|Failure)(?:: |:?$)")
_FRAME = re.compile(r"^  File \"[^\"\n]{1,400}\", line \d+", re.MULTILINE)
_TRACEBACK = "Traceback (most recent call last):"
# What code raises that has tried in vain to reach something.
_GIVING_UP = ("SystemExit", "RetryError")
_MOST_OF_A_TEXT = 40_000
_MOST_OF_AN_ERROR = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """`type` is the exception's name as printed, "" for pytest's own words; `text` all of it; `trace` its traceback.

    `at_setup` tells that it was raised before a test had begun: by a fixture, or while pytest itself started.
    """

    type: str
    text: str
    trace: str
    at_setup: bool = False

    @property
    def first_line(self) -> str:
        """The line that proves it."""
        return self.text.partition("\n")[0]

    @property
    def is_assertion(self) -> bool:
        """Whether an assertion failed, which proves nothing but itself."""
        return self.type.rpartition(".")[2] == "AssertionError"


def parse_crash(details: str) -> Crash | None:
    """Return what ended a test, from its text in the JUnit file; None where it tells nothing."""
    blocks = [_of_block(block) for block in reversed(_CHAINED.split(details[-_MOST_OF_A_TEXT:]))]
    return _unwrapped(blocks)


def _of_block(block: str) -> Crash | None:
    lines = block.splitlines()
    end = next((at for at in range(len(lines) - 1, -1, -1) if is_told(lines[at])), None)
    if end is None:
        # What pytest itself refuses is told without a traceback.
        return Crash(type="", text=block.strip()[:_MOST_OF_AN_ERROR], trace="")
    start = end
    while start and is_told(lines[start - 1]):
        start -= 1
    return _crash([line[1:].removeprefix("   ") for line in lines[start : end + 1]], block)


def parse_crash_of_pytest(printed: str) -> Crash | None:
    """Return what ended pytest itself, from the end of its output."""
    printed = printed[-_MOST_OF_A_TEXT:]
    internal = [line.removeprefix(_INTERNAL) for line in printed.splitlines() if line.startswith(_INTERNAL)]
    if internal:
        return _of_python("\n".join(internal))
    usage = [match[0] for match in _USAGE.finditer(printed)]
    told = parse_crash(printed)
    if told is not None and "while loading conftest" in printed:
        return told
    if usage:
        return Crash(type="", text="\n".join(usage)[:_MOST_OF_AN_ERROR], trace="")
    ended = [found["said"] for found in _EXIT.finditer(printed)]
    if ended:
        return Crash(type="Exit", text=f"Exit: {ended[-1]}", trace="")
    return _of_python(printed) or told


def parse_last_words(printed: str) -> str:
    """Return the line that tells most of why pytest itself came to no end, "" where none does.

    The file that was being loaded stands behind it in brackets.
    """
    printed = printed[-_MOST_OF_A_TEXT:]
    if "while loading conftest" in printed:
        told = first_told(printed) or _last_line(printed)
        place = _IN_CONFTEST.search(printed)
        return f"{told} (while loading {place['path'] if place else 'a conftest.py'})"[:_MOST_OF_AN_ERROR]
    crash = parse_crash_of_pytest(printed)
    usage = _USAGE.findall(printed)
    if crash is not None and (crash.type or usage):
        return crash.first_line
    return usage[-1] if usage else _last_error(printed)


def _last_line(printed: str) -> str:
    return next((line.strip() for line in reversed(printed.splitlines()) if line.strip()), "")


def _last_error(printed: str) -> str:
    """Return the last line that has the shape of an exception and stands unindented."""
    named = (line for line in reversed(printed.splitlines()) if _ERROR.match(line))
    return next(named, "").strip()


def _of_python(printed: str) -> Crash | None:
    """Read the last traceback that Python itself printed: its exception stands unindented after the frames."""
    crashes: list[Crash | None] = []
    before, *blocks = printed.split(_TRACEBACK)
    if not blocks and _FRAME.search(before):
        # Of a long one only the end is known.
        blocks = [before]
    for block in reversed(blocks):
        lines = block[found.start() :].splitlines() if (found := _FRAME.search(block)) else block.splitlines()
        start = next((at for at, line in enumerate(lines) if line[:1].strip() and _TYPE.match(line)), len(lines))
        crashes.append(_crash(lines[start:], block))
    return _unwrapped(crashes)


def _unwrapped(crashes: list[Crash | None]) -> Crash | None:
    """Return the last exception, which comes first here; one that only gives up stands for the one before it."""
    for at, crash in enumerate(crashes):
        if crash is None or at + 1 == len(crashes) or crash.type.rpartition(".")[2] not in _GIVING_UP:
            return crash
    return None


def _crash(lines: list[str], trace: str) -> Crash | None:
    typed = next(((at, found["type"]) for at, line in enumerate(lines) if (found := _TYPE.match(line.strip()))), None)
    if typed is None:
        text = "\n".join(line.strip() for line in lines)[:_MOST_OF_AN_ERROR]
        # A fixture that is not there is told without an exception.
        return Crash(type="", text=text, trace="") if text.startswith("fixture '") else None
    at, name = typed
    text = "\n".join(line.strip() for line in lines[at:])[:_MOST_OF_AN_ERROR]
    return Crash(type=name, text=text, trace=trace)
