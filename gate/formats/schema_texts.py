"""A text that a schema lets through, and by which it is known again. Made from formats, names, patterns and examples.

Names of formats: https://spec.openapis.org/registry/format/ and those that pydantic writes beside them.
"""

import base64
import hashlib
import re
import uuid
from collections.abc import Iterator

from gate.formats.openapi_schema import Schema, count, entries, plain
from gate.formats.schema_fit import fits
from gate.formats.schema_pattern import matches, text_matching

_LONGEST = 10_000
_LONGEST_LABEL = 20
_DAY = "2031-05-17"
_MOMENT = "2031-05-17T10:20:30Z"
# What two texts of this kind may have in common, so that an example of the document is as good or better.
_FIXED = {
    "date": _DAY,
    "date-time": _MOMENT,
    "time": "10:20:30Z",
    "duration": "PT1H",
    "ipv4": "192.0.2.10",
    "ipv6": "2001:db8::10",
    "ipvanyaddress": "192.0.2.10",
    "ipv4network": "192.0.2.0/24",
    "ipv6network": "2001:db8::/64",
    "ipvanynetwork": "192.0.2.0/24",
    "json-string": "{}",
    "decimal": "1",
    "color": "#336699",
    "regex": "a",
    "json-pointer": "",
}
_ADDRESSES = ("uri", "url", "iri", "uri-reference", "iri-reference")
# A word of a name, and what such a text is; the first that a name holds tells. Names of the first kind are one's own.
_NAMED = {
    "email": "email",
    "mail": "email",
    "password": "password",
    "passwd": "password",
    "pwd": "password",
    "passphrase": "password",
    "username": "username",
    "login": "username",
    "nickname": "username",
    "handle": "username",
    "slug": "slug",
    "phone": "phone",
    "mobile": "phone",
    "telephone": "phone",
    "url": "uri",
    "uri": "uri",
    "href": "uri",
    "website": "uri",
    "homepage": "uri",
    "webhook": "uri",
    "uuid": "uuid",
    "guid": "uuid",
    "hostname": "hostname",
    "domain": "hostname",
    "filename": "filename",
    "country": "country",
    "currency": "currency",
    "language": "language",
    "locale": "language",
    "lang": "language",
    "timezone": "timezone",
    "tz": "timezone",
    "zip": "zip",
    "zipcode": "zip",
    "postcode": "zip",
    "postal": "zip",
    "ip": "ipv4",
    "color": "color",
    "colour": "color",
    "birthday": "birth",
    "birthdate": "birth",
    "dob": "birth",
    "datetime": "date-time",
    "timestamp": "date-time",
    "deadline": "date-time",
    "date": "date",
    "price": "decimal",
    "amount": "decimal",
    "year": "year",
}
_NAMED_FIXED = {
    **_FIXED,
    "country": ("US", "USA"),
    "currency": ("USD",),
    "language": ("en", "en-US"),
    "timezone": ("UTC",),
    "zip": ("10115",),
    "birth": ("1990-05-17",),
    "year": ("2030",),
}
# An example of such a form says more of what is expected than any sentence could.
_FORMAL = re.compile(
    r"[+#(]?\d[\d\s./:()+TZ-]*|#[0-9a-fA-F]{3,8}|[a-z]+://\S+|[A-Z]{2,5}|[0-9a-fA-F-]{32,36}|\{.*\}|\[.*\]"
)


def text_for(schema: Schema, *, name: str, unique: str) -> str | bytes:
    """Return a text for a variant of type string; `unique` is in it unless bounds, a format or a pattern forbid it.

    Bytes stand for a file. A text that fits may not be found: then one comes back that fits as nearly as possible.
    """
    word = re.sub(r"[^A-Za-z0-9]", "", unique) or "qg"
    if schema.get("format") == "binary" or "contentMediaType" in schema:
        return f"qg {word}\n".encode()
    shortest = min(count(schema, "minLength") or 0, _LONGEST)
    limit = count(schema, "maxLength")
    longest = _LONGEST if limit is None else limit
    pattern = schema.get("pattern")
    for text in _candidates(schema, name, word):
        if fits(schema, text) and (pattern is None or matches(pattern, text)):
            return text
    if pattern is not None:
        made = text_matching(pattern, unique=word.lower(), shortest=shortest, longest=longest)
        known = made if made is not None else next((one for one in examples(schema) if fits(schema, one)), None)
        if isinstance(known, str):
            return known
    return (word if len(word) >= shortest else word.ljust(shortest, "x"))[-longest:] if longest else ""


def examples(schema: Schema) -> tuple[object, ...]:
    """Return what a schema itself gives for example: `example`, the first of `examples`, `default`."""
    listed = entries(schema.get("examples"))[:1]
    given = [schema[one] for one in ("example",) if one in schema]
    return tuple(plain(one) for one in (*given, *listed, *([schema["default"]] if "default" in schema else [])))


def _candidates(schema: Schema, name: str, word: str) -> Iterator[str]:
    written = schema.get("format")
    kind = written if isinstance(written, str) and written else _named(name)
    shown = [one for one in examples(schema) if isinstance(one, str) and len(one) <= _LONGEST]
    if kind == "byte" or schema.get("contentEncoding") in ("base64", "base64url"):
        yield base64.b64encode(f"qg {word} ".encode()).decode()
    made = tuple(_made(kind, word))
    yield from made
    if not made and kind in _NAMED_FIXED:
        yield from shown
        fixed = _NAMED_FIXED[kind]
        yield from (fixed,) if isinstance(fixed, str) else fixed
    yield from (one for one in shown if _FORMAL.fullmatch(one[:200]))
    label = re.sub(r"[^a-z0-9]+", " ", name.lower())[:_LONGEST_LABEL].strip()
    free = (f"qg {label} {word}" if label else "", f"qg {word}", f"qg{word}", word, word.lower(), word.upper())
    least = min(count(schema, "minLength") or 0, _LONGEST)
    for text in free:
        if text:
            yield text.ljust(least, "x")
    yield f"Qg1!{word}aA"


def _named(name: str) -> str:
    """Return what a field's name says of it, "" where it says nothing that is known."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name[:200]).lower()
    parts = [part for part in re.split(r"[^a-z0-9]+", words) if part]
    if parts[-2:] in (["user", "name"], ["login", "name"]):
        return "username"
    if parts[-2:] in (["file", "name"], ["time", "zone"]):
        return {"file": "filename", "time": "timezone"}[parts[-2]]
    if len(parts) > 1 and parts[-1] == "at":
        return "date-time"
    if "birth" in parts:
        # Nobody is born in the future.
        return "birth"
    return next((_NAMED[part] for part in reversed(parts) if part in _NAMED), "")


def _made(kind: str, word: str) -> Iterator[str]:
    """Return texts of a kind that are one's own: nobody else has them who has another `word`."""
    low = word.lower()
    digits = f"{int(hashlib.sha256(word.encode()).hexdigest(), 16) % 10_000:04}"
    if kind in ("email", "idn-email"):
        yield from (f"qg-{low}@example.com", f"{low}@example.com", f"{low[-8:]}@example.com")
    elif kind == "password":
        yield from (f"Qg1!{word}aA", f"Qg1!{word[-2:]}aA", f"Qg1!{word}aA".ljust(32, "x"))
    elif kind == "username":
        yield from (f"qg{low}", low, low[-6:])
    elif kind == "slug":
        yield from (f"qg-{low}", low)
    elif kind == "phone":
        yield from (f"+1415555{digits}", f"415555{digits}")
    elif kind in _ADDRESSES:
        yield from (f"https://example.com/qg-{low}", "https://example.com/")
    elif kind.startswith("uuid"):
        yield str(uuid.UUID(bytes=hashlib.sha256(word.encode()).digest()[:16], version=4))
    elif kind in ("hostname", "idn-hostname"):
        yield f"qg-{low}.example.com"
    elif kind in ("filename", "path", "file-path"):
        yield f"qg-{low}.txt"
