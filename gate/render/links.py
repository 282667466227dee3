"""Where the words of a report lead to: pages of the repository and of the run. Asks nothing of the network."""

from dataclasses import dataclass
from functools import lru_cache

from gate.domain.finding import Location
from gate.render.escape import path_in_url

# An address that is much longer is no page of GitHub's, and takes the room of everything else.
_LONGEST_PATH = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses around a report, from the trusted side of the run, never from the report itself.

    An empty one is left out. `repository` is `owner/name`; `commit` the full hash that lines are shown at;
    `run_url` the page of the workflow run (its logs); `artifact_url` and `coverage_url` downloads of the
    report and of the coverage report.
    """

    server_url: str = "https://github.com"
    repository: str = ""
    commit: str = ""
    run_url: str = ""
    artifact_url: str = ""
    coverage_url: str = ""

    @property
    def commit_url(self) -> str:
        """The page of the commit, or nothing."""
        return self.page_of(self.commit)

    def page_of(self, commit: str) -> str:
        """Return the page of any commit of the repository, or nothing."""
        return f"{self._repository_url}/commit/{path_in_url(commit)}" if self.repository and commit else ""

    def run_page(self, run_id: int | None) -> str:
        """Return the page of a run of the repository, or nothing."""
        return f"{self._repository_url}/actions/runs/{run_id}" if self.repository and run_id else ""

    def line_url(self, location: Location | None) -> str:
        """Return the page that shows `location` at this commit, or nothing."""
        if location is None or not (self.repository and self.commit) or not _has_page(location.path):
            return ""
        end = f"-L{location.end_line}" if location.end_line and location.end_line != location.line else ""
        fragment = f"#L{location.line}{end}" if location.line else ""
        # Without `plain`, GitHub renders Markdown and notebooks, where lines cannot be shown.
        query = "?plain=1" if location.path.lower().endswith((".md", ".ipynb", ".rst")) else ""
        return f"{self._repository_url}/blob/{self.commit}/{path_in_url(location.path)}{query}{fragment}"

    @property
    def _repository_url(self) -> str:
        return f"{self.server_url.rstrip('/')}/{path_in_url(self.repository)}"


@lru_cache(maxsize=1024)
def is_inside(path: str) -> bool:
    """Tell whether a path stays inside the repository: relative, with no step up and no drive."""
    parts = path.replace("\\", "/").split("/")
    return bool(path) and not path.startswith(("/", "\\")) and not {".", "..", ""} & set(parts) and ":" not in parts[0]


def _has_page(path: str) -> bool:
    return len(path) <= _LONGEST_PATH and is_inside(path)
