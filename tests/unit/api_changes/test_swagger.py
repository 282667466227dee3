"""Documents in Swagger 2.0, as the gate reads them, compared with each other and with OpenAPI 3.0."""

import copy
from datetime import date
from typing import Any

import pytest
import yaml

from gate.api_changes.change import Change, Impact
from gate.api_changes.compare import api_changes
from gate.formats.swagger_document import as_openapi

OLD = """
swagger: "2.0"
basePath: /api
consumes: [application/json]
produces: [application/json, application/xml]
securityDefinitions:
  login: {type: oauth2, flow: accessCode, authorizationUrl: https://a.example/ask, tokenUrl: https://a.example/token, scopes: {read: r}}
  staff: {type: basic}
security: [{login: [read]}]
definitions:
  Pet:
    type: object
    required: [kind]
    discriminator: kind
    properties: {kind: {type: string}, tag: {type: string, x-nullable: true}, n: {type: integer, maximum: 9}}
parameters:
  limit: {name: limit, in: query, type: integer, maximum: 100}
paths:
  /pets:
    parameters: [{$ref: "#/parameters/limit"}]
    get:
      parameters:
        - {name: limit, in: query, type: integer, maximum: 50}
        - {name: ids, in: query, type: array, items: {type: string}}
      responses: {"200": {description: all, schema: {type: array, items: {$ref: "#/definitions/Pet"}}, headers: {X-Total: {type: integer}}}}
    post:
      parameters: [{name: pet, in: body, required: true, schema: {$ref: "#/definitions/Pet"}}]
      responses: {"201": {description: made, schema: {$ref: "#/definitions/Pet"}}, default: {description: wrong}}
  /photos:
    post:
      consumes: [multipart/form-data]
      parameters: [{name: photo, in: formData, type: file, required: true}, {name: note, in: formData, type: string}]
      responses: {"200": {description: as it is, schema: {type: file}}}
"""
NEW = """
openapi: 3.0.3
servers: [{url: /api}]
security: [{login: [read]}]
components:
  securitySchemes:
    login:
      type: oauth2
      flows: {authorizationCode: {authorizationUrl: https://a.example/ask, tokenUrl: https://a.example/token, scopes: {read: r}}}
    staff: {type: http, scheme: basic}
  schemas:
    Pet:
      type: object
      required: [kind]
      discriminator: {propertyName: kind}
      properties: {kind: {type: string}, tag: {type: string, nullable: true}, n: {type: integer, maximum: 9}}
    Pets: {type: array, items: {$ref: "#/components/schemas/Pet"}}
paths:
  /pets:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 50}}
        - {name: ids, in: query, style: form, explode: false, schema: {type: array, items: {type: string}}}
      responses:
        "200":
          description: all
          headers: {X-Total: {schema: {type: integer}}}
          content:
            application/json: {schema: {$ref: "#/components/schemas/Pets"}}
            application/xml: {schema: {$ref: "#/components/schemas/Pets"}}
    post:
      parameters: [{name: limit, in: query, schema: {type: integer, maximum: 100}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses:
        "201":
          description: made
          content:
            application/json: {schema: {$ref: "#/components/schemas/Pet"}}
            application/xml: {schema: {$ref: "#/components/schemas/Pet"}}
        default: {description: wrong}
  /photos:
    post:
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema: {type: object, required: [photo], properties: {photo: {type: string, format: binary}, note: {type: string}}}
      responses:
        "200":
          description: as it is
          content:
            application/json: {schema: {type: string, format: binary}}
            application/xml: {schema: {type: string, format: binary}}
"""
TODAY = date(2026, 11, 23)
PETS = ("paths", "/pets")


def written() -> dict[str, Any]:
    return dict(yaml.safe_load(OLD))


def changed(where: tuple[Any, ...], value: object) -> tuple[Change, ...]:
    """Return the changes where one place of the document has another value, or none."""
    head = copy.deepcopy(written())
    at: Any = head
    for name in where[:-1]:
        at = at[name]
    if value is None:
        del at[where[-1]]
    else:
        at[where[-1]] = value
    return api_changes(as_openapi(written()), as_openapi(head), today=TODAY)


def test_a_document_that_moved_from_2_0_to_3_0_has_no_changes() -> None:
    assert api_changes(as_openapi(written()), yaml.safe_load(NEW), today=TODAY) == ()


@pytest.mark.parametrize(
    ("where", "value", "rule_id"),
    [
        ((*PETS, "post"), None, "api-removed-without-deprecation"),
        (("definitions", "Pet", "required"), ["kind", "n"], "request-property-became-required"),
        (("definitions", "Pet", "properties", "kind"), {"type": "integer"}, "response-property-type-changed"),
        (("definitions", "Pet", "properties", "tag"), {"type": "string"}, "request-property-became-not-nullable"),
        (("definitions", "Pet", "discriminator"), "sort", "request-body-discriminator-property-name-changed"),
        (("parameters", "limit", "maximum"), 10, "request-parameter-max-decreased"),
        ((*PETS, "get", "parameters", 1, "collectionFormat"), "multi", "request-parameter-serialization-changed"),
        ((*PETS, "get", "responses", "200", "headers"), None, "optional-response-header-removed"),
        ((*PETS, "post", "responses", "201"), None, "response-success-status-removed"),
        (("produces",), ["application/json"], "response-media-type-removed"),
        (("consumes",), ["application/xml"], "request-body-media-type-removed"),
        (("paths", "/photos", "post", "parameters", 1, "required"), True, "request-property-became-required"),
        (
            ("paths", "/photos", "post", "parameters", 0, "type"),
            "string",
            "request-property-content-media-type-changed",
        ),
        (("security",), [{"login": ["read", "write"]}], "api-global-security-scope-added"),
        (
            ("securityDefinitions", "login", "tokenUrl"),
            "https://b.example/",
            "api-security-component-oauth-token-url-changed",
        ),
        (("securityDefinitions", "login", "flow"), "implicit", "api-security-component-oauth-flow-removed"),
    ],
)
def test_what_breaks_clients_of_a_swagger_2_document_is_found(
    where: tuple[Any, ...], value: object, rule_id: str
) -> None:
    found = changed(where, value)

    assert rule_id in {one.rule_id for one in found if one.impact is Impact.BREAKING}, found


def test_a_media_type_without_a_name_differs_not_from_itself() -> None:
    odd = {**written(), "consumes": [""], "produces": ["", "text/plain"]}

    assert api_changes(as_openapi(odd), as_openapi(odd), today=TODAY) == ()
