import pytest

from gate.discovery.extensions import find_extensions
from gate.discovery.migrations import find_migration
from gate.discovery.model import Migration
from gate.discovery.sources import ProjectSources
from gate.discovery.test_jobs import test_job as job_of_tests


def sources(place: str = ".", **texts: str) -> ProjectSources:
    return of({name.replace("__", "/"): text for name, text in texts.items()}, place)


def of(texts: dict[str, str], place: str = ".") -> ProjectSources:
    prefix = "" if place == "." else f"{place}/"
    files = tuple(sorted(path.removeprefix(prefix) for path in texts if path.startswith(prefix)))
    return ProjectSources(place=place, files=files, texts=texts)


def command(texts: dict[str, str], place: str = ".") -> str | None:
    project = of(texts, place)
    found = find_migration(project, job_of_tests(project))
    return None if found is None else found.command


WORKFLOW = "jobs: {test: {defaults: {run: {working-directory: %s}}, steps: [{run: '%s'}, {run: pytest}]}}"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"alembic.ini": "[alembic]\nscript_location = migrations"}, "alembic upgrade head"),
        (
            {"db/alembic.ini": "[alembic]\nscript_location = db/migrations", "db/migrations/env.py": "#"},
            "alembic -c db/alembic.ini upgrade head",
        ),
        ({"db/alembic.ini": "[alembic]\nscript_location = migrations"}, "cd db && alembic upgrade head"),
        ({"pyproject.toml": "[tool.alembic]\nscript_location = '%(here)s/alembic'"}, "alembic upgrade head"),
        (
            {
                "alembic.ini": "[alembic]\nscript_location = m",
                "m/versions/a.py": "revision = 'a'\ndown_revision = None",
                "m/versions/b.py": "revision: str = 'b'\ndown_revision: str = 'a'",
                "m/versions/c.py": "revision = 'c'\ndown_revision = 'a'",
            },
            "alembic upgrade heads",
        ),
        ({"migrations/alembic.ini": "", "migrations/env.py": "current_app"}, "flask db upgrade"),
        # From where its scripts are, and not from where its file is.
        (
            {"svc/app/alembic.ini": "[alembic]\nscript_location = app/migrations", "svc/app/migrations/env.py": "#"},
            "cd svc && alembic -c app/alembic.ini upgrade head",
        ),
        (
            {"conf/alembic.ini": "[alembic]\nscript_location = m", "other/m/env.py": "#"},
            "cd other && alembic -c ../conf/alembic.ini upgrade head",
        ),
        # Of several, the one that code names; never one that only the developers use.
        (
            {
                "a/alembic.ini": "[alembic]\nscript_location = a/m",
                "b/alembic.ini": "[alembic]\nscript_location = b/m",
                "b/m/env.py": "#",
                "app/db.py": "Config('b/alembic.ini')  # alembic",
            },
            "alembic -c b/alembic.ini upgrade head",
        ),
        ({"examples/alembic.ini": "[alembic]\nscript_location = m"}, None),
        ({"db/alembic.ini": "[alembic]\nscript_location = .", "db/env.py": "from advanced_alchemy import x"}, ""),
        ({"pyproject.toml": "[tool.aerich]\nlocation = 'm'"}, "aerich upgrade"),
        ({"alembic.ini": "", "tests/conftest.py": "Base.metadata.create_all(engine)"}, ""),
        ({"alembic.ini": "", "tests/db/conftest.py": "Base.metadata.create_all(engine)"}, "alembic upgrade head"),
        ({"alembic.ini": "", "app/tests/conftest.py": "create_all", "app/tests/test_a.py": ""}, "alembic upgrade head"),
        ({"alembic.ini": "", "app/tests/conftest.py": "db.create_all()", "app/tests/test_a.py": ""}, ""),
        (
            {"alembic.ini": "", "app/tests/conftest.py": "db.create_all()", "app/test_a.py": ""},
            "alembic upgrade head",
        ),
        ({"manage.py": "DJANGO_SETTINGS_MODULE"}, ""),
        ({"app.py": "x"}, None),
        ({"alembic.ini": "\0[", "pyproject.toml": "["}, "alembic upgrade head"),
    ],
)
def test_what_makes_the_schema_is_found(texts: dict[str, str], expected: str | None) -> None:
    assert command(texts) == expected


@pytest.mark.parametrize(
    ("run", "place", "expected"),
    [
        ("uv run alembic upgrade heads", ".", "alembic upgrade heads"),
        ("cd db && alembic upgrade head", ".", "(cd db && alembic upgrade head)"),
        ("FLASK_APP=app flask db upgrade", ".", "FLASK_APP=app flask db upgrade"),
        ("alembic upgrade $REVISION", ".", None),
        ("rm -rf /; python seed.py", ".", None),
        ("alembic upgrade head", "api", "alembic upgrade head"),
    ],
)
def test_the_steps_before_the_tests_tell_it_too(run: str, place: str, expected: str | None) -> None:
    assert (
        command({".github/workflows/ci.yml": WORKFLOW % (place, run), f"{place}/a.py".removeprefix("./"): ""}, place)
        == expected
    )


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("python3.11 orm migrate --connection postgres", "python orm migrate --connection postgres"),
        ("poetry run python scripts/init_db.py", "python scripts/init_db.py"),
        ("cd scripts && python init_db.py", "(cd scripts && python init_db.py)"),
        ("python -m app.create_tables", "python -m app.create_tables"),
        ("python -m app.cli upgrade", "python -m app.cli upgrade"),
        ("flask --app app init-db", "flask --app app init-db"),
        ("python orm migrate --connection mysql", None),
        ("python orm seed", None),
        ("python lacking.py migrate", None),
        ("python -m lacking.create_tables", None),
        ("python manage.py migrate", None),
        ("flask run", None),
        ("flask db migrate", None),
        ("python app.py db migrate", None),
        ("python app.py db upgrade", "python app.py db upgrade"),
        ("--all-files -x", None),
        ("poetry run", None),
        ("python", None),
        ("python -m", None),
        ("black.exe .", None),
    ],
)
def test_commands_of_the_projects_own_that_make_its_schema_are_told_by_their_names(
    run: str, expected: str | None
) -> None:
    own = dict.fromkeys(("app.py", "orm", "scripts/init_db.py", "app/create_tables.py", "src/app/cli.py"), "")
    django = {"manage.py": "os.environ['DJANGO_SETTINGS_MODULE'] = 'a'", "conftest.py": "create_all"}
    found = command({**own, **django, ".github/workflows/ci.yml": WORKFLOW % (".", run)})
    assert (found or None) == expected


def test_the_workflow_comes_before_what_the_tests_seem_to_do() -> None:
    texts = {".github/workflows/ci.yml": WORKFLOW % (".", "alembic upgrade head"), "conftest.py": "create_all"}
    assert command(texts) == "alembic upgrade head"


def test_why_no_schema_is_made_is_said() -> None:
    assert find_migration(sources(alembic="", **{"conftest.py": "x"}), None) is None
    found = find_migration(of({"alembic.ini": "", "conftest.py": "m.create_all()"}), None)
    assert found == Migration(
        origin="the tests make the schema themselves (conftest.py: create_all)", of_service="alembic upgrade head"
    )


def test_a_service_of_django_has_its_tables_by_the_command_of_django() -> None:
    found = find_migration(of({"manage.py": "os.environ['DJANGO_SETTINGS_MODULE'] = 'a'"}), None)
    assert found is not None
    assert (found.command, found.of_service) == ("", "python manage.py migrate --noinput")


@pytest.mark.parametrize(
    ("ini", "env", "more", "needs"),
    [
        ("[alembic]\nscript_location = alembic\n", "from app.models import Base\n", {}, True),
        ("[alembic]\nscript_location = alembic\nprepend_sys_path = .\n", "from app.models import Base\n", {}, False),
        ("[alembic]\nscript_location = alembic\n", "import sys\nsys.path.append('.')\nimport app\n", {}, False),
        ("[alembic]\nscript_location = alembic\n", "from sqlalchemy import pool\n", {}, False),
        ("[alembic]\nscript_location = alembic\n", "import app\n", {"alembic/__init__.py": ""}, False),
        ("not an ini", "import app\n", {}, True),
    ],
)
def test_alembic_finds_what_its_scripts_import_beside_its_file(
    ini: str, env: str, more: dict[str, str], needs: bool
) -> None:
    found = command({"alembic.ini": ini, "alembic/env.py": env, "app/models.py": "", **more})
    assert found == ('PYTHONPATH=".:$PYTHONPATH" ' if needs else "") + "alembic upgrade head"


@pytest.mark.parametrize(
    ("run", "files"),
    [
        ("psql -h localhost -f db/one.sql postgres\npsql --file=db/two.sql", ("db/one.sql", "db/two.sql")),
        ("psql $URL < db/one.sql", ("db/one.sql",)),
        ("psql -f db/commands.sql", ()),
        ("psql -f db/lacking.sql\npsql -f", ()),
        ("cd db && psql -f one.sql", ("db/one.sql",)),
    ],
)
def test_plain_files_that_the_workflow_gives_to_psql_are_the_schema(run: str, files: tuple[str, ...]) -> None:
    texts = {"db/one.sql": "\\restrict x\nSELECT 1;", "db/two.sql": "SELECT 2;", "db/commands.sql": "\\i one.sql"}
    steps = "".join(f"      - run: {line}\n" for line in run.splitlines())
    workflow = f"jobs:\n  test:\n    steps:\n{steps}      - run: pytest\n"
    project = of({**texts, ".github/workflows/ci.yml": workflow})
    found = find_migration(project, job_of_tests(project))
    assert (found.sql_files if found else ()) == files


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.sql", "-- CREATE EXTENSION hstore;\nSELECT 1;"),
        ("a.sql", "/* CREATE EXTENSION hstore; */ SELECT 1;"),
        ("a.sql", "COMMENT ON TABLE t IS 'CREATE EXTENSION hstore;'"),
        ("a.sql", "-- here\n-- CREATE EXTENSION may\n-- fail"),
        ("a.py", "# CREATE EXTENSION hstore;\nx = 1"),
        ("a.sh", "# CREATE EXTENSION hstore;\ntrue"),
        ("a.sql", "/*" * 100_000),
        ("a.sql", "'" * 100_000 + "CREATE EXTENSION "),
    ],
)
def test_what_is_only_written_about_is_no_extension(path: str, text: str) -> None:
    assert find_extensions(of({path: text})) == ()


def test_extensions_that_the_schema_creates_are_named() -> None:
    texts = {
        "schema.sql": 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp";\ncreate extension postgis with schema x;\n-- CREATE EXTENSION may fail',
        "m/versions/a.py": "op.execute('CREATE EXTENSION pg_trgm')",
        "app/migrations/0001.py": "operations = [HStoreExtension()]",
    }
    assert find_extensions(of(texts)) == ("hstore", "pg_trgm", "postgis", "uuid-ossp")
