from hypothesis import given
from hypothesis import strategies as st

from gate.formats.masked_credentials import masked, secrets_in

WORD = st.text(st.characters(exclude_characters=" \t\r\n/'\"", exclude_categories=["Cs", "Z", "Cc"]), min_size=1)


@given(user=WORD, password=WORD)
def test_no_url_keeps_its_user_and_password(user: str, password: str) -> None:
    text = f"error: Failed to fetch: `https://{user}:{password}@index.example/simple/six/` (twice)"

    assert masked(text) == "error: Failed to fetch: `https://***@index.example/simple/six/` (twice)"


def test_what_is_no_credential_stays() -> None:
    text = "git+ssh://git@host/x.git https://host/a@b someone@example.org six @ https://host/six.whl"

    assert masked(text) == text


def test_secrets_are_known_by_variable_and_by_url() -> None:
    environment = {
        "UV_INDEX_PRIVATE_PASSWORD": "s3cret-one",
        "PIP_EXTRA_INDEX_URL": "https://user:s3cret%2Ftwo@host/simple https://bare-token@host/simple",
        "UV_INDEX_URL": "https://host/simple",
        "POETRY_HTTP_BASIC_PRIVATE_USERNAME": "poet1",
        "UV_INDEX_SHORT_PASSWORD": "x",
        "DATABASE_URL": "postgresql://postgres:postgres@localhost/postgres",
    }

    assert secrets_in(environment) == {"s3cret-one", "s3cret%2Ftwo", "s3cret/two", "bare-token", "poet1"}


def test_a_secret_that_holds_another_is_masked_whole() -> None:
    assert masked("token s3cret-long or s3cret", {"s3cret", "s3cret-long"}) == "token *** or ***"
