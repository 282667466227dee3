"""What a release must agree on, and its notes. Run by `.github/workflows/release.yml`; needs nothing but Python.

- `tag.py prove TAG OWNER/NAME`: every disagreement, and exit status 1, unless all agree.
- `tag.py notes TAG`: the changelog's section of that version.
- `tag.py names TAG OWNER/NAME`: outputs for the runner: `image`, the name of the image, and `version`.
- `tag.py base`: the image that the Dockerfile builds on.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_TAG = re.compile(r"v(\d+\.\d+\.\d+)")


def disagreements(root: Path, tag: str, repository: str) -> list[str]:
    """Return what does not agree with the tag `v1.2.3` in the checkout `root` of `OWNER/NAME`; nothing is good.

    Held against it: the package's version, what the command says, the image that docker/action.yml names, the
    changelog, and the major version that the examples use.
    """
    match = _TAG.fullmatch(tag)
    if match is None:
        return [f"the tag is {tag!r}: a release is called v1.2.3"]
    version = match[1]
    wrong = []
    for place, found in _versions(root).items():
        if found != version:
            wrong.append(f"{place} says {found}, the tag says {version}")
    image, wanted = _image(root), f"docker://{image_name(repository)}:{version}"
    if image != wanted:
        wrong.append(f"docker/action.yml runs {image}, the release publishes {wanted}")
    if notes(root, version) is None:
        wrong.append(f"CHANGELOG.md has no section with text `## [{version}] - YYYY-MM-DD`")
    major = f"v{version.partition('.')[0]}"
    for path in sorted((root / "examples").glob("*.yml")):
        used = set(re.findall(r"uses: [\w-]+/quality-gate[\w./-]*@(\S+)", path.read_text("utf-8")))
        if used - {major}:
            wrong.append(f"examples/{path.name} uses {', '.join(sorted(used - {major}))}, the release moves {major}")
    return wrong


def notes(root: Path, version: str) -> str | None:
    """Return the text of the changelog's section of a version, or None where it has none, no date or no text."""
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$"
    section = re.search(rf"{heading}\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return (section[1].strip() or None) if section else None


def base_image(root: Path) -> str:
    """Return the image that the Dockerfile names where nobody gives it another."""
    return _found(r"^ARG BASE=(\S+)$", root / "Dockerfile")


def image_name(repository: str) -> str:
    """Return the name of the image of `OWNER/NAME`: GitHub's registry takes small letters only."""
    return f"ghcr.io/{repository.lower()}"


def _versions(root: Path) -> dict[str, str]:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "pyproject.toml": str(project["version"]),
        "gate/__init__.py": _found(r'^__version__ = "(.+)"$', root / "gate" / "__init__.py"),
    }


def _image(root: Path) -> str:
    return _found(r"^  image: (\S+)$", root / "docker" / "action.yml")


def _found(pattern: str, path: Path) -> str:
    match = re.search(pattern, path.read_text("utf-8"), re.MULTILINE)
    return match[1] if match else "nothing"


def main(words: list[str]) -> int:
    """Do what the first word says; return the exit status."""
    match words:
        case ["prove", tag, repository]:
            wrong = disagreements(ROOT, tag, repository)
            print("\n".join(wrong or [f"{tag}: everything agrees"]))
            return 1 if wrong else 0
        case ["notes", tag]:
            print(notes(ROOT, tag.removeprefix("v")) or "")
            return 0
        case ["base"]:
            print(base_image(ROOT))
            return 0
        case ["names", tag, repository]:
            print(f"image={image_name(repository)}\nversion={tag.removeprefix('v')}")
            return 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
