"""Writes what the interpreter that runs it is and has, as JSON, to the file it is given.

Runs in the project's interpreter (Python 3.9 or newer), so it uses the standard library only, and writes to a file
because anything in that environment may print. It changes nothing there.
"""

import sys

# A script's own folder goes first on the import path: nothing in it may stand in for the standard library.
_OWN_FOLDER = sys.path.pop(0)

import importlib.metadata  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import platform  # noqa: E402
import re  # noqa: E402
import site  # noqa: E402


def described() -> "dict[str, object]":
    """Return what this interpreter is, and the distributions that can be imported with it."""
    packages: "dict[str, str]" = {}
    direct = []
    for distribution in importlib.metadata.distributions():
        metadata = distribution.metadata
        if not metadata or "Name" not in metadata or "Version" not in metadata:
            continue  # what a broken removal leaves behind
        name, version = re.sub(r"[-_.]+", "-", metadata["Name"]).lower(), metadata["Version"]
        if name in packages:
            continue  # the first on the import path wins
        packages[name] = version
        if distribution.read_text("direct_url.json") is not None:
            direct.append(name)
    folders = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    folders += site.getsitepackages()
    return {
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "version": platform.python_version(),
        "site_folders": [folder for folder in folders if os.path.isdir(folder)],
        "packages": packages,
        "direct": direct,
    }


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as answer:
        json.dump(described(), answer)
