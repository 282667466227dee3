import pytest

from gate.formats.shell_lines import MAX_CHARACTERS, parse_commands
from tests.unit.growth import STEEP, growth


@pytest.mark.parametrize(
    ("run", "argv"),
    [
        ("ruff check . && pytest -q; echo 'a b'", [("ruff", "check", "."), ("pytest", "-q"), ("echo", "a b")]),
        (
            "uv run pytest \\\n  -k 'not slow' | tee log.txt",
            [("uv", "run", "pytest", "-k", "not slow"), ("tee", "log.txt")],
        ),
        ("if true; then make test; fi", [("true",), ("make", "test")]),
        ("cat <<EOF > .env\nA=1\nrm x\nEOF\npytest > out 2>&1", [("cat",), ("pytest",)]),
        ("# pytest\npip install '.[test]' # dev", [("pip", "install", ".[test]")]),
        ("pytest ${{ a && b }} tests", [("pytest", "$EXPRESSION", "tests")]),
        ("echo 'never closed\npytest", [("pytest",)]),
        ("A=1", []),
    ],
)
def test_a_script_is_read_as_its_commands(run: str, argv: list[tuple[str, ...]]) -> None:
    assert [command.argv for command in parse_commands(run)] == argv


def test_variables_before_a_command_are_its_own() -> None:
    (first, second) = parse_commands("APP_ENV=test DEBUG='' pytest; env TZ=UTC make")
    assert (first.argv, dict(first.env)) == (("pytest",), {"APP_ENV": "test", "DEBUG": ""})
    assert (second.argv, dict(second.env)) == (("make",), {"TZ": "UTC"})


@pytest.mark.parametrize(
    ("run", "program"),
    [
        ("uv run --group test --frozen python -m pytest tests", "pytest tests"),
        ("poetry run coverage run --source app -m pytest -x", "pytest -x"),
        ("coverage run -p -m unittest discover", "unittest discover"),
        ("coverage run manage.py test", "python manage.py test"),
        ("hatch run test:pytest", "pytest"),
        ("uv tool run tox -e py", "tox -e py"),
        ("python3.12 -W error -m pytest", "pytest"),
        (".venv/bin/python manage.py test", ".venv/bin/python manage.py test"),
        ("pdm run alembic upgrade head", "alembic upgrade head"),
        ("timeout 60 pytest", "pytest"),
    ],
)
def test_what_only_launches_is_left_out(run: str, program: str) -> None:
    assert " ".join(parse_commands(run)[0].program) == program


@pytest.mark.parametrize("part", ['"', "'\"\n", "\\", "$(", "<<A\n", "a", "`", "&", "('", "${{", "python -m "])
def test_a_hostile_script_is_read_in_bounded_time(part: str) -> None:
    assert growth(lambda size: parse_commands(part * (size // len(part))), MAX_CHARACTERS // 32) < STEEP
    assert parse_commands("a" * (MAX_CHARACTERS + 1)) == ()
