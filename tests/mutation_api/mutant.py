"""A mutant of sample_service: what is changed, and at which operation and question the access review must find it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ANYWHERE = "*"


class NotApplied(Exception):
    """A change does not fit the service as it is: `str()` says which, and how often its old text is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The one place where `old` stands in the file becomes `new`; without `old`, `new` is appended."""

    path: str
    old: str
    new: str

    def made_in(self, text: str) -> str:
        """Return the text with the change made.

        Raises:
            NotApplied: the old text is not there, or more than once.
        """
        if not self.old:
            return text + self.new
        if (times := text.count(self.old)) != 1:
            raise NotApplied(f"{self.path} has this text {times} times instead of once: {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An operation, or any (`*`), and the questions of which one must fail there."""

    operation: str
    questions: tuple[str, ...]

    def holds(self, operation: str, question: str) -> bool:
        """Tell whether something found at this operation by this question is found here."""
        return self.operation in (ANYWHERE, operation) and question in self.questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A flaw made on purpose. It must be found at every one of `places`; at those of `also` it may be found, too."""

    name: str
    changes: tuple[Change, ...]
    places: tuple[Place, ...]
    also: tuple[Place, ...] = ()

    def applied(self, files: Mapping[str, str]) -> dict[str, str]:
        """Return the files that differ, by path.

        Raises:
            NotApplied: a change does not fit.
        """
        changed: dict[str, str] = {}
        for change in self.changes:
            changed[change.path] = change.made_in(changed.get(change.path, files[change.path]))
        return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What was found of a mutant, held against its places."""

    missed: tuple[Place, ...]
    extra: tuple[tuple[str, str], ...]


def compare(mutant: Mutant | None, found: Iterable[tuple[str, str]]) -> Compared:
    """Compare what was found, as (operation, question), with what a mutant has; None is the service without a flaw."""
    found = sorted(set(found))
    places = mutant.places if mutant else ()
    allowed = (*places, *mutant.also) if mutant else ()
    return Compared(
        missed=tuple(place for place in places if not any(place.holds(*one) for one in found)),
        extra=tuple(one for one in found if not any(place.holds(*one) for place in allowed)),
    )


def at(operation: str, *questions: str) -> Place:
    """Write a place: one of the questions must fail at the operation."""
    return Place(operation=operation, questions=questions)


def change(path: str, old: str, new: str) -> Change:
    """Write a change."""
    return Change(path=path, old=old, new=new)


def appended(path: str, text: str) -> Change:
    """Write a change that only adds to the end of a file."""
    return Change(path=path, old="", new=text)
