"""The text of a SQL script: where in it an error is. Pure; executes nothing and judges no syntax."""

import re
from collections.abc import Iterator

# What a `;` in it does not end: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*)"
    r"|(?P<comment>/\*)"
    r"|(?P<dollar>\$(?P<tag>[^\W\d]\w*)\$.*?(?:\$(?P=tag)\$|\Z)|\$\$.*?(?:\$\$|\Z))"
    r"|(?P<escape>\b[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z))"
    r"|(?P<quoted>'[^']*(?:'|\Z)|\"[^\"]*(?:\"|\Z))"
    r"|(?P<word>[^\W\d][\w$]*)"
    r"|(?P<end>;)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
# pg_dump brackets its output with these commands of psql since August 2025 (CVE-2025-8714).
_RESTRICT = re.compile(r"^\\(?=(?:un)?restrict\b)", re.MULTILINE)


def without_restrict(text: str) -> str:
    r"""Return the script with pg_dump's `\restrict` and `\unrestrict` made comments, every line in its place."""
    return _RESTRICT.sub("--", text)


def line_at(text: str, position: int) -> int:
    """Return the line of the character `position`, both counted from 1, as the server counts."""
    return text.count("\n", 0, max(0, position - 1)) + 1


def statement_lines(text: str) -> list[int]:
    """Return the line on which each statement of a script begins.

    Statements that are empty are left out, as the server leaves them out. What stands in brackets, or in the
    body of a function from BEGIN ATOMIC to END, is part of one statement.
    """
    return [line_at(text, start + 1) for start in _statement_starts(text)]


def _statement_starts(text: str) -> Iterator[int]:
    start: int | None = None
    depth = 0
    word_before = ""
    for kind, position, written in _tokens(text):
        if kind == "end" and depth == 0:
            if start is not None:
                yield start
            start, word_before = None, ""
            continue
        start = position if start is None else start
        word = written.upper() if kind == "word" else ""
        if written == "(" or (word == "ATOMIC" and word_before == "BEGIN") or (word == "CASE" and depth):
            depth += 1
        elif depth and (written == ")" or word == "END"):
            depth -= 1
        word_before = word
    if start is not None:
        yield start


def _tokens(text: str) -> Iterator[tuple[str, int, str]]:
    position = 0
    while match := _TOKEN.match(text, position):
        kind = match.lastgroup if match.lastgroup != "tag" else "dollar"
        position = match.end()
        if kind == "comment":
            position = _end_of_comment(text, position)
        elif kind != "space":
            yield str(kind), match.start(), match[0]


def _end_of_comment(text: str, position: int) -> int:
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(text, position)):
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return position if depth == 0 else len(text)
