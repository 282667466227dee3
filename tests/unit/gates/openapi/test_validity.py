"""A document is validated in a process apart, and only one that is safe to hand on."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gate.context import Context
from gate.gates.openapi.validity import Invalid, invalid_places
from gate.ports import CannotRun, Command, Completed, Environments, Processes, ProjectEnvironment
from tests.unit.gates.access_review.reviewing import ENVIRONMENT, context_in

SOUND = '{"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {}}'


class Tools(Environments):
    """Has the validator, from what is locked."""

    async def ready(self) -> ProjectEnvironment:
        return ENVIRONMENT

    async def tool(self, name: str, version: str | None) -> Path:
        raise AssertionError(name)

    async def locked_tool(self, name: str, requirements: str) -> Path:
        assert "openapi-spec-validator==" in requirements
        assert "--hash=sha256:" in requirements
        return Path("/tools/validator/bin") / name


class Validating(Processes):
    """Writes a result as the probe does, and ends as it is told."""

    def __init__(self, result: Any = (), returncode: int = 0) -> None:
        self.result = result
        self.returncode = returncode
        self.commands: list[Command] = []

    async def run(self, command: Command) -> Completed:
        self.commands.append(command)
        if self.result is not None:
            Path(command.argv[4]).write_text(self.result if isinstance(self.result, str) else json.dumps(self.result))
        command.log.parent.mkdir(parents=True, exist_ok=True)
        command.log.write_text("thread panicked\n")
        return Completed(returncode=self.returncode, log=command.log)


def context(folder: Path, processes: Processes) -> Context:
    return context_in(folder, gate="openapi", processes=processes, environments=Tools())


def test_its_own_interpreter_validates_what_was_read(tmp_path: Path) -> None:
    processes = Validating([{"pointer": "/info", "message": '"version" is a required property'}])
    text = "openapi: 3.1.0\ninfo: &i {title: é}\nx-more: *i\n"

    found = asyncio.run(invalid_places(context(tmp_path, processes), text))

    assert found == (Invalid(pointer="/info", message='"version" is a required property'),)
    (command,) = processes.commands
    assert command.argv[:2] == ("/tools/validator/bin/python", "-I")
    assert json.loads(Path(command.argv[3]).read_text())["x-more"] == {"title": "é"}


def test_what_the_schema_and_what_the_words_say_is_told_together(tmp_path: Path) -> None:
    processes = Validating([{"pointer": "/info", "message": "a"}])
    text = '{"openapi": "3.1.0", "paths": {"/{a}": {"get": {}}}}'

    found = asyncio.run(invalid_places(context(tmp_path, processes), text))

    assert [one.pointer for one in found] == ["/info", "/paths/~1{a}/get"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no: [document", "the document cannot be read"),
        ('{"openapi": "3.1.0", "a": ' + "[" * 10_000 + "]" * 10_000 + "}", "the document cannot be read"),
        ('{"openapi": "3.1.0", "paths": {"/a": {"$ref": "http://127.0.0.1:9/a"}}}', "`http://127.0.0.1:9/a` lies"),
        ("openapi: 3.1.0\na: &a [*a]\n", "a part of it holds itself"),
        ("openapi: 3.1.0\na: 1e999\n", "the document holds a number"),
    ],
)
def test_no_process_is_given_what_it_could_not_take(tmp_path: Path, text: str, message: str) -> None:
    processes = Validating()

    (found,) = asyncio.run(invalid_places(context(tmp_path, processes), text))

    assert found.message.startswith(message)
    assert not processes.commands


def test_a_document_that_takes_too_long_does_not_pass(tmp_path: Path) -> None:
    (found,) = asyncio.run(invalid_places(context(tmp_path, Validating(None, -14)), SOUND))

    assert found.message == "the document could not be validated within 60 s"


@pytest.mark.parametrize(
    ("processes", "reason"),
    [
        (Validating(None, 1), "the validator of OpenAPI documents exited with status 1"),
        (Validating([], -11), "was killed by signal 11"),
        (Validating(None), "wrote no result"),
        (Validating("{"), "wrote no result"),
        (Validating([7]), "wrote no result"),
    ],
)
def test_a_validator_that_fails_is_no_pass(tmp_path: Path, processes: Processes, reason: str) -> None:
    with pytest.raises(CannotRun, match=reason) as failure:
        asyncio.run(invalid_places(context(tmp_path, processes), SOUND))

    assert failure.value.exhibits


def test_there_is_an_end_to_what_is_told(tmp_path: Path) -> None:
    processes = Validating([{"pointer": f"/{at}", "message": "a"} for at in range(500)])

    assert len(asyncio.run(invalid_places(context(tmp_path, processes), SOUND))) == 100
