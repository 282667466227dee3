"""Two schemas, compared with all that they refer to, and without running in circles. Judges no keyword itself.

Two documents may be hostile: the work for one comparison is bounded, and what is left out is said.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import NamedTuple

from gate.api_changes.change import Change, Impact
from gate.api_changes.schema_bounds import bound_changes
from gate.api_changes.schema_choices import choice_changes
from gate.api_changes.schema_conditions import condition_changes, inner_conditions
from gate.api_changes.schema_dialects import null_unsaid
from gate.api_changes.schema_folding import Folding
from gate.api_changes.schema_form import Form, Part
from gate.api_changes.schema_found import Found, Inner, placed
from gate.api_changes.schema_objects import entry_changes, inner_objects, object_changes
from gate.api_changes.schema_place import Place, Sides, View
from gate.api_changes.schema_values import listed_alike, swapped, value_changes

_MOST_PAIRS = 20_000
_MOST_TRIED = 3_000
_MOST_TRIED_PAIRS = 200_000
_MOST_CHANGES = 1_000
_DEEPEST_TRIAL = 12
_LONGEST_TRAIL = 2_000
_WORST_FIRST = (Impact.BREAKING, Impact.RISKY, Impact.HARMLESS)
_NULL_RULES = ("became-nullable", "became-not-nullable")


Key = tuple[int, int]
"""What two schemas are known by, as long as both are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What two schemas differ in by themselves, and which schemas within them are to be compared."""

    found: tuple[Found, ...] = ()
    inner: tuple[tuple[Key, Inner], ...] = ()


class Visit(NamedTuple):
    """A pair of schemas within another, and the trail that leads to it from there."""

    key: Key
    pair: Inner
    trail: str
    step: Step


@dataclass(slots=True, kw_only=True)
class Walk:
    """Compares the schemas of two documents from one view; what it found out about two of them it goes on knowing."""

    sides: Sides
    view: View
    base: Folding
    head: Folding
    null_unsaid: bool
    _steps: dict[Key, tuple[Inner, Step]] = field(default_factory=dict)
    _fits: dict[Key, tuple[Inner, bool]] = field(default_factory=dict)
    # Pairs from which no way leads to a difference, and pairs from which one does.
    _clean: set[Key] = field(default_factory=set)
    _changed: set[Key] = field(default_factory=set)
    _trials: int = 0
    _tried: int = 0
    _left: int = _MOST_TRIED_PAIRS

    def changes(self, base: object, head: object, place: Place) -> list[Change]:
        """Return what differs between two schemas at a place: nearest first, and each pair of schemas once.

        Of more than anybody reads, what breaks is kept.
        """
        self.renew()
        walk_of(self.sides, self.view.opposite).renew()
        pair = Inner(base=Part(written=base), head=Part(written=head, pointer=place.pointer))
        visits = list(islice(self._visits(pair), _MOST_PAIRS + 1))
        changes = [
            placed(self._weighed(found, visit.pair), place, visit.trail, visit.pair.head.pointer or place.pointer)
            for visit in visits[:_MOST_PAIRS]
            for found in visit.step.found
        ]
        if len(changes) > _MOST_CHANGES:
            changes = sorted(changes, key=lambda change: _WORST_FIRST.index(change.impact))[:_MOST_CHANGES]
        if len(visits) > _MOST_PAIRS:
            unread = Found(rule="schema-not-compared", impact=Impact.RISKY, says="is too large to be compared whole")
            changes.append(placed(unread, place, "", place.pointer))
        else:
            self._sort({visit.key: visit.step for visit in visits if visit.key not in self._changed})
        return changes

    def renew(self) -> None:
        """Let as much be tried again as one comparison may try."""
        self._tried, self._left = 0, _MOST_TRIED_PAIRS

    def fits(self, base: Part, head: Part, view: View) -> bool:
        """Tell whether nothing that differs between two schemas breaks anybody, or might, seen from a view."""
        if view != self.view:
            return walk_of(self.sides, view).fits(base, head, view)
        key, pair = self._settled(Inner(base=base, head=head))
        if key in self._fits:
            return self._fits[key][1]
        self._tried += 1
        if self._trials >= _DEEPEST_TRIAL or self._tried > _MOST_TRIED:
            return False
        # Two that are being compared fit, unless something else in them does not.
        self._fits[key] = (pair, True)
        self._trials += 1
        fits = self._tried_through(pair)
        self._trials -= 1
        self._fits[key] = (pair, fits)
        return fits

    def _tried_through(self, pair: Inner) -> bool:
        visits = []
        for visit in self._visits(pair):
            if not self._harmless(visit.step):
                return False
            visits.append(visit)
        if self._trials == 1 and not any(visit.step.found for visit in visits):
            # Nothing was taken for granted but what was shown.
            self._clean |= {visit.key for visit in visits}
        return True

    def _harmless(self, step: Step) -> bool:
        self._left -= 1
        return self._left >= 0 and all(one.impact is Impact.HARMLESS for one in step.found)

    def _weighed(self, found: Found, pair: Inner) -> Found:
        # An older FastAPI takes null from a field by leaving it out of `required`: of one that is in it, null is news.
        if self.null_unsaid and found.rule in _NULL_RULES and not pair.required:
            return replace(found, impact=Impact.HARMLESS)
        return found

    def _visits(self, first: Inner) -> Iterator[Visit]:
        """Yield a pair of schemas and all pairs within, each once; but for those in which nothing differs."""
        key, pair = self._settled(first)
        waiting, seen = deque([(key, pair, "")]), {key}
        while waiting:
            key, pair, trail = waiting.popleft()
            if key in self._clean:
                continue
            step = self._step(key, pair)
            yield Visit(key, pair, trail, step)
            for below, one in step.inner:
                if below not in seen:
                    seen.add(below)
                    waiting.append((below, one, (trail + one.step)[-_LONGEST_TRAIL:]))

    def _sort(self, steps: dict[Key, Step]) -> None:
        """Note of all pairs within a pair which lead to a difference, and which do not."""
        above: dict[Key, list[Key]] = {}
        for key, step in steps.items():
            for below, _ in step.inner:
                above.setdefault(below, []).append(key)
        waiting = [
            key for key, step in steps.items() if step.found or any(below in self._changed for below, _ in step.inner)
        ]
        changed = set(waiting)
        while waiting:
            more = set(above.get(waiting.pop(), ())) - changed
            changed |= more
            waiting += more
        self._changed |= changed
        self._clean |= steps.keys() - changed

    def _settled(self, inner: Inner) -> tuple[Key, Inner]:
        """Return a pair of schemas with what it is known by; what only refers to a schema is that schema itself."""
        base, head = self.base.settled(inner.base), self.head.settled(inner.head)
        return (id(base.written), id(head.written)), Inner(
            base=base, head=head, step=inner.step, required=inner.required
        )

    def _step(self, key: Key, pair: Inner) -> Step:
        if key not in self._steps:
            found, inner = [], []
            for one in self._compared(self.base.form(pair.base), self.head.form(pair.head)):
                if isinstance(one, Found):
                    found.append(one)
                elif not self._says_same(one):
                    inner.append(self._settled(one))
            # The schemas are kept beside the step, so that no others come to be known by the same numbers.
            self._steps[key] = (pair, Step(found=tuple(found), inner=tuple(inner)))
        return self._steps[key][1]

    def _says_same(self, inner: Inner) -> bool:
        """Tell of a pair with nothing within whether it is the same: most fields are such."""
        base, head = self.base.form(inner.base), self.head.form(inner.head)
        return base.simple and head.simple and base == head

    def _compared(self, base: Form, head: Form) -> Iterator[Found | Inner]:
        view, forms = self.view, (self.base, self.head)
        base, head = listed_alike(base, head)
        yield from value_changes(base, head, view)
        if swapped(base, head):
            return
        yield from choice_changes(base, head, view, self.fits, forms)
        if bool(base.choices) != bool(head.choices):
            # The side without alternatives was compared as one of the other's, with all that it says.
            return
        yield from chain(
            bound_changes(base, head, view),
            object_changes(base, head, view, *forms),
            entry_changes(base, head, view),
            condition_changes(base, head, view, self.fits, forms),
            inner_objects(base, head, view, *forms),
            inner_conditions(base, head),
        )


def walk_of(sides: Sides, view: View) -> Walk:
    """Return the walk through two documents from a view, the same each time."""
    walk = sides.memory.get(view)
    if walk is None:
        if "foldings" not in sides.memory:
            sides.memory["foldings"] = (Folding(root=sides.base), Folding(root=sides.head), null_unsaid(sides))
        base, head, unsaid = sides.memory["foldings"]
        walk = sides.memory[view] = Walk(sides=sides, view=view, base=base, head=head, null_unsaid=unsaid)
    assert isinstance(walk, Walk)
    return walk
