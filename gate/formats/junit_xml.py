"""pytest's JUnit XML (`junit_family=xunit1`) -> test cases.

Format: https://docs.pytest.org/en/stable/how-to/output.html#creating-junitxml-format-files
In xunit1 a case has `file` (relative to pytest's root) and `line` (counted from 0).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NoReturn
from xml.parsers import expat

from gate.domain.exhibit import CaseOutcome, TestCase, passed_case
from gate.domain.finding import Location, line_in
from gate.formats import UnreadableError
from gate.formats.printed_text import first_told, presentable

_OUTCOMES = {"error": CaseOutcome.ERRORED, "failure": CaseOutcome.FAILED, "skipped": CaseOutcome.SKIPPED}
_WORST_FIRST = (CaseOutcome.ERRORED, CaseOutcome.FAILED, CaseOutcome.SKIPPED)
# How pytest writes a place in a traceback: `tests/test_a.py:41: AssertionError` or `tests/test_a.py:3: in <module>`.
_PLACE = re.compile(r"(?P<path>[^\s:][^:]*\.py):(?P<line>\d{1,9}): ")
# How Python writes the place of a syntax error.
_SYNTAX_PLACE = re.compile(r'E\s+File "(?P<path>[^"]+)", line (?P<line>\d{1,9})')
_MAX_DETAILS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JUnitFile:
    """The test cases of a file in its order; apart, those that stand for a file of tests that pytest cannot collect."""

    cases: tuple[TestCase, ...] = ()
    not_collected: tuple[TestCase, ...] = ()


def parse_junit(
    content: bytes, locate: Callable[[str], str] = str, shown: Callable[[str], str] = presentable
) -> JUnitFile:
    """Read a whole JUnit file.

    A case's location has the failing line where one is known; `locate` makes of a path relative to pytest's root one
    relative to the repository's, `shown` of what a test told what a report may show of it.

    Raises:
        UnreadableError: it is empty, cut short, no JUnit, or declares entities.
    """
    cases = _Cases(locate, shown)
    parser = expat.ParserCreate()
    _follow(parser, cases)
    try:
        parser.Parse(content, True)
    except UnreadableError:
        raise
    except expat.ExpatError as error:
        raise UnreadableError(f"the JUnit file is not whole XML: {error}") from None
    except (ValueError, LookupError) as error:
        raise UnreadableError(f"the JUnit file cannot be decoded: {error}") from None
    return JUnitFile(cases=tuple(cases.collected), not_collected=tuple(cases.not_collected))


class _Told:
    """What a case tells of itself in a child: an error, a failure, or that it was skipped."""

    __slots__ = ("message", "outcome", "texts")

    def __init__(self, outcome: CaseOutcome, message: str) -> None:
        self.outcome = outcome
        self.message = message
        self.texts: list[str] = []


class _Cases:
    """Builds the cases one by one: no tree of the file is ever held."""

    def __init__(self, locate: Callable[[str], str], shown: Callable[[str], str]) -> None:
        self.collected: list[TestCase] = []
        self.not_collected: list[TestCase] = []
        self._locate = locate
        self._shown = shown
        # The cases of a class all name their file and class.
        self._place = lru_cache(maxsize=1024)(self._placed)

    def add(self, attributes: dict[str, str], told: Sequence[_Told]) -> None:
        """Add a case of the attributes of its element and of what its children tell, which is nothing if it passed."""
        case = self._passed(attributes)
        if told:
            self._add_told(case, attributes.get("file"), min(told, key=lambda each: _WORST_FIRST.index(each.outcome)))
        else:
            self.collected.append(case)

    def _passed(self, attributes: dict[str, str]) -> TestCase:
        get = attributes.get
        file, location = get("file"), None
        if file is None:
            name = ".".join(filter(None, (get("classname"), get("name"))))
        else:
            group, path = self._place(file, get("classname", ""))
            # As pytest names it on its command line: `tests/test_a.py::TestB::test_c[1]`.
            name = f"{group}::{get('name', '')}"
            if file:
                location = line_in(path, _line(get("line", "")))
        try:
            seconds = float(get("time") or 0)
        except ValueError:
            seconds = 0.0
        return passed_case(name, seconds if 0 <= seconds < 1e9 else 0.0, location)

    def _add_told(self, case: TestCase, file: str | None, told: _Told) -> None:
        is_collection = told.outcome is CaseOutcome.ERRORED and told.message == "collection failure"
        details = self._shown("".join(told.texts))
        message = _error_line(details) if is_collection else self._shown(told.message).partition("\n")[0]
        failing = _failing_place(details, file)
        case = replace(
            case,
            name=file if is_collection and file else case.name,
            outcome=told.outcome,
            location=Location(path=self._locate(failing[0]), line=failing[1]) if failing else case.location,
            message=message,
            details=_shortened(details),
        )
        (self.not_collected if is_collection else self.collected).append(case)

    def _placed(self, file: str, classname: str) -> tuple[str, str]:
        """Name the file and the classes in it that a case belongs to, and locate the file."""
        module = re.sub(r"\.py$", "", file.replace("\\", "/")).replace("/", ".")
        inside = classname.removeprefix(module).strip(".") if classname.startswith(module) else ""
        group = "::".join([file, *(part for part in inside.split(".") if part)])
        return group, self._locate(file) if file else ""


def _follow(parser: expat.XMLParserType, cases: _Cases) -> None:
    """Have the parser add the cases; by closures, for they are called twice an element.

    A document type is refused where it starts, before an entity of it is read: so nothing can grow or be fetched.
    """
    depth = 0
    opened: list[tuple[int, dict[str, str], list[_Told]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if opened:
            start_within(tag, attributes)
        if depth == 1 and tag not in ("testsuites", "testsuite"):
            raise UnreadableError(f"the file is no JUnit: its root is <{tag[:40]}>")
        if tag == "testcase":
            opened.append((depth, attributes, []))

    def start_within(tag: str, attributes: dict[str, str]) -> None:
        # Text counts up to the first element in it, as in what pytest writes.
        parser.CharacterDataHandler = None
        depth_of_case, _, told = opened[-1]
        if tag in _OUTCOMES and depth == depth_of_case + 1:
            told.append(_Told(_OUTCOMES[tag], attributes.get("message", "")))
            parser.CharacterDataHandler = told[-1].texts.append

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if tag == "testcase":
            _, attributes, told = opened.pop()
            cases.add(attributes, told)
        if opened:
            parser.CharacterDataHandler = None

    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = start
    parser.EndElementHandler = end


def _refuse_document_type(*_: object) -> NoReturn:
    raise UnreadableError("the JUnit file is refused: it declares a document type, and may declare entities")


def _failing_place(details: str, file: str | None) -> tuple[str, int] | None:
    """Find the line that failed: the last place in the test's own file, else the last in the project."""
    lines = [line for line in details.split("\n") if ".py" in line]
    places = [(match["path"], int(match["line"])) for match in map(_PLACE.match, lines) if match]
    if file is None:
        own = [place for place in places if not _is_foreign(place[0])]
        return own[-1] if own else None
    # A syntax error is told with the absolute path.
    told = filter(None, map(_SYNTAX_PLACE.match, lines))
    syntax = [(file, int(match["line"])) for match in told if match["path"].endswith(file)]
    return next((place for place in reversed(places + syntax) if place[0] == file), None)


def _is_foreign(path: str) -> bool:
    return path.startswith(("..", "<", "/usr/")) or "site-packages" in path or "/lib/python" in path


def _error_line(details: str) -> str:
    told = first_told(details)
    if told and not told.startswith('File "'):
        return told
    # Of a syntax error the place and the source come first.
    lines = [line[1:].strip() for line in details.splitlines() if line.startswith("E ")]
    return lines[-1] if lines else next(filter(None, map(str.strip, details.splitlines())), "collection failure")


def _shortened(details: str) -> str:
    """Keep both ends of a text that is too long for a report: its JUnit file has all of it."""
    if len(details) <= _MAX_DETAILS:
        return details
    half = _MAX_DETAILS // 2
    return f"{details[:half]}\n… {len(details) - 2 * half} characters left out …\n{details[-half:]}"


@lru_cache(maxsize=4096)
def _line(text: str) -> int | None:
    return int(text) + 1 if text.isascii() and text.isdigit() and len(text) < 9 else None
