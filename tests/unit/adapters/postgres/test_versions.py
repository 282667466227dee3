"""Versions as PostgreSQL tells them."""

import pytest

from gate.adapters.postgres.provider import PassedOver, require_version
from gate.adapters.postgres.versions import age_of, major_of, parse_version


@pytest.mark.parametrize(
    ("text", "version", "major"),
    [
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", "15.18", "15"),
        ("16.4 (Ubuntu 16.4-1.pgdg22.04+2)", "16.4", "16"),
        ("17beta1", "17beta1", "17"),
        ("postgres (PostgreSQL) 19devel", "19devel", "19"),
        ("9.6.24", "9.6.24", "9"),
        ("not PostgreSQL", None, ""),
        ("", None, ""),
    ],
)
def test_a_version_is_found(text: str, version: str | None, major: str) -> None:
    assert parse_version(text) == version
    assert major_of(version or "") == major


def test_the_newest_comes_last() -> None:
    assert sorted(["16.10", "9.6/bin", "", "postgresql16", "16.9"], key=age_of) == [
        "",
        "9.6/bin",
        "postgresql16",
        "16.9",
        "16.10",
    ]


def test_another_major_version_is_passed_over() -> None:
    require_version("the server", "16.4", "16")
    require_version("the server", "16.4", None)
    with pytest.raises(PassedOver, match=r"the server is PostgreSQL 16\.4, not 1$"):
        require_version("the server", "16.4", "1")
