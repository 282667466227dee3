"""A workflow of GitHub Actions -> its jobs: what they run, with which variables and services. Runs nothing.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax. What is not as described
there is left out: a workflow is a hint here, GitHub is its judge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from gate.formats.yaml_document import items, parse_documents, table, text_of, texts

_EXPRESSION = "${{"
_MOST_JOBS = 200
_MOST_STEPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowService:
    """A service container: its image, its literal variables, its ports as they are written (`5432:5432`)."""

    image: str
    env: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowStep:
    """A step: the commands it runs, or the action it uses and the inputs of that.

    `env` are its own literal variables, `computed` those whose value has an expression, as it is written.
    `working_directory` is the step's, else the job's or workflow's default, "" for the repository root.
    """

    run: str = ""
    uses: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowJob:
    """A job: `file` is the path of its workflow, `env` and `computed` are the workflow's and the job's together."""

    file: str
    name: str
    env: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, WorkflowService] = field(default_factory=dict)
    steps: tuple[WorkflowStep, ...] = ()


# Discovery and the plan of the installation ask for the same few files; YAML is what they would wait for.
@lru_cache(maxsize=32)
def parse_workflow(path: str, text: str) -> tuple[WorkflowJob, ...]:
    """Return the jobs of the workflow file `path` in their order; none where it cannot be read as one."""
    documents = parse_documents(text)
    if not documents:
        return ()
    workflow = documents[0]
    jobs = list(table(workflow.get("jobs")).items())[:_MOST_JOBS]
    return tuple(_job(path, name, job, workflow) for name, job in jobs if isinstance(job, dict))


def _job(path: str, name: str, value: object, workflow: Mapping[str, object]) -> WorkflowJob:
    job = table(value)
    env = {**dict(texts(workflow.get("env"))), **dict(texts(job.get("env")))}
    folder = _folder(job) or _folder(workflow)
    services = table(job.get("services"))
    return WorkflowJob(
        file=path,
        name=name,
        env=_literal(env),
        computed=_computed(env),
        services={service: _service(described) for service, described in services.items()},
        steps=tuple(_step(step, folder) for step in items(job.get("steps"))[:_MOST_STEPS] if isinstance(step, dict)),
    )


def _service(value: object) -> WorkflowService:
    service = table(value)
    image = value if isinstance(value, str) else text_of(service.get("image"))
    ports = tuple(port for port in items(service.get("ports")) if isinstance(port, str))
    return WorkflowService(image=image, env=_literal(dict(texts(service.get("env")))), ports=ports)


def _step(value: object, folder: str) -> WorkflowStep:
    step = table(value)
    env = dict(texts(step.get("env")))
    own = text_of(step.get("working-directory"))
    return WorkflowStep(
        run=text_of(step.get("run")),
        uses=text_of(step.get("uses")),
        inputs=dict(texts(step.get("with"))),
        env=_literal(env),
        computed=_computed(env),
        working_directory=own or folder,
    )


def _folder(value: Mapping[str, object]) -> str:
    return text_of(table(table(value.get("defaults")).get("run")).get("working-directory"))


def _literal(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if _EXPRESSION not in value}


def _computed(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if _EXPRESSION in value}
