"""Where Quality Gate keeps what outlasts a run: with the job in CI, for the next run on a laptop."""

from collections.abc import Mapping
from pathlib import Path


def own_cache_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of this user, which outlasts a job on a runner that is used again."""
    cache = environment.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache.startswith("/") else Path.home() / ".cache") / "quality-gate"


def environments_folder(environment: Mapping[str, str]) -> Path:
    """Return where environments are kept."""
    return _with_the_job(environment, "quality-gate-environments") or own_cache_folder(environment)


def reports_folder(environment: Mapping[str, str]) -> Path:
    """Return where reports are kept, which the action saves from one job to the next."""
    return _with_the_job(environment, "quality-gate-kept") or own_cache_folder(environment) / "reports"


def _with_the_job(environment: Mapping[str, str], name: str) -> Path | None:
    if environment.get("GITHUB_ACTIONS") == "true" and environment.get("RUNNER_TEMP"):
        return Path(environment["RUNNER_TEMP"]) / name
    return None
