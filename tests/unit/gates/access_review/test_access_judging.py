"""What a review comes to: the outcome, the findings, and what is shown of it."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from gate.domain.exhibit import Matrix, OutputTail, Table
from gate.domain.finding import Finding, Location, Severity
from gate.domain.result import Judgement, Outcome
from gate.gates.access_review.catalogue import CATALOGUE, words_of
from gate.gates.access_review.evidence import Asked, Flaw, ReviewEvidence
from gate.gates.access_review.judging import judge_review
from gate.gates.access_review.policy import Intent, Policy, Waiver
from gate.gates.access_review.questions import Cell, Question, Rule
from tests.unit.gates.access_review.reviews import CLEAN, FLAWED, LIST, OTHER_READS, READ, TODAY, TOKEN, reviewed


def judged(evidence: ReviewEvidence, threshold: int = 80, unbounded: Severity = Severity.WARNING) -> Judgement:
    return judge_review(evidence, threshold=Fraction(threshold), unbounded=unbounded)


def matrix(judgement: Judgement, title: str = "Who may do what") -> Matrix:
    return next(one for one in judgement.exhibits if isinstance(one, Matrix) and one.title == title)


def waiving(rule: Rule = Rule.OTHER_READS, operation: str = READ, expires: date = TODAY) -> Policy:
    waiver = Waiver(operation=operation, rule=rule, reason="shared until the split", expires=expires, line=9)
    return Policy(path="svc/access-policy.yml", waivers=(waiver,))


def rules(judgement: Judgement) -> list[str]:
    return [finding.rule_id for finding in judgement.findings]


def test_a_clean_service_passes_with_every_operation_exercised() -> None:
    judgement = judged(CLEAN)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.findings == ()
    share = judgement.measures[0]
    assert (share.name, share.numerator, share.denominator) == ("operations", 4, 4)
    assert not [one for one in judgement.exhibits if not isinstance(one, Matrix)]


def test_a_proven_flaw_fails_the_gate_at_the_route() -> None:
    judgement = judged(FLAWED, threshold=50)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.reason.startswith("1 flaw in 1 operation")
    error, warning = judgement.findings
    assert error.rule_id == "other-user-reads"
    assert error.severity is Severity.ERROR
    assert error.location == Location(path="svc/app/routes.py", line=55)
    assert error.message == f"{READ}: another user reads it (200 with the owner's object); route read_task"
    assert (warning.rule_id, warning.severity) == ("input-unbounded", Severity.WARNING)
    assert [words.rule_id for words in judgement.rules] == ["other-user-reads", "input-unbounded"]


def test_warnings_alone_do_not_fail_the_gate_unless_they_are_to() -> None:
    unbounded = replace(CLEAN, operations=(FLAWED.operations[2],))
    assert judged(unbounded).outcome is Outcome.PASSED
    assert matrix(judged(unbounded)).rows[0].cells[4] == "warning"
    assert judged(unbounded, unbounded=Severity.ERROR).outcome is Outcome.FAILED
    assert matrix(judged(unbounded, unbounded=Severity.NOTICE)).rows[0].cells[4] == "passed"


def test_too_few_operations_exercised_fail_the_gate_and_are_named() -> None:
    left_out = replace(CLEAN, operations=(*CLEAN.operations[:2], FLAWED.operations[1]))
    judgement = judged(left_out)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.reason == "too many not exercised: DELETE /tasks/{task_id}"
    assert judged(left_out, threshold=66).outcome is Outcome.PASSED
    table = next(one for one in judgement.exhibits if isinstance(one, Table))
    assert table.rows == (("DELETE /tasks/{task_id}", "owner?", "422 before anybody was denied"),)


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (replace(CLEAN, operations=()), "found no operation"),
        (replace(CLEAN, requests=0), "no request was sent"),
        (replace(CLEAN, operations=(FLAWED.operations[1],)), "no operation could be exercised"),
        (replace(CLEAN, operations=(replace(CLEAN.operations[0], asked=()),)), "no operation could be exercised"),
    ],
)
def test_a_review_of_nothing_is_errored_and_never_passes(evidence: ReviewEvidence, reason: str) -> None:
    judgement = judged(evidence, threshold=0)
    assert judgement.outcome is Outcome.ERRORED
    assert judgement.reason.startswith(reason)


def test_a_question_that_failed_fails_the_gate_though_no_flaw_is_told() -> None:
    failed = replace(CLEAN, operations=(reviewed(READ, "owner", owner=Cell.FAILED),))
    assert judged(failed).outcome is Outcome.FAILED
    assert judged(failed).reason == "1 operation failed without a finding"


def test_a_flaw_of_the_service_as_a_whole_fails_the_gate() -> None:
    shown = Flaw(operation="", question=Question.HYGIENE, rule=Rule.TRACEBACK, message="debug mode is on")
    judgement = judged(replace(CLEAN, flaws=(shown,)))
    assert judgement.outcome is Outcome.FAILED
    assert judgement.findings[0].message == "the service: debug mode is on"


def test_a_waiver_holds_on_its_last_day_and_not_on_the_next() -> None:
    flawed = replace(CLEAN, operations=FLAWED.operations[:1])
    borne = judged(replace(flawed, policy=waiving()))
    assert borne.outcome is Outcome.PASSED
    (finding,) = borne.findings
    assert finding.severity is Severity.NOTICE
    assert finding.message.endswith(f"waived until {TODAY}: shared until the split")
    assert matrix(borne).rows[0].cells[2] == "waived"
    over = judged(replace(flawed, policy=waiving(expires=TODAY - timedelta(days=1))))
    assert over.outcome is Outcome.FAILED
    assert rules(over) == ["other-user-reads", "waiver-expired"]
    assert over.findings[1].location == Location(path="svc/access-policy.yml", line=9)


@pytest.mark.parametrize("policy", [waiving(Rule.OTHER_CHANGES), waiving(operation=LIST)])
def test_a_waiver_of_another_rule_or_operation_hides_nothing(policy: Policy) -> None:
    judgement = judged(replace(CLEAN, operations=FLAWED.operations[:1], policy=policy))
    assert judgement.outcome is Outcome.FAILED
    assert rules(judgement) == ["other-user-reads", "waiver-not-needed"]


def test_a_waiver_does_not_hide_that_nothing_was_exercised() -> None:
    flaw = replace(OTHER_READS, question=Question.OWNER)
    left_out = reviewed(READ, "owner", flaw, owner=Cell.NOT_EXERCISED)
    judgement = judged(replace(CLEAN, operations=(left_out, *CLEAN.operations[1:]), policy=waiving()))
    assert matrix(judgement).rows[0].cells[2] == "not exercised"


def test_an_operation_of_the_policy_that_is_not_served_is_told_with_its_line() -> None:
    policy = Policy(path="svc/access-policy.yml", operations={"GET /task/{task_id}": Intent(who="owner", line=3)})
    judgement = judged(replace(CLEAN, policy=policy))
    assert judgement.outcome is Outcome.PASSED
    (finding,) = judgement.findings
    assert finding.message == "GET /task/{task_id} is not served; did you mean 'GET /tasks/{task_id}'?"
    assert finding.location == Location(path="svc/access-policy.yml", line=3)


@pytest.mark.parametrize(("operation", "outcome"), [("POST /reset", Outcome.FAILED), ("GET /news", Outcome.PASSED)])
def test_a_public_write_that_nobody_listed_weighs_more_than_a_read(operation: str, outcome: Outcome) -> None:
    flaw = Flaw(operation=operation, question=Question.LOGGED_IN, rule=Rule.PUBLIC_UNLISTED, message="it is public")
    public = reviewed(operation, "public", flaw, logged_in=Cell.FAILED)
    assert judged(replace(CLEAN, operations=(public,))).outcome is outcome


def test_what_ruff_found_is_told_and_decides_nothing() -> None:
    found = Finding(gate="access-review", rule_id="S608", severity=Severity.WARNING, message="SQL made by an f-string")
    judgement = judged(replace(CLEAN, tool_findings=(found,)))
    assert judgement.outcome is Outcome.PASSED
    assert judgement.findings == (found,)


def test_the_worst_is_told_first() -> None:
    flaws = tuple(replace(OTHER_READS, rule=rule) for rule in (Rule.CORS, Rule.SERVER_ERROR, Rule.OTHER_DELETES))
    worst = reviewed(READ, "owner", *flaws, owner=Cell.FAILED)
    judgement = judged(replace(CLEAN, operations=(CLEAN.operations[1], worst)))
    assert rules(judgement) == ["other-user-deletes", "server-error-on-input", "cors-with-credentials"]
    assert [row.label for row in matrix(judgement).rows] == [READ, "DELETE /tasks/{task_id}"]


def test_the_checklist_is_ticked_by_what_was_measured() -> None:
    rows = {row.label: row.cells for row in matrix(judged(FLAWED), "Checklist").rows}
    assert rows["Is the user logged in?"] == ("passed", "held by 3 of 3 operations")
    assert rows["Does the user own this specific resource?"] == (
        "failed",
        "held by 1 of 3 operations; 1 failed; 1 not exercised",
    )
    assert rows["Does the user have the role?"] == ("not asked", "asked of no operation")


def test_no_text_of_a_judgement_shows_a_secret() -> None:
    leaky = replace(OTHER_READS, message=f"it answered {TOKEN}")
    asked = Asked(question=Question.ROLE, cell=Cell.NOT_EXERCISED, reason=f"refused {TOKEN}")
    operation = replace(reviewed(READ, "owner", leaky, owner=Cell.FAILED), origin=f"said {TOKEN}")
    operation = replace(operation, asked=(*operation.asked, asked))
    judgement = judged(replace(CLEAN, operations=(operation,), notices=(f"logged in with {TOKEN}",)))
    assert TOKEN not in repr(judgement)
    assert any(isinstance(one, OutputTail) and "$TOKEN_OWNER" in one.text for one in judgement.exhibits)


def test_every_rule_has_words_and_a_place_in_the_lists_of_owasp_and_cwe() -> None:
    assert set(CATALOGUE) == set(Rule)
    for rule, entry in CATALOGUE.items():
        assert entry.help_url.startswith("https://owasp.org/API-Security/editions/2023/en/0xa")
        assert entry.advice.endswith(".")
        assert words_of(rule).tags[:2] == ("security", f"external/cwe/cwe-{entry.cwe:03}")
        assert 0 < entry.score <= 10


def test_the_page_of_the_gate_has_every_rule_as_it_is() -> None:
    page = (Path(__file__).parents[4] / "docs" / "gates" / "access-review.md").read_text(encoding="utf-8")
    for rule, entry in CATALOGUE.items():
        assert f"| `{rule}` | {entry.title} | {entry.owasp} | {entry.cwe} | {entry.severity} |" in page
