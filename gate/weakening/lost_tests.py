"""What a change takes from the tests: tests, cases, assertions; and what it skips. Runs none."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gate.config.weaker import shown
from gate.domain.finding import Location
from gate.domain.weakening import Weakening, WeakeningKind
from gate.weakening.assertions import Tally, asserted_by, with_calls
from gate.weakening.changed_text import ChangedText
from gate.weakening.matched_tests import Matched, Placed, is_part, match_tests
from gate.weakening.python_tests import (
    FoundSkip,
    FoundTests,
    is_about_tests,
    is_test_file,
    parse_tests,
    tests_by_line,
)

_MOST_BESIDE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Skip:
    path: str
    skip: FoundSkip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What all files have on one side, under their paths of now."""

    files: Mapping[str, FoundTests]
    functions: Mapping[str, Mapping[str, Tally]]

    def tests(self) -> Iterator[Placed]:
        for path, found in self.files.items():
            yield from (Placed(path=path, test=test) for test in found.tests.values())

    def skips(self) -> Iterator[_Skip]:
        for path, found in self.files.items():
            yield from (_Skip(path=path, skip=skip) for skip in found.skips)


def lost_tests(files: Iterable[ChangedText], patterns: tuple[str, ...] = ()) -> Iterator[Weakening]:
    """Yield what the tests lose, over the whole change; `patterns` are those of the project's test files."""
    files = tuple(files)
    gone = frozenset(file.path for file in files if file.after is None)
    sides: tuple[dict[str, FoundTests], dict[str, FoundTests]] = ({}, {})
    for file in files:
        read = _read(file, patterns)
        for side, found in zip(sides, read, strict=True):
            side[file.path] = found
    ambiguous = _ambiguous(sides)
    before, after = (_Side(files=side, functions=_functions(side, ambiguous)) for side in sides)
    matched = match_tests(before.tests(), after.tests())
    yield from _deleted(matched, before, gone)
    beside: dict[str, list[Placed]] = defaultdict(list)
    for one in matched.added:
        beside[one.path].append(one)
    for old, new in matched.pairs:
        yield from _fewer_cases(old, new)
        yield from _fewer_assertions(old, new, beside[new.path][:_MOST_BESIDE], before.functions, after.functions)
    yield from _added_skips(list(before.skips()), after, matched)


def _read(file: ChangedText, patterns: tuple[str, ...]) -> tuple[FoundTests, FoundTests]:
    """Read both sides in the same way: where one of them is no Python that is known here, both by their lines."""
    paths = (file.base_path, file.path)
    texts = [
        text if text and is_about_tests(path, patterns) else ""
        for path, text in zip(paths, (file.before, file.after), strict=True)
    ]
    has = [is_test_file(path, patterns) for path in paths]
    old, new = (parse_tests(text, has_tests=has_tests) for text, has_tests in zip(texts, has, strict=True))
    if old is None or new is None:
        old, new = (tests_by_line(text, has_tests=has_tests) for text, has_tests in zip(texts, has, strict=True))
    return old, new


def _ambiguous(sides: Iterable[Mapping[str, FoundTests]]) -> frozenset[str]:
    """Return the names of functions that more than one file has, on either side."""
    homes: dict[str, set[str]] = {}
    for side in sides:
        for path, found in side.items():
            for name in found.functions:
                homes.setdefault(name, set()).add(path)
    return frozenset(name for name, paths in homes.items() if len(paths) > 1)


def _functions(files: Mapping[str, FoundTests], ambiguous: frozenset[str]) -> Mapping[str, Mapping[str, Tally]]:
    """Return for each file the functions that it can call: its own, and those it imports from a file of the change."""
    own = {path: asserted_by(found.functions) for path, found in files.items()}
    shared = {name: tally for tallies in own.values() for name, tally in tallies.items() if name not in ambiguous}
    return {
        path: asserted_by({name: shared[name] for name in found.imported & shared.keys()} | dict(found.functions))
        for path, found in files.items()
    }


def _deleted(matched: Matched, before: _Side, gone: frozenset[str]) -> Iterator[Weakening]:
    skipped = {(one.path, one.skip.target) for one in before.skips() if one.skip.is_always}
    for old in matched.deleted:
        # What never ran is no loss.
        if not any((old.path, target) in skipped for target in _around(old.test.name)):
            yield Weakening(
                kind=WeakeningKind.DELETED_TEST,
                message=f"deletes the test {shown(old.test.name)} ({shown(old.path)})",
                location=None if old.path in gone else Location(path=old.path),
            )


def _fewer_cases(old: Placed, new: Placed) -> Iterator[Weakening]:
    for names, number in old.test.cases.items():
        left = new.test.cases.get(names)
        if left is None and (new.test.cases or new.test.has_more_cases):
            # Other arguments, or cases from elsewhere: what is a case is another thing now.
            continue
        if left is None and new.test.tally != old.test.tally and new.test.lines != old.test.lines:
            continue
        gone = number - (1 if left is None else left)
        if gone > 0:
            yield Weakening(
                kind=WeakeningKind.DELETED_TEST,
                message=f"takes {gone} of {number} cases out of {shown(new.test.name)}",
                location=Location(path=new.path, line=new.test.line),
            )


def _fewer_assertions(
    old: Placed,
    new: Placed,
    beside: Iterable[Placed],
    then: Mapping[str, Mapping[str, Tally]],
    now: Mapping[str, Mapping[str, Tally]],
) -> Iterator[Weakening]:
    """Yield what a test asserts no more, unless new ones `beside` it do, into which it was parted."""
    if old.test.tally is None or new.test.tally is None:
        return
    was, has = with_calls(old.test.tally, then[old.path]), with_calls(new.test.tally, now[new.path])
    if has.count < was.count and has.weight < was.weight:
        parts = [one.test.tally for one in beside if one.test.tally is not None and is_part(one.test, old.test)]
        if has.count + sum(with_calls(part, now[new.path]).count for part in parts) >= was.count:
            return
        gone = was.count - has.count
        number = f"{gone} of {was.count} assertions" if has.count else f"all {was.count} assertions"
        yield Weakening(
            kind=WeakeningKind.DELETED_ASSERTION,
            message=f"takes {number if was.count > 1 else 'the assertion'} out of {shown(new.test.name)}",
            location=Location(path=new.path, line=new.test.line),
        )


def _added_skips(before: Sequence[_Skip], now: _Side, matched: Matched) -> Iterator[Weakening]:
    """Yield the skips that are new; one goes with its test, wherever that was moved to and however it is called now."""
    heirs = {(old.path, old.test.name): (new.path, new.test.name) for old, new in matched.pairs}
    followed, after = [_following(one, heirs) for one in before], list(now.skips())
    old, new = Counter(map(_key, followed)), Counter(map(_key, after))
    come, gone = new - old, old - new
    # A class, or a whole module, that was moved.
    left = {(one.path, target) for one in now.tests() for target in _around(one.test.name)}
    elsewhere = Counter(key[1:] for key in gone.elements() if (key[0], key[2]) not in left)
    wider = {(one.path, one.skip.target) for one in followed if one.skip.is_always}
    same = {_key(one) for one in followed}
    for one in after:
        key = _key(one)
        if come[key] <= 0:
            continue
        come[key] -= 1
        around = _around(one.skip.target)
        was_around = any((one.path, target) in wider or (one.path, one.skip.what, target) in same for target in around)
        if elsewhere[key[1:]] > 0:
            elsewhere[key[1:]] -= 1
        elif not was_around or (one.path, one.skip.what, one.skip.target) in same:
            yield _told(one)


def _told(one: _Skip) -> Weakening:
    about = f" to {shown(one.skip.target)}" if one.skip.target else ""
    return Weakening(
        kind=WeakeningKind.SKIP,
        message=f"adds {one.skip.what}{about}",
        location=Location(path=one.path, line=one.skip.line),
    )


def _following(one: _Skip, heirs: Mapping[tuple[str, str], tuple[str, str]]) -> _Skip:
    path, target = heirs.get((one.path, one.skip.target), (one.path, one.skip.target))
    return _Skip(path=path, skip=replace(one.skip, target=target))


def _key(one: _Skip) -> tuple[str, str, str]:
    return one.path, one.skip.what, one.skip.target


def _around(name: str) -> tuple[str, ...]:
    """Return a test's name, that of its class, and "" for its module: what is skipped with any of them is skipped."""
    outer = [name]
    while "." in name:
        name = name.rpartition(".")[0]
        outer.append(name)
    return (*outer, "")
