"""What is concluded of one operation from what the others on the same objects refuse."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats.openapi_document import Operation
from gate.gates.access_review.answers import without_echo
from gate.gates.access_review.denials import is_log_in_page
from gate.gates.access_review.evidence import Asked, Exchange, Reviewed
from gate.gates.access_review.operations import Login, Subject
from gate.gates.access_review.questions import Cell, Question, Rule
from gate.gates.access_review.siblings import without_their_role

DELETE, PUT, POST = "DELETE /menu/{id}", "PUT /menu/{item_id}", "POST /menu"


def subject(key: str) -> Subject:
    method, _, path = key.partition(" ")
    return Subject(operation=Operation(method=method, path=path), route=None, login=Login.REQUIRED)


def exchange(status: int) -> Exchange:
    request = HttpRequest(method="GET", target="/")
    return Exchange(who="owner", purpose="tries", request=request, answer=HttpAnswer(status=status))


def judged(
    refused: Mapping[str, Exchange], done: Mapping[str, Exchange], *, access: str = "shared", more: str = "GET /menu"
) -> Reviewed:
    asked = (Asked(question=Question.ROLE, cell=Cell.NOT_ASKED),)
    reviewed = Reviewed(operation=DELETE, access=access, origin="", asked=asked)
    subjects = [subject(key) for key in (DELETE, PUT, POST, more)]
    return without_their_role([reviewed], subjects, refused, done)[0]


def test_what_alone_of_all_changes_is_open_to_every_user_lacks_its_role() -> None:
    found = judged({PUT: exchange(403), POST: exchange(403)}, {DELETE: exchange(204)})
    assert [(one.rule, one.question) for one in found.flaws] == [(Rule.ROLE_NOT_REQUIRED, Question.ROLE)]
    assert [one.answer.status for one in found.flaws[0].proof if one.answer] == [403, 204]
    assert found.asked[0].cell is Cell.FAILED


@pytest.mark.parametrize(
    "found",
    [
        judged({PUT: exchange(403)}, {DELETE: exchange(204)}),
        judged({PUT: exchange(403), POST: exchange(403)}, {}),
        judged({PUT: exchange(403), POST: exchange(403)}, {DELETE: exchange(204)}, access="owner"),
        judged({PUT: exchange(403), POST: exchange(403)}, {DELETE: exchange(204)}, more="PATCH /menu/{name}"),
    ],
    ids=["one of them is open, too", "it is not done", "it is an owner's", "another one is open"],
)
def test_where_anything_else_may_be_changed_nothing_is_concluded(found: Reviewed) -> None:
    assert not found.flaws


def test_the_parts_of_an_answer_that_are_the_request_itself_are_left_out() -> None:
    sent = b'{"name": "n", "admin": true}'
    echo = {"name": "n", "admin": True}
    assert without_echo({"id": 1, "debug": {"raw": echo}}, sent) == {"id": 1, "debug": {"raw": None}}
    assert without_echo([echo, {**echo, "id": 1}], sent) == [None, {**echo, "id": 1}]
    for nothing in (None, b"", b"{}", b"not JSON", b"[1]", b"[" * 100_000):
        assert without_echo({"id": 1}, nothing) == {"id": 1}


@pytest.mark.parametrize(
    ("body", "kind", "is_one"),
    [
        (b"<form><input name=p type='password'></form>", "text/html", True),
        (b'<INPUT TYPE = "PASSWORD">', "text/html; charset=utf-8", True),
        (b"<p>the password</p><input type=text>", "text/html", False),
        (b"<input type=password>", "application/json", False),
    ],
)
def test_a_page_that_asks_for_a_password_is_told(body: bytes, kind: str, is_one: bool) -> None:
    answer = replace(HttpAnswer(status=200), headers=(("Content-Type", kind),), body=body)
    assert is_log_in_page(answer) is is_one
