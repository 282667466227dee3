from pathlib import Path

import pytest

from gate.adapters.environment.made_environment import bundled_setuptools, read_made_environment


def made(folder: Path, *distributions: str, config: str = "version_info = 3.12.4\n") -> Path:
    (folder / "pyvenv.cfg").write_text(config)
    for name in distributions:
        (folder / "lib/python3.12/site-packages" / name).mkdir(parents=True)
    return folder


def test_an_environment_is_described_by_its_files(tmp_path: Path) -> None:
    folder = made(tmp_path, "My_Package-1.0+cpu.dist-info", "demo-2.dist-info", "demo")
    (folder / "lib/python3.12/site-packages/demo-2.dist-info/direct_url.json").write_text("{}")

    found = read_made_environment(folder)

    assert found is not None
    assert found.packages == {"my-package": "1.0+cpu", "demo": "2"}
    assert found.direct == {"demo"}
    assert (found.version, found.executable) == ("3.12.4", folder / "bin" / "python")
    assert found.site_folders == (folder / "lib/python3.12/site-packages",)


@pytest.mark.parametrize(("name", "config"), [("a.dist-info", "version_info = 3.12.4"), ("a-1.dist-info", "home = /x")])
def test_one_that_is_not_as_uv_makes_it_is_left_to_its_interpreter(tmp_path: Path, name: str, config: str) -> None:
    assert read_made_environment(made(tmp_path, name, config=config)) is None


def test_a_folder_without_an_environment_is_none(tmp_path: Path) -> None:
    assert read_made_environment(tmp_path) is None


def test_the_setuptools_of_an_older_python_is_found_where_venv_has_it(tmp_path: Path) -> None:
    bundled = tmp_path / "usr/lib/python3.9/ensurepip/_bundled/setuptools-58.1.0-py3-none-any.whl"
    bundled.parent.mkdir(parents=True)
    bundled.touch()
    folder = tmp_path / "made"
    folder.mkdir()
    made(folder, config=f"home = {tmp_path}/usr/bin\nversion_info = 3.9.18\n")

    assert bundled_setuptools(folder, "3.9.18") == bundled
    assert bundled_setuptools(folder, "3.10.1") is None
    assert bundled_setuptools(tmp_path, "3.9.18") is None
