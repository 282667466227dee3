"""Workflows that run Quality Gate, on both sides -> what of its inputs, and of when it runs, is weaker. Asks no API.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from gate.config.resolve import ConfigurationError, Setting, resolve, settings_of_assignments, settings_of_environment
from gate.config.weaker import named, shown
from gate.domain.finding import Location
from gate.domain.weakening import Weakening, WeakeningKind
from gate.formats.yaml_document import items, parse_documents, table, text_of
from gate.weakening.changed_text import ChangedText
from gate.weakening.configuration import weaker_configuration

WORKFLOWS = ".github/workflows/"
_OURS = re.compile(r"(?:^|/)quality-gate(?:[/@]|$)", re.IGNORECASE)
_EVENTS = ("pull_request", "pull_request_target", "merge_group", "push")
_FILTERS = ("branches", "branches-ignore", "paths", "paths-ignore")
# What a workflow runs on that names no types of these events.
_TYPES = dict.fromkeys(("pull_request", "pull_request_target"), ("opened", "synchronize", "reopened"))
# What they change cannot be told from here, and yet it can hide something.
_UNDIRECTED = ("config-file", "working-directory")
_MOST_JOBS = 200
_MOST_STEPS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """A step, or a job, that runs Quality Gate: where it stands, its inputs, and what decides whether it counts."""

    job: str
    step: str
    inputs: Mapping[str, str]
    conditions: tuple[str, ...]
    may_fail: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Workflow:
    uses: tuple[_Use, ...] = ()
    events: Mapping[str, Mapping[str, object]] | None = None


def weaker_uses(
    files: Iterable[ChangedText], gates: Mapping[str, type], gates_chosen: tuple[str, ...]
) -> Iterator[Weakening]:
    """Yield what a workflow lets pass that it did not let pass before."""
    changed = [file for file in files if file.base_path.startswith(WORKFLOWS) or file.path.startswith(WORKFLOWS)]
    sides = [(_read(file.before), _read(file.after)) for file in changed]
    # A use may move to another file, or to another job.
    spare = list(chain.from_iterable(_new(old, new) for old, new in sides))
    for file, (old, new) in zip(changed, sides, strict=True):
        for use in old.uses:
            heir = next((one for one in new.uses if (one.job, one.step) == (use.job, use.step)), None)
            if heir is None and spare:
                heir = spare.pop(0)
            for message in _weaker(use, heir, gates, gates_chosen):
                yield _told(file, message)
        if old.uses and new.uses:
            for message in _events(old.events or {}, new.events or {}):
                yield _told(file, message)


def _told(file: ChangedText, message: str) -> Weakening:
    return Weakening(kind=WeakeningKind.CONFIGURATION, message=message, location=Location(path=file.path))


def _new(old: _Workflow, new: _Workflow) -> Iterator[_Use]:
    known = {(use.job, use.step) for use in old.uses}
    return (use for use in new.uses if (use.job, use.step) not in known)


def _read(text: str | None) -> _Workflow:
    documents = parse_documents(text or "")
    if not documents:
        return _Workflow()
    on = documents[0].get("on")
    events: dict[str, Mapping[str, object]] = (
        {text_of(on): {}} if isinstance(on, str) else {text_of(one): {} for one in items(on)}
    )
    events |= {name: dict(table(value)) for name, value in table(on).items()}
    jobs = list(table(documents[0].get("jobs")).items())[:_MOST_JOBS]
    return _Workflow(uses=tuple(chain.from_iterable(_uses(name, table(job)) for name, job in jobs)), events=events)


def _uses(name: str, job: Mapping[str, object]) -> Iterator[_Use]:
    if _OURS.search(text_of(job.get("uses"))):
        yield _use(name, "", job, job)
    seen = 0
    for value in items(job.get("steps"))[:_MOST_STEPS]:
        step = table(value)
        if _OURS.search(text_of(step.get("uses"))):
            seen += 1
            yield _use(name, f"step {seen}", step, job)


def _use(name: str, step_name: str, step: Mapping[str, object], job: Mapping[str, object]) -> _Use:
    inputs = {key: value for key, value in table(step.get("with")).items() if isinstance(value, str)}
    ones = (step,) if step is job else (step, job)
    return _Use(
        job=name,
        step=step_name,
        inputs=inputs,
        conditions=tuple(text_of(one.get("if")) for one in ones if text_of(one.get("if"))),
        may_fail=any(text_of(one.get("continue-on-error")).strip().lower() not in ("", "false") for one in ones),
    )


def _weaker(use: _Use, heir: _Use | None, gates: Mapping[str, type], gates_chosen: tuple[str, ...]) -> Iterator[str]:
    if heir is None:
        yield f"takes the use of Quality Gate out of the job {shown(use.job)}"
        return
    if heir.may_fail and not use.may_fail:
        yield f"lets the job {shown(heir.job)} go on when Quality Gate fails (continue-on-error)"
    if any(condition not in use.conditions for condition in heir.conditions):
        yield f"changes when Quality Gate runs in the job {shown(heir.job)} (if)"
    for name in _UNDIRECTED:
        if use.inputs.get(name, "") != heir.inputs.get(name, ""):
            yield f"changes the input {name}"
    try:
        before, after = (resolve([_settings(one.inputs, gates)], gates) for one in (use, heir))
    except ConfigurationError:
        # Of the head's own, the run will say what is wrong.
        return
    for weakening in weaker_configuration(before, after, gates, gates_chosen):
        yield f"{weakening.message} (input)"


def _settings(inputs: Mapping[str, str], gates: Mapping[str, type]) -> Sequence[Setting]:
    """Read the inputs that are literal; what an expression gives is not known here."""
    literal = {name: value for name, value in inputs.items() if "${{" not in value}
    variables = {f"QUALITY_GATE_{name.replace('-', '_').upper()}": value for name, value in literal.items()}
    lines = [line for line in literal.get("set", "").splitlines() if line.strip()]
    return [*settings_of_assignments(lines), *settings_of_environment(variables, gates)]


def _events(old: Mapping[str, Mapping[str, object]], new: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    for event in _EVENTS:
        if event in old and event not in new:
            yield f"runs Quality Gate no longer on {event}"
        elif event in old:
            left = _types(event, new[event])
            if gone := [one for one in _types(event, old[event]) if one not in left]:
                yield f"runs Quality Gate no longer on {event} of the types {named(gone)}"
            for name in _FILTERS:
                if name in new[event] and new[event][name] != old[event].get(name):
                    yield f"changes on which {event} Quality Gate runs ({name})"


def _types(event: str, settings: Mapping[str, object]) -> Collection[str]:
    value = settings.get("types")
    told = dict.fromkeys(text_of(one) for one in items(value) or (value,))
    return told if value else _TYPES.get(event, ())
