"""A value -> the bytes of a request's body, in the media type that an operation takes. Adds nothing to the value.

Formats: RFC 8259 (JSON), https://url.spec.whatwg.org/#application/x-www-form-urlencoded, RFC 7578 (multipart forms).
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

_FORM = "application/x-www-form-urlencoded"
_FILES = "multipart/form-data"
# RFC 9110, section 8.3.1. A document may write anything here, and a header's end must not be in it.
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}")


def encode(media_type: str, value: object) -> tuple[bytes, str]:
    """Return a body and its `Content-Type`. Bytes in `value` are files; what JSON cannot say becomes null."""
    bare = media_type.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(bare):
        bare = "application/octet-stream"
    if is_form(bare):
        pairs = list(_pairs(value))
        return (urlencode(pairs, errors="replace").encode(), _FORM) if bare == _FORM else _multipart(pairs)
    if bare == "application/json" or bare.endswith("+json"):
        return _json(value).encode(), bare
    plain = value if isinstance(value, bytes | str) else _json(value)
    return plain if isinstance(plain, bytes) else plain.encode(errors="replace"), bare


def is_form(media_type: str) -> bool:
    """Tell whether a body is a form, whose every value is a text."""
    return media_type.partition(";")[0].strip().lower() in (_FORM, _FILES)


def _json(value: object) -> str:
    try:
        return json.dumps(value, default=_text, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return "null"


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def _pairs(value: object) -> Iterator[tuple[str, str | bytes]]:
    """Return the fields of a form: those of lists one by one, objects as JSON, null not at all."""
    for name, inner in value.items() if isinstance(value, Mapping) else ():
        for one in inner if isinstance(inner, list | tuple) else (inner,):
            if isinstance(one, bytes | str):
                yield str(name), one
            elif one is not None:
                yield str(name), _json(one)


def _multipart(pairs: list[tuple[str, Any]]) -> tuple[bytes, str]:
    # The boundary is made from all that is sent, so none of it can hold it, and the same value is the same body.
    boundary = f"qg-{hashlib.sha256(repr(pairs).encode(errors='replace')).hexdigest()[:32]}"
    parts = []
    for name, value in pairs:
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted}"'
        if isinstance(value, bytes):
            head += '; filename="qg.txt"\r\nContent-Type: text/plain'
        content = value if isinstance(value, bytes) else value.encode(errors="replace")
        parts.append(head.encode(errors="replace") + b"\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"{_FILES}; boundary={boundary}"
