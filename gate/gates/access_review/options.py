"""Options of the gate, and how their tables are read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, islice
from typing import Any

from gate.config.model import file_path
from gate.config.options import BadValue, did_you_mean, flag, one_of, option, percent, text
from gate.config.weaker import along, changed, lower, turned_off
from gate.gates.access_review.policy import POLICY_FILE

GATE_ID = "access-review"
_MOST_OF_EXAMPLES = 20_000
_DEEPEST_EXAMPLE = 32
_WAYS = ("command", "function", "headers")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}\Z")
_FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*\Z")
_SUCH_AS = 'such as { command = "python -m app.appoint $QUALITY_GATE_USERNAME" }'


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityHook:
    """How the configuration says that an identity is made: a command, a function of Python, or headers as given."""

    command: str = ""
    function: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def identities(value: object) -> Mapping[str, IdentityHook]:
    """Take how identities are made: a table a name (`user`, or a role), each with one way."""
    if not isinstance(value, Mapping):
        raise BadValue("not a table of identities", f"identities.user or a role, {_SUCH_AS}")
    return {_name(name): _hook(str(name), one) for name, one in value.items()}


def _name(name: object) -> str:
    if isinstance(name, str) and _NAME.match(name):
        return name
    raise BadValue(f"{str(name)[:80]!r} is no name of an identity", "user, or the name of a role, such as admin")


def _hook(name: str, value: object) -> IdentityHook:
    if not isinstance(value, Mapping) or not value:
        raise BadValue(f"{name} does not say how it is made", _SUCH_AS)
    for key in value:
        if key not in _WAYS:
            raise BadValue(f"{name} has {str(key)[:80]!r}", did_you_mean(str(key), _WAYS))
    command, named, headers = value.get("command", ""), value.get("function", ""), value.get("headers", {})
    if not isinstance(command, str) or not isinstance(named, str):
        raise BadValue(f"{name} has a command or a function that is no text", _SUCH_AS)
    if named and not _FUNCTION.match(named):
        raise BadValue(f"{name}: {named[:80]!r} is no function", '"package.module:function"')
    if not isinstance(headers, Mapping) or not all(isinstance(one, str) for one in headers.values()):
        raise BadValue(
            f"{name} has headers that are no table of texts", '{ headers = { Authorization = "Bearer $TOKEN" } }'
        )
    if sum(map(bool, (command, named, headers))) != 1:
        raise BadValue(f"{name} has several ways, or none", "one of command, function and headers")
    return IdentityHook(command=command, function=named, headers=tuple((str(k), v) for k, v in headers.items()))


def function(value: object) -> str:
    """Take a function of the project, `package.module:function`."""
    word = text(value)
    if not _FUNCTION.match(word):
        raise BadValue("not a function", '"package.module:function"')
    return word


def examples(value: object) -> Mapping[str, Any]:
    """Take bodies of requests by operation, and values of parameters by name."""
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value) and is_bounded(value):
        return dict(value)
    raise BadValue("not a table of examples", 'such as { "POST /tasks" = { title = "T {unique}" }, "country" = "CH" }')


def is_bounded(value: object) -> bool:
    """Tell what a request can carry: a few lines of YAML can refer to each other until the whole fits no memory."""
    level: list[object] = [value]
    seen = 0
    for _ in range(_DEEPEST_EXAMPLE):
        seen += len(level)
        if not level or seen > _MOST_OF_EXAMPLES:
            break
        texts = [one for one in level if isinstance(one, str)]
        if any(0xD800 <= ord(char) <= 0xDFFF for text in texts for char in text):
            return False
        inner = [one.values() if isinstance(one, Mapping) else one for one in level if isinstance(one, Mapping | list)]
        level = list(islice(chain.from_iterable(inner), _MOST_OF_EXAMPLES + 1))
    return not level


def target(value: object) -> str:
    """Take the URL of a service that runs already."""
    word = text(value)
    if re.fullmatch(r"https?://[^\s/]+(/\S*)?", word):
        return word
    raise BadValue("not a URL", "such as http://127.0.0.1:8000")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessReviewOptions:
    """Options of the gate."""

    policy: str = option(file_path, POLICY_FILE, "the file that says who each operation is for", weaker=changed)
    threshold: Fraction = option(
        percent, Fraction(80), "the least share of operations that must be exercised, in percent", weaker=lower
    )
    unbounded: str = option(
        one_of("notice", "warning", "error"),
        "warning",
        "how much an input without a bound weighs",
        weaker=along("notice", "warning", "error"),
    )
    identities: Mapping[str, IdentityHook] = field(
        default_factory=dict,
        metadata=option(identities, None, "how users and roles are made, where the service has no sign-up").metadata,
    )
    examples: Mapping[str, Any] = field(
        default_factory=dict, metadata=option(examples, None, "bodies and parameters that the service takes").metadata
    )
    target: str = option(
        target, "", "the URL of a service that runs already, on this machine, to be reviewed instead", weaker=changed
    )
    deep: bool = option(
        flag, False, "also fuzz the service with Schemathesis; what that finds are warnings", weaker=turned_off
    )
    anywhere: bool = option(
        flag, False, "the target, or a store of the service, may be on another machine: it is written to"
    )
