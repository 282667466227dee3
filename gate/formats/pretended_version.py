"""Which version a project pretends to have where its own comes from git and there is none. Runs no git."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from gate.formats.toml_document import readable_toml, table, text_of

# High, so that it satisfies whatever lower bound those who depend on the project have.
PRETENDED = "999.0.0"
_TOOLS = re.compile(
    r"\b(setuptools[-_]scm|hatch-vcs|poetry-dynamic-versioning|pbr|vcs-versioning|uv-dynamic-versioning)\b"
)
_SETUP_WORDS = re.compile(r"use_scm_version|\bpbr\s*=\s*True|setup_requires[^\]]{0,200}\b(?:setuptools_scm|pbr)\b")


def pretended_version(files: Mapping[str, str], project: str = ".") -> dict[str, str]:
    """Return the variables that give the project a version without git, none where its version is not from git.

    Source: the documentation of setuptools-scm, pbr, PDM, poetry-dynamic-versioning and uv-dynamic-versioning.
    """
    here = PurePosixPath(project)
    pyproject = files.get(str(here / "pyproject.toml"), "")
    setup = "\n".join(files.get(str(here / name), "") for name in ("setup.py", "setup.cfg"))
    document = readable_toml(pyproject)
    tool = table(document.get("tool"))
    required = str(table(document.get("build-system")).get("requires", ""))
    by_pdm = text_of(table(table(tool.get("pdm")).get("version")).get("source")) == "scm"
    if not (_TOOLS.search(required) or _SETUP_WORDS.search(setup) or by_pdm):
        return {}
    found = {
        "SETUPTOOLS_SCM_PRETEND_VERSION": PRETENDED,
        "PBR_VERSION": PRETENDED,
        "PDM_BUILD_SCM_VERSION": PRETENDED,
        "POETRY_DYNAMIC_VERSIONING_BYPASS": PRETENDED,
        "UV_DYNAMIC_VERSIONING_BYPASS": PRETENDED,
    }
    name = text_of(table(document.get("project")).get("name"))
    if re.fullmatch(r"[A-Za-z0-9._-]{1,128}", name) and "hatch-vcs" not in required:
        # For this project alone: what it depends on from a repository keeps its own. hatch-vcs does not tell its name.
        del found["SETUPTOOLS_SCM_PRETEND_VERSION"]
        found[f"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{re.sub(r'[-_.]+', '_', name).upper()}"] = PRETENDED
    return found
