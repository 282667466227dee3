import pytest

from gate.formats.compose_file import parse_compose
from gate.formats.workflow_file import parse_workflow
from gate.formats.yaml_document import MAX_CHARACTERS, parse_documents

WORKFLOW = """
on: push
env: {A: 1, URL: '${{ secrets.URL }}'}
defaults: {run: {working-directory: backend}}
jobs:
  test:
    env: {DEBUG: true}
    services:
      db: {image: 'postgres:16', env: {POSTGRES_DB: app}, ports: ['5432:5432']}
      redis: redis
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0}
      - {run: pytest, env: {X: y}, working-directory: api}
      - run: ls
  odd: [1]
"""


def test_a_workflow_is_read_as_its_jobs() -> None:
    (job,) = parse_workflow(".github/workflows/ci.yml", WORKFLOW)
    assert (job.name, dict(job.env), dict(job.computed)) == (
        "test",
        {"A": "1", "DEBUG": "true"},
        {"URL": "${{ secrets.URL }}"},
    )
    assert (job.services["db"].image, dict(job.services["db"].env)) == ("postgres:16", {"POSTGRES_DB": "app"})
    assert job.services["db"].ports == ("5432:5432",)
    assert job.services["redis"].image == "redis"
    assert [(step.uses, step.run, step.working_directory) for step in job.steps] == [
        ("actions/checkout@v4", "", "backend"),
        ("", "pytest", "api"),
        ("", "ls", "backend"),
    ]
    assert dict(job.steps[0].inputs) == {"fetch-depth": "0"}
    assert dict(job.steps[1].env) == {"X": "y"}


@pytest.mark.parametrize(
    "text",
    [
        *("", "[", "- a", "jobs: 1", "jobs: {a: 1}", "\0", "a: *b", "? [x]\n: y", "[" * 100_000, "a: &a {b: *a}"),
        "x" * (MAX_CHARACTERS + 1),
    ],
)
def test_what_is_no_workflow_tells_nothing(text: str) -> None:
    assert parse_workflow("w.yml", text) == ()


def test_odd_parts_are_left_out_and_the_rest_is_read() -> None:
    text = "jobs: {a: {env: [1], services: {x: [1]}, steps: [1, {run: [x], env: {A: [1], B: b}}, {run: pytest}]}}"
    (job,) = parse_workflow("w.yml", text)
    assert [step.run for step in job.steps] == ["", "pytest"]
    assert dict(job.steps[0].env) == {"B": "b"}


def test_lines_that_refer_to_each_other_stay_small() -> None:
    lines = ["a0: &a0 {x: x}"]
    lines += [f"a{at}: &a{at} {{<<: [{', '.join([f'*a{at - 1}'] * 9)}]}}" for at in range(1, 60)]
    documents = parse_documents("\n".join(lines))
    assert len(documents[0]) == 60


def test_a_compose_file_is_read_as_its_services() -> None:
    text = """
x-env: &env {DB_HOST: db, DB_PORT: '${PORT:-5432}', SECRET: '${SECRET}'}
services:
  web: {build: ., environment: {<<: *env, DEBUG: '1'}}
  db: {image: 'postgis/postgis:16', environment: ['POSTGRES_DB=app', 'LONELY']}
"""
    web, database = parse_compose(text)
    assert dict(web.env) == {"DB_HOST": "db", "DB_PORT": "5432", "DEBUG": "1"}
    assert (database.is_postgres, dict(database.env)) == (True, {"POSTGRES_DB": "app"})
    assert parse_compose("- services") == ()
