"""Schemas of one document, brought into the form that all ways to write them share.

A document may be hostile: whatever stands in it, nothing here raises, and the work for one schema is bounded.
Formats: https://spec.openapis.org/oas/v3.0.4.html#schema-object and https://json-schema.org/draft/2020-12
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from gate.api_changes.schema_dialects import decimals_unbounded
from gate.api_changes.schema_form import Choice, Form, Joint, Option, Part, joined
from gate.api_changes.schema_keywords import TYPES, written_form
from gate.formats.openapi_schema import entries, mapping, pointed

_MOST_PARTS = 400
_MOST_OPTIONS = 100
_DEEPEST = 40
# Joining objects costs as much as they have properties: so many count as one part.
_SMALL = 20
_ANNOTATIONS = frozenset(
    {"title", "description", "default", "example", "examples", "externalDocs", "deprecated", "$comment"}
)
_PLAIN = _ANNOTATIONS | {"type"}
_LISTED = _ANNOTATIONS | {"type", "const", "enum"}


@dataclass(slots=True, kw_only=True)
class Folding:
    """The forms of a document's schemas, each made once. `left`: how many parts one of them may still have."""

    root: Mapping[str, Any] = field(repr=False)
    _known: dict[int, tuple[object, Form]] = field(default_factory=dict)
    _bare: dict[int, tuple[Form, Form]] = field(default_factory=dict)
    _targets: dict[str, Part] = field(default_factory=dict)
    _left: int = 0

    def form(self, part: Part) -> Form:
        """Return the form of a schema; that of one which takes everything, where it is none."""
        if isinstance(part.written, Form):
            return part.written
        part = self.settled(part)
        key = id(part.written)
        if key not in self._known:
            self._left = _MOST_PARTS
            # The schema is kept beside its form, so that no other comes to be known by the same number.
            self._known[key] = (part.written, _finished(self._fold(part, (), 0)))
        return self._known[key][1]

    def but_for_null(self, part: Part) -> Part:
        """Return a schema that says nothing of null, the same each time."""
        form = self.form(part)
        if not form.null:
            return part
        key = id(form)
        if key not in self._bare:
            self._bare[key] = (form, replace(form, null=None))
        return Part(written=self._bare[key][1], pointer=part.pointer)

    def settled(self, part: Part) -> Part:
        """Return the schema that is meant by one which does nothing but refer to it, however many steps away."""
        for _ in range(_DEEPEST):
            written = part.written
            if not isinstance(written, Mapping) or len(written) != 1 or not isinstance(written.get("$ref"), str):
                break
            reference = written["$ref"]
            if reference not in self._targets:
                self._targets[reference] = Part(written=pointed(self.root, reference), pointer=reference[1:])
            part = self._targets[reference]
        return part

    def _fold(self, part: Part, trail: tuple[str, ...], depth: int) -> Form:
        written = part.written
        if isinstance(written, Form):
            return written
        if isinstance(written, Joint):
            return reduce(joined, (self._fold(one, trail, depth + 1) for one in written.parts))
        if written is False:
            return Form(types=frozenset(), null=False)
        self._left -= 1
        if not isinstance(written, Mapping) or self._left < 0 or depth > _DEEPEST:
            return Form()
        whole = Form()
        reference = written.get("$ref")
        if isinstance(reference, str) and reference not in trail:
            trail = (*trail, reference)
            whole = self._fold(Part(written=pointed(self.root, reference), pointer=reference[1:]), trail, depth + 1)
        for index, one in enumerate(entries(written.get("allOf"))[:_MOST_PARTS]):
            whole = joined(
                whole, self._fold(Part(written=one, pointer=f"{part.pointer}/allOf/{index}"), trail, depth + 1)
            )
            self._left -= len(whole.properties) // _SMALL
        for keyword in ("oneOf", "anyOf"):
            if options := decimals_unbounded(entries(written.get(keyword))):
                whole = joined(whole, self._choice(keyword, options, part.pointer, trail, depth))
        whole = joined(whole, written_form(written, part.pointer))
        # What generators write where Swagger 2.0 knows no null.
        null = written.get("nullable") is True or written.get("x-nullable") is True
        return replace(whole, null=True) if null else whole

    def _choice(self, keyword: str, written: tuple[Any, ...], pointer: str, trail: tuple[str, ...], depth: int) -> Form:
        """Return what alternatives say: which types, which values, or which schemas; and whether one is null."""
        found = self._options(keyword, written, f"{pointer}/{keyword}", 0)
        options = [one for one in found if not _is_null(one.part.written)][:_MOST_OPTIONS]
        null = True if len(options) < len(found) else None
        if len(options) == 1:
            only = self._fold(options[0].part, trail, depth + 1)
            return replace(only, null=null or only.null)
        if not options:
            return Form(types=frozenset(), null=True)
        if all(_says_only(one.part.written, _PLAIN) and _has_one_type(one.part.written) for one in options):
            kinds = frozenset(str(mapping(one.part.written)["type"]) for one in options)
            return Form(types=kinds, listed=True, null=bool(null))
        if all(_says_only(one.part.written, _LISTED) and _has_values(one.part.written) for one in options):
            forms = [_finished(written_form(mapping(one.part.written), "")) for one in options]
            values = {key: value for one in forms for key, value in (one.values or {}).items()}
            return Form(values=values, null=null or any(one.null for one in forms))
        forms = [self._fold(one.part, trail, depth + 1) for one in options]
        types = [_finished(one).types for one in forms]
        nulls = {one.null for one in forms}
        return Form(
            types=None if None in types else frozenset().union(*(one for one in types if one is not None)),
            null=True if null or True in nulls else (None if None in nulls else False),
            choices=(Choice(keyword="one-of" if keyword == "oneOf" else "any-of", options=tuple(options)),),
        )

    def _options(self, keyword: str, written: tuple[Any, ...], pointer: str, depth: int) -> list[Option]:
        """Return alternatives, those of an alternative that is nothing but alternatives among them."""
        found: list[Option] = []
        for index, one in enumerate(written[:_MOST_OPTIONS]):
            part = Part(written=one, pointer=f"{pointer}/{index}")
            inner = entries(mapping(one).get(keyword))
            if inner and depth < _DEEPEST and _says_only(one, _ANNOTATIONS | {keyword}):
                found += self._options(keyword, inner, f"{part.pointer}/{keyword}", depth + 1)
            else:
                refers = isinstance(mapping(one).get("$ref"), str)
                found.append(Option(part=part, name=_name(mapping(one)), refers=refers))
            if len(found) >= _MOST_OPTIONS:
                break
        return found


def _name(written: Mapping[str, Any]) -> str:
    """Return what an alternative is called: the component that it refers to or is a list of, or its title."""
    for reference, many in ((written.get("$ref"), ""), (mapping(written.get("items")).get("$ref"), "[]")):
        if isinstance(reference, str):
            return reference.rpartition("/")[2] + many
    title = written.get("title")
    return title if isinstance(title, str) else ""


def _finished(form: Form) -> Form:
    """Return a form with the types that its values have, where it names none, and without null among its values."""
    types, values, null = form.types, form.values, form.null
    if values is not None and ("null", None) in values:
        null = True if null is None else null
        values = {key: value for key, value in values.items() if key != ("null", None)}
    if types is None and values:
        types = frozenset(str(key[0]) for key in values if isinstance(key, tuple))
    if types is None and (form.properties or form.additional):
        types = frozenset({"object"})
    if types is None and (form.items or form.prefix):
        types = frozenset({"array"})
    if null is None and types is not None:
        null = False
    return replace(form, types=types, values=values, null=null)


def _says_only(written: object, keywords: frozenset[str]) -> bool:
    return isinstance(written, Mapping) and written.keys() <= keywords


def _has_one_type(written: object) -> bool:
    named = mapping(written).get("type")
    return isinstance(named, str) and named in TYPES


def _has_values(written: object) -> bool:
    return bool(mapping(written).keys() & {"const", "enum"})


def _is_null(written: object) -> bool:
    return isinstance(written, Mapping) and (
        written.get("type", "") in ("null", ["null"], None)
        or ("const" in written and written["const"] is None)
        or written.get("enum") == [None]
    )
