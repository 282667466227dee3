"""A proof can be tried again in a shell, shows no secret, and nothing that a service answers gets to run."""

import base64
import json
import subprocess
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.gates.access_review import exhibits
from gate.gates.access_review.curl import curl, proof
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.exhibits import render_proofs
from tests.unit.gates.access_review.reviews import FLAWED, OTHER_READS

SECRET = "hunter2/é secret"
REQUEST = HttpRequest(
    method="POST",
    target="/tasks?q=%27",
    headers=(("Authorization", "Bearer abc.def"), ("Content-Type", "application/json")),
    body=b'{"title": "it\'s $HOME `id` \\"x\\""}',
)


def asked(request: HttpRequest, **answer: object) -> Exchange:
    return Exchange(who="owner", purpose="makes it", request=request, **answer)  # type: ignore[arg-type]


def sent(line: str) -> list[str]:
    """Return what a shell makes of a line: the arguments that curl would get."""
    shell = 'curl() { for one in "$@"; do printf "%s\\0" "$one"; done; }; TOKEN_OWNER=T; COOKIE_OWNER=C; X_API_KEY_OWNER=K\n'
    done = subprocess.run(["sh", "-c", shell + line], capture_output=True, check=True, timeout=20)
    return done.stdout.decode().split("\0")[:-1]


def test_a_request_is_sent_again_as_it_was_with_the_token_from_a_variable() -> None:
    assert sent(curl(asked(REQUEST), ())) == [
        *("-i", "--path-as-is", "-X", "POST", "http://127.0.0.1:8000/tasks?q=%27"),
        *("-H", "Authorization: Bearer T", "-H", "Content-Type: application/json"),
        *("--data-raw", '{"title": "it\'s $HOME `id` \\"x\\""}'),
    ]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("cookie", "session=abc; theme=dark", "cookie: C"),
        ("X-API-Key", "k-123", "X-API-Key: K"),
        ("Authorization", "abc", "Authorization: T"),
    ],
)
def test_a_credential_is_never_in_a_header(name: str, value: str, shown: str) -> None:
    line = curl(asked(replace(REQUEST, headers=((name, value),))), ())
    assert shown in sent(line)
    assert value not in line


@pytest.mark.parametrize(
    "form",
    [SECRET, quote(SECRET), quote(SECRET, safe=""), json.dumps(SECRET)[1:-1]],
    ids=["plain", "url", "all", "json"],
)
def test_a_secret_is_masked_in_every_form(form: str) -> None:
    request = HttpRequest(method="GET", target=f"/x?a={form}", headers=(("X-Odd", form),), body=form.encode())
    answer = HttpAnswer(status=200, body=f'{{"echo": "{form}"}}'.encode())
    shown = proof(replace(OTHER_READS, proof=(asked(request, answer=answer),)), (SECRET,))
    assert "hunter2" not in shown
    assert "***" in shown


def test_a_token_that_was_given_with_its_scheme_is_masked_without_it_too() -> None:
    answer = HttpAnswer(status=200, body=b"you are opaque-token-1")
    shown = proof(replace(OTHER_READS, proof=(asked(REQUEST, answer=answer),)), ("Bearer opaque-token-1",))
    assert "you are ***" in shown


def test_what_an_answer_gives_away_is_masked_though_nobody_knew_it() -> None:
    token = ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg": "x"}', b'{"sub": 1}', b"sig")
    )
    body = json.dumps({"id": 7, "access_token": "opaque", "seen": token, "password_hash": "$2b$12$x"}).encode()
    shown = proof(replace(OTHER_READS, proof=(asked(REQUEST, answer=HttpAnswer(status=200, body=body)),)), ())
    assert '"id": 7' in shown
    assert not any(word in shown for word in ("opaque", token, "2b$12"))


def test_an_over_long_value_is_written_by_the_shell() -> None:
    body = json.dumps({"title": "x" * 10_001}).encode()
    line = curl(asked(replace(REQUEST, body=body)), ())
    assert len(line) < 400
    assert sent(line)[-1] == body.decode()


def test_an_exchange_without_an_answer_says_why() -> None:
    shown = proof(replace(OTHER_READS, proof=(asked(REQUEST, trouble="no answer in 10 s"),)), ())
    assert shown.endswith("#   -> no answer: no answer in 10 s")


def test_the_script_of_all_proofs_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    # The bound itself takes seconds to reach.
    monkeypatch.setattr(exhibits, "_MOST_OF_ALL_PROOFS", 5_000)
    flaws = (OTHER_READS,) * 50
    script = render_proofs(replace(FLAWED, operations=(replace(FLAWED.operations[0], flaws=flaws),)))
    assert len(script) < 7_000
    assert "more flaws are left out" in script


hostile = st.text(alphabet="a'\"\\`$(){};|&#\n\r\0 !é\u2028x", max_size=30)


@example("p", 'key"; rm x; "', "v", "b")
@example("p", "key$(rm x)", "v", "b")
@given(hostile, hostile, hostile, hostile)
@example("'\nrm x", '"; rm x\n', "$(rm x)", "x'; rm x #\nrm x" + "é" * 2_000)
def test_no_text_of_a_service_leaves_its_comment_or_its_quotes(path: str, name: str, value: str, body: str) -> None:
    request = HttpRequest(method=f"GET{name}", target=f"/{path}", headers=((name, value),), body=body.encode())
    answer = HttpAnswer(status=200, headers=(("content-type", value),), body=body.encode())
    flaw = replace(
        OTHER_READS,
        operation=f"GET /{path}",
        proof=(Exchange(who=name, purpose=value, request=request, answer=answer),),
    )
    script = render_proofs(replace(FLAWED, operations=(replace(FLAWED.operations[0], flaws=(flaw,)),)))
    # Without a path, a shell finds no command but those that it is given here.
    argv = ["sh", "-c", f"curl() {{ :; }}; PATH=/nowhere\n{script}"]
    done = subprocess.run(argv, check=False, capture_output=True, timeout=20)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
