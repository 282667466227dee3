"""Pieces of HTML that stand on the page before any script ran. Every text goes through `escape.html`."""

from gate.domain.finding import Location
from gate.domain.report import Verdict
from gate.domain.result import Outcome
from gate.domain.wording import clipped
from gate.render.escape import html, web_address
from gate.render.links import Links

_MOST_OF_A_PLACE = 300

# Drawn on 16 by 16; letters of a font would look otherwise on every machine, and not at all on some.
_SHAPES = {
    Outcome.PASSED: '<circle cx="8" cy="8" r="8"/><path d="M4.4 8.3l2.4 2.4 4.8-5"/>',
    Outcome.FAILED: '<circle cx="8" cy="8" r="8"/><path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6"/>',
    Outcome.ERRORED: '<path class="solid" d="M8 .8l7.6 13.8H.4z"/><path d="M8 5.6v4.2M8 12v.4"/>',
    Outcome.SKIPPED: '<circle cx="8" cy="8" r="8"/><path d="M4.6 5.2L7.8 8l-3.2 2.8M8.6 5.2L11.8 8l-3.2 2.8"/>',
}


def shapes() -> str:
    """Return the marks of the outcomes, to be referred to."""
    symbols = "".join(
        f'<symbol id="mark-{outcome}" viewBox="0 0 16 16">{shape}</symbol>' for outcome, shape in _SHAPES.items()
    )
    return f'<svg width="0" height="0" aria-hidden="true" class="shapes">{symbols}</svg>'


def mark(outcome: Outcome | Verdict, spoken: str = "") -> str:
    """Draw the mark of an outcome, with its name, or what else is `spoken`, for who cannot see it."""
    drawn = outcome if outcome in set(Outcome) else Outcome.ERRORED
    return (
        f'<svg class="mark {drawn}" aria-hidden="true"><use href="#mark-{drawn}"/></svg>'
        f'<span class="unseen">{spoken or outcome}</span>'
    )


def anchor(label: str, url: str) -> str:
    """Link a text to a web address; without one that is safe, the text alone."""
    address = web_address(url) if url else None
    return html(label) if address is None else f'<a href="{html(address)}" rel="noreferrer">{html(label)}</a>'


def place(location: Location, links: Links) -> str:
    """Name a place in the source, linked to its line at the commit."""
    return f"<code>{anchor(clipped(str(location), _MOST_OF_A_PLACE), links.line_url(location))}</code>"


def section(name: str, title: str, inside: str, attributes: str = "") -> str:
    """Make a part of the page with a heading of its own; nothing where there is nothing inside."""
    if not inside:
        return ""
    head = f'<h2 id="{name}-title">{title}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-title"{attributes}>{head}{inside}</section>\n'


def listed(entries: list[str], tag: str = "ul", kind: str = "") -> str:
    """Make a list of pieces of HTML; nothing of none."""
    return f'<{tag} class="{kind}">{"".join(f"<li>{entry}</li>" for entry in entries)}</{tag}>' if entries else ""


def table(caption: str, columns: list[str], rows: list[list[str]], kind: str = "") -> str:
    """Make a table of pieces of HTML; the first cell of a row heads it."""
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="{caption}"><table class="{kind}">'
        f'<caption class="unseen">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
