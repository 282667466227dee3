import json

import pytest

from gate.formats import UnreadableError
from gate.formats.locked_packages import parse_pipfile_lock, parse_tool_lock

POETRY = """
[[package]]
name = "six"
version = "1.17.0"
groups = ["main"]
markers = "sys_platform == 'win32'"

[[package]]
name = "numpy"
version = "2.0.2"
markers = "python_version < \\"3.10\\""

[[package]]
name = "numpy"
version = "2.3.1"
markers = {main = "python_version >= \\"3.11\\"", dev = "python_version == \\"3.10\\""}

[[package]]
name = "old"
version = "1"

[[package]]
name = "old"
version = "2"

[[package]]
name = "lib"
version = "0.1"
[package.source]
type = "directory"
url = "../lib"

[[package]]
name = "fork"
version = "0.1"
[package.source]
type = "git"
url = "https://e.org/fork.git"
reference = "main"
resolved_reference = "abc123"

[metadata]
python-versions = "^3.9"
"""

PDM = """
[metadata]
[[metadata.targets]]
requires_python = ">=3.10"
[[package]]
name = "six"
version = "1.17.0"
groups = ["default"]
[[package]]
name = "fork"
version = "0.1"
git = "https://e.org/fork.git"
revision = "abc123"
[[package]]
name = "lib"
version = "0.1"
path = "./lib"
"""


def test_poetrys_versions_are_held_with_markers_where_a_name_has_several() -> None:
    locked = parse_tool_lock(POETRY, "poetry.lock")

    assert locked.lines == (
        "six==1.17.0",
        'numpy==2.0.2 ; (python_version < "3.10")',
        'numpy==2.3.1 ; ((python_version >= "3.11") or (python_version == "3.10"))',
        "fork @ git+https://e.org/fork.git@abc123",
    )
    assert locked.requires_python == ">=3.9,<4"


def test_pdms_versions_are_held() -> None:
    locked = parse_tool_lock(PDM, "pdm.lock")

    assert locked.lines == ("six==1.17.0", "fork @ git+https://e.org/fork.git@abc123")
    assert locked.requires_python == ">=3.10"


def test_pipenvs_packages_are_requirements_with_their_hashes() -> None:
    hashes = ["sha256:" + "0" * 64, "nonsense"]
    lock = {
        "_meta": {"requires": {"python_version": "3.12"}},
        "default": {
            "six": {"version": "==1.17.0", "hashes": hashes, "markers": "python_version >= '3.7'"},
            "lib": {"path": "./lib", "editable": True},
        },
        "develop": {"pytest": {"version": "==8.4.0"}, "fork": {"git": "https://e.org/f.git", "ref": "abc"}},
    }

    locked = parse_pipfile_lock(json.dumps(lock), "Pipfile.lock")

    assert locked.lines == (
        f"six==1.17.0 ; (python_version >= '3.7') --hash=sha256:{'0' * 64}",
        "-e ./lib",
        "pytest==8.4.0",
        "fork @ git+https://e.org/f.git@abc",
    )
    assert locked.requires_python == "3.12"


@pytest.mark.parametrize("text", ["a = = 1", "a = " + "[" * 100_000, "x" * 9_000_000, "a = 1" + "9" * 5000])
def test_a_lock_that_cannot_be_read_is_said(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"poetry\.lock"):
        parse_tool_lock(text, "poetry.lock")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": ' + "9" * 5000 + "}"])
def test_a_pipfile_lock_that_cannot_be_read_is_said(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"Pipfile\.lock is not JSON"):
        parse_pipfile_lock(text, "Pipfile.lock")


@pytest.mark.parametrize(
    "text",
    [
        "package = 1",
        "package = [1, {name = 2}]",
        '[[package]]\nname = "x y"\nversion = "1"',
        '[[package]]\nname = "x"\nversion = "1\\n-e /"',
        '[[package]]\nname = "x"\nsource = 1\nmarkers = 3',
        '[[package]]\nname = "x"\n[package.source]\ntype = "git"\nurl = "https://x\\n-e /"',
        "metadata = 1",
        "[metadata]\ntargets = 3\npython-versions = 4",
    ],
)
def test_what_is_not_as_it_should_be_is_left_out(text: str) -> None:
    assert parse_tool_lock(text, "poetry.lock").lines == ()
