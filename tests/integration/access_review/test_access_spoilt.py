"""What is concluded where a service answers now this, now that: no denial counts beside a request that fails for all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.gates.access_review.policy import Intent, Policy
from gate.gates.access_review.questions import Cell, Question
from tests.unit.gates.access_review.notes_service import OPERATIONS, NotesService
from tests.unit.gates.access_review.reviewing import review

NOTE = "/notes/{note_id}"
OWNER, ROLE, LOGGED_IN = Question.OWNER, Question.ROLE, Question.LOGGED_IN


@dataclass
class Moody(NotesService):
    """Answers with another status where `when` says so: of who asks (the number of the user), method and path."""

    when: Callable[[int, str, str], int] = lambda *_: 0

    async def send(self, request: HttpRequest) -> HttpAnswer:
        answer = await super().send(request)
        given = next((value for name, value in request.headers if name == "Authorization"), "")
        user = self._of_token(given.removeprefix("Bearer "))
        number = list(self.users).index(user["id"]) + 1 if user is not None else 0
        status = self.when(number, request.method, request.target.partition("?")[0])
        return HttpAnswer(status=status, body=b"{}") if status else answer


def is_note(path: str) -> bool:
    return path.startswith("/notes/") and path.count("/") == 2


def test_another_user_for_whom_the_service_breaks_is_not_refused(tmp_path: Path) -> None:
    service = Moody(when=lambda user, method, path: 500 if user == 2 and method == "GET" and is_note(path) else 0)
    asked = review(tmp_path, service=service).asked(f"GET {NOTE}", OWNER)
    assert (asked.cell, asked.reason) == (Cell.NOT_EXERCISED, "another user was answered 500")


def test_a_bad_request_of_another_user_is_a_refusal_only_where_the_owners_same_request_is_none(tmp_path: Path) -> None:
    def when(user: int, method: str, path: str) -> int:
        return 400 if user == 2 and method == "PATCH" and is_note(path) else 0

    assert review(tmp_path, service=Moody(when=when)).asked(f"PATCH {NOTE}", OWNER).cell is Cell.PASSED


def test_what_cannot_be_read_back_proves_nothing(tmp_path: Path) -> None:
    tried: list[int] = []

    def when(user: int, method: str, path: str) -> int:
        if user == 2 and method == "DELETE" and is_note(path):
            tried.append(user)
        return 503 if user == 1 and method == "GET" and is_note(path) and tried else 0

    found = review(tmp_path, service=Moody(when=when))
    assert "could not be read back" in found.asked(f"DELETE {NOTE}", OWNER).reason


BLIND = frozenset(key for key in OPERATIONS if not key.startswith(("GET /notes", "GET /pins")))


def test_a_success_that_nothing_shows_is_not_exercised(tmp_path: Path) -> None:
    service = NotesService(only=BLIND, flaws=frozenset({f"unowned PATCH {NOTE}"}))
    asked = review(tmp_path, service=service).asked(f"PATCH {NOTE}", OWNER)
    assert asked.cell is Cell.NOT_EXERCISED
    assert "no operation shows whether anything was done" in asked.reason


def test_what_is_not_there_for_its_owner_after_another_user_deleted_it_was_deleted(tmp_path: Path) -> None:
    service = NotesService(only=BLIND, flaws=frozenset({f"unowned DELETE {NOTE}"}))
    found = review(tmp_path, service=service)
    assert (f"DELETE {NOTE}", "owner", "other-user-deletes") in found.flaws


def test_an_object_that_names_its_owner_is_changed_only_by_that_one_though_all_see_it(tmp_path: Path) -> None:
    shared = ("team", f"unowned GET {NOTE}", "unowned GET /notes/{note_id}/comments")
    assert review(tmp_path, *shared, f"unowned PATCH {NOTE}").flaws == {
        (f"PATCH {NOTE}", "owner", "other-user-changes")
    }


def test_a_role_is_not_proven_where_the_service_breaks_for_who_lacks_it(tmp_path: Path) -> None:
    tried: list[int] = []

    def when(user: int, method: str, path: str) -> int:
        if path == "/admin/stats" and user == 2:
            tried.append(user)
        return 500 if path == "/admin/stats" and user == 2 and len(tried) > 1 else 0

    # The administrator is the first user here, the owner the second.
    asked = review(tmp_path, service=Moody(when=when), administrator=True).asked("GET /admin/stats", ROLE)
    assert (asked.cell, asked.reason) == (Cell.NOT_EXERCISED, "an ordinary user was answered 500")


@pytest.mark.parametrize(("status", "word"), [(500, "no credentials was answered 500"), (405, "405")])
def test_no_denial_is_concluded_from_an_answer_that_is_none(tmp_path: Path, status: int, word: str) -> None:
    service = Moody(when=lambda user, _, path: status if user == 0 and path == "/news" else 0)
    asked = review(tmp_path, service=service).asked("GET /news", LOGGED_IN)
    assert asked.cell is Cell.NOT_EXERCISED
    assert word in asked.reason


def test_an_entrance_that_the_policy_closes_is_a_flaw(tmp_path: Path) -> None:
    policy = Policy(operations={"POST /users": Intent(who="role admin")})
    assert ("POST /users", "logged-in", "login-not-required") in review(tmp_path, policy=policy).flaws


def test_fields_are_not_asked_for_where_the_plain_request_fails(tmp_path: Path) -> None:
    made: list[str] = []

    def when(user: int, method: str, path: str) -> int:
        if user == 1 and method == "POST" and path == "/pins":
            made.append(path)
        return 409 if len(made) > 3 and method == "POST" and path == "/pins" and user == 1 else 0

    found = review(tmp_path, service=Moody(when=when))
    asked = found.asked("POST /pins", Question.MASS_ASSIGNMENT)
    assert (asked.cell, asked.reason) == (Cell.NOT_EXERCISED, "owner's own request was answered 409")


def test_an_object_that_all_see_is_a_flaw_where_the_policy_says_owner(tmp_path: Path) -> None:
    shared = ("team", f"unowned GET {NOTE}", "unowned GET /notes/{note_id}/comments")
    assert not review(tmp_path, *shared).flaws
    policy = Policy(operations={f"GET {NOTE}": Intent(who="owner")})
    assert review(tmp_path, *shared, policy=policy).flaws == {(f"GET {NOTE}", "owner", "other-user-reads")}
