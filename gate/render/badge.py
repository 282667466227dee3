"""Badges of the verdict and of the coverage: SVG of our own, and JSON for shields.io. Writes no file.

Format of the JSON: https://shields.io/badges/endpoint-badge.
"""

import json
from dataclasses import dataclass

from gate.domain.measure import floored
from gate.domain.report import Report, Verdict
from gate.domain.wording import clipped
from gate.render.escape import html, visible, well_formed
from gate.render.outputs import measured_coverage

# White on each is read by everybody: a contrast of 4.5 at least (WCAG 2.2, 1.4.3).
_GREEN, _RED, _AMBER, _GREY, _DARK = "#1a7f37", "#cf222e", "#8a5a00", "#57606a", "#3d444d"
_COLOURS = {
    Verdict.PASSED: _GREEN,
    Verdict.FAILED: _RED,
    Verdict.ERRORED: _AMBER,
    Verdict.MISCONFIGURED: _AMBER,
}
_WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.ERRORED: "could not decide",
    Verdict.MISCONFIGURED: "misconfigured",
}
_MOST_OF_A_NAME = 40
# Widths in tenths of a pixel of Verdana at 11 pixels; what is not listed is as wide as a digit, or as high as wide.
_WIDTHS = {
    **dict.fromkeys("il'|!.,:;Ij ", 40),
    **dict.fromkeys('fJrt/()[]-{}"\\', 50),
    **dict.fromkeys("ckszvxyFLT?_", 62),
    **dict.fromkeys("mMW@%", 110),
    **dict.fromkeys("wGHDNOQU&+=<>~^#", 88),
}
_DIGIT, _SQUARE = 70, 110
_PADDING, _HEIGHT = 6, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Badge:
    label: str
    message: str
    colour: str
    is_error: bool = False


def render_badges(report: Report) -> dict[str, str]:
    """Return the badges of a report, by the names of their files."""
    badges = {"badge": _verdict(report), "badge-coverage": _coverage(report)}
    drawn = {f"{name}.svg": _svg(badge) for name, badge in badges.items()}
    return drawn | {f"{name}.json": _endpoint(badge) for name, badge in badges.items()}


def _verdict(report: Report) -> _Badge:
    verdict = report.verdict
    return _Badge(
        label=_label("quality gate", report),
        message=_WORDS[verdict],
        colour=_COLOURS[verdict],
        is_error=verdict is not Verdict.PASSED,
    )


def _coverage(report: Report) -> _Badge:
    measure = measured_coverage(report)
    label = _label("coverage", report)
    if measure is None:
        return _Badge(label=label, message="unknown", colour=_GREY)
    colour = _GREY if measure.threshold is None else _GREEN if measure.holds else _RED
    return _Badge(label=label, message=f"{floored(measure.value)} %", colour=colour, is_error=not measure.holds)


def _label(what: str, report: Report) -> str:
    name = clipped(visible(report.subject.name), _MOST_OF_A_NAME)
    return f"{what} {name}" if name else what


def _endpoint(badge: _Badge) -> str:
    entries = {
        "schemaVersion": 1,
        "label": well_formed(badge.label),
        "message": badge.message,
        "color": badge.colour,
        "labelColor": _DARK,
        "isError": badge.is_error,
    }
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _svg(badge: _Badge) -> str:
    """Draw a badge; its texts are set to the width that is estimated, whatever font the reader has."""
    label, message = html(badge.label), html(badge.message)
    first, second = _width(badge.label), _width(badge.message)
    left, right = first + 2 * _PADDING, second + 2 * _PADDING
    words = f"{label}: {message}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" role="img" '
        f'aria-label="{words}">\n'
        f"<title>{words}</title>\n"
        f'<clipPath id="r"><rect width="{left + right}" height="{_HEIGHT}" rx="3"/></clipPath>\n'
        f'<g clip-path="url(#r)"><rect width="{left}" height="{_HEIGHT}" fill="{_DARK}"/>'
        f'<rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{badge.colour}"/></g>\n'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">'
        f'<text x="{_PADDING}" y="14" textLength="{first}">{label}</text>'
        f'<text x="{left + _PADDING}" y="14" textLength="{second}">{message}</text></g>\n'
        "</svg>\n"
    )


def _width(words: str) -> int:
    """Estimate how many pixels a text is wide."""
    tenths = sum(_WIDTHS.get(char, _DIGIT if char.isascii() else _SQUARE) for char in words)
    return -(-tenths // 10)
