"""One repository at GitHub's API: its address, its pages, and how to look into its answers. Knows no endpoint."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from gate.adapters.github_http import GitHubHttp, Limits, Missing
from gate.adapters.patience import Clock
from gate.domain.job import Job
from gate.ports import ReportingTrouble

MAX_PAGES = 300
_PER_PAGE = "100"
# Longer than a request takes that another run sends on what it read before this run wrote.
_SETTLE_SECONDS = 1.0
_OBJECT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}\Z")


class GitHubRepository:
    """The repository of a job, spoken to with a token. To be closed."""

    def __init__(self, job: Job, token: str, *, limits: Limits | None = None, clock: Clock | None = None) -> None:
        """Take the job's addresses and the token.

        Raises:
            ReportingTrouble: there is no token, or it, an address or the repository's name cannot be one.
        """
        if not _REPOSITORY.match(job.repository):
            raise ReportingTrouble("GITHUB_REPOSITORY does not name a repository")
        self._http = GitHubHttp(token=token, base=job.api_url, limits=limits, clock=clock)
        self._repository_url = f"{job.api_url.rstrip('/')}/repos/{job.repository}"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def settle(self) -> None:
        """Wait until a write that another run had under way has landed."""
        self._http.pause(_SETTLE_SECONDS)

    def tip(self, branch: str) -> str | None:
        """Return the commit of a branch, None where there is no such branch."""
        try:
            answer = self._http.read(f"{self._repository_url}/git/ref/heads/{quote(branch, safe='/')}")
        except Missing:
            return None
        return object_name(inside(inside(answer.document), "object").get("sha"))

    def _entries(
        self, url: str, params: Mapping[str, str] | None = None, *, within: str = "", most_pages: int = MAX_PAGES
    ) -> Iterator[Mapping[str, Any]]:
        """Follow the pages of a list, or of the list `within` an object; a link to another origin is refused below."""
        page = url
        query: dict[str, str] | None = {**(params or {}), "per_page": _PER_PAGE}
        for _ in range(most_pages):
            answer = self._http.read(page, query)
            entries = inside(answer.document).get(within) if within else answer.document
            if not isinstance(entries, list):
                raise not_documented("a list")
            yield from map(inside, entries)
            if answer.next_url is None:
                return
            page, query = answer.next_url, None
        raise ReportingTrouble(f"more than {most_pages} pages at {urlsplit(url).path}")


def inside(document: object, key: str | None = None) -> Mapping[str, Any]:
    """Return the object, or its member `key`, or an empty one where there is none."""
    value = document.get(key) if key is not None and isinstance(document, dict) else document
    return value if isinstance(value, dict) else {}


def object_name(value: object) -> str:
    """Take the name of one of git's objects; raises `ReportingTrouble` where it is none."""
    if not isinstance(value, str) or not _OBJECT.match(value):
        raise not_documented("the name of an object")
    return value


def file_content(entry: Mapping[str, Any]) -> bytes:
    """Return the content of a file out of an answer that has it in base64."""
    content = entry.get("content")
    if not isinstance(content, str) or entry.get("encoding") != "base64":
        raise not_documented("a file")
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        raise not_documented("a file") from None


def not_documented(what: str) -> ReportingTrouble:
    """Return what to raise where an answer is not `what` it should be."""
    return ReportingTrouble(f"GitHub's answer is not {what} as its documentation has it")
