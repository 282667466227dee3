"""Whose configuration judges a change, its own or the base's, and what it weakens. Knows ports, never adapters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from gate.config.model import Config
from gate.config.resolve import ConfigurationError
from gate.configuration import PYPROJECT, YAML_NAMES, Sources, read_configuration, read_settings
from gate.domain.finding import Location
from gate.domain.project import Project
from gate.domain.report import Report, Subject
from gate.domain.result import GateResult, Judgement
from gate.domain.weakening import Policy, Weakening, strictest
from gate.gates.access_review.options import AccessReviewOptions
from gate.plan import Plan
from gate.ports import CannotRun
from gate.revision_ports import Base, BaseNotHere, Revisions
from gate.weakening.configuration import weaker_configuration
from gate.weakenings import Looking, look_for_weakenings


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBy:
    """The configuration that counts, the policy, and what of the gate the change weakens.

    `refusal` says why nothing may be decided under this policy; `untold` why not all is known of what is weakened.
    `overrules`: the change's own configuration is another one. `base` is the base's, None where that is not known.
    """

    config: Config
    policy: Policy
    weakenings: tuple[Weakening, ...] = ()
    refusal: str = ""
    untold: str = ""
    overrules: bool = False
    base: Config | None = None

    def told(self, report: Report) -> Report:
        """Return a report of the run with the policy, and what is weakened."""
        missing = report.baseline.missing if report.baseline is not None else ""
        # Whoever reads why nothing was compared need not read it twice.
        notices = [f"what the change weakens is not known: {self.untold}"] if self.untold not in missing else []
        if self.overrules:
            notices.append(
                "policy base: judged by the configuration of the base; the change's own counts once it is merged"
            )
        return replace(report, policy=self.policy, weakenings=self.weakenings, notices=(*report.notices, *notices))

    def refused(self, subject: Subject, plan: Plan, now: datetime) -> Report:
        """Return the report of a run that may not decide: every gate is errored with the reason."""
        results = tuple(
            GateResult(
                gate=gate.id,
                title=gate.title,
                judgement=Judgement.errored(self.refusal),
                started_at=now,
                duration=timedelta(),
            )
            for gate in plan.gates
        )
        return Report(subject=subject, results=results, policy=self.policy)


async def judged_by(sources: Sources, project: Project, revisions: Revisions, chosen: tuple[str, ...]) -> JudgedBy:
    """Read both configurations; the stricter of their policies counts, so that no change can loosen it.

    `chosen` are the gates of a configuration that names none.

    Raises:
        ConfigurationError: the change's own configuration has mistakes.
    """
    own = read_configuration(sources)
    base, reason = await _base(sources, project, revisions)
    if base is None and own.policy is not Policy.HEAD:
        return JudgedBy(config=own, policy=own.policy, refusal=_refusal(own.policy, reason))
    known = own if base is None else base
    policy = strictest((own.policy, known.policy))
    judged = JudgedBy(
        config=replace(known if policy is Policy.BASE else own, policy=policy),
        policy=policy,
        overrules=policy is Policy.BASE and known != own,
        weakenings=tuple(_of_configuration(sources, project, known, own, chosen)),
        untold=reason,
        base=base,
    )
    looking = Looking(
        root=project.root,
        folder=project.folder,
        gates=sources.gates,
        chosen=chosen,
        policies=[project.located(path) for path in {*_access_policies(known), *_access_policies(own)}],
    )
    try:
        found = await look_for_weakenings(await revisions.change(), revisions, looking)
    except CannotRun as trouble:
        if policy is Policy.STRICT:
            return replace(judged, refusal=_refusal(policy, trouble.reason))
        return replace(judged, untold=reason or trouble.reason)
    return replace(judged, weakenings=(*judged.weakenings, *found))


async def _base(sources: Sources, project: Project, revisions: Revisions) -> tuple[Config | None, str]:
    """Return the base's configuration, or why there is none."""
    try:
        texts = await _texts_of_base(sources, project, revisions)
        if sources.file is not None and str(sources.file) not in texts:
            # The change brings the file that is named now: what was there before configured the base.
            sources = replace(sources, file=None)
            texts = await _texts_of_base(sources, project, revisions)
        return read_configuration(replace(sources, texts=texts)), ""
    except CannotRun as trouble:
        return None, trouble.reason
    except ConfigurationError as error:
        return None, f"the base's configuration has mistakes: {error}"


def _refusal(policy: Policy, reason: str) -> str:
    what = "the base's configuration" if policy is Policy.BASE else "what the change weakens"
    return f"under policy {policy}, {what} must be known: {reason}"


def _access_policies(config: Config) -> list[str]:
    return [options.policy for options in config.options.values() if isinstance(options, AccessReviewOptions)]


async def _texts_of_base(sources: Sources, project: Project, revisions: Revisions) -> Mapping[str, str]:
    """Return the files of the base that may configure Quality Gate, by the names that `Sources` reads them by."""
    try:
        base = await revisions.base()
    except BaseNotHere as trouble:
        # What was fetched may have it.
        base = trouble.base
        try:
            return await _texts(sources, project, revisions, base)
        except CannotRun:
            raise trouble from None
    return await _texts(sources, project, revisions, base)


async def _texts(sources: Sources, project: Project, revisions: Revisions, base: Base) -> Mapping[str, str]:
    places: dict[str, str] = {}
    if sources.file is None:
        places = {name: project.located(name) for name in (PYPROJECT, *YAML_NAMES)}
    elif (named := _inside(sources.file, project)) is not None:
        places = {str(sources.file): named}
    else:
        # No change of this repository changes it.
        return {str(sources.file): sources.file.read_text("utf-8")}
    texts = {}
    for name, path in places.items():
        content = await revisions.file_at(base.commit, path)
        if content is not None:
            try:
                texts[name] = content.decode("utf-8")
            except UnicodeDecodeError:
                raise CannotRun(f"{path} of the base is not UTF-8") from None
    return texts


def _inside(file: Path, project: Project) -> str | None:
    root = project.root.resolve()
    # A link in its place is the change's doing.
    place = file.parent.resolve() / file.name
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else None


def _of_configuration(
    sources: Sources, project: Project, base: Config, own: Config, chosen: tuple[str, ...]
) -> list[Weakening]:
    written = {setting.key: setting for setting in read_settings(sources)}
    found = []
    for option in weaker_configuration(base, own, sources.gates, chosen):
        setting = written.get(option.key)
        place = None
        if setting is not None and setting.path is not None:
            place = Location(path=project.located(setting.path), line=setting.line)
        found.append(Weakening(kind=option.kind, message=option.message, location=place))
    return found
