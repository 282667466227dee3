"""Runs Locust as its own command does, and writes down every request that its users send.

    load_with_locust.py SETTINGS ARGUMENT...

SETTINGS are JSON: `folder`, for what is written; `origin`, whom users may send to, "" for anybody; `warm_up`,
`duration` (null: until there are `samples`), `longest` and `patience` with users who are to stop, in seconds;
`samples`, of each operation; `rarely`, the share of the most frequent one's requests below which an operation is not
waited for; `keeps_examples`, of requests; `keeps_reports`, of workers on other machines; `own_port`, for workers on
this one; `overruled`, what Locust's own configuration (https://docs.locust.io/en/stable/configuration.html) does not
decide. ARGUMENTs are those of `locust`.

Runs in the project's interpreter (Python 3.9 or newer) and folder, with Locust 2. At the end there is in the folder
`run.json`, what `quality_gate_course` says of the run, with `error` and `where` for what ended it.
"""

import sys

_OWN_FOLDER = __file__.rpartition("/")[0]
if __name__ == "__main__":
    # A script's own folder goes first on the import path: nothing in it may stand in for what the project imports.
    sys.path.pop(0)

import json  # noqa: E402
import os  # noqa: E402
import traceback  # noqa: E402

sys.path.insert(0, os.path.join(_OWN_FOLDER, "failing"))
from quality_gate_places import place_of  # type: ignore[import-not-found]  # noqa: E402

sys.path.pop(0)

_MOST_OF_A_MESSAGE = 500


def _free_port() -> str:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def _run() -> int:
    settings = json.loads(sys.argv[1])
    sys.argv = ["locust", *sys.argv[2:]]
    # First of all: it replaces what others would import of the standard library.
    from locust import events, main  # type: ignore[import-not-found]

    sys.path.insert(0, os.path.join(_OWN_FOLDER, "loading"))
    import quality_gate_course as course  # type: ignore[import-not-found]

    sys.path.pop(0)
    if settings["own_port"]:
        port = _free_port()
        sys.argv += ["--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--master-port", port]
    run = course.Course(settings)
    run.listen(events)
    ended: "dict[str, str]" = {}
    status = 0
    try:
        main.main()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
        where = place_of(error)
        if where:
            ended = {"error": f"the code calls exit({error.code!r:.200})", "where": where}
    except BaseException as error:  # noqa: BLE001 - whatever a locustfile raises is told
        traceback.print_exc()
        status = 1
        ended = {"error": f"{type(error).__name__}: {error}"[:_MOST_OF_A_MESSAGE], "where": place_of(error)}
    run.finish(status=status, **ended)
    return status


if __name__ == "__main__":
    sys.exit(_run())
