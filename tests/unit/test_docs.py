"""The documents: links lead somewhere, examples of configuration are taken as they stand, indexes name every page."""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from gate.configuration import Sources, read_configuration
from gate.gates import GATES

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "tests" / "testbed" / "README.md"])
IDS = [str(path.relative_to(ROOT)) for path in PAGES]

_FENCED = re.compile(r"^(?P<fence>```+)(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!\\)\]\((?P<target>[^()\s]+)\)")


def blocks(language: str, sign: str) -> list[tuple[str, str]]:
    """Return the blocks of a language that hold `sign`, each with its place."""
    found = []
    for path in PAGES:
        text = path.read_text("utf-8")
        for match in _FENCED.finditer(text):
            if match["language"] == language and sign in match["text"]:
                line = text.count("\n", 0, match.start()) + 1
                found.append((f"{path.relative_to(ROOT)}:{line}", match["text"]))
    return found


def anchors(text: str) -> set[str]:
    """Return what a link may lead to in a page: its headings as GitHub writes them, and what is marked by hand."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *$", _FENCED.sub("", text), re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        same = sum(one == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", one) is not None for one in found)
        found.add(f"{slug}-{same}" if same else slug)
    return found | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))


def dead_links(page: Path) -> list[str]:
    """Return the relative links of a page that lead to no file, or to no anchor of it."""
    dead = []
    for match in _LINK.finditer(re.sub(r"`[^`\n]*`", "", _FENCED.sub("", page.read_text("utf-8")))):
        target, _, anchor = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (page.parent / unquote(target)).resolve() if target else page
        if not path.exists() or (anchor and path.is_file() and anchor not in anchors(path.read_text("utf-8"))):
            dead.append(match["target"])
    return dead


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_relative_link_leads_to_a_file_and_to_a_place_in_it(page: Path) -> None:
    assert dead_links(page) == []


def test_a_link_to_nowhere_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text('# A `word`, and: more\n\n<a id="here"></a>\n\n```text\n# none\n```\n')
    links = ("b.md", "b.md#a-word-and-more", "b.md#here", "https://example.com/x", "c.md", "b.md#none", "#top")
    (tmp_path / "a.md").write_text("\n".join(f"[x]({link})" for link in links))
    assert dead_links(tmp_path / "a.md") == ["c.md", "b.md#none", "#top"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(name, text, id=place)
        for name, language, sign in (
            ("pyproject.toml", "toml", "[tool.quality-gate"),
            ("quality-gate.yml", "yaml", "# quality-gate.yml"),
        )
        for place, text in blocks(language, sign)
    ],
)
def test_an_example_of_configuration_is_taken_as_it_stands(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    kinds = {gate.id: gate.options for gate in GATES.values()}
    config = read_configuration(Sources(folder=tmp_path, file=None, assignments=(), environment={}, gates=kinds))
    defaults = read_configuration(
        Sources(folder=tmp_path / "nothing", file=None, assignments=(), environment={}, gates=kinds)
    )
    assert config != defaults


def test_every_other_example_of_toml_and_yaml_can_be_read() -> None:
    for _, text in blocks("toml", ""):
        tomllib.loads(text)
    for _, text in blocks("yaml", ""):
        yaml.safe_load(text)


@pytest.mark.parametrize("folder", ["docs/kinds", "docs/adr"])
def test_an_index_names_every_page_beside_it(folder: str) -> None:
    index = (ROOT / folder / "README.md").read_text("utf-8")
    pages = {path.name for path in (ROOT / folder).glob("*.md")} - {"README.md"}
    assert pages == {name for name in pages if f"({name})" in index}
