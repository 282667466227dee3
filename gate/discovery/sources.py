"""The texts that discovery works on. Reads none of them: `gate.adapters.project_files` does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from posixpath import dirname

# Of each kind of file, so many are looked at; who reads them bounds their sizes.
WORKFLOWS = (".github/workflows/*.yml", ".github/workflows/*.yaml")
COMPOSE = ("docker-compose*.y*ml", "compose*.y*ml")
OF_EXAMPLES = ("example", "sample", "template", "dist")
_OF_TESTS = (".env.test", ".env.ci", ".env.testing", "test.env", "tests.env", "testing.env")
_EXAMPLES = tuple(f".env*{word}*" for word in OF_EXAMPLES)
# Names in other folders are read for Compose files, whose `env_file` may be missing in a checkout.
_OTHER_EXAMPLES = tuple(f"{start}{word}{end}" for word in OF_EXAMPLES for start, end in (("env?", ""), ("", ".env")))
SAMPLES = tuple(f"*env?{word}" for word in OF_EXAMPLES) + tuple(f"*?{word}.env" for word in OF_EXAMPLES)
DOTENV = (*_OF_TESTS, *_EXAMPLES, *_OTHER_EXAMPLES, ".env.dev", ".env.development")
DOCKERFILES = ("Dockerfile", "Dockerfile.*", "*.Dockerfile")
OTHERS = (
    "tox.ini",
    "tox.toml",
    "pytest.ini",
    ".pytest.ini",
    "pytest.toml",
    "setup.cfg",
    "pyproject.toml",
    "manage.py",
    ".env",
    "Procfile",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSources:
    """What is known of a project: `files` are its files, relative to its folder; `texts` those that were read.

    The paths of `texts` are relative to the repository root, as are those of workflow files; `place` is the
    project's folder there, "." for the root itself. `passed_over` are folders beside it that were not chosen.
    """

    place: str = "."
    files: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    passed_over: tuple[str, ...] = ()

    def rooted(self, path: str) -> str:
        """Write a path of the project relative to the repository root."""
        return path if self.place == "." else f"{self.place}/{path}"

    def text(self, path: str) -> str:
        """Return the text of a file of the project, "" where it was not read."""
        return self.texts.get(self.rooted(path), "")

    def python(self) -> Iterator[tuple[str, str]]:
        """Return the project's Python files that were read, by path in the project."""
        for path in self.files:
            if path.endswith(".py") and (text := self.text(path)):
                yield path, text

    def named(self, *patterns: str) -> Iterator[tuple[str, str]]:
        """Return the texts whose file's name matches, first those of the project, then those of the root."""
        for folder in dict.fromkeys((self.place, ".")):
            inside = {path: path.rpartition("/")[2] for path in self.texts if (dirname(path) or ".") == folder}
            for pattern in patterns:
                yield from ((path, self.texts[path]) for path, name in inside.items() if fnmatchcase(name, pattern))

    def workflows(self) -> Iterator[tuple[str, str]]:
        """Return the repository's workflow files."""
        for path, text in self.texts.items():
            if any(fnmatchcase(path, pattern) for pattern in WORKFLOWS):
                yield path, text


def is_test_file(path: str) -> bool:
    """Tell a file of the tests from one of the application, by its path."""
    *folders, name = path.split("/")
    if name in ("conftest.py", "tests.py") or (name.startswith("test") and name.endswith(".py")):
        return True
    return name.endswith(("_test.py", "_tests.py")) or any(part in ("tests", "test", "testing") for part in folders)
