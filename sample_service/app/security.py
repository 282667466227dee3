"""Password hashes and access tokens. Knows neither requests nor the database."""

from datetime import UTC, datetime, timedelta

import jwt
from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.limits import TOKEN_MAX_CHARS

ALGORITHM = "HS256"
HASHES_AT_ONCE = 4


class InvalidTokenError(Exception):
    """The token was not issued here, was changed, or has expired."""


class Passwords:
    """Argon2id off the event loop, a few at once: fifty log-ins must not take fifty memories."""

    def __init__(self, *, time_cost: int, memory_kib: int) -> None:
        """Take the cost of one hash: passes, and memory in KiB."""
        hasher = Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._scheme = PasswordHash((hasher,))
        self._limiter = CapacityLimiter(HASHES_AT_ONCE)
        self._decoy = self._scheme.hash("no account has this hash")

    async def hash(self, password: str) -> str:
        """Return the salted hash of `password` in PHC format."""
        return await to_thread.run_sync(self._scheme.hash, password, limiter=self._limiter)

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Tell whether `password` has this hash.

        Without a hash (no such user) the same work is done before the answer is no:
        the time taken does not tell which names exist.
        """
        matched = await to_thread.run_sync(
            self._scheme.verify, password, password_hash or self._decoy, limiter=self._limiter
        )
        return matched and password_hash is not None


class Tokens:
    """Signed, expiring access tokens (JWT, HS256) that name a user."""

    def __init__(self, *, key: str, lifetime: timedelta) -> None:
        """Take the signing key (32 characters or more) and how long a token is good."""
        self._key = key
        self.lifetime = lifetime

    def issue(self, user_id: int) -> str:
        """Return a token for `user_id`, good from now for the lifetime."""
        now = datetime.now(UTC)
        claims = {"sub": str(user_id), "iat": now, "exp": now + self.lifetime}
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def read_user_id(self, token: str) -> int:
        """Return the user that `token` names; raises InvalidTokenError."""
        # A longer one could nest its header deeper than the parser may recurse.
        if len(token) > TOKEN_MAX_CHARS:
            raise InvalidTokenError
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                options={"require": ["exp", "iat", "sub"]},
            )
            return int(claims["sub"])
        except (jwt.InvalidTokenError, ValueError) as error:
            raise InvalidTokenError from error
