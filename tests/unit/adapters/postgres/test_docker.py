"""What Docker is told, and what it tells."""

import json

import pytest

from gate.adapters.postgres.docker import parse_addresses, run_arguments


def test_the_container_is_private_labelled_and_thrown_away() -> None:
    arguments = run_arguments("quality-gate-1", "postgres:16")
    assert arguments[:2] == ("run", "--rm")
    assert "--publish=127.0.0.1::5432" in arguments
    assert "--label=org.quality-gate.run=quality-gate-1" in arguments
    assert "--env=POSTGRES_PASSWORD" in arguments, "the password itself would be public among the arguments"
    image = arguments.index("postgres:16")
    assert not [argument for argument in arguments[:image] if argument == "-c"], "the server's options come after"


def test_the_published_address_comes_before_the_containers_own() -> None:
    settings = {
        "Ports": {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": "49153"}]},
        "Networks": {"bridge": {"IPAddress": "172.17.0.2"}, "none": {"IPAddress": ""}},
    }
    assert parse_addresses(json.dumps(settings)) == [("127.0.0.1", 49_153), ("172.17.0.2", 5432)]


@pytest.mark.parametrize("text", ["", "Error: no such object", "{}", '{"Ports": null, "Networks": null}'])
def test_no_address_is_no_error(text: str) -> None:
    assert parse_addresses(text) == []
