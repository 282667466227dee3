"""Whether it is the base's code that runs: by what its process tells of its imports, whatever was installed how."""

from pathlib import Path

import pytest

from gate.formats.service_inventory import Inventory
from gate.gates.latency.base_sources import import_path, not_of_base, other_packages

HEAD, BASE = Path("/checkout"), Path("/tmp/run/base")
SITE = "/cache/environments/1/lib/python3.11/site-packages"


def told(app: str, *roots: str, copied: tuple[str, ...] = ()) -> Inventory:
    return Inventory(app="app:app", framework="", app_file=app, import_roots=roots, copied_from=copied)


def test_code_is_imported_from_the_same_folders_of_the_base() -> None:
    change = told("/checkout/api/src/app/main.py", SITE, "/checkout/api/src", "/checkout/libs/core", "/usr/lib/python3")
    path = import_path(change, HEAD, BASE, "api", "/checkout/tools:/opt/ours")
    assert path.split(":") == [
        "/tmp/run/base/api/src",
        "/tmp/run/base/libs/core",
        "/tmp/run/base/api",
        "/tmp/run/base/tools",
        "/opt/ours",
    ]


def test_an_environment_within_the_checkout_is_none_of_its_folders() -> None:
    change = told("/checkout/app.py", "/checkout/.venv/lib/python3.11/site-packages", "/checkout")
    assert import_path(change, HEAD, BASE, ".", "").split(":") == ["/tmp/run/base", "/tmp/run/base/src"]
    assert not_of_base(told("/tmp/run/base/app.py", *change.import_roots[:1], "/tmp/run/base"), HEAD, BASE) == ""


def test_a_base_within_the_checkout_is_the_base_all_the_same() -> None:
    inner = HEAD / "tmp" / "base"
    assert not_of_base(told(f"{inner}/app.py", f"{inner}", SITE), HEAD, inner) == ""


@pytest.mark.parametrize(
    ("inventory", "why"),
    [
        (None, "does not tell"),
        (told(""), "does not tell"),
        (told("/checkout/src/app.py", "/checkout/src"), "from this change's own checkout"),
        (told(f"{SITE}/app.py", SITE), "from an installed package"),
        (told("/tmp/run/base/app.py", "/tmp/run/base", "/checkout/libs/core"), "from this change's own libs/core/"),
        (told("/tmp/run/base/app.py", SITE, copied=("file:///checkout/libs/a%20b",)), "own libs/a b/"),
    ],
)
def test_code_of_the_change_is_never_taken_for_the_base(inventory: Inventory | None, why: str) -> None:
    assert why in not_of_base(inventory, HEAD, BASE)


def test_other_locks_are_told_and_without_a_lock_other_requirements() -> None:
    old = {"pyproject.toml": b'[project]\nname = "a"\nversion = "1"\ndependencies = ["x"]\n'}
    new = {"pyproject.toml": b'[project]\nname = "a"\nversion = "2"\ndependencies = ["x"]\n'}
    assert other_packages(new, old) == ()
    assert other_packages({"pyproject.toml": b'[project]\ndependencies = ["x", "y"]\n'}, old) == ("pyproject.toml",)
    assert other_packages({**old, "uv.lock": b"1"}, {**old, "uv.lock": b"2"}) == ("uv.lock",)
    assert other_packages({"pyproject.toml": b"\xff[["}, old) == ("pyproject.toml",)
    assert other_packages({"pyproject.toml": b"project = 1"}, {"pyproject.toml": b"project = 1"}) == ()
