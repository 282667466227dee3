"""The known causes why an installation fails: what uv, pip and build backends print, and what helps. Pure."""

TOGETHER = "the requirements cannot be had together"
_UNBUILT = (
    "a package could not be built from its source; it may be too old for this Python: set `python-version` to "
    "one that the project is used with"
)
_NO_PACKAGE = "its build backend finds no package to put into a distribution"
_AMBIGUOUS = (
    "setuptools cannot tell which folders belong to the package: name them under [tool.setuptools], "
    "or leave out [build-system] if the project is not a package"
)
_NOT_EDITABLE = (
    "its build backend is too old for an editable installation: name one of today under [build-system], "
    'for Poetry `build-backend = "poetry.core.masonry.api"`'
)
# Causes that lie in the project's own build, where another machine would fare no better.
OF_BUILD = frozenset({_UNBUILT, _NO_PACKAGE, _AMBIGUOUS, _NOT_EDITABLE})
# Patterns of uv, pip and build backends, the most telling first.
CAUSES = (
    (
        r"pg_config(?: executable)? (?:is required|not found)|libpq-fe\.h: No such file",
        (
            "psycopg2 is built from source and needs PostgreSQL's headers: install libpq-dev (it brings pg_config) "
            "and a C compiler, or depend on psycopg2-binary"
        ),
    ),
    (
        r"Required uv version `[^`]{1,100}` does not match the running version",
        (
            "the project takes only another version of uv (`required-version`) than the gate has: widen it, or make "
            'the environment before the gate and set `install = "none"`'
        ),
    ),
    (r"Hash mismatch for|DO NOT MATCH THE HASHES", "a download does not have the hash that the requirements name"),
    (
        r"In `--require-hashes` mode",
        "a requirement has no hash although the file asks for hashes everywhere: compile the file again",
    ),
    (
        (
            r"lockfile .{0,200} needs to be updated"
            r"|(?:Group|Extra) `[^`]{1,100}` is not defined in the (?:project's )?`(?:dependency-groups|optional-dep)"
        ),
        "uv.lock is older than pyproject.toml: run `uv lock` and commit it",
    ),
    (r"Failed to parse `uv\.lock`|parse lockfile", "uv.lock cannot be read: run `uv lock` and commit it"),
    (
        (
            r"incompatible with the project's Python requirement|does not satisfy Python|requires a different Python"
            r"|current Python version \("
        ),
        "the Python that was found does not fit what the project requires: set `python-version`",
    ),
    (
        r"No interpreter found for Python|No download found for request|Failed to download .{0,40}cpython",
        "that Python is not on this machine and could not be downloaded",
    ),
    (
        r"invalid peer certificate|CERTIFICATE_VERIFY_FAILED",
        "the certificate of the package index is not trusted here: set UV_SYSTEM_CERTS=1, or SSL_CERT_FILE",
    ),
    (
        (
            r"dns error|error resolving DNS|Temporary failure in name resolution|Name or service not known"
            r"|Connection refused|Network is unreachable|operation timed out|network was disabled|Failed to fetch"
            r"|NewConnectionError"
        ),
        "the package index could not be reached: is there a network, or a proxy to set?",
    ),
    (
        r"Multiple top-level (?:packages|modules) discovered",
        _AMBIGUOUS,
    ),
    (
        (
            r"Unable to determine which files to ship inside the wheel|No file/folder found for package"
            r"|No module named .{0,80}found in folder|Expected a Python module at"
        ),
        _NO_PACKAGE,
    ),
    (
        r"mysql_config[: ]+(?:command )?not found|Can not find valid pkg-config name|mysql\.h: No such file",
        "mysqlclient is built from source and needs MySQL's headers: install default-libmysqlclient-dev and pkg-config",
    ),
    (
        r"libxml/[a-z]+\.h: No such file|make sure the development packages of libxml2 and libxslt",
        "lxml is built from source and needs libxml2's headers: install libxml2-dev and libxslt1-dev",
    ),
    (r"ffi\.h: No such file", "a package is built from source and needs libffi's headers: install libffi-dev"),
    (r"openssl/[a-z0-9]+\.h: No such file", "a package is built from source and needs OpenSSL's: install libssl-dev"),
    (
        r"lber\.h: No such file|ldap\.h: No such file",
        "python-ldap needs OpenLDAP's headers: install libldap2-dev libsasl2-dev",
    ),
    (
        r"gdal-config(?:: not found| not found|['\"]? *: No such)|gdal_config",
        "GDAL is built from source: install libgdal-dev",
    ),
    (
        r"can't find Rust compiler|Rust not found|rustc.{0,40}(?:not installed|not found|No such file)",
        "a package is built from source and needs Rust: install it by rustup, or ask for a version that has wheels",
    ),
    (
        r"Git sources cannot be editable",
        "a requirement is both editable and from git: write `name @ git+…` in place of `-e git+…#egg=name`",
    ),
    (
        r"CMake must be installed|cmake['\"]?: No such file|Could not find.{0,20} cmake|CMake not found",
        "a package is built from source and needs CMake: install cmake",
    ),
    (
        r"(?:node|npm|yarn|pnpm)['\"]?(?:: not found|: command not found|: No such file)",
        "its build needs Node.js: install it",
    ),
    (
        r"git['\"]?: No such file|Git executable not found|Git operation failed",
        "a package comes from a repository that git could not fetch",
    ),
    (r"Python\.h: No such file", "a package is built from source and needs Python's headers: install python3-dev"),
    (
        (
            r"command '?(?:gcc|cc|[\w-]*-gcc|c\+\+|g\+\+|clang)'? failed: No such file|error: linker `cc` not found"
            r"|unable to execute '?(?:gcc|cc)"
        ),
        "a package is built from source and needs a C compiler",
    ),
    (r"has no attribute '(?:build_editable|get_requires_for_build_editable)'", _NOT_EDITABLE),
    (r"externally.managed", "this Python belongs to the operating system: use a virtual environment"),
    (r"No solution found|ResolutionImpossible", TOGETHER),
    (
        r"Failed to build|Failed building wheel|metadata-generation-failed",
        _UNBUILT,
    ),
)
