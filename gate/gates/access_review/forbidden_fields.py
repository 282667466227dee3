"""Chooses the fields to send that only the service may set: what gives more rights, and what says whose it is. Pure."""

from collections.abc import Mapping
from typing import Any

from gate.gates.access_review.answers import Json
from gate.gates.access_review.operations import Subject, fields_of
from gate.gates.access_review.panel import Panel
from gate.gates.access_review.people import Identity
from gate.gates.access_review.words import OWNERS, PRIVILEGES, plain_name, words_of

_ALWAYS = ("owner_id", "user_id", "author_id", "created_by")
_USUAL = ("is_admin", "is_superuser", "admin", "role")
_MOST_SILENT = 20
_LARGEST = 10**15


def fields_to_try(
    panel: Panel, subject: Subject, who: Identity, shown: Mapping[str, Any]
) -> list[tuple[dict[str, Any], bool]]:
    """Return the fields to send, those by which another user is named apart.

    What the answers show and what the body documents is tried one by one, what is only usual elsewhere at once: an
    answer of 422 to one must not hide another.
    """
    documented = documented_fields(panel, subject)
    names = {plain_name(name): name for name in (*_USUAL, *_ALWAYS)}
    names |= {plain_name(name): name for name in shown} | documented
    privileges = {
        names[plain_name(name)]: value
        for name, value in PRIVILEGES
        if plain_name(name) in names and _is_of_kind(shown.get(names[plain_name(name)]), value)
    }
    foreign: dict[str, Any] = {}
    own = {str(fact) for fact in who.facts.values()}
    for plain, name in names.items():
        if plain in OWNERS and panel.other is not None and (name not in shown or str(shown[name]) in own):
            value = _of_other(name, panel.other, shown.get(name))
            if value is not None and str(value) not in own:
                foreign[name] = value
    found: list[tuple[dict[str, Any], bool]] = []
    for fields, is_identity in ((privileges, False), (foreign, True)):
        known = {name: value for name, value in fields.items() if name in shown or plain_name(name) in documented}
        found.extend(({name: value}, is_identity) for name, value in known.items())
        if usual := {name: value for name, value in fields.items() if name not in known}:
            found.append((usual, is_identity))
    silent = {name: _other_value(value) for name, value in shown.items() if _is_silent(name, value, documented, own)}
    if silent := {
        name: value for name, value in silent.items() if value is not None and name not in privileges | foreign
    }:
        # Each is read back by itself.
        found.append((dict(list(silent.items())[:_MOST_SILENT]), False))
    return found[:8]


def documented_fields(panel: Panel, subject: Subject) -> dict[str, str]:
    """Return the fields of the body that the document names, by their plain names."""
    names = [name.rpartition(".")[2] for name in fields_of(panel.document, subject.operation)]
    return {plain_name(name): name for name in names}


def _is_silent(name: str, value: Json, documented: Mapping[str, str], own: set[str]) -> bool:
    """Tell a field that the service shows, and does not say that it takes: its own to set, but for names and times."""
    plain = plain_name(name)
    if plain in documented or plain in OWNERS or str(value) in own or not isinstance(value, bool | int | float | str):
        return False
    words = words_of(name)
    return not {"id", "at", "date", "time", "slug", "url", "href", "type", "token", "key", "uuid", "message"} & set(
        words
    )


def _other_value(value: Json) -> Json:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 987_654 if abs(value) < _LARGEST else None
    return "quality-gate" if isinstance(value, str) and value.isidentifier() else None


def _is_of_kind(shown: Json, value: object) -> bool:
    """Tell whether a value could stand where another is shown: a role is a text, not a number."""
    return shown is None or type(shown) is type(value)


def _of_other(name: str, other: Identity, shown: Json) -> Json:
    """Return what names the other user in a field."""
    plain = plain_name(name)
    number = other.facts.get("id")
    if plain in {"owner", "user", "author", "creator", "createdby"} and isinstance(shown, str):
        candidates = [other.facts.get("username"), other.facts.get("email"), number]
        return next((one for one in candidates if isinstance(one, str)), None)
    if shown is not None and type(shown) is not type(number):
        return None
    return number
