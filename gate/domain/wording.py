"""How counts, lists and long texts are written in a sentence, on every surface."""

from collections.abc import Iterable


def counted(number: int, noun: str) -> str:
    """Write a count with its noun: `1 finding`, `2,030 findings`. `noun` is in the singular."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def enumerated(words: Iterable[str], most: int | None = None) -> str:
    """List words: `a`, `a and b`, `a, b and c`; of more than `most` how many others there are: `a, b and 5 more`.

    A last one alone is named: `1 more` would be no shorter.
    """
    shown = [*words]
    if most is not None and len(shown) > most + 1:
        shown[most:] = [f"{len(shown) - most:,} more"]
    *first, last = shown or [""]
    return f"{', '.join(first)} and {last}" if first else last


def clipped(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, the last of them an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
