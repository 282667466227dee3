"""The steps of a session as a person writes them, in the configuration or as what a function returns. Pure."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote, urlencode

from gate.config.options import BadValue
from gate.domain.http_message import Headers
from gate.formats import UnreadableError
from gate.formats.json_place import parse_place
from gate.formats.request_template import parse_template
from gate.gates.access_review.caller import Credentials
from gate.gates.access_review.options import is_bounded
from gate.gates.latency.session_texts import escaped, form_template, json_template
from gate.load_ports import LoadStep

MOST_STEPS = 200
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_KEYS = ("request", "name", "headers", "json", "form", "body", "extract", "expect", "anonymous")
_BODIES = ("json", "form", "body")
_SUCH_AS = 'such as { request = "GET /tasks/{task}" }'
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\Z")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
# Written as they are in a target, or percent-encoded already; braces are the template's.
_IN_TARGETS = "/?&=%:;,+@!$'()*~[]{}"
_LONGEST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStep:
    """A step as it was written; its texts are templates. `operation` is "" where no name was given.

    `anonymous`: without the credentials of the user who plays it.
    """

    method: str
    target: str
    operation: str = ""
    headers: Headers = ()
    body: str = ""
    extract: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = ()
    anonymous: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the values that it needs."""
        texts = (self.target, self.body, *(value for _, value in self.headers))
        return tuple(sorted({name for text in texts for name in parse_template(text).names}))

    def as_load(self, operation: str, credentials: Credentials) -> LoadStep:
        """Return the step as somebody with these credentials plays it; its own headers go first."""
        own = {name.lower() for name, _ in self.headers}
        shown = () if self.anonymous else tuple((n, escaped(v)) for n, v in credentials.headers if n.lower() not in own)
        target = self.target
        if credentials.query and not self.anonymous:
            target += ("&" if "?" in target else "?") + escaped(urlencode(credentials.query, errors="replace"))
        return LoadStep(
            operation=operation,
            method=self.method,
            target=target,
            headers=(*self.headers, *shown),
            body=self.body,
            extract=self.extract,
            expected=self.expected,
        )


def parse_steps(value: object) -> tuple[SessionStep, ...]:
    """Take a list of steps.

    Raises:
        BadValue: with all mistakes, and what to write instead of each.
    """
    if not isinstance(value, list | tuple) or not value:
        raise BadValue("not a list of steps", f"a list, [{_SUCH_AS.removeprefix('such as ')}]")
    if len(value) > MOST_STEPS or not is_bounded(list(value)):
        raise BadValue("has too many steps, or is too large", f"at most {MOST_STEPS} steps")
    steps, mistakes = [], []
    for number, one in enumerate(value, 1):
        found: list[BadValue] = []
        steps.append(_step(one, found))
        mistakes += [(f"step {number}{_called(one)} {bad.message}", bad.instead) for bad in found]
    if mistakes:
        raise BadValue("; ".join(one for one, _ in mistakes), "; ".join(dict.fromkeys(one for _, one in mistakes)))
    return tuple(step for step in steps if step is not None)


def _called(value: object) -> str:
    request = value.get("request") if isinstance(value, Mapping) else value
    return f" ({request[:80]})" if isinstance(request, str) else ""


def _step(value: object, mistakes: list[BadValue]) -> SessionStep | None:
    """Read a step, noting what is wrong with it; None where nothing is right."""
    if isinstance(value, str):
        value = {"request": value}
    if not isinstance(value, Mapping):
        mistakes.append(BadValue("is no step", _SUCH_AS))
        return None
    for key in value:
        if key not in _KEYS:
            near = get_close_matches(str(key), _KEYS, n=1)
            mistakes.append(BadValue(f"has {str(key)[:80]!r}", repr(near[0]) if near else f"one of {', '.join(_KEYS)}"))
    method, target = _request(value.get("request"), mistakes)
    headers = _headers(value.get("headers", {}), mistakes)
    media_type, body = _body(value, mistakes)
    if body and not any(name.lower() == "content-type" for name, _ in headers) and media_type:
        headers = (*headers, ("Content-Type", media_type))
    for text in (target, body, *(text for _, text in headers)):
        try:
            parse_template(text)
        except UnreadableError as error:
            mistakes.append(BadValue(f"has braces that name nothing: {error}", "{name}, or {{ and }} for braces"))
    return SessionStep(
        method=method,
        target=target,
        operation=_operation(value.get("name", ""), mistakes),
        headers=headers,
        body=body,
        extract=_extract(value.get("extract", {}), mistakes),
        expected=_expected(value.get("expect", []), mistakes),
        anonymous=_flag(value.get("anonymous", False), mistakes),
    )


def _request(value: object, mistakes: list[BadValue]) -> tuple[str, str]:
    method, _, target = value.strip().partition(" ") if isinstance(value, str) else ("", "", "")
    target = target.strip()
    if method not in METHODS:
        mistakes.append(
            BadValue("does not begin with a method", f'request = "GET /tasks", one of {", ".join(METHODS)}')
        )
    elif not target.startswith("/") or not target.isprintable() or len(target) > _LONGEST:
        mistakes.append(BadValue("does not go on with a path", 'a path of the service: request = "GET /tasks"'))
    return method, quote(target, safe=_IN_TARGETS)


def _headers(value: object, mistakes: list[BadValue]) -> Headers:
    if not isinstance(value, Mapping):
        mistakes.append(BadValue("has headers that are no table", 'headers = { Accept = "text/csv" }'))
        return ()
    bad = [
        str(name)[:80]
        for name, text in value.items()
        if not isinstance(name, str) or not _HEADER.match(name) or not isinstance(text, str) or not text.isprintable()
    ]
    if bad:
        mistakes.append(BadValue(f"has a header {bad[0]!r} that is none", 'headers = { Accept = "text/csv" }'))
        return ()
    return tuple((str(name), str(text)) for name, text in value.items())


def _body(value: Mapping[Any, Any], mistakes: list[BadValue]) -> tuple[str, str]:
    """Return media type and text of the body, as a template."""
    given = [key for key in _BODIES if key in value]
    if len(given) > 1:
        mistakes.append(BadValue(f"has {' and '.join(given)}", "one of json, form and body"))
    if not given:
        return "", ""
    content = value[given[0]]
    if given[0] == "json":
        return _json(content, mistakes)
    if given[0] == "form":
        if isinstance(content, Mapping) and all(isinstance(one, str | int | float) for one in content.values()):
            # What is no text, such as half of a surrogate pair, or a number of thousands of digits.
            with suppress(ValueError):
                return "application/x-www-form-urlencoded", form_template({str(k): str(v) for k, v in content.items()})
        mistakes.append(BadValue("has a form that is no table of texts", 'form = { username = "{username}" }'))
        return "", ""
    if isinstance(content, str):
        return "", content
    mistakes.append(BadValue("has a body that is no text", 'body = "…", or json = { title = "T {unique}" }'))
    return "", ""


def _json(content: object, mistakes: list[BadValue]) -> tuple[str, str]:
    try:
        return "application/json", json_template(content)
    except (TypeError, ValueError, RecursionError):
        # Such as a date, which TOML and YAML have.
        mistakes.append(
            BadValue("has json with a value that JSON lacks", "texts, numbers, lists, tables, true and false")
        )
        return "", ""


def _operation(value: object, mistakes: list[BadValue]) -> str:
    if isinstance(value, str) and len(value) <= 200 and value.isprintable():
        return value.strip()
    mistakes.append(BadValue("has a name that is no line of text", 'name = "GET /tasks/{task_id}"'))
    return ""


def _extract(value: object, mistakes: list[BadValue]) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        mistakes.append(BadValue("has extract that is no table", 'extract = { task = "items[0].id" }'))
        return {}
    for name, place in value.items():
        if not isinstance(name, str) or not _NAME.match(name):
            mistakes.append(BadValue(f"extracts {str(name)[:80]!r}, which is no name", "letters, digits and _"))
            return {}
        try:
            parse_place(place if isinstance(place, str) else "]")
        except UnreadableError:
            mistakes.append(BadValue(f"extracts {name} from no place", f'extract = {{ {name} = "items[0].id" }}'))
            return {}
    return dict(value)


def _expected(value: object, mistakes: list[BadValue]) -> tuple[int, ...]:
    wanted = value if isinstance(value, list | tuple) else [value]
    if all(isinstance(one, int) and not isinstance(one, bool) and 100 <= one <= 599 for one in wanted):
        return tuple(wanted)
    mistakes.append(BadValue("expects what is no status", "expect = [404]"))
    return ()


def _flag(value: object, mistakes: list[BadValue]) -> bool:
    if not isinstance(value, bool):
        mistakes.append(BadValue("has anonymous that is neither true nor false", "anonymous = true"))
    return value is True


def unknown_names(before: Iterable[SessionStep], steps: Iterable[SessionStep], given: Iterable[str]) -> list[str]:
    """Say of each step which values nothing gives: neither a step before it, nor the gate."""
    known = set(given)
    told = []
    for step in (*before, *steps):
        if missing := [name for name in step.names if name not in known]:
            near = get_close_matches(missing[0], sorted(known), n=1)
            instead = f"did you mean {{{near[0]}}}?" if near else f"known are {', '.join(sorted(known))}"
            told.append(f"{step.method} {step.target}: nothing before it gives {{{missing[0]}}}: {instead}")
        known.update(step.extract)
    return told
