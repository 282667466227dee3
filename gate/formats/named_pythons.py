"""Which Pythons a project's own files name without asking for one: those that it is tested and run with.

Knows no machine, and runs nothing. What is not a plain version (`3.x`, `3.15-dev`, PyPy) is left out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from gate.formats import UnreadableError
from gate.formats.install_locks import find_lock
from gate.formats.locked_wheels import wheel_pythons
from gate.formats.project_manifest import parse_manifest
from gate.formats.toml_document import readable_toml, table, texts
from gate.formats.workflow_file import WorkflowJob, parse_workflow
from gate.formats.workflow_installs import runs_tests
from gate.formats.yaml_document import items, parse_documents, text_of
from gate.formats.yaml_document import table as mapping

_FOLDER = PurePosixPath(".github/workflows")
_VERSION = re.compile(r"(?<![\w.-])(3\.[0-9]{1,2})(?:\.[0-9]{1,3})?(?![\w.-])")
_EXPRESSION = re.compile(r"\$\{\{\s*(matrix|env)\.([A-Za-z0-9_-]{1,80})\s*\}\}")
_BY_UV = re.compile(r"\buv\s+(?:python\s+install|venv\s+(?:--python|-p))[ =]+([^\n;&|]{1,200})")
_IMAGE = re.compile(r"^\s*FROM\s+(?:--\S+\s+)?(?:\S*/)?python:(3\.[0-9]{1,2})\b", re.MULTILINE | re.IGNORECASE)
_TOOL_VERSION = re.compile(r"^\s*python[ \t]+(3\.[0-9]{1,2})\b", re.MULTILINE)
_RUNTIME = re.compile(r"^\s*python-(3\.[0-9]{1,2})\b", re.MULTILINE)
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (3\.[0-9]{1,2})\b")
_LARGEST = 512 * 1024
# Below 3.7 no setuptools can make an editable installation, and the gate's plug-in of pytest does not run.
_OLDEST = 7


def named_pythons(files: Mapping[str, str], project: str = ".") -> tuple[tuple[str, ...], ...]:
    """Return the versions (`3.12`) that kinds of files name, the most telling kind first, of each the newest first.

    Workflows come before images and files of other tools, what is declared to those who install the project after
    these, and last what the wheels of a lock are for. Of workflows the jobs that run the tests come before other jobs.

    Source: https://github.com/actions/setup-python, https://docs.astral.sh/uv/guides/integration/github/,
    https://asdf-vm.com/manage/configuration.html, https://devcenter.heroku.com/articles/python-runtimes,
    https://pypi.org/classifiers/
    """
    here = PurePosixPath(project)
    kinds = [*_of_other_tools(files, here), _classified(files, here), _locked(files, here)]
    found = (_of_workflows(files), *map(_newest_first, kinds))
    usable = (tuple(version for version in kind if _minor(version) >= _OLDEST) for kind in found)
    return tuple(kind for kind in usable if kind)


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


def _newest_first(versions: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(versions), key=_minor, reverse=True))


def _of_workflows(files: Mapping[str, str]) -> tuple[str, ...]:
    for_tests: list[str] = []
    others: list[str] = []
    for path in sorted(files):
        place = PurePosixPath(path)
        if place.parent != _FOLDER or place.suffix not in {".yml", ".yaml"}:
            continue
        jobs = parse_workflow(path, files[path])
        documents = parse_documents(files[path])
        written = mapping(documents[0].get("jobs")) if documents else {}
        for job in jobs:
            found = list(_of_job(job, mapping(mapping(mapping(written.get(job.name)).get("strategy")).get("matrix"))))
            (for_tests if runs_tests(job) else others).extend(found)
    return tuple(dict.fromkeys((*_newest_first(for_tests), *_newest_first(others))))


def _of_job(job: WorkflowJob, matrix: Mapping[str, object]) -> Iterator[str]:
    for step in job.steps:
        asked = [step.inputs.get("python-version", "")] if re.search(r"/setup-(python|uv)\b", step.uses) else []
        for text in (*asked, *_BY_UV.findall(step.run[:_LARGEST])):
            yield from _VERSION.findall(text)
            for kind, name in _EXPRESSION.findall(text):
                values = _of_matrix(matrix, name) if kind == "matrix" else [job.env.get(name, "")]
                yield from (version for value in values for version in _VERSION.findall(value))


def _of_matrix(matrix: Mapping[str, object], name: str) -> list[str]:
    given = [*items(matrix.get(name)), *(mapping(one).get(name) for one in items(matrix.get("include")))]
    return [text_of(one) for one in given]


def _of_other_tools(files: Mapping[str, str], here: PurePosixPath) -> Iterator[list[str]]:
    def found(pattern: re.Pattern[str], name: str) -> list[str]:
        texts_there = (files.get(str(folder / name), "") for folder in (here, *here.parents))
        return [version for text in texts_there for version in pattern.findall(text[:_LARGEST])]

    yield found(_IMAGE, "Dockerfile")
    yield [*found(_TOOL_VERSION, ".tool-versions"), *found(_RUNTIME, "runtime.txt")]
    yield _of_pipfile(files, here)


def _of_pipfile(files: Mapping[str, str], here: PurePosixPath) -> list[str]:
    requires = table(readable_toml(files.get(str(here / "Pipfile"), "")).get("requires"))
    return _VERSION.findall(str(requires.get("python_version", ""))[:80])


def _classified(files: Mapping[str, str], here: PurePosixPath) -> list[str]:
    try:
        project = table(parse_manifest(files, here).document.get("project"))
    except UnreadableError:
        return []
    written = [
        *texts(project.get("classifiers")),
        *(files.get(str(here / name), "") for name in ("setup.py", "setup.cfg")),
    ]
    return [version for text in written for version in _CLASSIFIER.findall(text[:_LARGEST])]


def _locked(files: Mapping[str, str], here: PurePosixPath) -> tuple[str, ...]:
    try:
        lock = find_lock(files, here, parse_manifest(files, here))
    except UnreadableError:
        return ()
    return wheel_pythons(files[lock.path]) if lock is not None else ()
