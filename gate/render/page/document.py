"""The document: what is allowed in it, what stands in it before any script ran, and what its script draws from.

The security policy allows one style and one script by their digests and nothing else: no network, no handler in
an attribute, no style in an attribute (https://www.w3.org/TR/CSP3/).
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from gate import __version__
from gate.domain.report import Report
from gate.domain.wording import clipped
from gate.render.escape import html
from gate.render.headline import headline
from gate.render.links import Links
from gate.render.page import overview
from gate.render.page.contents import contents_parts
from gate.render.page.markup import section, shapes

_PARTS = (
    ("tests", "Tests"),
    ("findings", "Findings"),
    ("coverage", "Coverage"),
    ("evidence", "Evidence"),
    ("comparison", "Against the base"),
    ("history", "History"),
    ("about", "About this run"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The page's own style and script, as they lie in the package."""

    style: str
    script: str


def render_page(report: Report, links: Links, assets: Assets, evidence: str = "") -> Iterator[str]:
    """Render the page in parts. `evidence` is the way from the page to the report's folder, percent-encoded."""
    yield _head(report, assets)
    yield (
        '<a class="skip" href="#content">Skip to the content</a>\n'
        '<header class="top"><a class="name" href="#content">Quality Gate</a>'
        '<nav id="parts" aria-label="Parts of the report"></nav>'
        '<button type="button" id="theme" hidden></button></header>\n'
        '<main id="content" tabindex="-1">\n'
    )
    yield shapes()
    yield overview.verdict(report, links)
    yield overview.weakenings(report, links)
    yield overview.problems(report, links)
    yield overview.next_list(report, links)
    yield overview.gates(report)
    yield overview.spoken(report)
    for name, title in _PARTS:
        # Filled by the script, which takes away what stays empty.
        yield section(name, title, " ", " hidden")
    yield overview.checklist(report, links)
    yield overview.measures(report)
    yield f"</main>\n<footer><p>Made by Quality Gate {html(__version__)} from report.json.</p></footer>\n"
    yield '<script type="application/json" id="contents">'
    yield from contents_parts(report, links, evidence)
    yield f"</script>\n<script>{assets.script}</script>\n</body>\n</html>\n"


def _head(report: Report, assets: Assets) -> str:
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {_digest(assets.style)}",
            f"script-src {_digest(assets.script)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    title = html(clipped(headline(report, report.subject.name), 200).replace("\n", " "))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{assets.style}</style>\n</head>\n<body>\n"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
