"""The text of a Python file -> which lines belong to one statement, by its tokens. Runs nothing and reads no file.

As coverage.py counts: a statement over several lines is its first one
(https://coverage.readthedocs.io/en/latest/trouble.html). By tokens, so that also files are read that are written for a
newer Python than the one that reads.
"""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence

MOST_CHARACTERS = 4 * 1024 * 1024
_MOST_STEPS = 50_000_000
_LINE_END = re.compile(r"\r\n|\r|\n")
_NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER),
}


def statement_starts(text: str, lines: Iterable[int]) -> tuple[int, ...]:
    """Return the first lines of the statements that stand on `lines`, each once and rising.

    `lines` are counted as git does, by line feeds; those that are returned as Python does, for which a carriage return
    alone ends a line, too.
    Lines without code, such as comments within a call, belong to none. What cannot be read, or is longer than
    `MOST_CHARACTERS`, stands for itself line by line, but for lines that are empty or begin as a comment does.
    """
    if "\r" in text:
        lines = tuple(_as_python_counts(text, frozenset(lines)))
        text = _LINE_END.sub("\n", text)
    starts, readable = _starts(text)
    found = {starts.get(line, line) for line in lines if line in starts or line > readable}
    if found and max(found) > readable:
        # Nothing tells what is a comment here, and what a line of a text.
        written = text.split("\n")
        found = {line for line in found if line <= readable or _has_words(written, line)}
    return tuple(sorted(found))


def _has_words(written: Sequence[str], line: int) -> bool:
    words = written[line - 1].strip() if line <= len(written) else ""
    return bool(words) and not words.startswith("#")


def _as_python_counts(text: str, lines: frozenset[int]) -> Iterator[int]:
    before = 0
    for number, line in enumerate(text.split("\n"), 1):
        inner = line.count("\r") - line.endswith("\r")
        if number in lines:
            yield from range(before + 1, before + inner + 2)
        before += inner + 1


def takes_too_long(text: str) -> bool:
    """Tell whether Python's tokenizer would stumble over a text for minutes, as it may be written to make it do.

    Each escaped quote of a text that never ends is tried anew as the begin of one, to the end of its line.
    """
    return sum(line.count("\\") * len(line) for line in text.split("\n")) > _MOST_STEPS


def _starts(text: str) -> tuple[dict[int, int], int]:
    """Return where the statement on each line begins, and the last line that could be read."""
    starts: dict[int, int] = {}
    if len(text) > MOST_CHARACTERS or takes_too_long(text):
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
