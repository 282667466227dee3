"""Writes the parts of README.md that follow from other files: the tables of action.yml and the included examples.

Run by `make docs`; a test proves that nothing is out of date.
"""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def generated(readme: str) -> str:
    """Return the README with every generated part made anew."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    readme = _replace(readme, "inputs", _table(action["inputs"], ("input", "what it sets")))
    readme = _replace(readme, "outputs", _table(action["outputs"], ("output", "what it tells")))
    return re.sub(
        r"<!-- include: (\S+) -->\n.*?<!-- end include -->",
        lambda match: _included(match[1]),
        readme,
        flags=re.DOTALL,
    )


def _included(name: str) -> str:
    text = (ROOT / name).read_text("utf-8")
    return f"<!-- include: {name} -->\n```yaml\n{text}```\n<!-- end include -->"


def _replace(readme: str, part: str, content: str) -> str:
    pattern = rf"(<!-- {part} -->\n).*?(<!-- end {part} -->)"
    return re.sub(pattern, lambda match: match[1] + content + match[2], readme, count=1, flags=re.DOTALL)


def _table(entries: dict[str, dict[str, str]], heading: tuple[str, str]) -> str:
    rows = [f"| {heading[0]} | {heading[1]} |", "|---|---|"]
    rows += [f"| `{name}` | {entry['description'].replace('|', chr(92) + '|')} |" for name, entry in entries.items()]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    README.write_text(generated(README.read_text("utf-8")), "utf-8")
