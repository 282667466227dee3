"""The objects that requests are about: how they are made, found, referred to and looked at, whatever a service's habits."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats.openapi_document import parse_document
from gate.gates.access_review.caller import NOTHING, Caller
from gate.gates.access_review.identities import Accounts
from gate.gates.access_review.looking import NO_DIFFERENCE, Look, Looking
from gate.gates.access_review.made import Arranged, NotArranged
from gate.gates.access_review.objects import Workshop
from gate.gates.access_review.operations import subjects_of
from gate.gates.access_review.options import IdentityHook
from gate.gates.access_review.people import Identity
from gate.service_ports import HttpClient

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
Handler = Callable[[dict[str, str], dict[str, Any]], HttpAnswer]


def taking(*fields: str, optional: tuple[str, ...] = (), **schemas: Any) -> dict[str, Any]:
    properties = {name: schemas.get(name, TEXT) for name in (*fields, *optional)}
    schema = {"type": "object", "properties": properties, "required": list(fields)}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def at(name: str, schema: Any = WHOLE, where: str = "path", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": True, "schema": schema, **more}


def answer(status: int, value: Any = None, **headers: str) -> HttpAnswer:
    return HttpAnswer(
        status=status, headers=tuple(headers.items()), body=b"" if value is None else json.dumps(value).encode()
    )


class Habits(HttpClient):
    """A service of operations, each with what answers it; `sent` are the bodies by operation."""

    def __init__(self, operations: Mapping[str, tuple[dict[str, Any], Handler]], *hooks: str) -> None:
        self.operations = operations
        self.sent: dict[str, list[Any]] = {}
        self.targets: list[str] = []
        paths: dict[str, Any] = {}
        for key, (operation, _) in operations.items():
            method, _, path = key.partition(" ")
            paths.setdefault(path, {})[method.lower()] = operation
        document = parse_document(json.dumps({"openapi": "3.1.0", "paths": paths}))
        self.subjects = subjects_of(document, None)
        caller = Caller(self)

        async def run_hook(*_: Any) -> Mapping[str, Any]:
            return {}

        accounts = Accounts(
            caller=caller, document=document, subjects=self.subjects,
            hooks={name: IdentityHook(command="x") for name in hooks}, run_hook=run_hook,
        )  # fmt: skip
        self.workshop = Workshop(caller=caller, document=document, subjects=self.subjects, accounts=accounts)
        self.looking = Looking(caller=caller, workshop=self.workshop, subjects=self.subjects)
        self.who = Identity(name="owner", credentials=NOTHING, facts={"id": 7, "username": "user7"})

    async def send(self, request: HttpRequest) -> HttpAnswer:
        path, _, query = request.target.partition("?")
        self.targets.append(f"{request.method} {request.target}")
        for key, (_, handler) in self.operations.items():
            method, _, template = key.partition(" ")
            found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
            if found and method == request.method:
                body = json.loads(request.body or b"{}")
                self.sent.setdefault(key, []).append(body)
                values = dict(one.split("=") for one in query.split("&") if one)
                return handler({**found.groupdict(), **values}, body)
        return answer(404)

    async def pause(self, seconds: float) -> None:
        raise AssertionError(seconds)

    def arranged(self, key: str, **examples: Any) -> Arranged:
        subject = next(one for one in self.subjects if one.key == key)
        self.workshop.examples = examples
        return asyncio.run(self.workshop.arrange(subject, self.who))

    def looked(self, key: str, arranged: Arranged) -> Look | None:
        subject = next(one for one in self.subjects if one.key == key)
        return asyncio.run(self.looking.look(subject, arranged, self.who))


def reading(name: str = "id", schema: Any = WHOLE, **more: Any) -> tuple[dict[str, Any], Handler]:
    return {"parameters": [at(name, schema, **more)]}, lambda *_: answer(200, {})


MAKE = taking("title")


@pytest.mark.parametrize(
    ("made", "value"),
    [
        (lambda *_: answer(201, {"data": {"id": 5}}), 5),
        (lambda *_: answer(201, 5), 5),
        (lambda *_: answer(201, None, Location="/tasks/5?x=1"), "5"),
        (lambda *_: answer(303, None, Location="/tasks/5/"), "5"),
        (lambda *_: answer(201, {"id": "not a number", "task_id": 6}), 6),
    ],
)
def test_the_identifier_of_a_new_object_is_read_wherever_it_is_told(made: Handler, value: object) -> None:
    service = Habits({"POST /tasks": (MAKE, made), "GET /tasks/{id}": reading()})
    arranged = service.arranged("GET /tasks/{id}")
    assert arranged.call.path == {"id": value}
    assert [one.owned for one in arranged.made] == [True]
    assert arranged.made[0].marker in json.dumps(service.sent["POST /tasks"][0])


def test_an_identifier_that_nobody_tells_is_found_in_the_list() -> None:
    tasks: list[Any] = [{"id": 1, "title": "another"}]

    def make(_: dict[str, str], body: dict[str, Any]) -> HttpAnswer:
        tasks.append({"id": 9, **body})
        return answer(201, {"ok": True})

    listing = ({}, lambda *_: answer(200, {"items": tasks}))
    service = Habits({"POST /tasks": (MAKE, make), "GET /tasks": listing, "GET /tasks/{id}": reading()})
    assert service.arranged("GET /tasks/{id}").call.path == {"id": 9}


def test_an_object_whose_name_the_caller_chose_has_that_name() -> None:
    service = Habits(
        {
            "POST /boxes": (taking("name"), lambda *_: answer(201, {"ok": True})),
            "GET /boxes/{name}": reading("name", TEXT),
        }
    )
    path = service.arranged("GET /boxes/{name}").call.path
    assert path == {"name": service.sent["POST /boxes"][0]["name"]}


def test_an_object_is_made_with_all_fields_where_fewer_are_refused() -> None:
    def make(_: dict[str, str], body: dict[str, Any]) -> HttpAnswer:
        return answer(201, {"id": len(body)}) if "colour" in body else answer(422, {"detail": "colour is missing"})

    service = Habits({"POST /tasks": (taking("title", optional=("colour",)), make), "GET /tasks/{id}": reading()})
    assert service.arranged("GET /tasks/{id}").call.path == {"id": 2}
    service.arranged("GET /tasks/{id}")
    assert "colour" in service.sent["POST /tasks"][-1]


def test_an_object_that_cannot_be_made_is_taken_from_the_list_and_is_nobodys_of_ours() -> None:
    service = Habits(
        {
            "POST /tasks": (MAKE, lambda *_: answer(403, {"detail": "no"})),
            "GET /tasks": ({}, lambda *_: answer(200, [{"id": 3}])),
            "GET /tasks/{id}": reading(),
        }
    )
    [made] = service.arranged("GET /tasks/{id}").made
    assert (made.value, made.owned, made.answer) == (3, False, {"id": 3})


@pytest.mark.parametrize(
    ("operations", "why"),
    [
        ({}, "no operation makes or lists what {id} of /tasks identifies"),
        ({"POST /tasks": (MAKE, lambda *_: answer(500))}, "POST /tasks was answered 500"),
        ({"POST /tasks": (MAKE, lambda *_: answer(400, "too late"))}, 'POST /tasks was answered 400: "too late"'),
        ({"POST /tasks": (MAKE, lambda *_: answer(200, {"ok": True}))}, "POST /tasks does not tell what it made"),
    ],
)
def test_why_an_object_cannot_be_had_is_told(operations: dict[str, Any], why: str) -> None:
    with pytest.raises(NotArranged) as caught:
        Habits({**operations, "GET /tasks/{id}": reading()}).arranged("GET /tasks/{id}")
    assert str(caught.value) == why


def test_what_never_made_an_object_is_left_alone() -> None:
    service = Habits({"POST /tasks": (MAKE, lambda *_: answer(500)), "GET /tasks/{id}": reading()})
    for _ in range(3):
        with pytest.raises(NotArranged):
            service.arranged("GET /tasks/{id}")
    assert len(service.sent["POST /tasks"]) == 1


def test_values_come_from_the_configuration_or_the_document_where_nothing_makes_them() -> None:
    service = Habits({"GET /countries/{code}": reading("code", {"type": "string", "enum": ["ch", "li"]})})
    assert service.arranged("GET /countries/{code}").call.path == {"code": "ch"}
    assert service.arranged("GET /countries/{code}", code="at").call.path == {"code": "at"}
    shown = Habits({"GET /countries/{code}": reading("code", TEXT, example="de")})
    assert shown.arranged("GET /countries/{code}").call.path == {"code": "de"}


def test_parents_are_made_before_their_children_and_children_below_them() -> None:
    below = {"parameters": [at("board_id")], **MAKE}
    both = {"parameters": [at("board_id"), at("id")]}
    service = Habits(
        {
            "POST /boards": (MAKE, lambda *_: answer(201, {"id": 4})),
            "POST /boards/{board_id}/cards": (below, lambda path, _: answer(201, {"id": int(path["board_id"]) * 10})),
            "GET /boards/{board_id}/cards/{id}": (both, lambda *_: answer(200, {})),
        }
    )
    assert service.arranged("GET /boards/{board_id}/cards/{id}").call.path == {"board_id": 4, "id": 40}


def test_a_path_that_speaks_of_users_is_about_who_asks_and_a_reference_about_what_it_made() -> None:
    order = taking("product_id", "owner_id", product_id=WHOLE, owner_id=WHOLE)
    service = Habits(
        {
            "POST /products": (MAKE, lambda *_: answer(201, {"id": 12})),
            "GET /products/{id}": reading(),
            "POST /orders": (order, lambda *_: answer(201, {"id": 1})),
            "GET /users/{user_id}": reading("user_id"),
        }
    )
    assert service.arranged("GET /users/{user_id}").made[0].is_identity
    arranged = service.arranged("POST /orders")
    assert arranged.call.body == {"product_id": 12, "owner_id": 7}
    assert [one.value for one in arranged.owned] == [12]


def test_a_reference_is_made_also_where_no_path_identifies_it() -> None:
    service = Habits(
        {
            "POST /products": (MAKE, lambda *_: answer(201, {"id": 12})),
            "POST /orders": (taking("product_id", product_id=WHOLE), lambda *_: answer(201, {"id": 1})),
        }
    )
    assert service.arranged("POST /orders").call.body == {"product_id": 12}


def test_required_parameters_are_filled_in_and_page_sizes_are_as_large_as_may_be() -> None:
    parameters = [at("q", TEXT, "query"), at("X-Team", TEXT, "header"), at("lang", TEXT, "cookie")]
    size = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 30}}
    service = Habits({"GET /search": ({"parameters": [*parameters, size]}, lambda *_: answer(200, []))})
    call = service.arranged("GET /search", **{"X-Team": "red"}).call
    assert (set(call.query), call.headers, set(call.cookies)) == ({"q"}, {"X-Team": "red"}, {"lang"})
    listed = service.workshop.lists.call(service.subjects[0], {})
    assert listed.query["limit"] == 30


def test_a_body_keeps_its_references_when_it_is_filled_anew() -> None:
    service = Habits(
        {
            "POST /products": (MAKE, lambda *_: answer(201, {"id": 12})),
            "GET /products/{id}": reading(),
            "POST /orders": (taking("product_id", "note", product_id=WHOLE), lambda *_: answer(201, {"id": 1})),
        }
    )
    first = service.arranged("POST /orders")
    subject = next(one for one in service.subjects if one.key == "POST /orders")
    again = asyncio.run(service.workshop.refilled(subject, service.who, first))
    assert again.call.body["product_id"] == 12
    assert again.call.body["note"] != first.call.body["note"]
    assert again.referred == first.referred
    assert len(service.sent["POST /products"]) == 1


class Store:
    """Notes that are only listed, or read one by one; `visits` is counted at each look."""

    def __init__(self) -> None:
        self.notes: dict[int, dict[str, Any]] = {1: {"id": 1, "text": "a"}}
        self.visits = 0

    def listed(self, *_: Any) -> HttpAnswer:
        self.visits += 1
        return answer(200, [{**one, "seen": self.visits} for one in self.notes.values()])

    def made(self, _: dict[str, str], body: dict[str, Any]) -> HttpAnswer:
        self.notes[len(self.notes) + 1] = {"id": len(self.notes) + 1, **body}
        return answer(201, self.notes[len(self.notes)])

    def deleted(self, path: dict[str, str], _: dict[str, Any]) -> HttpAnswer:
        return answer(204 if self.notes.pop(int(path["id"]), None) else 404)


def test_what_only_a_list_shows_is_looked_at_there_and_what_changes_by_itself_is_left_aside() -> None:
    store = Store()
    one = {"parameters": [at("id")]}
    service = Habits(
        {
            "POST /notes": (taking("text"), store.made),
            "GET /notes": ({}, store.listed),
            "DELETE /notes/{id}": (one, store.deleted),
        }
    )
    arranged = service.arranged("DELETE /notes/{id}")
    look = service.looked("DELETE /notes/{id}", arranged)
    assert look is not None
    assert look.is_there
    assert look.value["id"] == arranged.call.path["id"]

    def difference() -> Any:
        return asyncio.run(service.looking.difference(look, arranged, service.who, "canary"))

    assert not difference().is_any
    store.notes[look.value["id"]]["done"] = True
    assert difference().fields == ("done",)
    store.notes[look.value["id"]]["text"] = "with canary"
    assert difference().has_canary
    del store.notes[look.value["id"]]
    assert difference().gone
    assert asyncio.run(service.looking.difference(None, arranged, service.who, "x")) == NO_DIFFERENCE


def test_what_nothing_shows_is_not_looked_at() -> None:
    service = Habits({"POST /mails": (taking("text"), lambda *_: answer(202, {}))})
    assert service.looked("POST /mails", service.arranged("POST /mails")) is None


def test_an_object_is_shown_also_by_a_query_that_names_it() -> None:
    show = ({"parameters": [at("id", WHOLE, "query")]}, lambda values, _: answer(200, {"id": values["id"]}))
    service = Habits(
        {
            "POST /documents": (taking("text"), lambda *_: answer(201, {"id": 5})),
            "GET /document": show,
            "POST /publish": (taking("document_id", document_id=WHOLE), lambda *_: answer(200, {})),
        }
    )
    arranged = service.arranged("POST /publish")
    look = service.looked("POST /publish", arranged)
    assert look is not None
    assert look.value == {"id": "5"}
    assert service.targets[-1] == "GET /document?id=5"


def test_something_is_put_on_a_list_so_that_it_shows_something() -> None:
    below = {"parameters": [at("board_id")]}
    service = Habits(
        {
            "POST /boards": (MAKE, lambda *_: answer(201, {"id": 4})),
            "POST /boards/{board_id}/cards": ({**below, **MAKE}, lambda *_: answer(201, {"id": 1})),
            "GET /boards/{board_id}/cards": (below, lambda *_: answer(200, [])),
        }
    )
    subject = next(one for one in service.subjects if one.key == "GET /boards/{board_id}/cards")
    arranged = service.arranged(subject.key)
    child = asyncio.run(service.workshop.with_child(subject, service.who, arranged)).referred[-1]
    assert child.marker in service.sent["POST /boards/{board_id}/cards"][0]["title"]
