"""The calls to GitHub that publishing needs, typed. Decides nothing about comments and prints nothing.

Source: https://docs.github.com/en/rest/issues/comments, .../rest/pulls/pulls, .../graphql/reference/queries.
"""

from collections.abc import Callable

from gate.adapters.github_http import Limits, Missing
from gate.adapters.github_repository import GitHubRepository, inside, not_documented
from gate.adapters.patience import Clock
from gate.domain.job import Job
from gate.github_ports import Comment, PullRequests, PullRequestState
from gate.ports import LookAgain, ReportingTrouble

ACTIONS_LOGIN = "github-actions[bot]"
_BOT = "[bot]"
_MAX_FILES = 3000  # GitHub lists no more files of a pull request.


class GitHubApi(GitHubRepository, PullRequests):
    """The pull requests of one repository, through REST, and GraphQL for who we are."""

    def __init__(self, job: Job, token: str, *, limits: Limits | None = None, clock: Clock | None = None) -> None:
        """Take the job's addresses and the token.

        Raises:
            ReportingTrouble: there is no token, or it, an address or the repository's name cannot be one.
        """
        super().__init__(job, token, limits=limits, clock=clock)
        self._graphql_url = job.graphql_url

    def own_logins(self) -> frozenset[str]:
        """Ask GraphQL, which answers to every kind of token; `GET /user` refuses the token of a job.

        Where there is no GraphQL on the API's own server, the token is taken for a job's own.
        """
        try:
            document = self._http.ask(self._graphql_url, {"query": "query { viewer { login } }"}).document
        except ReportingTrouble:
            return frozenset({ACTIONS_LOGIN})
        viewer = inside(inside(document, "data"), "viewer")
        login = viewer.get("login")
        if not isinstance(login, str) or not login:
            return frozenset({ACTIONS_LOGIN})
        # Some answers of GraphQL name an app without the suffix that REST gives it. No user can be called like
        # somebody else's app.
        return frozenset({login, login if login.endswith(_BOT) else login + _BOT})

    def state(self, number: int) -> PullRequestState:
        """Return the pull request as it is now."""
        document = self._http.read(f"{self._repository_url}/pulls/{number}").document
        state, sha = inside(document).get("state"), inside(inside(document, "head")).get("sha")
        if state not in ("open", "closed") or not isinstance(sha, str):
            raise not_documented("a pull request")
        return PullRequestState(is_open=state == "open", head_sha=sha)

    def changed_files(self, number: int) -> tuple[str, ...]:
        """Return the paths that the pull request changes, the first 3000 of them."""
        names: list[str] = []
        for entry in self._entries(f"{self._repository_url}/pulls/{number}/files"):
            name = entry.get("filename")
            if not isinstance(name, str):
                raise not_documented("a changed file")
            names.append(name)
            if len(names) == _MAX_FILES:
                break
        return tuple(names)

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Return every comment, from all pages."""
        return tuple(map(_comment, self._entries(f"{self._repository_url}/issues/{number}/comments")))

    def create_comment(self, number: int, body: str) -> Comment:
        """Write a new comment."""
        url = f"{self._repository_url}/issues/{number}/comments"
        return _comment(self._http.write("POST", url, {"body": body}).document)

    def update_comment(self, comment_id: int, body: str) -> Comment:
        """Write over a comment; `LookAgain` where it is gone."""
        url = f"{self._repository_url}/issues/comments/{comment_id}"
        return _gone(lambda: _comment(self._http.write("PATCH", url, {"body": body}).document))

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment, or find that it is gone."""
        try:
            self._http.write("DELETE", f"{self._repository_url}/issues/comments/{comment_id}")
        except Missing:
            return


def _comment(document: object) -> Comment:
    entry = inside(document)
    identity, body, url = entry.get("id"), entry.get("body"), entry.get("html_url")
    # GitHub shows a deleted account as `ghost`, and gives null for its user.
    author = inside(entry.get("user") or {}).get("login", "")
    if isinstance(identity, bool) or not isinstance(identity, int) or not isinstance(author, str):
        raise not_documented("a comment")
    return Comment(
        comment_id=identity,
        author=author,
        body=body if isinstance(body, str) else "",
        url=url if isinstance(url, str) else "",
    )


def _gone(write: Callable[[], Comment]) -> Comment:
    try:
        return write()
    except Missing as missing:
        raise LookAgain(str(missing)) from None
