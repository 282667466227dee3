"""Gathers what tox, nox, Hatch, setup.py and the workflow files say that tests need. Decides nothing."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from gate.formats.hatch_file import parse_hatch_environments, parse_hatch_toml
from gate.formats.install_hints import InstallHints
from gate.formats.nox_file import parse_noxfile
from gate.formats.project_manifest import Manifest
from gate.formats.toml_document import table
from gate.formats.tox_file import parse_tox_ini, parse_tox_toml, parse_tox_toml_file
from gate.formats.workflow_installs import parse_workflow_installs


def read_hints(files: Mapping[str, str], here: PurePosixPath, manifest: Manifest) -> tuple[InstallHints, ...]:
    """Return what each of them says, the most telling first; those that say nothing are left out."""
    return tuple(filter(None, _each(files, here, manifest)))


def _each(files: Mapping[str, str], here: PurePosixPath, manifest: Manifest) -> Iterator[InstallHints]:
    def text(name: str) -> str:
        return files.get(str(here / name), "")

    tool = table(manifest.document.get("tool"))
    yield parse_hatch_environments(manifest.document, "pyproject.toml's Hatch environments")
    yield parse_hatch_toml(text("hatch.toml"), "hatch.toml")
    yield parse_tox_ini(text("tox.ini"), "tox.ini")
    yield parse_tox_toml_file(text("tox.toml"), "tox.toml")
    yield parse_tox_toml(table(tool.get("tox")), "pyproject.toml's [tool.tox]")
    yield parse_tox_ini(text("setup.cfg"), "setup.cfg's [testenv]")
    yield parse_noxfile(text("noxfile.py"))
    yield InstallHints(origin="tests_require", requirements=manifest.tests_require)
    yield from parse_workflow_installs(files, here)
