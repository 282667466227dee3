"""The gate on a service in memory, with a load that sends each user's session once and makes up its times."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gate.config.model import Config
from gate.context import Context
from gate.database_ports import Insight, Insights, LockWatch, Statement, TableScan
from gate.domain.connection import Database
from gate.gates.access_review.options import AccessReviewOptions
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.gate import LatencyGate
from gate.gates.latency.options import LatencyOptions
from gate.load_ports import LoadGenerator, LoadPlan, LoadResult, Samples
from gate.ports import Databases, Environments, ProjectEnvironment
from gate.service_ports import Service, Services, ServiceStart
from tests.unit.gates.access_review.notes_service import NotesService
from tests.unit.gates.access_review.reviewing import ENVIRONMENT, context_in


class Ready(Environments):
    """Is there."""

    async def ready(self) -> ProjectEnvironment:
        return ENVIRONMENT

    async def with_packages(self, *names: str) -> ProjectEnvironment:
        return ENVIRONMENT


class Running(Services):
    """Runs a service in memory."""

    def __init__(self, service: NotesService) -> None:
        self.service = service

    @asynccontextmanager
    async def running(self, start: ServiceStart) -> AsyncIterator[Service]:
        told = {"app": "app:app", "framework": "x", "routes": [], "document": self.service.document()}
        yield Service(origin="http://127.0.0.1:1", inventory=json.dumps(told), http=self.service)

    @asynccontextmanager
    async def elsewhere(self, url: str, *, anywhere: bool = False) -> AsyncIterator[Service]:
        yield Service(origin=url, inventory="", http=self.service)


@dataclass
class MadeUpLoad(LoadGenerator):
    """Tells so many answers of each operation as are asked for, each of `seconds`; the first runs wander."""

    seconds: float = 0.01
    undecided: int = 0
    plans: list[LoadPlan] = field(default_factory=list)

    async def play(self, plan: LoadPlan, scratch: Path) -> LoadResult:
        self.plans.append(plan)
        wanders = len(self.plans) <= self.undecided
        operations = dict.fromkeys(step.operation for user in plan.users for step in user.steps)
        # One in twenty is far above the limit, in bursts: where 95 % lie cannot be told.
        slow = [0.9 if wanders and (at // 30) % 20 == 7 else self.seconds for at in range(plan.samples)]
        samples = tuple(
            Samples(
                operation=name,
                starts=[at * 0.02 for at in range(plan.samples)],
                seconds=slow,
                statuses=[200] * plan.samples,
            )
            for name in operations
        )
        return LoadResult(
            samples=samples,
            window=plan.samples * 0.02,
            lag_p99=0.0001,
            processor_share=0.2,
            processor_seconds=1.0,
            ended="every operation has its samples",
        )


@dataclass
class CountedNotes(Insight, LockWatch):
    """A database that holds what the service has in memory, and its schema's version."""

    service: NotesService
    filled: list[Mapping[str, int]] = field(default_factory=list)
    untold: str = "statements are not counted here"
    waits: tuple[Any, ...] = ()

    async def row_counts(self) -> Mapping[str, int]:
        counts = {"version": 1, "news": 0}
        for name in ("users", "notes", "comments"):
            counts[name] = len(getattr(self.service, name))
        return counts

    async def fill(self, rows: Mapping[str, int]) -> Mapping[str, int]:
        self.filled.append(rows)
        return rows

    async def reset(self) -> None:
        return

    async def statements(self) -> tuple[Statement, ...]:
        return ()

    async def scans(self, statement: Statement) -> tuple[TableScan, ...]:
        return ()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[LockWatch]:
        yield self


class Looking(Insights):
    """Opens the insight there is."""

    def __init__(self, insight: Insight) -> None:
        self._insight = insight

    @asynccontextmanager
    async def insight(self, database: Database) -> AsyncIterator[Insight]:
        yield self._insight


class OneDatabase(Databases):
    """Has a database."""

    async def database(self, purpose: str) -> Database:
        return Database(
            host="127.0.0.1", port=1, user="u", password="p", name="n", server_version="16", provider="fake"
        )

    async def close(self) -> None:
        return


@dataclass
class Loaded:
    """What a gate was given, and what came of it."""

    folder: Path
    service: NotesService = field(default_factory=NotesService)
    load: MadeUpLoad = field(default_factory=MadeUpLoad)
    insight: CountedNotes = field(init=False)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.insight = CountedNotes(self.service)

    def context(self, *, review: AccessReviewOptions | None = None, postgres: bool = False, **parts: Any) -> Context:
        """Return the gate's context."""
        config = Config(
            options={"access-review": review or AccessReviewOptions()},
            **({"postgres": "embedded"} if postgres else {}),
        )
        return context_in(
            self.folder,
            gate="latency",
            config=config,
            environments=Ready(),
            services=Running(self.service),
            load=self.load,
            databases=OneDatabase() if postgres else None,
            insights=Looking(self.insight),
            doing=self.said.append,
            **parts,
        )

    def collected(self, ctx: Context | None = None, **options: Any) -> LatencyEvidence:
        """Collect as the gate does."""
        chosen = replace(LatencyOptions(samples=1000), **options)
        return asyncio.run(LatencyGate().collect(ctx or self.context(), chosen))

    @property
    def plan(self) -> LoadPlan:
        """The first plan that was played."""
        return self.load.plans[0]

    @property
    def sent(self) -> list[str]:
        """What was sent to the service: method and target."""
        return [f"{one.method} {one.target}" for one in self.service.requests]
