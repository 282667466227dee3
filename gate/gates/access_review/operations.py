"""The operations of a service: what the application itself knows of them, and what its document says. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from gate.formats.openapi_document import Document, Operation
from gate.formats.service_inventory import Dependency, Inventory, Route
from gate.gates.access_review.words import (
    DEBUG,
    ENDS_IDENTITY,
    ENTRANCES,
    MAKES_TABLES,
    MYSELF,
    PUBLIC,
    RECOVERY,
    ROLES,
    USERS,
    USUAL_PAGES,
    any_of,
    static_words,
    words_of,
)

_PARAMETER = re.compile(r"\{([^{}/]+)\}")
_NOT_OPERATIONS = ("HEAD", "OPTIONS", "TRACE", "CONNECT")
_CREDENTIALS = ("authorization", "x-token", "x-auth-token", "x-access-token", "x-api-key")
_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class Login(StrEnum):
    """What a service itself says of an operation's credentials."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An operation that is reviewed, and what is known of it before it is asked anything."""

    operation: Operation
    route: Route | None
    login: Login

    @property
    def key(self) -> str:
        """How the operation is named."""
        return self.operation.key

    @property
    def method(self) -> str:
        """The operation's method."""
        return self.operation.method

    @property
    def path(self) -> str:
        """The operation's template."""
        return self.operation.path

    @property
    def is_unsafe(self) -> bool:
        """Whether it is meant to change something."""
        return self.operation.method in _UNSAFE

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the path's parameters, in their order."""
        return parameters_of(self.operation.path)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the path's fixed segments."""
        return static_words(self.operation.path)

    @property
    def all_words(self) -> tuple[str, ...]:
        """The words of the path, of the operation's id and of its function."""
        function = self.route.function.rpartition(".")[2] if self.route else ""
        return (*self.words, *words_of(self.operation.operation_id), *words_of(function))

    @property
    def dependencies(self) -> tuple[Dependency, ...]:
        """What the route depends on, as far as the application told."""
        return self.route.dependencies if self.route else ()

    @property
    def is_hidden(self) -> bool:
        """Whether no document shows it."""
        return self.route is not None and self.route.hidden

    @property
    def names_a_role(self) -> str:
        """The role that the path names, such as `admin`; "" where it names none."""
        return next((word for word in self.words if word in ROLES), "")

    @property
    def is_debug(self) -> bool:
        """Whether the path says that it is for those who look for faults."""
        return any_of(self.words, DEBUG)

    @property
    def looks_public(self) -> bool:
        """Whether everybody may use it wherever services have users, by the words of its path."""
        last = next((segment for segment in reversed(self.path.split("/")) if segment), "")
        if "{" in last and self.is_unsafe:
            return self._recovers
        words = self.words
        return not words or (any_of(words[-3:], PUBLIC) and not self.names_a_role)

    @property
    def makes_tables(self) -> bool:
        """Whether it makes the service's database anew, as training services have it."""
        return self.method in {"GET", "POST"} and not self.parameters and any_of(self.words[-3:], MAKES_TABLES)

    @property
    def is_usual_page(self) -> bool:
        """Whether it is what many services serve beside their interface: its description, a sign of life, the root."""
        return self.method == "GET" and not self.parameters and (not self.words or any_of(self.words, USUAL_PAGES))

    @property
    def _recovers(self) -> bool:
        """Whether it helps who cannot log in: `/password-recovery/{email}`, `/verify/{token}`."""
        *before, name = self.path.rstrip("/").split("/")[-2:]
        fixed = words_of(before[0]) if before and "{" not in before[0] else ()
        asked = set(words_of(name.strip("{}")))
        by_address = any_of(fixed, RECOVERY) and bool({"email", "mail", "address"} & asked)
        return by_address or (any_of(fixed, PUBLIC) and bool({"token", "code", "otp", "key"} & asked))

    @property
    def shows_asker(self) -> bool:
        """Whether it shows the account of whoever asks."""
        return self.method == "GET" and not self.parameters and any_of(self.words[-1:], MYSELF)

    @property
    def lists_users(self) -> bool:
        """Whether it shows all accounts."""
        return self.method == "GET" and not self.parameters and any_of(self.words[-1:], USERS)

    @property
    def ends_session(self) -> bool:
        """Whether it only logs out."""
        return any_of(self.words[-1:], frozenset({"logout", "signout"}))

    @property
    def ends_identity(self) -> bool:
        """Whether it may end the identity that asks: its account, its password, its session."""
        if not self.is_unsafe:
            return any_of(self.words[-1:], frozenset({"logout", "signout"}))
        own = any_of(self.words, MYSELF) or any_of(self.words, USERS)
        if self.method == "DELETE":
            return own and (not self.parameters or self.path.rstrip("/").endswith("}")) and self._is_about_users
        return any_of(self.words, ENDS_IDENTITY) or (self._is_about_users and self.method in {"PUT", "PATCH"})

    @property
    def _is_about_users(self) -> bool:
        """Whether the last noun of the path is the account itself, not something that belongs to it."""
        fixed = [segment for segment in self.path.split("/") if segment and "{" not in segment]
        return bool(fixed) and any_of(words_of(fixed[-1]), USERS | MYSELF)


def parameters_of(path: str) -> tuple[str, ...]:
    """Return the names of a template's parameters, in their order."""
    return tuple(_PARAMETER.findall(path))


def subjects_of(document: Document, inventory: Inventory | None) -> tuple[Subject, ...]:
    """Join what the document and the application say; an operation that only one of them knows is there, too."""
    routes: dict[str, Route] = {}
    aside: set[str] = set()
    if inventory is not None:
        # Pages and files are read; what else is done at their paths, or is where a WebSocket is, is an operation.
        aside = {_key("GET", path) for path in (*inventory.served, *inventory.static)}
        routes = {_key(route.method, route.path): route for route in inventory.routes}
    found: dict[str, Subject] = {}
    for operation in document.operations:
        key = _key(operation.method, operation.path)
        if key not in aside:
            found[key] = Subject(
                operation=operation, route=routes.get(key), login=_login(operation, routes.get(key), document)
            )
    for key, route in routes.items():
        if key in found or route.method in _NOT_OPERATIONS or key in aside:
            continue
        operation = Operation(method=route.method, path=re.sub(r":[^{}/]*\}", "}", route.path))
        found[key] = Subject(operation=operation, route=route, login=_login(operation, route, document))
    subjects = tuple(found.values())
    return tuple(map(_untold, subjects)) if _says_the_same_of_all(subjects) else subjects


def _says_the_same_of_all(subjects: tuple[Subject, ...]) -> bool:
    """Tell whether credentials are asked for everywhere, also where one comes in: then that is said of none.

    Litestar writes what its authentication asks for beside those routes too that are excluded from it.
    """
    enters = any(one.method == "POST" and any_of(one.words[-1:], ENTRANCES) for one in subjects)
    return enters and all(one.login is Login.REQUIRED or one.is_hidden for one in subjects)


def _untold(subject: Subject) -> Subject:
    of_code = subject.route is not None and any(one.scheme for one in subject.route.dependencies)
    return subject if of_code else replace(subject, login=Login.NOT_TOLD)


def _key(method: str, path: str) -> str:
    return f"{method} {_shape(path)}"


def _shape(path: str) -> str:
    """Return a template without the names of its parameters: frameworks write `{id:int}`, documents `{id}`."""
    return _PARAMETER.sub("{}", path).rstrip("/") or "/"


def _login(operation: Operation, route: Route | None, document: Document) -> Login:
    """Say what is said of credentials.

    FastAPI writes `security` also for optional ones, so that the application's own word goes first.
    """
    schemes = [one for one in route.dependencies if one.scheme] if route is not None else []
    if schemes:
        return Login.OPTIONAL if all(one.optional for one in schemes) else Login.REQUIRED
    named = [one for one in operation.parameters if one.location == "header" and one.name.lower() in _CREDENTIALS]
    if named and not operation.security:
        return Login.REQUIRED if any(one.required for one in named) else Login.OPTIONAL
    known = [names for names in operation.security if not names or any(name in document.schemes for name in names)]
    if not known:
        return Login.NOT_TOLD
    return Login.OPTIONAL if any(not names for names in known) else Login.REQUIRED


def _fields(document: Document, schema: Mapping[str, object], depth: int) -> tuple[str, ...]:
    found: list[str] = []
    for name, inner in document.properties(schema).items():
        found.append(name)
        if depth > 1:
            found.extend(f"{name}.{one}" for one in _fields(document, inner, depth - 1))
    return tuple(found)


def fields_of(document: Document, operation: Operation) -> tuple[str, ...]:
    """Return the names of the body's fields, those of an object within it with a dot."""
    return () if operation.body is None else _fields(document, operation.body.schema, 2)
