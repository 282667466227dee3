"""The URL of a server, as people and platforms write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.adapters.postgres.server_url import (
    BadUrlError,
    is_near,
    is_postgres_url,
    libpq_options,
    parse_server_url,
    place_of,
    with_options,
)
from gate.domain.connection import Database, connection_url

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
HOST = st.one_of(
    st.sampled_from(["localhost", "127.0.0.1", "::1", "fe80::1%eth0", "/run/postgresql", "/tmp/a b"]),
    st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z]{2,5})?", fullmatch=True),
)


@given(
    user=TEXT,
    password=st.one_of(st.just(""), TEXT),
    name=TEXT,
    host=HOST,
    port=st.integers(1, 65_535),
    parameters=st.dictionaries(st.sampled_from(["ssl", "application_name", "ä&="]), TEXT),
    scheme=st.sampled_from(["postgres", "postgresql", "postgresql+asyncpg", "POSTGRES"]),
)
def test_what_is_written_is_read_back(
    user: str, password: str, name: str, host: str, port: int, parameters: dict[str, str], scheme: str
) -> None:
    database = Database(
        host=host,
        port=port,
        user=user,
        password=password,
        name=name,
        server_version="",
        provider="given URL",
        parameters=parameters,
    )
    url = connection_url(database, scheme)
    assert is_postgres_url(url)
    read = parse_server_url(url, "given URL", {})
    variables = {"PGSSLMODE": parameters["ssl"]} if "PGSSLMODE" in read.variables else {}
    assert read == Database(
        host=host,
        port=port,
        user=user,
        password=password,
        name=name,
        server_version="",
        provider="given URL",
        parameters=parameters,
        variables=variables,
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://u:p@h/d", ("h", 5432, "u", "p", "d")),
        ("postgresql+psycopg2://u:p%40%2F@h:6543/d", ("h", 6543, "u", "p@/", "d")),
        ("postgresql://u:p#?%23@h/d", ("h", 5432, "u", "p#?#", "d")),
        ("postgresql://u@[::1]:1/d?x=1", ("::1", 1, "u", "", "d")),
        ("postgresql://u@/d?host=/run/postgresql", ("/run/postgresql", 5432, "u", "", "d")),
        ("postgresql://u@%2Frun%2Fpostgresql/d", ("/run/postgresql", 5432, "u", "", "d")),
        ("postgresql:///d?host=h&port=7&user=u&password=p", ("h", 7, "u", "p", "d")),
        ("postgresql://h?dbname=d&user=u", ("h", 5432, "u", "", "d")),
        ("postgresql://u@h", ("h", 5432, "u", "", "u")),
        ("postgresql://", ("", 5432, "postgres", "", "postgres")),
    ],
)
def test_urls_as_libpq_reads_them(url: str, expected: tuple[str, int, str, str, str]) -> None:
    read = parse_server_url(url, "DATABASE_URL", {})
    assert (read.host, read.port, read.user, read.password, read.name) == expected


def test_the_environment_gives_what_the_url_leaves_out() -> None:
    environment = {
        "PGHOST": "db",
        "PGPORT": "99",
        "PGUSER": "u",
        "PGPASSWORD": "p",
        "PGDATABASE": "d",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/ca",
    }
    read = parse_server_url("postgresql://?sslmode=require", "DATABASE_URL", environment)
    assert (read.host, read.port, read.user, read.password, read.name) == ("db", 99, "u", "p", "d")
    assert libpq_options(read) == {"sslmode": "require", "sslrootcert": "/ca"}
    assert parse_server_url("postgresql://h", "x", {"USER": "me"}).user == "me"


def test_the_name_asyncpg_has_for_tls_is_understood() -> None:
    read = parse_server_url("postgresql+asyncpg://u@h/d?ssl=require", "x", {})
    assert libpq_options(read) == {"sslmode": "require"}
    assert read.parameters == {"ssl": "require"}
    assert libpq_options(parse_server_url("postgresql+asyncpg://u@h/d?ssl=true", "x", {})) == {}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://u:hunter2@h:port/d", "its port is not a number from 1 to 65535"),
        ("postgresql://u:hunter2@h:0/d", "its port is not a number from 1 to 65535"),
        ("postgresql://u:hunter2@h:65536/d", "its port is not a number from 1 to 65535"),
        ("postgresql://u:hunter2@h:１２/d", "its port is not a number from 1 to 65535"),
        ("postgresql://u:hunter2@a,b/d", "it names several hosts"),
        ("postgresql://u:hunter2@[::1/d", "its port is not a number"),
        ("postgresql://u:hunter2%ff@h/d", "not UTF-8"),
        ("postgresql://u:hunter2%00@h/d", "a NUL character"),
        ("mysql://u:hunter2@h/d", "not of the form"),
    ],
)
def test_a_bad_url_is_told_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(BadUrlError) as caught:
        parse_server_url(url, "DATABASE_URL", {})
    assert reason in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://h", "postgis://h", "postgresql:h", " postgres://h", ""])
def test_other_urls_are_not_of_postgresql(url: str) -> None:
    assert not is_postgres_url(url)


@pytest.mark.parametrize(
    "host", ["", "localhost", "LOCALHOST", "db.localhost", "127.0.0.1", "127.9.9.9", "::1", "/run", "@x"]
)
def test_this_machine_is_near(host: str) -> None:
    assert is_near(host)


@pytest.mark.parametrize(
    "host", ["db", "localhost.example.com", "10.0.0.1", "0.0.0.0", "::2", "fe80::1%lo", "127.0.0.1.nip.io"]
)
def test_other_machines_are_not(host: str) -> None:
    assert not is_near(host)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://h:1/d", "h:1"),
        ("postgresql://[::1]:1/d", "[::1]:1"),
        ("postgresql:///d", "localhost:5432"),
        ("postgresql:///d?host=/run/p", "the socket /run/p/.s.PGSQL.5432"),
    ],
)
def test_a_place_is_said(url: str, place: str) -> None:
    assert place_of(parse_server_url(url, "x", {})) == place


def test_options_are_added_to_those_of_the_url() -> None:
    given_options = parse_server_url("postgresql://h/d?options=-cwork_mem%3D8MB&ssl=x", "x", {})
    changed = with_options(given_options, "-csearch_path=a")
    assert changed.variables["PGOPTIONS"] == "-cwork_mem=8MB -csearch_path=a"
    assert changed.parameters == {"ssl": "x"}
    plain = with_options(parse_server_url("postgresql://h/d", "x", {}), "-csearch_path=a")
    assert plain.variables == {"PGOPTIONS": "-csearch_path=a"}
