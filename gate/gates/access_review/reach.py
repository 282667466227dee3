"""Which databases elsewhere a service could reach: the review would write to them. Pure."""

import re
from collections.abc import Mapping
from ipaddress import ip_address

# The stores that services are given by an address, with or without a driver's name: `postgresql+asyncpg://`.
_ADDRESS = re.compile(
    r"(?:postgres(?:ql)?|mysql|mariadb|mssql|oracle|cockroachdb|mongodb|rediss?|valkeys?|amqps?|clickhouse|cassandra)"
    r"(?:\+\w{1,40})?://(?P<place>[^\s/?#]{1,1000})",
    re.IGNORECASE,
)
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_]\w{0,200})\s*=\s*(?P<value>.*)", re.ASCII)
_MOST_LINES = 5_000
_HERE = frozenset({"localhost", "host.docker.internal"})


def far_stores(variables: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the variables that lead to a store on another machine, each with the machine's name.

    A name of one word, such as `redis`, is taken for that of a container beside this one.
    """
    found = []
    for name, value in variables.items():
        address = _ADDRESS.match(value.strip().strip("\"'"))
        hosts = address["place"].rpartition("@")[2].split(",") if address is not None else []
        if far := next((host for host in map(_without_port, hosts) if _is_far(host)), ""):
            found.append((name, far))
    return tuple(found)


def assignments_of(text: str) -> dict[str, str]:
    """Return what a file such as `.env` sets, as far as an address can stand in it."""
    found = {}
    for line in text.splitlines()[:_MOST_LINES]:
        if one := _ASSIGNMENT.fullmatch(line[:2_000]):
            found[one["name"]] = one["value"].strip()
    return found


def _without_port(host: str) -> str:
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _is_far(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return "." in host and host.lower() not in _HERE and not host.lower().endswith(".localhost")
    return not (address.is_loopback or address.is_unspecified)
