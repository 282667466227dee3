"""pytest's JUnit XML (`junit_family=xunit1`) -> test cases.

Format: https://docs.pytest.org/en/stable/how-to/output.html#creating-junitxml-format-files
In xunit1 a case has `file` (relative to pytest's root) and `line` (counted from 0).
"""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gate.domain.exhibit import CaseOutcome
from gate.formats import UnreadableError

_OUTCOMES = {"error": CaseOutcome.ERRORED, "failure": CaseOutcome.FAILED, "skipped": CaseOutcome.SKIPPED}
_WORST_FIRST = (CaseOutcome.ERRORED, CaseOutcome.FAILED, CaseOutcome.SKIPPED, CaseOutcome.PASSED)
# How pytest writes a place in a traceback: `tests/test_a.py:41: AssertionError` or `tests/test_a.py:3: in <module>`.
_PLACE = re.compile(r"^(?P<path>[^\s:][^:\n]*\.py):(?P<line>\d+): ", re.MULTILINE)
# How Python writes the place of a syntax error.
_SYNTAX_PLACE = re.compile(r'^E\s+File "(?P<path>[^"\n]+)", line (?P<line>\d+)', re.MULTILINE)
_MAX_DETAILS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
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
    try:
        root = fromstring(content, forbid_dtd=True)
    except ParseError as error:
        raise UnreadableError(f"the JUnit file is not whole XML: {error}") from None
    except DefusedXmlException as error:
        raise UnreadableError(f"the JUnit file is refused: {error}") from None
    except (ValueError, LookupError) as error:
        raise UnreadableError(f"the JUnit file cannot be decoded: {error}") from None
    if root.tag not in ("testsuites", "testsuite"):
        raise UnreadableError(f"the file is no JUnit: its root is <{root.tag[:40]}>")
    return tuple(_case(element) for element in root.iter("testcase"))


def _case(element: Element) -> JUnitCase:
    told = [(child, _OUTCOMES[child.tag]) for child in element if child.tag in _OUTCOMES]
    outcome = min((outcome for _, outcome in told), key=_WORST_FIRST.index, default=CaseOutcome.PASSED)
    child = next((child for child, its in told if its is outcome), None)
    message = (child.get("message") or "") if child is not None else ""
    details = (child.text or "") if child is not None else ""
    is_collection = outcome is CaseOutcome.ERRORED and message == "collection failure"
    file = element.get("file")
    place = _failing_place(details, file)
    return JUnitCase(
        name=file if is_collection and file else _node_name(element, file),
        outcome=outcome,
        seconds=_number(element.get("time")),
        file=place[0] if place else file,
        line=place[1] if place else _line(element),
        message=_error_line(details) if is_collection else message,
        details=_shortened(details),
        is_collection=is_collection,
    )


def _node_name(element: Element, file: str | None) -> str:
    """Name the case as pytest does on its command line: `tests/test_a.py::TestB::test_c[1]`."""
    name, classname = element.get("name") or "", element.get("classname") or ""
    if file is None:
        return ".".join(part for part in (classname, name) if part)
    module = re.sub(r"\.py$", "", file.replace("\\", "/")).replace("/", ".")
    inside = classname.removeprefix(module).strip(".") if classname.startswith(module) else ""
    return "::".join([file, *(part for part in inside.split(".") if part), name])


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


def _line(element: Element) -> int | None:
    text = element.get("line") or ""
    return int(text) + 1 if text.isascii() and text.isdigit() and len(text) < 9 else None


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if 0 <= number < 1e9 else 0.0
