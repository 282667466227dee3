"""How a client is told of a database, whatever its names hold."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.connection import Database, connection_url, connection_variables

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


def database(**more: object) -> Database:
    """Return a database like that of most runs."""
    ordinary: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 5432,
        "user": "app",
        "password": "secret",
        "name": "test",
        "server_version": "16.4",
        "provider": "local",
    }
    return Database(**(ordinary | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "url"),
    [
        ({}, "postgresql://app:secret@127.0.0.1:5432/test"),
        ({"password": ""}, "postgresql://app@127.0.0.1:5432/test"),
        ({"host": "::1"}, "postgresql://app:secret@[::1]:5432/test"),
        ({"host": "fe80::1%eth0"}, "postgresql://app:secret@[fe80::1%25eth0]:5432/test"),
        (
            {"host": "/run/post gres"},
            "postgresql://app:secret@/test?host=/run/post%20gres&port=5432",
        ),
        ({"user": "a@b:c/d", "name": "x?y#z"}, "postgresql://a%40b%3Ac%2Fd:secret@127.0.0.1:5432/x%3Fy%23z"),
        (
            {"parameters": {"sslmode": "require", "a&b": "c=d"}},
            "postgresql://app:secret@127.0.0.1:5432/test?sslmode=require&a%26b=c%3Dd",
        ),
    ],
)
def test_a_url_is_encoded(changed: dict[str, object], url: str) -> None:
    assert connection_url(database(**changed)) == url


def test_the_scheme_can_name_a_driver() -> None:
    assert connection_url(database(), "postgresql+asyncpg").startswith("postgresql+asyncpg://app:")


@given(user=TEXT, password=TEXT, name=TEXT, host=st.sampled_from(["localhost", "::1", "/tmp/a b"]))
def test_any_names_survive_the_url(user: str, password: str, name: str, host: str) -> None:
    parts = urlsplit(connection_url(database(user=user, password=password, name=name, host=host)))
    assert unquote(parts.username or "") == user
    assert unquote(parts.password or "") == password
    assert unquote(parts.path.removeprefix("/")) == name
    assert parse_qs(parts.query).get("host", [parts.hostname]) == [host]


def test_variables_are_those_of_libpq() -> None:
    assert connection_variables(database(password="a b\n")) == {
        "PGHOST": "127.0.0.1",
        "PGPORT": "5432",
        "PGUSER": "app",
        "PGPASSWORD": "a b\n",
        "PGDATABASE": "test",
    }
