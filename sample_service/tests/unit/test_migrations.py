from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

ROOT = Path(__file__).parents[2]


@pytest.fixture
def migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def test_there_is_one_head(migrations: Config) -> None:
    assert len(ScriptDirectory.from_config(migrations).get_heads()) == 1


def test_the_sql_can_be_printed_without_a_database(
    migrations: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    command.upgrade(migrations, "head", sql=True)
    printed = capsys.readouterr().out
    assert "CREATE TABLE comments" in printed
    assert "UNIQUE (task_id, number)" in printed
