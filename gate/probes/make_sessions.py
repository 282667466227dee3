"""Asks a function of the project for the steps of each user's session, and writes what it returned.

    make_sessions.py MODULE:FUNCTION USERS ANSWER

Runs in the project's interpreter (Python 3.9 or newer) and folder, with the standard library only. The function is
called with the user's number, from 0 to USERS - 1. In the file ANSWER is then `{"users": [...]}`, what was returned for
each, or `{"error": ..., "where": "load/sessions.py:12"}`; the traceback goes to the output.
"""

import sys

if __name__ == "__main__":
    # A script's own folder goes first on the import path: nothing in it may stand in for what the project imports.
    sys.path.pop(0)

import importlib
import json
import os
import traceback

_MOST_OF_A_MESSAGE = 500


def _where(error: BaseException) -> str:
    """Return the last place in the project that the error came through, "" for none."""
    project = os.getcwd() + os.sep
    if isinstance(error, SyntaxError) and str(error.filename).startswith(project):
        return f"{str(error.filename)[len(project) :]}:{error.lineno}"
    places = [
        f"{frame.filename[len(project) :]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(project) and "site-packages" not in frame.filename
    ]
    return places[-1] if places else ""


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
        return {"error": message, "where": _where(error)}
    return {"users": told}


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    answer = _asked(sys.argv[1], int(sys.argv[2]))
    with open(sys.argv[3], "w", encoding="utf-8", errors="replace") as file:
        json.dump(answer, file)
