"""Versions of PostgreSQL as it tells them. Pure."""

import re


def parse_version(text: str) -> str | None:
    """Return the version in what a server or `postgres --version` tells: `15.18 (Debian 15.18-0)` is 15.18."""
    match = re.search(r"\b\d{1,3}(?:\.\d+)*(?:devel|(?:alpha|beta|rc)\d+)?", text)
    return match[0] if match else None


def major_of(version: str) -> str:
    """Return the major version: of 16.4 it is 16, of 17beta1 it is 17."""
    match = re.match(r"\d+", version)
    return match[0] if match else ""


def age_of(version: str) -> tuple[int, ...]:
    """Return a key that sorts versions with the newest last."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def locale_options(version: str) -> list[list[str]]:
    """Return what to tell `initdb` of the locale, one after the other until it agrees.

    Every machine shall sort and compare alike. C.UTF-8 knows the letters of all languages; where the system
    has none, PostgreSQL 17 brings its own: https://www.postgresql.org/docs/17/locale.html#LOCALE-PROVIDERS
    """
    if int(major_of(version)) >= 17:
        return [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    return [["--locale=C.UTF-8"], ["--locale=C"]]
