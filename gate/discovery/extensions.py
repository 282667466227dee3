"""Which extensions of PostgreSQL a project's SQL and migrations create. Runs none of it."""

import re

from gate.discovery.sources import ProjectSources, is_test_file

_EXTENSION = re.compile(
    r"CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"'\\]{0,3}([a-z][\w-]{0,62})"
    r"(?=[\"'\\]|\s*(?:[;)]|\Z|WITH\b|SCHEMA\b|VERSION\b|CASCADE\b))",
    re.IGNORECASE,
)
# Comments, and what SQL only has as a text: in Python and in a shell, quotes are around the statement itself.
_NO_STATEMENT = {
    ".sql": re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)|(?<![\w'])'(?:[^'\n]|''){0,2000}'", re.DOTALL),
    ".py": re.compile(r"^[ \t]*#[^\n]*|--[^\n]*", re.MULTILINE),
    ".sh": re.compile(r"(?:^|(?<=\s))#[^\n]*|--[ \t][^\n]*", re.MULTILINE),
}
# Source: https://docs.djangoproject.com/en/5.2/ref/contrib/postgres/operations/
_DJANGO = {
    "BloomExtension": "bloom",
    "BtreeGinExtension": "btree_gin",
    "BtreeGistExtension": "btree_gist",
    "CITextExtension": "citext",
    "CryptoExtension": "pgcrypto",
    "HStoreExtension": "hstore",
    "TrigramExtension": "pg_trgm",
    "UnaccentExtension": "unaccent",
    "VectorExtension": "vector",
}


def find_extensions(sources: ProjectSources) -> tuple[str, ...]:
    """Return the extensions of PostgreSQL that the project's SQL and migrations create, sorted."""
    found: set[str] = set()
    for path in sources.files:
        ending = path[path.rfind(".") :]
        if ending not in _NO_STATEMENT or not (text := sources.text(path)):
            continue
        if "xtension" in text or "EXTENSION" in text:
            said = _EXTENSION.findall(_NO_STATEMENT[ending].sub(" ", text))
            found |= {name.lower() for name in said if name.upper() not in ("IF", "IS")}
            if not is_test_file(path) and "migrations" in path:
                found |= {name for call, name in _DJANGO.items() if f"{call}(" in text}
    return tuple(sorted(found - {"plpgsql"}))
