"""What a load has to show: the operations, how the times are spread and how they went, the dearest statements. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from gate.database_ports import OperationCost, Statement
from gate.domain.exhibit import Exhibit, Histogram, Matrix, MatrixRow, Series, Table
from gate.domain.latency_histogram import histogram_of
from gate.gates.latency.causes import cost_of
from gate.gates.latency.comparing import Comparison, factor_words, ratio_words
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.operations import ALL_REQUESTS, FAILED, INCONCLUSIVE, PASSED, TOO_RARE, Load, Operation
from gate.gates.latency.statistics import Timings
from gate.gates.latency.wording import interval_words, load_words, statement_words, status_words, time_words

_MOST_STATEMENTS = 20
_MOST_BUCKETS = 30
# A p95 of fewer requests is nearly the longest of them.
_FEWEST_AT_A_TIME = 20
_MOST_POINTS = 120
_WORST_FIRST = (FAILED, INCONCLUSIVE, PASSED, TOO_RARE)


def exhibits_of(evidence: LatencyEvidence, load: Load, versus: Comparison | None) -> tuple[Exhibit, ...]:
    """Return what is shown, in the order in which it is read."""
    return tuple(
        exhibit
        for exhibit in (
            _operations(evidence, load, versus),
            *(_distribution(load.whole) if load.whole.requests else ()),
            _versus(versus),
            _statements(evidence.costs),
            _notes(evidence),
        )
        if exhibit is not None
    )


def _operations(evidence: LatencyEvidence, load: Load, versus: Comparison | None) -> Matrix | None:
    if not load.operations:
        return None
    columns = ("operation", "", "p50", "p95 [95 %]", "p99", "limit", "requests", "per second", "errors")
    slowest = sorted(load.operations, key=lambda one: -one.p95.value if one.p95 is not None else 0.0)
    rows = sorted(slowest, key=lambda one: _WORST_FIRST.index(one.ending))
    return Matrix(
        title=f"Operations {load_words(evidence)}",
        columns=(
            *columns,
            *(("times the base's",) if versus is not None else ()),
            *(("statements a request",) if evidence.costs else ()),
        ),
        rows=tuple(
            MatrixRow(
                label=one.name,
                cells=(
                    *_cells(one),
                    *([_times(one, versus)] if versus is not None else []),
                    *([_queries(one, evidence)] if evidence.costs else []),
                ),
                location=evidence.locations.get(one.name),
            )
            for one in (*rows, *([load.whole] if len(rows) > 1 else []))
        ),
    )


def _cells(operation: Operation) -> tuple[str, ...]:
    failed = operation.failed_requests
    counts = (f"{operation.requests:,}", f"{operation.throughput:,.1f}")
    errors = f"{failed:,}: {status_words({**operation.failures, **operation.refusals})}" if failed else "0"
    limit = "" if operation.limit is None else time_words(operation.limit)
    if operation.p95 is None:
        return (operation.ending, "", "", "", limit, *counts, errors)
    p50, p99 = (time_words(operation.timings.quantile(share)) for share in (0.5, 0.99))
    return (operation.ending, p50, interval_words(operation.p95), p99, limit, *counts, errors)


def _times(operation: Operation, versus: Comparison) -> str:
    found = next((one for one in versus.operations if one.name == operation.name), None)
    if found is None and operation.name == ALL_REQUESTS:
        found = versus.whole
    return factor_words(found) if found is not None else ""


def _queries(operation: Operation, evidence: LatencyEvidence) -> str:
    cost = cost_of(operation.name, evidence.costs)
    return "" if cost is None else f"{cost.queries:.3g}"


def _distribution(whole: Operation) -> Iterable[Exhibit]:
    """Show how many requests took how long, and how that went over time."""
    quantiles = [(name, whole.timings.quantile(share) * 1000) for name, share in _QUANTILES]
    limit = [] if whole.limit is None else [("limit", whole.limit * 1000)]
    yield Histogram(
        title="Response times",
        unit="milliseconds",
        buckets=tuple((end * 1000, count) for end, count in histogram_of(whole.timings.ordered).buckets(_MOST_BUCKETS)),
        marks=tuple(sorted([*quantiles, *limit], key=lambda mark: mark[1])),
    )
    p95, throughput = _over_time(whole.timings, whole.window)
    if len(p95) > 1:
        yield Series(title="p95 over time", unit="milliseconds", lines=(("p95", tuple(p95)),))
        yield Series(title="Requests over time", unit="per-second", lines=(("requests", tuple(throughput)),))


_QUANTILES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))


def _over_time(timings: Timings, window: float) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Return the p95 in milliseconds, and the requests a second, of each second or, of a long window, of some."""
    length = max(1, -(-int(window) // _MOST_POINTS))
    by_time = defaultdict[int, list[float]](list)
    for start, seconds in timings.pairs():
        by_time[int(start) // length].append(seconds)
    p95 = [
        (float(at * length), Timings([0.0] * len(some), some).quantile(0.95) * 1000)
        for at, some in sorted(by_time.items())
        if len(some) >= _FEWEST_AT_A_TIME
    ]
    # The last stretch is shorter than the others, and what is not there stands for nobody being answered.
    whole = range(int(window) // length)
    return p95, [(float(at * length), len(by_time.get(at, ())) / length) for at in whole]


def _versus(versus: Comparison | None) -> Table | None:
    if versus is None:
        return None
    return Table(
        title=f"Against the base commit {versus.commit[:7]}",
        columns=("operation", "p95 there", "p95 here", "ratio"),
        rows=tuple(
            (one.name or ALL_REQUESTS, time_words(one.base), time_words(one.head), ratio_words(one))
            for one in (*sorted(versus.operations, key=lambda one: -one.head / one.base), versus.whole)
        ),
    )


def _statements(costs: Sequence[OperationCost]) -> Table | None:
    dearest = sorted(
        ((cost, statement) for cost in costs if cost.requests > 0 for statement in cost.statements),
        key=lambda pair: -pair[1].seconds / pair[0].requests,
    )
    if not dearest:
        return None
    return Table(
        title="Slowest statements, by their time in a request that is alone",
        columns=("operation", "time a request", "times a request", "rows a request", "statement"),
        rows=tuple(_statement(cost, statement) for cost, statement in dearest[:_MOST_STATEMENTS]),
    )


def _statement(cost: OperationCost, statement: Statement) -> tuple[str, ...]:
    each = [f"{figure / cost.requests:,.3g}" for figure in (statement.calls, statement.rows)]
    return (cost.operation, time_words(statement.seconds / cost.requests), *each, statement_words(statement.text))


def _notes(evidence: LatencyEvidence) -> Table:
    """Say how it was measured: a figure means nothing without that."""
    lasted = sum(one.window for one in evidence.rounds)
    notes = [
        f"the session is of {evidence.source}",
        f"{len(evidence.rounds)} measurements, {lasted:,.0f} s in all" if len(evidence.rounds) > 1 else "",
        f"not compared with the base: {evidence.uncompared}" if evidence.uncompared else "",
        f"{evidence.warm_up:g} s of warm-up before it do not count" if evidence.warm_up else "",
        *(
            f"{table} has {rows:,} rows"
            for table, rows in sorted(evidence.rows.items(), key=lambda pair: -pair[1])[:10]
        ),
        f"the database could not be looked into: {evidence.untold}" if evidence.untold else "",
        *(one.trouble for one in evidence.rounds),
        *evidence.notices,
    ]
    return Table(title="How it was measured", columns=("note",), rows=tuple((note,) for note in notes if note))
