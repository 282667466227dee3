"""A path finds its operation as a router would find it."""

import pytest

from gate.formats.path_routes import Routes
from tests.unit.growth import STEEP, growth


@pytest.mark.parametrize(
    ("path", "template", "values"),
    [
        ("/users/me", "/users/me", {}),
        ("/users/7", "/users/{user_id}", {"user_id": "7"}),
        ("/users/7?x=/y", "/users/{user_id}", {"user_id": "7"}),
        ("/users/a%20b", "/users/{user_id}", {"user_id": "a b"}),
        ("/users/{user_id}", "/users/{user_id}", {"user_id": "{user_id}"}),
        ("/users/7/tasks", "/users/{owner}/tasks", {"owner": "7"}),
        ("/users/me/tasks", "/users/{owner}/tasks", {"owner": "me"}),
        ("/files/a.b.json", "/files/{name}.json", {"name": "a.b"}),
        ("/range/1-2-3", "/range/{low}-{high}", {"low": "1", "high": "2-3"}),
        ("/", "/", {}),
    ],
)
def test_what_is_fixed_goes_before_a_parameter(path: str, template: str, values: dict[str, str]) -> None:
    routes = Routes(
        [
            "/users/{user_id}",
            "/users/me",
            "/users/{owner}/tasks",
            "/files/{name}.json",
            "/range/{low}-{high}",
            "/",
        ]
    )

    found = routes.match(path)

    assert found is not None
    assert (found.template, dict(found.values)) == (template, values)


@pytest.mark.parametrize(
    "path", ["/users", "/users/", "/users/a%2Fb", "/users/7/", "users/7", "", "/files/.json", "/range/-2", "/x" * 5_000]
)
def test_what_no_router_would_find_leads_nowhere(path: str) -> None:
    assert Routes(["/users/{user_id}", "/files/{name}.json", "/range/{low}-{high}"]).match(path) is None


def test_the_path_of_the_server_may_stand_before_it() -> None:
    routes = Routes(["/tasks", "/api/own"], "/api")

    assert [match.template for path in ("/tasks", "/api/tasks", "/api/own") if (match := routes.match(path))] == [
        "/tasks",
        "/tasks",
        "/api/own",
    ]
    assert routes.match("/apitasks") is None


def test_thousands_of_templates_and_segments_full_of_parameters_take_no_time() -> None:
    segment = "".join(f"{{p{at}}}a" for at in range(100))
    templates = [f"/{'{x}/' * (at % 20)}{segment}/{at}" for at in range(2_000)]
    routes = Routes(templates)

    def match(size: int) -> None:
        for at in range(20):
            routes.match(f"/{'/'.join(['a' * 80] * at)}/{'a' * size}/none")

    assert growth(match, 100) < STEEP
