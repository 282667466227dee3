"""What each operation of a session costs: asked by users who play it side by side, each with its own objects."""

import asyncio
import json
from dataclasses import dataclass, field

from gate.database_ports import Statement
from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.gates.latency.session_costs import session_costs
from gate.load_ports import LoadStep, LoadUser
from gate.service_ports import HttpClient
from tests.unit.gates.access_review.notes_service import NotesService
from tests.unit.gates.latency.loaded_notes import CountedNotes


@dataclass
class Objects(HttpClient):
    """Makes numbered objects; `gone` are paths that it does not know."""

    gone: str = "/none"
    sent: list[str] = field(default_factory=list)

    async def send(self, request: HttpRequest) -> HttpAnswer:
        self.sent.append(f"{request.method} {request.target}")
        if request.target.startswith(self.gone):
            return HttpAnswer(status=404)
        return HttpAnswer(status=200, body=json.dumps({"id": len(self.sent)}).encode())

    async def pause(self, seconds: float) -> None:
        return


class AsManyAsSent(CountedNotes):
    """A database that is asked once for each request since the last reset."""

    http: Objects
    before: int = 0

    async def reset(self) -> None:
        self.before = len(self.http.sent)

    async def statements(self) -> tuple[Statement, ...]:
        calls = len(self.http.sent) - self.before
        return (Statement(text="SELECT 7 FROM a", calls=calls, seconds=0.1, rows=1),) if calls else ()


def costs(http: Objects, *steps: LoadStep) -> dict[str, float]:
    insight = AsManyAsSent(NotesService(), untold="")
    insight.http = http
    told = asyncio.run(session_costs(http, insight, LoadUser(steps=steps)))
    return {one.operation: one.queries for one in told}


def step(request: str, **more: object) -> LoadStep:
    method, _, target = request.partition(" ")
    return LoadStep(operation=request, method=method, target=target, **more)  # type: ignore[arg-type]


def test_each_operation_is_told_with_its_own_statements() -> None:
    http = Objects()
    told = costs(http, step("POST /a", extract={"a": "id"}), step("GET /a/{a}"), step("DELETE /a/{a}"))
    assert told == {"POST /a": 1.0, "GET /a/{a}": 1.0, "DELETE /a/{a}": 1.0}
    read = [one for one in http.sent if one.startswith("GET")]
    deleted = [one.replace("DELETE", "GET") for one in http.sent if one.startswith("DELETE")]
    assert len(set(read)) == len(read) == 5
    assert read == deleted


def test_what_comes_behind_a_step_that_no_longer_works_is_left_out() -> None:
    http = Objects(gone="/b")
    told = costs(http, step("GET /a"), step("GET /b", extract={"b": "id"}), step("GET /c"))
    assert told == {"GET /a": 1.0}
