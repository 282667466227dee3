"""Variables that a Dockerfile sets."""

from gate.formats.dockerfile import parse_dockerfile
from tests.unit.growth import STEEP, growth


def test_literals_of_env_and_arg_and_the_version_of_the_official_image_are_found() -> None:
    text = """\
FROM node:24 AS assets
ENV NODE_ENV="${NODE_ENV}" A=1
FROM --platform=linux/amd64 python:3.13.1-slim AS app
ARG UID=1000
ARG GIVEN
env GREETING hello world
ENV ONE="a b" \\
    TWO='c' THREE=d
RUN X=1 make
"""
    assert parse_dockerfile(text) == {
        "A": "1",
        "PYTHON_VERSION": "3.13.1",
        "UID": "1000",
        "GREETING": "hello world",
        "ONE": "a b",
        "TWO": "c",
        "THREE": "d",
    }


def test_hostile_files_are_read_in_bounded_time() -> None:
    def read(size: int) -> None:
        assert parse_dockerfile("ENV " + 'A="' * size).keys() <= {"A"}
        assert parse_dockerfile("\\ " * size + "\nFROM " + "\t" * size) == {}
        assert parse_dockerfile("x" * 10 * size) == {}

    assert growth(read, 10_000) < STEEP
