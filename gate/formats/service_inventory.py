"""What a service knows of itself, as the probe that serves it wrote it. Text from the change: nothing in it is trusted.

The format is ours: `gate/probes/serve.py` writes it.
"""

from dataclasses import dataclass

from gate.domain.untrusted_json import MAX_CHARACTERS, InvalidReport, Node, parse_untrusted
from gate.formats import UnreadableError

_MOST_ROUTES = 20_000
_MOST_ENTRIES = 1_000
_LAST_LINE = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """Something that a route depends on, at any depth.

    `name` is its qualified name, such as `app.dependencies.get_current_user`. `scheme` is the kind of security scheme
    where it is one (`oauth2`, `http-bearer`, `http-basic`, `api-key-header`, `api-key-cookie`, `api-key-query`,
    `openid-connect`), else "", and `optional` says that it lets in those who bring nothing (`auto_error=False`).
    `parameter` is the name under which the route's own function takes it, "" where it does not.
    """

    name: str
    scheme: str = ""
    scheme_name: str = ""
    credential: str = ""
    optional: bool = False
    scopes: tuple[str, ...] = ()
    parameter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route as the application knows it. `path` is the whole template, with the prefixes of what it is mounted in.

    `file` is relative to the project's folder ("" for what lies elsewhere), `line` that of the function's `def`.
    `unused` are parameters that a dependency fills and the function's body never names; one that begins with an
    underscore is meant so. `hidden`: no document of the application shows it.
    """

    method: str
    path: str
    function: str = ""
    file: str = ""
    line: int | None = None
    hidden: bool = False
    dependencies: tuple[Dependency, ...] = ()
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All that a service told of itself.

    `framework` is such as `fastapi 0.165.0`, "" where it is none whose routes can be read. `document` is the OpenAPI
    document with the hidden and the mounted operations in it, as JSON text ("" where there is none), `served` the paths
    under which documents and their pages are served. `websockets` and `static` are paths that are no operations,
    `opaque` those of applications that are mounted and whose routes cannot be read. `trouble` says what could not be
    read or described, "" where all could. `app_file` is that of the application's module, `import_roots` are the
    folders from which modules were imported, `copied_from` the URLs of folders of which an installed copy was.
    """

    app: str
    framework: str
    routes: tuple[Route, ...] = ()
    document: str = ""
    served: tuple[str, ...] = ()
    websockets: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    trouble: str = ""
    app_file: str = ""
    import_roots: tuple[str, ...] = ()
    copied_from: tuple[str, ...] = ()


def parse_inventory(text: str) -> Inventory:
    """Return what a service told of itself.

    Raises:
        UnreadableError: it is no inventory.
    """
    try:
        return _inventory(parse_untrusted(text))
    except InvalidReport as invalid:
        raise UnreadableError(
            f"the service's inventory cannot be read: {invalid.pointer or 'it'} {invalid.problem}"
        ) from None


def _inventory(node: Node) -> Inventory:
    document = node.optional("document")
    return Inventory(
        app=node.text_of("app"),
        framework=node.text_of("framework"),
        routes=tuple(_route(entry) for entry in node.entries("routes", _MOST_ROUTES)),
        document="" if document is None else document.text(most=MAX_CHARACTERS),
        served=_texts(node, "served"),
        websockets=_texts(node, "websockets"),
        static=_texts(node, "static"),
        opaque=_texts(node, "opaque"),
        trouble=node.text_of("trouble"),
        app_file=node.text_of("app_file"),
        import_roots=_texts(node, "import_roots"),
        copied_from=_texts(node, "copied_from"),
    )


def _route(node: Node) -> Route:
    return Route(
        method=node.member("method").text(),
        path=node.member("path").text(),
        function=node.text_of("function"),
        file=node.text_of("file"),
        line=node.whole_of("line", 1, _LAST_LINE),
        hidden=_flag(node, "hidden"),
        dependencies=tuple(_dependency(entry) for entry in node.entries("dependencies", _MOST_ENTRIES)),
        unused=_texts(node, "unused"),
    )


def _dependency(node: Node) -> Dependency:
    return Dependency(
        name=node.member("name").text(),
        scheme=node.text_of("scheme"),
        scheme_name=node.text_of("scheme_name"),
        credential=node.text_of("credential"),
        optional=_flag(node, "optional"),
        scopes=_texts(node, "scopes"),
        parameter=node.text_of("parameter"),
    )


def _texts(node: Node, name: str) -> tuple[str, ...]:
    return tuple(entry.text() for entry in node.entries(name, _MOST_ROUTES))


def _flag(node: Node, name: str) -> bool:
    found = node.optional(name)
    return found is not None and found.flag()
