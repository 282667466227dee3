"""What the setting `postgres` and DATABASE_URL lead to."""

from pathlib import Path

import pytest

from gate.adapters.postgres.cluster import ClusterProvider
from gate.adapters.postgres.composition import providers_for
from gate.adapters.postgres.docker import DockerProvider
from gate.adapters.postgres.given import GivenServer
from gate.adapters.postgres.provider import Machine, Provider, Wanted
from gate.adapters.postgres.versions import locale_options
from gate.adapters.processes import ProcessRunner


def chosen(setting: str, *, in_ci: bool = True, **environment: str) -> tuple[list[str], list[str]]:
    """Return the words of the providers that are asked, and why others are not."""
    machine = Machine(
        environment=environment, scratch=Path("scratch"), processes=ProcessRunner(), say=print, notice=print
    )
    providers, reasons = providers_for(Wanted(setting=setting, version=None, in_ci=in_ci), machine)
    return [word_of(provider) for provider in providers], reasons


def word_of(provider: Provider) -> str:
    """Return how the provider is called in the report."""
    if isinstance(provider, ClusterProvider):
        return provider.word
    if isinstance(provider, GivenServer):
        may_lack = " that may lack" if provider.may_lack else ""
        return f"{provider.database.provider}{may_lack}, {provider.patience:g} s"
    return "docker" if isinstance(provider, DockerProvider) else "misnamed"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("local", ["local"]),
        ("embedded", ["embedded"]),
        ("docker", ["docker"]),
        ("postgresql+psycopg://u:p@far.example/d", ["given URL, 30 s"]),
        ("postgresql://u:p@far.example:x/d", ["misnamed"]),
        ("auto", ["local", "embedded"]),
    ],
)
@pytest.mark.parametrize("in_ci", [True, False])
def test_a_word_or_a_url_is_followed_without_fallback(setting: str, words: list[str], *, in_ci: bool) -> None:
    assert chosen(setting, in_ci=in_ci) == (words, [])


def test_off_says_so() -> None:
    assert chosen("off", DATABASE_URL="postgresql://localhost/d") == ([], ['it is off (postgres = "off")'])


def test_the_services_url_comes_first_in_ci() -> None:
    words, reasons = chosen("auto", DATABASE_URL="postgresql+asyncpg://u:p@postgres:5432/d")
    assert words == ["DATABASE_URL, 30 s", "local", "embedded"]
    assert reasons == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "", "%2Frun%2Fpostgresql"])
def test_a_near_server_comes_first_on_a_laptop_but_may_lack(host: str) -> None:
    words, reasons = chosen("auto", in_ci=False, DATABASE_URL=f"postgres://u:p@{host}/d")
    assert words == ["DATABASE_URL that may lack, 5 s", "local", "embedded"]
    assert reasons == []


def test_a_far_server_is_left_alone_on_a_laptop() -> None:
    words, reasons = chosen("auto", in_ci=False, DATABASE_URL="postgres://u:hunter2@prod.example.com/d")
    assert words == ["local", "embedded"]
    assert reasons == [
        "DATABASE_URL names prod.example.com:5432, which is another machine; passed over outside CI "
        '(to insist, set postgres = "<its URL>")'
    ]


@pytest.mark.parametrize("in_ci", [True, False])
def test_another_kind_of_database_is_passed_over(*, in_ci: bool) -> None:
    words, reasons = chosen("auto", in_ci=in_ci, DATABASE_URL="sqlite:///app.db")
    assert words == ["local", "embedded"]
    assert reasons == ["DATABASE_URL is not a URL of PostgreSQL; passed over"]


@pytest.mark.parametrize("in_ci", [True, False])
def test_a_misspelt_url_is_not_replaced(*, in_ci: bool) -> None:
    assert chosen("auto", in_ci=in_ci, DATABASE_URL="postgresql://h:port/d")[0][0] == "misnamed"


def test_an_empty_url_is_none() -> None:
    assert chosen("auto", DATABASE_URL=" ") == (["local", "embedded"], [])


def test_each_version_is_given_a_locale_that_knows_all_letters() -> None:
    assert locale_options("15.18") == [["--locale=C.UTF-8"], ["--locale=C"]]
    assert locale_options("18.6") == [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
