"""The policy file: what it says is taken as it is meant, and every mistake is told with its line."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gate.gates.access_review.evidence import Reviewed
from gate.gates.access_review.policy import Intent, Policy, Waiver
from gate.gates.access_review.policy_draft import render_policy
from gate.gates.access_review.policy_file import PolicyError, parse_policy
from gate.gates.access_review.questions import Rule
from tests.unit.gates.access_review import reviews
from tests.unit.gates.access_review.reviews import TODAY

GOOD = """\
operations:
  GET /tasks/{task_id}: owner
  "GET /health": public
  POST /admin/users: {who: role  admin, note: only the back office}
waivers:
  - operation: "*"
    rule: input-unbounded
    reason: bounds come with the next release
    expires: 2027-01-31
"""


def mistakes(text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "access-policy.yml", TODAY)
    return [(problem.line, problem.message, problem.instead) for problem in caught.value.problems]


def test_a_policy_is_read_as_it_is_written() -> None:
    policy = parse_policy(GOOD, "svc/access-policy.yml", TODAY)
    assert policy.path == "svc/access-policy.yml"
    assert policy.operations == {
        "GET /tasks/{task_id}": Intent(who="owner", line=2),
        "GET /health": Intent(who="public", line=3),
        "POST /admin/users": Intent(who="role admin", note="only the back office", line=4),
    }
    (waiver,) = policy.waivers
    assert waiver == Waiver(
        operation="*",
        rule=Rule.INPUT_UNBOUNDED,
        reason="bounds come with the next release",
        expires=date(2027, 1, 31),
        line=6,
    )
    assert waiver.covers("GET /tasks", Rule.INPUT_UNBOUNDED)
    assert not waiver.covers("GET /tasks", Rule.OTHER_READS)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "operations:\nwaivers:\n", "operations: {}\nwaivers: []\n"])
def test_a_policy_may_say_nothing(text: str) -> None:
    assert parse_policy(text, "p", TODAY) == Policy(path="p")


@pytest.mark.parametrize(
    ("text", "line", "message", "instead"),
    [
        ("operations:\n  GET /x: onwer\n", 2, "GET /x is meant for nobody that is known", "did you mean 'owner'?"),
        ("operations:\n  GET /x: role\n", 2, "meant for nobody", "'role admin'"),
        ("operations:\n  GET /x:\n", 2, "meant for nobody", "'public'"),
        ("operations:\n  GET /x: {note: why}\n", 2, "GET /x has no `who`", "`who: owner`"),
        ("operations:\n  GET /x: {who: owner, wo: 1}\n", 2, "GET /x has no 'wo'", "did you mean 'who'?"),
        ("operations:\n  get /x: owner\n", 2, "not an operation", "'GET /x'"),
        ("operations:\n  GET /x: owner\n  GET /x: public\n", 3, "said twice", "one of the two"),
        ("operations: owner\n", 1, "operations is not a mapping", "`NAME: VALUE`"),
        ("operatons:\n", 1, "the policy has no 'operatons'", "did you mean 'operations'?"),
        ("- GET /x\n", 1, "the policy is not a mapping", "`NAME: VALUE`"),
        ("waivers: *a\n", 1, "not YAML", "below `operations:`"),
        ("waivers:\n  GET /x: 1\n", 2, "`waivers` is not a list", "`- operation:"),
        ("waivers:\n  - {operation: '*'}\n", 2, "the waiver has no `rule`", "'other-user-reads'"),
        ("waivers:\n  - nothing\n", 2, "a waiver is not a mapping", "`NAME: VALUE`"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_write(text: str, line: int, message: str, instead: str) -> None:
    first = mistakes(text)[0]
    assert first[0] == line
    assert message in first[1]
    assert instead in first[2]


@pytest.mark.parametrize(
    ("old", "new", "message", "instead"),
    [
        ('"*"', "tasks", "not an operation", "'*'"),
        ("input-unbounded", "input-unbound", "not a rule", "did you mean 'input-unbounded'?"),
        ("input-unbounded", "'*'", "not a rule", "one of"),
        ("bounds come with the next release", "later", "too short for a reason", "at least 10"),
        ("2027-01-31", "next year", "not a day", "2027-01-31"),
        ("2027-01-31", "2027-02-30", "not a day", "2027-01-31"),
        ("2027-01-31", "2027-11-25", "more than a year ahead", "at the latest 2027-11-24"),
    ],
)
def test_a_waiver_needs_a_rule_a_reason_and_a_last_day(old: str, new: str, message: str, instead: str) -> None:
    ((line, told, write),) = mistakes(GOOD.replace(old, new))
    assert line is not None
    assert line >= 6
    assert message in told
    assert instead in write


def test_all_mistakes_are_told_at_once_and_the_first_in_a_sentence() -> None:
    text = GOOD.replace("owner", "onwer").replace("public", "pubic").replace("2027-01-31", "soon")
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "access-policy.yml", TODAY)
    assert [problem.line for problem in caught.value.problems] == [2, 3, 9]
    assert str(caught.value) == (
        "access-policy.yml:2: GET /tasks/{task_id} is meant for nobody that is known: "
        "did you mean 'owner'? (and 2 more)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "[" * 700,
        "operations: {" + "GET /x: no, " * 1_000 + "}",
        "a: &a [*a, *a]\nb: &b [*a, *a]\noperations: *b\n",
        "operations: !!python/object/apply:os.system [x]\n",
        "operations:\n  ? [a]\n  : owner\n",
        "é" * 200_000,
        "operations:\n  GET /\x00: owner\n",
        "--- 1\n--- 2\n",
    ],
    ids=["deep", "many", "aliases", "tag", "list-key", "long", "nul", "documents"],
)
def test_a_hostile_policy_is_refused_and_nothing_else_happens(text: str) -> None:
    assert 1 <= len(mistakes(text)) <= 50


@given(st.text(alphabet="operations: waivers-[]{}&*!|>'\"#?%@`\n\t /GET{}", max_size=200))
@example("%YAML 1.9\n---\n")
@example("operations: !<tag:yaml.org,2002:map> {GET /x: owner}")
def test_no_text_raises_anything_but_the_documented_error(text: str) -> None:
    with suppress(PolicyError):
        parse_policy(text, "p", TODAY)


words = st.text(max_size=30)
paths = st.text(alphabet="/{}abc_-. :#'\"é[]&*,\\", max_size=30).map(lambda path: f"/{path.rstrip()}")
accesses = st.sampled_from(["public", "shared", "owner", "role admin", "role back.office"])


@given(
    st.dictionaries(st.tuples(st.sampled_from(["GET", "DELETE"]), paths), st.tuples(accesses, words), max_size=5),
    st.text(min_size=10, max_size=40).map(lambda reason: " ".join(f"because {reason}".split())),
)
def test_a_draft_says_what_was_deduced_and_can_be_read_back(
    deduced: dict[tuple[str, str], tuple[str, str]], reason: str
) -> None:
    operations = tuple(
        Reviewed(operation=" ".join(key), access=access, origin=origin) for key, (access, origin) in deduced.items()
    )
    waiver = Waiver(operation="GET /x: #", rule=Rule.CORS, reason=reason, expires=TODAY + timedelta(days=9))
    policy = Policy(waivers=(waiver,))
    draft = render_policy(replace(reviews.CLEAN, operations=operations, policy=policy, secrets=()))
    read = parse_policy(draft, "p", TODAY)
    assert {key: intent.who for key, intent in read.operations.items()} == {
        one.operation: one.access for one in operations
    }
    assert [replace(one, line=None) for one in read.waivers] == [waiver]


@pytest.mark.parametrize("path", ["/a\n  GET /b: public", "/\x1b[31m", "/\x00", "/" + "a" * 5_000])
def test_an_operation_that_no_policy_can_name_is_left_to_a_comment(path: str) -> None:
    odd = Reviewed(operation=f"GET {path}", access="public", origin="")
    plain = Reviewed(operation="GET /x", access="owner", origin="")
    draft = render_policy(replace(reviews.CLEAN, operations=(odd, plain), policy=None, secrets=()))
    assert {key: one.who for key, one in parse_policy(draft, "p", TODAY).operations.items()} == {"GET /x": "owner"}


def test_a_draft_keeps_what_the_project_says_and_leaves_open_what_nobody_knows() -> None:
    policy = Policy(operations={reviews.READ: Intent(who="shared", note="a board for all")})
    unlisted = replace(reviews.OTHER_READS, operation="POST /reset", rule=Rule.PUBLIC_UNLISTED)
    evidence = replace(
        reviews.CLEAN,
        policy=policy,
        operations=(
            *reviews.CLEAN.operations,
            reviews.reviewed("POST /reset", "public", unlisted),
            reviews.reviewed("GET /odd", ""),
            reviews.reviewed("GET /nobody", "unknown"),
            reviews.reviewed("GET /admin", "role"),
        ),
    )
    draft = render_policy(evidence)
    assert '{who: shared, note: "a board for all"}' in draft
    assert "  # POST /reset:" in draft
    assert "public: is that meant?" in draft
    assert draft.count("who is it meant for?") == 3
    assert set(parse_policy(draft, "p", TODAY).operations) == {one.operation for one in reviews.CLEAN.operations}
