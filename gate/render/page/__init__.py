"""The page report.html: one file that needs no network, drawn by its own script from what the report says.

Must not know a gate: what is shown goes by kind of exhibit. Why it is made so: docs/adr/page.md.
"""

from gate.render.page.document import Assets, render_page

__all__ = ["Assets", "render_page"]
