"""Options of the gate, and how their tables are read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import islice

from gate.config.model import file_path
from gate.config.options import BadValue, did_you_mean, option, percent, text
from gate.config.weaker import changed, lower, shown
from gate.domain.weakening import WeakeningKind
from gate.gates.openapi.catalogue import CATALOGUE, OFF, RULE_IDS, is_rule

GATE_ID = "openapi"
EVERY_OPERATION = "*"
NO_BASE = "none"

_SEVERITIES = ("error", "warning", "notice", OFF)
_KEYS = ("rule", "operation", "reason", "until")
_OPERATION = re.compile(r"(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE) /\S{0,500}\Z")
_REVISION = re.compile(r"(?!-)[\w./@{}^~+-]{1,200}\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_MOST = 500
_LEAST_REASON = 10
_MOST_SHOWN = 80
_MOST_DAYS = 3_650
_SUCH_AS = (
    'such as { rule = "response-property-removed", operation = "GET /tasks", reason = "no client reads it", '
    'until = "2027-01-31" }'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A finding that is borne until a day, that day included. `operation` may be `*`."""

    rule: str
    operation: str
    reason: str
    until: date

    def covers(self, rule_id: str, operation: str) -> bool:
        """Tell whether it is about a finding."""
        return rule_id == self.rule and self.operation in (EVERY_OPERATION, operation)


def revision(value: object) -> str:
    """Take a revision of git, the path of a file of the project, or `none`."""
    word = text(value)
    if not _REVISION.match(word) or word.startswith("/") or ".." in word:
        raise BadValue("no revision and no path", 'such as "origin/main", "v1.2.0", "docs/v1.json" or "none"')
    return word


def days(value: object) -> int:
    """Take a number of days, from 0 to ten years."""
    word = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not word.isascii() or not word.isdigit() or len(word) > 4 or int(word) > _MOST_DAYS:
        raise BadValue(f"not a number of days from 0 to {_MOST_DAYS}", "a whole number, such as 90")
    return int(word)


def severities(value: object) -> Mapping[str, str]:
    """Take how much rules weigh, by their ids."""
    if not isinstance(value, Mapping):
        raise BadValue("not a table of severities", 'such as { "response-property-removed" = "warning" }')
    wrong, instead = [], []
    for rule_id, severity in islice(value.items(), _MOST):
        name = str(rule_id)[:_MOST_SHOWN]
        if not isinstance(rule_id, str) or not is_rule(rule_id):
            wrong.append(f"{name!r} is not a rule")
            instead.append(did_you_mean(name, RULE_IDS) if _is_near(name) else "the id that a finding shows")
        if severity not in _SEVERITIES:
            wrong.append(f"{name!r} cannot be {str(severity)[:_MOST_SHOWN]!r}")
            instead.append(did_you_mean(str(severity)[:_MOST_SHOWN], _SEVERITIES))
    _refuse(wrong, instead)
    return {str(rule_id): str(severity) for rule_id, severity in islice(value.items(), _MOST)}


def waivers(value: object) -> tuple[Waiver, ...]:
    """Take findings that are borne, each with a reason and its last day."""
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise BadValue("not a list of waivers", _SUCH_AS)
    wrong: list[str] = []
    instead: list[str] = []
    found = [_waiver(one, at, wrong, instead) for at, one in enumerate(value[:_MOST], 1)]
    _refuse(wrong, instead)
    return tuple(one for one in found if one is not None)


def _waiver(written: Mapping[object, object], at: int, wrong: list[str], instead: list[str]) -> Waiver | None:
    def tell(what: str, better: str) -> None:
        wrong.append(f"waiver {at} {what}")
        instead.append(better)

    before = len(wrong)
    for key in islice(written, _MOST):
        if key not in _KEYS:
            tell(f"has {str(key)[:_MOST_SHOWN]!r}", did_you_mean(str(key)[:_MOST_SHOWN], _KEYS))
    rule, operation = written.get("rule"), written.get("operation", EVERY_OPERATION)
    if not isinstance(rule, str) or not is_rule(rule):
        tell(f"has {str(rule)[:_MOST_SHOWN]!r} as its rule", "the rule's id that the finding shows")
    if not isinstance(operation, str) or not (operation == EVERY_OPERATION or _OPERATION.match(operation)):
        tell(f"has {str(operation)[:_MOST_SHOWN]!r} as its operation", "'*', or such as 'GET /tasks/{task_id}'")
    reason = " ".join(written["reason"].split()) if isinstance(written.get("reason"), str) else ""  # type: ignore[attr-defined]
    if len(reason) < _LEAST_REASON:
        tell("has no reason", f"why it is borne, in at least {_LEAST_REASON} characters")
    until = _day(written.get("until"))
    if until is None:
        tell(f"has {str(written.get('until'))[:_MOST_SHOWN]!r} as its end", "until = the last day, such as 2027-01-31")
    if len(wrong) > before or until is None:
        return None
    return Waiver(rule=str(rule), operation=str(operation), reason=reason, until=until)


def _day(value: object) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DATE.match(value) else None
    except ValueError:
        return None


def _is_near(name: str) -> bool:
    return did_you_mean(name, RULE_IDS).startswith("did")


def _refuse(wrong: list[str], instead: list[str]) -> None:
    if wrong:
        raise BadValue("; ".join(wrong[:20]), "; ".join(instead[:20]))


def lighter(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Take rules that weigh less; of a change's rule, nobody knows here how much it weighs by itself: an error."""
    for rule_id in [one for one in dict.fromkeys([*before, *after]) if before.get(one) != after.get(one)]:
        by_itself = CATALOGUE[rule_id].severity if rule_id in CATALOGUE else "error"
        was, now = before.get(rule_id, by_itself), after.get(rule_id, by_itself)
        if _SEVERITIES.index(now) > _SEVERITIES.index(was):
            yield f"loosens {name} of {shown(rule_id)} from {was} to {now}"


def more_waived(name: str, before: Sequence[Waiver], after: Sequence[Waiver]) -> Iterator[str]:
    """Take waivers that are new, or that last longer."""
    until = {(one.rule, one.operation): one.until for one in before}
    for one in after:
        what, was = f"{one.rule} at {shown(one.operation)}", until.get((one.rule, one.operation))
        if was is None:
            yield f"waives {what} until {one.until} ({name})"
        elif one.until > was:
            yield f"waives {what} longer, until {one.until} instead of {was} ({name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenapiOptions:
    """Options of the gate."""

    document: str = option(
        file_path, "", "the committed OpenAPI document, JSON or YAML; default: found", weaker=changed
    )
    generate: str = option(
        text,
        "",
        "a command that prints the document, or none; default: the application is imported and generates it",
        weaker=changed,
    )
    base: str = option(
        revision,
        "",
        "what the document is compared with: a revision, a file, or none; default: the change's base",
        weaker=changed,
    )
    threshold: Fraction = option(percent, Fraction(0), "the least share of what is described, in percent", weaker=lower)
    deprecation_days: int = option(
        days, 0, "how many days an operation is deprecated before it may be removed", weaker=lower
    )
    severities: Mapping[str, str] = field(
        default_factory=dict,
        metadata=option(
            severities, None, "how much a rule weighs: error, warning, notice or off", weaker=lighter
        ).metadata,
    )
    waivers: tuple[Waiver, ...] = option(
        waivers,
        (),
        "findings that are borne, each with a reason and its last day",
        weaker=more_waived,
        weakens=WeakeningKind.WAIVER,
    )
