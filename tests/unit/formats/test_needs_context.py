"""How needed jobs ended, from GitHub's own JSON, and what is made of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gate.enforce import enforce_needs
from gate.formats import UnreadableError
from gate.formats.needs_context import parse_needs


def needs(**results: Any) -> str:
    return json.dumps({name: {"result": result, "outputs": {"x": "y"}} for name, result in results.items()}, indent=2)


def test_each_job_has_its_result_and_outputs_are_not_taken() -> None:
    assert parse_needs(needs(gate="success", build="skipped")) == {"gate": "success", "build": "skipped"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", "null", '"success"', '{"gate": "success"}', '{"gate": {}}', "[" * 100_000]
    + [needs(gate=result) for result in ("Success", "", None, 1, ["success"])],
)
def test_what_is_no_needs_context_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_needs(text)


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("", 0, []),
        (needs(gate="success", lint="success"), 0, []),
        (needs(gate="success", lint="failure"), 1, ["Quality Gate: the job 'lint' did not succeed: failure"]),
        # GitHub takes a required check that was skipped for a success.
        (needs(gate="skipped"), 3, ["Quality Gate: the job 'gate' did not succeed: skipped"]),
        (needs(gate="cancelled"), 3, ["Quality Gate: the job 'gate' did not succeed: cancelled"]),
        ("{}", 3, None),
        ("${{ toJSON(needs) }}", 3, None),
    ],
)
def test_a_job_is_red_unless_every_job_it_needs_succeeded(text: str, status: int, said: list[str] | None) -> None:
    lines: list[str] = []
    assert enforce_needs(text, lines.append) == status
    assert said is None or lines == said
    assert bool(lines) == bool(status)
