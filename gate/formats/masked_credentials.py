"""Takes credentials out of text that will be read by others. Knows nothing of where the text goes."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

MASK = "***"
_USER_INFO = re.compile(r"(?<=://)[^\s/'\"]+@")
_INSTALLER = re.compile(r"(UV|PIP|POETRY|PDM|HATCH|TWINE|NPM|NODE)_")
_SECRET_NAME = re.compile(r"PASSWORD|PASSWD|TOKEN|SECRET|HTTP_BASIC|_AUTH", re.IGNORECASE)
# Shorter values are in every text; masking them would hide the text and not the secret.
_SHORTEST = 5


def secrets_in(environment: Mapping[str, str]) -> frozenset[str]:
    """Return the credentials of package indexes: a variable named like one, or in the URL of one.

    Other passwords are not looked for: the database's is often a word such as `postgres`, which is in every log.
    """
    of_installers = {name: value for name, value in environment.items() if _INSTALLER.match(name)}
    found = {value for name, value in of_installers.items() if _SECRET_NAME.search(name)}
    for value in of_installers.values():
        for user_info in _USER_INFO.findall(value):
            user, colon, password = user_info[:-1].partition(":")
            found |= {password, unquote(password)} if colon else {user}
    return frozenset(secret for secret in found if len(secret) >= _SHORTEST)


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """Write `text` without the user and password of any URL in it, and without `secrets`."""
    return without(_USER_INFO.sub(lambda found: found[0] if found[0] == "git@" else f"{MASK}@", text), secrets)


def without(text: str, secrets: Iterable[str]) -> str:
    """Write `text` without `secrets`, the longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text
