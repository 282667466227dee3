"""Words of a plan: arguments of uv, the files that they name, and the line that says where it comes from."""

from collections.abc import Iterable, Sequence


def with_extras(extras: Sequence[str]) -> str:
    """Write the project itself with its extras."""
    return f".[{','.join(extras)}]" if extras else "."


def option_words(name: str, values: Iterable[str]) -> list[str]:
    """Write an option once for each of its values."""
    return [word for value in values for word in (name, value)]


def file_of(lines: Iterable[str]) -> str:
    """Write a file of requirements, one a line."""
    return "".join(f"{line}\n" for line in lines)


def origin_line(path: str, groups: Sequence[str], extras: Sequence[str]) -> str:
    """Say what is installed from: `uv.lock, group dev`."""
    parts = [path]
    for word, names in (("group", groups), ("extra", extras)):
        if names:
            parts.append(f"{word}{'s' if len(names) > 1 else ''} {' and '.join(names)}")
    return ", ".join(parts)
