"""Loads as a generator would have measured them, made with a seed: lognormal times, some of them slow, some failed."""

import random
from collections.abc import Sequence

from benchmarks.made_latencies import lognormal, starts_of
from gate.database_ports import OperationCost, Statement
from gate.domain.finding import Location
from gate.gates.latency.evidence import LatencyEvidence
from gate.load_ports import LoadResult, Samples

ROUTE = Location(path="app/routes/tasks.py", line=31)
USERS = Statement(
    text="SELECT users.id, users.name, users.email, users.created_at\nFROM users\nWHERE users.id = $1",
    calls=210,
    seconds=0.063,
    rows=210,
)
TASKS = Statement(text="SELECT * FROM tasks ORDER BY id LIMIT $1", calls=10, seconds=0.009, rows=200)


def measured(
    *operations: str,
    p95: float = 0.1,
    number: int = 3_000,
    slow_share: float = 0.0,
    statuses: Sequence[int] = (200,),
    seed: int = 1,
    lag: float = 0.001,
    busy: float = 0.1,
) -> LoadResult:
    """Make a load; `slow_share` of the requests take 600 ms more, and the `statuses` come in turn."""
    chance = random.Random(seed)
    starts = starts_of(number, chance)
    samples = tuple(
        Samples(
            operation=name,
            starts=starts,
            seconds=[time + (0.6 if chance.random() < slow_share else 0.0) for time in lognormal(p95)(starts, chance)],
            statuses=[statuses[at % len(statuses)] for at in range(number)],
        )
        for name in operations or ("GET /tasks",)
    )
    return LoadResult(
        samples=samples,
        window=number / 50,
        lag_p99=lag,
        processor_share=busy,
        processor_seconds=busy * number / 50,
        ended="every operation has its samples",
    )


def evidence(*rounds: LoadResult, **more: object) -> LatencyEvidence:
    plain = {"users": 50, "think_time": 1.0, "source": "the OpenAPI document", "locations": {"GET /tasks": ROUTE}}
    return LatencyEvidence(rounds=rounds, **{**plain, **more})  # type: ignore[arg-type]


def cost(operation: str = "GET /tasks", **more: object) -> OperationCost:
    return OperationCost(**{"operation": operation, "requests": 10, "queries": 1.0, **more})  # type: ignore[arg-type]
