"""What a run of Locust leaves behind, made up."""

import json
import struct
from collections.abc import Sequence

BEGIN = 1_800_000_000.0

Request = tuple[str, float, float, int]
"""Name, start from the begin of the timed window and how long it took, both in seconds, and status."""


def process(number: int, requests: Sequence[Request], **told: object) -> dict[str, bytes]:
    """Return the files of a process with users."""
    names = list(dict.fromkeys(name for name, *_ in requests))
    records = [
        struct.pack("=Hhdd", names.index(name), status, BEGIN + start, took) for name, start, took, status in requests
    ]
    whole = {"lag": 0.001, "busy": 0.25, "processor": 2.5, "failures": [], "errors": [], "trouble": "", **told}
    return {
        f"names-{number}.txt": "".join(f"{json.dumps(name)}\n" for name in names).encode(),
        f"requests-{number}.bin": b"".join(records),
        f"process-{number}.json": json.dumps(whole).encode(),
    }


def run(*files: dict[str, bytes], length: float = 10.0, **told: object) -> dict[str, bytes]:
    """Return all files of a run that was timed for so many seconds."""
    whole = {
        "begin": BEGIN,
        "end": BEGIN + length,
        "ended": "every operation has its samples",
        "users": 8,
        "started": True,
        "status": 0,
        "error": "",
        "where": "",
        "busy_at_end": False,
        "version": "2.47.0",
        **told,
    }
    return {"run.json": json.dumps(whole).encode(), **{name: text for one in files for name, text in one.items()}}


def report(start: float, end: float, times: object, failed: object = ()) -> bytes:
    """Return the line of a worker's report."""
    return json.dumps({"start": BEGIN + start, "end": BEGIN + end, "times": times, "failed": failed}).encode() + b"\n"
