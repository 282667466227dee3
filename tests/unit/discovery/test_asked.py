"""Which variables code asks for, over several modules."""

import pytest

from gate.discovery.asked import Asked, asked_by_code
from gate.discovery.sources import ProjectSources


def asked(**texts: str) -> Asked:
    files = {name.replace("__", "/") + ".py": text for name, text in texts.items()}
    return asked_by_code(ProjectSources(files=tuple(sorted(files)), texts=files))


GETTER = "import os\ndef get_env(key, default=None):\n    return os.environ.get(key, default)\n"


def test_a_function_that_looks_up_what_it_is_told_asks_for_the_names_that_other_modules_give_it() -> None:
    found = asked(
        app__env=GETTER,
        app__settings="from app.env import get_env\nURL = get_env('DATABASE_URL', 'postgresql+psycopg://x')\n",
        app__words="print('SOMETHING')\nshout('ELSE')",
    )
    assert {name: (variable.default, path) for name, (variable, path) in found.variables.items()} == {
        "DATABASE_URL": ("postgresql+psycopg://x", "app/settings.py")
    }


def test_a_settings_class_may_inherit_from_one_of_another_module() -> None:
    found = asked(
        app__base="class Base(BaseSettings):\n  class Config:\n    env_prefix = 'SVC_'\n",
        app__common="class Common(Base):\n  database_url: str\n",
        app__local="class Test(Common):\n  secret_key: str\n",
        app__other="class Unrelated(Thing):\n  size: str\n",
    )
    assert found.demanded == {"SVC_DATABASE_URL", "SVC_SECRET_KEY"}


def test_what_is_too_much_in_all_is_parsed_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gate.discovery.asked._MOST_PARSED", 100)
    found = asked(a__large=f"import os\nos.environ['LARGE']\n{'#' * 100}", a__small="import os\nos.environ['SMALL']")
    assert found.demanded == {"SMALL"}


@pytest.mark.parametrize("folder", ["tools", "infra", "deploy", "scripts", "docs", "examples"])
def test_what_only_the_developers_run_asks_for_nothing(folder: str) -> None:
    assert not asked(**{f"{folder}__run": "import os\nX = os.environ['DATABASE_HOST']"}).variables
    assert asked(**{f"app__{folder}__run": "import os\nX = os.environ['DATABASE_HOST']"}).demanded


def test_what_is_asked_for_later_without_a_default_is_wanted_but_not_demanded() -> None:
    found = asked(
        app="import os\ndef home():\n    return os.environ['PYTHON_VERSION'], os.environ['HOST']\nX = os.getenv('HOST', 'h')"
    )
    assert (found.demanded, found.wanted) == (frozenset(), {"PYTHON_VERSION"})


MODEL = "from pydantic import BaseModel\nclass Pepper(BaseModel):\n  PEPPER: str\n"
MIXED = (
    "from app.parts import Pepper\nCOMMON = SettingsConfigDict(case_sensitive=False)\n"
    "def load[E: BaseSettings](kind: type[E]) -> E: return kind()\n"
    "class PasswordSettings(BaseSettings, Pepper):\n"
    "  model_config = COMMON | SettingsConfigDict(env_prefix='PASSWORD_')\n"
)


@pytest.mark.parametrize(
    "texts",
    [
        {"app/parts.py": MODEL, "app/settings.py": MIXED},
        {"app/parts.py": MODEL, "app/settings.py": MIXED, "other/parts.py": MODEL},
        {"app/base.py": MODEL, "app/parts.py": "from .base import Pepper as P, Pepper", "app/settings.py": MIXED},
        {
            "app/deep.py": MODEL.replace("Pepper", "Deep"),
            "app/parts.py": "from .deep import Deep\nclass Pepper(Deep):\n  pass",
            "app/settings.py": MIXED,
        },
    ],
)
def test_fields_of_a_plain_model_of_another_module_are_variables_of_the_settings_class(texts: dict[str, str]) -> None:
    assert asked_by_code(ProjectSources(files=tuple(texts), texts=texts)).demanded == {"PASSWORD_PEPPER"}
