"""The text of a Python file -> which lines belong to one statement, by its tokens. Runs nothing and reads no file.

As coverage.py counts: a statement over several lines is its first one
(https://coverage.readthedocs.io/en/latest/trouble.html). By tokens, so that also files are read that are written for a
newer Python than the one that reads.
"""

import io
import tokenize
from collections.abc import Iterable

MOST_CHARACTERS = 4 * 1024 * 1024
_NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER),
}


def statement_starts(text: str, lines: Iterable[int]) -> tuple[int, ...]:
    """Return the first lines of the statements that stand on `lines`, each once and rising.

    Lines without code, such as comments within a call, belong to none. What cannot be read, or is longer than
    `MOST_CHARACTERS`, stands for itself line by line.
    """
    starts, readable = _starts(text)
    found = {starts.get(line, line if line > readable else 0) for line in lines}
    return tuple(sorted(found - {0}))


def _starts(text: str) -> tuple[dict[int, int], int]:
    """Return where the statement on each line begins, and the last line that could be read."""
    starts: dict[int, int] = {}
    if len(text) > MOST_CHARACTERS:
        return starts, 0
    first, last = 0, 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _NO_CODE:
                continue
            if token.type == tokenize.NEWLINE:
                last, first = token.end[0], 0
                continue
            first = first or token.start[0]
            for line in range(token.start[0], token.end[0] + 1):
                starts.setdefault(line, first)
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return {line: start for line, start in starts.items() if line <= last}, last
    return starts, len(text) + 1
