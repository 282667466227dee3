"""The one place that escapes: whatever a change can name or print becomes plain, visible text here.

Must not know what it escapes, nor where it will stand: every result is safe in a paragraph, a heading, a table
cell, a list item and inside raw HTML alike. Why each rule is as it is: docs/adr/escaping.md.
"""

import html as html_entities
import re
import string
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

ZERO_WIDTH_SPACE = "\u200b"

_COLOURS = re.compile(r"\x1b\[[0-9;:]*m")
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
# Printable by their category, and yet nothing is seen of them.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
_EMOJI_STYLE = "\ufe0f"
_EMOJI_JOINER = "\u200d"
_IN_EMOJI = (_EMOJI_STYLE, _EMOJI_JOINER)
_MARKS = ("Mn", "Me")
_MOST_MARKS_ON_A_LETTER = 4
_MOST_REMEMBERED = 65_536

_ENTITIES = {ord(char): f"&#{ord(char)};" for char in string.punctuation}
# What cannot start anything in GitHub's Markdown stays readable in the source of a comment.
_HARMLESS = ",;%?'\"/()"
_BETWEEN_WORDS = re.compile(r"(?<=[A-Za-z0-9])[.+-](?=[A-Za-z0-9])|(?<=[A-Za-z0-9]):(?= )")
_PUNCTUATION = re.compile(f"[{re.escape(''.join(char for char in string.punctuation if char not in _HARMLESS))}]")
# Where GitHub starts a mention, a reference, an emoji, a link or a commit: there the word is broken.
_AFTER = re.compile(r"@|#(?=\d)|(?<=\bgh)-(?=\d)|:(?=[^ ])", re.IGNORECASE)
_WWW = re.compile(r"(www)(?=\.)", re.IGNORECASE)
_LEAST_OF_A_COMMIT = 7
_COMMIT = re.compile(r"(?<![0-9A-Za-z_])[0-9a-fA-F]{7,40}(?![0-9A-Za-z_])")
# `1.` is broken as any dot is; this too would start a list.
_NUMBERED = re.compile(r"\A([0-9]+)\)")
_OUTER_SPACE = re.compile(r"^ | $|(?<= ) ")

_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
# An address of which nothing would be changed, as nearly all are.
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9/._-]*)?(\?[A-Za-z0-9=&_-]*)?(#[A-Za-z0-9_-]*)?"
)
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def visible(value: str, *, keep: str = "") -> str:
    r"""Spell out what cannot be seen: control, bidirectional and invisible characters become `\u202e` and the like.

    Characters of `keep` stay as they are. Colours of a terminal are dropped; emoji stay whole.
    """
    plain = value
    for char in keep:
        plain = plain.replace(char, "")
    if plain.isascii() and plain.isprintable():
        return value
    value = _COLOURS.sub("", value).translate(_spelling(keep))

    # In words of any script nothing depends on the neighbours.
    return value if value.isascii() else _NOT_ASCII.sub(lambda run: run[0] if run[0].isalnum() else _seen(run), value)


def text(value: str) -> str:
    """Escape to one line of text for Markdown and HTML: no markup, no mention, no reference, no link."""
    if len(value) < _LEAST_OF_A_COMMIT and value.isascii() and value.isalnum():
        return value
    shown = _WWW.sub(rf"\1{ZERO_WIDTH_SPACE}", visible(value))
    shown = _COMMIT.sub(lambda match: ZERO_WIDTH_SPACE.join(re.findall(".{1,6}", match[0])), shown)
    shown = _AFTER.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", shown)
    readable = {match.start() for match in _BETWEEN_WORDS.finditer(shown)}
    shown = _PUNCTUATION.sub(lambda m: m[0] if m.start() in readable else _ENTITIES[ord(m[0])], shown)
    shown = _NUMBERED.sub(r"\1&#41;", shown)
    # GitHub's documentation: a dollar sign in a span starts no formula.
    shown = shown.replace("&#36;", "<span>&#36;</span>")
    return _OUTER_SPACE.sub("&#32;", shown)


def code(value: str) -> str:
    """Escape to inline code for Markdown and HTML, on one line.

    A code span of HTML needs no delimiter that the text could close, and may hold a pipe in a table's cell.
    GitHub links nothing inside code but an e-mail address, which is why `@` ends a text node.
    """
    shown = visible(value).translate(_ENTITIES).replace("&#64;", "&#64;<wbr>")
    return f"<code>{_OUTER_SPACE.sub('&#32;', shown)}</code>"


def quoting(value: str) -> str:
    """Escape to one line of text in which what stands between backticks is inline code."""
    parts = value.split("`")
    if len(parts) % 2 == 0:
        return text(value)
    return "".join(code(part) if at % 2 else text(part) for at, part in enumerate(parts) if part)


def pre(value: str) -> str:
    """Escape to a block of preformatted text, to stand at the start of a line; blank lines are kept."""
    return f"<pre>{html(value.strip(chr(10)))}</pre>"


def html(value: str) -> str:
    """Escape for HTML, text and quoted attributes; lines and tabs are kept. Not for Markdown."""
    return html_entities.escape(visible(value.replace("\r\n", "\n"), keep="\n\t"), quote=True)


def link(label: str, url: str) -> str:
    """Link a text to a web address; without an address that is safe, the text alone."""
    return _anchor(text(label), url)


def code_link(label: str, url: str) -> str:
    """Link inline code to a web address; without an address that is safe, the code alone."""
    return _anchor(code(label), url)


def web_address(url: str) -> str | None:
    """Return `url` percent-encoded, or None unless it is http or https with a plain host and no user in it."""
    if _PLAIN_ADDRESS.fullmatch(url):
        return url
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        return None
    rest = _BARE_PERCENT.sub("%25", well_formed(url.strip().partition(parts.netloc)[2]))
    return f"{parts.scheme.lower()}://{parts.netloc}{quote(rest, safe='/?#:&=%~.,;+@!*()-_')}"


@lru_cache(maxsize=1024)
def path_in_url(path: str) -> str:
    """Percent-encode a path for use behind a base address; the slashes stay."""
    return quote(well_formed(path), safe="/")


def well_formed(value: str) -> str:
    """Replace lone surrogates, which UTF-8 has no form for, by the replacement character."""
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def command_data(value: str) -> str:
    """Escape the message of a workflow command (`escapeData` of actions/toolkit, packages/core/src/command.ts).

    The runner prints the message to the log, where `##[group]` and the like would still be drawn.
    """
    shown = visible(value.replace("\r\n", "\n"), keep="\n").replace("##[", r"##\[")
    return shown.replace("%", "%25").replace("\n", "%0A")


def command_property(value: str) -> str:
    """Escape a property of a workflow command (`escapeProperty`, same place)."""
    return command_data(value).replace(":", "%3A").replace(",", "%2C")


def console_line(value: str) -> str:
    r"""Make one line for a terminal or a CI log: nothing in it moves the cursor or is a command to the runner.

    The runner takes `::` behind leading white space, and the older `##[` anywhere, for a command
    (actions/runner, ActionCommand.cs). Give it the whole line, after it was put together.
    """
    shown = visible(value.rstrip("\n")).replace("##[", r"##\[")
    return re.sub(r"^(\s*)::", r"\1\\::", shown)


class _Spelling(dict[int, str]):
    """What stands for a character by itself, found out when it is first met: a report may have millions of them."""

    def __init__(self, keep: str) -> None:
        super().__init__()
        self._keep = keep

    def __missing__(self, code: int) -> str:
        char = chr(code)
        stays = char in self._keep or char in _IN_EMOJI or (char.isprintable() and char not in _BLANK)
        spelt = char if stays else _spelt(char)
        if len(self) < _MOST_REMEMBERED:
            self[code] = spelt
        return spelt


@lru_cache
def _spelling(keep: str) -> _Spelling:
    return _Spelling(keep)


def _spelt(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _seen(run: re.Match[str]) -> str:
    """Spell out what of a run could be seen by itself, and is not between its neighbours."""
    value, shown, marks = run.string, [], 0
    for at, char in enumerate(run[0], run.start()):
        marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        if char == _EMOJI_STYLE:
            is_seen = _is_symbol(value[at - 1 : at])
        elif char == _EMOJI_JOINER:
            before, after = value[at - 1 : at], value[at + 1 : at + 2]
            is_seen = _is_symbol(after) and (before == _EMOJI_STYLE or _is_symbol(before))
        else:
            # More marks than any script sets on a letter run over the lines above and below.
            is_seen = marks <= _MOST_MARKS_ON_A_LETTER
        shown.append(char if is_seen else _spelt(char))
    return "".join(shown)


def _is_symbol(char: str) -> bool:
    return char != "" and char not in _BLANK and unicodedata.category(char) in ("So", "Sk")


def _anchor(label: str, url: str) -> str:
    address = web_address(url)
    return label if address is None else f'<a href="{html_entities.escape(address)}">{label}</a>'
