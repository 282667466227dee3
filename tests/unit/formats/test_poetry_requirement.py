import pytest

from gate.formats.poetry_requirement import requirement_line, requirement_lines, version_range


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("^1.2", ">=1.2,<2"),
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1"),
        ("^0.0", ">=0.0,<0.1"),
        ("^2.0b1", ">=2.0b1,<3"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.4", "~=1.4"),
        ("1.2.*", "==1.2.*"),
        (">=1.*", ">=1"),
        ("!=1.3.*", "!=1.3.*"),
        ("1.2", "==1.2"),
        ("=1.2", "==1.2"),
        ("*", ""),
        ("", ""),
        ("latest", ""),
        (">= 1.2, < 2", ">=1.2,<2"),
        (">=1 <2", ">=1,<2"),
        ("^3.8,!=3.9.0", ">=3.8,<4,!=3.9.0"),
        ("^1 || ^2", ">=2,<3"),
        ("1\n--index-url=http://evil", ""),
    ],
)
def test_a_version_of_poetry_is_written_as_every_installer_reads_it(written: str, meant: str) -> None:
    assert version_range(written) == meant


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("^1", "demo>=1,<2"),
        ({"version": "*", "extras": ["a", "b"]}, "demo[a,b]"),
        ({"version": "1", "markers": "sys_platform == 'x'"}, "demo==1 ; (sys_platform == 'x')"),
        ({"version": "*", "python": "^3.9"}, "demo ; python_version >= '3.9' and python_version < '4'"),
        ({"version": "*", "python": ">=3.9.1"}, "demo ; python_full_version >= '3.9.1'"),
        ({"version": "*", "platform": "darwin"}, "demo ; sys_platform == 'darwin'"),
        ({"version": "*", "os_name": "== 'nt'"}, "demo ; os_name == 'nt'"),
        ({"git": "https://e.org/d.git"}, "demo @ git+https://e.org/d.git"),
        (
            {"git": "https://e.org/d.git", "tag": "v1", "subdirectory": "x", "python": "<4"},
            "demo @ git+https://e.org/d.git@v1#subdirectory=x ; python_version < '4'",
        ),
        ({"git": "git@e.org:o/d.git", "ref": "abc"}, "demo @ git+ssh://git@e.org/o/d.git@abc"),
        ({"url": "https://e.org/d.whl"}, "demo @ https://e.org/d.whl"),
        ({"path": "../d"}, "../d"),
        ({"path": "libs/d", "develop": True, "extras": ["a"]}, "-e ./libs/d[a]"),
        ({"path": ".", "editable": True}, "-e ./."),
        (3, "demo"),
        ({"version": ["1"], "extras": "a", "markers": 1}, "demo"),
        ({"git": "https://e.org/d.git\n-e /etc"}, None),
        ({"markers": "x\r-r other.txt"}, None),
        ({"path": "x #y"}, None),
    ],
)
def test_a_dependency_is_written_in_one_line_or_not_at_all(wanted: object, line: str | None) -> None:
    assert requirement_line("demo", wanted) == line


def test_several_tables_of_a_name_are_a_line_each_and_python_is_none() -> None:
    wanted = {
        "python": "^3.9",
        "demo": [{"version": "1", "python": "<3.10"}, {"version": "2", "python": ">=3.10"}],
        "no name": "1",
    }

    assert requirement_lines(wanted) == ["demo==1 ; python_version < '3.10'", "demo==2 ; python_version >= '3.10'"]
