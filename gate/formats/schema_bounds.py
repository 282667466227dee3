"""What a caller may send without any bound, as the document has it. Sends nothing.

No bound is asked for where a value has one by its nature: enumerations, constants, files (a server bounds those by
their size), texts in paths and headers (a server bounds these as a whole), and the formats in `BOUND_BY_NATURE`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gate.formats.openapi_document import Document, Operation
from gate.formats.openapi_schema import Schema, count, entries, kind_of, mapping
from gate.formats.schema_fit import limits
from gate.formats.schema_pattern import longest_match

BOUND_BY_NATURE = frozenset(
    {
        *("uuid", "uuid1", "uuid3", "uuid4", "uuid5", "date", "date-time", "time", "duration"),
        *("ipv4", "ipv6", "ipvanyaddress", "ipv4network", "ipv6network", "ipvanynetwork", "ipvanyinterface", "color"),
        # RFC 5321 allows 254 characters, and whoever reads the format at all refuses more.
        *("email", "idn-email", "hostname", "idn-hostname"),
        "binary",
    }
)
"""Formats that no long text has; an e-mail address and a host name are bounded by their own standards."""
_PAGE_SIZES = re.compile(r"(page|per|max)?[_-]?(limit|size|count|first|take|per[_-]?page|max[_-]?results|page\[size\])")
_PASSWORD_FLOW = frozenset({"grant_type", "username", "password", "scope", "client_id", "client_secret"})
_MOST_SCHEMAS = 2_000
_MOST_FOUND = 200
_DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbounded:
    """A place without a bound. `place`: `body.items[].name` or `query.limit`.

    `kind`: `string` without a longest length, `array` without a most, `number` without a largest, or `page-size`.
    """

    place: str
    kind: str


def unbounded(document: Document, operation: Operation) -> tuple[Unbounded, ...]:
    """Return what a caller may send to an operation without a bound, in the document's order, each place once.

    The fields of FastAPI's own form for OAuth2's password flow are left out: nobody can bound them.
    """
    walk = _Walk(document=document)
    found: dict[Unbounded, None] = {}
    for one in _all_of(walk, operation):
        found[one] = None
        if len(found) >= _MOST_FOUND:
            break
    return tuple(found)


def is_page_size(name: str) -> bool:
    """Tell whether a query parameter says how many entries an answer has."""
    return len(name) < 40 and bool(_PAGE_SIZES.fullmatch(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()))


def is_password_form(document: Document, schema: object) -> bool:
    """Tell FastAPI's own form for OAuth2's password flow, by its title and its very fields."""
    title = document.variant(schema).get("title")
    fields = document.properties(schema)
    if not isinstance(title, str) or not title.startswith("Body_") or fields.keys() != _PASSWORD_FLOW:
        return False
    return "pattern" in document.variant(fields["grant_type"])


def _all_of(walk: "_Walk", operation: Operation) -> Iterator[Unbounded]:
    for parameter in operation.parameters:
        if parameter.location == "query":
            for one in walk.of(parameter.schema, f"query.{parameter.name}", 0):
                is_size = one.kind == "number" and is_page_size(parameter.name)
                yield Unbounded(place=one.place, kind="page-size") if is_size else one
    if operation.body is not None and not is_password_form(walk.document, operation.body.schema):
        yield from walk.of(operation.body.schema, "body", 0)


@dataclass(slots=True, kw_only=True)
class _Walk:
    """A walk through all that an operation takes; `left` is how many schemas it may still look at."""

    document: Document
    left: int = _MOST_SCHEMAS
    above: list[int] = field(default_factory=list)

    def of(self, schema: object, place: str, depth: int) -> Iterator[Unbounded]:
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            return
        found = self.document.variants(schema)
        kinds = {kind_of(one) for one in found}
        for one in found:
            kind = kind_of(one)
            if one.get("readOnly") is True or "const" in one or entries(one.get("enum")):
                continue
            if kind == "string" and not _is_bounded(one) and not kinds & {"number", "integer"}:
                # Beside a number a text is that number written out, as pydantic has it for decimals.
                yield Unbounded(place=place, kind="string")
            elif kind in ("integer", "number") and limits(one)[1] is None:
                yield Unbounded(place=place, kind="number")
            elif kind == "array":
                if count(one, "maxItems") is None and "items" in one:
                    yield Unbounded(place=place, kind="array")
                yield from self.of(one.get("items"), f"{place}[]", depth + 1)
            elif kind == "object":
                yield from self._inside(one, place, depth)

    def _inside(self, schema: Schema, place: str, depth: int) -> Iterator[Unbounded]:
        properties = mapping(schema.get("properties"))
        if id(properties) in self.above:
            # An object that holds its own kind: what is said of the outer one is said of it.
            return
        self.above.append(id(properties))
        for name, inner in properties.items():
            yield from self.of(inner, f"{place}.{name}", depth + 1)
        self.above.pop()
        more = schema.get("additionalProperties")
        if isinstance(more, Mapping) and more:
            yield from self.of(more, f"{place}.*", depth + 1)


def _is_bounded(schema: Schema) -> bool:
    return (
        count(schema, "maxLength") is not None
        or schema.get("format") in tuple(BOUND_BY_NATURE)
        or "contentMediaType" in schema
        or longest_match(schema.get("pattern")) is not None
    )
