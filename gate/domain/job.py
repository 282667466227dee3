"""The CI job that a report is published from, and the event that started it. Reads no environment itself."""

from dataclasses import dataclass

DEPENDABOT = "dependabot[bot]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """The pull request that an event is about, as it was when the event happened.

    `head_sha` is the commit that was pushed, not the merge commit that is tested. `from_fork` is also true
    where the fork is gone.
    """

    number: int
    head_sha: str
    from_fork: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What started the job: with a pull request, or with the reason (a sentence) why there is none.

    `is_default_branch` tells of a push that it was one to the repository's default branch.
    """

    name: str
    pull_request: PullRequest | None = None
    absence: str = ""
    is_default_branch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Who publishes: taken from the runner, never from a report.

    `run_id` is None outside of GitHub Actions. `commit` is what was checked out (`GITHUB_SHA`).
    """

    event: Event
    run_id: int | None = None
    run_attempt: int = 1
    repository: str = ""
    commit: str = ""
    actor: str = ""
    server_url: str = "https://github.com"
    api_url: str = "https://api.github.com"
    graphql_url: str = "https://api.github.com/graphql"

    @property
    def judged_commit(self) -> str:
        """The commit to name to readers: the head of the pull request, else what was checked out."""
        return self.event.pull_request.head_sha if self.event.pull_request else self.commit

    @property
    def run_url(self) -> str:
        """The page of this attempt of the run; empty where there is none."""
        if self.run_id is None:
            return ""
        run = f"{self.server_url.rstrip('/')}/{self.repository}/actions/runs/{self.run_id}"
        return f"{run}/attempts/{self.run_attempt}"

    @property
    def is_from_fork(self) -> bool:
        """Whether the change comes from a fork, so that no permission line can make the token write."""
        return self.event.pull_request is not None and self.event.pull_request.from_fork

    @property
    def is_from_dependabot(self) -> bool:
        """Whether Dependabot started the run: its token only reads unless the workflow asks for more."""
        return self.actor == DEPENDABOT
