"""What differs between the fields of two objects, and between the entries of two arrays, by themselves.

What differs within fields and entries is for whoever compares those: they are handed on as pairs.
"""

from collections.abc import Iterator, Mapping

from gate.api_changes.change import Impact
from gate.api_changes.schema_folding import Folding
from gate.api_changes.schema_form import Form, Part
from gate.api_changes.schema_found import Found, Inner, narrower
from gate.api_changes.schema_place import View

_ANYTHING: dict[str, object] = {}
_EMPTY = Part(written=_ANYTHING)
_MOST = 5_000
_WORDS = (str, int, float, type(None))


def _step(name: str) -> str:
    return f"/{name[:200]}"


def object_changes(base: Form, head: Form, view: View, base_forms: Folding, head_forms: Folding) -> Iterator[Found]:
    """Yield which fields are new, gone, required or no longer, and what else differs about them as fields."""
    before, after = base.properties, head.properties
    for name in [name for name in before if name not in after][:_MOST]:
        yield _removed(name, base, head, view, base_forms.form(before[name]))
    for name in [name for name in after if name not in before][:_MOST]:
        yield _added(name, base, head, view, head_forms.form(after[name]))
    for name in _shared(before, after):
        old, new = base_forms.form(before[name]), head_forms.form(after[name])
        step, pointer = _step(name), after[name].pointer
        yield from _access_changes(old, new, view, required=name in head.required, step=step, pointer=pointer)
        if old.deprecated != new.deprecated:
            rule, says = (
                ("deprecated", "is deprecated") if new.deprecated else ("reactivated", "is deprecated no longer")
            )
            yield Found(rule=rule, impact=Impact.HARMLESS, says=says, step=step, pointer=pointer)
    for name in sorted(head.required ^ base.required)[:_MOST]:
        if (name in before) == (name in after):
            part = after.get(name, _EMPTY)
            yield _required(name, head, view, head_forms.form(part), part.pointer)
    if base.closed != head.closed:
        if head.closed:
            says = "takes no other fields than those described"
            yield Found(rule="additional-properties-closed", impact=narrower(view), says=says)
        else:
            says = "may have other fields than those described"
            yield Found(rule="additional-properties-opened", impact=Impact.HARMLESS, says=says)


def _shared(before: Mapping[str, Part], after: Mapping[str, Part]) -> list[str]:
    """Return the names that both have, but for fields that are word for word the same: most are."""
    shared = [name for name in before if name in after and not _same_words(before[name].written, after[name].written)]
    return shared[:_MOST]


def _same_words(one: object, other: object) -> bool:
    if not isinstance(one, dict) or not isinstance(other, dict) or one.keys() != other.keys() or "$ref" in one:
        return False
    # In Python `True` is `1`.
    return all(
        isinstance(value, _WORDS) and value == other[name] and type(value) is type(other[name])
        for name, value in one.items()
    )


def hidden(old: Form, new: Form, view: View) -> bool:
    """Tell whether a field is none to whom a view looks for: read-only in a request, write-only in a response."""
    return (old.read_only and new.read_only) if view.asks else (old.write_only and new.write_only)


def inner_objects(base: Form, head: Form, view: View, base_forms: Folding, head_forms: Folding) -> Iterator[Inner]:
    """Yield the fields and the entries that both have, to be compared."""
    for name in _shared(base.properties, head.properties):
        before, after = base.properties[name], head.properties[name]
        if not hidden(base_forms.form(before), head_forms.form(after), view):
            required = name in base.required and name in head.required
            yield Inner(base=before, head=after, step=_step(name), required=required)
    if (base.additional or head.additional) and not base.closed and not head.closed:
        yield Inner(base=base.additional or _EMPTY, head=head.additional or _EMPTY, step="/*")
    if base.items or head.items:
        yield Inner(base=base.items or _EMPTY, head=head.items or _EMPTY, step="[]")
    for index, (before, after) in enumerate(zip(base.prefix, head.prefix, strict=False)):
        yield Inner(base=before, head=after, step=f"[{index}]")


def entry_changes(base: Form, head: Form, view: View) -> Iterator[Found]:
    """Yield whether an array has more or fewer places with a schema of their own (`prefixItems`)."""
    before, after = len(base.prefix), len(head.prefix)
    if after > before:
        impact = Impact.HARMLESS if view.asks else Impact.BREAKING
        yield Found(
            rule="prefix-items-added",
            impact=impact,
            says=f"describes the first {after:,} of its entries, before {before:,}",
        )
    elif after < before:
        says = f"describes the first {after:,} of its entries, before {before:,}"
        yield Found(rule="prefix-items-removed", impact=narrower(view), says=says)


def _removed(name: str, base: Form, head: Form, view: View, old: Form) -> Found:
    step = _step(name)
    if view.asks:
        impact = Impact.BREAKING if head.closed and not base.closed else Impact.RISKY
        return Found(rule="removed", impact=Impact.HARMLESS if old.read_only else impact, says="was removed", step=step)
    kind = "required" if name in base.required else "optional"
    if old.write_only:
        rule = f"{{side}}-{kind}-write-only-{{noun}}-removed"
        return Found(rule=rule, impact=Impact.HARMLESS, says="was removed", step=step)
    impact = Impact.BREAKING if kind == "required" else Impact.RISKY
    return Found(rule=f"{{side}}-{kind}-{{noun}}-removed", impact=impact, says=f"was removed; it was {kind}", step=step)


def _added(name: str, base: Form, head: Form, view: View, new: Form) -> Found:
    step, pointer = _step(name), head.properties[name].pointer
    kind = "required" if name in head.required else "optional"
    says = f"is new and {'read-only' if view.asks and new.read_only else kind}"
    if not view.asks:
        apart = "write-only-" if new.write_only else ""
        rule = f"{{side}}-{kind}-{apart}{{noun}}-added"
        return Found(rule=rule, impact=Impact.HARMLESS, says=says, step=step, pointer=pointer)
    asked = kind == "required" and not new.read_only and name not in base.required
    rule = "new-required-{side}-{noun}" if asked else "new-optional-{side}-{noun}"
    if asked and new.default is not None:
        rule += "-with-default"
    impact = Impact.BREAKING if asked else Impact.HARMLESS
    return Found(rule=rule, impact=impact, says=says, step=step, pointer=pointer)


def _required(name: str, head: Form, view: View, new: Form, pointer: str) -> Found:
    step = _step(name)
    apart = new.read_only if view.asks else new.write_only
    at = "{side}-write-only-{noun}" if apart and not view.asks else "{side}-{noun}"
    if name in head.required:
        rule = f"{at}-became-required" + ("-with-default" if view.asks and new.default is not None else "")
        impact = Impact.HARMLESS if apart else narrower(view)
        return Found(rule=rule, impact=impact, says="became required", step=step, pointer=pointer)
    impact = Impact.HARMLESS if apart or view.asks else Impact.BREAKING
    return Found(rule=f"{at}-became-optional", impact=impact, says="became optional", step=step, pointer=pointer)


def _access_changes(old: Form, new: Form, view: View, *, required: bool, step: str, pointer: str) -> Iterator[Found]:
    kind = "required" if required else "optional"
    for before, after, name in (
        (old.read_only, new.read_only, "read-only"),
        (old.write_only, new.write_only, "write-only"),
    ):
        if before == after:
            continue
        rule = f"{{side}}-{kind}-{{noun}}-became-{'' if after else 'not-'}{name}"
        # oasdiff takes most of these for harmless; but a field that was sent is of no use any more or missed, and one
        # that was only described has to be sent now.
        felt = name == ("read-only" if view.asks else "write-only") and (after or required)
        worst = Impact.BREAKING if view.asks and not after else Impact.RISKY
        impact = worst if felt else Impact.HARMLESS
        says = f"became {name}" if after else f"is {name} no longer"
        yield Found(rule=rule, impact=impact, says=says, step=step, pointer=pointer)
