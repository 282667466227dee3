"""`access-policy.yml` -> policy. Reads no file.

The format is ours: docs/gates/access-review.md. The file may come from the change: it is bounded, and nothing in it is
expanded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import yaml

from gate.config.options import did_you_mean
from gate.domain.exhibit import Table
from gate.domain.report import Problem
from gate.gates.access_review.policy import EVERY_OPERATION, OPERATION, WORDS, Intent, Policy, Waiver, access_of
from gate.gates.access_review.questions import Rule

LONGEST_WAIVER = timedelta(days=366)

_MAX_CHARACTERS = 128 * 1024
_MOST_PROBLEMS = 50
_MOST_SHOWN = 80
_LEAST_REASON = 10
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_KEYS = ("operations", "waivers")
_KEYS_OF_INTENT = ("who", "note")
_KEYS_OF_WAIVER = ("operation", "rule", "reason", "expires")


class PolicyError(Exception):
    """The policy has mistakes: all of them, each with its line and what to write instead."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        line = "" if first.line is None else f":{first.line}"
        super().__init__(f"{first.path}{line}: {first.message}: {first.instead}{more}")
        self.problems = tuple(problems)

    @property
    def table(self) -> Table:
        """All mistakes, for a report."""
        return Table(
            title="Mistakes in the policy",
            columns=("line", "value", "what is wrong", "write instead"),
            rows=tuple((str(one.line or ""), one.value, one.message, one.instead) for one in self.problems),
        )


def parse_policy(text: str, path: str, today: date) -> Policy:
    """Read a policy; a waiver may not expire later than a year after `today`.

    Raises:
        PolicyError: with every mistake in it.
    """
    reader = _Reader(path=path, today=today)
    policy = reader.policy(text)
    if reader.problems:
        raise PolicyError(reader.problems)
    return policy


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads nodes of YAML, which know their lines. Every scalar is the text that was written."""

    path: str
    today: date
    problems: list[Problem] = field(default_factory=list)

    def policy(self, text: str) -> Policy:
        root = self._root(text)
        operations: dict[str, Intent] = {}
        waivers: list[Waiver] = []
        for name, value in self._members(root, _KEYS, "the policy"):
            if name == "operations":
                operations = self._operations(value)
            else:
                waivers = list(filter(None, (self._waiver(entry) for entry in self._entries(value))))
        return Policy(path=self.path, operations=operations, waivers=tuple(waivers))

    def _root(self, text: str) -> yaml.Node | None:
        if len(text) > _MAX_CHARACTERS:
            self._told(None, "", f"has more than {_MAX_CHARACTERS:,} characters", "a line for each operation")
            return None
        try:
            # Nothing is built from the nodes: aliases stay references, and no tag is obeyed.
            return yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            told = " ".join(str(getattr(error, "problem", None) or "cannot be read").split())
            self._told(mark and mark.line + 1, "", f"not YAML: {told}", _WRITE["operations"])
            return None

    def _operations(self, node: yaml.Node) -> dict[str, Intent]:
        found: dict[str, Intent] = {}
        if _is_empty(node):
            return found
        for key, value in self._pairs(node, "operations"):
            operation = _text(key)
            if not OPERATION.fullmatch(operation):
                method, _, rest = operation.partition(" ")
                better = f"{method.upper()} {rest.strip()}"
                named = better if OPERATION.fullmatch(better) else "GET /tasks/{task_id}"
                self._problem(key, operation, "not an operation", f"its method and path, such as {named!r}")
            elif operation in found:
                self._problem(key, operation, "is said twice", "one of the two")
            elif (intent := self._intent(value, operation)) is not None:
                found[operation] = intent
        return found

    def _intent(self, node: yaml.Node, operation: str) -> Intent | None:
        if not isinstance(node, yaml.MappingNode):
            who = self._who(node, operation)
            return None if who is None else Intent(who=who, line=_line(node))
        members = dict(self._members(node, _KEYS_OF_INTENT, operation))
        if "who" not in members:
            self._problem(node, "", f"{operation} has no `who`", "`who: owner`")
            return None
        who = self._who(members["who"], operation)
        note = " ".join(_text(members["note"]).split()) if "note" in members else ""
        return None if who is None else Intent(who=who, note=note, line=_line(node))

    def _who(self, node: yaml.Node, operation: str) -> str | None:
        word = _text(node)
        if access := access_of(word):
            return access
        if word.partition(" ")[0] == "role":
            instead = "`role` and its name, such as 'role admin'"
        else:
            instead = did_you_mean(word[:_MOST_SHOWN], (*WORDS, "role NAME"))
        self._problem(node, word, f"{operation} is meant for nobody that is known", instead)
        return None

    def _waiver(self, node: yaml.Node) -> Waiver | None:
        before = len(self.problems)
        members = dict(self._members(node, _KEYS_OF_WAIVER, "a waiver"))
        for name in _KEYS_OF_WAIVER:
            if name not in members and isinstance(node, yaml.MappingNode):
                self._problem(node, "", f"the waiver has no `{name}`", _WRITE[name])
        if len(self.problems) > before:
            return None
        operation, reason = _text(members["operation"]), " ".join(_text(members["reason"]).split())
        if operation != EVERY_OPERATION and not OPERATION.fullmatch(operation):
            self._problem(members["operation"], operation, "not an operation", _WRITE["operation"])
        if len(reason) < _LEAST_REASON:
            self._problem(members["reason"], reason, "too short for a reason", _WRITE["reason"])
        rule, expires = self._rule(members["rule"]), self._expires(members["expires"])
        if rule is None or expires is None or len(self.problems) > before:
            return None
        return Waiver(operation=operation, rule=rule, reason=reason, expires=expires, line=_line(node))

    def _rule(self, node: yaml.Node) -> Rule | None:
        word = _text(node)
        try:
            return Rule(word)
        except ValueError:
            self._problem(node, word, "not a rule", did_you_mean(word[:_MOST_SHOWN], [str(rule) for rule in Rule]))
            return None

    def _expires(self, node: yaml.Node) -> date | None:
        word, latest = _text(node), self.today + LONGEST_WAIVER
        try:
            day = date.fromisoformat(word) if _DATE.fullmatch(word) else None
        except ValueError:
            day = None
        if day is None:
            self._problem(node, word, "not a day", _WRITE["expires"])
        elif day > latest:
            self._problem(node, word, "more than a year ahead", f"at the latest {latest}")
            return None
        return day

    def _entries(self, node: yaml.Node) -> Sequence[yaml.Node]:
        if _is_empty(node):
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self._problem(node, "", "`waivers` is not a list", "an entry `- operation: …` for each")
            return ()
        entries: Sequence[yaml.Node] = node.value
        return entries

    def _members(self, node: yaml.Node | None, known: Sequence[str], what: str) -> Iterator[tuple[str, yaml.Node]]:
        """Yield the members of a mapping that are known, each once."""
        if node is None or (what == "the policy" and _is_empty(node)):
            return
        told: set[str] = set()
        for key, value in self._pairs(node, what):
            name = _text(key)
            if name not in known:
                self._problem(
                    key, name, f"{what} has no {name[:_MOST_SHOWN]!r}", did_you_mean(name[:_MOST_SHOWN], known)
                )
            elif name in told:
                self._problem(key, name, f"{what} has `{name}` twice", "one of the two")
            else:
                told.add(name)
                yield name, value

    def _pairs(self, node: yaml.Node, what: str) -> Sequence[tuple[yaml.Node, yaml.Node]]:
        if isinstance(node, yaml.MappingNode):
            pairs: Sequence[tuple[yaml.Node, yaml.Node]] = node.value
            return pairs
        self._problem(node, _text(node), f"{what} is not a mapping", "`NAME: VALUE` on lines of their own")
        return ()

    def _problem(self, node: yaml.Node, value: str, message: str, instead: str) -> None:
        self._told(_line(node), value, message, instead)

    def _told(self, line: int | None, value: str, message: str, instead: str) -> None:
        shown = value if len(value) <= _MOST_SHOWN else value[:_MOST_SHOWN] + "…"
        self.problems.append(
            Problem(place=self.path, value=shown, message=message, instead=instead, path=self.path, line=line)
        )
        if len(self.problems) >= _MOST_PROBLEMS:
            raise PolicyError(self.problems)


_WRITE = {
    "operations": "lines such as `GET /tasks/{task_id}: owner` below `operations:`",
    "operation": "'*' or a method and a path, such as 'GET /tasks/{task_id}'",
    "rule": "the rule's id, such as 'other-user-reads'",
    "reason": f"why it is borne, in at least {_LEAST_REASON} characters",
    "expires": "the last day on which it counts, such as 2027-01-31",
}


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null")


def _text(node: yaml.Node) -> str:
    return node.value.strip() if isinstance(node, yaml.ScalarNode) else ""


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
