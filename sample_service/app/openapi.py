"""Writes the OpenAPI document: `python -m app.openapi --write`. Needs no environment."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from app.main import create_app

DOCUMENT = Path(__file__).resolve().parent.parent / "openapi.json"


def render_document() -> str:
    """Return the document as it is committed: sorted, indented, with a final newline."""
    return json.dumps(create_app().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the document, or write it to `openapi.json`. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m app.openapi", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write openapi.json")
    if parser.parse_args(arguments).write:
        DOCUMENT.write_text(render_document(), encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(render_document())
    return 0


if __name__ == "__main__":
    sys.exit(main())
