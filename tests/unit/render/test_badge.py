"""The badges: well-formed whatever a change is called, readable by everybody, and what shields.io takes."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from gate.domain.measure import Measure, Threshold
from gate.domain.report import Report
from gate.domain.result import Judgement, Outcome
from gate.render.badge import render_badges
from tests.unit.render import reports
from tests.unit.render.github_page import hostile_texts

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("report", "verdict", "coverage"),
    [
        (reports.green(), "passed", "96.2 %"),
        (replace(reports.red(), subject=reports.SUBJECT), "failed", "93.79 %"),
        (reports.errored(), "could not decide", "unknown"),
        (reports.misconfigured(), "misconfigured", "unknown"),
    ],
)
def test_a_badge_says_the_verdict_and_another_the_coverage(report: Report, verdict: str, coverage: str) -> None:
    badges = render_badges(report)
    told = {name: json.loads(badge) for name, badge in badges.items() if name.endswith(".json")}
    assert (told["badge.json"]["label"], told["badge.json"]["message"]) == ("quality gate", verdict)
    assert (told["badge-coverage.json"]["label"], told["badge-coverage.json"]["message"]) == ("coverage", coverage)
    assert told["badge.json"]["isError"] is (verdict != "passed")
    assert ET.fromstring(badges["badge.svg"]).findtext(f"{SVG}title") == f"quality gate: {verdict}"
    assert ET.fromstring(badges["badge-coverage.svg"]).findtext(f"{SVG}title") == f"coverage: {coverage}"


def test_the_badge_of_the_coverage_is_green_or_red_by_its_limit_and_grey_without_one() -> None:
    def told(percent: int, limit: int | None) -> tuple[str, bool]:
        threshold = None if limit is None else Threshold(value=Fraction(limit), direction="at-least")
        measure = Measure.ratio("coverage", percent, 100, threshold=threshold)
        judgement = Judgement(outcome=Outcome.PASSED, measures=(measure,))
        report = replace(reports.green(), results=(reports.result("coverage", "coverage", judgement),))
        badge = json.loads(render_badges(report)["badge-coverage.json"])
        return badge["color"], badge["isError"]

    green, red, grey = "#1a7f37", "#cf222e", "#57606a"
    assert [told(80, 80), told(79, 80), told(79, None)] == [(green, False), (red, True), (grey, False)]


def test_the_endpoint_has_what_shields_asks_for_and_nothing_that_it_does_not_know() -> None:
    told = json.loads(render_badges(reports.red())["badge.json"])
    assert told["schemaVersion"] == 1
    assert told["message"]
    assert set(told) <= {"schemaVersion", "label", "message", "color", "labelColor", "isError", "cacheSeconds"}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("report", [reports.green(), reports.red(), reports.errored()])
def test_the_words_of_a_badge_stand_out_and_a_reader_of_the_screen_hears_them_once(report: Report) -> None:
    for name, badge in render_badges(report).items():
        if name.endswith(".svg"):
            root = ET.fromstring(badge)
            assert root.get("role") == "img"
            assert root.get("aria-label") == root.findtext(f"{SVG}title")
            assert root.findall(f"{SVG}g")[-1].get("aria-hidden") == "true"
            fills = [one.get("fill", "") for one in root.iter(f"{SVG}rect") if one.get("fill")]
            assert len(fills) == 2
            assert all(1.05 / (luminance(fill) + 0.05) >= 4.5 for fill in fills)


@given(hostile_texts)
def test_whatever_a_use_is_called_its_badge_is_a_picture_of_words(words: str) -> None:
    report = replace(reports.red(), subject=replace(reports.SUBJECT, name=words))
    for name, badge in render_badges(report).items():
        badge.encode("utf-8")
        if name.endswith(".json"):
            assert json.loads(badge)["schemaVersion"] == 1
            continue
        root = ET.fromstring(badge)
        assert {one.tag.removeprefix(SVG) for one in root.iter()} == {"svg", "title", "clipPath", "rect", "g", "text"}
        assert not re.search(r"\b(on\w+|href|style)=", re.sub(r'"[^"]*"|>[^<]*<', "", badge))
        assert int(root.get("width", "0")) < 1_000
