"""Where the code that was imported lies, for `gate.formats.service_inventory`. A part of `gate/probes/serve.py`."""

import importlib.metadata
import json
import os
import sys
import traceback
from typing import Any

_MOST = 1_000


def imported(wanted: str) -> "dict[str, Any]":
    """Return `app_file`, `import_roots` and `copied_from`, of the application `module:attribute` and of all modules."""
    try:
        return _imported(wanted.partition(":")[0].rpartition("/")[2])
    except Exception:  # noqa: BLE001 - what a project has in the place of modules must not keep it from being served
        traceback.print_exc()
        return {}


def _imported(module: str) -> "dict[str, Any]":
    files = dict(_files())
    roots = {_root(name, path) for name, path in files.items()}
    return {
        "app_file": _shown(files[module]) if module in files else "",
        "import_roots": sorted({_shown(root) for root in roots})[:_MOST],
        "copied_from": sorted(_copied_from(set(files.values())))[:_MOST],
    }


def _shown(path: str) -> str:
    """Return where a path leads; bytes that are no text are replaced, as JSON has none."""
    return os.path.realpath(path).encode("utf-8", "replace").decode()


def _files() -> "list[tuple[str, str]]":
    found = []
    for name, module in list(sys.modules.items()):
        try:
            # To ask a lazy module itself would import it.
            path = object.__getattribute__(module, "__dict__").get("__file__")
        except AttributeError:
            continue
        if isinstance(path, str) and name != "__main__":
            found.append((name, path))
    return found


def _root(name: str, path: str) -> str:
    """Return the folder of the import path from which a module comes; its own where the two do not match."""
    folder, file = os.path.split(path)
    place = folder if file.startswith("__init__.") else os.path.join(folder, file.partition(".")[0])
    tail = os.sep + name.replace(".", os.sep)
    return place[: -len(tail)] if place.endswith(tail) else folder


def _copied_from(files: "set[str]") -> "set[str]":
    """Return the folders of which a copy was installed that is imported.

    Source: https://packaging.python.org/en/latest/specifications/direct-url-data-structure/.
    """
    found = set()
    for one in importlib.metadata.distributions():
        try:
            told = json.loads(one.read_text("direct_url.json") or "{}")
            is_copy = "dir_info" in told and not told["dir_info"].get("editable")
            if is_copy and any(str(one.locate_file(file)) in files for file in one.files or ()):
                found.add(str(told["url"]))
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            continue
    return found
