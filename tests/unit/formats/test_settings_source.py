import pytest

from gate.formats.settings_class import Variable
from gate.formats.settings_source import parse_module, parse_names, tells


def parse_settings(source: str) -> tuple[Variable, ...]:
    return parse_module(source).variables if tells(source) else ()


def asked(source: str) -> dict[str, Variable]:
    return {variable.name: variable for variable in parse_settings(source)}


def test_a_settings_class_asks_for_its_fields_under_the_names_of_the_environment() -> None:
    found = asked("""
from pydantic_settings import BaseSettings, SettingsConfigDict
class Database(BaseModel):
    hostname: str
    port: int = 5432
class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="app_", env_nested_delimiter="__")
    secret_key: str
class Settings(Base):
    database: Database
    url: PostgresDsn = "postgresql+asyncpg://x"
    key: str = Field(..., alias="API_KEY")
    either: str = Field(default="x", validation_alias=AliasChoices("ONE", "TWO"))
    tags: list[str] = Field(default_factory=list)
    LIMIT: ClassVar[int] = 3
""")
    assert {name for name, variable in found.items() if variable.required} == {
        *("APP_SECRET_KEY", "APP_DATABASE__HOSTNAME", "API_KEY")
    }
    assert found.keys() - {"APP_SECRET_KEY", "APP_DATABASE__HOSTNAME", "API_KEY"} == {
        *("APP_DATABASE__PORT", "APP_URL", "ONE", "TWO", "APP_TAGS")
    }
    assert found["APP_URL"].default == "postgresql+asyncpg://x"


def test_the_first_version_of_pydantic_is_read_too() -> None:
    found = asked("""
from pydantic import BaseSettings, Field
class Settings(BaseSettings):
    database_url: str
    token: str = Field(env="APP_TOKEN")
    class Config:
        env_prefix = "SVC_"
""")
    assert {name: variable.required for name, variable in found.items()} == {
        "SVC_DATABASE_URL": True,
        "APP_TOKEN": True,
    }


@pytest.mark.parametrize(
    ("source", "name", "required", "default"),
    [
        ("import os\nX = os.environ['DB_HOST']", "DB_HOST", True, ""),
        ("import os\ndef f():\n    return os.environ['DB_HOST']", "DB_HOST", False, ""),
        ("import os\nif a:\n    X = os.environ['DB_HOST']", "DB_HOST", False, ""),
        ("import os\nX = os.getenv('DB_URL', 'sqlite://')", "DB_URL", False, "sqlite://"),
        ("from decouple import config\nX = config('SECRET_KEY')", "SECRET_KEY", True, ""),
        ("from decouple import config\nX = config('SECRET_KEY', default='x')", "SECRET_KEY", False, "x"),
        ("env = environ.Env()\nX = env.db()", "DATABASE_URL", True, ""),
        ("import os\nX = os.environ.get('HOSTS').split(',')", "HOSTS", True, ""),
        ("import os\nX = int(os.getenv('PORT'))", "PORT", True, ""),
        ("import os\nX = os.getenv('HOSTS', '*').split(',')", "HOSTS", False, "*"),
        ("import os\nX = os.getenv('HOSTS')", "HOSTS", False, ""),
        ("env = environ.Env(DEBUG=(bool, False))\nX = env('DEBUG')", "DEBUG", False, ""),
        ("env = Env(DB_URL=(str, 'postgres://x'))\nX = env.str('DB_URL')", "DB_URL", False, "postgres://x"),
        ("env = environ.Env(DEBUG=bool)\nX = env('DEBUG')", "DEBUG", True, ""),
        ("X = env.str('NAME', 'x')", "NAME", False, "x"),
        (
            "import dj_database_url\nX = dj_database_url.config(default='postgres://')",
            "DATABASE_URL",
            False,
            "postgres://",
        ),
        ("from os import environ as e\nX = e['DB_HOST']", "DB_HOST", True, ""),
        ("from os import getenv as get\nX = get('DB_HOST', 'h')", "DB_HOST", False, "h"),
        ("import os as o\nX = o.environ.get('DB_HOST')", "DB_HOST", False, ""),
        ("uri = f'postgresql+psycopg://{u}'\nX = os.getenv('URI', uri)", "URI", False, "postgresql+psycopg://"),
        ("def get_env(key, default=None):\n  return os.environ[key]\nX = get_env('DB', 'x')", "DB", False, "x"),
        (
            "def get_env(key):\n  return lambda: look_up(key=key)\ndef look_up(key):\n  return os.getenv(key)\n"
            "class S:\n  URL: str = field(default_factory=get_env('DB_URL', 'postgresql+psycopg://x'))",
            "DB_URL",
            False,
            "postgresql+psycopg://x",
        ),
        ("X = os.getenv('URI', f'postgresql+psycopg://{user}')", "URI", False, "postgresql+psycopg://"),
    ],
)
def test_a_call_asks_for_a_variable(source: str, name: str, required: bool, default: str) -> None:
    variable = asked(source)[name]
    assert (variable.required, variable.default) == (required, default)


@pytest.mark.parametrize(
    "source",
    [
        *("os.environ[", "os.environ" + "(" * 100_000, "getenv(\0)", "class BaseSettings(BaseSettings): a: int"),
        "class S(BaseSettings):\n  a: S\nclass T(BaseModel):\n  t: T\nclass U(BaseSettings):\n"
        "  model_config = {'env_nested_delimiter': '__'}\n  t: T",
        "getenv(" + "-" * 50_000 + "1)",
    ],
)
def test_source_that_is_none_or_goes_round_in_circles_does_no_harm(source: str) -> None:
    assert len(parse_settings(source)) <= 1


def test_names_alone_are_found_without_parsing() -> None:
    assert parse_names('os.environ["A"] + os.getenv(\n "B") + os.environ.get(\'A\')') == ("A", "B")


@pytest.mark.parametrize(
    "written",
    [
        "A | SettingsConfigDict(env_prefix='X_')",
        "{**A, 'env_prefix': 'X_'}",
        "SettingsConfigDict(**A, env_prefix='X_')",
        "A | {'env_prefix': 'X_'} | B",
    ],
)
def test_options_of_settings_may_be_put_together_of_several(written: str) -> None:
    source = (
        "A: Final = SettingsConfigDict(env_prefix='A_', case_sensitive=True)\nB = {**B, **A2}\n"
        f"class S(BaseSettings):\n  model_config = {written}\n  key: str"
    )
    assert [one.name for one in parse_settings(source)] == ["X_key"]
