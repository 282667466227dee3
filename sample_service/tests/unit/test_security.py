import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from app.limits import TOKEN_MAX_CHARS
from app.security import InvalidTokenError, Passwords, Tokens

KEY = "a-key-of-the-unit-tests-" + "k" * 16


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(time_cost=1, memory_kib=8)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(key=KEY, lifetime=timedelta(minutes=5))


def sign(key: str = KEY, **changes: object) -> str:
    """Return a token whose claims are good but for `changes`; None leaves a claim out."""
    now = datetime.now(UTC)
    claims = {"sub": "7", "iat": now, "exp": now + timedelta(minutes=5)} | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm="HS256")


async def test_a_password_matches_its_own_hash_only(passwords: Passwords) -> None:
    hashed = await passwords.hash("correct horse")
    assert await passwords.matches("correct horse", hashed)
    assert not await passwords.matches("correct horsf", hashed)


async def test_hashes_are_salted_argon2id(passwords: Passwords) -> None:
    first, second = await passwords.hash("same"), await passwords.hash("same")
    assert first != second
    assert first.startswith("$argon2id$")


async def test_without_a_hash_the_work_is_done_and_the_answer_is_no(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    scheme = passwords._scheme  # noqa: SLF001 - the work itself cannot be seen from outside

    def verify(password: str, password_hash: str) -> bool:
        verified.append(password_hash)
        return True

    monkeypatch.setattr(scheme, "verify", verify)
    assert not await passwords.matches("anything", None)
    assert verified[0].startswith("$argon2id$")


def test_a_token_names_its_user(tokens: Tokens) -> None:
    assert tokens.read_user_id(tokens.issue(7)) == 7


def test_a_token_is_good_for_its_lifetime(tokens: Tokens) -> None:
    claims = jwt.decode(tokens.issue(7), KEY, algorithms=["HS256"])
    assert claims["exp"] - claims["iat"] == 300


def test_an_expired_token_is_refused() -> None:
    expired = Tokens(key=KEY, lifetime=timedelta(seconds=-1))
    with pytest.raises(InvalidTokenError):
        expired.read_user_id(expired.issue(7))


@pytest.mark.parametrize("claim", ["sub", "iat", "exp"])
def test_a_token_without_a_claim_is_refused(claim: str, tokens: Tokens) -> None:
    with pytest.raises(InvalidTokenError):
        tokens.read_user_id(sign(**{claim: None}))


@pytest.mark.parametrize("subject", ["", "ada", "7.5", "\ud800", 7])
def test_a_subject_that_is_no_identifier_is_refused(subject: object, tokens: Tokens) -> None:
    with pytest.raises(InvalidTokenError):
        tokens.read_user_id(sign(sub=subject))


def test_a_token_of_another_key_is_refused(tokens: Tokens) -> None:
    with pytest.raises(InvalidTokenError):
        tokens.read_user_id(sign(key="x" * 40))


def test_a_changed_payload_is_refused(tokens: Tokens) -> None:
    header, _, signature = tokens.issue(7).split(".")
    payload = base64.urlsafe_b64encode(json.dumps({"sub": "8", "exp": 9999999999}).encode())
    with pytest.raises(InvalidTokenError):
        tokens.read_user_id(f"{header}.{payload.decode().rstrip('=')}.{signature}")


def test_an_unsigned_token_is_refused(tokens: Tokens) -> None:
    now = datetime.now(UTC)
    claims = {"sub": "7", "iat": now, "exp": now + timedelta(minutes=5)}
    with pytest.raises(InvalidTokenError):
        tokens.read_user_id(jwt.encode(claims, None, algorithm="none"))


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "\x00", "é", "e30.e30.e30"])
def test_what_is_no_token_is_refused(token: str, tokens: Tokens) -> None:
    with pytest.raises(InvalidTokenError):
        tokens.read_user_id(token)


def test_a_header_nested_without_end_is_refused(tokens: Tokens) -> None:
    nested = base64.urlsafe_b64encode(b"[" * 30_000).decode()
    with pytest.raises(InvalidTokenError):
        tokens.read_user_id(f"{nested}.e30.e30")
    with pytest.raises(InvalidTokenError):
        tokens.read_user_id(f"{nested[: TOKEN_MAX_CHARS - 8]}.e30.e30")
