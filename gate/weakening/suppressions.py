"""Comments that make a tool look away, and which of them a change adds. Knows no tool's findings.

ruff: https://docs.astral.sh/ruff/linter/#error-suppression · mypy: https://mypy.readthedocs.io/en/stable/inline_config.html
coverage.py: https://coverage.readthedocs.io/en/latest/excluding.html · bandit, pylint, pyright and ty as they say it.
"""

import io
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gate.domain.finding import Location
from gate.domain.weakening import Weakening, WeakeningKind
from gate.formats.logical_lines import takes_too_long
from gate.weakening.changed_text import ChangedText

_LONGEST_TOKENIZED = 1_000_000
_MOST_PAIRED = 500
_ANY = re.compile(r"noqa|ignore|pragma|nosec|nosemgrep|pylint|ruff|flake8|mypy|pyre|isort", re.IGNORECASE)
# Nothing here can be matched in two ways: a comment may be as long as its file, and the change chooses it.
_BETWEEN = r"(?:[ \t]*+,[ \t]*+|[ \t]++)"
_CODES = rf"(?P<codes>[A-Za-z][\w-]{{0,60}}+(?:{_BETWEEN}[A-Za-z][\w-]{{0,60}}+){{0,50}}+)"
_RULES = rf"(?P<codes>[A-Z]{{1,12}}+[0-9]{{1,6}}+(?:{_BETWEEN}[A-Z]{{1,12}}+[0-9]{{1,6}}+){{0,50}}+)"
# Settings on the same line before the one that is looked for.
_OTHERS = r"[^#\n]{0,200}?\b"
_FAMILIES = tuple(
    (words, re.compile(pattern, re.IGNORECASE))
    for words, pattern in {
        "# ruff: noqa": rf"#\s*(?:ruff|flake8)\s*[:=]\s*noqa\b(?:\s*:\s*{_RULES})?",
        "# noqa": rf"(?<!ruff: )(?<!ruff:)(?<!flake8: )#\s*noqa\b(?:\s*:\s*{_RULES})?",
        "# ruff: disable": rf"#\s*ruff\s*:\s*(?:disable|ignore|file-ignore)\s*(?:\[\s*{_CODES}\s*\])?",
        "# type: ignore": rf"#\s*type:\s*ignore\b(?:\[\s*{_CODES}\s*\])?",
        "# pyright: ignore": rf"#\s*pyright:\s*ignore\b(?:\[\s*{_CODES}\s*\])?",
        "# ty: ignore": rf"#\s*ty:\s*ignore\b(?:\[\s*{_CODES}\s*\])?",
        "# pyre-ignore": r"#\s*pyre-(?:ignore|fixme)\b",
        "# pyrefly: ignore": rf"#\s*pyrefly:\s*ignore(?:-errors)?\b(?:\[\s*{_CODES}\s*\])?",
        "# mypy: ignore-errors": rf"#\s*mypy:{_OTHERS}ignore[-_]errors\b",
        "# mypy: disable-error-code": rf"#\s*mypy:{_OTHERS}disable[-_]error[-_]code\b",
        "# isort: skip": r"#\s*(?:ruff:\s*)?isort:\s*(?:off|skip|skip_file)\b",
        "# pragma: no cover": r"#\s*pragma[:\s]?\s*no\s*cover\b",
        "# pragma: no branch": r"#\s*pragma[:\s]?\s*no\s*branch\b",
        "# nosec": rf"#\s*nosec\b(?:\s*:?\s*{_RULES})?",
        "# nosemgrep": r"#\s*nosemgrep\b",
        "# pylint: skip-file": r"#\s*pylint:\s*skip-file\b",
        "# pylint: disable": rf"#\s*pylint:\s*disable(?:-next)?\s*=\s*{_CODES}",
    }.items()
)
# With the quotes that begin none: each would be tried to the end of the line.
_STRING = re.compile(r"'(?:\\.|[^'\\\n])*+'|\"(?:\\.|[^\"\\\n])*+\"|\\['\"]")
_UNTOLD = re.compile(r"[\s'\",]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A comment by which a tool looks away: from `codes`, or from everything where there are none.

    `code` is the line without it, as far as reformatting leaves it.
    """

    family: str
    codes: frozenset[str]
    path: str
    line: int
    code: str

    @property
    def words(self) -> str:
        """As it is written."""
        listed = ", ".join(sorted(self.codes))
        if not listed:
            return self.family
        if self.family.endswith(("ignore", "disable")) and "pylint" not in self.family:
            return f"{self.family}[{listed}]"
        return f"{self.family}{'=' if 'pylint' in self.family else ': '}{listed}"


def added_suppressions(files: Iterable[ChangedText]) -> Iterator[Weakening]:
    """Yield what the change adds, counted over the whole of it: what is moved, renamed or reformatted adds nothing."""
    before: dict[str, list[Suppression]] = defaultdict(list)
    after: dict[str, list[Suppression]] = defaultdict(list)
    for file in files:
        if file.is_python:
            old, new = _of_both(file)
            for one in old:
                before[one.family].append(one)
            for one in new:
                after[one.family].append(one)
    for family, new in after.items():
        for one in _added(before[family], new):
            yield Weakening(
                kind=WeakeningKind.SUPPRESSION,
                message=f'adds "{one.words}"',
                location=Location(path=one.path, line=one.line),
            )


def _of_both(file: ChangedText) -> tuple[list[Suppression], list[Suppression]]:
    """Read both sides in the same way: where one of them is no Python that is known here, both by their lines."""
    texts = [text or "" for text in (file.before, file.after)]
    texts = [text if _ANY.search(text) else "" for text in texts]
    try:
        sides = [list(_tokenized(text)) for text in texts]
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        sides = [list(_by_line(text)) for text in texts]
    return list(_read(sides[0], file.path)), list(_read(sides[1], file.path))


def _tokenized(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the comments with their lines and what stands before them."""
    if not text:
        return
    if len(text) > _LONGEST_TOKENIZED or takes_too_long(text):
        raise ValueError("too long to be tokenized")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string, token.line[: token.start[1]]


def _by_line(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if "#" in line and _ANY.search(line):
            code, _, comment = _STRING.sub("''", line).partition("#")
            yield number, f"#{comment}", code


def _read(comments: Iterable[tuple[int, str, str]], path: str) -> Iterator[Suppression]:
    for line, comment, code in comments:
        for family, pattern in _FAMILIES:
            # One comment may say it more than once: `# noqa: F401`.
            told = [match.groupdict().get("codes") or "" for match in pattern.finditer(comment)]
            if told:
                codes = " ".join(told).replace(",", " ").split() if all(told) else ()
                yield Suppression(
                    family=family, codes=frozenset(codes), path=path, line=line, code=_UNTOLD.sub("", code)
                )


def _added(old: Sequence[Suppression], new: Sequence[Suppression]) -> list[Suppression]:
    """Return what of one family is new; a line that says the same keeps its own, wherever it was moved to."""
    same: tuple[Callable[[Suppression], Hashable], ...] = (
        lambda one: (one.path, one.codes, one.code),
        lambda one: (one.codes, one.code),
        lambda one: (one.path, one.codes),
        lambda one: one.codes,
    )
    for key in same:
        old, new = _without_pairs(old, new, key)
    if len(old) > _MOST_PAIRED or len(new) > _MOST_PAIRED:
        return list(new)
    left = list(old)
    return [one for one in (_beyond(one, left) for one in new) if one is not None]


def _without_pairs(
    old: Sequence[Suppression], new: Sequence[Suppression], key: Callable[[Suppression], Hashable]
) -> tuple[list[Suppression], list[Suppression]]:
    gone, come = Counter(map(key, old)), Counter(map(key, new))
    return _rest(old, key, gone - come), _rest(new, key, come - gone)


def _rest(
    things: Sequence[Suppression], key: Callable[[Suppression], Hashable], most: "Counter[Hashable]"
) -> list[Suppression]:
    """Keep as many of each kind as are left, the last ones."""
    kept = []
    for one in reversed(things):
        if most[key(one)] > 0:
            most[key(one)] -= 1
            kept.append(one)
    return kept[::-1]


def _beyond(one: Suppression, left: list[Suppression]) -> Suppression | None:
    """Return what it hides beyond one of the same file that gave way to it; None where that is nothing."""
    in_file = [other for other in left if other.path == one.path]
    if one.codes:
        wider = next((other for other in in_file if not other.codes or other.codes > one.codes), None)
        if wider is not None:
            left.remove(wider)
            return None
        narrower = next((other for other in in_file if other.codes < one.codes), None)
        if narrower is not None:
            left.remove(narrower)
            codes = one.codes - narrower.codes
            return Suppression(family=one.family, codes=codes, path=one.path, line=one.line, code=one.code)
    return one
