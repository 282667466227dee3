"""Commits on a branch through GitHub's REST API, without a clone. Decides nothing about them and prints nothing.

Source: https://docs.github.com/en/rest/git (refs, commits, trees, blobs).
"""

import base64
from collections.abc import Mapping
from urllib.parse import quote

from gate.adapters.github_repository import GitHubRepository, file_content, inside, not_documented, object_name
from gate.github_ports import DataBranches

_PLAIN_FILE = "100644"


class GitHubBranches(GitHubRepository, DataBranches):
    """The branches of one repository."""

    def files(self, commit: str) -> Mapping[str, str]:
        """Return the objects of all files of a commit by their paths; of a very large one, as many as GitHub lists."""
        url = f"{self._repository_url}/git/trees/{self._tree(commit)}"
        entries = inside(self._http.read(url, {"recursive": "1"}).document).get("tree")
        if not isinstance(entries, list):
            raise not_documented("a tree")
        blobs = [entry for entry in map(inside, entries) if entry.get("type") == "blob"]
        return {entry["path"]: object_name(entry.get("sha")) for entry in blobs if isinstance(entry.get("path"), str)}

    def blob(self, name: str) -> bytes:
        """Return the content of a file."""
        return file_content(inside(self._http.read(f"{self._repository_url}/git/blobs/{object_name(name)}").document))

    def commit(self, parent: str | None, files: Mapping[str, bytes | None], message: str) -> str:
        """Make a commit that no branch has yet; without a parent, one that shares nothing with the repository."""
        entries = [
            {
                "path": path,
                "mode": _PLAIN_FILE,
                "type": "blob",
                "sha": None if content is None else self._made("blobs", _encoded(content)),
            }
            for path, content in files.items()
        ]
        under = {} if parent is None else {"base_tree": self._tree(parent)}
        tree = self._made("trees", {**under, "tree": entries})
        parents = [] if parent is None else [parent]
        return self._made("commits", {"message": message, "tree": tree, "parents": parents})

    def move(self, branch: str, commit: str, *, is_new: bool) -> None:
        """Move a branch forward to a commit, or make it."""
        if is_new:
            body = {"ref": f"refs/heads/{branch}", "sha": commit}
            self._http.write("POST", f"{self._repository_url}/git/refs", body)
        else:
            url = f"{self._repository_url}/git/refs/heads/{quote(branch, safe='/')}"
            self._http.write("PATCH", url, {"sha": commit, "force": False})

    def _tree(self, commit: str) -> str:
        document = self._http.read(f"{self._repository_url}/git/commits/{object_name(commit)}").document
        return object_name(inside(inside(document), "tree").get("sha"))

    def _made(self, kind: str, document: Mapping[str, object]) -> str:
        answer = self._http.write("POST", f"{self._repository_url}/git/{kind}", document)
        return object_name(inside(answer.document).get("sha"))


def _encoded(content: bytes) -> Mapping[str, str]:
    return {"content": base64.b64encode(content).decode("ascii"), "encoding": "base64"}
