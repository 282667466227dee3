"""The options of the gate: every mistake is told with what to write instead."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from gate.config.options import BadValue, specs_of
from gate.gates.openapi.catalogue import is_rule
from gate.gates.openapi.options import OpenapiOptions, Waiver

SPECS = specs_of(OpenapiOptions)
GOOD: dict[str, Any] = {
    "rule": "response-required-property-removed",
    "operation": "GET /tasks/{task_id}",
    "reason": "no client reads it",
    "until": "2027-01-31",
}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("document", "docs/openapi.yaml", "docs/openapi.yaml"),
        ("base", "origin/main", "origin/main"),
        ("base", "v1.2.0~1", "v1.2.0~1"),
        ("base", "none", "none"),
        ("deprecation-days", "90", 90),
        ("threshold", "92.5 %", Fraction(185, 2)),
        ("severities", {"api-removed-without-deprecation": "off"}, {"api-removed-without-deprecation": "off"}),
        ("severities", {"operation-differs": "warning"}, {"operation-differs": "warning"}),
        ("waivers", [GOOD], (Waiver(**{**GOOD, "until": date(2027, 1, 31)}),)),
    ],
)
def test_what_is_right_is_taken(name: str, value: object, expected: object) -> None:
    assert SPECS[name].parse(value) == expected


def test_a_day_may_be_written_as_tomls_own_and_an_operation_left_out() -> None:
    [waiver] = SPECS["waivers"].parse([{"rule": "operation-differs", "reason": "known, next week", "until": date.max}])
    assert waiver.operation == "*"
    assert waiver.covers("operation-differs", "GET /a")
    assert not waiver.covers("operation-not-served", "GET /a")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("document", "../openapi.json", "leaves the project's folder"),
        ("base", "--upload-pack=x", "no revision"),
        ("base", "a b", "no revision"),
        ("base", "main..other", "no revision"),
        ("base", "/etc/passwd", "no revision"),
        ("deprecation-days", -1, "not a number of days"),
        ("deprecation-days", True, "not a number of days"),
        ("severities", ["error"], "not a table"),
        ("severities", {"request-parmeter-removed": "error"}, "is not a rule"),
        ("severities", {"api-removed-without-depreciation": "error"}, "is not a rule"),
        ("severities", {"operation-differs": "fatal"}, "cannot be 'fatal'"),
        ("waivers", GOOD, "not a list"),
        ("waivers", [{**GOOD, "until": "soon"}], "'soon' as its end"),
        ("waivers", [{**GOOD, "until": 20270131}], "as its end"),
        ("waivers", [{**GOOD, "reason": "because"}], "no reason"),
        ("waivers", [{**GOOD, "operation": "tasks"}], "as its operation"),
        ("waivers", [{**GOOD, "rule": 3}], "as its rule"),
        ("waivers", [{**GOOD, "expires": "x"}], "has 'expires'"),
    ],
)
def test_what_is_wrong_is_refused_with_what_to_write_instead(name: str, value: object, told: str) -> None:
    with pytest.raises(BadValue) as caught:
        SPECS[name].parse(value)
    assert told in caught.value.message
    assert caught.value.instead


def test_all_mistakes_of_a_table_are_told_at_once() -> None:
    with pytest.raises(BadValue) as caught:
        SPECS["waivers"].parse([{**GOOD, "until": "x"}, {**GOOD, "reason": "", "rule": "nothing"}])
    assert caught.value.message.count("waiver 1") == 1
    assert caught.value.message.count("waiver 2") == 2
    with pytest.raises(BadValue) as caught:
        SPECS["severities"].parse({"no-rule": "error", "operation-differs": "never"})
    assert "'no-rule' is not a rule; 'operation-differs' cannot be 'never'" in caught.value.message


def test_a_mistyped_rule_is_offered_the_nearest() -> None:
    with pytest.raises(BadValue) as caught:
        SPECS["severities"].parse({"operation-diffres": "error"})
    assert caught.value.instead == "did you mean 'operation-differs'?"


def test_every_rule_of_a_change_can_be_chosen() -> None:
    samples = Path(__file__).parents[3] / "samples" / "api_changes"
    found = {
        str(change["rule_id"])
        for path in samples.rglob("*.yml")
        for change in yaml.safe_load(path.read_text(encoding="utf-8")).get("changes") or ()
    }
    assert len(found) > 40
    assert {rule_id for rule_id in found if not is_rule(rule_id)} == set()
