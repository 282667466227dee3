"""The gate beside a base in memory: it is measured in turn, and whatever is amiss with it, the change is judged."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from gate.gates.latency.evidence import LatencyEvidence
from gate.load_ports import LoadPlan, LoadResult
from gate.ports import CannotRun
from gate.revision_ports import Base, Revisions
from gate.service_ports import Service, Services, ServiceStart
from tests.unit.gates.access_review.notes_service import NotesService
from tests.unit.gates.latency.loaded_notes import Loaded, MadeUpLoad

BASE_ORIGIN = "http://127.0.0.1:2"


@dataclass
class OneCommit(Revisions):
    """Has a base, whose files are `files`; or `trouble` says why not."""

    files: dict[str, str] = field(default_factory=lambda: {"app.py": "", "uv.lock": "1"})
    trouble: str = ""

    async def base(self) -> Base:
        if self.trouble:
            raise CannotRun(self.trouble)
        return Base(commit="3f2c1ab94e0d6677889900aabbccddeeff001122", origin="the merge's first parent")

    async def file_at(self, commit: str, path: str) -> bytes | None:
        return None

    async def export(self, commit: str, folder: Path) -> None:
        for name, text in self.files.items():
            (folder / name).write_text(text, "utf-8")


@dataclass
class TwoServices(Services):
    """Runs the change's service, and the base's where it is started in another folder, unless there is `trouble`."""

    change: NotesService
    base: NotesService
    folder: Path
    imported: str = "{folder}/app.py"
    trouble: str = ""
    started: list[ServiceStart] = field(default_factory=list)
    running_now: int = 0

    @asynccontextmanager
    async def running(self, start: ServiceStart) -> AsyncIterator[Service]:
        self.started.append(start)
        is_change = start.folder == self.folder
        if self.trouble and not is_change:
            raise CannotRun(self.trouble)
        service, origin = (self.change, "http://127.0.0.1:1") if is_change else (self.base, BASE_ORIGIN)
        file = self.imported.format(folder=start.folder, change=self.folder)
        told = {"app": "app:app", "framework": "x", "routes": [], "document": service.document(), "app_file": file}
        self.running_now += 1
        try:
            yield Service(origin=origin, inventory=json.dumps(told), http=service)
        finally:
            self.running_now -= 1

    @asynccontextmanager
    async def elsewhere(self, url: str, *, anywhere: bool = False) -> AsyncIterator[Service]:
        raise CannotRun("nothing runs elsewhere")
        yield


@dataclass
class TwoSpeeds(MadeUpLoad):
    """Tells for the base what takes half as long; or, from its `dies` turn on, that it has no answer."""

    dies: int = 1_000

    async def play(self, plan: LoadPlan, scratch: Path) -> LoadResult:
        of_base = plan.origin == BASE_ORIGIN
        told = await super().play(replace(plan, samples=300 if plan.duration is not None else plan.samples), scratch)
        turns = sum(1 for one in self.plans if one.origin == BASE_ORIGIN)
        samples = tuple(
            replace(
                one,
                seconds=[second / 2 for second in one.seconds] if of_base else one.seconds,
                statuses=[0] * len(one.statuses) if of_base and turns >= self.dies else one.statuses,
            )
            for one in told.samples
        )
        return replace(told, samples=samples, unanswered=(("nobody listens there", 1),) if turns >= self.dies else ())


@dataclass
class Compared:
    """What the gate was given, and what came of it."""

    folder: Path
    base: NotesService = field(default_factory=NotesService)
    load: TwoSpeeds = field(default_factory=TwoSpeeds)
    revisions: OneCommit = field(default_factory=OneCommit)
    imported: str = "{folder}/app.py"
    trouble: str = ""
    services: TwoServices = field(init=False)
    said: list[str] = field(default_factory=list)

    def evidence(self, **options: Any) -> LatencyEvidence:
        (self.folder / "uv.lock").write_text("2", "utf-8")
        notes = Loaded(self.folder, load=self.load)
        notes.said = self.said
        ctx = notes.context(revisions=self.revisions)
        self.services = TwoServices(notes.service, self.base, ctx.project.folder, self.imported, self.trouble)
        chosen = {"compare": True, "users": 4, "think_time": 0.1, **options}
        evidence = notes.collected(replace(ctx, services=self.services), **chosen)
        assert self.services.running_now == 0
        return evidence

    @property
    def order(self) -> str:
        """Whose turn it was: h for the change, b for the base."""
        return "".join("b" if one.origin == BASE_ORIGIN else "h" for one in self.load.plans)


def test_both_are_measured_in_turn_and_the_change_alone_is_judged_by_its_limit(tmp_path: Path) -> None:
    compared = Compared(tmp_path)
    evidence = compared.evidence()
    assert compared.order == "hbbh" * 3
    assert evidence.base is not None
    assert evidence.rounds == evidence.base.head
    assert len(evidence.base.base) == 6
    assert {second for one in evidence.rounds for part in one.samples for second in part.seconds} == {0.01}
    assert "compared with 3f2c1ab94e0d, the merge's first parent" in evidence.notices
    assert "uv.lock differ at the base, which was measured with this change's packages" in evidence.notices
    assert any(told.startswith("measuring in turn with the base 3f2c1ab94e0d: about ") for told in compared.said)


def test_the_base_runs_in_its_own_folder_and_imports_from_there_first(tmp_path: Path) -> None:
    compared = Compared(tmp_path)
    compared.evidence()
    change, base = compared.services.started
    assert change.folder != base.folder
    assert base.env["PYTHONPATH"].split(":")[0] == str(base.folder)
    assert change.log != base.log
    assert base.folder.is_relative_to(tmp_path / "scratch")


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"revisions": OneCommit(trouble="the clone is shallow")}, "the clone is shallow"),
        ({"revisions": OneCommit(files={})}, "it has no folder ."),
        ({"trouble": "the service cannot be imported"}, "the service cannot be imported"),
        ({"imported": "{change}/app.py"}, "the application was imported from this change's own checkout"),
        ({"imported": "/usr/lib/app.py"}, "the application was imported from an installed package"),
        ({"base": NotesService(only=frozenset({"GET /health"}))}, "it has no GET /users/me, "),
        ({"load": TwoSpeeds(dies=3)}, "the base's service was gone: 2,400 of 2,400 requests had no answer"),
    ],
)
def test_a_base_that_cannot_be_compared_is_told_and_the_change_is_measured(
    tmp_path: Path, parts: dict[str, Any], why: str
) -> None:
    evidence = Compared(tmp_path, **parts).evidence()
    assert evidence.base is None
    assert why in evidence.uncompared
    (one,) = evidence.rounds
    assert {len(part.seconds) for part in one.samples} == {1000}


def test_what_the_base_has_not_is_measured_but_not_compared(tmp_path: Path) -> None:
    document = json.loads(NotesService().document())
    fewer = frozenset(
        f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods
    ) - {"GET /notes/{note_id}/comments"}
    compared = Compared(tmp_path, base=NotesService(only=fewer))
    evidence = compared.evidence()
    assert compared.order == "hbbh" * 3 + "h"
    assert evidence.base is not None
    (whole,) = evidence.rounds
    left = {one.operation for one in whole.samples} - {one.operation for one in evidence.base.head[0].samples}
    assert left == {"GET /notes/{note_id}/comments"}
    told = "not compared, since the base does not have or answer it: GET /notes/{note_id}/comments"
    assert told in evidence.notices


def test_where_both_take_longer_than_the_gate_may_only_the_change_is_measured(tmp_path: Path) -> None:
    compared = Compared(tmp_path)
    evidence = compared.evidence(duration=700.0)
    assert evidence.base is None
    assert evidence.uncompared == "both would take about 24 min, and there are 21 min for it"
    assert compared.order == "hbh"


def test_a_target_has_no_base(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="`compare` starts the base's service"):
        Compared(tmp_path).evidence(target="http://127.0.0.1:8000")
