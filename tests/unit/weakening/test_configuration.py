"""Each option says itself when its value is weaker; the opposite of what is weaker never is."""

from collections.abc import Mapping

import pytest

from gate.config.model import Config
from gate.config.resolve import Setting, resolve
from gate.gates import CHOSEN_AUTOMATICALLY, GATES
from gate.weakening.configuration import weaker_configuration

KINDS = {gate.id: gate.options for gate in GATES.values()}
ALL_GATES = [*KINDS]
SUNSET = {"rule": "api-removed-without-deprecation", "operation": "GET /old", "reason": "nobody has used it"}

Settings = Mapping[str, object]


def configuration(settings: Settings) -> Config:
    given = {"gates": ALL_GATES} | dict(settings)
    return resolve([[Setting(key=key, value=value, place=key) for key, value in given.items()]], KINDS)


def told(before: Settings, after: Settings) -> list[str]:
    found = weaker_configuration(configuration(before), configuration(after), KINDS, CHOSEN_AUTOMATICALLY)
    return [one.message for one in found]


ONE_WAY: list[tuple[Settings, Settings, list[str]]] = [
    (
        {},
        {"gates": ["lint"]},
        ["takes unit-tests, integration-tests, coverage, access-review, latency and 1 more out of gates"],
    ),
    ({"policy": "strict"}, {"policy": "base"}, ["loosens policy from strict to base"]),
    ({}, {"fail-on": "new"}, ["loosens fail-on from all to new"]),
    ({}, {"postgres": "off"}, ["sets postgres to off"]),
    ({}, {"env": ["PYTEST_ADDOPTS=-x", "MODE=test"]}, ["sets PYTEST_ADDOPTS in env"]),
    ({"lint.format": True}, {}, ["switches lint.format off"]),
    ({}, {"unit-tests.paths": ["tests/a"]}, ["narrows unit-tests.paths to tests/a"]),
    (
        {"unit-tests.paths": ["tests", "more"]},
        {"unit-tests.paths": ["tests"]},
        ["takes more out of unit-tests.paths"],
    ),
    ({}, {"unit-tests.retries": 2}, ["raises unit-tests.retries from 0 to 2"]),
    ({"unit-tests.flaky": "fail"}, {}, ["loosens unit-tests.flaky from fail to pass"]),
    ({}, {"coverage.threshold": 79.5}, ["sets coverage.threshold to 79.5, below the default of 80"]),
    ({"coverage.threshold": 95}, {"coverage.threshold": 92}, ["lowers coverage.threshold from 95 to 92"]),
    ({"coverage.threshold": 95}, {}, ["takes coverage.threshold away, which was 95"]),
    ({"coverage.max-fall": 0}, {"coverage.max-fall": 1}, ["raises coverage.max-fall from 0 to 1"]),
    ({"coverage.max-fall": 0}, {}, ["takes coverage.max-fall away, which was 0"]),
    ({}, {"access-review.threshold": 50}, ["lowers access-review.threshold from 80 to 50"]),
    ({}, {"access-review.unbounded": "notice"}, ["loosens access-review.unbounded from warning to notice"]),
    ({"access-review.deep": True}, {}, ["switches access-review.deep off"]),
    ({}, {"latency.limit": 900}, ["raises latency.limit from 500 to 900"]),
    ({}, {"latency.limits": {"GET /a": 2000}}, ["adds GET /a to latency.limits"]),
    (
        {"latency.limits": {"GET /a": 200}},
        {"latency.limits": {"GET /a": 300}},
        ["raises latency.limits of GET /a from 200 to 300"],
    ),
    ({}, {"latency.users": 5}, ["lowers latency.users from 50 to 5"]),
    ({}, {"latency.think-time": 2.5}, ["raises latency.think-time from 1 to 2.5"]),
    ({}, {"latency.inconclusive": "pass"}, ["loosens latency.inconclusive from error to pass"]),
    ({"latency.rows": 1000}, {"latency.rows": 10}, ["lowers latency.rows from 1000 to 10"]),
    ({"latency.rows": {"a": 9}}, {"latency.rows": {"a": 8}}, ["lowers latency.rows of a from 9 to 8"]),
    (
        {},
        {"openapi.severities": {"operation-differs": "warning"}},
        ["loosens openapi.severities of operation-differs from error to warning"],
    ),
    (
        {"openapi.severities": {"framework-differs": "error"}},
        {},
        ["loosens openapi.severities of framework-differs from error to notice"],
    ),
    (
        {},
        {"openapi.waivers": [SUNSET | {"until": "2027-01-31"}]},
        ["waives api-removed-without-deprecation at GET /old until 2027-01-31 (openapi.waivers)"],
    ),
    (
        {"openapi.waivers": [SUNSET | {"until": "2027-01-31"}]},
        {"openapi.waivers": [SUNSET | {"until": "2027-06-30"}]},
        [
            "waives api-removed-without-deprecation at GET /old longer, until 2027-06-30 instead of 2027-01-31 "
            "(openapi.waivers)"
        ],
    ),
]
EITHER_WAY: list[tuple[Settings, str]] = [
    ({"install": "pip install ."}, "changes install"),
    ({"app": "app.main:app"}, "changes app"),
    ({"openapi.base": "none"}, "changes openapi.base"),
    ({"access-review.policy": "who.yml"}, "changes access-review.policy"),
    ({"latency.session": ["GET /a"]}, "changes latency.session"),
    ({"baseline": "off"}, "changes baseline"),
]


@pytest.mark.parametrize(("before", "after", "words"), ONE_WAY, ids=[row[2][0] for row in ONE_WAY])
def test_what_is_weaker_is_told_and_its_opposite_is_not(before: Settings, after: Settings, words: list[str]) -> None:
    assert told(before, after) == words
    assert told(before, before) == []
    # An exception from a limit is told when it goes, too: the limit itself may be higher.
    assert [one for one in told(after, before) if one != "takes GET /a out of latency.limits"] == []


@pytest.mark.parametrize(("settings", "words"), EITHER_WAY, ids=[row[1] for row in EITHER_WAY])
def test_what_has_no_direction_and_can_hide_something_is_told_without_its_value(settings: Settings, words: str) -> None:
    assert told({}, settings) == told(settings, {}) == [words]


def test_what_weakens_nothing_is_not_told() -> None:
    harmless = {
        "timeout": 60,
        "workers": 4,
        "fail-fast": True,
        "env": ["MODE=a"],
        "postgres": "embedded",
        "gates": ALL_GATES,
    }
    assert told({}, harmless) == told(harmless, {}) == []


def test_options_of_a_gate_that_runs_on_neither_side_are_passed_over() -> None:
    gates = ["lint"]
    assert told({"gates": gates, "latency.users": 50}, {"gates": gates, "latency.users": 1}) == []


def test_gates_that_are_chosen_automatically_are_as_good_as_named() -> None:
    own = resolve([[]], KINDS)
    named = configuration({"gates": list(CHOSEN_AUTOMATICALLY)})
    assert list(weaker_configuration(own, named, KINDS, CHOSEN_AUTOMATICALLY)) == []
    assert list(weaker_configuration(named, own, KINDS, CHOSEN_AUTOMATICALLY)) == []
