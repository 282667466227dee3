"""A page as somebody uses it: in Chromium, steered by Playwright, with everything noted that must not happen.

Playwright is imported when it is needed: who runs other tests need not have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.testbed.leaving_out import PartMissing
from tests.testbed.npm import installed_package

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

_AXE = Path(__file__).with_name("axe")
_NOTE_VIOLATIONS = """
window.policyViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A page that is open, and what happened on it so far."""

    page: Page
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def mishaps(self) -> list[str]:
        """Return whatever no page of ours may do: ask the network, complain, open a dialog, break its policy."""
        violations = self.page.evaluate("window.policyViolations ?? []")
        return [*self.requests, *self.messages, *self.dialogs, *violations]


@contextmanager
def steered_browser(program: str) -> Iterator[Browser]:
    """Start Chromium for any number of pages. Raises `PartMissing` without Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise PartMissing("Playwright is not installed: it is one of the requirements for development") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, file: Path, **options: Any) -> Iterator[Opened]:
    """Open a file in a window of its own; every request but that for the file itself is refused and noted."""
    with browser.new_context(**options) as context:
        one = Opened(page=context.new_page())
        address = file.resolve().as_uri()

        def answer(route: Route) -> None:
            if route.request.url.partition("#")[0] == address:
                route.continue_()
            else:
                one.requests.append(f"request: {route.request.url}")
                route.abort()

        context.route("**/*", answer)
        context.add_init_script(_NOTE_VIOLATIONS)
        one.page.on("console", lambda message: one.messages.append(f"{message.type}: {message.text}"))
        one.page.on("pageerror", lambda error: one.messages.append(f"error: {error}"))
        one.page.on("dialog", lambda dialog: (one.dialogs.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        one.page.set_default_timeout(10_000)
        one.page.goto(address)
        yield one


def axe_script() -> str:
    """Return axe-core, which finds what of a page cannot be used by everybody. Raises `PartMissing`."""
    return (installed_package(_AXE) / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def barriers(one: Opened, axe: str) -> list[str]:
    """Return the serious and critical findings of axe, each with the first elements that it is about."""
    one.page.evaluate(axe)
    found = one.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']} ({each['impact']}): {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
