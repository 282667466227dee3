"""A server in a container of Docker, when asked for by name. Never the choice of `auto`."""

import json
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace

from gate.adapters.leftovers import PREFIX
from gate.adapters.postgres.provider import Machine, Server, Wanted
from gate.adapters.postgres.server_settings import TELLING_STATEMENTS
from gate.adapters.postgres.session import Refused, Unanswered, wait_for_version
from gate.adapters.processes import uninterrupted
from gate.config.child_environment import for_tests
from gate.domain.connection import Database
from gate.domain.exhibit import OutputTail
from gate.last_output import output_tail
from gate.ports import CannotRun, Command

_IMAGE = "postgres"
_DEFAULT_VERSION = "16"
_PORT = 5432
_LABEL = "org.quality-gate.run"
_START_SECONDS = 60.0
_ATTEMPT_SECONDS = 0.5
# The container does not outlive the run, so nothing has to survive a crash.
_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    *(f"{name}={value}" for name, value in TELLING_STATEMENTS.items()),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerProvider:
    """Runs the official image with a random password, and removes the container at the end."""

    wanted: Wanted
    machine: Machine

    async def provide(self) -> Server:
        """Run the container and wait until its server answers.

        Raises:
            CannotRun: there is no Docker, no image, or no answer.
        """
        name = f"{PREFIX}{self.machine.ledger.token}-{secrets.token_hex(2)}"
        password = secrets.token_urlsafe(24)
        image = f"{_IMAGE}:{self.wanted.version or _DEFAULT_VERSION}"
        self.machine.say(f"starting PostgreSQL in Docker ({image})")
        self.machine.scratch.mkdir(parents=True, exist_ok=True)

        async def stop() -> None:
            await self._docker("rm", "--force", "--volumes", name)
            self.machine.ledger.is_gone("container", name)

        self.machine.ledger.will_make("container", name)
        try:
            await self._docker(*run_arguments(name, image), POSTGRES_PASSWORD=password)
            entry = await self._reached(await self._addresses(name), name, password)
        except BaseException:
            # Where even this fails, the first failure is the one to be told.
            with suppress(CannotRun):
                await uninterrupted(stop())
            raise
        return Server(entry=entry, stop=stop)

    async def _addresses(self, name: str) -> list[tuple[str, int]]:
        """Return where the server may be reached: its published port, and its own address in Docker's network."""
        described = await self._docker("inspect", "--format", "{{json .NetworkSettings}}", name)
        addresses = parse_addresses(described.text)
        if not addresses:
            raise CannotRun(f"the container of PostgreSQL has no address: {_last_line(described)}", described)
        return addresses

    async def _reached(self, addresses: list[tuple[str, int]], name: str, password: str) -> Database:
        attempts = int(_START_SECONDS / _ATTEMPT_SECONDS)
        said = ""
        for attempt in range(attempts):
            host, port = addresses[attempt % len(addresses)]
            entry = Database(
                host=host,
                port=port,
                user="postgres",
                password=password,
                name="postgres",
                server_version="",
                provider="docker",
            )
            try:
                version = await wait_for_version(entry, _ATTEMPT_SECONDS)
                return replace(entry, server_version=version)
            except (Unanswered, Refused) as silence:
                said = f"{host}:{port}: {silence}"
        log = await self._docker("logs", name)
        raise CannotRun(f"PostgreSQL in Docker did not answer within {_START_SECONDS:g} s: {said}", log)

    async def _docker(self, *arguments: str, **variables: str) -> OutputTail:
        """Run `docker` and return what it printed.

        Raises:
            CannotRun: there is no such program, or it failed; with the engine's own words.
        """
        log = self.machine.scratch / f"docker-{arguments[0]}-{secrets.token_hex(4)}.log"
        env = for_tests(self.machine.environment) | variables
        try:
            command = Command(argv=("docker", *arguments), cwd=self.machine.scratch, env=env, log=log)
            completed = await self.machine.processes.run(command)
            tail = output_tail(log, f"docker {arguments[0]}")
        except CannotRun as reason:
            raise CannotRun(f"PostgreSQL in Docker: {reason.reason}") from reason
        finally:
            log.unlink(missing_ok=True)
        if completed.returncode != 0:
            words = _last_line(replace(tail, text=re.sub(r"(?m)^(See|Run) 'docker.*$", "", tail.text)))
            raise CannotRun(f"PostgreSQL in Docker: `docker {arguments[0]}` {completed.ended}: {words}", tail)
        return tail


def run_arguments(name: str, image: str) -> tuple[str, ...]:
    """Return the arguments that run the server. The password comes by the environment: arguments are public."""
    return (
        "run",
        "--rm",
        "--detach",
        f"--name={name}",
        f"--label={_LABEL}={name}",
        "--env=POSTGRES_PASSWORD",
        f"--publish=127.0.0.1::{_PORT}",
        image,
        *(part for setting in _SETTINGS for part in ("-c", setting)),
    )


def parse_addresses(text: str) -> list[tuple[str, int]]:
    """Return the addresses in the network settings of `docker inspect`, the published one first."""
    try:
        settings = json.loads(text)
    except json.JSONDecodeError:
        return []
    published = (settings.get("Ports") or {}).get(f"{_PORT}/tcp") or []
    networks = (settings.get("Networks") or {}).values()
    return [(entry["HostIp"], int(entry["HostPort"])) for entry in published] + [
        (network["IPAddress"], _PORT) for network in networks if network.get("IPAddress")
    ]


def _last_line(tail: OutputTail) -> str:
    """Return the last line that says something, cut to what fits a sentence."""
    lines = [line.strip() for line in tail.text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
