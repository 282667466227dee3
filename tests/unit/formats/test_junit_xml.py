"""Against files that pytest 9.2.0 really wrote, and files that nobody should write."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.exhibit import CaseOutcome, TestCase
from gate.domain.finding import Location
from gate.formats import UnreadableError
from gate.formats.junit_xml import parse_junit

SAMPLES = Path(__file__).parents[2] / "samples" / "junit"


def recorded(name: str) -> dict[str, list[TestCase]]:
    told = parse_junit((SAMPLES / name).read_bytes())
    cases: dict[str, list[TestCase]] = {}
    for case in told.cases + told.not_collected:
        cases.setdefault(case.name, []).append(case)
    return cases


def test_outcomes_are_those_that_pytest_counted() -> None:
    cases = parse_junit((SAMPLES / "kinds.xml").read_bytes()).cases
    counts = {outcome: sum(case.outcome is outcome for case in cases) for outcome in CaseOutcome}
    assert counts == {
        CaseOutcome.PASSED: 1,
        CaseOutcome.FAILED: 7,
        CaseOutcome.ERRORED: 2,
        CaseOutcome.SKIPPED: 2,
    }


def test_what_a_report_may_not_show_is_in_no_message_and_no_traceback() -> None:
    xml = (
        '<testsuite><testcase classname="t" name="a" file="t.py">'
        '<failure message="assert &quot;hunter-2&quot;">E   assert "hunter-2"</failure></testcase></testsuite>'
    )
    (case,) = parse_junit(xml.encode(), shown=lambda told: told.replace("hunter-2", "***")).cases
    assert (case.message, case.details) == ('assert "***"', 'E   assert "***"')


def test_xdist_tells_the_same_as_one_process() -> None:
    alone, spread = recorded("kinds.xml"), recorded("xdist.xml")
    told = {name: [(case.outcome, case.location, case.message) for case in cases] for name, cases in alone.items()}
    assert told == {
        name: [(case.outcome, case.location, case.message) for case in cases] for name, cases in spread.items()
    }


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("tests/test_kinds.py::TestGroup::test_fails", 15),  # the assertion
        ("tests/test_kinds.py::TestGroup::test_raises[1]", 19),  # the call in the test, not the raise in the service
        ("tests/test_kinds.py::test_in_another_file", 60),  # the call, not the helper's assertion
        ("tests/test_kinds.py::test_setup_error", 24),  # the fixture
        ("tests/test_kinds.py::test_xpass", 52),  # no traceback: the test itself
        ("tests/test_kinds.py::test_passes", 8),
    ],
)
def test_the_line_is_the_one_to_look_at(name: str, line: int) -> None:
    assert [str(case.location) for case in recorded("kinds.xml")[name]] == [f"tests/test_kinds.py:{line}"]


def test_a_failure_and_a_bad_teardown_are_two() -> None:
    cases = recorded("kinds.xml")["tests/test_kinds.py::test_fails_and_tears_down_badly"]
    assert [(case.outcome, str(case.location).rpartition(":")[2]) for case in cases] == [
        (CaseOutcome.FAILED, "39"),
        (CaseOutcome.ERRORED, "34"),
    ]


def test_messages_and_details_are_pytests_own() -> None:
    (case,) = recorded("kinds.xml")["tests/test_kinds.py::TestGroup::test_fails"]
    assert case.message == "AssertionError: two"
    assert "lines <b>& @someone" in case.details
    assert "assert half(4) == expected" in case.details


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("bad/test_import.py", 1, "ModuleNotFoundError: No module named 'nothing_of_the_kind'"),
        ("bad/test_name.py", 2, "ValueError: odd"),
        ("bad/test_syntax.py", 1, "SyntaxError: invalid syntax"),
    ],
)
def test_a_file_that_cannot_be_collected(name: str, line: int, message: str) -> None:
    told = parse_junit((SAMPLES / "not-collected.xml").read_bytes())
    (case,) = (case for case in told.not_collected if case.name == name)
    assert (case.location, case.message) == (Location(path=name, line=line), message)
    assert name not in [case.name for case in told.cases]


@pytest.mark.parametrize(
    ("details", "message"),
    [("\nimport file mismatch:\nimported module 'test_a'", "import file mismatch:"), ("", "collection failure")],
)
def test_a_collection_error_without_a_traceback_says_what_it_can(details: str, message: str) -> None:
    xml = f'<testsuite><testcase name="a" file="a.py"><error message="collection failure">{details}</error></testcase></testsuite>'
    (case,) = parse_junit(xml.encode()).not_collected
    assert case.message == message


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not whole XML"),
        (b"<testsuites><testsuite><testcase", "not whole XML"),
        (b"<html/>", "root is <html>"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><testsuites/>', "refused"),
        (b"<?xml version='1.0' encoding='nonsense'?><testsuites/>", "cannot be decoded|not whole XML"),
        (b"\xff\xfe\x00", "not whole XML|cannot be decoded"),
    ],
)
def test_what_is_no_junit_is_refused_with_its_reason(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        parse_junit(content)


def test_an_entity_bomb_is_refused_before_it_grows() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "boom">{levels}]><testsuites>&l9;</testsuites>'
    with pytest.raises(UnreadableError, match="refused"):
        parse_junit(bomb.encode())


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(content: bytes) -> None:
    try:
        parse_junit(content)
    except UnreadableError:
        return


def test_numbers_that_are_none_are_taken_for_nothing() -> None:
    xml = b'<testsuite><testcase name="a" file="t.py" line="x" time="nan"/><testcase name="b" time="-1" line="99999999999"/></testsuite>'
    first, second = parse_junit(xml).cases
    assert (first.seconds, first.location, second.seconds, second.location) == (0.0, Location(path="t.py"), 0.0, None)


def test_a_case_without_a_file_keeps_its_dotted_name() -> None:
    (case,) = parse_junit(
        b'<testsuite><testcase classname="pkg.Class" name="method"><failure message="m"/></testcase></testsuite>'
    ).cases
    assert (case.name, case.location) == ("pkg.Class.method", None)


def test_a_failure_without_a_file_is_placed_by_its_traceback() -> None:
    text = "a.py:3: in f\n    x()\n/usr/lib/python3/z.py:9: Error"
    (case,) = parse_junit(
        f'<testsuite><testcase name="x"><failure message="m">{text}</failure></testcase></testsuite>'.encode()
    ).cases
    assert case.location == Location(path="a.py", line=3)


def test_a_text_too_long_for_a_report_keeps_both_ends() -> None:
    text = "start" + "x" * 50_000 + "end"
    (case,) = parse_junit(
        f'<testsuite><testcase name="x"><failure>{text}</failure></testcase></testsuite>'.encode()
    ).cases
    assert case.details.startswith("start")
    assert case.details.endswith("end")
    assert "30008 characters left out" in case.details
    assert len(case.details) < 21_000


def test_text_behind_an_element_within_a_failure_is_no_part_of_it_and_entities_of_xml_are() -> None:
    xml = b'<testsuite><testcase name="x"><failure>a &lt;b&gt; <![CDATA[c & d]]><br/>later</failure></testcase></testsuite>'
    (case,) = parse_junit(xml).cases
    assert case.details == "a <b> c & d"


def test_a_failure_counts_only_directly_in_its_case() -> None:
    xml = b'<testsuite><testcase name="x"><properties><failure message="m"/></properties></testcase></testsuite>'
    (case,) = parse_junit(xml).cases
    assert case.outcome is CaseOutcome.PASSED


def test_an_external_document_type_is_refused_too() -> None:
    with pytest.raises(UnreadableError, match="refused"):
        parse_junit(b'<!DOCTYPE testsuite SYSTEM "file:///etc/passwd"><testsuite/>')


def test_elements_may_be_nested_without_end() -> None:
    deep = 100_000
    assert parse_junit(b"<testsuite>" * deep + b'<testcase name="a"/>' + b"</testsuite>" * deep).cases[0].name == "a"


def test_paths_are_located_once_a_file_and_names_stay_as_pytest_has_them() -> None:
    asked: list[str] = []

    def locate(path: str) -> str:
        asked.append(path)
        return f"service/{path}"

    xml = '<testcase classname="tests.test_a" name="test_{}" file="tests/test_a.py" line="4"/>'
    first, second = parse_junit(f"<testsuite>{xml.format(1)}{xml.format(2)}</testsuite>".encode(), locate).cases
    assert asked == ["tests/test_a.py"]
    assert (first.name, second.name) == ("tests/test_a.py::test_1", "tests/test_a.py::test_2")
    assert first.location == second.location == Location(path="service/tests/test_a.py", line=5)
