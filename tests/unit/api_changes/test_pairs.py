"""Pairs of documents, and what changed between them: one file a pair, in `tests/samples/api_changes/`.

A file has `base` and `head`, and `changes`, all that are to be found (`operation` may be left out where there is but one).
`of` tells what `base` and `head` are: a `document` (the default, which is completed), or of its only operation,
`POST /tasks`, the whole `operation`, the schema of its `request`, of its `response`, or of its query `parameter` `q`.
`components` go into both documents. `openapi` is the version of both, `versions` that of each. `today` and
`deprecation_days` are as in `api_changes`. `same: true` promises that nothing is found in either direction.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from gate.api_changes.change import Change, Impact
from gate.api_changes.compare import api_changes

SAMPLES = Path(__file__).parents[2] / "samples" / "api_changes"
PAIRS = sorted(SAMPLES.glob("*/*.yml"))
OPERATION = "POST /tasks"
OK: Mapping[str, Any] = {"200": {"description": "OK"}}


def read(path: Path) -> Mapping[str, Any]:
    # Written in C where PyYAML was built with libyaml: ten times as fast, and there are many files.
    return dict(yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def document(pair: Mapping[str, Any], side: str) -> dict[str, Any]:
    written, json = pair[side], "application/json"
    made = {
        "document": lambda: {"paths": {}, **written},
        "operation": lambda: _only(written),
        "request": lambda: _only({"requestBody": {"content": {json: {"schema": written}}}, "responses": OK}),
        "response": lambda: _only(
            {"responses": {"200": {"description": "OK", "content": {json: {"schema": written}}}}}
        ),
        "parameter": lambda: _only({"parameters": [{"name": "q", "in": "query", "schema": written}], "responses": OK}),
    }[pair.get("of", "document")]()
    version = pair["versions"][0 if side == "base" else 1] if "versions" in pair else pair.get("openapi", "3.1.0")
    return {
        "openapi": version,
        "info": {"title": "Tasks", "version": "1"},
        **({"components": pair["components"]} if "components" in pair else {}),
        **made,
    }


def _only(operation: Mapping[str, Any]) -> dict[str, Any]:
    return {"paths": {"/tasks": {"post": operation}}}


def compared(pair: Mapping[str, Any], base: str = "base", head: str = "head") -> tuple[Change, ...]:
    today = date.fromisoformat(pair.get("today", "2026-11-23"))
    days = pair.get("deprecation_days", 0)
    return api_changes(document(pair, base), document(pair, head), deprecation_days=days, today=today)


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_pair_has_the_changes_that_it_names_and_no_others(path: Path) -> None:
    pair = read(path)
    only = "" if pair.get("of", "document") == "document" else OPERATION
    expected = sorted(
        (change["rule_id"], change.get("operation", only), change["impact"]) for change in pair.get("changes", ())
    )

    found = compared(pair)

    assert sorted((one.rule_id, one.operation, one.impact.value) for one in found) == expected, found
    if path.parent.name == "harmless":
        assert all(one.impact is Impact.HARMLESS for one in found)
    if pair.get("same"):
        assert compared(pair, "head", "base") == ()
    assert compared(pair, "base", "base") == compared(pair, "head", "head") == ()


def test_there_are_enough_pairs_in_both_directions() -> None:
    pairs = [read(path) for path in PAIRS]
    breaking = [pair for pair in pairs if any(one["impact"] == "breaking" for one in pair.get("changes", ()))]

    assert len(breaking) >= 60
    assert len(list(SAMPLES.glob("harmless/*.yml"))) >= 20
