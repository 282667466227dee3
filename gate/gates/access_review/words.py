"""What the words of a path or a field mean to those who write services. Pure; nothing here knows a service."""

import re
from collections.abc import Iterable

_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")

SIGN_UP = frozenset({"signup", "register", "registration", "join", "enroll"})
LOG_IN = frozenset(
    {"login", "signin", "token", "tokens", "authenticate", "auth", "session", "sessions", "jwt", "obtain"}
)
NOT_A_LOG_IN = frozenset(
    {
        *("logout", "signout", "refresh", "revoke", "verify", "reset", "forgot", "recover", "recovery", "change"),
        *("confirm", "validate", "introspect", "password", "test", "register", "signup", "delete", "renew"),
    }
)
USERS = frozenset(
    {"user", "users", "account", "accounts", "profile", "profiles", "customer", "customers", "member", "members"}
)
MYSELF = frozenset({"me", "self", "myself", "whoami", "current", "profile", "account", "my", "mine", "userinfo"})
# What may end the identity that asks: its account, its password, its session.
ENDS_IDENTITY = frozenset(
    {
        *("logout", "signout", "password", "deactivate", "disable", "close", "revoke", "email", "username", "reset"),
        *("rotate", "regenerate", "reissue", "renew"),
        *("block", "ban", "lock", "suspend", "expire", "invalidate", "terminate", "purge", "truncate", "wipe"),
    }
)
ROLES = frozenset(
    {"admin", "admins", "administrator", "superuser", "superusers", "staff", "backoffice", "moderator", "sudo"}
)
# What a service shows or takes from everybody, wherever it has users.
PUBLIC = frozenset(
    {
        *("health", "healthz", "healthcheck", "ready", "readyz", "readiness", "live", "livez", "liveness", "alive"),
        *("ping", "status", "version", "info", "docs", "redoc", "openapi", "swagger", "schema", "favicon", "robots"),
        *("about", "terms", "privacy", "metrics", "heartbeat", "hello", "welcome", "home", "index", "root", "up"),
        *("login", "signin", "signup", "register", "registration", "token", "refresh", "logout", "authenticate"),
        *("forgot", "recover", "recovery", "reset", "verify", "verification", "confirm", "activate", "activation"),
        *("callback", "webhook", "webhooks", "oauth", "oauth2", "wellknown", "jwks", "contact", "newsletter"),
    }
)
MAKES_TABLES = frozenset(
    {
        *(
            "createdb",
            "initdb",
            "setupdb",
            "resetdb",
            "dbinit",
            "dbsetup",
            "dbcreate",
            "dbreset",
            "seeddb",
            "populatedb",
        ),
        *(
            "createdatabase",
            "initdatabase",
            "setupdatabase",
            "resetdatabase",
            "createtables",
            "createall",
            "initialize",
        ),
    }
)
USUAL_PAGES = frozenset(
    {
        *("health", "healthz", "healthcheck", "ready", "readyz", "readiness", "live", "livez", "liveness", "alive"),
        *("ping", "heartbeat", "docs", "redoc", "openapi", "swagger", "favicon", "robots", "metrics", "index", "home"),
    }
)
ENTRANCES = frozenset({"login", "signin", "signup", "register", "registration"})
RECOVERY = frozenset({"forgot", "forgotten", "recover", "recovery", "resend"})
DEBUG = frozenset(
    {"debug", "dump", "trace", "phpinfo", "actuator", "pprof", "env", "environ", "console", "shell", "heapdump"}
)
# What a field may be called that is nobody's but its owner's.
PRIVATE = frozenset({"secret", "secrets", "private", "confidential", "ssn", "pin", "cvv", "cvc", "iban", "salary"})
OWNERS = frozenset(
    {
        *("ownerid", "owner", "userid", "user", "authorid", "author", "createdby", "createdbyid", "accountid"),
        *("customerid", "creatorid", "creator", "owneruserid", "memberid", "holderid", "assignedto", "userref"),
    }
)
# A field that says who one may be, and the value that would be worth having.
PRIVILEGES: tuple[tuple[str, object], ...] = (
    ("is_admin", True),
    ("isAdmin", True),
    ("admin", True),
    ("is_superuser", True),
    ("superuser", True),
    ("is_staff", True),
    ("role", "admin"),
    ("roles", ["admin"]),
    ("is_verified", True),
    ("balance", 987_654_321),
    ("credit", 987_654_321),
)
PASSWORDS = re.compile(
    r"pass(word|wd|phrase|code)?\d?$|^pwd|secret$|pass(word)?_?(confirm|repeat|again)", re.IGNORECASE
)
TOKENS = (
    *("access_token", "accessToken", "token", "jwt", "auth_token", "authToken", "id_token", "api_key", "apiKey"),
    *("apikey", "session_token", "sessionToken", "session_id", "sessionId", "bearer", "key", "access"),
)
PAGE_SIZES = ("limit", "page_size", "pageSize", "per_page", "perPage", "size", "take", "first", "count")


def plain_name(name: str) -> str:
    """Return a name without case and dividers: `taskId` and `task_id` are the same."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def words_of(text: str) -> tuple[str, ...]:
    """Divide a path, a field or a function's name into its words, in lower case."""
    return tuple(word.lower() for word in _SPLIT.split(text) if word)


def static_words(path: str) -> tuple[str, ...]:
    """Return the words of a path's fixed segments; `sign-up` and `sign_up` also as one word."""
    found: list[str] = []
    for segment in path.split("/"):
        if segment and "{" not in segment:
            words = words_of(segment)
            found.extend(words)
            if len(words) > 1:
                found.append("".join(words))
    return tuple(found)


def any_of(words: Iterable[str], wanted: frozenset[str]) -> bool:
    """Tell whether one of the words is wanted."""
    return not wanted.isdisjoint(words)


def singular(word: str) -> str:
    """Return a noun's singular, as far as the usual endings go: `categories`, `boxes`, `tasks`."""
    low = word.lower()
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zes")):
        return low[:-2]
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low[:-1]
    return low


def stem(parameter: str) -> str:
    """Return what a parameter identifies, in the singular: `task_id`, `taskId` and `task` are a `task`; `id` is ""."""
    words = [
        word for word in words_of(parameter) if word not in {"id", "ids", "uuid", "pk", "slug", "key", "guid", "no"}
    ]
    return singular("".join(words)) if words else ""
