"""What GitHub's answers mean: when to come back, and why it said no."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from gate.adapters.http_answers import Answer, clean, reason_of, wait_of

NOW = 1_700_000_000.0


def answer(status: int, message: str | None = None, **headers: str) -> Answer:
    body = b"" if message is None else json.dumps({"message": message}).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=CaseInsensitiveDict(names), body=body)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (answer(429, Retry_After="7"), 7),
        (answer(403, "You have exceeded a secondary rate limit", Retry_After="30"), 30),
        (answer(403, "You have exceeded a secondary rate limit. Please wait"), 60),
        (answer(403, "You have triggered an abuse detection mechanism."), 60),
        (answer(403, "API rate limit exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="1700000012"), 13),
        (answer(429, X_RateLimit_Remaining="0", X_RateLimit_Reset="1600000000"), 1),
        (answer(429, X_RateLimit_Remaining="0", X_RateLimit_Reset="soon"), 60),
        (answer(429), 60),
        (answer(503, Retry_After="Tue, 14 Nov 2023 22:13:50 GMT"), 30),
        (answer(503, Retry_After="Tue, 14 Nov 2000 22:13:50 GMT"), 0),
        (answer(503, Retry_After="a while"), 60),
        (answer(503, Retry_After="9" * 400), 999_999_999),
    ],
)
def test_it_is_told_when_to_come_back(said: Answer, wait: float) -> None:
    assert wait_of(said, NOW) == wait


@pytest.mark.parametrize(
    "said",
    [
        answer(200, X_RateLimit_Remaining="0", X_RateLimit_Reset="1700000012"),
        answer(403, "Resource not accessible by integration", X_RateLimit_Remaining="4999"),
        answer(404, Retry_After="5"),
        answer(500),
    ],
)
def test_otherwise_nothing_is_asked(said: Answer) -> None:
    assert wait_of(said, NOW) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"message": 1}', b"\xff", b"[" * 100_000])
def test_an_answer_without_a_message_has_no_reason(body: bytes) -> None:
    assert reason_of(Answer(status=500, headers={}, body=body)) == ""


def test_a_reason_is_one_short_line_without_the_secret() -> None:
    said = answer(422, "bad\n::error::x\x1b " + "t0ken " + "x" * 500)
    assert reason_of(said, secret="t0ken").startswith("bad ::error::x  *** xxx")
    assert len(reason_of(said)) == 200


@given(
    st.dictionaries(st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"]), st.text()),
    st.sampled_from([403, 429, 503]),
)
def test_no_header_can_break_it(headers: dict[str, Any], status: int) -> None:
    wait = wait_of(Answer(status=status, headers=headers, body=b""), NOW)
    assert wait is None or wait >= 0


@given(st.text())
def test_clean_text_is_printable(text: str) -> None:
    assert clean(text).isprintable()
