"""Which test of the base is which one now: the same, moved, or renamed. What is left over was deleted or added."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from gate.weakening.python_tests import FoundTest

_MOVED = 0.3
_RENAMED = 0.5
_RENAMED_AND_MOVED = 0.6
_ABSORBED = 0.3
_OF_A_PART = 0.5
# Words of a name.
_TELLING = 4
_ABSORBED_BY_WORDS = 0.5
_AKIN = 0.5
_FOR_THE_NAME = 0.15
_MOST_COMPARED = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A test and the path of its file: the path of now on both sides, where the file is known to be the same."""

    path: str
    test: FoundTest

    @property
    def last_name(self) -> str:
        """Its name without that of its class."""
        return self.test.name.rpartition(".")[2]


@dataclass(slots=True, kw_only=True)
class Matched:
    """`pairs` are then and now; `deleted` have no successor, `added` no predecessor."""

    pairs: list[tuple[Placed, Placed]] = field(default_factory=list)
    deleted: list[Placed] = field(default_factory=list)
    added: list[Placed] = field(default_factory=list)


def match_tests(before: Iterable[Placed], after: Iterable[Placed]) -> Matched:
    """Find each test's successor: by its place, then by its name, then by what it does."""
    now = {(one.path, one.test.name): one for one in after}
    matched = Matched()
    for one in before:
        same = now.pop((one.path, one.test.name), None)
        if same is None:
            matched.deleted.append(one)
        else:
            matched.pairs.append((one, same))
    matched.added = list(now.values())
    _moved(matched, lambda one: one.test.name, _MOVED)
    _moved(matched, lambda one: one.last_name, _MOVED)
    _moved(matched, _telling_name, 0)
    _moved(matched, lambda one: one.path, _RENAMED)
    _moved(matched, lambda _: "", _RENAMED_AND_MOVED)
    _absorbed(matched)
    return matched


def likeness(one: FoundTest, other: FoundTest) -> float:
    """Return the share of lines that two tests have in common, 1 where nothing of both is known but their names.

    Tests that are called much the same may also be known by their words: they are edited when they are moved.
    """
    if not one.lines and not other.lines:
        return 1.0
    lines = _share(one.lines, other.lines)
    is_akin = _share(_parts(one.name), _parts(other.name)) >= _AKIN
    return max(lines, _share(one.words, other.words) + _FOR_THE_NAME) if is_akin else lines


def is_part(one: FoundTest, other: FoundTest) -> bool:
    """Tell whether half of what a test does, or more, another one does."""
    return len(one.lines & other.lines) >= _OF_A_PART * len(one.lines)


def _parts(name: str) -> frozenset[str]:
    return frozenset(name.rpartition(".")[2].removeprefix("test").strip("_").split("_"))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _telling_name(one: Placed) -> str | None:
    """Return a name that no other test is likely to have, None where it says too little."""
    return one.last_name if len(_parts(one.test.name)) >= _TELLING else None


def _moved(matched: Matched, key: Callable[[Placed], str | None], least: float) -> None:
    """Pair what is left over, among those of the same `key`, the likest first; what has none is left alone."""
    groups: dict[str | None, list[int]] = defaultdict(list)
    for at, new in enumerate(matched.added):
        groups[key(new)].append(at)
    scores: list[tuple[float, int, int]] = []
    room = _MOST_COMPARED
    for at, old in enumerate(matched.deleted):
        told = key(old)
        for other in groups[told][:room] if told is not None else ():
            room -= 1
            score = likeness(old.test, matched.added[other].test)
            if score >= least:
                scores.append((-score, at, other))
    heirs: dict[int, int] = {}
    taken: set[int] = set()
    for _, at, other in sorted(scores):
        if at not in heirs and other not in taken:
            heirs[at] = other
            taken.add(other)
    matched.pairs += [(matched.deleted[at], matched.added[other]) for at, other in heirs.items()]
    matched.deleted = [old for at, old in enumerate(matched.deleted) if at not in heirs]
    matched.added = [new for at, new in enumerate(matched.added) if at not in taken]


def _absorbed(matched: Matched) -> None:
    """Drop what became a case of a test that has more of them now, as many as it has more."""
    room = list(_grown(matched))
    left = []
    most = _MOST_COMPARED // max(1, len(room))
    for old in matched.deleted[:most]:
        heir = next(
            (at for at, (one, more) in enumerate(room) if more > 0 and one.path == old.path and _is_alike(one, old)),
            None,
        )
        if heir is None:
            left.append(old)
        else:
            room[heir] = (room[heir][0], room[heir][1] - 1)
    matched.deleted = left + matched.deleted[most:]


def _grown(matched: Matched) -> Iterator[tuple[Placed, int]]:
    for old, new in matched.pairs:
        more = sum(new.test.cases.values()) - (sum(old.test.cases.values()) or 1)
        if more > 0:
            yield new, more
    yield from ((new, sum(new.test.cases.values())) for new in matched.added if new.test.cases)


def _is_alike(one: Placed, other: Placed) -> bool:
    """Tell whether `other` may be a case of `one`, in which other lines say the same and more of any case."""
    if likeness(one.test, other.test) >= _ABSORBED:
        return True
    have_a_name = bool(_parts(one.test.name) & _parts(other.test.name))
    have_words = _share(one.test.words, other.test.words) >= _ABSORBED_BY_WORDS
    return have_a_name and have_words and is_part(other.test, one.test)
