"""Texts of a session's requests, written as the templates that `gate.formats.request_template` reads. Pure."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus


def escaped(text: str) -> str:
    """Return a template that means a text as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def json_template(value: Any) -> str:  # noqa: ANN401 - whatever JSON has
    """Return JSON as a template: its texts and names may have `{name}`, its own braces are doubled.

    Raises:
        TypeError, ValueError, RecursionError: it holds what JSON has not.
    """
    if isinstance(value, Mapping):
        members = (f"{json_template(str(name))}:{json_template(inner)}" for name, inner in value.items())
        return "{{" + ",".join(members) + "}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(json_template, value))}]"
    return json.dumps(value, allow_nan=False)


def form_template(fields: Mapping[str, str]) -> str:
    """Return a form, `a=1&b={name}`, whose texts may have `{name}`."""
    return "&".join(f"{_form_text(name)}={_form_text(value)}" for name, value in fields.items())


def _form_text(text: str) -> str:
    return quote_plus(text, safe="{}")
