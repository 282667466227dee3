"""How counts and long texts are written in a sentence, on every surface."""


def counted(number: int, noun: str) -> str:
    """Write a count with its noun: `1 finding`, `2,030 findings`. `noun` is in the singular."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def clipped(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, the last of them an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
