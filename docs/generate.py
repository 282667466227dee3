"""Writes what follows from other files: tables of inputs and outputs, included examples, and `composite/action.yml`.

Run by `make docs`; a test proves that nothing is out of date.
"""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
_COMPOSITE = "composite/action.yml"
_COMPOSITE_HEAD = """\
# Made from ../action.yml by `make docs`; do not edit. The reusable workflows reach their own action by this folder,
# because GitHub's `$/` has no name for the root of a repository.
"""


def pages() -> list[Path]:
    """Return the pages that may have generated parts."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def generated(page: str) -> str:
    """Return the text of a page with every generated part made anew."""
    page = re.sub(
        r"<!-- (inputs|secrets|outputs)(: (\S+))? -->\n.*?<!-- end \1 -->",
        lambda match: _table(match[1], match[3]),
        page,
        flags=re.DOTALL,
    )
    return re.sub(
        r"<!-- include: (\S+) -->\n.*?<!-- end include -->",
        lambda match: _included(match[1]),
        page,
        flags=re.DOTALL,
    )


def composite() -> str:
    """Return the text of `composite/action.yml`: the action, with its scripts one folder higher."""
    text = (ROOT / "action.yml").read_text("utf-8")
    return _COMPOSITE_HEAD + text.replace("$GITHUB_ACTION_PATH/", "$GITHUB_ACTION_PATH/../")


def _included(name: str) -> str:
    text = (ROOT / name).read_text("utf-8")
    return f"<!-- include: {name} -->\n```yaml\n{text}```\n<!-- end include -->"


def _table(part: str, source: str | None) -> str:
    heading = {"inputs": ("input", "what it sets"), "secrets": ("secret", "what it is for")}
    heading["outputs"] = ("output", "what it tells")
    entries = _entries(ROOT / (source or "action.yml"))[part]
    rows = [f"| {heading[part][0]} | {heading[part][1]} |", "|---|---|"]
    rows += [f"| `{name}` | {entry['description'].replace('|', chr(92) + '|')} |" for name, entry in entries.items()]
    marker = part if source is None else f"{part}: {source}"
    return f"<!-- {marker} -->\n" + "\n".join(rows) + f"\n<!-- end {part} -->"


def _entries(path: Path) -> dict[str, Any]:
    """Return the inputs, secrets and outputs of an action or of a workflow that others call."""
    document = yaml.safe_load(path.read_text("utf-8"))
    # YAML 1.1 reads the key `on` as true.
    called = document.get("on", document.get(True))
    entries: dict[str, Any] = document if called is None else called["workflow_call"]
    return entries


if __name__ == "__main__":
    (ROOT / _COMPOSITE).parent.mkdir(exist_ok=True)
    (ROOT / _COMPOSITE).write_text(composite(), "utf-8")
    for page in pages():
        page.write_text(generated(page.read_text("utf-8")), "utf-8")
