"""The access review on services of many habits: nothing is found on the clean ones, and each planted flaw is.

What must be found stands beside each service, in `tests/samples/services/*/expected.yml`. A sample of the cases runs
here; all of them with QUALITY_GATE_EVERY_SERVICE=1 (`make services`).
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from gate.adapters.environment.installer import own_program
from gate.compose import RunArguments, run
from gate.gates.access_review.questions import Question, Rule
from gate.service_ports import ServiceStart
from tests.testbed.cache import cached, digest_of

pytestmark = pytest.mark.integration

SERVICES = Path(__file__).parents[1] / "samples" / "services"
BAD_DAYS = SERVICES / "bad_days"
EVERY = bool(os.environ.get("QUALITY_GATE_EVERY_SERVICE"))
_OPERATION = re.compile(r"([A-Z]+ /\S*): ")


def _expected(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "expected.yml").read_text("utf-8"))  # type: ignore[no-any-return]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A service as it is run: with which flaw planted in it, in which of its variants, and what must be found."""

    service: str
    plant: str = ""
    variant: str = ""
    must: tuple[Mapping[str, Any], ...] = ()
    may: tuple[str, ...] = ()
    postgres: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "-".join(filter(None, (self.service, self.variant, self.plant or "clean")))


def _cases() -> Iterable[Case]:
    for folder in sorted(path.parent for path in SERVICES.glob("*/app.py")):
        expected = _expected(folder)
        if expected.get("rarely") and not EVERY:
            continue
        also = expected.get("also", {})
        for name, variant in {"": expected, **expected.get("variants", {})}.items():
            make = functools.partial(
                Case,
                service=folder.name,
                variant=name,
                postgres=expected.get("postgres", False),
                env={**expected.get("env", {}), **variant.get("env", {})},
                options=variant.get("options", {}),
                without=tuple(variant.get("without", ())),
            )
            yield make(must=tuple(variant.get("must", ())), may=("public-operation-not-listed",))
            plants = variant.get("plants", {})
            for plant in plants if EVERY else list(plants)[:1]:
                yield make(plant=plant, must=tuple(plants[plant]), may=tuple(also.get(plant, ())))


CASES = list(_cases())


@dataclass(frozen=True)
class Review:
    """What the report says of the gate."""

    result: Mapping[str, Any]
    printed: str

    @property
    def outcome(self) -> str:
        return str(self.result["outcome"])

    def findings(self, severity: str = "error") -> set[tuple[str, str]]:
        """Return the operation ("" for the service as a whole) and the rule of each finding."""
        return {
            (found[1] if (found := _OPERATION.match(finding["message"])) else "", finding["rule_id"])
            for finding in self.result["findings"]
            if finding["severity"] == severity
        }

    @property
    def rows(self) -> Mapping[str, Mapping[str, str]]:
        """Return how each question to each operation ended."""
        (matrix,) = (one for one in self.result["exhibits"] if one["kind"] == "matrix" and "owner?" in one["columns"])
        first = matrix["columns"].index("logged in?") - 1
        return {
            row["label"].removesuffix(" (hidden)"): dict(zip(map(str, Question), row["cells"][first:], strict=False))
            for row in matrix["rows"]
        }

    def __str__(self) -> str:
        told = [f"{self.outcome}: {self.result['reason']}"]
        told += [f"{one['severity']} {one['rule_id']} {one['message']}" for one in self.result["findings"]]
        kinds = {"matrix": lambda row: [row["label"], *row["cells"]], "table": list}
        for exhibit in self.result["exhibits"]:
            told += [" | ".join(kinds[exhibit["kind"]](row)) for row in exhibit.get("rows", ())]
        return "\n".join([*told, self.printed[-3000:]])


RunsReview = Callable[..., Review]


@pytest.fixture(scope="session")
def services_environment() -> Path:
    """The environment that all the services share."""
    requirements = SERVICES / "requirements.txt"

    def make(folder: Path) -> None:
        uv, python = own_program("uv"), Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
        subprocess.run([uv, "venv", "--relocatable", "--python", python, folder / "venv"], check=True)
        into = ["--python", folder / "venv" / "bin" / "python"]
        subprocess.run([uv, "pip", "install", *into, "-r", requirements], check=True)

    return cached("services", digest_of(requirements, sys.version), make) / "venv"


@pytest.fixture
def review(
    tmp_path: Path,
    services_environment: Path,
    caller_environment: dict[str, str],
    capfd: pytest.CaptureFixture[str],
) -> RunsReview:
    """A function that runs the gate, in this process, on a copy of a folder."""

    def runs(
        source: Path,
        *,
        settings: Mapping[str, Any],
        options: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        without: Iterable[str] = (),
    ) -> Review:
        folder = tmp_path / "project"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("expected.yml", "__pycache__", *without))
        file = folder / "quality-gate.yml"
        written = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}
        if of_gate := written.get("access-review", {}) | dict(options or {}):
            written["access-review"] = of_gate
        file.write_text(yaml.safe_dump(written | dict(settings)), "utf-8")
        arguments = RunArguments(
            path=folder,
            out=tmp_path / "report",
            config=None,
            assignments=("gates=access-review", "install=none"),
            exit_zero=False,
            in_action=False,
        )
        environment = caller_environment | {"VIRTUAL_ENV": str(services_environment)} | dict(env or {})
        run(arguments, environment)
        report = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
        printed = "".join(capfd.readouterr())
        log = tmp_path / "report" / "logs" / "access-review-service.log"
        printed += log.read_text("utf-8", "replace") if log.exists() else ""
        assert report["results"], printed
        return Review(report["results"][0], printed)

    return runs


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_planted_flaw_is_found_and_nothing_else(case: Case, review: RunsReview) -> None:
    settings: dict[str, Any] = {"postgres": "auto" if case.postgres else "off", "pass-env": ["PLANT", *case.env]}
    env = {"PLANT": case.plant, **case.env}
    seen = review(SERVICES / case.service, settings=settings, options=case.options, env=env, without=case.without)

    # What weighs less than an error leaves the outcome as it is.
    is_red = any(must.get("severity", "error") == "error" for must in case.must)
    assert seen.outcome == ("failed" if is_red else "passed"), str(seen)
    for must in case.must:
        rules = _each(must["rule"])
        found = seen.findings(must.get("severity", "error"))
        assert any((must["operation"], rule) in found for rule in rules), f"{must} was not found\n{seen}"
        if must["operation"]:
            cells = [seen.rows[must["operation"]][question] for question in _each(must["question"])]
            assert "failed" in cells, f"{must}: {cells}\n{seen}"
    operations = {must["operation"] for must in case.must}
    may = case.may if case.must else ()
    surplus = {(where, rule) for where, rule in seen.findings() if where not in operations and rule not in may}
    assert not surplus, f"found beside it: {surplus}\n{seen}"


def _bad_days() -> Iterable[str]:
    return [name for name, expected in _expected(BAD_DAYS).items() if EVERY or not expected.get("rarely")]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", _bad_days())
def test_a_service_on_a_bad_day_has_a_clear_result_soon(
    name: str, review: RunsReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name.startswith("hangs_at"):
        # A minute is what a service may take; nobody waits for it here.
        quick = functools.partial(ServiceStart, deadline=6.0)
        monkeypatch.setattr("gate.context.ServiceStart", quick)
    expected = _expected(BAD_DAYS)[name]
    settings = {"postgres": "off", "app": f"{name}:app", **expected.get("settings", {})}
    seen = review(BAD_DAYS, settings=settings)

    assert seen.outcome in expected["outcome"], str(seen)
    reason = seen.result["reason"].lower()
    if seen.outcome != "passed":
        for words in expected.get("words", ()):
            assert any(word.lower() in reason for word in _each(words)), f"{words} is not in the reason: {seen}"
    for operation in expected.get("not_exercised", ()):
        assert "not exercised" in seen.rows[operation].values(), str(seen)
    if seen.outcome == "passed":
        assert not seen.findings(), str(seen)


def test_what_is_expected_of_the_services_is_written_in_the_words_of_the_gate() -> None:
    for case in CASES:
        assert {str(must["operation"]).partition(" ")[0] for must in case.must} <= {
            "", "GET", "POST", "PUT", "PATCH", "DELETE",
        }  # fmt: skip
        rules = {rule for must in case.must for rule in _each(must["rule"])} | {*case.may}
        assert rules <= {*Rule}, case
        assert {question for must in case.must for question in _each(must["question"])} <= {*Question}, case
    assert {path.stem for path in BAD_DAYS.glob("*.py")} == _expected(BAD_DAYS).keys()


def _each(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
