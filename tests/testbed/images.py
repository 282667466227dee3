"""Images for an engine that can pull none: a root file system from Debian's packages, kept as a tarball."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.testbed import apt
from tests.testbed.cache import cached, digest_of
from tests.testbed.docker_engine import DockerEngine
from tests.testbed.leaving_out import PartMissing
from tests.testbed.supervised import run_supervised

_ENTRYPOINT = Path(__file__).parent / "images" / "postgres-entrypoint.sh"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_DEADLINE = 240.0
# The compiler behind PostgreSQL's JIT is half of the image; without its module the server does not use it.
_LEFT_OUT = (
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/locale/*",
    "/usr/lib/*/libLLVM*",
    "/usr/lib/postgresql/*/lib/bitcode/*",
    "/usr/lib/postgresql/*/lib/llvmjit.so",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresImage:
    """An image that answers like the official one; `version` is the server's, as Debian packages it."""

    tag: str
    version: str


def debian_image(
    engine: DockerEngine, tag: str, packages: Iterable[str], changes: Mapping[str, str] | None = None
) -> str:
    """An image of this machine's Debian (or Ubuntu) release with these packages and what they need; `tag`.

    `changes` are instructions of a Dockerfile, `{"CMD": '["bash"]'}`. Raises `PartMissing`.
    """
    tarball = _root_file_system(tuple(sorted(packages)), {})
    return _import(engine, tarball, tag, changes or {})


def postgres_image(engine: DockerEngine, tag: str = "postgres:15") -> PostgresImage:
    """An image `tag` that takes `docker run -e POSTGRES_PASSWORD=... -p 127.0.0.1::5432 TAG`.

    The server is the one of this machine's release, whatever the tag says. Raises `PartMissing`.
    """
    version = _postgres_version()
    tarball = _root_file_system((f"postgresql-{version}",), {"docker-entrypoint.sh": _ENTRYPOINT})
    changes = {
        "ENV": f"PATH={_PATH}:/usr/lib/postgresql/{version}/bin PGDATA=/var/lib/postgresql/data PG_MAJOR={version}",
        "ENTRYPOINT": '["docker-entrypoint.sh"]',
        "CMD": '["postgres"]',
        "EXPOSE": "5432",
        "VOLUME": "/var/lib/postgresql/data",
    }
    _import(engine, tarball, tag, changes)
    return PostgresImage(tag=tag, version=version)


def runner_image(engine: DockerEngine, tag: str = "local/runner:1") -> str:
    """An image for `Runner.run(image=...)`: Python with venv, git, Node.js; `tag`. Raises `PartMissing`."""
    packages = ("ca-certificates", "git", "nodejs", "python3", "python3-venv")
    debian_image(engine, tag, packages, {"CMD": '["bash"]', "ENV": f"PATH={_PATH} LANG=C.UTF-8"})
    return tag


def tiny_image(engine: DockerEngine, tag: str = "local/tiny:1") -> str:
    """An image with nothing but `/bin/busybox`, to build upon; `tag`. Raises `PartMissing`."""
    apt.install("busybox-static")
    with tempfile.TemporaryDirectory() as folder:
        tarball = Path(folder) / "root.tar"
        with tarfile.open(tarball, "w") as archive:
            archive.add("/bin/busybox")
        return _import(engine, tarball, tag, {})


def _import(engine: DockerEngine, tarball: Path, tag: str, changes: Mapping[str, str]) -> str:
    """Make the image, where the engine has it not already under another tag; `tag`."""
    words = [word for name, value in changes.items() for word in ("--change", f"{name} {value}")]
    same = f"testbed/{digest_of(str(tarball), *words)}"
    if not engine.docker("images", "--quiet", same):
        engine.docker("import", *words, str(tarball), same, timeout=_DEADLINE)
    engine.docker("tag", same, tag)
    return tag


def _postgres_version() -> str:
    """The major version behind the package `postgresql` of this release."""
    query = ["apt-cache", "depends", "postgresql"]
    try:
        output = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError as missing:
        raise PartMissing("no apt-cache to ask for PostgreSQL's version") from missing
    for line in output.splitlines():
        name = line.rpartition(" ")[2]
        if name.removeprefix("postgresql-").isdigit():
            return name.removeprefix("postgresql-")
    raise PartMissing("apt knows no package postgresql; `apt-get update` may help")


def _root_file_system(packages: tuple[str, ...], programs: Mapping[str, Path]) -> Path:
    """The tarball, from the cache or made by mmdebstrap from the sources that this machine's apt uses.

    `programs` go to /usr/local/bin.
    """
    release = _release()

    def make(folder: Path) -> None:
        apt.install("mmdebstrap")
        sources = folder / "sources.list"
        sources.write_text(_sources())
        hooks = ['rm -rf "$1"/var/lib/postgresql/* "$1"/etc/postgresql/*']
        for name, program in programs.items():
            (folder / name).write_bytes(program.read_bytes())
            hooks += [f'install -D -m 0755 "{folder}/{name}" "$1/usr/local/bin/{name}"']
        command = [
            *(*apt.as_root(), "mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(packages)}"),
            *('--aptopt=Apt::Install-Recommends "false"', *(f"--dpkgopt=path-exclude={one}" for one in _LEFT_OUT)),
            *(f"--customize-hook={hook}" for hook in hooks),
            *(release, str(folder / "root.tar"), str(sources)),
        ]
        done = run_supervised(command, timeout=_DEADLINE)
        if done.exit_code:
            raise PartMissing(f"mmdebstrap ended with {done.exit_code}: {done.stderr[-1000:].strip()}")

    key = digest_of(release, *packages, *_LEFT_OUT, *programs, *programs.values())
    return cached("image", key, make) / "root.tar"


def _release() -> str:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise PartMissing("not a Debian or Ubuntu machine: /etc/os-release names no VERSION_CODENAME")


def _sources() -> str:
    """The lines of a sources.list for everything that apt on this machine has indexes of."""
    query = ["apt-get", "indextargets", "--format", "deb $(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"]
    lines = subprocess.run(query, capture_output=True, text=True, check=False).stdout.splitlines()
    if not lines:
        raise PartMissing("apt has no indexes; `apt-get update` may help")
    return "\n".join(sorted(set(lines))) + "\n"
