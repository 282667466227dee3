"""Whether the description is true: the answers that were seen while other gates ran, held against it. Pure.

What may be somebody else's is left alone: a path that is not described, a crash (500, which other gates find), what a
server answers itself to what it cannot read. So is what a description may leave open: the body of an answer that has
no `content`, members that are not named where others are allowed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from gate.formats.openapi_parts import base_path
from gate.formats.openapi_places import Place, escaped, operation_places
from gate.formats.openapi_schema import followed, mapping
from gate.formats.path_routes import Match, Routes
from gate.formats.schema_violations import Checking, OutOfBoundsError, Violation
from gate.formats.seen_answers import SeenAnswer
from gate.gates.access_review.masking import Mask

STATUS = "status-not-described"
SUCCESS = "success-status-not-described"
GENERAL = "general-status-not-described"
MEDIA_TYPE = "media-type-not-described"
BODY = "body-not-as-described"
NOT_COMPARED = "answers-not-compared"

# What anything in front of an operation may answer: who logs in, a limit, a proxy. A crash is none of them.
_OF_ANY_OPERATION = frozenset({401, 403, 405, 406, 408, 411, 413, 414, 415, 417, 421, 425, 426, 428, 429, 431, 451})
_CRASH = 500
# How they come to be is a matter of HTTP and not of the operation: conditional and partial requests.
_OF_HTTP = frozenset({206, 304, 412, 416})
_WITHOUT_BODY = frozenset({204, 205, 304})
_NO_OPERATION_REACHED = frozenset({404, 405})
# uvicorn's own answer, from before there is an application: https://github.com/encode/uvicorn.
_OF_THE_SERVER = b"Invalid HTTP request received."
# What frameworks say to a body that is none, 400, whatever the operation: FastAPI, Django REST framework, Werkzeug.
_OF_A_FRAMEWORK = (
    b"There was an error parsing the body",
    b"JSON parse error",
    b"sent a request that this server could not understand",
)
_STEPS_OF_AN_ANSWER = 50_000
_STEPS = 2_000_000
_LONGEST_EXAMPLE = 160
_SAYING = ("detail", "message", "title", "error", "msg")
_JSON = re.compile(r"application/json|[\w.+-]+/[\w.+-]+\+json", re.ASCII)
_mask = Mask(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """What the description says otherwise than the service: `pointer` is where in the document, `message` a sentence.

    `operation` is its key, "" for the document as a whole.
    """

    rule_id: str
    operation: str
    pointer: str
    message: str


@dataclass(slots=True, kw_only=True)
class _Kind:
    """The answers of one operation, one status and one kind of lie: how many, where seen, and the first of them."""

    said: str
    example: str
    count: int = 0
    sources: dict[str, None] = field(default_factory=dict)


def lies(root: Mapping[str, Any], answers: Iterable[SeenAnswer]) -> tuple[Lie, ...]:
    """Return what the answers show to be untrue: one for each operation, status and kind, in the document's order."""
    comparing = _Comparing(root=root, places=tuple(operation_places(root)))
    skipped = 0
    for answer in _of_the_application(root, tuple(answers)):
        try:
            comparing.take(answer)
        except OutOfBoundsError:
            skipped += 1
    found = list(comparing.found())
    if skipped:
        message = f"{skipped} answers were not compared with the document: their schemas take too long to follow"
        found.append(Lie(rule_id=NOT_COMPARED, operation="", pointer="", message=message))
    return tuple(found)


def _of_the_application(root: Mapping[str, Any], answers: tuple[SeenAnswer, ...]) -> Iterable[SeenAnswer]:
    """Leave out what applications answered that tests make for themselves, where they can be told by their title."""
    title = mapping(root.get("info")).get("title")
    if not any(answer.application == title for answer in answers):
        # A document may have another title than its application.
        return answers
    return (answer for answer in answers if answer.application in ("", title))


class _Comparing:
    """Holds one answer after another against a document."""

    def __init__(self, *, root: Mapping[str, Any], places: tuple[Place, ...]) -> None:
        self._root = root
        self._places = {place.key: place for place in places}
        before = base_path(root)
        self._routes = {
            method: Routes([place.path for place in places if place.method == method], before)
            for method in {place.method for place in places}
        }
        self._checking = Checking(root=root, version=str(root.get("openapi", "3.0"))[:3])
        self._left = _STEPS
        self._kinds: dict[tuple[str, int, str, str], _Kind] = {}

    def take(self, answer: SeenAnswer) -> None:
        """Compare an answer.

        Raises:
            OutOfBoundsError: it would take too long.
        """
        routes = self._routes.get(answer.method)
        match = routes.match(answer.path) if routes is not None else None
        if match is None or answer.status in (_CRASH, *_OF_HTTP) or answer.body == _OF_THE_SERVER:
            return
        place = self._places[f"{answer.method} {match.template}"]
        if answer.status in _NO_OPERATION_REACHED and not self._is_asked_well(place, match):
            return
        name, response = self._response(place, answer.status)
        if response is None:
            self._note(place, answer, _rule_of(answer), f"{place.pointer}/responses", "")
            return
        at = f"{place.pointer}/responses/{name}"
        content = mapping(response.get("content"))
        if not content or answer.method == "HEAD" or answer.status in _WITHOUT_BODY:
            return
        said = answer.media_type.partition(";")[0].strip().lower()
        media_type = _described(content, said)
        if media_type is None:
            if said or (answer.body and not answer.cut):
                wanted = " or ".join(str(one)[:100] for one in list(content)[:3])
                told = f" with {'no media type' if not said else said[:100]}, where {wanted} is described"
                self._note(place, answer, MEDIA_TYPE, f"{at}/content", told)
            return
        if answer.cut or not _JSON.fullmatch(said):
            return
        if (violation := self._violation(mapping(content[media_type]).get("schema"), answer.body)) is not None:
            where = f"`{violation.pointer}` in its body" if violation.pointer else "its body"
            pointer = f"{at}/content/{escaped(media_type)}/schema"
            self._note(place, answer, BODY, pointer, _mask(f", but {where} {violation.message}"))

    def _response(self, place: Place, status: int) -> tuple[str, Mapping[str, Any] | None]:
        responses = mapping(place.operation.get("responses"))
        for name in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
            if name in responses:
                return name, followed(self._root, responses[name])
        return "", None

    def _is_asked_well(self, place: Place, match: Match) -> bool:
        """Tell whether the path's values may be what the parameters want: else the router itself may have said 404."""
        for parameter in place.parameters:
            value = match.values.get(str(parameter.get("name")))
            kind = followed(self._root, parameter.get("schema")).get("type")
            if parameter.get("in") == "path" and value is not None and kind in ("integer", "number"):
                digits = value.removeprefix("-")
                if not (digits.isascii() and digits.replace(".", "", kind == "number").isdigit()):
                    return False
        return True

    def _violation(self, schema: object, body: bytes) -> Violation | None:
        if schema is None:
            return None
        try:
            value = json.loads(body)
        except RecursionError:
            return None
        except ValueError:
            return Violation(pointer="", message="is empty" if not body.strip() else "is no JSON")
        self._checking.left = given = min(_STEPS_OF_AN_ANSWER, self._left)
        try:
            return self._checking.violation(schema, value)
        finally:
            self._left -= given - max(self._checking.left, 0)

    def _note(self, place: Place, answer: SeenAnswer, rule_id: str, pointer: str, said: str) -> None:
        key = (place.key, answer.status, rule_id, pointer)
        if key not in self._kinds:
            self._kinds[key] = _Kind(said=said, example=_example(answer) if not said else "")
        kind = self._kinds[key]
        kind.count += 1
        kind.sources[answer.source] = None

    def found(self) -> Iterator[Lie]:
        """Return what was untrue, in the order of the document."""
        order = {key: at for at, key in enumerate(self._places)}
        for key in sorted(self._kinds, key=lambda one: (order[one[0]], one[1:])):
            operation, status, rule_id, pointer = key
            kind = self._kinds[key]
            times = "once" if kind.count == 1 else f"{kind.count} times"
            where = ", ".join(filter(None, kind.sources))
            seen = f" ({times}, seen by {where})" if where else f" ({times})"
            said = kind.said or ", which the document does not describe"
            message = f"{operation} answered {status}{said}{seen}{kind.example}"
            yield Lie(rule_id=rule_id, operation=operation, pointer=pointer, message=message)


def _rule_of(answer: SeenAnswer) -> str:
    status = answer.status
    if status < 400:
        return SUCCESS
    of_a_framework = status == 400 and any(words in answer.body for words in _OF_A_FRAMEWORK)
    return GENERAL if status in _OF_ANY_OPERATION or status > _CRASH or of_a_framework else STATUS


@lru_cache(1024)
def _pattern(written: str) -> str:
    return written.partition(";")[0].strip().lower()


def _described(content: Mapping[str, Any], said: str) -> str | None:
    """Return the name under which a media type is described: itself, before a range such as `text/*`."""
    names = {_pattern(name): name for name in content if isinstance(name, str)}
    for wanted in (said, f"{said.partition('/')[0]}/*", "*/*", "*"):
        if said and wanted in names:
            return names[wanted]
    return None


def _example(answer: SeenAnswer) -> str:
    """Quote what the answer says in words, without what looks like a secret; nothing else of it."""
    try:
        body = {} if answer.cut else json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    for name in _SAYING:
        text = mapping(body).get(name)
        if isinstance(text, str) and text.strip():
            line = _mask(" ".join(text[: 2 * _LONGEST_EXAMPLE].split()))
            return f': "{line[:_LONGEST_EXAMPLE]}"'
    return ""
