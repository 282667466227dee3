"""What differs between the conditions of two schemas: what is excluded, asked for together, or asked for by name.

Formats: https://json-schema.org/draft/2020-12/json-schema-core and 3.0's Discriminator Object.
"""

from collections.abc import Iterator

from gate.api_changes.change import Impact
from gate.api_changes.schema_folding import Folding
from gate.api_changes.schema_form import Form, Part
from gate.api_changes.schema_found import Fits, Found, Inner, narrower, wider
from gate.api_changes.schema_place import View

_WORDS = {
    "not": "what it must not be",
    "if": "a condition",
    "then": "what holds under its condition",
    "else": "what holds without its condition",
    "contains": "what one of its entries must be",
    "property-names": "what its fields may be called",
    "unevaluated-items": "what other entries may be",
    "unevaluated-properties": "what other fields may be",
    "content-schema": "what its content must be",
    "pattern-property": "what fields of some names must be",
    "dependent-schema": "what holds where a field is given",
}
_MOST = 1_000


def condition_changes(
    base: Form, head: Form, view: View, fits: Fits, forms: tuple[Folding, Folding]
) -> Iterator[Found]:
    """Yield which conditions are new, gone or changed."""
    for name in sorted(base.inner.keys() ^ head.inner.keys()):
        yield _condition(name, "", view, new=name in head.inner)
    for name in sorted(base.inner.keys() & head.inner.keys() & {"if", "not"}):
        yield from _turned_changes(name, base.inner[name], head.inner[name], view, fits)
    for kind in sorted(base.families.keys() | head.families.keys()):
        before, after = base.families.get(kind, {}), head.families.get(kind, {})
        for key in sorted(before.keys() ^ after.keys())[:_MOST]:
            yield _condition(kind, f" ('{key[:200]}')", view, new=key in after)
    for name in sorted(base.dependents.keys() | head.dependents.keys())[:_MOST]:
        yield from _dependent_changes(name[:200], base.dependents.get(name), head.dependents.get(name), view)
    yield from _discriminator_changes(base, head, view, forms)


def inner_conditions(base: Form, head: Form) -> Iterator[Inner]:
    """Yield the conditions that both have, to be compared."""
    for name in sorted((base.inner.keys() & head.inner.keys()) - {"if", "not"}):
        yield Inner(base=base.inner[name], head=head.inner[name], step=f"/({name})")
    for kind in sorted(base.families.keys() & head.families.keys()):
        before, after = base.families[kind], head.families[kind]
        for key in sorted(before.keys() & after.keys())[:_MOST]:
            yield Inner(base=before[key], head=after[key], step=f"/({key[:200]})")


def _condition(name: str, key: str, view: View, *, new: bool) -> Found:
    says = f"says {_WORDS[name]}{key}" if new else f"no longer says {_WORDS[name]}{key}"
    rule, impact = (f"{name}-added", narrower(view)) if new else (f"{name}-removed", wider(view))
    return Found(rule=rule, impact=impact, says=says)


def _turned_changes(name: str, before: Part, after: Part, view: View, fits: Fits) -> Iterator[Found]:
    """Yield whether what is excluded, or what a condition is about, changed: what is narrower excludes less."""
    same = fits(before, after, view.opposite)
    if same and fits(before, after, view):
        return
    impact = Impact.RISKY if name == "if" else (Impact.HARMLESS if same else Impact.BREAKING)
    yield Found(rule=f"{name}-changed", impact=impact, says=f"changed in {_WORDS[name]}", pointer=after.pointer)


def _dependent_changes(
    name: str, before: frozenset[str] | None, after: frozenset[str] | None, view: View
) -> Iterator[Found]:
    if before == after:
        return
    if after is None:
        yield Found(
            rule="dependent-required-removed", impact=wider(view), says=f"asks for nothing with '{name}' any more"
        )
        return
    says = f"asks for {', '.join(sorted(after)[:5]) or 'nothing'} with '{name}'"
    if before is None:
        yield Found(rule="dependent-required-added", impact=narrower(view), says=says)
        return
    smaller, larger = (before, after) if view.asks else (after, before)
    impact = Impact.HARMLESS if smaller > larger else Impact.BREAKING
    yield Found(rule="dependent-required-changed", impact=impact, says=says)


def _discriminator_changes(base: Form, head: Form, view: View, forms: tuple[Folding, Folding]) -> Iterator[Found]:
    """Yield what differs between the tags of alternatives; which alternatives there are is told by themselves."""
    if base.tag != head.tag:
        impact = Impact.HARMLESS
        if base.tag and head.tag:
            # oasdiff takes it for harmless; but whoever looks for the old tag may find none.
            given = _always(head.tag, base, forms[0]) if view.asks else _always(base.tag, head, forms[1])
            impact = Impact.RISKY if given else Impact.BREAKING
        if not base.tag:
            rule, says = "discriminator-added", f"is told apart by '{head.tag}'"
        elif not head.tag:
            rule, says = "discriminator-removed", f"is no longer told apart by '{base.tag}'"
        else:
            rule = "discriminator-property-name-changed"
            says = f"is told apart by '{head.tag}' instead of '{base.tag}'"
        yield Found(rule=rule, impact=impact, says=says)
        return
    for tag in sorted(base.tags.keys() | head.tags.keys())[:_MOST]:
        before, after = base.tags.get(tag), head.tags.get(tag)
        if before != after:
            verb = "added" if before is None else ("deleted" if after is None else "changed")
            says = f"means {after or 'nothing'} by '{tag[:200]}'" + (
                f" instead of {before}" if before and after else ""
            )
            # A tag that means another component means the same where only the component's name changed.
            impact = Impact.RISKY if view.asks and after is None else Impact.HARMLESS
            yield Found(rule=f"discriminator-mapping-{verb}", impact=impact, says=says)


def _always(tag: str, form: Form, forms: Folding) -> bool:
    """Tell whether each alternative has a field of that name in any case."""
    options = [one for choice in form.choices for one in choice.options]
    return tag in form.required or (bool(options) and all(tag in forms.form(one.part).required for one in options))
