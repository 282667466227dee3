"""One comparison of two documents: the changes that it has found so far. Judges nothing.

A document may be hostile: whatever stands in it, nothing here raises, and the work is bounded.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from gate.api_changes.change import Change, Impact
from gate.api_changes.schema_changes import Place, Sides, schema_changes
from gate.api_changes.structure_rules import STRUCTURE_RULES
from gate.api_changes.unchanged import Unchanged

_MOST_CHANGES = 10_000
_LONGEST_NAME = 200
_LONGEST_STEP = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where in the head's document a change shows: the operation's name (`GET /tasks`) and a JSON pointer."""

    operation: str = ""
    pointer: str = ""

    def at(self, *names: object) -> "Spot":
        """Return a place within this one."""
        inner = "".join("/" + str(name)[:_LONGEST_STEP].replace("~", "~0").replace("/", "~1") for name in names)
        return Spot(operation=self.operation, pointer=self.pointer + inner)


@dataclass(slots=True, kw_only=True)
class Comparison:
    """Gathers the changes between two documents. `deprecation_days` is how long before its end a part is deprecated."""

    sides: Sides
    today: date
    deprecation_days: int = 0
    changes: list[Change] = field(default_factory=list)
    _unchanged: Unchanged = field(init=False)

    def __post_init__(self) -> None:
        self._unchanged = Unchanged(sides=self.sides)

    @property
    def full(self) -> bool:
        """Tell whether there are so many changes that nobody reads on."""
        return len(self.changes) >= _MOST_CHANGES

    def tell(
        self, rule_id: str, spot: Spot, message: str, *, request: bool | None = None, impact: Impact | None = None
    ) -> None:
        """Note a change, with its rule's impact where none is given."""
        if self.full:
            return
        self.changes.append(
            Change(
                rule_id=rule_id,
                impact=impact or STRUCTURE_RULES[rule_id].impact,
                operation=spot.operation,
                message=message,
                pointer=spot.pointer,
                request=request,
            )
        )

    def compare_schemas(self, base: object, head: object, place: Place, *, without: str = "\n") -> None:
        """Note what differs between two schemas, except for the rules whose ids begin with `without`."""
        if self.full:
            return
        found = (one for one in self.differences(base, head, place) if not one.rule_id.startswith(without))
        self.changes += islice(found, _MOST_CHANGES - len(self.changes))

    def differences(self, base: object, head: object, place: Place) -> tuple[Change, ...]:
        """Return what differs between two schemas at a place."""
        return () if self._unchanged.same(base, head) else schema_changes(self.sides, base, head, place)


def quoted(name: object) -> str:
    """Return a name of the document as it stands in a sentence, cut where nobody reads on."""
    return f"'{name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + '…'}'" if isinstance(name, str) else "''"


def same(one: Any, other: Any) -> bool:  # noqa: ANN401 - values of a document may be anything
    """Tell whether two plain values are the same in JSON, where `1` is `1.0` and no truth value."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
