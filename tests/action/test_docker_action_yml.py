"""`docker/action.yml` is `action.yml` in an image: the same inputs and outputs, but for what a Docker action cannot do."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSITE: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
DOCKER: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "action.yml").read_text("utf-8"))

# A Docker action is one container, which cannot use another action: the upload is a step of the caller's.
CANNOT_UPLOAD = {"artifact-retention-days", "artifact-url", "artifact-id"}


def test_inputs_defaults_and_descriptions_are_those_of_the_composite_action() -> None:
    composite = {name: given for name, given in COMPOSITE["inputs"].items() if name not in CANNOT_UPLOAD}
    assert DOCKER["inputs"] == composite
    assert list(DOCKER["inputs"]) == list(composite)


def test_outputs_and_their_descriptions_are_those_of_the_composite_action() -> None:
    composite = {
        name: {"description": output["description"]}
        for name, output in COMPOSITE["outputs"].items()
        if name not in CANNOT_UPLOAD
    }
    assert DOCKER["outputs"] == composite


def test_the_image_is_that_of_the_packages_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.fullmatch(rf"docker://ghcr\.io/[a-z0-9-]+/quality-gate:{re.escape(version)}", DOCKER["runs"]["image"])
    assert DOCKER["runs"]["using"] == "docker"
    assert DOCKER["runs"]["args"] == ["--in-action"]


def test_the_image_is_built_from_locked_requirements_and_keeps_root_as_github_asks() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    instructions = re.findall(r"^([A-Z]+) ", text, re.MULTILINE)
    assert "USER" not in instructions
    assert "HEALTHCHECK" not in instructions
    assert "entrypoint/install /opt/quality-gate" in text
    assert not re.search(r"sha256:", text), "a release gives the digest that it resolved"
