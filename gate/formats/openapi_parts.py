"""The smaller parts of an OpenAPI document: its text, its examples, its media types, its servers.

Formats: https://spec.openapis.org/oas/v3.1.1.html#media-type-object and #server-object there.
"""

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from gate.formats import UnreadableError
from gate.formats.openapi_schema import entries, followed, mapping, plain
from gate.formats.yaml_document import parse_typed

_MOST_CHARACTERS = 10 * 1024 * 1024
_MOST = 200
_LONGEST_TEXT = 1_000
# Half of a surrogate pair is no character: nobody could send it.
_HALF_PAIR = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


def parse_root(text: str) -> Mapping[str, Any]:
    """Parse JSON or YAML whose top is a mapping.

    Raises:
        UnreadableError: it is neither, too deep, or longer than 10 MB.
    """
    if len(text) > _MOST_CHARACTERS:
        raise UnreadableError(f"it is longer than {_MOST_CHARACTERS:,} characters")
    text = text.encode(errors="replace").decode()
    if text.lstrip().startswith("{"):
        try:
            root = json.loads(_HALF_PAIR.sub(r"\\ufffd", text), parse_constant=lambda _: None)
        except ValueError:
            root = None
        except RecursionError:
            raise UnreadableError("its parts lie too deep in each other") from None
        if isinstance(root, dict):
            return root
    documents = parse_typed(text, longest=_MOST_CHARACTERS)
    if not documents:
        raise UnreadableError("it is neither a JSON object nor a YAML mapping")
    return documents[0]


def effort(media_type: str) -> int:
    """Return how far a media type stands behind the easiest one."""
    name = media_type.partition(";")[0].strip().lower()
    easy = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    if name in easy:
        return (0, 2, 3)[easy.index(name)]
    return 1 if name.endswith("+json") or name in ("*/*", "application/*") else 4


def example_of(root: Mapping[str, Any], written: Mapping[str, Any]) -> Any:  # noqa: ANN401 - it may be anything
    """Return the first example of a parameter or of a media type, None where there is none."""
    if "example" in written:
        return plain(written["example"])
    return plain(next((followed(root, one).get("value") for one in mapping(written.get("examples")).values()), None))


def base_path(root: Mapping[str, Any]) -> str:
    """Return the path of the first server's URL, without a slash at its end; "" where it adds nothing."""
    server = mapping(next(iter(entries(root.get("servers"))), None))
    url = text_of(server.get("url"))
    for name, variable in islice(mapping(server.get("variables")).items(), _MOST):
        # A default may name its own variable, so the text is cut each time.
        url = url.replace(f"{{{name}}}", text_of(mapping(variable).get("default")))[:_LONGEST_TEXT]
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    path = path.rstrip("/")
    return path if path.startswith("/") or not path else f"/{path}"


def text_of(value: object) -> str:
    """Return a text, cut where nobody reads on; "" for anything else."""
    return value[:_LONGEST_TEXT] if isinstance(value, str) else ""
