"""What the review says of a service: nothing of a clean one, and of a flawed one the flaw at its operation and question."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gate.domain.finding import Severity
from gate.formats.service_inventory import Inventory, Route
from gate.gates.access_review.options import IdentityHook
from gate.gates.access_review.policy import Intent, Policy
from gate.gates.access_review.questions import Cell, Question
from gate.ports import CannotRun
from tests.unit.gates.access_review.notes_service import OPERATIONS, NotesService
from tests.unit.gates.access_review.reviewing import review

NOTE, COMMENTS = "/notes/{note_id}", "/notes/{note_id}/comments"
COMMENT = COMMENTS + "/{comment_id}"
LOGGED_IN, OWNER, ROLE, INPUT = Question.LOGGED_IN, Question.OWNER, Question.ROLE, Question.INPUT
FEW = frozenset({"POST /users", "POST /login", "GET /users/me", "GET /news"})
FIELDS, HYGIENE = Question.MASS_ASSIGNMENT, Question.HYGIENE


def policy(**who: str) -> Policy:
    """Return a policy: `policy(news="public")` is about `GET /news`."""
    return Policy(operations={f"GET /{name}": Intent(who=word) for name, word in who.items()})


@pytest.mark.parametrize("wrong_user", [403, 404])
def test_nothing_is_found_on_a_clean_service_and_every_operation_is_exercised(tmp_path: Path, wrong_user: int) -> None:
    found = review(tmp_path, service=NotesService(wrong_user=wrong_user), administrator=True)
    assert not found.flaws | found.warnings
    assert not found.not_exercised
    assert not found.evidence.notices
    assert [one.operation for one in found.evidence.operations] == list(OPERATIONS)


def test_the_number_of_requests_is_told_and_grows_with_the_operations(tmp_path: Path) -> None:
    small, whole = review(tmp_path, service=NotesService(only=FEW)), review(tmp_path)
    assert small.evidence.requests == len(small.service.requests) < 120
    assert len(whole.service.requests) < 30 * len(OPERATIONS)


def test_who_each_operation_is_for_is_deduced_with_the_reason(tmp_path: Path) -> None:
    found = review(tmp_path, administrator=True)
    access = {one.operation: one.access for one in found.evidence.operations}
    assert access[f"GET {NOTE}"] == access[f"DELETE {COMMENT}"] == access["GET /pins"] == "owner"
    assert access["GET /health"] == access["POST /users"] == access["POST /login"] == "public"
    assert access["GET /admin/stats"] == access["DELETE /admin/users/{user_id}"] == "role admin"
    assert access["GET /news"] == "shared"
    assert found.of(f"GET {NOTE}").origin == "deduced: another user is refused"


LOGIN = (LOGGED_IN, "login-not-required")
CASES: list[tuple[str, set[tuple[str, Question, str]]]] = [
    (f"open GET {NOTE}", {(f"GET {NOTE}", *LOGIN), (f"GET {NOTE}", OWNER, "other-user-reads")}),
    ("open POST /notes", {("POST /notes", *LOGIN)}),
    ("open DELETE /users/me", {("DELETE /users/me", *LOGIN)}),
    ("open DELETE /admin/users/{user_id}", {("DELETE /admin/users/{user_id}", *LOGIN)}),
    ("open GET /debug/env", {("GET /debug/env", *LOGIN), ("GET /debug/env", HYGIENE, "debug-route")}),
    (f"unowned GET {NOTE}", {(f"GET {NOTE}", OWNER, "other-user-reads")}),
    (f"unowned PATCH {NOTE}", {(f"PATCH {NOTE}", OWNER, "other-user-changes")}),
    (f"unowned DELETE {NOTE}", {(f"DELETE {NOTE}", OWNER, "other-user-deletes")}),
    (f"unowned GET {COMMENTS}", {(f"GET {COMMENTS}", OWNER, "other-user-reads")}),
    (f"unowned POST {COMMENTS}", {(f"POST {COMMENTS}", OWNER, "other-user-adds-below")}),
    (f"shows GET {NOTE}", {(f"GET {NOTE}", OWNER, "other-user-reads")}),
    (
        f"done DELETE {NOTE}",
        {(f"DELETE {NOTE}", LOGGED_IN, "denied-but-done"), (f"DELETE {NOTE}", OWNER, "denied-but-done")},
    ),
    (
        f"done PATCH {NOTE}",
        {(f"PATCH {NOTE}", LOGGED_IN, "denied-but-done"), (f"PATCH {NOTE}", OWNER, "denied-but-done")},
    ),
    (f"crossed GET {COMMENT}", {(f"GET {COMMENT}", OWNER, "other-user-reads")}),
    (f"crossed DELETE {COMMENT}", {(f"DELETE {COMMENT}", OWNER, "other-user-deletes")}),
    (f"leaks GET {COMMENTS}", {(f"GET {COMMENTS}", OWNER, "list-leaks")}),
    ("leaks GET /notes", {("GET /notes", OWNER, "list-leaks")}),
    ("owner-in-query", {("GET /notes", OWNER, "list-leaks")}),
    ("owner-in-update", {(f"PATCH {NOTE}", FIELDS, "mass-assignment")}),
    ("role-in-body", {("POST /users", FIELDS, "mass-assignment")}),
    ("role-in-update", {("PATCH /users/me", FIELDS, "mass-assignment")}),
    ("silent-field", {("POST /notes", FIELDS, "mass-assignment")}),
    ("lacks-role GET /admin/stats", {("GET /admin/stats", ROLE, "role-not-required")}),
    ("long POST /notes", {("POST /notes", INPUT, "bound-not-kept")}),
    (f"fault PATCH {NOTE}", {(f"PATCH {NOTE}", INPUT, "server-error-on-input")}),
]


@pytest.mark.parametrize(("flaw", "expected"), CASES, ids=[flaw for flaw, _ in CASES])
def test_a_flaw_is_found_at_its_operation_and_question_and_nothing_else_is(
    tmp_path: Path, flaw: str, expected: set[tuple[str, Question, str]]
) -> None:
    parts = {operation.split("/")[1] for operation, _, _ in expected}
    only = frozenset(key for key in OPERATIONS if key in FEW or key.split("/")[1] in parts)
    found = review(tmp_path, service=NotesService(flaws=frozenset({flaw}), only=only), administrator=True)
    assert found.flaws == expected
    for operation, question, _ in expected:
        assert found.asked(operation, question).cell is Cell.FAILED


@pytest.mark.parametrize(
    ("flaw", "rule", "word"),
    [
        ("any-signature", "forged-token-accepted", "another signature"),
        ("alg-none", "forged-token-accepted", "alg: none"),
        ("any-time", "expired-token-accepted", "an expired token"),
    ],
)
def test_a_token_that_is_not_verified_is_found_wherever_one_must_be_logged_in(
    tmp_path: Path, flaw: str, rule: str, word: str
) -> None:
    found = review(tmp_path, flaw, administrator=True)
    guarded = {key for key, (_, access) in OPERATIONS.items() if access != "public" and key != "POST /logout"}
    assert found.flaws == {(key, "logged-in", rule) for key in guarded}
    assert all(word in flaw.message for one in found.evidence.operations for flaw in one.flaws)


def test_a_body_that_says_whose_an_object_is_is_found(tmp_path: Path) -> None:
    found = review(tmp_path, "owner-in-body")
    assert ("POST /notes", "owner", "identity-in-body") in found.flaws
    assert ("POST /notes", "mass-assignment", "mass-assignment") in found.flaws


def test_a_body_that_goes_before_the_path_is_found(tmp_path: Path) -> None:
    found = review(tmp_path, "parent-in-body")
    assert (f"POST {COMMENTS}", "owner", "identity-in-body") in found.flaws


def test_an_operation_that_lets_in_everybody_where_what_reads_the_same_does_not_is_a_flaw(tmp_path: Path) -> None:
    found = review(tmp_path, "open GET /notes", "undocumented GET /notes")
    assert ("GET /notes", *LOGIN) in found.flaws
    assert found.of("GET /notes").origin == "deduced: what else reads the same asks for a login"


def test_a_public_operation_that_nobody_listed_is_a_warning_until_the_policy_lists_it(tmp_path: Path) -> None:
    flaws = ("open GET /news", "undocumented GET /news")
    found = review(tmp_path, *flaws)
    assert found.warnings == {("GET /news", "public-operation-not-listed")}
    assert not found.flaws
    listed = review(tmp_path, *flaws, policy=policy(news="public"))
    assert not listed.flaws | listed.warnings
    assert listed.of("GET /news").origin == "access-policy.yml"


def test_a_public_operation_that_changes_something_and_that_nobody_listed_fails(tmp_path: Path) -> None:
    found = review(tmp_path, "open POST /pins", "undocumented POST /pins")
    assert ("POST /pins", "logged-in", "public-operation-not-listed") in found.flaws


def test_credentials_that_are_optional_on_a_read_are_no_flaw(tmp_path: Path) -> None:
    found = review(tmp_path, "open GET /news", "optional GET /news")
    assert not found.flaws | found.warnings
    assert found.of("GET /news").origin == "deduced: credentials are optional"


def test_an_operation_is_held_against_what_the_policy_says_of_it(tmp_path: Path) -> None:
    found = review(tmp_path, "open GET /news", "undocumented GET /news", policy=policy(news="shared"))
    assert found.flaws == {("GET /news", *LOGIN)}
    assert found.of("GET /news").access == "shared"


def test_a_shared_object_is_no_flaw_where_the_policy_says_so_or_the_other_users_own_list_shows_it(
    tmp_path: Path,
) -> None:
    stated = review(tmp_path, f"unowned GET {NOTE}", policy=policy(**{"notes/{note_id}": "shared"}))
    team = review(tmp_path, f"unowned GET {NOTE}", f"unowned GET {COMMENTS}", "team")
    assert not stated.flaws | team.flaws
    assert team.asked(f"GET {NOTE}", OWNER).reason == "every user may: it is in the other user's own list"
    assert team.of(f"GET {NOTE}").access == "shared"


def test_a_shared_list_is_a_flaw_where_the_policy_says_owner(tmp_path: Path) -> None:
    assert not review(tmp_path, "leaks GET /pins").flaws
    assert review(tmp_path, "leaks GET /pins", policy=policy(pins="owner")).flaws == {
        ("GET /pins", "owner", "list-leaks")
    }


def test_a_role_that_the_policy_names_is_asked_for_with_an_identity_that_has_it(tmp_path: Path) -> None:
    stated = policy(**{"admin/stats": "role admin"})
    assert not review(tmp_path, policy=stated, administrator=True).flaws
    flawed = review(tmp_path, "lacks-role GET /admin/stats", policy=stated, administrator=True)
    assert flawed.flaws == {("GET /admin/stats", "role", "role-not-required")}
    nobody = review(tmp_path, policy=stated)
    assert "no identity with the role admin" in nobody.not_exercised["GET /admin/stats"]


def test_who_is_refused_although_logged_in_shows_that_a_role_is_asked_for(tmp_path: Path) -> None:
    asked = review(tmp_path).asked("GET /admin/stats", ROLE)
    assert asked.cell is Cell.PASSED
    assert asked.reason == "an ordinary user is refused; nobody with the role was there"


def test_what_was_done_behind_a_denial_without_a_trace_is_not_counted_as_denied(tmp_path: Path) -> None:
    found = review(tmp_path, "done DELETE /admin/users/{user_id}", administrator=True)
    asked = found.asked("DELETE /admin/users/{user_id}", ROLE)
    assert asked.cell is Cell.NOT_EXERCISED
    assert asked.reason == "admin's own request was answered 404 afterwards"


def test_denials_to_an_identity_that_stopped_working_prove_nothing(tmp_path: Path) -> None:
    found = review(tmp_path, "ends-sessions")
    assert "the identity stopped working" in found.not_exercised["GET /news"]
    assert found.asked(f"GET {NOTE}", OWNER).cell is Cell.PASSED


def test_an_operation_that_ends_who_asks_is_asked_by_somebody_to_be_thrown_away(tmp_path: Path) -> None:
    found = review(tmp_path)
    for operation in ("DELETE /users/me", "POST /logout", "PATCH /users/me"):
        assert found.asked(operation, LOGGED_IN).cell is Cell.PASSED
    assert found.asked("GET /pins", OWNER).cell is Cell.PASSED


def test_an_operation_that_is_broken_is_not_exercised_and_shown_with_its_traceback(tmp_path: Path) -> None:
    found = review(tmp_path, "broken GET /news", "trace GET /news")
    assert found.not_exercised["GET /news"] == "owner's own request was answered 500"
    assert found.flaws == {("GET /news", "hygiene", "traceback-shown")}
    assert found.warnings == {("GET /news", "server-error-on-input")}


def test_a_password_in_an_answer_is_found(tmp_path: Path) -> None:
    found = review(tmp_path, "shows-password")
    assert ("GET /users/me", "hygiene", "private-fields-shown") in found.flaws


def test_an_origin_that_is_mirrored_with_credentials_is_found_once_for_the_service(tmp_path: Path) -> None:
    [flaw] = review(tmp_path, "mirrors-origin").evidence.flaws
    assert (flaw.operation, flaw.rule, flaw.severity) == ("", "cors-with-credentials", None)


@pytest.mark.parametrize("weight", list(Severity))
def test_what_has_no_bound_weighs_what_the_option_says(tmp_path: Path, weight: Severity) -> None:
    found = review(tmp_path, "unbounded", unbounded=weight.value)
    named = {("POST /notes", "input-unbounded"), (f"PATCH {NOTE}", "input-unbounded")}
    is_error = weight is Severity.ERROR
    assert named <= ({(one, rule) for one, _, rule in found.flaws} if is_error else found.warnings)
    assert (found.asked("POST /notes", INPUT).cell is Cell.FAILED) is is_error


def test_a_page_size_without_a_bound_is_named(tmp_path: Path) -> None:
    [flaw] = review(tmp_path, "endless").of("GET /notes").flaws
    assert flaw.message == "the document gives no bound for query.limit (page-size)"


def test_a_hidden_route_that_lets_in_everybody_fails(tmp_path: Path) -> None:
    route = Route(method="GET", path="/news", function="app.news", file="app.py", line=7, hidden=True)
    inventory = Inventory(app="app:app", framework="fastapi 0.165.0", routes=(route,))
    found = review(tmp_path, "open GET /news", "undocumented GET /news", inventory=inventory)
    assert found.flaws == {("GET /news", "logged-in", "public-operation-not-listed")}
    reviewed = found.of("GET /news")
    assert (reviewed.path, reviewed.line, reviewed.function, reviewed.hidden) == ("app.py", 7, "app.news", True)


def test_a_service_without_users_is_taken_for_public_and_says_so(tmp_path: Path) -> None:
    only = frozenset({"GET /health", "GET /debug/env"})
    service = NotesService(flaws=frozenset({"undocumented GET /debug/env", "open GET /debug/env"}), only=only)
    found = review(tmp_path, service=service)
    assert found.evidence.notices == ("the service asks nobody who they are: every operation is taken for public",)
    assert ("GET /debug/env", "hygiene", "debug-route") in found.flaws
    assert found.of("GET /debug/env").origin == "deduced: the service knows no users"


def test_a_public_operation_that_fails_is_not_exercised(tmp_path: Path) -> None:
    service = NotesService(flaws=frozenset({"broken GET /health"}), only=frozenset({"GET /health"}))
    assert "request was answered 500" in review(tmp_path, service=service).not_exercised["GET /health"]


def test_a_service_that_asks_to_wait_is_waited_for(tmp_path: Path) -> None:
    service = NotesService(limited=["2", "1"])
    assert not review(tmp_path, service=service, administrator=True).flaws
    assert service.waited == 3.0


def test_a_service_that_answers_nothing_any_more_ends_the_review(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="did not answer 12 requests one after another: the connection was closed"):
        review(tmp_path, "silent")


def test_a_service_to_which_nobody_can_come_in_cannot_be_reviewed(tmp_path: Path) -> None:
    service = NotesService(only=frozenset(OPERATIONS) - {"POST /users"})
    with pytest.raises(CannotRun, match=r"no operation that makes an account; say how a user is made: \[tool"):
        review(tmp_path, service=service)
    service = NotesService(flaws=frozenset({"broken POST /login"}))
    with pytest.raises(CannotRun, match="nobody could log in: POST /login was answered 500"):
        review(tmp_path, service=service)


def test_the_log_has_a_line_for_each_request_and_no_credentials(tmp_path: Path) -> None:
    found = review(tmp_path)
    log = (tmp_path / "report/logs/access-review.log").read_text()
    assert len(log.splitlines()) == found.evidence.requests
    assert "owner: signs up: POST /users -> 201" in log
    assert not any(secret in log for secret in found.evidence.secrets)
    assert found.evidence.secrets


def test_an_account_that_shows_its_address_to_others_is_read_by_them(tmp_path: Path) -> None:
    found = review(tmp_path, "unowned GET /users/{user_id}")
    assert found.flaws == {("GET /users/{user_id}", "owner", "other-user-reads")}
    private = review(tmp_path, "unowned GET /users/{user_id}", "profiles")
    assert not private.flaws
    assert private.of("GET /users/{user_id}").access == "shared"


def test_where_only_one_user_is_given_what_takes_two_is_not_exercised(tmp_path: Path) -> None:
    service = NotesService(only=frozenset(OPERATIONS) - {"POST /users", "POST /login"})
    header = ("Authorization", f"Bearer {service.administrator()}")
    found = review(tmp_path, service=service, identities={"user": IdentityHook(headers=(header,))})
    assert any("there is no second user" in notice for notice in found.evidence.notices)
    assert found.not_exercised[f"GET {NOTE}"] == found.not_exercised["GET /notes"] == "there is no second user"
    assert found.not_exercised["DELETE /users/me"].startswith("it may end the user who asks")


def test_a_role_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    hook = IdentityHook(headers=(("Authorization", "Bearer no-good"),))
    found = review(tmp_path, identities={"admin": hook})
    assert any("no identity with the role admin" in notice for notice in found.evidence.notices)


@pytest.mark.parametrize("is_flawed", [False, True])
def test_a_token_that_ends_soon_is_waited_out_and_tried(tmp_path: Path, is_flawed: bool) -> None:
    ends = {"exp": datetime.now(UTC).timestamp() + 4}
    flaws = frozenset({"any-time"} if is_flawed else ())
    service = NotesService(flaws=flaws, claims=ends, key="a key that nobody knows", only=FEW)
    found = review(tmp_path, service=service)
    assert 2 < service.waited <= 6
    assert {rule for _, _, rule in found.flaws} == ({"expired-token-accepted"} if is_flawed else set())
