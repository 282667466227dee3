import pytest

from gate.discovery.where import could_describe, find_place


@pytest.mark.parametrize(
    ("files", "folder", "choices"),
    [
        (["backend/requirements.txt", "backend/tests/test_a.py", "frontend/package.json"], "backend", ()),
        (["requirements.txt", "tests/test_a.py", "svc/setup.py", "svc/tests/test_b.py"], ".", ()),
        (["a/setup.py", "a/test_a.py", "b/manage.py", "b/app/tests.py"], ".", ("a", "b")),
        (["requirements.txt", "backend/requirements.txt", "backend/tests/test_a.py"], "backend", ()),
        (["a/b/c/Pipfile", "a/b/c/tests/test_a.py"], "a/b/c", ()),
        (["a/b/c/d/Pipfile", "a/b/c/d/tests/test_a.py"], ".", ()),
        (["docs/requirements.txt", "docs/test_docs.py"], ".", ()),
        (["{{name}}/requirements.txt", "{{name}}/tests/test_a.py"], ".", ()),
        (["backend/requirements.txt", "backend/tests/conftest.py"], ".", ()),
        (["requirements.txt", "tests/requirements.txt", "tests/test_a.py"], ".", ()),
        (["setup.py", "svc/requirements.txt", "svc/tests/test_a.py"], ".", ()),
        (["setup.py", "svc/setup.py", "svc/tests/test_a.py"], "svc", ()),
        (["tests/setup.py", "tests/test_a.py"], "tests", ()),
        (["setup.py", "src/manage.py", "src/app/__init__.py", "src/app/tests.py"], "src", ()),
        (["setup.py", "pytest.ini", "test_project/manage.py", "test_project/test_a.py"], ".", ()),
        (["setup.py", "test_project/manage.py", "test_project/test_a.py"], "test_project", ()),
        (["pytest.ini", "src/manage.py", "src/app/tests.py"], "src", ()),
        (["app/requirements/base.txt", "app/tests/test_a.py"], "app", ()),
        (["requirements/base.txt", "app/Pipfile", "tests/test_a.py"], ".", ()),
        ([], ".", ()),
    ],
)
def test_the_service_is_where_a_manifest_and_its_tests_are(
    files: list[str], folder: str, choices: tuple[str, ...]
) -> None:
    place = find_place(files, [path for path in files if path.endswith("manage.py")])
    assert (place.folder, place.choices) == (folder, choices)


def test_a_manage_py_that_is_not_djangos_makes_no_service() -> None:
    files = ["setup.py", "app/manage.py", "app/tests/test_a.py"]
    assert could_describe("app/manage.py")
    assert find_place(files, ()).folder == "."
    assert find_place(files, ["app/manage.py"]).folder == "app"


def test_a_file_that_may_only_configure_tools_counts_if_it_describes_a_project() -> None:
    files = ["api/pyproject.toml", "api/tests/test_a.py"]
    assert could_describe(files[0])
    assert find_place(files, ()).folder == "."
    assert find_place(files, files[:1]).folder == "api"


def test_folders_with_a_manifest_and_no_tests_are_told_of() -> None:
    files = ["requirements.txt", "a/setup.py", "a/tests/test_a.py", "a/x/setup.py", "b/requirements.txt", "c/Pipfile"]
    assert find_place(files, ()).others == ("b", "c")
