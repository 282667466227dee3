"""A change that speaks to the runner, looks for the token and names its tests to be taken for markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from tests.e2e.service import ROOT, Service, files_of, tell, use, workflow
from tests.fakes.github_api import TOKEN, FakeGitHub
from tests.testbed.browser import Browser
from tests.testbed.workflow_run import WorkflowRun
from tests.unit.render.github_page import Page

pytestmark = pytest.mark.e2e

FINDING = "import json\n\n\ndef test_name():\n    assert False, '<b>owned</b>'\n"
FILES = (
    "<img src=x onerror=alert(1)>",
    "@octocat `x` | y --><b>",
    "::error file=x::owned",
    "a\n::error file=x::owned\n##[error]owned",
    "\u202eevil",
    "%0A::error file=x::owned",
)
# What the surfaces are made of: nothing that runs, loads, or closes what it did not open.
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "body",
        "h3",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ol",
        "ul",
        "li",
    ),
    *("a", "code", "pre", "strong", "sub", "span", "wbr", "br", "details", "summary", "blockquote"),
}


@pytest.fixture
def ran(service: Service, github: FakeGitHub) -> WorkflowRun:
    """The hostile change's run."""
    del github
    project = files_of(ROOT / "tests" / "samples" / "hostile_project")
    odd = {f"tests/test_{name}.py": FINDING for name in FILES}
    outputs = tell(
        verdict="${{ steps.gate.outputs.verdict }}",
        outputs="${{ toJSON(steps.gate.outputs) }}",
        owned="${{ env.OWNED }}${{ env.BASH_ENV }}",
    )
    look = {
        "id": "look",
        "if": "always()",
        "shell": "bash",
        "run": 'echo "seen=$(cat seen.json)" >> "$GITHUB_OUTPUT"\necho "path=$PATH" >> "$GITHUB_OUTPUT"\n',
    }
    service.push({**project, **odd, ".github/workflows/gate.yml": workflow(use(), look, outputs)})
    return service.run()


def test_it_gets_nowhere(ran: WorkflowRun, github: FakeGitHub, browser: Browser, tmp_path: Path) -> None:
    assert ran.jobs == {"gate": "failure"}, ran.log
    after = ran.outputs["gate"]["after"]
    assert after["verdict"] == "failed", ran.log
    assert after["owned"] == ""
    assert "/owned" not in ran.outputs["gate"]["look"]["path"]
    assert set(ran.outputs["gate"]["gate/run"]) == {"report-folder", "name", "artifact-suffix"}
    assert ran.outputs["gate"]["gate/run"]["report-folder"] != "/owned"

    assert "notice: the code under test wrote to files of the runner, which was undone: GITHUB_ENV," in ran.log

    seen = json.loads(ran.outputs["gate"]["look"]["seen"])
    assert seen["own"] == seen["files"] == seen["withheld"] == seen["arguments"] == []
    assert not seen["checkout"]
    # act shows inputs to `run:` steps, which GitHub does not; nothing else holds the token while tests run.
    held = {name for names in seen["parents"].values() for name in names}
    assert held <= {"INPUT_GITHUB-TOKEN", "INPUT_GITHUB_TOKEN"}, seen

    for one in ran.annotations:
        assert one.message not in ("y", "owned", "after a carriage return")
        assert one.properties.get("file") != "x"
    assert len(ran.annotations) == 11, ran.annotations
    assert "##[error]" not in "\n".join(outside_fences(ran.log))
    assert TOKEN not in ran.log

    [comment] = github.bodies()
    assert comment.count("<!--") == 1
    for name, markdown in (("comment", comment), ("summary", ran.summaries["gate"][0])):
        assert TOKEN not in markdown
        page = tmp_path / f"{name}.html"
        page.write_text(as_page(markdown), encoding="utf-8")
        # A browser's serialization leaves void elements open.
        prove_harmless(Page(re.sub(r"<(meta|br|img|hr|input|link)\b([^>]*)>", r"<\1\2/>", browser.dump_dom(page))))
    browser.screenshot(tmp_path / "comment.html", tmp_path / "comment.png", height=2400)


def prove_harmless(page: Page) -> None:
    """The page is as its author meant it, and what the change wrote is text on it."""
    assert page.text.lstrip().startswith("The page"), page.text[:80]
    assert set(page.tags) <= ELEMENTS
    doctype, *comments = page.others
    assert doctype.lower() == "doctype html"
    assert all(comment.startswith(" quality-gate:v1 name= run=1 ") for comment in comments)
    addresses = [value or "" for name, value in page.attributes if name == "href"]
    assert all(re.match(r"https://(github\.com/acme/service/|docs\.)", address) for address in addresses), addresses
    assert {name for name, _ in page.attributes} <= {"href", "charset", "open", "align", "class", "dir"}
    text = page.text.replace("\u200b", "")
    assert "<script>document.title='owned'</script>" in text
    assert "@octocat" in text
    assert "@octocat" not in page.prose
    assert "\u202e" not in page.text
    assert "\\u202e" in text


def as_page(markdown: str) -> str:
    """A minimal page around what GitHub's engine makes of a text, its own filters off."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS
    body = cmarkgfm.markdown_to_html_with_extensions(
        markdown, options=options, extensions=["table", "autolink", "strikethrough", "tasklist"]
    )
    style = "<meta charset=utf-8><title>The page</title>"
    return f"<!doctype html><html><head>{style}</head><body>{body}</body></html>"


def outside_fences(log: str) -> Iterator[str]:
    """The lines of a log that the runner would obey; act adds the text of the job summary, without a job's name."""
    until: str | None = None
    for line in log.splitlines():
        fence = re.search(r"⚙  ::stop-commands::(\w{32})", line)
        if until is None and fence:
            until = f"::{fence[1]}::"
        elif until is not None and line.endswith(until):
            until = None
        elif until is None and line.startswith("[gate] "):
            yield line


def test_variables_are_withheld_by_value(service: Service, github: FakeGitHub) -> None:
    """Tokens that the workflow itself hands to the whole job do not reach the tests under any name."""
    del github
    tests = (
        "import json, os\n\n\ndef test_environment():\n    named = [name for name in os.environ if 'TOKEN' in name]\n"
        "    held = [name for name, value in os.environ.items() if 'ghs_' in value]\n    assert held + named == []\n"
        "    assert os.environ['PLAIN'] == 'kept'\n"
    )
    job: dict[str, Any] = {
        "env": {
            "GH_TOKEN": "${{ github.token }}",
            "GITHUB_TOKEN": "${{ secrets.GITHUB_TOKEN }}",
            "UNDER_ANOTHER_NAME": "Bearer ${{ github.token }}",
            "PLAIN": "kept",
        }
    }
    files = {"requirements.txt": "", "tests/test_environment.py": tests}
    service.push({**files, ".github/workflows/gate.yml": workflow(use(gates="unit-tests"), **job)})
    ran = service.run()
    assert ran.exit_code == 0, ran.log
