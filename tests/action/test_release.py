"""`release/tag.py`: what a release must agree on."""

import re
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TAG = runpy.run_path(str(ROOT / "release" / "tag.py"))
disagreements: Callable[[Path, str, str], list[str]] = TAG["disagreements"]
notes: Callable[[Path, str], str | None] = TAG["notes"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What this repository is at the moment of its release 1.0.0 as Acme/Quality-Gate."""
    for name in ("pyproject.toml", "gate/__init__.py", "docker/action.yml", "CHANGELOG.md", "Dockerfile"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    change(tmp_path / "CHANGELOG.md", r"## \[Unreleased\]", "## [Unreleased]\n\n## [1.0.0] - 2026-12-01")
    change(tmp_path / "docker" / "action.yml", r"(image: docker://ghcr\.io)/\S+", r"\1/acme/quality-gate:1.0.0")
    change(tmp_path / "pyproject.toml", r'(?m)^version = ".*"', 'version = "1.0.0"')
    change(tmp_path / "gate" / "__init__.py", r'__version__ = ".*"', '__version__ = "1.0.0"')
    return tmp_path


def change(path: Path, pattern: str, by: str) -> None:
    text, count = re.subn(pattern, by, path.read_text("utf-8"), count=1)
    assert count == 1
    path.write_text(text, "utf-8")


def test_a_release_that_agrees_with_its_tag(checkout: Path) -> None:
    assert disagreements(checkout, "v1.0.0", "Acme/Quality-Gate") == []


@pytest.mark.parametrize(
    ("file", "pattern", "by", "told"),
    [
        ("pyproject.toml", r'(?m)^version = ".*"', 'version = "1.0.1"', "pyproject.toml says 1.0.1"),
        ("gate/__init__.py", r'= ".*"', '= "0.9.0"', "gate/__init__.py says 0.9.0"),
        (
            "docker/action.yml",
            r"gate:1\.0\.0",
            "gate:1",
            "docker/action.yml runs docker://ghcr.io/acme/quality-gate:1,",
        ),
        ("CHANGELOG.md", r"2026-12-01", "soon", "CHANGELOG.md has no section"),
        ("examples/minimal.yml", r"quality-gate@v1", "quality-gate@v2", "examples/minimal.yml uses v2"),
        ("examples/pipeline.yml", r"pipeline\.yml@v1", "pipeline.yml@main", "examples/pipeline.yml uses main"),
    ],
)
def test_what_does_not_agree_is_told(checkout: Path, file: str, pattern: str, by: str, told: str) -> None:
    change(checkout / file, pattern, by)
    (wrong,) = disagreements(checkout, "v1.0.0", "Acme/Quality-Gate")
    assert wrong.startswith(told)


@pytest.mark.parametrize("tag", ["1.0.0", "v1.0", "v1.0.0-rc.1", "v1.0.0\n", "vx.y.z"])
def test_a_tag_that_names_no_release_is_refused(checkout: Path, tag: str) -> None:
    (wrong,) = disagreements(checkout, tag, "Acme/Quality-Gate")
    assert "a release is called v1.2.3" in wrong


def test_the_notes_are_the_section_of_the_version_and_no_other(tmp_path: Path) -> None:
    changelog = "# Changelog\n\n## [1.1.0] - 2026-12-01\n\n### Added\n\n- B\n\n## [1.0.0] - 2026-11-01\n\n- A\n"
    (tmp_path / "CHANGELOG.md").write_text(changelog)
    assert notes(tmp_path, "1.1.0") == "### Added\n\n- B"
    assert notes(tmp_path, "1.0.0") == "- A"
    assert notes(tmp_path, "1.0") is None


def test_the_base_of_the_image_is_the_one_of_the_dockerfile() -> None:
    base = TAG["base_image"](ROOT)
    assert "@" not in base, "a digest that was not seen is never written"
    assert f"ARG BASE={base}\n" in (ROOT / "Dockerfile").read_text("utf-8")
