"""What differs between the alternatives of two schemas (`oneOf`, `anyOf`), compared as sets.

Alternatives belong together that refer to the same component or have the same title, then those that mean the same, and
then those of the same types. One without a counterpart is new or gone, unless the other side takes all of it anyway.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from gate.api_changes.change import Impact
from gate.api_changes.schema_folding import Folding
from gate.api_changes.schema_form import Choice, Form, Option, Part, joined
from gate.api_changes.schema_found import Fits, Found, Inner
from gate.api_changes.schema_place import View

_MOST_TRIED = 40


@dataclass(slots=True, kw_only=True)
class Matching:
    """Which alternatives of two schemas belong together. `whole`: they stand for the schemas themselves."""

    keyword: str
    view: View
    fits: Fits
    base: list[Option]
    head: list[Option]
    whole: bool = False
    pairs: list[tuple[Option, Option]] = field(default_factory=list)

    def outcome(self, base_forms: Folding, head_forms: Folding) -> Iterator[Found | Inner]:
        """Yield which alternatives are new or gone, and the pairs of those that stayed."""
        self._pair(lambda one, other: bool(one.name) and one.name == other.name and one.refers == other.refers)
        for one, other in list(zip(self.base, self.head, strict=False)):
            if self._same(one, other):
                self._take(one, other)
        if len(self.base) <= _MOST_TRIED and len(self.head) <= _MOST_TRIED:
            self._pair(self._same)
        lost = [one for one in self.base if not self._covered(one, base=True)]
        more = [one for one in self.head if not self._covered(one, base=False)]
        inner = (lost, self.head) if self.view.asks else (self.base, more)
        self._pair_alike(*inner, base_forms, head_forms)
        paired = {id(one) for pair in self.pairs for one in pair}
        yield from self._told([one for one in more if id(one) not in paired], "added", head_forms)
        yield from self._told([one for one in lost if id(one) not in paired], "removed", base_forms)
        for before, after in self.pairs:
            step = "" if self.whole else f"/({after.name[:100] or before.name[:100] or _kinds(after, head_forms)})"
            yield Inner(base=before.part, head=after.part, step=step)

    def _pair(self, belong: Callable[[Option, Option], bool]) -> None:
        """Pair what belongs together and is not paired yet."""
        for one in list(self.base):
            other = next((other for other in self.head if belong(one, other)), None)
            if other is not None:
                self._take(one, other)

    def _take(self, one: Option, other: Option) -> None:
        self.pairs.append((one, other))
        self.base = [kept for kept in self.base if kept is not one]
        self.head = [kept for kept in self.head if kept is not other]

    def _same(self, one: Option, other: Option) -> bool:
        return self.fits(one.part, other.part, self.view) and self.fits(one.part, other.part, self.view.opposite)

    def _covered(self, one: Option, *, base: bool) -> bool:
        """Tell whether the other side takes all of an alternative, so that nobody misses it.

        Not of a component among others: code made from the document has a type for each, whatever they have in common.
        """
        if base != self.view.asks or (one.refers and (self.pairs or not self.whole)):
            return False
        others = [*(self.head if base else self.base), *(after if base else before for before, after in self.pairs)]
        pairs = ((one, other) if base else (other, one) for other in others[:_MOST_TRIED])
        return any(self.fits(before.part, after.part, self.view) for before, after in pairs)

    def _pair_alike(self, lost: list[Option], more: list[Option], base_forms: Folding, head_forms: Folding) -> None:
        """Pair those that are the only ones of their types on both sides, or the only ones at all that are no names."""
        for one in list(lost)[:_MOST_TRIED]:
            kinds = base_forms.form(one.part).types
            others = [other for other in more if head_forms.form(other.part).types == kinds]
            rivals = [rival for rival in lost if base_forms.form(rival.part).types == kinds]
            alone = self.whole and (len(self.base) == 1 or len(self.head) == 1)
            named = one.refers and any(other.refers for other in others)
            if others and ((len(others) == len(rivals) == 1 and not named) or (alone and not self.pairs)):
                best = max(others, key=lambda other: _shared(base_forms.form(one.part), head_forms.form(other.part)))
                self.pairs.append((one, best))
                more[:] = [kept for kept in more if kept is not best]
                lost[:] = [kept for kept in lost if kept is not one]

    def _told(self, options: list[Option], verb: str, forms: Folding) -> Iterator[Found]:
        says = "may also be" if verb == "added" else "may no longer be"
        told = self.view.asks == (verb == "removed")
        # oasdiff takes a response's new `anyOf` for harmless; a client that handles each alternative may not know it.
        worst = Impact.BREAKING if verb == "removed" or self.keyword == "one-of" else Impact.RISKY
        for one in options[:_MOST_TRIED]:
            yield Found(
                rule=f"{self.keyword}-{verb}",
                impact=worst if told else Impact.HARMLESS,
                says=f"{says} {one.name[:100] or _kinds(one, forms)}",
                pointer=one.part.pointer if verb == "added" else "",
            )


def choice_changes(
    base: Form, head: Form, view: View, fits: Fits, forms: tuple[Folding, Folding]
) -> Iterator[Found | Inner]:
    """Yield what differs between alternatives; where only one side has some, the other is one of them itself."""
    if base.choices and head.choices:
        for index in range(max(len(base.choices), len(head.choices))):
            before = base.choices[index] if index < len(base.choices) else _none()
            after = head.choices[index] if index < len(head.choices) else _none()
            matching = Matching(
                keyword=after.keyword or before.keyword,
                view=view,
                fits=fits,
                base=_but_for_null(before, forms[0]),
                head=_but_for_null(after, forms[1]),
            )
            yield from matching.outcome(*forms)
    elif base.choices or head.choices:
        keyword = (head.choices or base.choices)[0].keyword
        old, new = _variants(base, forms[0]), _variants(head, forms[1])
        if view.asks and not base.choices and keyword == "one-of" and _wraps(base, new, forms):
            says = "is one of several alternatives, of which a value that was taken may fit two"
            yield Found(rule="wrapped-in-one-of", impact=Impact.BREAKING, says=says)
            return
        yield from Matching(keyword=keyword, view=view, fits=fits, base=old, head=new, whole=True).outcome(*forms)


def _kinds(option: Option, forms: Folding) -> str:
    """Return what an alternative without a name is called: its types."""
    return " or ".join(sorted(forms.form(option.part).types or ())) or "a value of any type"


def _none() -> Choice:
    return Choice(keyword="", options=())


def _but_for_null(choice: Choice, forms: Folding) -> list[Option]:
    """Return alternatives that say nothing of null: whether it is one of them, the schema with all of them says."""
    return [replace(one, part=forms.but_for_null(one.part)) for one in choice.options]


def _variants(form: Form, forms: Folding) -> list[Option]:
    """Return a schema as alternatives, each with all that the schema says beside them; null is left to the schema."""
    if not form.choices:
        kinds = sorted(form.types or ())
        if len(kinds) < 2:
            return [Option(part=Part(written=replace(form, null=None)))]
        return [Option(part=Part(written=replace(form, types=frozenset({one}), null=None)), name=one) for one in kinds]
    rest = replace(form, choices=form.choices[1:], types=None)
    found = []
    for one in form.choices[0].options:
        whole = replace(joined(rest, forms.form(one.part)), null=None)
        found.append(replace(one, part=Part(written=whole, pointer=one.part.pointer)))
    return found


def _wraps(base: Form, after: list[Option], forms: tuple[Folding, Folding]) -> bool:
    takers = [form for one in after if not _told_apart(base, form := forms[1].form(one.part), forms)]
    return len(takers) > 1 and any(base.properties.keys() & form.properties.keys() for form in takers)


def _told_apart(base: Form, other: Form, forms: tuple[Folding, Folding]) -> bool:
    """Tell whether no value of the base is one of the other: a field that it always has takes other values there."""
    for name in base.required & base.properties.keys() & other.properties.keys():
        ours, theirs = forms[0].form(base.properties[name]).values, forms[1].form(other.properties[name]).values
        if ours and theirs and ours.keys().isdisjoint(theirs):
            return True
    return False


def _shared(one: Form, other: Form) -> int:
    return len(one.properties.keys() & other.properties.keys())
