"""How an option is declared beside its gate, and how its text or TOML value becomes a typed one.

A gate declares a frozen dataclass whose fields are made by `option(...)`. The same kinds serve the
top-level keys. Every parser raises `BadValue` with what to write instead, and nothing else.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from gate.config.weaker import Weaker
from gate.domain.weakening import WeakeningKind


class BadValue(ValueError):
    """A value that an option does not take: what is wrong, and what to write instead."""

    def __init__(self, message: str, instead: str) -> None:
        super().__init__(message)
        self.message = message
        self.instead = instead


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSpec:
    """An option as it was declared: `parse` takes a TOML or YAML value, or the text of a command line.

    `weaker` tells when another value weakens the gate, and `weakens` of what kind that is; without it, no value does.
    `only_judges`: with another value the same is measured and found, and only what follows from that differs.
    """

    parse: Callable[[Any], Any]
    help: str
    weaker: Weaker | None = None
    weakens: WeakeningKind = WeakeningKind.CONFIGURATION
    only_judges: bool = False


def option(
    parse: Callable[[Any], object],
    default: object,
    help_text: str,
    *,
    weaker: Weaker | None = None,
    weakens: WeakeningKind = WeakeningKind.CONFIGURATION,
    only_judges: bool = False,
) -> Any:  # noqa: ANN401
    """Declare an option as a dataclass field; the field's annotation gives its type."""
    spec = OptionSpec(parse=parse, help=help_text, weaker=weaker, weakens=weakens, only_judges=only_judges)
    return field(default=default, metadata={"option": spec})


def specs_of(options_type: type) -> dict[str, OptionSpec]:
    """Return the declared options of a dataclass by their kebab-case names."""
    return {f.name.replace("_", "-"): f.metadata["option"] for f in fields(options_type) if "option" in f.metadata}


def digest_of(options: Any) -> str:  # noqa: ANN401 - a dataclass of any gate's
    """Return what is the same where the same is measured and found: 32 hex digits.

    An option that is left alone counts for nothing, so that a version which has more of them than another comes to the
    same; one that only judges neither. What has no options at all has no digest.
    """
    if not is_dataclass(options):
        return ""
    values = [(f.name, getattr(options, f.name), f) for f in fields(options) if not _only_judges(f)]
    told = sorted((name, repr(value)) for name, value, f in values if value != _default_of(f))
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _only_judges(declared: Field[Any]) -> bool:
    spec = declared.metadata.get("option")
    return isinstance(spec, OptionSpec) and spec.only_judges


def _default_of(declared: Field[Any]) -> object:
    return declared.default if declared.default_factory is MISSING else declared.default_factory()


def text(value: object) -> str:
    """Take any non-empty line of text."""
    if not isinstance(value, str):
        raise BadValue("not a text", 'a text in quotes, such as "auto"')
    if not value.strip():
        raise BadValue("is empty", "leave it out, or give it a text")
    if "\0" in value:
        raise BadValue("has a NUL character", "the text without it")
    return value.strip()


def flag(value: object) -> bool:
    """Take true or false, also as text, as an action input gives it."""
    words = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in words:
        return words[value.strip().lower()]
    raise BadValue("not true or false", "true or false")


def seconds(value: object) -> int:
    """Take a whole number of seconds from 1 to one day."""
    number = _whole(value)
    if number is None or not 1 <= number <= 86_400:
        raise BadValue("not a number of seconds from 1 to 86400", "a whole number, such as 1800")
    return number


def whole(least: int, most: int, what: str) -> Callable[[object], int]:
    """Take a whole number of `what` in bounds."""

    def parse(value: object) -> int:
        number = _whole(value)
        if number is None or not least <= number <= most:
            raise BadValue(f"not a number of {what} from {least} to {most}", f"a whole number, such as {least + 1}")
        return number

    return parse


def percent(value: object) -> Fraction:
    """Take a percentage from 0 to 100, decimals included, exactly."""
    number: Fraction | None = None
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = Fraction(str(value).strip().removesuffix("%").strip())
        except (ValueError, ZeroDivisionError):
            number = None
    if number is None or not 0 <= number <= 100:
        raise BadValue("not a percentage from 0 to 100", "a number, such as 95 or 92.5")
    return number


def texts(value: object) -> tuple[str, ...]:
    """Take a list of texts; as one text, its parts are divided by commas or newlines."""
    if isinstance(value, str):
        parts: Sequence[object] = [part for line in value.splitlines() for part in line.split(",") if part.strip()]
    elif isinstance(value, list | tuple):
        parts = value
    else:
        raise BadValue("not a list of texts", 'a list, such as ["tests"]')
    if not all(isinstance(part, str) and part.strip() and "\0" not in part for part in parts):
        raise BadValue("has an entry that is not a text", 'texts in quotes, such as ["tests", "more/tests"]')
    return tuple(str(part).strip() for part in parts)


def paths(value: object) -> tuple[str, ...]:
    """Take a list of paths inside the project, relative to its folder."""
    found = texts(value)
    for path in found:
        if path.startswith(("/", "~", "-")) or ".." in path.replace("\\", "/").split("/"):
            raise BadValue(f"{path!r} leaves the project's folder", 'paths inside it, such as ["tests/integration"]')
    if not found:
        raise BadValue("is empty", 'at least one path, such as ["tests"]')
    return found


def one_of(*choices: str) -> Callable[[object], str]:
    """Take one of `choices`, offering the nearest where it is none."""

    def parse(value: object) -> str:
        if isinstance(value, str) and value.strip() in choices:
            return value.strip()
        raise BadValue("not one of the choices", did_you_mean(str(value), choices))

    return parse


def did_you_mean(word: str, choices: Sequence[str]) -> str:
    """Say what to write instead of `word`: the nearest choice, or all of them."""
    near = get_close_matches(word, choices, n=1)
    return f"did you mean {near[0]!r}?" if near else "one of " + ", ".join(repr(choice) for choice in choices)


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 10:
        return int(value.strip())
    return None
