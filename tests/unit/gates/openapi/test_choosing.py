"""Which of a project's files may be its OpenAPI document."""

import pytest

from gate.gates.openapi.choosing import candidates


@pytest.mark.parametrize(
    "path",
    [
        "openapi.json",
        "openapi_specs/openapi3.yml",
        "docs/api/openapi.v1.json",
        "backend-openapi.yaml",
        "openapi.generated.yml",
        "spec/swagger_v2.yaml",
        "api-spec.yaml",
        "src/js/web/src/lib/generated/openapi.json",
    ],
)
def test_a_document_is_known_by_its_name(path: str) -> None:
    assert candidates([path]) == (path,)


@pytest.mark.parametrize(
    "path",
    [
        "openapitools.json",
        "openapi-generator.yaml",
        "openapi-ts.config.json",
        "swagger_codegen_config.json",
        "frontend/openapi.ts",
        "tests/fixtures/openapi.json",
        "web/node_modules/x/openapi.json",
        ".github/openapi.yml",
    ],
)
def test_what_configures_a_tool_or_belongs_to_tests_is_none(path: str) -> None:
    assert candidates([path]) == ()


def test_the_nearest_to_the_top_comes_first_and_the_plainest_name_of_them() -> None:
    files = ["admin-openapi.json", "docs/openapi.json", "openapi.json", "swagger.json"]
    assert candidates(files) == ("openapi.json", "admin-openapi.json", "swagger.json", "docs/openapi.json")
