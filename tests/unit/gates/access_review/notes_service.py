"""A small service in memory, of notes with comments, whose flaws are switched on by name. Needs no server.

A flaw is `WHAT METHOD /path`, as `open GET /notes`: `open` lets in whoever brings nothing, `unowned` every user,
`crossed` looks not where an object lies below, `done` refuses and does it all the same, `shows` refuses and shows it
all the same, `lacks-role` lets in who lacks the role, `long` keeps no bound, `fault` breaks at a NUL byte, `trace`
shows where it broke, `broken` always breaks, `ignores` does nothing and says that it did. The others are words:
see where they are used.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, unquote

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.service_ports import HttpClient, Unanswered

_MUCH_LATER = 4_000_000_000
KEY = "the-key-with-which-it-signs"
_TITLE = {"type": "string", "minLength": 1, "maxLength": 80}
_WHOLE = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
SCHEMAS: dict[str, Any] = {
    "Account": {
        "email": {"type": "string", "maxLength": 100},
        "password": {"type": "string", "maxLength": 64, "minLength": 8},
    },
    "Name": {"name": _TITLE},
    "Note": {"title": _TITLE, "body": {"type": "string", "maxLength": 500}},
    "Comment": {"text": _TITLE},
    "Pin": {"note_id": _WHOLE, "label": _TITLE},
}
# What each operation takes, and whom it is for.
OPERATIONS: dict[str, tuple[str, str]] = {
    "GET /health": ("", "public"),
    "GET /debug/env": ("", "admin"),
    "POST /users": ("Account", "public"),
    "POST /login": ("Account", "public"),
    "GET /users/me": ("", "user"),
    "PATCH /users/me": ("Name", "user"),
    "DELETE /users/me": ("", "user"),
    "POST /logout": ("", "user"),
    "GET /users/{user_id}": ("", "user"),
    "GET /news": ("", "user"),
    "GET /notes": ("", "user"),
    "POST /notes": ("Note", "user"),
    "GET /notes/{note_id}": ("", "user"),
    "PATCH /notes/{note_id}": ("Note", "user"),
    "DELETE /notes/{note_id}": ("", "user"),
    "GET /notes/{note_id}/comments": ("", "user"),
    "POST /notes/{note_id}/comments": ("Comment", "user"),
    "GET /notes/{note_id}/comments/{comment_id}": ("", "user"),
    "DELETE /notes/{note_id}/comments/{comment_id}": ("", "user"),
    "GET /pins": ("", "user"),
    "POST /pins": ("Pin", "user"),
    "GET /admin/stats": ("", "admin"),
    "DELETE /admin/users/{user_id}": ("", "admin"),
}


class Refused(Exception):
    """The service refuses: its one argument is the status."""


@dataclass
class Asking:
    """Who asks for what. `trusted` is let through everywhere."""

    key: str
    user: dict[str, Any]
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]
    trusted: bool = False


@dataclass
class NotesService(HttpClient):
    """The service. `wrong_user` is the status of what belongs to another, `lifetime` how long a user's token lives."""

    flaws: frozenset[str] = frozenset()
    wrong_user: int = 404
    limited: list[str] = field(default_factory=list)
    requests: list[HttpRequest] = field(default_factory=list)
    users: dict[int, dict[str, Any]] = field(default_factory=dict)
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    pins: dict[int, dict[str, Any]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    waited: float = 0.0
    now: float = 1_700_000_000.0
    only: frozenset[str] = frozenset()
    key: str = KEY
    claims: Mapping[str, Any] = field(default_factory=lambda: {"exp": _MUCH_LATER, "iat": 1_700_000_000})
    _last: int = 100

    async def send(self, request: HttpRequest) -> HttpAnswer:
        self.requests.append(request)
        if self.limited:
            return HttpAnswer(status=429, headers=(("Retry-After", self.limited.pop(0)),))
        if "silent" in self.flaws and len(self.requests) > 20:
            raise Unanswered("the connection was closed")
        status, shown = self._answered(request)
        headers = [("content-type", "application/json")]
        origin = next((value for name, value in request.headers if name == "Origin"), "")
        if origin and "mirrors-origin" in self.flaws:
            headers += [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")]
        return HttpAnswer(status=status, headers=tuple(headers), body=json.dumps(shown).encode())

    async def pause(self, seconds: float) -> None:
        self.waited += seconds
        if self.claims["exp"] < _MUCH_LATER:
            # Who waits for one token to end goes on with others.
            self.now, self.claims = float(self.claims["exp"]) + 1, {"exp": _MUCH_LATER}

    def document(self) -> str:
        """Return its OpenAPI document."""
        paths: dict[str, Any] = {}
        for key, (schema, access) in self.operations().items():
            method, _, path = key.partition(" ")
            operation: dict[str, Any] = {"responses": {"200": {"description": ""}}}
            operation["parameters"] = [
                {"name": name, "in": "path", "required": True, "schema": _WHOLE}
                for name in re.findall(r"\{(\w+)\}", path)
            ]
            if key == "GET /notes":
                size = {"type": "integer"} | ({} if "endless" in self.flaws else {"maximum": 50, "minimum": 1})
                operation["parameters"] = [{"name": "limit", "in": "query", "schema": size}]
                operation["parameters"] += [{"name": "owner_id", "in": "query", "schema": _WHOLE}]
            if schema:
                operation["requestBody"] = {"content": {"application/json": {"schema": self._schema(schema)}}}
            if access != "public" and f"undocumented {key}" not in self.flaws:
                operation["security"] = [{"bearer": []}]
                if f"optional {key}" in self.flaws:
                    operation["security"].append({})
            paths.setdefault(path, {})[method.lower()] = operation
        schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
        return json.dumps({"openapi": "3.1.0", "paths": paths, "components": {"securitySchemes": schemes}})

    def operations(self) -> Mapping[str, tuple[str, str]]:
        """Return its operations, fewer where only some are asked for."""
        return {key: one for key, one in OPERATIONS.items() if not self.only or key in self.only}

    def _schema(self, name: str) -> dict[str, Any]:
        properties = dict(SCHEMAS[name])
        if name == "Note" and "owner-in-body" in self.flaws:
            properties["owner_id"] = _WHOLE
        if name == "Comment" and "parent-in-body" in self.flaws:
            properties["note_id"] = _WHOLE
        if "unbounded" in self.flaws:
            properties = {
                one: {"type": "string"} if one in ("title", "text") else two for one, two in properties.items()
            }
        required = [one for one in properties if not one.endswith("_id") or name == "Pin"]
        return {"type": "object", "required": required, "properties": properties}

    def token(self, user: int) -> str:
        """Return a token of somebody."""
        self._last += 1
        head, body = ({"alg": "HS256", "typ": "JWT"}, {"user": user, "n": self._last, **self.claims})
        text = ".".join(_encoded(json.dumps(part).encode()) for part in (head, body))
        return f"{text}.{self._signature(text)}"

    def _signature(self, text: str) -> str:
        return _encoded(hmac.new(self.key.encode(), text.encode(), hashlib.sha256).digest())

    def administrator(self) -> str:
        """Return a token of an administrator, as a hook of the project would."""
        self._last += 1
        self.users[self._last] = {
            "id": self._last,
            "email": f"a{self._last}",
            "role": "admin",
            "name": "",
            "password": "",
        }
        return self.token(self._last)

    def _answered(self, request: HttpRequest) -> tuple[int, Any]:
        path, _, query = request.target.partition("?")
        for key in sorted(self.operations(), key=lambda one: one.count("{")):
            method, _, template = key.partition(" ")
            found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
            if found is None or method != request.method:
                continue
            values = {name: unquote(value) for name, value in found.groupdict().items()}
            queried = {name: value[-1] for name, value in parse_qs(query).items()}
            return self._handled(Asking(key=key, user={}, path=values, query=queried, body={}), request)
        return 404, {"detail": "not found"}

    def _has(self, what: str, asking: Asking) -> bool:
        return f"{what} {asking.key}" in self.flaws

    def _handled(self, asking: Asking, request: HttpRequest) -> tuple[int, Any]:
        handler: Callable[[Asking], tuple[int, Any]] = getattr(self, _HANDLERS[asking.key])
        try:
            asking.user = self._user(request, asking)
            asking.body = self._valid(request, asking)
            return (200, {}) if self._has("ignores", asking) else handler(asking)
        except Refused as refusal:
            status = int(str(refusal))
        shown: Any = {"detail": "refused"}
        if status == 500:
            shown = {"detail": "Traceback (most recent call last)" if self._has("trace", asking) else "it broke"}
        elif status in (401, 403, 404) and (self._has("done", asking) or self._has("shows", asking)):
            body = json.loads(request.body) if request.body else {}
            user = asking.user or next(iter(self.users.values()), {"id": 0})
            with suppress(Refused):
                done = handler(replace(asking, user=user, body=body, trusted=True))[1]
                shown = done if self._has("shows", asking) else shown
        return status, shown

    def _user(self, request: HttpRequest, asking: Asking) -> dict[str, Any]:
        access = self.operations()[asking.key][1]
        if self._has("broken", asking):
            raise Refused(500)
        if access == "public":
            return {}
        given = next((value for name, value in request.headers if name == "Authorization"), "")
        user = self._of_token(given.removeprefix("Bearer "))
        if user is None and self._has("open", asking):
            return next(iter(self.users.values()), {"id": 0, "name": ""})
        if user is None:
            raise Refused(401)
        if access == "admin" and user["role"] != "admin" and not self._has("lacks-role", asking):
            raise Refused(403)
        return user

    def _of_token(self, token: str) -> dict[str, Any] | None:
        text, _, signature = token.rpartition(".")
        try:
            head, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in text.split("."))
        except ValueError:
            return None
        is_unsigned = head.get("alg") == "none" and "alg-none" in self.flaws
        if not is_unsigned and "any-signature" not in self.flaws and signature != self._signature(text):
            return None
        if claims.get("exp", self.now) < self.now and "any-time" not in self.flaws:
            return None
        return None if token in self.revoked else self.users.get(claims["user"])

    def _valid(self, request: HttpRequest, asking: Asking) -> dict[str, Any]:
        for name, value in asking.path.items():
            if not value.isascii() or not value.isdigit():
                raise Refused(500 if self._has("fault", asking) and "\0" in value else 422)
            asking.path = {**asking.path, name: str(int(value))}
        size, owner = asking.query.get("limit", "1"), asking.query.get("owner_id", "1")
        most = 2**62 if "endless" in self.flaws else 50
        if (
            not re.fullmatch(r"[0-9]+", size)
            or not 1 <= int(size) <= most
            or not re.fullmatch(r"[1-9][0-9]{0,5}", owner)
        ):
            raise Refused(422)
        schema = self.operations()[asking.key][0]
        if not schema:
            return {}
        body = json.loads(request.body or b"null")
        for name, one in SCHEMAS[schema].items():
            self._check(asking, one, body.get(name) if isinstance(body, dict) else None)
        return dict(body)

    def _check(self, asking: Asking, schema: Mapping[str, Any], value: Any) -> None:
        if schema["type"] == "integer":
            fits = isinstance(value, int) and 0 < value <= schema["maximum"]
        elif not isinstance(value, str):
            fits = False
        elif "\0" in value:
            raise Refused(500 if self._has("fault", asking) else 422)
        else:
            fits = schema.get("minLength", 0) <= len(value) <= schema["maxLength"] or self._has("long", asking)
        if not fits:
            raise Refused(422)

    def _new(self, table: dict[int, dict[str, Any]], **fields: Any) -> dict[str, Any]:
        self._last += 1
        table[self._last] = {"id": self._last, **fields}
        return table[self._last]

    def _note(self, asking: Asking) -> dict[str, Any]:
        found = self.notes.get(int(asking.path["note_id"]))
        if found is None:
            raise Refused(404)
        if asking.trusted or self._has("open", asking) or self._has("unowned", asking):
            return found
        if found["owner_id"] != asking.user["id"]:
            raise Refused(self.wrong_user)
        return found

    def _comment(self, asking: Asking) -> dict[str, Any]:
        note = self._note(asking)
        found = self.comments.get(int(asking.path["comment_id"]))
        if found is None or (found["note_id"] != note["id"] and not self._has("crossed", asking)):
            raise Refused(404)
        return found

    def _shown(self, user: Mapping[str, Any]) -> dict[str, Any]:
        hidden: tuple[str, ...] = () if "shows-password" in self.flaws else ("password",)
        hidden += ("email", "role") if "profiles" in self.flaws else ()
        return {name: value for name, value in user.items() if name not in hidden}

    def on_health(self, asking: Asking) -> tuple[int, Any]:
        return 200, {"status": "ok"}

    def on_signing_up(self, asking: Asking) -> tuple[int, Any]:
        if any(one["email"] == asking.body["email"] for one in self.users.values()):
            raise Refused(409)
        role = asking.body.get("role", "user") if "role-in-body" in self.flaws else "user"
        known = {name: asking.body[name] for name in ("email", "password")}
        return 201, self._shown(self._new(self.users, name="", role=role, **known))

    def on_logging_in(self, asking: Asking) -> tuple[int, Any]:
        for one in self.users.values():
            if (one["email"], one["password"]) == (asking.body["email"], asking.body["password"]):
                return 200, {"access_token": self.token(one["id"]), "token_type": "bearer"}
        raise Refused(401)

    def on_reading_me(self, asking: Asking) -> tuple[int, Any]:
        return 200, self._shown(asking.user)

    def on_renaming_me(self, asking: Asking) -> tuple[int, Any]:
        taken = ("name", "role") if "role-in-update" in self.flaws else ("name",)
        asking.user.update({name: value for name, value in asking.body.items() if name in taken})
        return 200, self._shown(asking.user)

    def on_ending_me(self, asking: Asking) -> tuple[int, Any]:
        self.users.pop(asking.user["id"], None)
        return 200, {}

    def on_logging_out(self, asking: Asking) -> tuple[int, Any]:
        sent = next((value for name, value in self.requests[-1].headers if name == "Authorization"), "")
        self.revoked.add(sent.removeprefix("Bearer "))
        return 200, {}

    def on_reading_user(self, asking: Asking) -> tuple[int, Any]:
        if int(asking.path["user_id"]) not in (
            asking.user["id"],
            *(self.users if self._has("unowned", asking) else ()),
        ):
            raise Refused(403)
        return 200, self._shown(self.users[int(asking.path["user_id"])])

    def on_news(self, asking: Asking) -> tuple[int, Any]:
        if "ends-sessions" in self.flaws:
            self.users.clear()
        return 200, [{"text": "all is well"}]

    def on_listing_notes(self, asking: Asking) -> tuple[int, Any]:
        owner = asking.user["id"]
        if "owner-in-query" in self.flaws:
            owner = int(asking.query.get("owner_id", owner))
        everything = self._has("leaks", asking) or "team" in self.flaws or self._has("open", asking)
        return 200, [one for one in self.notes.values() if everything or one["owner_id"] == owner]

    def on_making_note(self, asking: Asking) -> tuple[int, Any]:
        taken = {"owner_id": asking.user["id"], "done": False}
        if "owner-in-body" in self.flaws:
            taken["owner_id"] = asking.body.get("owner_id", taken["owner_id"])
        if "silent-field" in self.flaws:
            taken["done"] = asking.body.get("done", False)
        texts = {name: asking.body[name] for name in ("title", "body")}
        return 201, self._new(self.notes, **texts, **taken)

    def on_reading_note(self, asking: Asking) -> tuple[int, Any]:
        return 200, self._note(asking)

    def on_changing_note(self, asking: Asking) -> tuple[int, Any]:
        note = self._note(asking)
        taken = ("title", "body", "owner_id") if "owner-in-update" in self.flaws else ("title", "body")
        note.update({name: asking.body[name] for name in taken if name in asking.body})
        return 200, dict(note)

    def on_deleting_note(self, asking: Asking) -> tuple[int, Any]:
        del self.notes[self._note(asking)["id"]]
        return 200, {}

    def on_listing_comments(self, asking: Asking) -> tuple[int, Any]:
        note = self._note(asking)
        everything = self._has("leaks", asking)
        return 200, [one for one in self.comments.values() if everything or one["note_id"] == note["id"]]

    def on_adding_comment(self, asking: Asking) -> tuple[int, Any]:
        below = self._note(asking)["id"]
        if "parent-in-body" in self.flaws:
            below = asking.body.get("note_id", below)
        return 201, self._new(self.comments, text=asking.body["text"], note_id=below)

    def on_reading_comment(self, asking: Asking) -> tuple[int, Any]:
        return 200, self._comment(asking)

    def on_deleting_comment(self, asking: Asking) -> tuple[int, Any]:
        del self.comments[self._comment(asking)["id"]]
        return 200, {}

    def on_pinning(self, asking: Asking) -> tuple[int, Any]:
        note = self._note(replace(asking, path={"note_id": str(asking.body["note_id"])}))
        note["pinned"] = asking.body["label"]
        return 201, self._new(self.pins, label=asking.body["label"], note_id=note["id"], owner_id=asking.user["id"])

    def on_listing_pins(self, asking: Asking) -> tuple[int, Any]:
        everything = self._has("leaks", asking)
        return 200, [one for one in self.pins.values() if everything or one["owner_id"] == asking.user["id"]]

    def on_stats(self, asking: Asking) -> tuple[int, Any]:
        return 200, {"users": len(self.users)}

    def on_ending_user(self, asking: Asking) -> tuple[int, Any]:
        if self.users.pop(int(asking.path["user_id"]), None) is None:
            raise Refused(404)
        return 200, {}


_HANDLERS = {
    "GET /health": "on_health",
    "GET /debug/env": "on_stats",
    "POST /users": "on_signing_up",
    "POST /login": "on_logging_in",
    "GET /users/me": "on_reading_me",
    "PATCH /users/me": "on_renaming_me",
    "DELETE /users/me": "on_ending_me",
    "POST /logout": "on_logging_out",
    "GET /users/{user_id}": "on_reading_user",
    "GET /news": "on_news",
    "GET /notes": "on_listing_notes",
    "POST /notes": "on_making_note",
    "GET /notes/{note_id}": "on_reading_note",
    "PATCH /notes/{note_id}": "on_changing_note",
    "DELETE /notes/{note_id}": "on_deleting_note",
    "GET /notes/{note_id}/comments": "on_listing_comments",
    "POST /notes/{note_id}/comments": "on_adding_comment",
    "GET /notes/{note_id}/comments/{comment_id}": "on_reading_comment",
    "DELETE /notes/{note_id}/comments/{comment_id}": "on_deleting_comment",
    "POST /pins": "on_pinning",
    "GET /pins": "on_listing_pins",
    "GET /admin/stats": "on_stats",
    "DELETE /admin/users/{user_id}": "on_ending_user",
}


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")
