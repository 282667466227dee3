import pytest

from gate.formats.manage_file import parse_settings_module


@pytest.mark.parametrize(
    "text",
    [
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')",
        'os.environ.setdefault(\n    "DJANGO_SETTINGS_MODULE",\n    "shop.settings",\n)',
        'os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"',
        'DEFAULTS = {\n    "DJANGO_SETTINGS_MODULE": "shop.settings",\n}\nfor key, value in DEFAULTS.items():\n    set(key)',
    ],
)
def test_the_settings_are_found_however_manage_py_names_them(text: str) -> None:
    assert parse_settings_module(text) == "shop.settings"


@pytest.mark.parametrize(
    "text", ["", "os.environ['DJANGO_SETTINGS_MODULE'] == 'x'", "f('DJANGO_SETTINGS_MODULE', name)"]
)
def test_what_names_none_tells_none(text: str) -> None:
    assert parse_settings_module(text) == ""
