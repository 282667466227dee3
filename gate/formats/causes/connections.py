"""Tests that could not reach something: Docker, the network, a service, PostgreSQL. Connects to nothing."""

import re
from dataclasses import dataclass

from gate.formats.causes.cause import Cause, Kind, ProjectFacts
from gate.formats.causes.crash import Crash

# The ports that services have by default, and the clients whose frames tell what a bare refusal came from.
_PORTS = {
    **dict.fromkeys((5432, 5433, 6432), "PostgreSQL"),
    **dict.fromkeys((6379, 6380), "Redis"),
    **dict.fromkeys((5672, 5671), "RabbitMQ"),
    **dict.fromkeys((3306, 33060), "MySQL"),
    27017: "MongoDB",
    9200: "Elasticsearch or OpenSearch",
    9092: "Kafka",
    11211: "Memcached",
    4222: "NATS",
    1433: "SQL Server",
    8123: "ClickHouse",
    9042: "Cassandra",
    7687: "Neo4j",
    8500: "Consul",
    8200: "Vault",
    1883: "an MQTT broker",
    2379: "etcd",
    2181: "ZooKeeper",
    4566: "LocalStack",
}
_CLIENTS = {
    **dict.fromkeys(("psycopg", "psycopg2", "asyncpg", "pg8000", "aiopg", "psycopg_pool"), "PostgreSQL"),
    **dict.fromkeys(("redis", "aioredis", "coredis", "valkey", "arq"), "Redis"),
    **dict.fromkeys(("pika", "aio_pika", "aiormq", "amqp"), "RabbitMQ"),
    **dict.fromkeys(("kombu", "celery"), "the message broker of Celery"),
    **dict.fromkeys(("pymysql", "MySQLdb", "aiomysql", "asyncmy", "mysql"), "MySQL"),
    **dict.fromkeys(("pymongo", "motor"), "MongoDB"),
    **dict.fromkeys(("elasticsearch", "elastic_transport", "opensearchpy"), "Elasticsearch or OpenSearch"),
    **dict.fromkeys(("kafka", "aiokafka", "confluent_kafka"), "Kafka"),
    **dict.fromkeys(("pymemcache", "memcache", "aiomcache"), "Memcached"),
    "nats": "NATS",
    "neo4j": "Neo4j",
    "cassandra": "Cassandra",
}
_LOOPBACK = re.compile(r"localhost(?:\.localdomain)?|127(?:\.\d+){3}|::1|0\.0\.0\.0|")
_DOCKER = re.compile(
    r"docker\.errors\.DockerException: Error while fetching server API version"
    r"|Cannot connect to the Docker daemon|[Dd]ocker(?:-compose)?: (?:command )?not found"
    r"|No such file or directory: '(?:[\w/.-]*/)?docker(?:-compose)?'|Timeout reached while waiting on service"
    r"|podman: (?:command )?not found"
)
_HOST_NOT_FOUND = (
    r"Temporary failure in name resolution|[Nn]ame or service not known|nodename nor servname"
    r"|No address associated with hostname|Failed to resolve|failed to resolve host|could not translate host name"
    r"|Could not contact DNS servers|Domain name not found|Name does not resolve|Error -[235] connecting to "
)
_UNRESOLVED = re.compile(_HOST_NOT_FOUND)
_UNREACHABLE = re.compile(r"Network is unreachable|No route to host|ENETUNREACH|ERR_INTERNET_DISCONNECTED")
_REFUSED = re.compile(
    r"Connection refused|Connect call failed|ECONNREFUSED|\(111\)|server on socket .{0,300} failed"
    r"|Error (?:111|61) connecting to "
    r"|AMQPConnectionError|ServerSelectionTimeoutError|NoBrokersAvailable|NoServersError|KafkaConnectionError"
)
# Where clients write what they looked for, as (host, port).
_ADDRESSES = tuple(
    re.compile(pattern)
    for pattern in (
        r"connection to server at \"(?P<host>[^\"]{0,253})\"(?: \([^)]{0,60}\))?, port (?P<port>\d{1,5}) failed",
        r"connection to server on socket \"(?P<host>/[^\"]{0,253})/\.s\.PGSQL\.(?P<port>\d{1,5})\"",
        r"Connect call failed \('(?P<host>[^']{0,253})', (?P<port>\d{1,5})",
        r"connecting to (?P<host>[\w.-]{1,253}):(?P<port>\d{1,5})",
        r"host=[\"'](?P<host>[^\"']{1,253})[\"'], port=(?P<port>\d{1,5})",
        r"Cannot connect to host (?P<host>[\w.-]{1,253}):(?P<port>\d{1,5})",
        r"MySQL server on '(?P<host>[\w.-]{1,253}?)(?::(?P<port>\d{1,5}))?'",
        r"could not translate host name \"(?P<host>[^\"]{1,253})\"",
        r"(?:failed to resolve host|Failed to resolve) '(?P<host>[^']{1,253})'",
        r"host='(?P<host>[^']{1,253})'",
        r"(?<![\w.-])(?P<host>[\w.-]{1,253}):(?P<port>\d{2,5}): \[Errno",
    )
)
# An exception that does not say what it looked for, and the frame of `socket.create_connection` that does.
_BARE = re.compile(r"ConnectionRefusedError: \[Errno \d{1,3}\] Connection refused$")
_DIALLED = re.compile(r"^(?:address = )?\s?\('(?P<host>[^']{1,253})', (?P<port>\d{1,5})\), timeout = ", re.MULTILINE)
# Ports from here on the system gives out: what was to listen there is the tests' own.
_FIRST_OF_THE_MOMENT = 32768
_NO_SUCH = re.compile(
    r"(?:FATAL:\s+)?(?P<what>(?:database|role) \"[^\"]{1,63}\" does not exist)"
    r"|(?P<refused>(?:password|Ident|Peer) authentication failed for user \"[^\"]{1,63}\"|no password supplied)"
)
# A warning of Django's, which is an error under `filterwarnings = error`.
_NO_CONNECTION_OF_DJANGO = re.compile(r"Django was unable to create a connection to the 'postgres' database")
_FROM_POSTGRESQL = re.compile(r"psycopg|asyncpg|pg8000|InvalidCatalogName|InvalidPassword|InvalidAuthorization")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    host: str = ""
    port: int = 0

    @property
    def is_loopback(self) -> bool:
        return self.host.startswith("/") or _LOOPBACK.fullmatch(self.host) is not None

    @property
    def is_service_name(self) -> bool:
        """Whether only a network of containers would know the name."""
        return not self.is_loopback and "." not in self.host and ":" not in self.host

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.port else self.host


def connection_cause(crash: Crash, facts: ProjectFacts) -> Cause | None:
    """Return what could not be reached, where the final exception is certain of it."""
    if _DOCKER.search(crash.text):
        return Cause(kind=Kind.DOCKER, needs="Docker", advice="Run these tests where a Docker engine is.")
    if not facts.database and _NO_CONNECTION_OF_DJANGO.search(crash.text):
        return _postgresql(_Address(), facts)
    return _unreached(crash, facts)


def _unreached(crash: Crash, facts: ProjectFacts) -> Cause | None:
    text = crash.text
    refused, unresolved = _REFUSED.search(text), _UNRESOLVED.search(text)
    unreachable = _UNREACHABLE.search(text)
    if not refused and not unresolved and not unreachable:
        return _refused_by_postgresql(crash, facts)
    address = _address(text) if not _BARE.match(crash.first_line) else _dialled(crash)
    service = _PORTS.get(address.port) or _client(crash)
    if service == "PostgreSQL":
        return _postgresql(address, facts)
    if unresolved and address.is_service_name and address.host:
        service = service or f"the service `{address.host}`"
    if service and (refused or address.is_service_name or address.is_loopback):
        at = f" at {address}" if address.host else ""
        return Cause(kind=Kind.SERVICE, needs=service + at, advice="Start it before the gate, as a service of the job.")
    if refused and address.is_loopback and 0 < address.port < _FIRST_OF_THE_MOMENT:
        needs = f"what listens at {address}: nothing does here"
        return Cause(kind=Kind.SERVICE, needs=needs, advice="Start it before the gate, as a service of the job.")
    if (unresolved or unreachable) and not (address.host and address.is_loopback):
        at = f" ({address.host} was not reached)" if address.host else ""
        return Cause(kind=Kind.NETWORK, needs=f"the network{at}", advice="Run these tests where there is one.")
    return None


def _refused_by_postgresql(crash: Crash, facts: ProjectFacts) -> Cause | None:
    found = _NO_SUCH.search(crash.text)
    if found is None or not _FROM_POSTGRESQL.search(crash.text):
        return None
    address = _address(crash.text)
    if address.host and str(address) != facts.database:
        return _postgresql(address, facts)
    if found["what"]:
        needs = f"another PostgreSQL database or user: {found['what']}"
    else:
        needs = f"other credentials for PostgreSQL: {found['refused']}"
    return Cause(kind=Kind.POSTGRESQL, needs=needs, advice=_tell_name(facts))


def _postgresql(address: _Address, facts: ProjectFacts) -> Cause:
    where = f" at {address}" if address.host else ""
    if not facts.database:
        if facts.no_database:
            return Cause(
                kind=Kind.POSTGRESQL, needs=f"PostgreSQL: {facts.no_database.removeprefix('there is no PostgreSQL: ')}"
            )
        advice = "No database was given to these tests: the log says why."
        return Cause(kind=Kind.POSTGRESQL, needs=f"PostgreSQL{where}", advice=advice)
    if str(address) == facts.database:
        return Cause(kind=Kind.POSTGRESQL, needs=f"PostgreSQL{where}, which stopped answering")
    return Cause(kind=Kind.POSTGRESQL, needs=f"PostgreSQL{where}", advice=_tell_name(facts))


def _tell_name(facts: ProjectFacts) -> str:
    at = f" is at {facts.database}" if facts.database else ""
    return (
        f"Quality Gate's database{at}: name the variable from which the tests take the address, "
        'with `postgres-env = ["NAME"]` under [tool.quality-gate].'
    )


def _address(text: str) -> _Address:
    for pattern in _ADDRESSES:
        found = pattern.search(text)
        if found is not None:
            port = found.groupdict().get("port")
            return _Address(host=found["host"], port=int(port) if port else 0)
    return _Address()


def _dialled(crash: Crash) -> _Address:
    """Return the address that the standard library was told to connect to, as pytest shows its frame."""
    found = None if _address(crash.text).host else _DIALLED.search(crash.trace)
    return _Address(host=found["host"], port=int(found["port"])) if found else _address(crash.text)


def _client(crash: Crash) -> str:
    """Name the service by the client that raised, or in whose code the connection was made."""
    own = _CLIENTS.get(crash.type.partition(".")[0])
    wrapped = re.search(r"\((\w+)\.[\w.]*Error\)", crash.text)
    if own or (wrapped and wrapped[1] in _CLIENTS):
        return own or _CLIENTS[str(wrapped and wrapped[1])]
    frames: list[str] = re.findall(r"site-packages/(\w+)/", crash.trace)
    return next((_CLIENTS[name] for name in reversed(frames) if name in _CLIENTS), "")
