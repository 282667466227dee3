"""Reads what Hatch's environments for tests install. Runs no Hatch."""

from collections.abc import Mapping

from gate.formats import UnreadableError
from gate.formats.install_hints import InstallHints, joined
from gate.formats.toml_document import parse_toml, table, texts

_FOR_TESTS = ("default", "test", "tests", "testing", "hatch-test", "dev", "unit", "ci", "cov")


def parse_hatch_environments(document: Mapping[str, object], origin: str) -> InstallHints:
    """Return what the environments for tests in `[tool.hatch.envs]`, or `[envs]` of a hatch.toml, install.

    Source: https://hatch.pypa.io/latest/config/environment/overview/
    """
    environments = table(document.get("envs")) or table(table(table(document.get("tool")).get("hatch")).get("envs"))
    found = []
    for name in _FOR_TESTS:
        environment = table(environments.get(name))
        lines = [*texts(environment.get("dependencies")), *texts(environment.get("extra-dependencies"))]
        found.append(
            InstallHints(
                requirements=tuple(line for line in lines if "{" not in line and "\n" not in line),
                extras=texts(environment.get("features")),
                groups=texts(environment.get("dependency-groups")),
            )
        )
    return joined(found, origin)


def parse_hatch_toml(text: str, origin: str) -> InstallHints:
    """Return the same of a hatch.toml, nothing if it cannot be read."""
    try:
        return parse_hatch_environments(parse_toml(text, origin), origin)
    except UnreadableError:
        return InstallHints()
