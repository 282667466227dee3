"""What may befall a run that is none of the project's doing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.campaign.place import Place
from tests.fakes import github_api as fake

_IS_ROOT = os.geteuid() == 0
_HEAD = "a" * 40


@dataclass(slots=True, kw_only=True)
class Day:
    """A day as it comes: what is told to the command, and what happens to it.

    `kill`: signal and seconds after which it is sent. `starved`: the machine may keep gates from deciding.
    `deaf`: nobody hears what the command says. `unheard`: the files of the runner cannot be written.
    """

    told: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    kill: tuple[int, float] | None = None
    starved: bool = False
    deaf: bool = False
    unheard: bool = False
    side_by_side: bool = False
    event: str = "pull_request"
    api: list[tuple[str, str, Callable[[fake.Handler], None], int]] = field(default_factory=list)
    read_only_token: bool = False


EVENTS = ("pull_request", "push", "merge_group", "schedule", "workflow_dispatch", "garbage", "missing", "huge")
NAMES = ("project", "a project", "ärger ☃", "it's", "$(touch owned)", "-x", "new\nline", "p\u202eq", "a;b", "100%")


def draw(random: Random) -> Day:
    """Draw a day: half of them are good ones."""
    day = Day()
    day.event = random.choices(EVENTS, (60, 8, 5, 5, 5, 5, 5, 7))[0]
    _draw_api(random, day)
    kinds: tuple[tuple[int, Callable[[Random, Day], None]], ...] = (
        (45, lambda _random, _day: None),
        (14, _killed),
        (8, _interrupted),
        (8, _disk),
        (4, _read_only),
        (4, _no_git),
        (5, _odd_git),
        (4, _no_network),
        (4, _deaf),
        (2, _runner),
        (2, _side_by_side),
    )
    random.choices([kind for _, kind in kinds], [weight for weight, _ in kinds])[0](random, day)
    return day


def _killed(random: Random, day: Day) -> None:
    day.kill = (9, random.choice((random.uniform(0.05, 0.6), random.uniform(0.3, 3.0))))
    day.told.append(f"SIGKILL after {day.kill[1]:.2f} s")


def _interrupted(random: Random, day: Day) -> None:
    day.kill = (random.choice((1, 2, 15)), random.uniform(0.4, 3.0))
    day.told.append(f"signal {day.kill[0]} after {day.kill[1]:.2f} s")


def _disk(random: Random, day: Day) -> None:
    where, size = random.choice(("tmp", "report", "runner", "cache")), random.choice((0, 4, 16, 40, 100, 400, 2000))
    day.told.append(f"disk {where} {size}k")
    day.starved = True


def _read_only(_: Random, day: Day) -> None:
    day.told.append("read-only checkout")


def _no_git(_: Random, day: Day) -> None:
    day.told.append("no git")


def _odd_git(random: Random, day: Day) -> None:
    day.told.append("git " + random.choice(("plain", "detached", "shallow", "worktree", "garbage", "empty")))


def _no_network(_: Random, day: Day) -> None:
    day.told.append("no network")
    day.environment |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")


def _deaf(_: Random, day: Day) -> None:
    day.told.append("nobody listens")
    day.deaf = True


def _runner(random: Random, day: Day) -> None:
    day.told.append(f"runner's files {random.choice(('full', 'folders'))}")
    day.unheard = True


def _side_by_side(_: Random, day: Day) -> None:
    day.told.append("two runs side by side")
    day.side_by_side = True


def _draw_api(random: Random, day: Day) -> None:
    if random.random() < 0.6:
        return
    if random.random() < 0.15:
        day.read_only_token = True
        day.told.append("read-only token")
        return
    quick: dict[str, Callable[[fake.Handler], None]] = {
        "401": fake.status(401, "Bad credentials"),
        "403": fake.status(403, "Resource not accessible by integration"),
        "404": fake.status(404, "Not Found"),
        "422": fake.status(422, "Validation Failed"),
        "409": fake.status(409, "Conflict"),
        "500": fake.status(500),
        "502 in HTML": fake.raw(502, b"<html>Unicorn!</html>", Content_Type="text/html"),
        "429, wait 1 s": fake.status(429, "slow down", Retry_After="1"),
        "429, wait an hour": fake.status(429, "slow down", Retry_After="3600"),
        "429": fake.status(429, "slow down"),
        "secondary limit": fake.status(403, "You have exceeded a secondary rate limit", Retry_After="1"),
        "limit used up": fake.status(403, "API rate limit exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="99999999999"),
        "another server": fake.redirect(302, "http://localhost:9/"),
        "an odd address": fake.redirect(301, "http://[odd"),
        "dropped": fake.drop,
        "broken off": fake.break_off,
        "garbage": fake.raw(200, b"\xff\xfe\x00{", Content_Type="application/json"),
        "not what was asked for": fake.raw(200, b'{"items": 3}', Content_Type="application/json"),
        "numbers without end": fake.raw(200, b"[" * 100_000, Content_Type="application/json"),
    }  # fmt: skip
    for _ in range(random.randint(1, 3)):
        name = random.choice(list(quick))
        method, path = random.choice(
            (("GET", ".*"), ("POST", ".*"), ("PATCH", ".*"), ("GET", "comments"), ("POST", "graphql"))
        )
        times = random.choice((1, 1, 2, 99))
        day.api.append((method, path, quick[name], times))
        day.told.append(f"API: {name} to {method} {path} x{times}")


@contextmanager
def befalling(day: Day, place: Place) -> Iterator[None]:
    """Set the machine up for such a day, and put it right again."""
    mounted: list[Path] = []
    for words in [told.split() for told in day.told]:
        if words[0] == "disk" and _IS_ROOT and words[2] != "0k":
            target = place.folder / words[1]
            target.mkdir(exist_ok=True)
            _mount(mounted, target, "-t", "tmpfs", "-o", f"size={words[2]}", "tmpfs")
        elif words[0] == "read-only" and words[1] == "checkout" and _IS_ROOT:
            _mount(mounted, place.project, "--bind", "-o", "ro", str(place.project))
        elif words == ["no", "git"]:
            own = place.environment["PATH"].partition(":")[0]
            day.environment["PATH"] = f"{own}:{_programs_without_git(place)}"
        elif words[0] == "git":
            _make_repository(place, words[1])
    try:
        yield
    finally:
        for target in mounted:
            subprocess.run(["umount", "-l", target], check=True)


def _mount(mounted: list[Path], target: Path, *arguments: str) -> None:
    subprocess.run(["mount", *arguments, target], check=True)
    if arguments[0] == "--bind":
        subprocess.run(["mount", "-o", "remount,bind,ro", target], check=True)
    mounted.append(target)


def _programs_without_git(place: Place) -> Path:
    folder = place.folder / "programs"
    folder.mkdir()
    for program in Path("/usr/bin").iterdir():
        if not program.name.startswith("git"):
            (folder / program.name).symlink_to(program)
    return folder


def _make_repository(place: Place, kind: str) -> None:
    def git(*arguments: str, cwd: Path = place.project) -> None:
        user = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "protocol.file.allow=always")
        subprocess.run(["git", *user, *arguments], cwd=cwd, check=True, capture_output=True)

    if kind == "garbage":
        (place.project / ".git").write_bytes(bytes(range(256)))
        return
    git("init", "-q")
    if kind == "empty":
        return
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    if kind == "detached":
        git("checkout", "-q", "--detach")
    elif kind in {"shallow", "worktree"}:
        bare = place.folder / "origin"
        git("clone", "-q", "--bare", ".", str(bare))
        shutil.rmtree(place.project)
        if kind == "shallow":
            git("clone", "-q", "--depth", "1", f"file://{bare}", str(place.project), cwd=place.folder)
        else:
            git("worktree", "add", "-q", "--detach", str(place.project), cwd=bare)


def job_of(day: Day, place: Place, api: dict[str, str], run: int) -> dict[str, str]:
    """The variables that the runner gives a job on such a day, and its files."""
    event = place.runner / "event.json"
    payload = {"number": 7, "head": {"sha": _HEAD, "repo": {"id": 1, "full_name": fake.REPOSITORY}},
               "base": {"repo": {"id": 1, "full_name": fake.REPOSITORY}}}  # fmt: skip
    content = json.dumps({"pull_request": payload})
    if day.event == "garbage":
        content = '{"pull_request": {"number": "\udcff\\ud800'
    elif day.event == "huge":
        content = " " * 27_000_000
    if day.event != "missing" and not event.exists():
        try:
            event.write_text(content, "utf-8", "surrogateescape")
        except OSError:
            event.unlink(missing_ok=True)
    files = {
        name: str(place.runner / name.lower())
        for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
    }
    for path in map(Path, files.values()):
        if day.unheard and "full" in " ".join(day.told):
            path.unlink(missing_ok=True)
            path.symlink_to("/dev/full")
        elif day.unheard:
            path.mkdir(exist_ok=True)
        else:
            path.touch()
    return {
        **files,
        **api,
        "GITHUB_ACTIONS": "true",
        "CI": "true",
        "RUNNER_TEMP": str(place.runner),
        "GITHUB_RUN_ID": str(run),
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_SHA": "d" * 40,
        "GITHUB_EVENT_NAME": day.event if day.event in EVENTS[:5] else "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_ACTOR": "dependabot[bot]" if day.read_only_token else "octocat",
    }
