"""A suite that two workers of pytest-xdist share, each on a database of its own, in a shard."""

import json

import pytest

from tests.integration.conftest import MakeProject

pytestmark = pytest.mark.integration

PROJECT = {
    "requirements.txt": "pg8000\n",
    "schema.sql": "CREATE TABLE seen (worker text);\n",
    "pkg/__init__.py": "",
    "pkg/core.py": "def first():\n    return 1\n\n\ndef second():\n    return 2\n",
    "conftest.py": "import os\n\nAT_IMPORT = os.environ['PGDATABASE']\n",
    "pytest.ini": "[pytest]\npythonpath = .\n",
    "tests/test_database.py": """\
import os
import time

import pg8000.native
import pytest

from conftest import AT_IMPORT
from pkg.core import first


@pytest.mark.parametrize("number", range(6))
def test_a_database_of_its_own(number):
    assert first() == 1
    worker = os.environ["PYTEST_XDIST_WORKER"]
    name = os.environ["PGDATABASE"]
    assert name == AT_IMPORT
    assert name in os.environ["APP_DB"]
    assert name in os.environ["DATABASE_URL"]
    connection = pg8000.native.Connection(
        os.environ["PGUSER"], os.environ["PGHOST"], name, int(os.environ["PGPORT"]), os.environ["PGPASSWORD"]
    )
    connection.run("INSERT INTO seen VALUES (:worker)", worker=worker)
    assert connection.run("SELECT DISTINCT worker FROM seen") == [[worker]]
    connection.close()
    time.sleep(0.2)
""",
}


def test_each_worker_has_its_own_database_before_the_projects_code_is_imported(make_project: MakeProject) -> None:
    words = ("--workers", "2", "--shard", "1/1", "--gates", "unit-tests,coverage", "--set", "postgres-env=APP_DB")
    run = make_project(PROJECT).run(*words)
    assert run.exit_code == 0, run.stdout
    assert run.measures("unit-tests")["tests"] == "6"
    assert "2 workers [6 items]" in (run.folder / "logs" / "unit-tests.log").read_text("utf-8")
    assert run.reason("coverage") == "judged when the shards are merged"
    note = json.loads((run.folder / "shard" / "unit-tests.json").read_text("utf-8"))
    assert note["collected"] == len(note["durations"]) == 6
    assert min(note["durations"].values()) >= 0.2
    measured = json.loads((run.folder / "shard" / "coverage.json").read_text("utf-8"))["files"]["pkg/core.py"]
    assert measured["missing_lines"] == [6]
