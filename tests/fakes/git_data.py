"""Git's objects and branches as GitHub's REST API has them (https://docs.github.com/en/rest/git), in memory and strict."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Answer = tuple[int, Any, dict[str, str]]

_NOT_FOUND: Answer = (404, {"message": "Not Found"}, {})
_FORBIDDEN: Answer = (
    403,
    {"message": "Resource not accessible by integration"},
    {"X-Accepted-GitHub-Permissions": "contents=write"},
)


def _invalid(message: str) -> Answer:
    return 422, {"message": message}, {}


@dataclass(slots=True)
class Commit:
    """A commit: its tree and its parents."""

    tree: str
    parents: tuple[str, ...]
    message: str


@dataclass(slots=True)
class GitData:
    """Objects by their names, and branches. `is_read_only` refuses every write, as a token without the right does."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, dict[str, str]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    is_read_only: bool = False

    def files(self, branch: str) -> dict[str, bytes]:
        """Return what a branch has, by paths."""
        tree = self.trees[self.commits[self.branches[branch]].tree]
        return {path: self.blobs[name] for path, name in tree.items()}

    def history(self, branch: str) -> list[str]:
        """Return the commits of a branch, the newest first."""
        found, name = [], self.branches.get(branch)
        while name:
            found.append(name)
            name = next(iter(self.commits[name].parents), None)
        return found

    def commit_files(self, branch: str, files: Mapping[str, bytes]) -> str:
        """Commit as somebody else does, on top of what is there."""
        parent = self.branches.get(branch)
        before = self.trees[self.commits[parent].tree] if parent else {}
        tree = self._kept(self.trees, {**before, **{path: self._blob(content) for path, content in files.items()}})
        made = self._kept(self.commits, Commit(tree=tree, parents=(parent,) if parent else (), message="another's"))
        self.branches[branch] = made
        return made

    def answer(self, method: str, path: str, body: Any) -> Answer | None:
        """Answer a request for the part of a path behind `/git/`; None where it is not of this part of the API."""
        routes: tuple[tuple[str, str, Callable[..., Answer | None]], ...] = (
            ("GET", r"ref/heads/(.+)", self._get_ref),
            ("GET", r"commits/([0-9a-f]{40})", self._get_commit),
            ("GET", r"trees/([0-9a-f]{40})", self._get_tree),
            ("GET", r"blobs/([0-9a-f]{40})", self._get_blob),
            ("POST", r"blobs", self._post_blob),
            ("POST", r"trees", self._post_tree),
            ("POST", r"commits", self._post_commit),
            ("POST", r"refs", self._post_ref),
            ("PATCH", r"refs/heads/(.+)", self._patch_ref),
        )
        for wanted, pattern, respond in routes:
            match = re.fullmatch(pattern, path)
            if match and method == wanted:
                if method != "GET" and self.is_read_only:
                    return _FORBIDDEN
                return respond(*match.groups()) if method == "GET" else respond(body, *match.groups())
        return None

    def _get_ref(self, branch: str) -> Answer:
        if branch not in self.branches:
            return _NOT_FOUND
        return 200, {"ref": f"refs/heads/{branch}", "object": {"type": "commit", "sha": self.branches[branch]}}, {}

    def _get_commit(self, name: str) -> Answer | None:
        commit = self.commits.get(name)
        return None if commit is None else (200, self._shown(name, commit), {})

    def _get_tree(self, name: str) -> Answer:
        tree = self.trees.get(name)
        if tree is None:
            return _NOT_FOUND
        entries = [{"path": path, "mode": "100644", "type": "blob", "sha": sha} for path, sha in sorted(tree.items())]
        folders = {path.rpartition("/")[0] for path in tree if "/" in path}
        entries += [{"path": folder, "mode": "040000", "type": "tree", "sha": "c" * 40} for folder in sorted(folders)]
        return 200, {"sha": name, "tree": entries, "truncated": False}, {}

    def _get_blob(self, name: str) -> Answer | None:
        if name not in self.blobs:
            return None
        content = base64.encodebytes(self.blobs[name]).decode()
        return 200, {"sha": name, "content": content, "encoding": "base64", "size": len(self.blobs[name])}, {}

    def _post_blob(self, body: Any) -> Answer:
        if set(body) != {"content", "encoding"} or body["encoding"] != "base64":
            return _invalid("Invalid request")
        try:
            content = base64.b64decode(body["content"], validate=True)
        except binascii.Error:
            return _invalid("content is not valid Base64")
        return 201, {"sha": self._blob(content)}, {}

    def _post_tree(self, body: Any) -> Answer:
        base = body.get("base_tree")
        if base is not None and base not in self.trees:
            return _invalid("base_tree is not a valid tree oid")
        tree = dict(self.trees[base]) if base else {}
        troubles = [self._trouble(entry, tree) for entry in body["tree"]] or ["Invalid tree info"]
        if any(troubles):
            return _invalid(next(filter(None, troubles)))
        given = {entry["path"]: entry["sha"] for entry in body["tree"]}
        made = {path: sha for path, sha in {**tree, **given}.items() if sha is not None}
        return 201, {"sha": self._kept(self.trees, made)}, {}

    def _trouble(self, entry: Any, tree: Mapping[str, str]) -> str:
        path, sha = entry["path"], entry["sha"]
        refusals = {
            "Must supply a valid tree.mode": entry["mode"] != "100644" or entry["type"] != "blob",
            "tree.path contains a malformed path component": not {"", ".", "..", ".git"}.isdisjoint(path.split("/")),
            "GitRPC::BadObjectState": sha is None and path not in tree,
            "tree.sha is not a valid blob": sha is not None and sha not in self.blobs,
        }
        return next((words for words, refused in refusals.items() if refused), "")

    def _post_commit(self, body: Any) -> Answer:
        if body["tree"] not in self.trees or any(parent not in self.commits for parent in body["parents"]):
            return _invalid("Tree SHA does not exist")
        commit = Commit(tree=body["tree"], parents=tuple(body["parents"]), message=body["message"])
        name = self._kept(self.commits, commit)
        return 201, self._shown(name, commit), {}

    def _post_ref(self, body: Any) -> Answer:
        branch = body["ref"].removeprefix("refs/heads/")
        if branch == body["ref"] or body["sha"] not in self.commits:
            return _invalid("Object does not exist")
        if branch in self.branches:
            return _invalid("Reference already exists")
        self.branches[branch] = body["sha"]
        return 201, {"ref": body["ref"], "object": {"sha": body["sha"]}}, {}

    def _patch_ref(self, body: Any, branch: str) -> Answer:
        if branch not in self.branches:
            return _invalid("Reference does not exist")
        if body["sha"] not in self.commits:
            return _invalid("Object does not exist")
        if body.get("force"):
            return _invalid("this fake lets nobody lose what others wrote")
        if self.branches[branch] not in self._ancestors(body["sha"]):
            return _invalid("Update is not a fast forward")
        self.branches[branch] = body["sha"]
        return 200, {"ref": f"refs/heads/{branch}", "object": {"sha": body["sha"]}}, {}

    def _ancestors(self, name: str) -> set[str]:
        found, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.commits[one].parents
        return found

    def _shown(self, name: str, commit: Commit) -> dict[str, Any]:
        parents = [{"sha": parent} for parent in commit.parents]
        return {"sha": name, "tree": {"sha": commit.tree}, "parents": parents, "message": commit.message}

    def _blob(self, content: bytes) -> str:
        name = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        self.blobs[name] = content
        return name

    def _kept(self, store: dict[str, Any], thing: Any) -> str:
        told = repr((len(store), thing)).encode()
        name = hashlib.sha1(told, usedforsecurity=False).hexdigest()
        store[name] = thing
        return name
