"""What the keywords of one schema say by themselves, in 3.0 and in 3.1. Follows no reference, joins nothing.

Formats: https://spec.openapis.org/oas/v3.0.4.html#schema-object and
https://json-schema.org/draft/2020-12/json-schema-validation
"""

from collections.abc import Mapping
from typing import Any

from gate.api_changes.schema_form import Form, Part
from gate.formats.openapi_schema import entries, mapping, number, plain

TYPES = frozenset({"object", "array", "string", "integer", "number", "boolean"})
_COUNTS = {
    "maxLength": "max-length",
    "minLength": "min-length",
    "maxItems": "max-items",
    "minItems": "min-items",
    "maxProperties": "max-properties",
    "minProperties": "min-properties",
    "maxContains": "max-contains",
    "minContains": "min-contains",
}
_INNER = {
    "not": "not",
    "if": "if",
    "then": "then",
    "else": "else",
    "contains": "contains",
    "propertyNames": "property-names",
    "unevaluatedItems": "unevaluated-items",
    "unevaluatedProperties": "unevaluated-properties",
    "contentSchema": "content-schema",
}
_FAMILIES = {"patternProperties": "pattern-property", "dependentSchemas": "dependent-schema"}
# What 3.0 says as a format, 3.1 says by the content (https://spec.openapis.org/oas/v3.1.1.html#binary-streams).
_CONTENT_FORMATS = {"binary": ("application/octet-stream", ""), "byte": ("", "base64")}
_LONGEST = 200


def written_form(written: Mapping[str, Any], pointer: str) -> Form:
    """Return what a schema says, but for its references and compositions."""
    types, null = _types(written.get("type"))
    values = _values(written)
    kind, media_type, encoding = _format(written)
    additional = written.get("additionalProperties")
    tag, tags = _discriminator(written.get("discriminator"))
    return Form(
        types=types,
        null=null,
        format=kind,
        values=values,
        constant="const" in written,
        extensible=frozenset(_names(written.get("x-extensible-enum"))),
        bounds=_bounds(written),
        multiple=number(written.get("multipleOf")) or None,
        unique=written.get("uniqueItems") is True,
        patterns=frozenset(filter(None, [written.get("pattern")] if isinstance(written.get("pattern"), str) else [])),
        media_type=media_type,
        encoding=encoding,
        properties=_parts(written.get("properties"), f"{pointer}/properties"),
        required=frozenset(_names(written.get("required"))),
        additional=_part(additional, f"{pointer}/additionalProperties"),
        closed=additional is False,
        items=_part(written.get("items"), f"{pointer}/items", nothing=True),
        prefix=_prefix(written, pointer),
        inner=_inner(written, pointer),
        families={
            name: _parts(written[keyword], f"{pointer}/{keyword}")
            for keyword, name in _FAMILIES.items()
            if keyword in written
        },
        dependents={
            name: frozenset(_names(one))
            for name, one in mapping(written.get("dependentRequired")).items()
            if isinstance(name, str)
        },
        default=shown(written["default"]) if "default" in written else None,
        tag=tag,
        tags=tags,
        read_only=written.get("readOnly") is True,
        write_only=written.get("writeOnly") is True,
        deprecated=written.get("deprecated") is True,
    )


def _format(written: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the format, the media type and the encoding of a text."""
    media_type, encoding = _text(written.get("contentMediaType")), _text(written.get("contentEncoding"))
    kind = _text(written.get("format"))
    if kind not in _CONTENT_FORMATS:
        return kind, media_type, encoding
    return "", media_type or _CONTENT_FORMATS[kind][0], encoding or _CONTENT_FORMATS[kind][1]


def _discriminator(written: object) -> tuple[str, Mapping[str, str]]:
    """Return the property that tells variants apart, and the names of their schemas by its values."""
    # Swagger 2.0 has its name only.
    told = {"propertyName": written} if isinstance(written, str) else mapping(written)
    return _text(told.get("propertyName")), {
        name: target.rpartition("/")[2]
        for name, target in mapping(told.get("mapping")).items()
        if isinstance(name, str) and isinstance(target, str)
    }


def _inner(written: Mapping[str, Any], pointer: str) -> Mapping[str, Part]:
    parts = {
        name: _part(written.get(keyword), f"{pointer}/{keyword}", nothing=True) for keyword, name in _INNER.items()
    }
    return {name: part for name, part in parts.items() if part}


def shown(value: object) -> str:
    """Return a value of the document as it stands in a sentence, cut where nobody reads on."""
    value = plain(value)
    text = f"'{value}'" if isinstance(value, str) else _words(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _words(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return "a number" if isinstance(value, int) and number(value) is None else str(value)


def _types(written: object) -> tuple[frozenset[str] | None, bool | None]:
    """Return the types of a schema, and whether null is one of them; None and None where it names none."""
    listed = [written] if isinstance(written, str) else entries(written)
    # YAML reads a `null` without quotes as no text; in a list it can mean nothing else than the type.
    named = {"null" if one is None else one for one in listed if isinstance(one, str | None)}
    if not named & (TYPES | {"null"}):
        return None, None
    return frozenset(named & TYPES), "null" in named


def _values(written: Mapping[str, Any]) -> Mapping[object, object] | None:
    if "const" in written:
        return {_key(plain(written["const"])): written["const"]}
    listed = written.get("enum")
    return {_key(plain(one)): one for one in listed} if isinstance(listed, list | tuple) and listed else None


def _key(value: object) -> object:
    """Return what makes two values the same in JSON: the type, and the value without an order of keys."""
    if isinstance(value, bool) or value is None:
        return ("null" if value is None else "boolean", value)
    if isinstance(value, int | float):
        whole = not isinstance(value, float) or value.is_integer()
        return ("integer" if whole else "number", int(value) if whole else value)
    if isinstance(value, Mapping):
        return ("object", frozenset((str(name), _key(one)) for name, one in value.items()))
    if isinstance(value, list | tuple):
        return ("array", tuple(_key(one) for one in value))
    # A date of YAML, such as `2024-01-01`, is a text in JSON.
    return ("string", str(value))


def _bounds(written: Mapping[str, Any]) -> Mapping[str, int | float]:
    found: dict[str, int | float] = {}
    for keyword, name in _COUNTS.items():
        value = number(written.get(keyword))
        if value is not None:
            found[name] = value
    for end in ("min", "max"):
        value, beyond = number(written.get(f"{end}imum")), written.get(f"exclusive{end.title()}imum")
        if value is not None:
            # In 3.0 `exclusiveMinimum: true` says that `minimum` itself is out.
            found[f"exclusive-{end}" if beyond is True else end] = value
        if (own := number(beyond)) is not None:
            found[f"exclusive-{end}"] = own
    return found


def _part(written: object, pointer: str, *, nothing: bool = False) -> Part | None:
    """Return a schema within this one; None where it says nothing, `false` a schema where `nothing` has a meaning."""
    if (isinstance(written, Mapping) and written) or (nothing and written is False):
        return Part(written=written, pointer=pointer)
    return None


def _parts(written: object, pointer: str) -> Mapping[str, Part]:
    return {
        name: Part(written=one, pointer=f"{pointer}/{escaped(name)}")
        for name, one in mapping(written).items()
        if isinstance(name, str)
    }


def _prefix(written: Mapping[str, Any], pointer: str) -> tuple[Part, ...]:
    """Return the schemas of first entries; before 2020-12 a list of `items` said what `prefixItems` says."""
    keyword = "prefixItems" if "prefixItems" in written else "items"
    listed = entries(written.get(keyword))[:_LONGEST]
    return tuple(Part(written=one, pointer=f"{pointer}/{keyword}/{index}") for index, one in enumerate(listed))


def escaped(name: str) -> str:
    """Return a name as it stands in a JSON pointer (https://www.rfc-editor.org/rfc/rfc6901), cut where it is long."""
    return name[:_LONGEST].replace("~", "~0").replace("/", "~1")


def _names(written: object) -> list[str]:
    return [one for one in entries(written) if isinstance(one, str)]


def _text(written: object) -> str:
    return written[:_LONGEST] if isinstance(written, str) else ""
