"""The OpenAPI document as a service itself serves it, where its framework cannot be asked. Reads nothing in it."""

import re
from collections.abc import Iterable

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.service_ports import HttpClient, Unanswered

USUAL_PATHS = (
    "/openapi.json",  # FastAPI, connexion, APIFlask, Sanic
    "/schema/openapi.json",  # Litestar
    "/api/schema/?format=json",  # drf-spectacular: https://drf-spectacular.readthedocs.io/en/latest/readme.html
    "/api/openapi.json",  # django-ninja
    "/openapi/openapi.json",  # flask-openapi3
    "/apispec_1.json",  # flasgger
    "/swagger.json",  # flask-restx, drf-yasg
    "/api/swagger.json",
    "/api/v1/openapi.json",
    "/v1/openapi.json",
    "/api/v1/swagger.json",
    "/schema/?format=json",
    "/docs/openapi.json",
    "/api/docs/openapi.json",
    "/api-docs",
    "/apispec.json",
    "/static/openapi.json",  # what flask-swagger-ui shows lies there, mostly
    "/static/swagger.json",
    "/openapi.yaml",
    "/openapi.yml",
    "/api/openapi.yaml",
    "/swagger.yaml",
    "/api/schema/",
    "/schema/",
)
_ACCEPTED = "application/json, application/vnd.oai.openapi+json, application/yaml;q=0.5, */*;q=0.1"
# A page about a document may quote it, but does not begin as one.
_IN_JSON = re.compile(r'"(?:openapi|swagger)"\s*:\s*"[23]\.')
_IN_YAML = re.compile(r"""^(?:openapi|swagger):\s*['"]?[23]\.""", re.MULTILINE)
_MOST_UNANSWERED = 3


async def fetch_document(http: HttpClient, served: Iterable[str] = ()) -> str:
    """Return the document that is found at `served` or at a usual path, JSON or YAML; "" where there is none.

    What is too large to be read whole is none.
    """
    unanswered = 0
    for path in dict.fromkeys((*served, *USUAL_PATHS)):
        try:
            answer = await http.send(HttpRequest(method="GET", target=path, headers=(("Accept", _ACCEPTED),)))
        except Unanswered:
            unanswered += 1
            if unanswered >= _MOST_UNANSWERED:
                return ""
            continue
        if text := _document_in(answer):
            return text
    return ""


def _document_in(answer: HttpAnswer) -> str:
    """Return the body of an answer that looks like a document."""
    if answer.status != 200 or answer.cut:
        return ""
    text = answer.body.decode("utf-8", "replace").removeprefix("\ufeff")
    is_object = text.lstrip()[:1] == "{"
    return text if (_IN_JSON.search(text) if is_object else _IN_YAML.search(text)) else ""
