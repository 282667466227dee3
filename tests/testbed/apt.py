"""Debian packages for parts: installed when missing and when this machine lets us."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from tests.testbed.cache import locked
from tests.testbed.leaving_out import PartMissing

_DEADLINE = 240.0


def as_root() -> list[str]:
    """The words before a command that needs root; raises `PartMissing` when there is no way."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    raise PartMissing("it needs root, or sudo without a password")


def installed(package: str) -> bool:
    """Whether dpkg has the package installed."""
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    found = subprocess.run(query, capture_output=True, text=True, check=False)
    return found.returncode == 0 and found.stdout.startswith("installed")


def install(*packages: str) -> None:
    """Install the packages that are missing; raises `PartMissing` with apt's last words."""
    if shutil.which("apt-get") is None:
        raise PartMissing(f"no apt-get to install {', '.join(packages)} with")
    with locked("apt"):
        missing = [package for package in packages if not installed(package)]
        if not missing:
            return
        if not _apt_get(["install", "--no-install-recommends", *missing]):
            _apt_get(["update"])
            if not (last_words := _apt_get(["install", "--no-install-recommends", *missing])):
                raise PartMissing(f"apt-get could not install {', '.join(missing)}: {last_words.output}")


class _Outcome:
    """Truthy when apt-get succeeded."""

    def __init__(self, succeeded: bool, output: str) -> None:
        self.succeeded = succeeded
        self.output = output

    def __bool__(self) -> bool:
        return self.succeeded


def _apt_get(arguments: Sequence[str]) -> _Outcome:
    command = [
        *as_root(),
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-y",
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=200",
        *arguments,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_DEADLINE)
    except subprocess.TimeoutExpired:
        return _Outcome(False, f"nothing after {_DEADLINE:.0f} s")
    return _Outcome(done.returncode == 0, (done.stderr or done.stdout)[-500:].strip())
