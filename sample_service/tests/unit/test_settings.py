import pytest
from pydantic import ValidationError

from app.settings import Settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_the_scheme_of_the_database_is_normalised(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://ada:p%40ss@db.example:5433/tasks")
    url = Settings().database_url.get_secret_value()
    assert url == "postgresql+asyncpg://ada:p%40ss@db.example:5433/tasks"


def test_libpq_parameters_reach_asyncpg() -> None:
    given = "postgresql://ada@/tasks?host=/run/postgresql&sslmode=require"
    url = Settings(database_url=given).database_url.get_secret_value()
    assert "host=%2Frun%2Fpostgresql" in url
    assert "ssl=require" in url
    assert "sslmode" not in url


@pytest.mark.parametrize(
    "url",
    ["mysql://a:hunter2@b/c", "postgresql+psycopg://a:hunter2@b/c", "hunter2", "", "a://b:c/"],
)
def test_another_database_is_refused_without_quoting_the_url(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(database_url=url)
    assert "database_url" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_database_must_be_named() -> None:
    with pytest.raises(ValidationError, match="database_url"):
        Settings()


def test_settings_do_not_show_secrets() -> None:
    settings = Settings(database_url="postgresql://a:hunter2@b/c", secret_key="k" * 32)
    assert "hunter2" not in repr(settings)
    assert "k" * 32 not in repr(settings)


def test_a_short_signing_key_is_refused_without_quoting_it() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(database_url="postgresql://a@b/c", secret_key="too-short-key")
    assert "secret_key" in str(caught.value)
    assert "too-short-key" not in str(caught.value)


def test_without_a_signing_key_each_process_makes_its_own() -> None:
    keys = {
        Settings(database_url="postgresql://a@b/c").secret_key.get_secret_value() for _ in range(3)
    }
    assert len(keys) == 3
    assert min(map(len, keys)) >= 32


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCESS_TOKEN_MINUTES", "0"),
        ("ACCESS_TOKEN_MINUTES", "1441"),
        ("DATABASE_POOL_SIZE", "0"),
        ("DATABASE_POOL_SIZE", "many"),
        ("PASSWORD_TIME_COST", "0"),
        ("PASSWORD_MEMORY_KIB", "7"),
    ],
)
def test_numbers_have_bounds(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@b/c")
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()
