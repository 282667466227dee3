import logging
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from app import __version__
from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).parents[2]


def test_importing_reads_no_environment_and_builds_no_engine() -> None:
    program = """
import sqlalchemy.ext.asyncio
def refuse(*args, **kwargs): raise SystemExit("an engine at import")
sqlalchemy.ext.asyncio.create_async_engine = refuse
from app.main import app, create_app
assert app.routes and create_app() is not app
"""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    finished = subprocess.run(  # noqa: S603 - a program of our own
        [sys.executable, "-c", program],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")


def test_the_version_is_the_project_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__


async def test_the_service_does_not_start_without_a_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    app = create_app()
    with pytest.raises(ValidationError, match="database_url"):
        async with app.router.lifespan_context(app):
            pass


async def test_a_missing_signing_key_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/none"))
    with caplog.at_level(logging.WARNING, logger="app.main"):
        async with app.router.lifespan_context(app):
            pass
    assert "SECRET_KEY is not set" in caplog.text


async def test_a_given_signing_key_is_not_remarked_on(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)
    with caplog.at_level(logging.WARNING, logger="app.main"):
        async with app.router.lifespan_context(app):
            pass
    assert caplog.text == ""


async def test_health_tells_that_the_database_is_away(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "Database unavailable"}
