"""The mutants of sample_service still fit it, and what the review found of one is held against its place."""

import json
from typing import Any

import pytest

from tests.mutation_api.mutant import Mutant, NotApplied, at, change, compare
from tests.mutation_api.mutants import KINDS, MUTANTS, sampled
from tests.mutation_api.reading import QUESTIONS, parse_review
from tests.mutation_api.reviewing import SAMPLE, read_service
from tests.mutation_api.service import OF_A_TASK

READS_ANY = Mutant(
    name="reads-any",
    changes=(change("a.py", "owned", "any"),),
    places=(at("GET /tasks/{task_id}", "owner"),),
    also=(at("*", "hygiene"),),
)


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_mutant_fits_the_service_and_is_python(name: str) -> None:
    changed = MUTANTS[name].applied(read_service())
    for path, text in changed.items():
        compile(text, path, "exec")
        assert text != read_service()[path]


def test_every_mutant_has_a_name_of_its_own_and_a_place() -> None:
    assert len(MUTANTS) == sum(map(len, KINDS)) >= 40
    assert all(mutant.places for mutant in MUTANTS.values())


def test_the_places_are_operations_of_the_service_unless_the_mutant_adds_them() -> None:
    document = json.loads((SAMPLE / "openapi.json").read_text("utf-8"))
    served = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert set(OF_A_TASK) <= served
    for mutant in MUTANTS.values():
        added = "".join(one.new for one in mutant.changes)
        for place in (*mutant.places, *mutant.also):
            path = place.operation.partition(" ")[2]
            assert place.operation == "*" or place.operation in served or path in added or path.startswith("/backstage")
            assert set(place.questions) <= set(QUESTIONS)


def test_every_question_has_a_mutant() -> None:
    asked = {question for mutant in MUTANTS.values() for place in mutant.places for question in place.questions}
    assert asked == set(QUESTIONS)


@pytest.mark.parametrize("text", ["", "owned and owned"])
def test_a_change_that_does_not_fit_once_is_an_error(text: str) -> None:
    with pytest.raises(NotApplied, match=r"a\.py"):
        READS_ANY.applied({"a.py": text})


def test_a_sample_is_of_as_many_kinds_as_can_be_and_always_the_same() -> None:
    first = [kind[0] for kind in KINDS]
    assert list(sampled(4)) == first[:4]
    assert list(sampled(len(KINDS))) == first
    assert len(set(sampled(10**6))) == len(MUTANTS)


def report(
    rows: dict[str, dict[str, str]], findings: tuple[tuple[str, str], ...] = (), outcome: str = "failed"
) -> dict[str, Any]:
    """A report as the gate writes it."""
    written = [
        {"label": label, "cells": ["owner", *(cells.get(question, "passed") for question in QUESTIONS), "the policy"]}
        for label, cells in rows.items()
    ]
    columns = ["operation", "meant for", *(f"{question}?" for question in QUESTIONS), "who says so"]
    checklist = {
        "kind": "matrix",
        "title": "Checklist",
        "columns": ["question", ""],
        "rows": [{"label": "x", "cells": ["failed"]}],
    }
    result = {
        "gate": "access-review",
        "outcome": outcome,
        "reason": None,
        "measures": [{"name": "requests", "value": 90}],
        "findings": [{"rule_id": rule, "severity": "error", "message": message} for rule, message in findings],
        "exhibits": [
            {"kind": "table"},
            checklist,
            {"kind": "matrix", "title": "Who", "columns": columns, "rows": written},
        ],
    }
    return {"results": [{"gate": "lint"}, result]}


def test_failed_cells_are_what_was_found_and_warnings_too() -> None:
    review = parse_review(
        report(
            {
                "GET /tasks": {"owner": "failed", "input": "warning"},
                "GET /debug (hidden)": {"hygiene": "failed"},
                "GET /": {"role": "not asked"},
            }
        )
    )
    assert review.found == {("GET /tasks", "owner"), ("GET /tasks", "input"), ("GET /debug", "hygiene")}
    assert (review.operations, review.requests, review.ran) == (3, 90, True)


def test_what_is_found_at_the_service_as_a_whole_is_read_from_its_findings() -> None:
    review = parse_review(report({"GET /tasks": {}}, (("cors-with-credentials", "the service: any site may ask"),)))
    assert review.found == {("the service", "hygiene")}


def test_an_operation_that_was_not_exercised_is_told() -> None:
    assert parse_review(report({"GET /tasks": {"owner": "not exercised"}, "GET /": {}})).left_out == ("GET /tasks",)


@pytest.mark.parametrize("outcome", ["errored", "skipped"])
def test_a_review_without_a_verdict_of_its_own_is_none(outcome: str) -> None:
    assert not parse_review(report({}, outcome=outcome)).ran


def test_a_report_without_the_gate_is_refused() -> None:
    with pytest.raises(KeyError, match="access-review"):
        parse_review({"results": []})


@pytest.mark.parametrize(
    ("found", "missed", "extra"),
    [
        ([("GET /tasks/{task_id}", "owner")], 0, 0),
        ([("GET /tasks/{task_id}", "owner"), ("GET /tasks", "hygiene")], 0, 0),
        ([("GET /tasks/{task_id}", "owner"), ("GET /tasks", "owner")], 0, 1),
        ([("GET /tasks/{task_id}", "role")], 1, 1),
        ([], 1, 0),
    ],
)
def test_a_mutant_is_found_at_its_place_only(found: list[tuple[str, str]], missed: int, extra: int) -> None:
    compared = compare(READS_ANY, found)
    assert (len(compared.missed), len(compared.extra)) == (missed, extra)


def test_whatever_is_found_in_the_service_itself_is_too_much() -> None:
    assert compare(None, [("GET /tasks", "owner")]).extra == (("GET /tasks", "owner"),)
    assert compare(None, []).extra == ()
