"""Finding the document that a service serves itself."""

import asyncio

import pytest

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.gates.access_review.served_document import USUAL_PATHS, fetch_document
from gate.service_ports import HttpClient, Unanswered

JSON = b'{"swagger": "2.0", "paths": {}}'
YAML = b'info: {}\nopenapi: "3.1.0"\n'


class Pages(HttpClient):
    """Answers by what is served under each path; what is None is not answered."""

    def __init__(self, pages: dict[str, HttpAnswer | None]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def send(self, request: HttpRequest) -> HttpAnswer:
        self.asked.append(request.target)
        answer = self.pages.get(request.target, HttpAnswer(status=404, body=JSON))
        if answer is None:
            raise Unanswered("the connection was closed")
        return answer

    async def pause(self, seconds: float) -> None:
        raise AssertionError(seconds)


def fetched(pages: Pages, *served: str) -> str:
    return asyncio.run(fetch_document(pages, served))


@pytest.mark.parametrize("body", [JSON, YAML, b"\xef\xbb\xbf" + JSON])
@pytest.mark.parametrize("path", USUAL_PATHS)
def test_it_is_found_at_every_usual_path(path: str, body: bytes) -> None:
    assert fetched(Pages({path: HttpAnswer(status=200, body=body)})) == body.decode("utf-8-sig")


def test_a_path_that_is_known_comes_first() -> None:
    pages = Pages({"/mine": HttpAnswer(status=200, body=YAML), "/openapi.json": HttpAnswer(status=200, body=JSON)})
    assert fetched(pages, "/mine") == YAML.decode()
    assert pages.asked == ["/mine"]


@pytest.mark.parametrize(
    "answer",
    [
        HttpAnswer(status=200, body=b'<html>"openapi": "3.1.0"</html>'),
        HttpAnswer(status=200, body=b"{}"),
        HttpAnswer(status=200, body=b""),
        HttpAnswer(status=200, body=JSON, cut=True),
        HttpAnswer(status=401, body=JSON),
    ],
)
def test_what_is_no_whole_document_is_passed_over(answer: HttpAnswer) -> None:
    other = {"/swagger.json": HttpAnswer(status=200, body=JSON)}
    assert fetched(Pages({"/openapi.json": answer, **other})) == JSON.decode()


def test_a_service_that_answers_nothing_is_soon_left_alone() -> None:
    pages = Pages(dict.fromkeys(USUAL_PATHS))
    assert fetched(pages) == ""
    assert len(pages.asked) == 3
