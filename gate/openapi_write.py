"""The verb `openapi --write`: writes the document that the application generates. Part of the composition root."""

import os
import re
import sys
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path

from gate.adapters.project_choice import choose_project
from gate.compose import RunArguments, run
from gate.config.resolve import ConfigurationError
from gate.configuration import Sources, read_configuration
from gate.domain.project import Project
from gate.domain.report import Verdict
from gate.formats import UnreadableError
from gate.formats.openapi_parts import parse_root
from gate.gates import GATES
from gate.gates.openapi.base_document import read_document
from gate.gates.openapi.choosing import is_called_so, is_link_outside, nearest, places
from gate.gates.openapi.drift import drift_of
from gate.gates.openapi.generation_gate import GenerationGate
from gate.gates.openapi.judging import GENERATED_PATH
from gate.gates.openapi.options import GATE_ID
from gate.gates.openapi.writing import rendered
from gate.render.escape import console_line

_NEW = "openapi.json"
# Further to the right, it may be a heading in a description.
_COMMENT = re.compile(r"^#", re.MULTILINE)


class NotWritten(Exception):
    """The document cannot be written: why."""


def write_document(path: Path, assignments: tuple[str, ...], environment: Mapping[str, str]) -> int:
    """Generate the document, write it over the committed one in the form that that has, and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="quality-gate-openapi-") as folder:
        alone = (*assignments, f"gates={GATE_ID}")
        out = Path(folder) / "report"
        arguments = RunArguments(path=path, out=out, config=None, assignments=alone, exit_zero=False, in_action=False)
        with redirect_stdout(StringIO()) as told:
            status = run(arguments, environment, {**GATES, GATE_ID: GenerationGate()})
        generated = out / GENERATED_PATH
        if status or not generated.is_file():
            # Escaped already. Where it went well, a verdict on one file would only mislead.
            for line in told.getvalue().splitlines():
                # That file is gone by now.
                if not line.startswith("report: "):
                    print(line, file=sys.stderr)
            print(console_line("quality-gate: no document was generated: nothing is written"), file=sys.stderr)
            return status or Verdict.ERRORED.exit_code
        try:
            project = choose_project(path, environment, configured=False)
            print(console_line(_written(generated.read_text("utf-8"), project, _named(project, alone, environment))))
        except (ConfigurationError, OSError, UnreadableError, NotWritten) as error:
            print(console_line(f"quality-gate: {error}"), file=sys.stderr)
            return Verdict.MISCONFIGURED.exit_code
    return 0


def _named(project: Project, assignments: tuple[str, ...], environment: Mapping[str, str]) -> str:
    gates = {gate.id: gate.options for gate in GATES.values()}
    config = read_configuration(
        Sources(folder=project.folder, file=None, assignments=assignments, environment=environment, gates=gates)
    )
    return str(config.options[GATE_ID].document)


def _written(generated: str, project: Project, named: str) -> str:
    """Write the document, and say what was done."""
    made = parse_root(generated)
    target = _target(project, named, made)
    place = project.located(str(target))
    before = target.read_bytes().decode("utf-8-sig", "replace") if target.is_file() else ""
    text = rendered(made, before, is_yaml=target.suffix.lower() in (".yaml", ".yml"))
    if before and _says_the_same(before, text):
        return f"{place} is up to date: it stays as it is"
    _replace(target, text)
    lost = "; its comments are lost" if target.suffix.lower() != ".json" and _COMMENT.search(before) else ""
    return f"wrote {place}: commit it{lost}"


def _target(project: Project, named: str, made: Mapping[str, object]) -> Path:
    """Return the file to be written, links followed as long as they stay in the repository.

    Raises:
        NotWritten: they do not.
    """
    found = {}
    there = places(project, named)
    for path in there:
        with suppress(OSError, UnreadableError):
            found[path] = read_document(path.read_bytes())
    # One that cannot be read, such as after a merge, is written anew; what is only called like one is left alone.
    own = (path for path in there if named or is_called_so(path))
    target = nearest(found, made) if found else next(own, project.folder / _NEW)
    if is_link_outside(project, target):
        raise NotWritten(f"{project.located(str(target))} is a link out of the repository, which is not followed")
    target = target.resolve()
    if os.path.lexists(target) and not target.is_file():
        raise NotWritten(f"{project.located(str(target))} is no file")
    return target


def _says_the_same(before: str, text: str) -> bool:
    """Tell whether nothing would change but the form: also what is no drift, such as the version, is written."""
    try:
        own, new = parse_root(before), parse_root(text)
        drift = drift_of(own, new)
    except UnreadableError:
        return False
    ignored = [(root.get("info"), root.get("servers")) for root in (own, new)]
    return not drift.parts and not drift.by_framework and ignored[0] == ignored[1]


def _replace(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    descriptor, name = tempfile.mkstemp(prefix=".quality-gate-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
        Path(name).chmod(mode)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
