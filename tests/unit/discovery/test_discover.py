"""What a project's files tell, kinds of projects as they are found in public."""

import re

import pytest

from gate.discovery.discover import discover
from gate.discovery.model import Discovery
from gate.discovery.sources import ProjectSources
from gate.discovery.variables import MADE_UP
from tests.unit.growth import STEEP, growth

CI = ".github/workflows/ci.yml"


def found(texts: dict[str, str], place: str = ".") -> Discovery:
    prefix = "" if place == "." else f"{place}/"
    files = tuple(sorted(path.removeprefix(prefix) for path in texts if path.startswith(prefix)))
    return discover(ProjectSources(place=place, files=files, texts=texts))


def names(discovery: Discovery) -> list[str]:
    return [f"{one.name}={one.scheme if one.part == 'url' else one.part}" for one in discovery.postgres]


def test_the_parts_of_the_address_are_found_in_a_settings_class() -> None:
    source = (
        "class Settings(BaseSettings):\n  POSTGRES_SERVER: str\n  POSTGRES_PORT: int = 5432\n  POSTGRES_DB: str = ''"
    )
    discovery = found({"app/config.py": source})
    assert names(discovery) == ["POSTGRES_SERVER=host", "POSTGRES_PORT=port", "POSTGRES_DB=name"]
    assert "the database in POSTGRES_SERVER, POSTGRES_PORT, POSTGRES_DB (asked for in app/config.py)" in discovery.lines


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({".env.example": "DATABASE_URI=postgresql+asyncpg://a:b@db/x"}, ["DATABASE_URI=postgresql+asyncpg"]),
        ({"a.py": "os.getenv('DB_URL', 'postgres://x')"}, ["DB_URL=postgres"]),
        ({"a.py": "os.getenv('DB_URL')\ncreate_async_engine(url)"}, ["DB_URL=postgresql+asyncpg"]),
        ({"a.py": "os.getenv('DB_URL')\ncreate_engine('postgresql+psycopg://')"}, ["DB_URL=postgresql+psycopg"]),
        (
            {"a.py": "os.getenv('DB_URL').replace('postgresql://', 'postgresql+asyncpg://')"},
            ["DB_URL=postgresql"],
        ),
        ({"a.py": "class S(BaseSettings):\n  POSTGRES_URI: str = f'{USER}:{PASSWORD}@{HOST}'"}, []),
        ({"a.py": "os.getenv('REDIS_URL')"}, []),
        # The name of a host is no scheme.
        (
            {
                "a.py": "host = os.getenv('PGH', 'postgres')\ndb = f'postgresql+psycopg://{host}'\nos.getenv('DB_URL', db)"
            },
            ["DB_URL=postgresql+psycopg"],
        ),
        ({"a.py": "os.getenv('DB_URL')\nURL.create('postgresql+asyncpg', host=h)"}, ["DB_URL=postgresql+asyncpg"]),
        ({"a.py": "os.getenv('DB_URL')\nPostgresDsn.build(scheme='postgresql')"}, ["DB_URL=postgresql"]),
        (
            {
                CI: "jobs: {t: {env: {DB_URLS: 'sqlite:///x, postgresql://h/d,\n postgresql+asyncpg://h/d'}, steps: [{run: scripts/test}]}}"
            },
            ["DB_URLS=postgresql|postgresql+asyncpg"],
        ),
        (
            {
                CI: "jobs: {t: {env: {DATABASE_URL: 'postgresql+psycopg://x:${{ secrets.P }}@h/d'}, steps: [{run: pytest}]}}"
            },
            ["DATABASE_URL=postgresql+psycopg"],
        ),
    ],
)
def test_the_scheme_of_a_url_is_the_one_that_the_project_writes(texts: dict[str, str], expected: list[str]) -> None:
    assert names(found(texts)) == expected


def test_two_databases_are_two_where_the_project_gives_them_different_names() -> None:
    source = {"a.py": "os.getenv('DATABASE_URL')\nos.getenv('TEST_DATABASE_URL')"}
    assert names(found(source)) == ["DATABASE_URL=postgresql", "TEST_DATABASE_URL=postgresql"]
    example = "DATABASE_URL=postgresql://u:p@h/app\nTEST_DATABASE_URL=postgresql://u:p@h/app_test"
    apart = found({**source, ".env.example": example})
    assert names(apart) == ["DATABASE_URL=postgresql"]
    assert [one.name for one in apart.other_postgres] == ["TEST_DATABASE_URL"]


@pytest.mark.parametrize(
    ("texts", "other"),
    [
        ({"a.py": "os.getenv('DATABASE_URL', 'sqlite:///x.db')"}, "sqlite, the default in the code"),
        ({"a.py": "os.getenv('DATABASE_URL', 'mysql+aiomysql://x')"}, "mysql, the default in the code"),
        ({"a.py": "os.getenv('DATABASE_URL')", "tests/conftest.py": "create_engine('sqlite://')"}, "sqlite"),
        ({CI: "jobs: {t: {env: {DATABASE_URL: 'mysql://x'}, steps: [{run: pytest}]}}"}, "mysql"),
        (
            {
                "a.py": "os.getenv('DATABASE_URL', 'sqlite:///x.db')",
                CI: "jobs: {t: {services: {db: {image: 'postgres:16'}}, steps: [{run: pytest}]}}",
            },
            "",
        ),
        ({"tests/conftest.py": "create_engine('sqlite://')\nimport asyncpg"}, ""),
        ({"a.py": "os.getenv('DATABASE_URL')"}, ""),
    ],
)
def test_tests_that_use_another_database_are_left_alone(texts: dict[str, str], other: str) -> None:
    assert found(texts).other_database == other


def test_the_tests_get_what_the_workflow_gives_them_and_no_secret_and_nothing_of_the_machine() -> None:
    workflow = """
env: {APP_ENV: test, PATH: /x, UV_CACHE_DIR: /c, KEY: '${{ secrets.KEY }}'}
jobs:
  lint: {env: {LINT: 1}, steps: [{run: ruff check}]}
  test: {steps: [{run: 'FLAG=1 uv run pytest', env: {LEVEL: '3'}}]}
"""
    assert found({CI: workflow}).variables == {"APP_ENV": "test", "LEVEL": "3", "FLAG": "1"}


def test_what_code_demands_comes_from_the_example_and_a_secret_of_its_own_is_made_up() -> None:
    source = (
        "class S(BaseSettings):\n  PROJECT_NAME: str\n  JWT_SECRET: str\n  OPENAI_API_KEY: str\n  OPTIONAL: str = 'x'\n"
        "  COMMITTED: str\n  POSTGRES_SERVER: str"
    )
    example = "PROJECT_NAME=Shop\nOPTIONAL=y\nPOSTGRES_SERVER=localhost"
    discovery = found({"a.py": source, ".env.example": example, ".env": "COMMITTED=1"})
    assert discovery.variables == {
        "PROJECT_NAME": "Shop",
        "JWT_SECRET": MADE_UP,
        # Without a database of the gate's own, no test may reach the one that is on this machine.
        "POSTGRES_SERVER": "database.invalid",
    }
    assert any("made up" in line and "JWT_SECRET" in line for line in discovery.lines)
    tokens = "class S(BaseSettings):\n  JWT_ALGORITHM: str\n  ACCESS_TOKEN_EXPIRE_MINUTES: int\n  MAIL_PORT: int"
    assert found({"a.py": tokens}).variables == {"JWT_ALGORITHM": "HS256", "ACCESS_TOKEN_EXPIRE_MINUTES": "3600"}
    assert any("made up" in line and "JWT_ALGORITHM" in line for line in found({"a.py": tokens}).lines)
    given = found({"a.py": tokens, ".env.example": "JWT_ALGORITHM=HS512"})
    assert given.variables["JWT_ALGORITHM"] == "HS512"
    assert not any("JWT_ALGORITHM" in line for line in given.lines if "made up" in line)
    assert not any("JWT_SECRET" in line for line in discovery.lines if "made up" not in line)


def test_django_settings_come_from_manage_py_unless_pytest_names_them() -> None:
    manage = {"manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')"}
    assert found(manage).variables == {"DJANGO_SETTINGS_MODULE": "shop.settings"}
    assert found({**manage, "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop.testing"}).variables == {}
    workflow = {CI: "jobs: {t: {steps: [{run: python manage.py test --settings=shop.ci}]}}"}
    assert found({**manage, **workflow}).variables == {"DJANGO_SETTINGS_MODULE": "shop.ci"}


def test_a_workflow_that_says_itself_that_it_is_ci_wants_that_for_its_tests() -> None:
    assert found({CI: "jobs: {t: {steps: [{run: pytest, env: {CI: true}}]}}"}).variables == {"CI": "true"}


def test_what_code_asks_for_in_one_of_its_branches_takes_the_value_that_a_file_gives() -> None:
    settings = {"settings.py": "env = Env()\nif debug:\n  KEY = 'x'\nelse:\n  KEY = env('SECRET_KEY')"}
    assert found(settings).variables == {}
    assert found({**settings, ".env.example": "SECRET_KEY=abc"}).variables == {"SECRET_KEY": "abc"}


def test_a_manage_py_is_djangos_only_where_it_names_djangos_settings() -> None:
    assert "Django by" in found({"manage.py": "os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'"}).lines[0]
    assert not any("Django" in line for line in found({"manage.py": "cli = FlaskGroup(create_app)"}).lines)


def test_the_migrations_of_flask_are_told_the_application_that_any_file_names() -> None:
    project = {
        "migrations/alembic.ini": "[alembic]",
        "requirements.txt": "flask-migrate",
        ".env-dist": "FLASK_APP=a/b.py",
    }
    assert found({**project, "migrations/env.py": "from flask import current_app"}).variables == {"FLASK_APP": "a/b.py"}
    assert found({".env-dist": "FLASK_APP=a/b.py"}).variables == {}


def test_tox_and_pytest_env_are_read() -> None:
    tox = "[testenv]\nsetenv =\n  APP_ENV = test\n  HERE = {toxinidir}\n[pytest]\nenv =\n  D:LEVEL=2"
    assert found({"tox.ini": tox}).variables == {"LEVEL": "2", "APP_ENV": "test"}


def test_a_service_in_a_subfolder_is_told_by_the_files_at_the_root_too() -> None:
    texts = {
        "api/app/main.py": "from fastapi import FastAPI\napp = FastAPI()",
        "api/pyproject.toml": "[project]",
        ".env.example": "POSTGRES_HOST=db",
        "other/x.py": "os.environ['NOT_MINE']",
        CI: "jobs: {other: {env: {A: a}, steps: [{run: cd other && pytest}]}, api: {env: {B: b}, steps: [{run: cd api && pytest}]}}",
    }
    discovery = found(texts, "api")
    assert discovery.lines[0] == "the service in api/, pyproject.toml, app in app/main.py"
    assert (discovery.variables, names(discovery)) == ({"B": "b"}, ["POSTGRES_HOST=host"])


def test_the_scheme_that_no_file_tells_is_left_to_what_is_installed() -> None:
    assert found({"a.py": "os.getenv('DB_URL')"}).guessed == {"DB_URL", "DATABASE_URL"}
    assert found({"a.py": "os.getenv('DB_URL', 'postgresql://x')"}).guessed == frozenset()
    assert found({"a.py": "os.getenv('DB_URL')", ".env.example": "DB_URL=postgres://x"}).guessed == {"DATABASE_URL"}


def test_what_code_asks_for_without_a_default_comes_from_the_dockerfile_too() -> None:
    page = "import os\ndef home():\n    return os.environ['PYTHON_VERSION'], os.environ['REGION'], os.environ['TOKEN']"
    docker = "FROM python:3.13.1-slim\nENV REGION=eu UNASKED=1"
    assert found({"app/page.py": page, "Dockerfile": docker}).variables == {"PYTHON_VERSION": "3.13.1", "REGION": "eu"}


@pytest.mark.parametrize("name", [".env.test", "test.env", "testing.env"])
def test_what_a_file_of_variables_for_tests_says_is_set_for_them(name: str) -> None:
    assert found({name: "APP_TESTING=true"}).variables == {"APP_TESTING": "true"}


@pytest.mark.parametrize(
    ("command", "variables"),
    [
        ("sh -c 'alembic upgrade head && pytest -x'", {"MODE": "testing", "EXTRA": "1"}),
        ("[python, manage.py, test]", {"MODE": "testing", "EXTRA": "1"}),
        ("./pytest.sh", {"MODE": "development"}),
        ("uvicorn app.main:app", {"MODE": "development"}),
    ],
)
def test_the_service_of_compose_that_runs_the_tests_says_what_they_run_with(
    command: str, variables: dict[str, str]
) -> None:
    services = "{app: {environment: {MODE: development}}, t: {command: %s, environment: {MODE: testing, EXTRA: '1'}}}"
    compose = f"services: {services % command}"
    assert found({"a.py": "os.environ['MODE']", "docker-compose.yml": compose}).variables == variables


def test_the_engine_that_the_files_give_django_goes_with_the_database() -> None:
    settings = "ENGINE = os.getenv('SQL_ENGINE', 'django.db.backends.sqlite3')\nNAME = os.getenv('SQL_NAME')"
    example = "SQL_ENGINE=django.db.backends.postgresql\nSQL_NAME=app"
    assert found({"settings.py": settings, ".env.example": example}).variables == {
        "SQL_ENGINE": "django.db.backends.postgresql"
    }
    in_memory = {"tests/test_a.py": "ENGINES = {'default': 'django.db.backends.sqlite3'}"}
    assert found({"settings.py": settings, ".env.example": example, **in_memory}).variables == {}


def test_tox_in_toml_and_nox_are_read_too() -> None:
    assert found({"tox.toml": "[env_run_base]\nset_env = { A = '1', B = '{posargs}', C = 3 }"}).variables == {"A": "1"}
    pyproject = "[tool.tox.env_run_base]\nset_env.A = '1'"
    assert found({"pyproject.toml": pyproject}).variables == {"A": "1"}
    nox = "def tests(session):\n  session.env['A'] = '1'\n  session.env['B'] = f()\n  session.run('pytest', env={'C': '2', D: '3'})"
    assert found({"noxfile.py": nox}).variables == {"A": "1", "C": "2"}


def test_another_database_that_the_tests_expect_is_said() -> None:
    texts = {"a.py": "os.getenv('DB_URL')", "tests/conftest.py": 'db_url = f"{db_url}_test"'}
    assert found(texts).endings == ("_test",)
    assert "another database, of the same name with _test behind it" in found(texts).lines
    assert found({"tests/conftest.py": texts["tests/conftest.py"]}).endings == ()


def test_what_no_system_takes_as_a_variable_is_left_out() -> None:
    workflow = 'jobs: {t: {env: {"A=B": x, "": x, "é": x, GOOD: y}, steps: [{run: pytest}]}}'
    assert found({CI: workflow, ".env.test": "NUL=a\0b"}).variables == {"GOOD": "y"}


def test_files_of_white_space_alone_are_read_in_bounded_time() -> None:
    names = ("pyproject.toml", "tox.ini", "a.py", "manage.py", "alembic.ini", CI)
    assert growth(lambda size: found(dict.fromkeys(names, " \n" * size)), 3_000) < STEEP


def test_nothing_is_told_by_nothing_and_hostile_files_do_no_harm() -> None:
    assert found({}).lines == ()
    hostile = dict.fromkeys(("tox.ini", "pyproject.toml", ".env.example", "a.py", CI, "manage.py"), "\x00[{(\"'" * 50)
    assert not re.search(r"\0", str(found(hostile).lines))


def test_variables_that_earlier_steps_write_down_or_the_step_exports_are_those_of_the_tests() -> None:
    workflow = """
jobs:
  t:
    env: {LEVEL: '1', MODE: a}
    steps:
      - run: |
          echo "LEVEL=2" >> $GITHUB_ENV
          echo WORDS=two words >> "${GITHUB_ENV}"
          echo "SECRET=$TOKEN" >> $GITHUB_ENV
          echo "OTHER=1" >> $GITHUB_OUTPUT
          export GONE=1
      - run: |
          export HERE='x y' ALSO=${HOME}
          pytest
          export LATE=1
        env: {MODE: b}
"""
    assert found({CI: workflow}).variables == {"LEVEL": "2", "MODE": "b", "WORDS": "two words", "HERE": "x y"}


@pytest.mark.parametrize(
    ("run", "scripts"),
    [
        ("./scripts/test.sh", {"scripts/test.sh": "set -e\nexport A=b\n${PREFIX}pytest $@"}),
        ("scripts/run x", {"scripts/run": '#!/bin/sh\nA=b python -m pytest "$@"'}),
        ("bash start.sh", {"start.sh": "export A=b\nbash test.sh", "test.sh": "pytest"}),
        ("export A=b; ./scripts/test.sh", {"scripts/test.sh": "docker compose exec web pytest"}),
        ("export A=b; ./test.sh && pytest", {"test.sh": "./test.sh"}),
        ("./prepare.sh && A=b pytest", {"prepare.sh": "export C=d\nalembic upgrade head"}),
    ],
)
def test_a_script_of_the_projects_own_is_read_where_a_step_runs_it(run: str, scripts: dict[str, str]) -> None:
    assert found({**scripts, CI: f"jobs: {{t: {{steps: [{{run: '{run}'}}]}}}}"}).variables == {"A": "b"}


def test_scripts_that_call_each_other_without_end_are_read_in_bounded_time() -> None:
    script = "".join(f"./s{number}.sh {'x' * 900}\n$@ " for number in range(60)) * 8
    scripts = {f"s{number}.sh": script for number in range(60)}
    workflow = f"jobs: {{t: {{steps: [{{run: './s0.sh {'y' * 9_000}'}}, {{run: pytest}}]}}}}"
    assert found({**scripts, CI: workflow}).variables == {}


def test_the_schema_that_a_script_makes_is_made_too() -> None:
    texts = {"prestart.sh": "alembic upgrade head", CI: "jobs: {t: {steps: [{run: bash prestart.sh}, {run: pytest}]}}"}
    assert (migration := found(texts).migration) is not None
    assert migration.command == "alembic upgrade head"


@pytest.mark.parametrize("run", ["make test-docker", "just unit-test", "task test:unit", "make -s test_all"])
def test_a_target_that_is_named_for_tests_runs_them(run: str) -> None:
    assert found({CI: f"jobs: {{t: {{steps: [{{run: '{run}', env: {{A: b}}}}]}}}}"}).variables == {"A": "b"}


@pytest.mark.parametrize("run", ["make test-deps", "make build-test", "make latest", "make lint-tests", "npm test-x"])
def test_a_target_that_only_prepares_tests_does_not_run_them(run: str) -> None:
    assert found({CI: f"jobs: {{t: {{steps: [{{run: '{run}', env: {{A: b}}}}]}}}}"}).variables == {}


SETTINGS = "class S(BaseSettings):\n  SHOP: str"


@pytest.mark.parametrize(
    "path",
    [".env.dev-sample", ".env.sample", ".env.local.template", ".env.dist", "env.example", "env-sample", "example.env"],
)
def test_any_file_of_variables_that_is_named_an_example_is_one(path: str) -> None:
    assert found({"a.py": SETTINGS, path: "SHOP=x"}).variables == {"SHOP": "x"}


@pytest.mark.parametrize(
    ("written", "sample"),
    [
        ("./envs/app.env", "envs/app.env.example"),
        ("[{path: envs/.django, required: false}]", "envs/.django.sample"),
        ("[envs/app.env]", "envs/app.sample.env"),
    ],
)
def test_the_sample_of_a_file_that_compose_reads_counts_in_any_folder(written: str, sample: str) -> None:
    compose = f"services: {{web: {{build: ., env_file: {written}}}}}"
    assert found({"a.py": SETTINGS, "compose.yml": compose, sample: "SHOP=x"}).variables == {"SHOP": "x"}
    assert found({"a.py": SETTINGS, "compose.yml": compose, "envs/other.env.example": "SHOP=x"}).variables == {}


def test_folders_that_were_passed_over_are_named() -> None:
    sources = ProjectSources(place="api", passed_over=("front", "worker"))
    assert "not judged, lint included: front/, worker/ (no tests there)" in discover(sources).lines
