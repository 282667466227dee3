"""The outputs that reach later steps, as the runner reads them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.report import Report, Subject
from gate.render.outputs import render_github_output, render_outputs
from tests.unit.render import reports

GATES = ("lint", "unit-tests", "integration-tests", "coverage", "latency")
DELIMITER = "b7d5f0c2a9e14463"


def read_by_the_runner(text: str) -> dict[str, str]:
    """Read a file of outputs as actions/runner does (FileCommandManager.cs)."""
    outputs: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if line:
            name, delimiter = line.split("<<", 1)
            value = []
            while (inner := next(lines)) != delimiter:
                value.append(inner)
            outputs[name] = "\n".join(value)
    return outputs


def test_a_red_report_has_the_outputs_of_the_contract() -> None:
    outputs = render_outputs(reports.red(), GATES)
    assert json.loads(outputs.pop("outcomes")) == {
        "lint": "failed",
        "unit-tests": "failed",
        "integration-tests": "passed",
        "coverage": "failed",
        "access-review": "skipped",
    }
    assert outputs == {
        "verdict": "failed",
        "coverage": "93.79",
        "tests": "179",
        "failures": "1",
        "lint-outcome": "failed",
        "unit-tests-outcome": "failed",
        "integration-tests-outcome": "passed",
        "coverage-outcome": "failed",
        "latency-outcome": "",
    }


def test_an_empty_report_has_every_output() -> None:
    outputs = render_outputs(Report(subject=Subject()), ("lint",))
    assert outputs == {
        "verdict": "errored",
        "coverage": "",
        "tests": "0",
        "failures": "0",
        "outcomes": "{}",
        "lint-outcome": "",
    }


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True), st.text(), max_size=5))
def test_the_runner_reads_back_every_value(outputs: dict[str, str]) -> None:
    assert read_by_the_runner(render_github_output(outputs, DELIMITER)) == outputs


def test_a_value_with_lone_surrogates_can_be_written() -> None:
    render_github_output({"a": "\ud800"}, DELIMITER).encode()


@pytest.mark.parametrize(
    ("outputs", "delimiter"),
    [
        ({"a": f"x\n{DELIMITER}\nverdict<<E"}, DELIMITER),
        ({"a": "x"}, "EOF"),
        ({"a": "x"}, f"{DELIMITER}\n"),
        ({"a\nb": "x"}, DELIMITER),
        ({"A=b": "x"}, DELIMITER),
    ],
)
def test_what_could_forge_another_output_is_refused(outputs: dict[str, str], delimiter: str) -> None:
    with pytest.raises(ValueError, match=r"delimiter|name"):
        render_github_output(outputs, delimiter)
