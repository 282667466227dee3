"""How long the access review of 30 operations takes, and how its requests grow from 15 to 60 operations.

The services are made for it: resources of one owner with five operations each, sign-up and log-in, all in memory.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from comparison import BIN, Arguments, Result, main, seconds_of

SECONDS = 60
GROWTH = 1.2
FEW, SOME, MANY = 3, 6, 12  # resources; five operations each
_HEAD = """
import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field

app = FastAPI()
users: dict[str, str] = {}
tokens: dict[str, str] = {}
Name = Annotated[str, Field(min_length=1, max_length=60)]


class Account(BaseModel):
    username: Name
    password: Name


class Thing(BaseModel):
    title: Name


def current(token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="token"))]) -> str:
    if token not in tokens:
        raise HTTPException(401)
    return tokens[token]


User = Annotated[str, Depends(current)]


@app.post("/users", status_code=201)
def sign_up(account: Account) -> dict[str, str]:
    users[account.username] = account.password
    return {"username": account.username}


@app.post("/token")
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if users.get(form.username) != form.password:
        raise HTTPException(401)
    token = secrets.token_hex(16)
    tokens[token] = form.username
    return {"access_token": token, "token_type": "bearer"}
"""
_RESOURCE = """
things{n}: dict[int, dict] = {{}}


def own{n}(id: int, user: User) -> dict:
    thing = things{n}.get(id)
    if thing is None or thing["owner"] != user:
        raise HTTPException(404)
    return thing


@app.post("/things{n}", status_code=201)
def create{n}(thing: Thing, user: User) -> dict:
    made = {{"id": len(things{n}) + 1, "title": thing.title, "owner": user}}
    things{n}[made["id"]] = made
    return made


@app.get("/things{n}")
def list{n}(user: User) -> list:
    return [one for one in things{n}.values() if one["owner"] == user][-50:]


@app.get("/things{n}/{{id}}")
def read{n}(thing: Annotated[dict, Depends(own{n})]) -> dict:
    return thing


@app.patch("/things{n}/{{id}}")
def change{n}(change: Thing, thing: Annotated[dict, Depends(own{n})]) -> dict:
    thing["title"] = change.title
    return thing


@app.delete("/things{n}/{{id}}", status_code=204)
def delete{n}(thing: Annotated[dict, Depends(own{n})]) -> None:
    del things{n}[thing["id"]]
"""


def measure(arguments: Arguments) -> Sequence[Result]:
    """Review a service of each size."""
    with tempfile.TemporaryDirectory(prefix="quality-gate-benchmark-") as scratch:
        os.environ["XDG_CACHE_HOME"] = str(Path(scratch) / "cache")
        _reviewed(Path(scratch) / "first", 1)  # installs
        seconds, requests = {}, {}
        for size in (FEW, SOME, MANY):
            runs = [_reviewed(Path(scratch) / f"{size}-{run}", size) for run in range(arguments.runs)]
            seconds[size], requests[size] = min(one for one, _ in runs), runs[0][1]
    operations = {size: 5 * size + 2 for size in requests}
    growth = (requests[MANY] - requests[SOME]) / (operations[MANY] - operations[SOME])
    before = (requests[SOME] - requests[FEW]) / (operations[SOME] - operations[FEW])
    return [
        Result(
            name=f"access review of {operations[SOME]} operations, whole process",
            ratio=seconds[SOME],
            limit=SECONDS,
            ours_seconds=seconds[SOME],
            theirs_seconds=seconds[FEW],
            runs=arguments.runs,
            unit="s",
            note=", ".join(f"{operations[size]} operations: {requests[size]} requests" for size in requests),
        ),
        Result(
            name=f"access review: requests for one more operation, at {operations[MANY]} against {operations[SOME]}",
            ratio=growth / before,
            limit=GROWTH,
            ours_seconds=seconds[MANY],
            theirs_seconds=seconds[SOME],
            runs=arguments.runs,
        ),
    ]


def _reviewed(folder: Path, resources: int) -> tuple[float, int]:
    """Return the seconds that a review took, and its requests."""
    folder.mkdir()
    (folder / "requirements.txt").write_text("fastapi\nuvicorn\npython-multipart\n")
    (folder / "main.py").write_text(_HEAD + "".join(_RESOURCE.format(n=number) for number in range(resources)))
    out = folder / "report"
    command = (BIN / "quality-gate", "run", folder, "--gates", "access-review", "--postgres", "off", "--out", out)
    taken = seconds_of(command)
    (result,) = json.loads((out / "report.json").read_text(encoding="utf-8"))["results"]
    if result["outcome"] != "passed":
        raise subprocess.CalledProcessError(1, "quality-gate run", output=result["reason"])
    return taken, next(int(one["value"]) for one in result["measures"] if one["name"] == "requests")


if __name__ == "__main__":
    main(measure, runs=2, quick_runs=1)
