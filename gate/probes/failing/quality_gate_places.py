"""Where in the project an error came from: what probes that run its code tell of a failure."""

import os
import traceback

_PROJECT = os.getcwd()  # before the project's code runs, which may change it


def place_of(error: BaseException) -> str:
    """Return the last place in the project that the error came through, such as `app/settings.py:12`, "" for none."""
    project = _PROJECT + os.sep
    if isinstance(error, SyntaxError) and str(error.filename).startswith(project):
        return f"{str(error.filename)[len(project) :]}:{error.lineno}"
    places = [
        f"{frame.filename[len(project) :]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(project) and "site-packages" not in frame.filename
    ]
    return places[-1] if places else ""
