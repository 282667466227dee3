"""Why a test could not run: told from its final exception, never from words that it compared or printed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats.causes import Kind, ProjectFacts, parse_cause, parse_cause_of_pytest, parse_last_words
from gate.formats.settings_class import Inherited

FACTS = ProjectFacts(
    modules=frozenset({"app", "tests"}),
    manifests={
        "pyproject.toml": '[project]\ndependencies = [\n  "declared-thing>=2",\n]\n[tool.poetry.dependencies]\nboto3 = "*"\n'
    },
    packages={"fastapi": "1", "anyio": "1", "pytest": "9.1.1", "pytest-gitignore": "1.3"},
    python_version="3.11.7",
    database="127.0.0.1:54321",
)
OS_FRAME = "<frozen os>:679: KeyError"
PROCESS_FRAME = "/usr/lib/python3.11/subprocess.py:1955: FileNotFoundError"
SETTINGS_FRAME = (
    "../venv/lib/python3.11/site-packages/pydantic_settings/main.py:176: in __init__\n    super().__init__()\n"
)


def told(error: str, *, before: str = "", after: str = "") -> str:
    """Write an exception as pytest does below its traceback."""
    lines = "\n".join(f"E   {line}" for line in error.splitlines())
    return f"tests/test_a.py:3: in test_a\n    call()\n{before}{lines}\n{after}"


@pytest.mark.parametrize(
    ("error", "kind", "needs"),
    [
        ("docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', x)", "docker", "Docker"),
        ('Exception: Command docker compose up returned 127: """/bin/sh: 1: docker: not found"""', "docker", "Docker"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "network", "the network"),
        ("urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>", "network", "the network"),
        ("httpx.ConnectError: [Errno -3] Temporary failure in name resolution", "network", "the network"),
        (
            "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='api.github.com', port=443): Max retries exceeded with url: / (Caused by NameResolutionError(\"x: Failed to resolve 'api.github.com' ([Errno -3] Temporary failure in name resolution)\"))",
            "network",
            "the network (api.github.com was not reached)",
        ),
        (
            "aiohttp.client_exceptions.ClientConnectorDNSError: Cannot connect to host a.example:443 ssl:default [Temporary failure in name resolution]",
            "network",
            "the network (a.example was not reached)",
        ),
        ("OSError: [Errno 101] Network is unreachable", "network", "the network"),
        ("redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.", "service", "Redis at localhost:6379"),
        ("redis.exceptions.ConnectionError: Error -3 connecting to redis:6379. Temporary failure in name resolution.", "service", "Redis at redis:6379"),
        ("redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. 111.", "service", "Redis at localhost:6379"),
        ("redis.exceptions.ConnectionError: Error -2 connecting to cache:6379. -2.", "service", "Redis at cache:6379"),
        ("ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 6379)", "service", "Redis at 127.0.0.1:6379"),
        ("pymongo.errors.ServerSelectionTimeoutError: localhost:27017: [Errno 111] Connection refused (x)", "service", "MongoDB at localhost:27017"),
        ("kombu.exceptions.OperationalError: [Errno 111] Connection refused", "service", "the message broker of Celery"),
        ("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection refused)\")", "service", "MySQL at 127.0.0.1"),
        ("requests.exceptions.ConnectionError: HTTPConnectionPool(host='mailhog', port=8025): Max retries (Caused by NameResolutionError(\"Failed to resolve 'mailhog'\"))", "service", "the service `mailhog` at mailhog:8025"),
        (
            'psycopg.OperationalError: connection failed: connection to server at "127.0.0.1", port 5432 failed: Connection refused\n\tIs the server running on that host?',
            "postgresql",
            "PostgreSQL at 127.0.0.1:5432",
        ),
        (
            'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) could not translate host name "db" to address: Temporary failure in name resolution\n(Background on this error at: https://sqlalche.me/e/20/e3q8)',
            "postgresql",
            "PostgreSQL at db",
        ),
        ("ConnectionRefusedError: [Errno 111] Connect call failed ('::1', 5432, 0, 0)", "postgresql", "PostgreSQL at ::1:5432"),
        ('asyncpg.exceptions.InvalidCatalogNameError: database "shop_test" does not exist', "postgresql", 'another PostgreSQL database or user: database "shop_test" does not exist'),
        ("ModuleNotFoundError: No module named 'aiosqlite'", "dependency", "`aiosqlite`, which nothing declares"),
        ("ModuleNotFoundError: No module named 'declared_thing'", "dependency", "`declared_thing`, which pyproject.toml names but which is not installed"),
        ("ModuleNotFoundError: No module named 'boto3'", "dependency", "`boto3`, which pyproject.toml names but which is not installed"),
        ("ModuleNotFoundError: No module named 'yaml'", "dependency", "`PyYAML`, which nothing declares"),
        ("RuntimeError: The starlette.testclient module requires the httpx package to be installed.\nYou can install this with:", "dependency", "`httpx`, which nothing declares"),
        ("ImportError: email-validator is not installed, run `pip install pydantic[email]`", "dependency", "`email-validator`, which nothing declares"),
        ("ImportError: libGL.so.1: cannot open shared object file: No such file or directory", "library", "the system's library `libGL.so.1`"),
        ("ImportError: no pq wrapper available.\nAttempts made:", "library", "the system's library `libpq`"),
        ("ImportError: cannot import name 'override' from 'typing' (/usr/lib/python3.11/typing.py)", "python", "Python 3.12"),
        ("ModuleNotFoundError: No module named 'annotationlib'", "python", "Python 3.14"),
        ("RuntimeError: this package requires Python >=3.13", "python", "Python 3.13"),
        ("django.core.exceptions.ImproperlyConfigured: Set the STRIPE_KEY environment variable", "variable", "the environment variable `STRIPE_KEY`"),
        ("django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.", "variable", "the environment variable `SECRET_KEY`"),
        ("decouple.UndefinedValueError: API_URL not found. Declare it as envvar or define a default value.", "variable", "the environment variable `API_URL`"),
        ('environs.exceptions.EnvError: Environment variable "PORT" not set', "variable", "the environment variable `PORT`"),
        ("KeyError: \"Config 'SECRET' is missing, and has no default.\"", "variable", "the environment variable `SECRET`"),
        ("subprocess.CalledProcessError: Command '['/usr/lib/postgresql/15/bin/pg_ctl', 'initdb', '--pgdata', '/x']' returned non-zero exit status 1.", "program", "a PostgreSQL that the tests start themselves, which did not start"),
        ("ValueError: Missing staticfiles manifest entry for 'css/app.css'", "program", "the static files, which were not collected"),
        ("playwright._impl._errors.Error: BrowserType.launch: Executable doesn't exist at /root/.cache/x", "program", "the browsers of Playwright"),
        ('sqlalchemy.exc.ProgrammingError: (psycopg.errors.UndefinedTable) relation "users" does not exist\nLINE 1: x', "table", "the table `users`, and nothing makes a schema"),
        ('asyncpg.exceptions.UndefinedTableError: relation "users" does not exist', "table", "the table `users`, and nothing makes a schema"),
        ("sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: users", "table", "the table `users`, and nothing makes a schema"),
        ('psycopg.errors.FeatureNotSupported: extension "postgis" is not available\nDETAIL: x', "extension", "PostgreSQL's extension `postgis`"),
        ("OSError: [Errno 28] No space left on device", "disk", "space on the disk"),
        ("subprocess.CalledProcessError: Command '['git', 'describe', '--tags']' returned non-zero exit status 128.", "git", "the history of git"),
        ("_tkinter.TclError: no display name and no $DISPLAY environment variable", "display", "a display"),
        ("zoneinfo._common.ZoneInfoNotFoundError: 'No time zone found with key Europe/Berlin'", "time-zones", "the data of time zones"),
        ("fixture 'mocker' not found", "plug-in", "`pytest-mock`, which nothing declares"),
    ],
)  # fmt: skip
def test_a_known_reason_is_named_and_proven_by_its_line(error: str, kind: str, needs: str) -> None:
    cause = parse_cause(told(error), FACTS)
    assert cause is not None
    assert (cause.kind, cause.needs) == (kind, needs)
    assert cause.proof == error.partition("\n")[0][:300]


def test_what_is_told_only_by_the_place_where_it_was_raised() -> None:
    variable = parse_cause(told("KeyError: 'API_KEY'", after=OS_FRAME), FACTS)
    assert variable
    assert variable.needs == "the environment variable `API_KEY`"
    assert variable.advice.startswith('Add `env = ["API_KEY=…"]` under [tool.quality-gate]')
    program = parse_cause(
        told("FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'", after=PROCESS_FRAME), FACTS
    )
    assert program
    assert program.needs == "the program `ffmpeg`"
    missing = "pydantic_core._pydantic_core.ValidationError: 2 validation errors for Settings\nsecret_key\n  Field required [type=missing]\ndb.host\n  Field required [type=missing]"
    settings = parse_cause(told(missing, before=SETTINGS_FRAME), FACTS)
    assert settings
    assert settings.needs == "a value for the fields `secret_key`, `db.host` of the settings class `Settings`"
    known = ProjectFacts(settings={"Settings": Inherited(prefix="SHOP_", delimiter="__")})
    settings = parse_cause(told(missing, before=SETTINGS_FRAME), known)
    assert settings
    assert settings.needs == "the environment variables `SHOP_SECRET_KEY`, `SHOP_DB__HOST`"
    assert parse_cause(told(missing), FACTS) is None


@pytest.mark.parametrize(
    "error",
    [
        "ImportError: cannot import name 'url_quote' from 'werkzeug.urls' (/venv/lib/werkzeug/urls.py)",
        "AttributeError: module 'bcrypt' has no attribute '__about__'",
        "TypeError: Client.__init__() got an unexpected keyword argument 'app'",
        "ModuleNotFoundError: No module named 'pydantic.generics'",
    ],
)
def test_packages_that_do_not_fit_each_other_are_no_fault_of_the_projects_code(error: str) -> None:
    installed = "../venv/lib/python3.11/site-packages/flask/app.py:9: in <module>\n    from x import y\n"
    cause = parse_cause(told(error, before=installed), FACTS)
    assert cause
    assert cause.needs == "versions of its packages that fit each other (`flask` asks another for what it lacks)"
    assert parse_cause(told(error), FACTS) is None
    assert parse_cause(told(error, before=installed, after="tests/test_a.py:3: Error"), FACTS) is None


@pytest.mark.parametrize(
    "error",
    [
        "KeyError: 'API_KEY'",
        "FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'",
        "AssertionError: assert 'Connection refused' in 'Temporary failure in name resolution'",
        "assert 'redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.' == ''",
        "Failed: DID NOT RAISE <class 'docker.errors.DockerException'>",
        "Failed: redis at localhost:6379: Connection refused",
        "ModuleNotFoundError: No module named 'app'",
        "ModuleNotFoundError: No module named 'app.gone'",
        "ModuleNotFoundError: No module named 'fastapi.gone'",
        "ModuleNotFoundError: No module named 'fastapi'",
        "ModuleNotFoundError: No module named 'json.gone'",
        "ImportError: cannot import name 'gone' from 'app.main' (/x/app/main.py)",
        "ConnectionRefusedError: [Errno 111] Connection refused",
        "ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 39211)",
        "requests.exceptions.ConnectionError: HTTPConnectionPool(host='localhost', port=48000): Max retries exceeded (Caused by NewConnectionError('Connection refused'))",
        "ValueError: the docs say: Set the X environment variable",
        "fixture 'my_own' not found",
        "SyntaxError: invalid syntax",
        "",
    ],
)  # fmt: skip
def test_what_is_not_certain_stays_a_failure(error: str) -> None:
    assert parse_cause(told(error), FACTS) is None


def test_only_the_last_exception_of_a_chain_counts() -> None:
    first, last = told("KeyError: 'API_KEY'", after=OS_FRAME), told("ValueError: no key")
    chained = "\n\nThe above exception was the direct cause of the following exception:\n\n"
    assert parse_cause(first + chained + last, FACTS) is None
    cause = parse_cause(last + chained + first, FACTS)
    assert cause
    assert cause.kind is Kind.VARIABLE


def test_giving_up_stands_for_what_was_tried_before() -> None:
    refused = told('psycopg.OperationalError: connection to server at "db", port 5432 failed: Connection refused')
    chained = "\n\nThe above exception was the direct cause of the following exception:\n\n"
    cause = parse_cause(refused + chained + told("tenacity.RetryError: RetryError[<Future raised x>]"), FACTS)
    assert cause
    assert cause.needs == "PostgreSQL at db:5432"


def test_captured_output_and_source_lines_prove_nothing() -> None:
    details = "    raise docker.errors.DockerException('Error while fetching server API version')\n" + told(
        "AssertionError: x"
    )
    assert parse_cause(details + "\n--- Captured log ---\ndocker: not found\n", FACTS) is None


def test_where_the_database_of_the_gate_is_and_the_line_to_add() -> None:
    error = told('psycopg.OperationalError: connection to server at "db", port 5432 failed: Connection refused')
    cause = parse_cause(error, FACTS)
    assert cause
    assert "is at 127.0.0.1:54321" in cause.advice
    assert '`postgres-env = ["NAME"]`' in cause.advice
    without = parse_cause(error, ProjectFacts())
    assert without
    assert "No database was given" in without.advice


def test_a_missing_table_is_the_changes_own_where_a_schema_was_made() -> None:
    error = told('psycopg.errors.UndefinedTable: relation "users" does not exist')
    assert parse_cause(error, ProjectFacts(has_schema=True)) is None


def test_async_tests_need_a_plug_in_where_none_could_run_them() -> None:
    refused = "async def functions are not natively supported.\nYou need to install a suitable plugin"
    assert parse_cause(refused, FACTS) is None  # anyio is there: its marker may have been forgotten
    for facts in (ProjectFacts(), ProjectFacts(packages={"anyio": "1"}, async_marks=True)):
        cause = parse_cause(refused, facts)
        assert cause
        assert cause.needs == "`pytest-asyncio`, which nothing declares"
    assert parse_cause(refused, ProjectFacts(packages={"pytest-asyncio": "1"}, async_marks=True)) is None


@pytest.mark.parametrize(
    ("printed", "needs"),
    [
        ("ERROR: usage: python -m pytest [options]\npython -m pytest: error: unrecognized arguments: -n --random-order\n  inifile: x", "`pytest-xdist` and `pytest-random-order`"),
        ("__main__.py: error: unrecognized arguments: --cov-context=test -n4", "`pytest-xdist`"),
        ("ERROR: Missing required plugins: pytest-mock>=3, pytest-sugar\n", "`pytest-mock` and `pytest-sugar`"),
        ("ERROR: Unknown config option: asyncio_mode\n", "`pytest-asyncio`"),
        ('ImportError: Error importing plugin "xdist": No module named \'xdist\'\n', "`pytest-xdist`"),
        ("ImportError while loading conftest '/p/conftest.py'.\nconftest.py:1: in <module>\n    import boto\nE   ModuleNotFoundError: No module named 'boto'\n", "`boto`"),
        ('INTERNALERROR> Traceback (most recent call last):\nINTERNALERROR>   File "a.py", line 1\nINTERNALERROR> psycopg.OperationalError: connection to server at "db", port 5432 failed: Connection refused\nINTERNALERROR> \tIs the server running?\n', "PostgreSQL at db:5432"),
        ("INTERNALERROR> Traceback (most recent call last):\nINTERNALERROR> socket.gaierror: [Errno -3] Temporary failure in name resolution\nINTERNALERROR> \nINTERNALERROR> Traceback (most recent call last):\nINTERNALERROR>   File x\nINTERNALERROR> SystemExit: 1\n", "the network"),
        ("Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    import boto\nModuleNotFoundError: No module named 'boto'\n", "`boto`"),
    ],
)  # fmt: skip
def test_why_pytest_itself_could_not_go_on(printed: str, needs: str) -> None:
    cause = parse_cause_of_pytest(printed, FACTS)
    assert cause
    assert cause.needs.startswith(needs)
    assert "usage" not in cause.proof


def test_a_mistake_in_the_command_line_is_no_missing_plug_in() -> None:
    assert parse_cause_of_pytest("error: unrecognized arguments: --my-own-option", FACTS) is None
    assert parse_cause_of_pytest("all went well", FACTS) is None
    installed = ProjectFacts(packages={"pytest-mock": "1"})
    assert parse_cause(told("fixture 'mocker' not found"), installed) is None


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            [
                "E ",
                "E   x.Error: ",
                "KeyError: 'A'",
                "\n",
                "INTERNALERROR> ",
                ": ",
                "'",
                "Connection refused",
                "connecting to a:1",
                "No module named 'a'",
            ]
        )
    ).map("".join)
)
def test_no_text_breaks_it(text: str) -> None:
    parse_cause(text, FACTS)
    parse_cause_of_pytest(text, FACTS)


def test_every_kind_of_cause_has_its_entry_in_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "troubleshooting.md").read_text("utf-8")
    assert [kind for kind in Kind if f'<a id="{kind}"></a>' not in page] == []


@pytest.mark.parametrize(
    ("details", "needs"),
    [
        (
            'tests/test_a.py:18: in <module>\n    assert "DB_URLS" in os.environ, "DB_URLS is not set."\n'
            "E   AssertionError: DB_URLS is not set.\nE   assert 'DB_URLS' in environ({...})\n",
            "the environment variable `DB_URLS`",
        ),
        (
            'app/config.py:3: in <module>\n    raise RuntimeError("...")\n'
            "E   RuntimeError: SECRET_KEY environment variable must be set\n",
            "the environment variable `SECRET_KEY`",
        ),
        (
            "app/config.py:3: in <module>\n    fail()\nE   app.Bad: Missing required environment variable: API_TOKEN\n",
            "the environment variable `API_TOKEN`",
        ),
        (
            "src/app/config.py:9: in <module>\n    config = Config(env_path)\n"
            "E   FileNotFoundError: Config file '/srv/shop/src/app/core/../../.env' not found.\n",
            "the file `src/.env`",
        ),
        (
            "app/config.py:9: in <module>\n    open('.env')\n"
            "E   FileNotFoundError: [Errno 2] No such file or directory: '.env'\n",
            "the file `.env`",
        ),
    ],
)  # fmt: skip
def test_what_code_demands_when_it_is_imported(details: str, needs: str) -> None:
    cause = parse_cause(details, ProjectFacts(folder="/srv/shop"))
    assert cause
    assert (cause.kind, cause.needs) == (Kind.VARIABLE, needs)


@pytest.mark.parametrize(
    "details",
    [
        # In a test, not at import.
        "tests/test_a.py:3: in test_a\n    assert os.environ.get('DB_URL')\nE   AssertionError: DB_URL is not set\n",
        # The line reads nothing of the environment, and the words do not say that it does.
        "tests/test_a.py:3: in <module>\n    assert TABLE\nE   AssertionError: TABLE is not set\n",
        "tests/test_a.py:3: in <module>\n    assert os.environ\nE   AssertionError: the value is wrong\n",
        "app/a.py:9: in <module>\n    open(p)\nE   FileNotFoundError: [Errno 2] No such file or directory: 'a.csv'\n",
    ],
)
def test_what_demands_no_variable(details: str) -> None:
    assert parse_cause(details, FACTS) is None


def test_a_plug_in_that_does_not_fit_its_pytest_is_named_with_both_versions() -> None:
    printed = (
        'Error while loading plugin "pytest11".\n'
        "pluggy._manager.PluginValidationError: Plugin 'gitignore' for hook 'pytest_ignore_collect'\n"
        "hookimpl definition: pytest_ignore_collect(path, config)\n"
    )
    cause = parse_cause_of_pytest(printed, FACTS)
    assert cause
    assert cause.kind is Kind.VERSIONS
    assert "(pytest-gitignore 1.3 does not work with pytest 9.1.1)" in cause.needs
    assert cause.proof.endswith("Plugin 'gitignore'")


@pytest.mark.parametrize(
    ("printed", "line"),
    [
        (
            "ImportError while loading conftest '/srv/a/tests/conftest.py'.\ntests/conftest.py:14: in <module>\n"
            "    from shop import orm\nE   ModuleNotFoundError: No module named 'shop'\n",
            "ModuleNotFoundError: No module named 'shop' (while loading tests/conftest.py)",
        ),
        (
            'INTERNALERROR> Traceback (most recent call last):\nINTERNALERROR>   File "a.py", line 1, in x\n'
            "INTERNALERROR> ValueError: no such thing\n",
            "ValueError: no such thing",
        ),
        (
            "ERROR: usage: __main__.py [options]\n__main__.py: error: unrecognized arguments: --frob\n  rootdir: /x\n",
            "__main__.py: error: unrecognized arguments: --frob",
        ),
        ("ERROR: file or directory not found: nowhere\n\n", "ERROR: file or directory not found: nowhere"),
        ("collected 3 items\nall is well\n", ""),
        ("", ""),
    ],
)
def test_the_line_in_which_pytest_says_why_it_ended(printed: str, line: str) -> None:
    assert parse_last_words(printed) == line


@given(st.text(alphabet=st.sampled_from("E \n:a.py1>(){}'"), max_size=300))
def test_any_output_may_be_the_last(printed: str) -> None:
    parse_last_words(printed)
    parse_last_words("ImportError while loading conftest 'x'.\n" + printed)


def test_where_no_server_could_be_had_the_need_says_why() -> None:
    refused = (
        'psycopg.OperationalError: connection is bad: connection to server on socket "/run/.s.PGSQL.5432" failed: No'
    )
    cause = parse_cause(
        told(refused), ProjectFacts(no_database="there is no PostgreSQL: no server has the extension postgis")
    )
    assert cause
    assert (cause.kind, cause.needs) == (Kind.POSTGRESQL, "PostgreSQL: no server has the extension postgis")


DIALLED = """\
address = ('localhost', {port}), timeout = <object object at 0x7f37>
source_address = None

>               sock.connect(sa)
E               ConnectionRefusedError: [Errno 111] Connection refused

/usr/lib/python3.9/socket.py:832: ConnectionRefusedError
"""


@pytest.mark.parametrize(
    ("details", "needs"),
    [
        (DIALLED.format(port=11025), "what listens at localhost:11025: nothing does here"),
        (DIALLED.format(port=6379), "Redis at localhost:6379"),
        (told("requests.exceptions.ConnectionError: HTTPConnectionPool(host='localhost', port=5005): Max retries (Caused by x: [Errno 111] Connection refused)"), "what listens at localhost:5005: nothing does here"),
        # A port that the system gave out is the tests' own: what was to listen there is what they test.
        (DIALLED.format(port=43211), ""),
        (told("ConnectionRefusedError: [Errno 111] Connection refused"), ""),
    ],
)  # fmt: skip
def test_what_nothing_listens_for(details: str, needs: str) -> None:
    cause = parse_cause(details, FACTS)
    assert (cause.needs if cause else "") == needs


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("_pytest.config.exceptions.UsageError: Cleanup is off: ALLOW_CLEANUP must be set to 1. It guards.", "ALLOW_CLEANUP=1"),
        ("RuntimeError: TEST_DB_URL is not set", "TEST_DB_URL=…"),
        ("ValueError: the APP_MODE environment variable needs to be set to 'test'", "APP_MODE=test"),
        ("Failed: please set API_TOKEN to run these", "API_TOKEN=…"),
        ("AssertionError: DB_URL is required\nassert None", "DB_URL=…"),
    ],
)  # fmt: skip
def test_what_a_fixture_demands_is_a_variable_and_what_a_test_says_is_not(error: str, line: str) -> None:
    cause = parse_cause(told(error), FACTS, at_setup=True)
    assert cause
    assert cause.needs == f"the environment variable `{line.partition('=')[0]}`"
    assert f'"{line}"' in cause.advice
    assert parse_cause(told(error), FACTS) is None


@pytest.mark.parametrize(
    "error", ["ValueError: MAX_SIZE is wrong", "KeyError: 'USER_ID'", "RuntimeError: ID is not set"]
)
def test_a_fixture_may_fail_of_itself(error: str) -> None:
    assert parse_cause(told(error), FACTS, at_setup=True) is None


@pytest.mark.parametrize(
    ("printed", "needs"),
    [
        ("Exit: DATABASE_URL is not set\n", "the environment variable `DATABASE_URL`"),
        (
            "collected 3 items\n\ntests/test_a.py \n"
            "!!!!!!!!!!!!!!! _pytest.outcomes.Exit: set TEST_HOST first !!!!!!!!!!!!!!!\n==== no tests ran in 0.01s ====\n",
            "the environment variable `TEST_HOST`",
        ),
        ("ERROR: RUN_MODE must be set\n\n", "the environment variable `RUN_MODE`"),
        (
            # The beginning of a long traceback is not at hand.
            '    return (yield)\n            ^^^^^\n  File "/venv/lib/python3.13/site-packages/pytest_django/plugin.py", line 189, in x\n'
            "    raise ImportError(msg) from None\nImportError: No module named 'pkg_resources'\n\npytest-django found a Django project in .\n",
            "`setuptools<81`, which still has `pkg_resources` (82.0.1 is installed)",
        ),
        (
            'Traceback (most recent call last):\n  File "/venv/lib/python3.11/site-packages/_pytest/config/__init__.py", line 1, in x\n'
            '    y()\n  File "/srv/app/settings.py", line 3, in <module>\n    HOSTS = os.environ.get("APP_HOSTS").split(" ")\n'
            "            ^^^^^^^^^^^^^^^^^^^\nAttributeError: 'NoneType' object has no attribute 'split'\n",
            "the environment variable `APP_HOSTS`",
        ),
    ],
)  # fmt: skip
def test_what_pytest_lacked_when_it_started(printed: str, needs: str) -> None:
    cause = parse_cause_of_pytest(printed, ProjectFacts(packages={"setuptools": "82.0.1"}))
    assert cause
    assert cause.needs == needs


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ('int(os.getenv("PORT"))', "the environment variable `PORT`"),
        ('int(os.getenv("PORT", None) or limit)', ""),
        ('int(os.getenv("PORT")) + int(os.getenv("BASE"))', ""),
        ("int(found)", ""),
    ],
)
def test_a_variable_without_a_default_whose_none_is_used(source: str, needs: str) -> None:
    error = "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"
    cause = parse_cause(f"app/config.py:3: in <module>\n    port = {source}\nE   {error}\n", FACTS)
    assert (cause.needs if cause else "") == needs


@pytest.mark.parametrize("path", ["/srv/shop/tests/toml-test/tests/files", "tests/toml-test", "./tests/toml-test/a"])
def test_a_file_of_a_submodule_that_is_not_checked_out(path: str) -> None:
    facts = ProjectFacts(folder="/srv/shop", submodules=("tests/toml-test",))
    cause = parse_cause(told(f"FileNotFoundError: [Errno 2] No such file or directory: '{path}'"), facts)
    assert cause
    assert cause.needs == "git's submodule `tests/toml-test`, which is not checked out"
    assert "`submodules: true`" in cause.advice
    assert parse_cause(told("FileNotFoundError: [Errno 2] No such file: 'tests/toml-test.txt'"), facts) is None
