"""A Docker engine of its own for the tests: Debian's dockerd, in a temporary folder, on a bridge of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.testbed import apt
from tests.testbed.leaving_out import PartMissing
from tests.testbed.supervised import Daemon

_READY_WITHIN = 40.0
_ADMIN_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


class DockerEngine:
    """A running engine. It cannot pull images, and containers reach nothing outside but through `--network host`."""

    def __init__(self, host: str, client: str) -> None:
        self.host = host
        self._client = client

    @property
    def environment(self) -> dict[str, str]:
        """The variables for a program that talks to this engine."""
        return {**os.environ, "DOCKER_HOST": self.host}

    def docker(self, *words: str, timeout: float = 120.0) -> str:
        """Run the client; what it printed. Raises `RuntimeError` with its errors, also at the deadline."""
        try:
            done = subprocess.run(
                [self._client, *words],
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired as late:
            raise RuntimeError(f"docker {' '.join(words)}: nothing after {timeout:.0f} s") from late
        if done.returncode:
            raise RuntimeError(f"docker {' '.join(words)}: {done.stderr[-1500:].strip()}")
        return done.stdout.strip()

    @contextmanager
    def container(
        self,
        image: str,
        *command: str,
        environment: Mapping[str, str] | None = None,
        options: tuple[str, ...] = (),
    ) -> Iterator[str]:
        """Run a container in the background, and remove it with its volumes; its id."""
        given = [word for name, value in (environment or {}).items() for word in ("--env", f"{name}={value}")]
        identity = self.docker("run", "--detach", *given, *options, image, *command)
        try:
            yield identity
        finally:
            self.docker("rm", "--force", "--volumes", identity)

    def published(self, container: str, port: int) -> tuple[str, int]:
        """Host and port on this machine that a published port is reached at."""
        host, _, number = self.docker("port", container, f"{port}/tcp").splitlines()[0].rpartition(":")
        return host, int(number)

    def address(self, container: str) -> str:
        """The container's address on its first network, reachable from this machine."""
        template = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}"
        return self.docker("inspect", "--format", template, container).split()[0]


@contextmanager
def docker_engine() -> Iterator[DockerEngine]:
    """Start dockerd and stop it, its containers, its mounts and its bridge. Raises `PartMissing`."""
    if os.geteuid() != 0:
        raise PartMissing("dockerd needs root")
    path = f"{os.environ.get('PATH', os.defpath)}:{_ADMIN_PATH}"
    wanted = {"dockerd": "docker.io", "docker": "docker.io", "ip": "iproute2", "umount": "mount"}
    if missing := {package for name, package in wanted.items() if shutil.which(name, path=path) is None}:
        apt.install(*sorted(missing))
    # The client of Debian's package fits its dockerd; another one on the PATH may not.
    client = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else str(shutil.which("docker"))
    folder = Path(tempfile.mkdtemp(prefix="testbed-docker-"))
    try:
        with _bridge(path) as (bridge, pool):
            host = f"unix://{folder}/engine.sock"
            command = [
                *(str(shutil.which("dockerd", path=path)), "--host", host, "--bridge", bridge),
                *("--iptables=false", "--ip6tables=false", f"--default-address-pool=base={pool},size=24"),
                *("--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
                *("--pidfile", f"{folder}/engine.pid", "--config-file", f"{folder}/none.json"),
            ]
            (folder / "none.json").write_text("{}")
            environment = {**os.environ, "PATH": path}
            with Daemon(command, log=folder / "engine.log", environment=environment, grace=20) as daemon:
                engine = DockerEngine(host, client)
                _wait(engine, daemon)
                try:
                    yield engine
                finally:
                    _remove_containers(engine)
    finally:
        _clean(folder)


@contextmanager
def _bridge(path: str) -> Iterator[tuple[str, str]]:
    """A bridge with a subnet of its own, and a pool for more networks: engines side by side share nothing."""
    ip = str(shutil.which("ip", path=path))
    routes = subprocess.run([ip, "-4", "route"], capture_output=True, text=True, check=False).stdout
    name = f"tb{secrets.token_hex(4)}"
    for _ in range(50):
        second = 64 + secrets.randbelow(160)
        if f" 10.{second}." not in f" {routes}".replace("\n", " "):
            break
    else:
        raise PartMissing("no private network is free for the engine")
    made = subprocess.run([ip, "link", "add", "name", name, "type", "bridge"], capture_output=True, check=False)
    if made.returncode:
        raise PartMissing(f"no bridge for the engine: {made.stderr.decode(errors='replace').strip()}")
    try:
        for words in (("addr", "add", f"10.{second}.0.1/24", "dev", name), ("link", "set", name, "up")):
            subprocess.run([ip, *words], check=True, capture_output=True)
        yield name, f"10.{second}.128.0/17"
    finally:
        subprocess.run([ip, "link", "delete", name], capture_output=True, check=False)


def _wait(engine: DockerEngine, daemon: Daemon) -> None:
    until = time.monotonic() + _READY_WITHIN
    while time.monotonic() < until and not daemon.ended:
        try:
            engine.docker("version", timeout=10)
        except RuntimeError:
            time.sleep(0.1)
        else:
            return
    raise PartMissing(f"dockerd did not start: {daemon.last_words()}")


def _remove_containers(engine: DockerEngine) -> None:
    """Also the networks, whose bridges would outlive the engine."""
    try:
        if containers := engine.docker("ps", "--all", "--quiet").split():
            engine.docker("rm", "--force", "--volumes", *containers)
        engine.docker("network", "prune", "--force")
    except RuntimeError:
        pass  # the engine is gone; what is left of it is killed and unmounted


def _clean(folder: Path) -> None:
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((one for one in mounts if one.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "--lazy", mount], capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)
