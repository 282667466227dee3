"""What differs between the values that two schemas take: their types, formats and null, and those they list."""

import re
from collections.abc import Iterator
from dataclasses import replace

from gate.api_changes.change import Impact
from gate.api_changes.schema_form import Form, covers
from gate.api_changes.schema_found import Found, narrower, wider
from gate.api_changes.schema_keywords import shown
from gate.api_changes.schema_place import View

_MOST_VALUES = 50
# Such as `^(asc|desc)$`: words only, of characters that stand for themselves.
_WORDS = re.compile(r"\^(?:\((?:\?:)?(?P<many>[\w -]+(?:\|[\w -]+)*)\)|(?P<one>[\w -]+))\$")
# Every value of the first format is one of the second.
_WITHIN = frozenset(
    {
        ("float", "double"),
        ("int32", "int64"),
        ("int32", "bigint"),
        ("int64", "bigint"),
        ("date", "date-time"),
        ("time", "date-time"),
    }
)


def value_changes(base: Form, head: Form, view: View) -> Iterator[Found]:
    """Yield what differs between the types, the formats, null, the listed values and the defaults of two schemas."""
    yield from _type_changes(base, head, view)
    yield from _null_changes(base, head, view)
    yield from _listed_changes(base, head, view)
    yield from _content_changes(base, head)
    if base.default != head.default:
        if base.default is None:
            yield Found(
                rule="default-value-added", impact=Impact.HARMLESS, says=f"was given the default {head.default}"
            )
        elif head.default is None:
            yield Found(rule="default-value-removed", impact=Impact.HARMLESS, says=f"lost its default {base.default}")
        else:
            says = f"has the default {head.default} instead of {base.default}"
            yield Found(rule="default-value-changed", impact=Impact.HARMLESS, says=says)


def swapped(base: Form, head: Form) -> bool:
    """Tell whether no type is left: what else differs says nothing then."""
    if base.types is None or head.types is None or not base.types or not head.types:
        return False
    return not any(
        covers(head.types, frozenset({one})) or covers(base.types, frozenset({two}))
        for one in base.types
        for two in head.types
    )


def _type_changes(base: Form, head: Form, view: View) -> Iterator[Found]:
    if base.choices or head.choices:
        return
    types_wider, types_narrower = covers(head.types, base.types), covers(base.types, head.types)
    same_types = types_wider and types_narrower
    if same_types and base.format == head.format:
        return
    if (base.listed or head.listed) and not same_types:
        yield _list_change(base, head, view, types_wider=types_wider, types_narrower=types_narrower)
        return
    says = _said(base, head, types=not same_types)
    smaller, larger = (base, head) if view.asks else (head, base)
    safe = covers(larger.types, smaller.types) and _format_within(smaller, larger)
    text = view.textual and larger.types == frozenset({"string"}) and larger.format in ("", smaller.format)
    if safe:
        rule = "type-generalized" if view.asks else "type-specialized"
        yield Found(rule=rule, impact=Impact.HARMLESS, says=says)
    elif text:
        yield Found(rule="type-compatible", impact=Impact.HARMLESS, says=f"{says}, which is written alike")
    elif not view.asks and types_wider and not same_types:
        # Who got null only has nothing to rely on. FastAPI says null with `-> None`, and nothing without it.
        empty = base.types == frozenset() and head.types is None
        yield Found(rule="type-generalized", impact=Impact.RISKY if empty else Impact.BREAKING, says=says)
    else:
        yield Found(rule="type-changed", impact=Impact.BREAKING, says=says)


def _list_change(base: Form, head: Form, view: View, *, types_wider: bool, types_narrower: bool) -> Found:
    before, after = base.types or frozenset(), head.types or frozenset()
    if types_wider or (not view.asks and not types_narrower):
        return Found(rule="list-of-types-widened", impact=wider(view), says=f"may be {_named(after - before)}")
    says = f"may no longer be {_named(before - after)}"
    return Found(rule="list-of-types-narrowed", impact=narrower(view), says=says)


def _format_within(smaller: Form, larger: Form) -> bool:
    return larger.format in ("", smaller.format) or (smaller.format, larger.format) in _WITHIN


def _said(base: Form, head: Form, *, types: bool) -> str:
    if not types:
        return f"has {_formatted(head)} instead of {_formatted(base)}"
    before, after = _named(base.types, base.format), _named(head.types, head.format)
    return f"is {after} instead of {before}"


def _formatted(form: Form) -> str:
    return f"the format '{form.format}'" if form.format else "no format"


def _named(types: frozenset[str] | None, kind: str = "") -> str:
    if types is None:
        return "anything"
    named = " or ".join(sorted(types)) or "nothing"
    return f"{named} ({kind})" if kind else named


def _null_changes(base: Form, head: Form, view: View) -> Iterator[Found]:
    if base.null is False and head.null is True:
        yield Found(rule="became-nullable", impact=wider(view), says="may be null")
    elif base.null is True and head.null is False:
        yield Found(rule="became-not-nullable", impact=narrower(view), says="may no longer be null")


def _listed_changes(base: Form, head: Form, view: View) -> Iterator[Found]:
    yield from _extensible_changes(base, head, view)
    before, after = base.values, head.values
    if before == after or (before is not None and after is not None and before.keys() == after.keys()):
        return
    constant = (base.constant or before is None) and (head.constant or after is None)
    if before is None:
        says = f"must be {_few(after)}"
        yield Found(rule="const-added" if constant else "became-enum", impact=narrower(view), says=says)
    elif after is None:
        impact = Impact.HARMLESS if view.asks else (Impact.BREAKING if constant else Impact.RISKY)
        rule = "const-removed" if constant else "enum-removed"
        yield Found(rule=rule, impact=impact, says=f"need no longer be {_few(before)}")
    elif constant:
        says = f"must be {_few(after)} instead of {_few(before)}"
        yield Found(rule="const-changed", impact=Impact.BREAKING, says=says)
    else:
        more = Impact.HARMLESS if head.extensible else wider(view)
        for key in [key for key in before if key not in after][:_MOST_VALUES]:
            says = f"may no longer be {shown(before[key])}"
            yield Found(rule="enum-value-removed", impact=narrower(view), says=says)
        for key in [key for key in after if key not in before][:_MOST_VALUES]:
            yield Found(rule="enum-value-added", impact=more, says=f"may be {shown(after[key])}")


def listed_alike(base: Form, head: Form) -> tuple[Form, Form]:
    """Say a pattern that lists words, such as `^(asc|desc)$`, by the words, where the other side lists them."""
    if base.values is None and head.values is not None:
        return _as_listed(base), head
    if head.values is None and base.values is not None:
        return base, _as_listed(head)
    return base, head


def _as_listed(form: Form) -> Form:
    pattern = next(iter(form.patterns), "") if len(form.patterns) == 1 else ""
    found = _WORDS.fullmatch(pattern) if form.types == frozenset({"string"}) else None
    if found is None:
        return form
    words = (found["many"] or found["one"]).split("|")
    return replace(form, values={("string", word): word for word in words}, patterns=frozenset())


def _extensible_changes(base: Form, head: Form, view: View) -> Iterator[Found]:
    if base.extensible and head.extensible:
        for one in sorted(base.extensible - head.extensible)[:_MOST_VALUES]:
            says = f"may no longer be {shown(one)}"
            yield Found(rule="x-extensible-enum-value-removed", impact=narrower(view), says=says)


def _few(values: object) -> str:
    found = [shown(one) for one in (values.values() if isinstance(values, dict) else ())]
    return f"{', '.join(found[:5])} or {len(found) - 5:,} others" if len(found) > 6 else " or ".join(found)


def _content_changes(base: Form, head: Form) -> Iterator[Found]:
    for rule, before, after in (
        ("content-media-type-changed", base.media_type, head.media_type),
        ("content-encoding-changed", base.encoding, head.encoding),
    ):
        if before != after:
            says = f"holds {after or 'plain text'} instead of {before or 'plain text'}"
            yield Found(rule=rule, impact=Impact.BREAKING, says=says)
