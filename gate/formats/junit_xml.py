"""pytest's JUnit XML (`junit_family=xunit1`) -> test cases.

Format: https://docs.pytest.org/en/stable/how-to/output.html#creating-junitxml-format-files
In xunit1 a case has `file` (relative to pytest's root) and `line` (counted from 0).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NoReturn
from xml.parsers import expat

from gate.domain.exhibit import CaseOutcome
from gate.domain.record import record
from gate.formats import UnreadableError

_OUTCOMES = {"error": CaseOutcome.ERRORED, "failure": CaseOutcome.FAILED, "skipped": CaseOutcome.SKIPPED}
_WORST_FIRST = (CaseOutcome.ERRORED, CaseOutcome.FAILED, CaseOutcome.SKIPPED)
# How pytest writes a place in a traceback: `tests/test_a.py:41: AssertionError` or `tests/test_a.py:3: in <module>`.
_PLACE = re.compile(r"^(?P<path>[^\s:][^:\n]*\.py):(?P<line>\d+): ", re.MULTILINE)
# How Python writes the place of a syntax error.
_SYNTAX_PLACE = re.compile(r'^E\s+File "(?P<path>[^"\n]+)", line (?P<line>\d+)', re.MULTILINE)
_MAX_DETAILS = 20_000


@record
class JUnitCase:
    """A test case. `file` is relative to pytest's root, `line` (from 1) the failing line where one is known."""

    name: str
    outcome: CaseOutcome
    seconds: float
    file: str | None
    line: int | None
    message: str
    details: str
    is_collection: bool


def parse_junit(content: bytes) -> tuple[JUnitCase, ...]:
    """Read a whole JUnit file.

    Raises:
        UnreadableError: it is empty, cut short, no JUnit, or declares entities.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except UnreadableError:
        raise
    except expat.ExpatError as error:
        raise UnreadableError(f"the JUnit file is not whole XML: {error}") from None
    except (ValueError, LookupError) as error:
        raise UnreadableError(f"the JUnit file cannot be decoded: {error}") from None
    return tuple(reader.cases)


class _Told:
    """What a case tells of itself in a child: an error, a failure, or that it was skipped."""

    __slots__ = ("message", "outcome", "texts")

    def __init__(self, outcome: CaseOutcome, message: str) -> None:
        self.outcome = outcome
        self.message = message
        self.texts: list[str] = []


class _Reader:
    """Follows the parser and builds the cases one by one: no tree of the file is ever held.

    A document type is refused where it starts, before an entity of it is read: so nothing can grow or be fetched.
    """

    def __init__(self) -> None:
        self.cases: list[JUnitCase] = []
        self._depth = 0
        self._open: list[tuple[int, dict[str, str], list[_Told]]] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse_document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and tag not in ("testsuites", "testsuite"):
            raise UnreadableError(f"the file is no JUnit: its root is <{tag[:40]}>")
        # Text counts up to the first element in it, as in what pytest writes.
        self.parser.CharacterDataHandler = None
        if tag == "testcase":
            self._open.append((self._depth, attributes, []))
        elif self._open and tag in _OUTCOMES:
            depth, _, told = self._open[-1]
            if self._depth == depth + 1:
                told.append(_Told(_OUTCOMES[tag], attributes.get("message", "")))
                self.parser.CharacterDataHandler = told[-1].texts.append

    def _end(self, tag: str) -> None:
        self.parser.CharacterDataHandler = None
        self._depth -= 1
        if tag == "testcase":
            _, attributes, told = self._open.pop()
            self.cases.append(_told_case(attributes, told) if told else _passed_case(attributes))


def _refuse_document_type(*_: object) -> NoReturn:
    raise UnreadableError("the JUnit file is refused: it declares a document type, and may declare entities")


def _passed_case(attributes: Mapping[str, str]) -> JUnitCase:
    file = attributes.get("file")
    return JUnitCase(
        name=_node_name(attributes, file),
        outcome=CaseOutcome.PASSED,
        seconds=_number(attributes.get("time", "")),
        file=file,
        line=_line(attributes.get("line", "")),
        message="",
        details="",
        is_collection=False,
    )


def _told_case(attributes: Mapping[str, str], children: Sequence[_Told]) -> JUnitCase:
    told = min(children, key=lambda child: _WORST_FIRST.index(child.outcome))
    details = "".join(told.texts)
    file = attributes.get("file")
    place = _failing_place(details, file)
    is_collection = told.outcome is CaseOutcome.ERRORED and told.message == "collection failure"
    return JUnitCase(
        name=file if is_collection and file else _node_name(attributes, file),
        outcome=told.outcome,
        seconds=_number(attributes.get("time", "")),
        file=place[0] if place else file,
        line=place[1] if place else _line(attributes.get("line", "")),
        message=_error_line(details) if is_collection else told.message,
        details=_shortened(details),
        is_collection=is_collection,
    )


def _node_name(attributes: Mapping[str, str], file: str | None) -> str:
    """Name the case as pytest does on its command line: `tests/test_a.py::TestB::test_c[1]`."""
    name, classname = attributes.get("name", ""), attributes.get("classname", "")
    if file is None:
        return ".".join(part for part in (classname, name) if part)
    return f"{_group(file, classname)}::{name}"


@lru_cache(maxsize=1024)
def _group(file: str, classname: str) -> str:
    """Name the file and the classes in it that a case belongs to; those of neighbours are the same."""
    module = re.sub(r"\.py$", "", file.replace("\\", "/")).replace("/", ".")
    inside = classname.removeprefix(module).strip(".") if classname.startswith(module) else ""
    return "::".join([file, *(part for part in inside.split(".") if part)])


def _failing_place(details: str, file: str | None) -> tuple[str, int] | None:
    """Find the line that failed: the last place in the test's own file, else the last in the project."""
    places = [(match["path"], int(match["line"])) for match in _PLACE.finditer(details)]
    if file is None:
        own = [place for place in places if not _is_foreign(place[0])]
        return own[-1] if own else None
    # A syntax error is told with the absolute path.
    syntax = [(file, int(match["line"])) for match in _SYNTAX_PLACE.finditer(details) if match["path"].endswith(file)]
    return next((place for place in reversed(places + syntax) if place[0] == file), None)


def _is_foreign(path: str) -> bool:
    return path.startswith(("..", "<", "/usr/")) or "site-packages" in path or "/lib/python" in path


def _error_line(details: str) -> str:
    lines = [line[1:].strip() for line in details.splitlines() if line.startswith("E ")]
    return lines[-1] if lines else next(filter(None, map(str.strip, details.splitlines())), "collection failure")


def _shortened(details: str) -> str:
    """Keep both ends of a text that is too long for a report: its JUnit file has all of it."""
    if len(details) <= _MAX_DETAILS:
        return details
    half = _MAX_DETAILS // 2
    return f"{details[:half]}\n… {len(details) - 2 * half} characters left out …\n{details[-half:]}"


def _line(text: str) -> int | None:
    return int(text) + 1 if text.isascii() and text.isdigit() and len(text) < 9 else None


def _number(text: str) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if 0 <= number < 1e9 else 0.0
