"""What `quality-gate init` writes: the workflow, and the configuration that was found. Writes nothing itself."""

import json

from gate.config.model import PostgresVariable
from gate.discovery.model import Discovery
from gate.discovery.standing import Standing
from gate.discovery.variables import MADE_UP
from gate.domain.measure import floored

WORKFLOW_PATH = ".github/workflows/quality-gate.yml"
# Not publish.yml: that is what many call the workflow that releases their package.
PUBLISHER_PATH = ".github/workflows/quality-gate-publish.yml"
# As examples/minimal.yml, which is proven to run.
_WORKFLOW = """\
# The whole of it, for a service with a pyproject.toml or a requirements.txt.
name: Quality Gate

on:
  pull_request:
  push:
    branches: [main]
  merge_group:

permissions: {}

concurrency:
  group: quality-gate-${{ github.ref }}
  cancel-in-progress: ${{ github.event_name == 'pull_request' }}

jobs:
  quality-gate:
    name: Quality Gate
    runs-on: ubuntu-latest
    permissions:
      contents: read # to check out
      pull-requests: write # to comment
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
          fetch-depth: 2 # with the commit that a change is compared with
      - uses: OWNER/quality-gate@v1
"""
# As .github/workflows/publish.yml, which is proven to run.
PUBLISHER = """\
# Comments where the gate's own run may not, on pull requests of forks and of Dependabot.
# GitHub takes this file from the default branch, so that no pull request can change it. It checks nothing out and runs
# nothing from the change: the report is data.
name: Quality Gate, published

on:
  workflow_run:
    workflows: [Quality Gate]
    types: [completed]

permissions: {}

concurrency:
  group: quality-gate-publish-${{ github.event.workflow_run.id }}

jobs:
  publish:
    name: Publish
    if: github.event.workflow_run.event == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      actions: read # to download the report
      pull-requests: write # to comment
      # statuses: write # with `statuses: true` below
    steps:
      - uses: OWNER/quality-gate/publish@v1
        # with:
        #   statuses: true
"""
# Those that are chosen automatically, and those that a service can have besides.
WITH_A_SERVICE = ("lint", "unit-tests", "integration-tests", "coverage", "access-review", "latency", "openapi")
# A schema that is configured must be made; one that is only found may fail.
_ONLY_NEW = "# findings today: {:,}. Only those that a change adds are red; remove this when the old ones are gone"
_REMOVE = "# to be made before the tests; remove it if they make their schema themselves"


def workflow(place: str) -> str:
    """Return the workflow for a project in the folder `place` of its repository."""
    if place == ".":
        return _WORKFLOW
    return f"{_WORKFLOW}        with:\n          working-directory: {json.dumps(place, ensure_ascii=False)}\n"


def pyproject_table(discovery: Discovery, standing: Standing) -> str:
    """Return the configuration that was found, as a table to be appended to a pyproject.toml."""
    lines = ["[tool.quality-gate]", *(f"# found: {_one_line(line)}" for line in discovery.lines)]
    lines += _proposed(discovery, "gates = [{}]")
    lines += [_ONLY_NEW.format(standing.number), 'fail-on = "new"'] if standing.number else []
    lines += [f"{key} = {_list(values)}" for key, values in _top_level(discovery).items() if values]
    if found := discovery.migration:
        schema = [f"schema = {_list([*found.sql_files])}"] if found.sql_files else []
        schema += [f"migrate = {_text(found.command)}"] if found.command else []
        lines += ["", "[tool.quality-gate.integration-tests]", _REMOVE, *schema] if schema else []
    if limits := _coverage(standing):
        lines += ["", "[tool.quality-gate.coverage]"]
        lines += [f"{key} = {value}  {why}" for key, value, why in limits]
    return "\n".join(lines) + "\n"


def yaml_file(discovery: Discovery, standing: Standing) -> str:
    """Return the same as a quality-gate.yml."""
    lines = [f"# found: {_one_line(line)}" for line in discovery.lines]
    lines += _proposed(discovery, "gates: [{}]")
    lines += [_ONLY_NEW.format(standing.number), "fail-on: new"] if standing.number else []
    for key, values in _top_level(discovery).items():
        if values:
            lines += [f"{key}:", *(f"  - {_text(value)}" for value in values)]
    if found := discovery.migration:
        schema = ["  schema:", *(f"    - {_text(path)}" for path in found.sql_files)] if found.sql_files else []
        schema += [f"  migrate: {_text(found.command)}"] if found.command else []
        lines += ["integration-tests:", f"  {_REMOVE}", *schema] if schema else []
    if limits := _coverage(standing):
        lines += ["coverage:", *(f"  {key}: {value}  {why}" for key, value, why in limits)]
    return "\n".join(lines or ["{}"]) + "\n"


def _coverage(standing: Standing) -> list[tuple[str, str, str]]:
    """Return the limits that hold today, and with them what lets nothing get worse; none where coverage is well."""
    if standing.coverage is None or standing.limit is None:
        return []
    return [
        ("threshold", str(standing.floor), f"# {floored(standing.coverage)} % today; raise it as coverage rises"),
        ("max-fall", "0", "# it must not fall below the base's"),
        ("patch-threshold", floored(standing.limit), "# what a change adds or alters is held to this"),
    ]


def _proposed(discovery: Discovery, form: str) -> list[str]:
    """Propose the gates on a running service, which only the user names, where there is one."""
    if not discovery.import_path:
        return []
    gates = ", ".join(map(_text, WITH_A_SERVICE))
    return [
        f"# Who may do what in {_one_line(discovery.import_path)} is drafted by: quality-gate access-review --init",
        f"# The gates on it run where they are named: {form.format(gates)}",
    ]


def _top_level(discovery: Discovery) -> dict[str, list[str]]:
    carried = {variable.name for variable in (*discovery.postgres, *discovery.other_postgres)}
    # A second database is found anew: a line here could only point it to the first. So is a scheme that depends on
    # what is installed.
    told = [one for one in discovery.postgres if one.part != "url" or one.name not in discovery.guessed]
    return {
        "postgres-env": [_variable(one) for one in told],
        "env": [
            f"{name}={value}"
            for name, value in discovery.variables.items()
            if name not in carried and value != MADE_UP and value.isprintable()
        ],
    }


def _variable(variable: PostgresVariable) -> str:
    said = variable.scheme if variable.part == "url" else variable.part
    return variable.name if said == "postgresql" else f"{variable.name}={said}"


def _list(values: list[str]) -> str:
    return "[" + ", ".join(map(_text, values)) + "]"


def _text(value: str) -> str:
    # What JSON writes between quotes, TOML and YAML read alike.
    return json.dumps(value)


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
