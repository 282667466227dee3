"""Suites that name a plug-in of pytest which is not there: by an option, a setting, a marker or a fixture."""

import re

from gate.formats.causes.cause import Cause, Kind, ProjectFacts
from gate.formats.causes.crash import Crash

_OPTIONS = {
    "pytest-xdist": ("-n", "--numprocesses", "--dist", "--maxprocesses", "--looponfail", "--tx", "--maxschedchunk"),
    "pytest-django": ("--reuse-db", "--create-db", "--ds", "--dc", "--nomigrations", "--no-migrations", "--migrations"),
    "pytest-random-order": ("--random-order", "--random-order-bucket", "--random-order-seed"),
    "pytest-randomly": ("--randomly-seed", "--randomly-dont-reorganize"),
    "pytest-timeout": ("--timeout", "--timeout-method", "--session-timeout"),
    "pytest-rerunfailures": ("--reruns", "--reruns-delay", "--only-rerun"),
    "pytest-asyncio": ("--asyncio-mode", "--asyncio-debug"),
    "pytest-cov": (
        "--cov",
        "--cov-report",
        "--cov-fail-under",
        "--cov-config",
        "--cov-branch",
        "--no-cov",
        "--cov-append",
    ),
    "pytest-benchmark": ("--benchmark-disable", "--benchmark-skip", "--benchmark-only", "--benchmark-autosave"),
    "pytest-html": ("--html", "--self-contained-html"),
    "pytest-mypy": ("--mypy", "--mypy-ini-file"),
    "pytest-ruff": ("--ruff", "--ruff-format"),
    "pytest-black": ("--black",),
    "pytest-flake8": ("--flake8",),
    "pytest-isort": ("--isort",),
    "pytest-pylint": ("--pylint",),
    "pytest-forked": ("--forked",),
    "pytest-instafail": ("--instafail",),
    "pytest-testmon": ("--testmon",),
    "pytest-split": ("--splits", "--store-durations", "--durations-path"),
    "pytest-socket": ("--disable-socket", "--allow-hosts", "--allow-unix-socket", "--force-enable-socket"),
    "pytest-recording": ("--record-mode", "--block-network", "--allowed-hosts"),
    "pytest-vcr": ("--vcr-record", "--vcr-record-mode", "--disable-vcr"),
    "pytest-json-report": ("--json-report", "--json-report-file"),
    "pytest-dotenv": ("--envfile",),
    "pytest-playwright": ("--browser", "--headed", "--tracing"),
    "pytest-repeat": ("--count",),
    "pytest-order": ("--order-scope", "--indulgent-ordering"),
    "pytest-postgresql": ("--postgresql-host", "--postgresql-port", "--postgresql-exec", "--postgresql-user"),
    "pytest-doctestplus": ("--doctest-plus", "--doctest-rst"),
    "pytest-picked": ("--picked",),
    "pytest-sugar": ("--old-summary", "--force-sugar"),
    "pytest-deadfixtures": ("--dead-fixtures", "--dup-fixtures"),
    "allure-pytest": ("--alluredir",),
    "syrupy": ("--snapshot-update", "--snapshot-details", "--snapshot-warn-unused"),
    "typeguard": ("--typeguard-packages",),
}
_SETTINGS = {
    "pytest-asyncio": ("asyncio_mode", "asyncio_default_fixture_loop_scope", "asyncio_default_test_loop_scope"),
    "pytest-django": (
        "DJANGO_SETTINGS_MODULE",
        "DJANGO_CONFIGURATION",
        "django_find_project",
        "FAIL_INVALID_TEMPLATE_VARS",
    ),
    "pytest-env": ("env",),
    "pytest-dotenv": ("env_files", "env_override_existing_values"),
    "pytest-timeout": ("timeout", "timeout_method", "timeout_func_only", "session_timeout"),
    "pytest-mock": ("mock_use_standalone_module", "mock_traceback_monkeypatch"),
    "pytest-rerunfailures": ("reruns", "reruns_delay"),
    "pytest-celery": ("celery_enable",),
    "anyio": ("anyio_mode",),
    "pytest-qt": ("qt_api",),
    "pytest-trio": ("trio_mode",),
    "pytest-xdist": ("looponfailroots", "rsyncdirs"),
    "pytest-recording": ("vcr_cassette_dir",),
}
_MARKERS = {
    "pytest-asyncio": ("asyncio",),
    "pytest-django": ("django_db", "urls", "ignore_template_errors"),
    "anyio": ("anyio",),
    "pytest-trio": ("trio",),
    "pytest-timeout": ("timeout",),
    "pytest-rerunfailures": ("flaky",),
    "pytest-recording": ("vcr", "block_network"),
    "pytest-socket": ("enable_socket", "disable_socket", "allow_hosts"),
    "pytest-freezer": ("freeze_time",),
    "pytest-benchmark": ("benchmark",),
    "pytest-xdist": ("xdist_group",),
    "pytest-httpx": ("httpx_mock",),
    "pytest-order": ("order",),
    "pytest-repeat": ("repeat",),
    "respx": ("respx",),
}
_FIXTURES = {
    "pytest-mock": ("mocker", "class_mocker", "module_mocker", "package_mocker", "session_mocker"),
    "pytest-django": (
        "django_user_model",
        "django_db_setup",
        "django_db_blocker",
        "django_assert_num_queries",
        "django_assert_max_num_queries",
        "transactional_db",
        "admin_client",
        "async_rf",
        "mailoutbox",
    ),
    "pytest-benchmark": ("benchmark",),
    "pytest-httpx": ("httpx_mock",),
    "respx": ("respx_mock",),
    "requests-mock": ("requests_mock",),
    "pytest-aiohttp": ("aiohttp_client", "aiohttp_server", "aiohttp_raw_server"),
    "pytest-asyncio": ("event_loop", "unused_tcp_port", "unused_tcp_port_factory", "event_loop_policy"),
    "pytest-freezer": ("freezer",),
    "time-machine": ("time_machine",),
    "Faker": ("faker",),
    "syrupy": ("snapshot",),
    "pytest-datadir": ("shared_datadir", "datadir"),
    "pytest-regressions": ("data_regression", "file_regression", "num_regression", "dataframe_regression"),
    "pytest-postgresql": ("postgresql", "postgresql_proc", "postgresql_noproc"),
    "pytest-redis": ("redisdb", "redis_proc"),
    "pytest-docker": ("docker_services", "docker_ip", "docker_compose_file"),
    "pytest-httpserver": ("httpserver", "make_httpserver"),
    "pytest-httpbin": ("httpbin", "httpbin_secure"),
    "pytest-subprocess": ("fake_process", "fp"),
    "pytest-subtests": ("subtests",),
    "pytest-qt": ("qtbot", "qapp"),
    "pytest-recording": ("vcr", "block_network"),
    "pytest-socket": ("socket_enabled", "socket_disabled"),
    "pytest-xdist": ("worker_id", "testrun_uid"),
    "pytest-flask": ("client_class", "accept_json"),
    "pytest-sanic": ("sanic_client",),
    "pyfakefs": ("fs", "fs_class", "fs_module"),
    "betamax": ("betamax_session", "betamax_recorder"),
    "anyio": ("anyio_backend", "anyio_backend_name"),
    "pytest-console-scripts": ("script_runner",),
    "pytest-factoryboy": ("factoryboy_request",),
    "logot": ("logot",),
}


def _by_name(distributions: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: distribution for distribution, names in distributions.items() for name in names}


# What pytest says, and where the distribution of what it names is found.
_WORDS = (
    (re.compile(r"unrecognized arguments: (?P<names>.+)"), _by_name(_OPTIONS)),
    (re.compile(r"Unknown config options?: (?P<names>\w+(?:, \w+)*)"), _by_name(_SETTINGS)),
    (re.compile(r"^(?:Failed: )?'(?P<names>\w+)' not found in `markers` configuration option"), _by_name(_MARKERS)),
    (re.compile(r"PytestUnknownMarkWarning: Unknown pytest\.mark\.(?P<names>\w+)"), _by_name(_MARKERS)),
    (re.compile(r"^fixture '(?P<names>\w+)' not found"), _by_name(_FIXTURES)),
)
_REQUIRED = re.compile(r"Missing required plugins: (?P<names>.+)")
_NO_PLUG_IN = re.compile(r"Error importing plugin \"(?P<module>[\w.]+)\": No module named '(?P<missing>[\w.]+)'")
# A hook of a plug-in that this pytest does not know in that form.
_NO_FIT = re.compile(r"^[\w.]*PluginValidationError: .{0,100}?[Pp]lugin '(?P<name>[\w./:-]{1,100})'", re.MULTILINE)
_ASYNC = "async def functions are not natively supported"
_RUNS_ASYNC = {"pytest-asyncio", "anyio", "pytest-trio", "pytest-tornasync", "pytest-twisted", "pytest-aiohttp"}
_MODULES = {"xdist": "pytest-xdist", "pytest_cov": "pytest-cov", "pytest_asyncio": "pytest-asyncio"}


def plug_in_cause(crash: Crash, facts: ProjectFacts) -> Cause | None:
    """Return the plug-in that pytest lacks or cannot use, where it is known which one."""
    unfit = _NO_FIT.search(crash.text)
    return _no_fit(unfit["name"], unfit[0], facts) if unfit else _lacked(crash, facts)


def _lacked(crash: Crash, facts: ProjectFacts) -> Cause | None:
    if crash.type and crash.type.rpartition(".")[2] not in ("Failed", "PytestUnknownMarkWarning", "UsageError"):
        return None
    named = _REQUIRED.search(crash.text)
    if named:
        wanted = [re.split(r"[<>=!~ \[]", part.strip())[0] for part in named["names"].split(",")]
        return _missing([name for name in wanted if name], facts)
    module = _NO_PLUG_IN.search(crash.text)
    if module:
        return _missing([_MODULES.get(module["module"], module["module"].replace("_", "-"))], facts)
    if _ASYNC in crash.text:
        lacks = _RUNS_ASYNC.isdisjoint(facts.packages) or (facts.async_marks and "pytest-asyncio" not in facts.packages)
        return _missing(["pytest-asyncio"], facts) if lacks else None
    for pattern, distributions in _WORDS:
        found = pattern.search(crash.text)
        if found:
            names = [name.partition("=")[0] for name in re.split(r"[\s,]+", found["names"])]
            names = [re.sub(r"^-n\d*$", "-n", name) for name in names]
            return _missing([distributions[name] for name in names if name in distributions], facts)
    return None


def _no_fit(plug_in: str, proof: str, facts: ProjectFacts) -> Cause:
    name = re.sub(r"[-_.]+", "-", plug_in).lower()
    installed = next((known for known in (f"pytest-{name}", name) if known in facts.packages), "")
    of_plug_in = f"{installed} {facts.packages[installed]}" if installed else f"the plug-in {plug_in}"
    pytest = f"pytest {facts.packages.get('pytest', '')}".strip()
    return Cause(
        kind=Kind.VERSIONS,
        needs=f"versions of pytest and its plug-ins that fit each other ({of_plug_in} does not work with {pytest})",
        advice="Pin them, or commit a lock file.",
        proof=proof,
    )


def _missing(distributions: list[str], facts: ProjectFacts) -> Cause | None:
    wanted = [name for name in dict.fromkeys(distributions) if name.lower() not in facts.packages]
    if not wanted:
        return None
    names = " and ".join(f"`{name}`" for name in wanted)
    file = next(filter(None, map(facts.declaring_file, wanted)), "")
    if file:
        needs = f"{names}, which {file} names but which is not installed"
        advice = "Is it in an extra or a group? Set `install` to a command that brings it."
    else:
        needs = f"{names}, which nothing declares"
        advice = "Add it to what the project's tests require."
    return Cause(kind=Kind.PLUG_IN, needs=needs, advice=advice)
