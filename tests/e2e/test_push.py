"""`entrypoint/push`, the script of `push/action.yml`: skopeo from an OCI archive to a registry on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.testbed import apt
from tests.testbed.github_emulator import free_port
from tests.testbed.leaving_out import PartMissing, part
from tests.testbed.supervised import Daemon

pytestmark = pytest.mark.e2e

PUSH = Path(__file__).parents[2] / "entrypoint" / "push"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where Debian's registry answers: host and port."""
    folder = tmp_path_factory.mktemp("registry")
    with part("registry"):
        apt.install("docker-registry", "skopeo")
        host = f"127.0.0.1:{free_port()}"
        configuration = {
            "version": "0.1",
            "storage": {"filesystem": {"rootdirectory": str(folder / "images")}},
            "http": {"addr": host},
        }
        (folder / "config.yml").write_text(json.dumps(configuration))
    with Daemon(["docker-registry", "serve", str(folder / "config.yml")], log=folder / "log") as daemon:
        with part("registry"):
            _wait(host, daemon)
        yield host


def _wait(host: str, daemon: Daemon) -> None:
    until = time.monotonic() + 40
    while time.monotonic() < until and not daemon.ended:
        try:
            requests.get(f"http://{host}/v2/", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise PartMissing(f"it did not start: {daemon.last_words()}")


def archive_at(path: Path) -> str:
    """Write an OCI archive with an image of one empty layer; the digest of its manifest.

    Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
    """
    blobs: dict[str, bytes] = {}

    def kept(kind: str, content: bytes) -> dict[str, Any]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        blobs[digest] = content
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": digest, "size": len(content)}

    empty = io.BytesIO()
    tarfile.open(fileobj=empty, mode="w").close()
    layer = kept("layer.v1.tar", empty.getvalue())
    root = {"type": "layers", "diff_ids": [layer["digest"]]}
    config = kept("config.v1+json", json.dumps({"architecture": "amd64", "os": "linux", "rootfs": root}).encode())
    manifest = kept(
        "manifest.v1+json",
        json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}).encode(),
    )
    files = {
        "oci-layout": b'{"imageLayoutVersion":"1.0.0"}',
        "index.json": json.dumps({"schemaVersion": 2, "manifests": [manifest]}).encode(),
        **{f"blobs/{digest.replace(':', '/')}": content for digest, content in blobs.items()},
    }
    with tarfile.open(path, "w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return str(manifest["digest"])


def push(folder: Path, host: str, *, digest: str, tags: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run the script as its step would; what it printed, and its outputs."""
    settings = folder / ".config" / "containers" / "registries.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f'[[registry]]\nlocation = "{host}"\ninsecure = true\n')
    outputs = folder / "outputs"
    outputs.write_text("")
    environment = {
        **os.environ,
        "HOME": str(folder),
        "GITHUB_OUTPUT": str(outputs),
        "ARCHIVE": str(folder / "image.tar"),
        "DIGEST": digest,
        "TAGS": tags,
    }
    done = subprocess.run(
        [str(PUSH)], env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return done, outputs.read_text()


def test_the_image_is_pushed_under_every_name_with_the_digest_that_was_built(registry: str, tmp_path: Path) -> None:
    digest = archive_at(tmp_path / "image.tar")
    tags = f"{registry}/acme/service:{'a' * 40}\n{registry}/acme/service:v1.0.0\n"
    done, outputs = push(tmp_path, registry, digest=digest, tags=tags)
    assert done.returncode == 0, done.stderr
    assert outputs == f"name={registry}/acme/service\n"
    for tag in ("a" * 40, "v1.0.0"):
        found = requests.get(
            f"http://{registry}/v2/acme/service/manifests/{tag}", headers={"Accept": MANIFEST}, timeout=20
        )
        assert found.headers["Docker-Content-Digest"] == digest


def test_another_image_than_was_built_is_refused(registry: str, tmp_path: Path) -> None:
    archive_at(tmp_path / "image.tar")
    done, outputs = push(tmp_path, registry, digest=f"sha256:{'0' * 64}", tags=f"{registry}/acme/other:v1.0.0")
    assert done.returncode == 1
    assert f"but sha256:{'0' * 64} was built" in done.stderr
    assert outputs == ""
    assert requests.get(f"http://{registry}/v2/acme/other/tags/list", timeout=20).status_code == 404


def test_nothing_to_push_to_is_an_error(registry: str, tmp_path: Path) -> None:
    digest = archive_at(tmp_path / "image.tar")
    done, outputs = push(tmp_path, registry, digest=digest, tags="")
    assert done.returncode != 0
    assert outputs == ""
