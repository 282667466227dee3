"""Webhook payloads as GitHub writes them to `$GITHUB_EVENT_PATH`, with the fields that a gate may look at."""

from __future__ import annotations

from typing import Any

SERVER_URL = "https://github.com"


def pull_request_payload(
    *,
    head_sha: str,
    base_sha: str,
    repository: str = "acme/service",
    number: int = 7,
    action: str = "synchronize",
    fork: str | None = None,
    head_ref: str = "feature",
    base_ref: str = "main",
    author: str = "octocat",
    title: str = "A change",
    state: str = "open",
    server_url: str = SERVER_URL,
) -> dict[str, Any]:
    """A `pull_request` event; `fork` is the full name of the repository that it comes from, if not its own."""
    head_repository = fork or repository
    return {
        "action": action,
        "number": number,
        "pull_request": {
            "number": number,
            "state": state,
            "title": title,
            "body": None,
            "draft": False,
            "merged": False,
            "locked": False,
            "html_url": f"{server_url}/{repository}/pull/{number}",
            "url": f"{server_url}/repos/{repository}/pulls/{number}",
            "user": _user(author),
            "author_association": "NONE" if fork else "MEMBER",
            "labels": [],
            "head": _end(head_repository, head_ref, head_sha, server_url, fork=fork is not None),
            "base": _end(repository, base_ref, base_sha, server_url),
        },
        "repository": _repository(repository, server_url),
        "sender": _user(author),
        **({"before": base_sha, "after": head_sha} if action == "synchronize" else {}),
    }


def push_payload(
    *,
    after: str,
    before: str = "0" * 40,
    repository: str = "acme/service",
    ref: str = "refs/heads/main",
    author: str = "octocat",
    server_url: str = SERVER_URL,
) -> dict[str, Any]:
    """A `push` event."""
    return {
        "ref": ref,
        "before": before,
        "after": after,
        "created": before == "0" * 40,
        "deleted": False,
        "forced": False,
        "head_commit": {"id": after, "message": "A change", "author": {"name": author}},
        "commits": [],
        "repository": _repository(repository, server_url),
        "pusher": {"name": author},
        "sender": _user(author),
    }


def workflow_run_payload(
    *,
    head_sha: str,
    run_id: int = 1,
    run_attempt: int = 1,
    event: str = "pull_request",
    conclusion: str | None = "success",
    repository: str = "acme/service",
    head_repository: str | None = "stranger/service",
    head_branch: str | None = "feature",
    workflow: str = "Quality Gate",
    server_url: str = SERVER_URL,
) -> dict[str, Any]:
    """A `workflow_run` event; `head_repository` is None where the fork is gone."""
    fork = (
        None
        if head_repository is None
        else _repository(head_repository, server_url, fork=head_repository != repository)
    )
    return {
        "action": "completed" if conclusion else "requested",
        "workflow_run": {
            "id": run_id,
            "name": workflow,
            "run_number": run_id,
            "run_attempt": run_attempt,
            "event": event,
            "status": "completed" if conclusion else "queued",
            "conclusion": conclusion,
            "head_sha": head_sha,
            "head_branch": head_branch,
            "head_repository": fork,
            "repository": _repository(repository, server_url),
            # GitHub names none for forks.
            "pull_requests": [],
            "html_url": f"{server_url}/{repository}/actions/runs/{run_id}",
            "display_title": "A change",
        },
        "workflow": {"id": 1, "name": workflow, "path": ".github/workflows/quality-gate.yml", "state": "active"},
        "repository": _repository(repository, server_url),
        "sender": _user("octocat"),
    }


def merge_group_payload(
    *,
    head_sha: str,
    base_sha: str,
    repository: str = "acme/service",
    base_ref: str = "main",
    number: int = 7,
    server_url: str = SERVER_URL,
) -> dict[str, Any]:
    """A `merge_group` event: the queue asks for the checks of what its first pull request would make of the branch."""
    return {
        "action": "checks_requested",
        "merge_group": {
            "head_sha": head_sha,
            "head_ref": f"refs/heads/gh-readonly-queue/{base_ref}/pr-{number}-{base_sha}",
            "base_sha": base_sha,
            "base_ref": f"refs/heads/{base_ref}",
            "head_commit": {"id": head_sha, "message": "A change"},
        },
        "repository": _repository(repository, server_url),
        "sender": _user("github-merge-queue[bot]"),
    }


def _user(login: str) -> dict[str, Any]:
    kind = "Bot" if login.endswith("[bot]") else "User"
    return {"login": login, "id": sum(login.encode()), "type": kind}


def _end(repository: str, ref: str, sha: str, server_url: str, *, fork: bool = False) -> dict[str, Any]:
    owner = repository.split("/", 1)[0]
    return {
        "label": f"{owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": {"login": owner},
        "repo": _repository(repository, server_url, fork=fork),
    }


def _repository(full_name: str, server_url: str, *, fork: bool = False) -> dict[str, Any]:
    owner, name = full_name.split("/", 1)
    return {
        "id": sum(full_name.encode()),
        "name": name,
        "full_name": full_name,
        "private": False,
        "fork": fork,
        "owner": {"login": owner, "type": "Organization"},
        "html_url": f"{server_url}/{full_name}",
        "default_branch": "main",
    }
