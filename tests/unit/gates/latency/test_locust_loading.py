"""The gate with a locustfile, on a service in memory: how Locust is started, and what is made of how it ends."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from gate.context import Context
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.gate import LatencyGate
from gate.gates.latency.options import LatencyOptions
from gate.ports import CannotRun, Command, Completed, Processes
from gate.service_ports import Unanswered
from tests.unit.gates.latency.loaded_notes import Loaded
from tests.unit.gates.latency.locust_files import Request, process, run

NAME = "load/locustfile.py"
STEADY: list[Request] = [("GET /notes", at * 0.005, 0.01, 200) for at in range(2_000)]


@dataclass
class Locust(Processes):
    """Writes what the probe would have written: the files of one run after the other, the last one's again."""

    written: list[dict[str, bytes]]
    printed: str = ""
    status: int = 0
    commands: list[Command] = field(default_factory=list)

    async def run(self, command: Command) -> Completed:
        self.commands.append(command)
        files = self.written[min(len(self.commands), len(self.written)) - 1]
        for name, content in files.items():
            Path(self.settings["folder"], name).write_bytes(content)
        command.log.parent.mkdir(parents=True, exist_ok=True)
        command.log.write_text(self.printed)
        return Completed(returncode=self.status, log=command.log)

    @property
    def settings(self) -> dict[str, Any]:
        return json.loads(self.commands[-1].argv[2])

    @property
    def arguments(self) -> Mapping[str, str]:
        found = list(self.commands[-1].argv[3:])
        return {one: after for one, after in zip(found, [*found[1:], ""], strict=True) if one.startswith("--")}


def context(tmp_path: Path, locust: Locust, **parts: Any) -> tuple[Loaded, Context]:
    (tmp_path / "load").mkdir(exist_ok=True)
    (tmp_path / NAME).write_text("# played by nobody here")
    notes = Loaded(tmp_path)
    return notes, replace(notes.context(**parts), processes=locust)


def collected(tmp_path: Path, locust: Locust, *, postgres: bool = False, **options: Any) -> LatencyEvidence:
    _, ctx = context(tmp_path, locust, postgres=postgres)
    chosen = replace(LatencyOptions(samples=1000, locustfile=NAME), **options)
    return asyncio.run(LatencyGate().collect(ctx, chosen))


def test_locust_is_started_as_its_command_is_and_its_requests_are_the_samples(tmp_path: Path) -> None:
    locust = Locust([run(process(1, STEADY))])
    evidence = collected(tmp_path, locust, users=30, warm_up=2.0)
    assert locust.arguments["--locustfile"] == NAME
    assert locust.arguments["--host"] == "http://127.0.0.1:1"
    assert (locust.arguments["--users"], locust.arguments["--spawn-rate"]) == ("30", "10")
    assert locust.arguments["--exit-code-on-error"] == "0"
    assert {"--headless", "--stop-timeout", "--run-time"} <= set(locust.arguments)
    assert not {"--processes", "--master"} & set(locust.arguments)
    assert (locust.settings["samples"], locust.settings["warm_up"], locust.settings["duration"]) == (1000, 2.0, None)
    assert (evidence.source, evidence.think_time, evidence.users) == (NAME, None, 8)
    assert [one.operation for one in evidence.rounds[0].samples] == ["GET /notes"]


def test_no_proxy_is_asked_and_no_bytecode_left(tmp_path: Path) -> None:
    locust = Locust([run(process(1, STEADY))])
    collected(tmp_path, locust)
    assert "127.0.0.1" in locust.commands[0].env["NO_PROXY"]
    assert locust.commands[0].env["PYTHONDONTWRITEBYTECODE"] == "1"


def test_users_may_send_to_the_service_alone_unless_that_is_allowed(tmp_path: Path) -> None:
    locust = Locust([run(process(1, STEADY))])
    collected(tmp_path, locust)
    assert locust.settings["origin"] == "http://127.0.0.1:1"
    collected(tmp_path, locust, anywhere=True)
    assert locust.settings["origin"] == ""


def test_what_is_undecided_is_played_once_more(tmp_path: Path) -> None:
    wanders = [(name, start, 0.9 if at % 600 < 30 else took, 200) for at, (name, start, took, _) in enumerate(STEADY)]
    locust = Locust([run(process(1, wanders)), run(process(1, STEADY))])
    assert len(collected(tmp_path, locust).rounds) == 2
    assert len({json.loads(one.argv[2])["folder"] for one in locust.commands}) == 2


def test_rows_are_copied_of_those_that_a_short_run_has_made_which_is_no_measurement(tmp_path: Path) -> None:
    locust = Locust([run(process(1, STEADY), users=99), run(process(1, STEADY))])
    evidence = collected(tmp_path, locust, postgres=True, rows={"news": 5_000})
    assert [json.loads(one.argv[2])["duration"] for one in locust.commands] == [3.0, None]
    assert evidence.rows["news"] == 5_000
    assert (len(evidence.rounds), evidence.users) == (1, 8)


def test_nothing_is_filled_where_no_request_is_answered_well(tmp_path: Path) -> None:
    refused = [(name, start, took, 422) for name, start, took, _ in STEADY]
    failures = [["POST /notes", "HTTPError('422 Client Error')", 7]]
    locust = Locust([run(process(1, refused, failures=failures))])
    with pytest.raises(
        CannotRun, match=r"no request of load/locustfile\.py was answered well: POST /notes failed with"
    ):
        collected(tmp_path, locust, postgres=True, rows={"news": 5_000})


def test_requests_are_sent_once_more_where_statements_can_be_counted(tmp_path: Path) -> None:
    sent = {"name": "GET /health", "method": "GET", "url": "http://127.0.0.1:1/health", "headers": [], "body": None}
    files = {**run(process(1, STEADY)), "examples-1.jsonl": json.dumps(sent).encode()}
    locust = Locust([files])
    notes, ctx = context(tmp_path, locust, postgres=True)
    notes.insight.untold = ""
    evidence = asyncio.run(LatencyGate().collect(ctx, LatencyOptions(samples=1000, locustfile=NAME)))
    assert locust.settings["keeps_examples"]
    assert [cost.operation for cost in evidence.costs] == ["GET /health"]
    assert notes.sent == ["GET /health"]
    collected(tmp_path, locust)
    assert not locust.settings["keeps_examples"]


def test_workers_of_this_machine_have_a_port_of_their_own(tmp_path: Path) -> None:
    locust = Locust([run(process(1, STEADY), process(2, STEADY))])
    collected(tmp_path, locust, locust_workers=2)
    assert locust.arguments["--processes"] == "2"
    assert locust.settings["own_port"]
    assert "--master" not in locust.arguments


def test_the_command_of_workers_elsewhere_is_told_before_they_are_waited_for(tmp_path: Path) -> None:
    locust = Locust([run(process(1, STEADY))])
    notes, ctx = context(tmp_path, locust)
    options = LatencyOptions(samples=1000, locustfile=NAME, locust_expect=3)
    asyncio.run(LatencyGate().collect(ctx, options))
    assert (locust.arguments["--expect-workers"], locust.arguments["--master-bind-host"]) == ("3", "127.0.0.1")
    assert locust.settings["overruled"]["master"] is True
    told = "waiting for 3 workers; start each of them by: "
    command = f"locust -f {NAME} --worker --master-host 127.0.0.1 --master-port 5557"
    assert f"{told}{command}" in notes.said


@pytest.mark.parametrize(
    ("written", "printed", "told"),
    [
        ({}, "", "Locust exited with status 1"),
        ({"run.json": b"{"}, "", "what was written of the run of Locust cannot be read"),
        (
            run(started=False),
            "[2026-11-23 18:00:00,000] vm/INFO/locust.main: Starting\n[…] vm/ERROR/locust.main: No User class found!\n",
            "Locust exited with status 1 before load/locustfile.py was played: No User class found!",
        ),
        (
            run(started=False, error="ModuleNotFoundError: No module named 'faker'", where=f"{NAME}:3"),
            f"  File \"{NAME}\", line 3, in <module>\n    import faker\nModuleNotFoundError: No module named 'faker'\n",
            "load/locustfile.py cannot be loaded at load/locustfile.py:3: ModuleNotFoundError: No module named 'faker'",
        ),
        (
            run(error="KeyError: 'x'", where=f"{NAME}:9"),
            "",
            "load/locustfile.py failed at load/locustfile.py:9: KeyError",
        ),
        (run(process(1, []), begin=None), "", "load/locustfile.py ended the run before anything was timed"),
        (
            run(process(1, STEADY, trouble="the locustfile sends to https://prod.example")),
            "",
            "the locustfile sends to https://prod.example, and the gate loads the service it has started alone",
        ),
    ],
)
def test_a_run_that_is_none_is_told_with_its_line(
    tmp_path: Path, written: dict[str, bytes], printed: str, told: str
) -> None:
    with pytest.raises(CannotRun) as failure:
        collected(tmp_path, Locust([written], printed=printed, status=1))
    assert failure.value.reason.startswith(told)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"locustfile": "load/other.py"}, "the project has no file load/other.py"),
        ({"session": ("step",)}, "`locustfile` and `session` both say what is played"),
        ({"function": "a:b"}, "`locustfile` and `function` both say what is played"),
        ({"rate": 10.0}, "leave `rate` out"),
        ({"compare": True}, "`compare` plays a session"),
        ({"locust_workers": 2, "locust_expect": 2}, "keep one of them"),
        ({"locust_expect": 2, "locust_bind": "0.0.0.0"}, "name it as the `target`"),
        ({"locustfile": "", "locust_workers": 2}, "are of a `locustfile`, and there is none"),
        ({"duration": 5_000.0}, "longer than the gate may take"),
    ],
)
def test_what_cannot_be_meant_with_a_locustfile_is_told_before_it_is_played(
    tmp_path: Path, options: dict[str, Any], told: str
) -> None:
    locust = Locust([run(process(1, STEADY))])
    with pytest.raises(CannotRun) as failure:
        collected(tmp_path, locust, **options)
    assert told in failure.value.reason
    assert not locust.commands


def test_a_service_that_answers_nobody_any_more_is_told(tmp_path: Path) -> None:
    gone = [(name, start, took, 200 if at < 1_995 else 0) for at, (name, start, took, _) in enumerate(STEADY)]
    locust = Locust([run(process(1, gone))])
    notes, ctx = context(tmp_path, locust)
    options = LatencyOptions(samples=1000, locustfile=NAME)
    assert asyncio.run(LatencyGate().collect(ctx, options)).silence == ""
    notes.service.send = unanswered  # type: ignore[method-assign]
    evidence = asyncio.run(LatencyGate().collect(ctx, options))
    assert evidence.silence.startswith("after the load, GET / was not answered: nobody listens there")


async def unanswered(request: object) -> Any:
    raise Unanswered("nobody listens there")
