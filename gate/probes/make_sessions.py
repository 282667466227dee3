"""Asks a function of the project for the steps of each user's session, and writes what it returned.

    make_sessions.py MODULE:FUNCTION USERS ANSWER

Runs in the project's interpreter (Python 3.9 or newer) and folder, with the standard library only. The function is
called with the user's number, from 0 to USERS - 1. In the file ANSWER is then `{"users": [...]}`, what was returned for
each, or `{"error": ..., "where": "load/sessions.py:12"}`; the traceback goes to the output.
"""

import sys

_OWN_FOLDER = __file__.rpartition("/")[0]
if __name__ == "__main__":
    # A script's own folder goes first on the import path: nothing in it may stand in for what the project imports.
    sys.path.pop(0)

import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import traceback  # noqa: E402

sys.path.insert(0, os.path.join(_OWN_FOLDER, "failing"))
from quality_gate_places import place_of  # type: ignore[import-not-found]  # noqa: E402

sys.path.pop(0)

_MOST_OF_A_MESSAGE = 500


def _asked(function: str, users: int) -> "dict[str, object]":
    module, _, name = function.partition(":")
    try:
        session = getattr(importlib.import_module(module), name)
        told = [session(number) for number in range(users)]
        # What JSON has not is found here, where its line can still be told.
        json.dumps(told, allow_nan=False)
    except BaseException as error:  # noqa: BLE001 - also what calls exit()
        traceback.print_exc()
        message = f"{type(error).__name__}: {error}"[:_MOST_OF_A_MESSAGE]
        return {"error": message, "where": place_of(error)}
    return {"users": told}


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    answer = _asked(sys.argv[1], int(sys.argv[2]))
    with open(sys.argv[3], "w", encoding="utf-8", errors="replace") as file:
        json.dump(answer, file)
