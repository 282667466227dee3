import json
import runpy
import site
import sys
from pathlib import Path
from typing import Any

import pytest

import gate

PROBE = Path(gate.__file__).parent / "probes" / "describe_environment.py"


def described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *first: Path) -> dict[str, Any]:
    monkeypatch.setattr(sys, "path", ["the script's own folder", *map(str, first), *sys.path])
    monkeypatch.setattr(sys, "argv", [str(PROBE), str(tmp_path / "answer.json")])
    runpy.run_path(str(PROBE), run_name="__main__")
    assert "the script's own folder" not in sys.path
    answer = json.loads((tmp_path / "answer.json").read_text())
    assert isinstance(answer, dict)
    return answer


def distribution(folder: Path, metadata: str, *, direct: bool = False) -> Path:
    info = folder / f"a{len(list(folder.parent.rglob('*.dist-info')))}-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(metadata)
    if direct:
        (info / "direct_url.json").write_text("{}")
    return folder


def test_the_interpreter_tells_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = described(tmp_path, monkeypatch)

    assert answer["executable"] == sys.executable
    assert answer["version"] == sys.version.split()[0].rstrip("+")
    assert (answer["prefix"], answer["base_prefix"]) == (sys.prefix, sys.base_prefix)
    assert "pytest" in answer["packages"]


def test_packages_have_normalised_names_and_the_first_on_the_path_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = distribution(tmp_path / "first", "Name: My_Own.Package\nVersion: 1\n", direct=True)
    distribution(first, "Version: 1\n")  # what a broken removal leaves behind
    second = distribution(tmp_path / "second", "Name: my-own-package\nVersion: 2\n")

    answer = described(tmp_path, monkeypatch, first, second)

    assert answer["packages"]["my-own-package"] == "1"
    assert "my-own-package" in answer["direct"]


@pytest.mark.parametrize("enabled", [True, False])
def test_packages_of_the_user_count_where_the_interpreter_takes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, enabled: bool
) -> None:
    monkeypatch.setattr(site, "ENABLE_USER_SITE", enabled)
    monkeypatch.setattr(site, "getusersitepackages", lambda: str(tmp_path))

    assert (str(tmp_path) in described(tmp_path, monkeypatch)["site_folders"]) is enabled
