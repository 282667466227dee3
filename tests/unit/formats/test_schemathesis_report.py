import json
from pathlib import Path

import pytest

from gate.formats import UnreadableError
from gate.formats.schemathesis_report import Failure, parse_schemathesis_report

RECORDED = Path(__file__).parents[2] / "samples" / "schemathesis" / "report-4.32.5.json"


def test_each_kind_of_failure_names_the_operations_where_it_was_seen() -> None:
    ignored, error = parse_schemathesis_report(RECORDED.read_text("utf-8"))

    assert ignored.code == "ST401"
    assert error == Failure(code="ST101", title="Server error", operations=("GET /t/{i}", "POST /t"))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, '{"failures": 3}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_schemathesis_report(text)


def test_a_run_that_ended_early_is_no_result() -> None:
    report = json.loads(RECORDED.read_text("utf-8")) | {"complete": False, "stop_reason": "interrupted"}
    with pytest.raises(UnreadableError, match="interrupted"):
        parse_schemathesis_report(json.dumps(report))


@pytest.mark.parametrize("failure", [None, 3, {}, {"operations": [None, {"a": 1}]}])
def test_what_is_odd_in_a_report_is_left_out(failure: object) -> None:
    found = parse_schemathesis_report(json.dumps({"failures": [failure], "complete": True}))
    assert [one.operations for one in found] in ([], [()])
