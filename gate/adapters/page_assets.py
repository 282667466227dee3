"""Reads the style and the scripts of the page report.html from the package. Changes nothing in them."""

from importlib.resources import files

from gate.render.page import Assets

_SCRIPTS = ("dom", "lists", "tests", "findings", "treemap", "coverage", "charts", "comparison", "start")


def read_page_assets() -> Assets:
    """Return the page's style and its one script, which is made of several."""
    folder = files("gate.render.page") / "assets"
    parts = "\n".join((folder / f"{name}.js").read_text("utf-8") for name in _SCRIPTS)
    return Assets(style=(folder / "page.css").read_text("utf-8"), script=f'(() => {{\n"use strict";\n{parts}}})();\n')
