"""What is concluded from a load: pure, from samples and what the database was asked."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest

from gate.database_ports import LockWait, Statement, TableScan
from gate.domain.codec import decode_report, encode_report
from gate.domain.exhibit import Exhibit, Histogram, Matrix, Series, Table
from gate.domain.finding import Severity
from gate.domain.report import Report, Subject
from gate.domain.result import Judgement, Outcome
from gate.gates.latency.catalogue import CATALOGUE, Rule
from gate.gates.latency.evidence import BaseComparison, LatencyEvidence
from gate.gates.latency.judging import judge_latency, undecided
from gate.gates.latency.options import LatencyOptions
from gate.load_ports import CountedWindow
from tests.unit.gates.latency.made_loads import ROUTE, TASKS, USERS, cost, evidence, measured
from tests.unit.render import reports

PLAIN = LatencyOptions()
ONE, OTHER = "GET /tasks", "GET /tasks/{task_id}"


def messages(judgement: Judgement, rule: Rule) -> list[str]:
    return [finding.message for finding in judgement.findings if finding.rule_id == rule]


def exhibit(judgement: Judgement, title: str) -> Exhibit:
    (found,) = [one for one in judgement.exhibits if getattr(one, "title", "").startswith(title)]
    return found


def figures(judgement: Judgement) -> dict[str, Fraction]:
    return {measure.name: measure.value for measure in judgement.measures}


def test_a_service_that_is_fast_passes_and_users_and_think_time_stand_with_the_figure() -> None:
    judgement = judge_latency(evidence(measured(ONE, OTHER)), PLAIN)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.reason == "with 50 users, 1 s think time"
    assert judgement.findings == ()
    found = figures(judgement)
    assert 95 < found["p95"] < 105
    assert found["p50"] < found["p95"] < found["p99"]
    assert (found["requests"], found["throughput"], found["error-share"]) == (6_000, 100, 0)
    assert (found["users"], found["think-time"]) == (50, 1)
    assert {f"p95 of {ONE}", f"p95 of {OTHER}"} <= found.keys()
    assert judgement.measures[0].threshold is not None
    assert judgement.measures[0].threshold.value == 500


@pytest.mark.parametrize(("share", "outcome"), [(0.03, Outcome.PASSED), (0.08, Outcome.FAILED)])
def test_three_percent_slow_requests_pass_and_eight_fail(share: float, outcome: Outcome) -> None:
    judgement = judge_latency(evidence(measured(p95=0.02, slow_share=share)), PLAIN)
    assert judgement.outcome is outcome
    told = messages(judgement, Rule.OVER_LIMIT)
    assert len(told) == (outcome is Outcome.FAILED)
    assert all("most take 10.1 ms and 8.6 % are over the limit: look for what only some" in one for one in told), told


def test_near_the_limit_it_is_measured_once_more_and_then_nothing_is_decided_but_by_the_policy() -> None:
    near = evidence(measured(p95=0.49))
    assert undecided(near, PLAIN)
    twice = replace(near, rounds=(near.rounds[0], measured(p95=0.495, seed=7)))
    for policy, outcome in (("error", Outcome.ERRORED), ("pass", Outcome.PASSED), ("fail", Outcome.FAILED)):
        judgement = judge_latency(twice, LatencyOptions(inconclusive=policy))
        assert judgement.outcome is outcome
        (told,) = messages(judgement, Rule.INCONCLUSIVE)
        assert "may be over its limit of 500 ms (6,000 requests): the limit lies within what the p95 may be" in told
        assert "50 users, 1 s think time" in judgement.reason
    assert judge_latency(twice, PLAIN).reason.startswith(
        "cannot decide: GET /tasks p95 500 ms [492–509], limit 500 ms: the limit"
    )


def test_what_is_decided_is_not_measured_once_more() -> None:
    assert not undecided(evidence(measured(p95=0.1)), PLAIN)
    assert not undecided(evidence(measured(p95=0.9)), PLAIN)
    assert not undecided(evidence(measured(p95=0.49, statuses=(200, 429))), PLAIN)
    assert not undecided(evidence(), PLAIN)
    assert not undecided(evidence(measured(p95=0.49), measured(ONE, p95=0.9)), PLAIN)


def test_a_second_measurement_counts_together_with_the_first() -> None:
    twice = judge_latency(evidence(measured(), measured(seed=2)), PLAIN)
    assert figures(twice)["requests"] == 6_000
    assert figures(twice)["throughput"] == 50
    notes = exhibit(twice, "How it was measured")
    assert isinstance(notes, Table)
    assert ("2 measurements, 120 s in all",) in notes.rows


def test_what_is_slow_in_one_of_two_measurements_only_is_not_sure() -> None:
    fast, slow = measured(p95=0.02), measured(p95=0.02, slow_share=0.13, seed=2)
    assert judge_latency(evidence(fast, slow), PLAIN).outcome is Outcome.ERRORED
    half = [measured(p95=0.02, slow_share=0.065, seed=seed) for seed in (1, 2)]
    assert judge_latency(evidence(*half), PLAIN).outcome is Outcome.FAILED


def test_an_operation_has_its_own_limit_and_the_slowest_is_told_with_its_route() -> None:
    load = evidence(measured(ONE, OTHER, p95=0.4))
    assert judge_latency(load, PLAIN).outcome is Outcome.PASSED
    judgement = judge_latency(load, LatencyOptions(limits={ONE: 300}))
    assert judgement.outcome is Outcome.FAILED
    (finding,) = judgement.findings
    assert finding.location == ROUTE
    assert finding.message.startswith("GET /tasks: p95 40")
    assert "is over the limit of 300 ms (3,000 requests)" in finding.message
    assert judgement.rules == (CATALOGUE[Rule.OVER_LIMIT],)
    slow = evidence(measured(ONE, p95=0.8))
    assert judge_latency(slow, LatencyOptions(limits={ONE: 1_000})).outcome is Outcome.PASSED


def test_a_limit_of_what_was_not_measured_is_told_with_what_was_probably_meant() -> None:
    judgement = judge_latency(evidence(measured()), LatencyOptions(limits={"GET /taks": 300}))
    assert messages(judgement, Rule.UNUSED_LIMIT) == [
        "GET /taks: has a limit, and was not measured; did you mean 'GET /tasks'?"
    ]
    assert judgement.outcome is Outcome.PASSED


def test_requests_that_fail_fail_the_gate_by_themselves_with_their_statuses() -> None:
    judgement = judge_latency(evidence(measured(ONE, OTHER, statuses=(200, 500, *[200] * 18, 0))), PLAIN)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.measures[0].name == "error-share", "a p95 over requests that failed means nothing"
    first, second = messages(judgement, Rule.ERRORS)
    assert first == "GET /tasks: 285 of 3,000 requests failed: 500 (143 times), no answer (142 times); at most 1 % may"
    assert second.startswith(OTHER)
    allowed = judge_latency(evidence(measured(statuses=(500, *[200] * 149))), PLAIN)
    assert allowed.outcome is Outcome.PASSED
    assert figures(allowed)["error-share"] == Fraction(2, 3)


def test_why_there_was_no_answer_is_told() -> None:
    load = replace(measured(statuses=(200, 0)), unanswered=(("the connection was closed", 1_500),))
    (told,) = messages(judge_latency(evidence(load), PLAIN), Rule.ERRORS)
    assert told.endswith("no answer (1,500 times); at most 1 % may; the connection was closed")


def test_a_service_that_answers_nobody_any_more_fails_however_fast_it_was_before() -> None:
    silence = "after the load, GET /tasks was not answered: no answer in 10 s"
    for load in (measured(ONE, OTHER), measured(ONE, p95=0.49)):
        judgement = judge_latency(replace(evidence(load), silence=silence), PLAIN)
        assert judgement.outcome is Outcome.FAILED
        assert judgement.reason == f"with 50 users, 1 s think time; {silence}"
        assert [(one.rule_id, one.message) for one in judgement.findings] == [(Rule.ERRORS, silence)]
    gone = replace(evidence(measured(ONE, statuses=(200, 0))), silence=silence)
    assert judge_latency(gone, PLAIN).reason.startswith(f"with 50 users, 1 s think time; {silence}; 1,500 of 3,000")


def test_a_status_that_the_session_expects_is_no_error() -> None:
    load = evidence(measured(statuses=(404, 401)), expected={ONE: (404, 401)})
    assert judge_latency(load, PLAIN).outcome is Outcome.PASSED
    assert judge_latency(replace(load, expected={OTHER: (404, 401)}), PLAIN).outcome is Outcome.ERRORED


@pytest.mark.parametrize(
    ("status", "advice"), [(429, "raise that limit for the test"), (401, "tokens that live longer")]
)
def test_a_load_that_was_turned_away_does_not_count_however_slow_it_was(status: int, advice: str) -> None:
    judgement = judge_latency(evidence(measured(ONE, p95=2, statuses=(200, 200, status))), PLAIN)
    assert judgement.outcome is Outcome.ERRORED
    assert judgement.reason.startswith(f"the measurement does not count: {status} (1,000 times) among 3,000 requests")
    assert advice in judgement.reason


def test_nothing_measured_is_errored_with_the_reason_of_the_generator() -> None:
    nothing = replace(measured(number=0), trouble="no user could log in")
    assert judge_latency(evidence(nothing), PLAIN).reason == "no request was measured: no user could log in"
    assert judge_latency(evidence(), PLAIN).outcome is Outcome.ERRORED
    some = evidence(replace(measured(ONE), samples=(*measured(ONE).samples, *measured(OTHER, number=0).samples)))
    judgement = judge_latency(some, PLAIN)
    assert judgement.outcome is Outcome.ERRORED
    assert "GET /tasks/{task_id}: no request of it was measured" in judgement.reason


def test_too_few_requests_never_pass_and_fail_only_where_all_doubt_is_gone() -> None:
    few = judge_latency(evidence(measured(number=999, p95=0.02)), PLAIN)
    assert few.outcome is Outcome.ERRORED
    assert "999 requests are too few to judge a p95 by: 1,000 are the least" in few.reason
    assert judge_latency(evidence(measured(number=300, p95=9)), PLAIN).outcome is Outcome.FAILED
    assert judge_latency(evidence(measured(number=50, p95=9)), PLAIN).outcome is Outcome.ERRORED


def test_an_overloaded_generator_never_fails_the_service() -> None:
    judgement = judge_latency(evidence(measured(p95=2, lag=0.05, busy=0.97)), PLAIN)
    assert judgement.outcome is Outcome.ERRORED
    assert "the load generator was overloaded, at 97 % of a processor and late by up to 50 ms" in judgement.reason
    fast = judge_latency(evidence(measured(p95=0.02, lag=0.05, busy=0.97)), PLAIN)
    assert fast.outcome is Outcome.ERRORED, "who has no time left has not made the load that was asked for"


def test_what_an_overloaded_generator_had_no_answer_to_is_no_proof_and_an_answer_that_is_an_error_is() -> None:
    timed_out = judge_latency(evidence(measured(lag=0.05, busy=0.97, statuses=(200, 0))), PLAIN)
    assert timed_out.outcome is Outcome.ERRORED
    broken = judge_latency(evidence(measured(lag=0.05, busy=0.97, statuses=(200, 500))), PLAIN)
    assert broken.outcome is Outcome.FAILED


def test_of_few_requests_errors_count_where_they_can_hardly_be_chance() -> None:
    one_of_twenty = judge_latency(evidence(measured(number=20, statuses=(500, *[200] * 19))), PLAIN)
    assert one_of_twenty.outcome is Outcome.ERRORED
    assert messages(one_of_twenty, Rule.ERRORS) == []
    assert judge_latency(evidence(measured(number=20, statuses=(500,))), PLAIN).outcome is Outcome.FAILED


def test_many_operations_with_few_requests_each_fail_together() -> None:
    names = [f"GET /{at}" for at in range(12)]
    erring = judge_latency(evidence(measured(*names, number=100, statuses=(500, *[200] * 49))), PLAIN)
    assert messages(erring, Rule.ERRORS) == [
        "all requests: 24 of 1,200 requests failed: 500 (24 times); at most 1 % may"
    ]
    assert "24 of 1,200 requests failed: 500 (24 times)" in erring.reason
    hanging = judge_latency(evidence(measured(*names, number=90, p95=9)), PLAIN)
    assert hanging.outcome is Outcome.FAILED
    (told,) = messages(hanging, Rule.OVER_LIMIT)
    assert told.startswith("all requests: p95 8,752 ms [8,173–9,281] is over the limit of 500 ms (1,080 requests)")
    assert "all requests together are over the limit" in hanging.reason


def test_a_generator_that_is_late_takes_away_as_much_of_the_proof_and_no_more() -> None:
    late = judge_latency(evidence(measured(p95=0.6, lag=0.06)), PLAIN)
    assert late.outcome is Outcome.ERRORED
    assert "the load generator itself was late by up to 60 ms" in late.reason
    assert judge_latency(evidence(measured(p95=2, lag=0.06)), PLAIN).outcome is Outcome.FAILED
    assert judge_latency(evidence(measured(p95=0.1, lag=0.06)), PLAIN).outcome is Outcome.PASSED


def slow(**more: object) -> str:
    (told,) = messages(judge_latency(evidence(measured(p95=0.9), **more), PLAIN), Rule.OVER_LIMIT)
    return told.partition("(3,000 requests)")[2]


def test_one_statement_sent_again_and_again_is_the_cause_told_first() -> None:
    repeated = cost(queries=22.0, statements=(USERS, TASKS), repeated=((USERS, 21.0),))
    told = ": sends one statement 21 times a request: SELECT … FROM users WHERE users.id = $1"
    assert slow(costs=(repeated,)) == told
    scan = TableScan(table="comments", rows=100_000, filter="task_id = $1")
    statement = Statement(text="SELECT * FROM comments WHERE task_id = $1", calls=10, seconds=0.5, rows=50)
    scanned = slow(costs=(cost(statements=(statement,), scans=((scan, statement),)),))
    assert scanned == (
        ": reads all 100,000 rows of comments for want of an index by task_id = $1: "
        "SELECT * FROM comments WHERE task_id = $1"
    )


def test_of_two_causes_the_dearer_is_told_first() -> None:
    scan = TableScan(table="tasks", rows=5_000, order="id")
    dear = replace(TASKS, seconds=4.0)
    both = cost(statements=(dear, USERS), repeated=((USERS, 21.0),), scans=((scan, dear),))
    assert slow(costs=(both,)).startswith(": reads all 5,000 rows of tasks")
    cheap = replace(both, scans=((scan, TASKS),))
    assert slow(costs=(cheap,)).startswith(": sends one statement 21 times a request")
    assert "; reads all 5,000 rows of tasks" in slow(costs=(cheap,))


def test_where_only_some_are_slow_what_each_of_them_costs_is_told_second() -> None:
    load = evidence(measured(p95=0.02, slow_share=0.08), costs=(cost(statements=(USERS,), repeated=((USERS, 21.0),)),))
    (told,) = messages(judge_latency(load, PLAIN), Rule.OVER_LIMIT)
    assert "look for what only some of them do or wait for; each of them sends one statement 21 times" in told
    load = replace(load, costs=(cost(statements=(TASKS,)),))
    (told,) = messages(judge_latency(load, PLAIN), Rule.OVER_LIMIT)
    assert told.endswith("do or wait for (1 statement a request, 0.90 ms in all)")


def test_what_takes_most_of_the_time_is_told_where_nothing_is_wrong_with_it_but_that() -> None:
    statement = replace(TASKS, seconds=4.0)
    assert slow(costs=(cost(statements=(statement, USERS)),)) == (
        ": spends 407 ms of a request in the database, 400 ms of it in SELECT * FROM tasks ORDER BY id LIMIT $1"
    )


def test_where_it_is_not_the_database_that_is_told_and_who_may_be_in_the_way() -> None:
    mine = cost(statements=(TASKS,))
    assert slow(costs=(mine,)) == ": not its own use of the database (1 statement a request, 0.90 ms in all)"
    assert slow(costs=(cost(queries=0.0),)) == ": not its own use of the database (no statement a request)"
    other = cost(OTHER, statements=(USERS,), repeated=((USERS, 21.0),))
    assert slow(costs=(mine, other)).endswith("in all); it may wait behind GET /tasks/{task_id}")
    assert slow() == ""


def test_a_lock_is_the_cause_for_those_whose_statement_waits() -> None:
    wait = LockWait(
        statement=TASKS.text, blocked_by="LOCK TABLE tasks", holder="idle in transaction", share=0.8, sessions=12
    )
    costs = (cost(statements=(TASKS,)), cost(OTHER, statements=(USERS,)))
    judgement = judge_latency(evidence(measured(ONE, OTHER, p95=4), costs=costs, lock_waits=(wait,)), PLAIN)
    mine, other = messages(judgement, Rule.OVER_LIMIT)
    words = (
        "waits for a lock of a session idle in transaction, whose last statement is LOCK TABLE tasks "
        "(in 80 % of the looks, 12 sessions at once at most): SELECT * FROM tasks ORDER BY id LIMIT $1"
    )
    assert mine.endswith(words)
    assert "lock" not in other
    assert messages(judgement, Rule.LOCK_WAIT) == [words]
    unknown = replace(wait, statement="UPDATE tasks SET seen = now()")
    judgement = judge_latency(evidence(measured(p95=4), costs=costs, lock_waits=(unknown,)), PLAIN)
    assert "waits for a lock" in messages(judgement, Rule.OVER_LIMIT)[0], "nobody is known to send it, so it may be any"
    seldom = replace(wait, share=0.01)
    judgement = judge_latency(evidence(measured(p95=4), costs=costs, lock_waits=(seldom,)), PLAIN)
    assert not [finding for finding in judgement.findings if "lock" in finding.message]


def test_what_will_be_slow_with_more_rows_is_warned_of_though_the_limit_is_kept() -> None:
    scan = TableScan(table="comments", rows=100_000, order="created_at DESC")
    costs = (cost(statements=(USERS,), repeated=((USERS, 21.0),), scans=((scan, TASKS),)),)
    judgement = judge_latency(evidence(measured(), costs=costs), PLAIN)
    assert judgement.outcome is Outcome.PASSED
    assert [(finding.rule_id, finding.severity, finding.location) for finding in judgement.findings] == [
        (Rule.N_PLUS_ONE, Severity.WARNING, ROUTE),
        (Rule.SEQUENTIAL_SCAN, Severity.WARNING, ROUTE),
    ]
    assert "for want of an index in the order of created_at DESC" in messages(judgement, Rule.SEQUENTIAL_SCAN)[0]
    assert {words.rule_id for words in judgement.rules} == {Rule.N_PLUS_ONE, Rule.SEQUENTIAL_SCAN}


@pytest.mark.parametrize(
    ("options", "outcome"),
    [
        (LatencyOptions(rows=100_000), Outcome.FAILED),
        (LatencyOptions(fill="python -m app.fill"), Outcome.FAILED),
        (LatencyOptions(rows=100_000, queries="warning"), Outcome.PASSED),
        (LatencyOptions(queries="error"), Outcome.FAILED),
    ],
)
def test_where_the_size_of_the_tables_is_declared_a_wasteful_query_fails_by_itself(
    options: LatencyOptions, outcome: Outcome
) -> None:
    scan = TableScan(table="comments", rows=100_000, filter="task_id")
    costs = (cost(scans=((scan, TASKS),)), cost(OTHER, repeated=((USERS, 21.0),)))
    judgement = judge_latency(evidence(measured(ONE, OTHER), costs=costs), options)
    assert judgement.outcome is outcome
    if outcome is Outcome.FAILED:
        assert {one.severity for one in judgement.findings} == {Severity.ERROR}
        assert "GET /tasks: reads all 100,000 rows of comments for want of an index by task_id" in judgement.reason
        assert judgement.reason.endswith("; and 1 more")


def test_the_base_is_compared_pair_by_pair_and_an_operation_that_is_surely_slower_fails() -> None:
    base = BaseComparison(
        commit="3f2c1ab94e0d",
        base=tuple(measured(ONE, OTHER, seed=seed) for seed in range(4)),
        head=tuple(
            replace(
                measured(ONE, OTHER, seed=seed + 9),
                samples=(measured(ONE, p95=0.15, seed=seed + 9).samples + measured(OTHER, seed=seed + 19).samples),
            )
            for seed in range(4)
        ),
    )
    judgement = judge_latency(evidence(measured(ONE, OTHER), base=base), LatencyOptions(slower=50))
    assert judgement.outcome is Outcome.PASSED
    (told,) = messages(judgement, Rule.SLOWER_THAN_BASE)
    assert told == "GET /tasks: p95 149 ms, 1.48 times the base's [1.44–1.51] (101 ms)"
    assert "times the base's [1." in judgement.reason
    judgement = judge_latency(evidence(measured(ONE, OTHER), base=base), PLAIN)
    assert judgement.outcome is Outcome.FAILED
    assert "GET /tasks takes 1.48 times the base's [1.44–1.51], where 25 % more may be" in judgement.reason
    (found,) = judgement.findings
    assert found.severity is Severity.ERROR
    assert found.location == ROUTE
    assert judgement.measures[0].baseline is not None
    assert 95 < judgement.measures[0].baseline < 105
    (of_one,) = (one for one in judgement.measures if one.name == f"p95 of {ONE}")
    assert of_one.baseline is not None
    operations = exhibit(judgement, "Operations with 50 users, 1 s think time")
    assert isinstance(operations, Matrix)
    assert [row.cells[-1] for row in operations.rows if row.label == ONE] == ["1.48 [1.44–1.51]"]
    table = exhibit(judgement, "Against the base commit 3f2c1ab")
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [ONE, OTHER, "all requests"]
    told = judge_latency(evidence(measured(ONE), uncompared="the clone is too shallow"), PLAIN)
    assert told.outcome is Outcome.PASSED
    assert told.reason.endswith("; not compared with the base: the clone is too shallow")
    empty = BaseComparison(commit="3f2c1ab94e0d", base=(), head=())
    assert judge_latency(evidence(measured(), base=empty), PLAIN).reason == "with 50 users, 1 s think time"


def test_what_is_shown_says_how_it_was_measured() -> None:
    load = evidence(
        measured(ONE, OTHER),
        costs=(cost(statements=(USERS, TASKS), queries=22.0),),
        rows={"tasks": 10, "comments": 100_000},
        warm_up=3.0,
        untold="the server lacks pg_stat_statements",
        notices=("GET /export was left out: it answers 403",),
    )
    judgement = judge_latency(load, PLAIN)
    operations = exhibit(judgement, "Operations with 50 users, 1 s think time")
    assert isinstance(operations, Matrix)
    assert [row.label for row in operations.rows][-1] == "all requests"
    (row,) = [row for row in operations.rows if row.label == ONE]
    assert row.location == ROUTE
    assert row.cells[0] == "passed"
    assert row.cells[4:] == ("500 ms", "3,000", "50.0", "0", "22")
    histogram = exhibit(judgement, "Response times")
    assert isinstance(histogram, Histogram)
    assert sum(count for _, count in histogram.buckets) == 6_000
    assert [name for name, _ in histogram.marks] == ["p50", "p95", "p99", "limit"]
    series = exhibit(judgement, "Requests over time")
    assert isinstance(series, Series)
    ((_, points),) = series.lines
    assert sum(value for _, value in points) == 6_000
    statements = exhibit(judgement, "Slowest statements")
    assert isinstance(statements, Table)
    assert statements.rows[0] == (ONE, "6.30 ms", "21", "21", "SELECT … FROM users WHERE users.id = $1")
    notes = exhibit(judgement, "How it was measured")
    assert isinstance(notes, Table)
    assert [note for (note,) in notes.rows] == [
        "the session is of the OpenAPI document",
        "3 s of warm-up before it do not count",
        "comments has 100,000 rows",
        "tasks has 10 rows",
        "the database could not be looked into: the server lacks pg_stat_statements",
        "GET /export was left out: it answers 403",
    ]


def test_the_load_is_told_as_it_was_made() -> None:
    def told(**more: object) -> str:
        return judge_latency(replace(evidence(measured()), **more), PLAIN).reason  # type: ignore[arg-type]

    assert told(users=1, think_time=0.2) == "with 1 user, 0.2 s think time"
    assert told(rate=200.0) == "at 200 requests/s, timed from when they were due"
    assert (
        told(think_time=None, source="load/locustfile.py") == "with 50 users, think time as load/locustfile.py has it"
    )


def test_counts_of_a_generator_that_keeps_no_samples_are_judged_alike() -> None:
    def windows(slow: float, failures: tuple[tuple[int, int], ...] = ()) -> LatencyEvidence:
        made = tuple(
            CountedWindow(operation=ONE, start=float(at), length=1.0, times=((0.1, 92), (slow, 8)), failures=failures)
            for at in range(60)
        )
        return evidence(replace(measured(number=0), windows=made, window=60.0))

    assert judge_latency(windows(0.2), PLAIN).outcome is Outcome.PASSED
    failed = judge_latency(windows(0.7), PLAIN)
    assert failed.outcome is Outcome.FAILED
    assert figures(failed)["p95"] == 700
    assert figures(failed)["throughput"] == 100
    erring = judge_latency(windows(0.2, ((500, 3), (-1, 2))), PLAIN)
    assert messages(erring, Rule.ERRORS) == [
        "GET /tasks: 300 of 6,000 requests failed: 500 (180 times), failed (120 times); at most 1 % may"
    ]
    assert judge_latency(windows(0.2, ((429, 1),)), PLAIN).outcome is Outcome.ERRORED


def test_what_a_locustfile_plays_rarely_does_not_hold_up_what_it_plays_often() -> None:
    seldom = measured("POST /login", number=40)
    both = replace(measured(), samples=(*measured().samples, *seldom.samples))
    of_locust = evidence(both, think_time=None, source="load/locustfile.py")
    passed = judge_latency(of_locust, PLAIN)
    assert passed.outcome is Outcome.PASSED
    (row,) = (row for row in exhibit(passed, "Operations").rows if row.label == "POST /login")  # type: ignore[union-attr]
    assert row.cells[0] == "too rare"
    # Whoever gives it a limit of its own asks about it; and one's own session plays everything alike.
    asked = LatencyOptions(limits={"POST /login": 300})
    assert judge_latency(of_locust, asked).outcome is Outcome.ERRORED
    assert judge_latency(evidence(both), PLAIN).outcome is Outcome.ERRORED


def test_what_is_played_rarely_and_is_surely_too_slow_fails_all_the_same() -> None:
    slow = measured("POST /report", number=140, p95=3.0)
    both = replace(measured(), samples=(*measured().samples, *slow.samples))
    failed = judge_latency(evidence(both, think_time=None), PLAIN)
    assert failed.outcome is Outcome.FAILED


def test_counts_are_rounded_and_what_the_rounding_may_hide_is_not_decided() -> None:
    def counted(seconds: float, busy: float = 0.1) -> Judgement:
        made = tuple(
            CountedWindow(operation=ONE, start=float(at), length=1.0, times=((seconds, 100),)) for at in range(60)
        )
        told = replace(measured(number=0, busy=busy), windows=made, window=60.0)
        return judge_latency(evidence(told), LatencyOptions(limit=498))

    # What is told as 500 ms were between 495 and 505, and as 490 ms between 485 and 495.
    assert counted(0.5).outcome is Outcome.ERRORED
    assert counted(0.49).outcome is Outcome.PASSED
    assert counted(0.51).outcome is Outcome.FAILED
    assert counted(0.051).outcome is Outcome.PASSED
    # How late workers elsewhere were, nobody knows.
    assert "overloaded" in counted(0.51, busy=0.95).reason


def test_hostile_words_of_the_database_are_short_and_go_through_the_report() -> None:
    endless = Statement(text=f"SELECT {'x, ' * 50_000} FROM t\n{reports.HOSTILE}", calls=10, seconds=1, rows=1)
    hostile = replace(endless, text=f"{reports.HOSTILE} \ud800")
    scan = TableScan(table="t" * 9_999, rows=10**12, filter="f" * 9_999)
    wait = LockWait(statement=endless.text, blocked_by=hostile.text, holder="h" * 9_999, share=1.0, sessions=3)
    costs = (cost(statements=(endless, hostile), repeated=((endless, math.pi),), scans=((scan, hostile),)),)
    judgement = judge_latency(evidence(measured(p95=2), costs=costs, lock_waits=(wait,)), PLAIN)
    assert all(len(finding.message) <= 700 for finding in judgement.findings)
    result = reports.result("latency", "latency", judgement)
    text = encode_report(Report(subject=Subject(), results=(result,)))
    assert encode_report(decode_report(text)) == text
