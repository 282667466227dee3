"""A Compose file -> its services: image and variables. Starts nothing.

Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gate.formats.yaml_document import items, parse_documents, table, text_of, texts

_MOST_SERVICES = 100
_MOST_ENV_FILES = 20
_MOST_WORDS = 100
_TESTS = re.compile(r"(?<![\w./-])(?:pytest|py\.test|python3? -m unittest|tox|nox)(?![\w./-])|manage\.py test\b")
# `${NAME:-default}` and `${NAME-default}`: the default is what a fresh checkout gets.
_DEFAULT = re.compile(r"\$\{\w+:?-([^${}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeService:
    """A service: `image` is "" where it is built; `env` has the variables whose value stands in the file.

    `env_files` are the paths of files with more of them, as they are written. `runs_tests`: its command does.
    """

    name: str
    image: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    env_files: tuple[str, ...] = ()
    runs_tests: bool = False

    @property
    def is_postgres(self) -> bool:
        """Whether the image is one of PostgreSQL."""
        return is_postgres_image(self.image)


def is_postgres_image(image: str) -> bool:
    """Tell whether an image is one of PostgreSQL, or of an extension of it."""
    return any(word in image.lower() for word in ("postgres", "postgis", "timescale", "pgvector", "citus"))


def parse_compose(text: str) -> tuple[ComposeService, ...]:
    """Return the services; none where the text is no Compose file."""
    documents = parse_documents(text)
    services = list(table(documents[0].get("services")).items())[:_MOST_SERVICES] if documents else []
    return tuple(_service(name, described) for name, described in services if isinstance(described, dict))


def _service(name: str, value: object) -> ComposeService:
    service = table(value)
    environment = service.get("environment")
    listed = [entry.partition("=") for entry in items(environment) if isinstance(entry, str) and "=" in entry]
    env = dict(texts(environment)) | {key: written for key, _, written in listed}
    plain = {key: _DEFAULT.sub(r"\1", written) for key, written in env.items()}
    return ComposeService(
        name=name,
        image=text_of(service.get("image")),
        env={key: written for key, written in plain.items() if "$" not in written},
        env_files=_env_files(service.get("env_file")),
        runs_tests=any(_TESTS.search(_command(service.get(key))) for key in ("command", "entrypoint")),
    )


def _command(value: object) -> str:
    return value if isinstance(value, str) else " ".join(text_of(word) for word in items(value)[:_MOST_WORDS])


def _env_files(value: object) -> tuple[str, ...]:
    written = [value] if isinstance(value, str) else items(value)[:_MOST_ENV_FILES]
    paths = (text_of(one.get("path")) if isinstance(one, dict) else one for one in written)
    return tuple(path for path in paths if isinstance(path, str) and path and "$" not in path)
