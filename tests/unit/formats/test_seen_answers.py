"""Answers that were seen come back as they were; what is none is passed over."""

import json

import pytest

from gate.formats.seen_answers import MOST_OF_A_BODY, SeenAnswer, parse_seen_answers, render_seen_answer

ANSWER = SeenAnswer(
    method="GET",
    path="/tasks/é 1",
    status=200,
    media_type="application/json; charset=utf-8",
    body=b"\x00\xff{}\n",
    source="unit-tests",
    application="Tasks",
)


def test_an_answer_comes_back_as_it_was() -> None:
    line = render_seen_answer(ANSWER)

    assert "\n" not in line
    assert parse_seen_answers(f"{line}\n{line}\n", "unit-tests") == (ANSWER, ANSWER)


def test_a_body_that_is_too_long_is_cut_and_said_to_be() -> None:
    long = SeenAnswer(method="GET", path="/", status=200, body=b"x" * (MOST_OF_A_BODY + 1))

    (kept,) = parse_seen_answers(render_seen_answer(long), "")

    assert kept.cut
    assert len(kept.body) == MOST_OF_A_BODY


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 100_000,
        json.dumps({"method": "GET"}),
        render_seen_answer(ANSWER).replace("200", "true"),
        render_seen_answer(ANSWER).replace("200", "99"),
        render_seen_answer(ANSWER).replace('"GET"', "7"),
        render_seen_answer(ANSWER).replace('"cut": false', '"cut": 0'),
        render_seen_answer(ANSWER).replace('"body": "', '"body": "?'),
        render_seen_answer(ANSWER).replace('"path": "', '"path": "' + "x" * 3_000),
        render_seen_answer(ANSWER).replace('"path": "', '"path": "' + "x" * 300_000),
    ],
)
def test_what_is_no_answer_is_passed_over(line: str) -> None:
    whole = render_seen_answer(ANSWER)

    assert parse_seen_answers(f"{line}\n{whole}", "unit-tests") == (ANSWER,)


def test_there_is_an_end_to_how_many_are_read() -> None:
    line = render_seen_answer(SeenAnswer(method="GET", path="/", status=200))

    assert len(parse_seen_answers(f"{line}\n" * 20_100, "")) == 20_000
