"""Commit statuses through GitHub's REST API. Decides nothing about them and prints nothing.

Source: https://docs.github.com/en/rest/commits/statuses.
"""

from gate.adapters.github_repository import GitHubRepository, inside, not_documented
from gate.domain.commit_status import CommitStatus, State
from gate.github_ports import CommitStatuses

# Twenty pages are 2000 contexts on one commit.
_MAX_PAGES = 20


class GitHubStatuses(GitHubRepository, CommitStatuses):
    """The statuses of the commits of one repository."""

    def statuses(self, commit: str) -> tuple[CommitStatus, ...]:
        """Return the last status of each context, from all pages."""
        url = f"{self._repository_url}/commits/{commit}/status"
        return tuple(map(_status, self._entries(url, within="statuses", most_pages=_MAX_PAGES)))

    def send_status(self, commit: str, status: CommitStatus) -> None:
        """Send a status, once."""
        body = {"state": status.state.value, "context": status.context, "description": status.description}
        if status.target_url:
            body["target_url"] = status.target_url
        self._http.write("POST", f"{self._repository_url}/statuses/{commit}", body)


def _status(document: object) -> CommitStatus:
    entry = inside(document)
    context, state = entry.get("context"), entry.get("state")
    if not isinstance(context, str) or state not in list(State):
        raise not_documented("a status")
    # Both are null where whoever sent the status gave none.
    description, target_url = entry.get("description"), entry.get("target_url")
    return CommitStatus(
        context=context,
        state=State(state),
        description=description if isinstance(description, str) else "",
        target_url=target_url if isinstance(target_url, str) else "",
    )
