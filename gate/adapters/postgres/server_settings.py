"""How a server of our own is set: for one run only, and to tell statements and their cost. Starts nothing."""

from collections.abc import Mapping
from pathlib import Path

HOST = "127.0.0.1"
SETTINGS = {
    "listen_addresses": HOST,
    # A socket would need a short path, and its folder a place where others may look for one.
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # The cluster does not outlive the run, so nothing has to survive a crash.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # /dev/shm is 64 MB in containers, and what lies there would survive a kill.
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}
# https://www.postgresql.org/docs/current/pgstatstatements.html
LIBRARY = "pg_stat_statements"
TELLING_STATEMENTS: Mapping[str, str] = {
    "shared_preload_libraries": LIBRARY,
    # The cluster does not outlive the run.
    f"{LIBRARY}.save": "off",
}
# Beside the folder of the binaries: Debian, PGDG and the wheel; Homebrew and from source; Red Hat and its like.
_PLACES = ("lib", "lib/postgresql", "lib/pgsql", "lib64/pgsql")
_SUFFIXES = (".so", ".dylib", ".dll")


def telling_statements(binaries: Path) -> Mapping[str, str]:
    """Return the settings that load the library; none where it does not lie where servers have it.

    A server that is told to load what it does not find does not start.
    """
    folder = (binaries / "postgres").resolve().parent
    # Alpine: /usr/libexec/postgresql16 and /usr/lib/postgresql16.
    libraries = [folder.parent / place for place in _PLACES] + [folder.parent.parent / "lib" / folder.name]
    found = any((place / f"{LIBRARY}{suffix}").is_file() for place in libraries for suffix in _SUFFIXES)
    return TELLING_STATEMENTS if found else {}
