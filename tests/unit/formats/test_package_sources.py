import tomllib

import pytest

from gate.formats.package_sources import (
    PackageSource,
    credential_variables,
    index_variables,
    sources_of_pdm,
    sources_of_pipfile,
    sources_of_poetry,
)

POETRY = """
[[tool.poetry.source]]
name = "my.private"
url = "https://e.org/simple"
[[tool.poetry.source]]
name = "torch"
url = "https://t.org/simple"
priority = "explicit"
[[tool.poetry.source]]
name = "PyPI"
priority = "primary"
"""


def test_poetrys_sources_are_told_with_poetrys_credentials() -> None:
    sources = sources_of_poetry(tomllib.loads(POETRY))
    environment = {
        "POETRY_HTTP_BASIC_MY_PRIVATE_USERNAME": "me",
        "POETRY_HTTP_BASIC_MY_PRIVATE_PASSWORD": "secret",
        "UV_INDEX": "own=https://o.org",
    }

    assert index_variables(sources, environment) == {
        "UV_INDEX": "own=https://o.org my-private=https://e.org/simple torch=https://t.org/simple",
        "UV_INDEX_MY_PRIVATE_USERNAME": "me",
        "UV_INDEX_MY_PRIVATE_PASSWORD": "secret",
        "UV_INDEX_STRATEGY": "unsafe-first-match",
    }


def test_variables_in_an_address_are_filled_in_and_pypi_is_left_to_the_installer() -> None:
    pdm = '[[tool.pdm.source]]\nname = "pypi"\nurl = "https://${U}:$P@e.org/simple"\n'
    pipfile = (
        '[[source]]\nname = "pypi"\nurl = "https://pypi.org/simple"\n[[source]]\nname = "x"\nurl = "https://$NO@e.org"'
    )

    assert index_variables(sources_of_pdm(tomllib.loads(pdm)), {"U": "me", "P": "pw"}) == {
        "UV_DEFAULT_INDEX": "pypi=https://me:pw@e.org/simple"
    }
    assert sources_of_pipfile(tomllib.loads(pipfile)) == (
        PackageSource(name="x", url="https://$NO@e.org", is_first=False),
    )


def test_what_the_caller_tells_uv_itself_holds() -> None:
    default = (PackageSource(name="x", url="https://e.org", is_default=True),)

    assert index_variables(default, {"UV_DEFAULT_INDEX": "https://mirror"}) == {"UV_DEFAULT_INDEX": "https://mirror"}
    assert index_variables((), {"UV_INDEX": "a"}) == {}


@pytest.mark.parametrize("url", ["", "ftp://e.org", "https://e.org/ b=https://evil", "https://[", "/etc"])
def test_what_is_no_address_is_left_out(url: str) -> None:
    found = sources_of_poetry({"tool": {"poetry": {"source": [{"name": "x", "url": url}, 1]}}})

    assert found == ()


def test_the_variables_in_addresses_of_indexes_are_known_wherever_they_stand() -> None:
    texts = [
        "--extra-index-url https://${PIP_USER}:${PIP_TOKEN}@host/simple\n",
        '[[source]]\nurl = "https://$NAME:x@host/simple"\n',
        "# https://${USER}@host ${OTHER} https://host/${PATH_PART}\nx@y ${HERE}@\n",
    ]
    assert credential_variables(texts) == ("NAME", "PIP_TOKEN", "PIP_USER")
    assert credential_variables(["https://" + "a" * 100_000 + "@", "https://" * 50_000]) == ()
