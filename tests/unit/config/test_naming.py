import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.config.naming import artifact_suffix, kept_folder, name_of, use_of


@pytest.mark.parametrize(
    ("given_name", "folder", "matrix", "name"),
    [
        ("", ".", "null", ""),
        ("", "", "", ""),
        ("", "services/api/", "null", "services-api"),
        ("", "./", "null", ""),
        ("", "svc", '{"python": "3.12", "os": "ubuntu-latest"}', "svc-3.12-ubuntu-latest"),
        ("", ".", '{"python": "3.12", "include": [1]}', "3.12-1"),
        ("", ".", '{"db": {"kind": "pg", "tls": true}, "none": null}', "pg-true"),
        ("My name!", "svc", '{"python": "3.12"}', "My-name"),
        ("", ".", "not json", ""),
        ("", "../../etc", "null", "etc"),
    ],
)
def test_the_name_tells_uses_apart(given_name: str, folder: str, matrix: str, name: str) -> None:
    assert name_of(given_name, folder, matrix) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [("сервисы/заказы", "сервисы/оплата"), ("s" * 70 + "/a", "s" * 70 + "/b"), ("é", "è"), ("a/日", "a")],
)
def test_folders_that_only_other_letters_or_their_ends_tell_apart(one: str, other: str) -> None:
    assert name_of("", one, "null") != name_of("", other, "null")
    assert name_of("", one, "null") == name_of("", f"{one}/", "null") != ""


def test_all_shards_of_a_use_have_its_name_and_artifacts_of_their_own() -> None:
    matrix = '{"python": "3.12", "shard": 3}'
    use = use_of({"QUALITY_GATE_MATRIX": matrix, "QUALITY_GATE_SHARD": "3/8"})
    assert (use.name, use.suffix, use.folder) == ("3.12", "-3.12-shard-3-of-8", "3.12-shard-3-of-8")
    assert use_of({"QUALITY_GATE_MATRIX": matrix}).name == "3.12-3"
    assert use_of({"QUALITY_GATE_MATRIX": '{"shard": 1}', "QUALITY_GATE_SHARD": "1/2"}).suffix == "-shard-1-of-2"
    assert use_of({"QUALITY_GATE_NAME": "orders", "QUALITY_GATE_SHARD": "nonsense"}).folder == "orders"
    assert use_of({}).folder == "default"


def test_the_only_use_has_the_plain_artifact_names() -> None:
    assert artifact_suffix("") == ""
    assert artifact_suffix("svc") == "-svc"


@given(st.text(), st.text(), st.text())
def test_a_name_is_always_fit_for_a_folder_and_a_marker(given_name: str, folder: str, matrix: str) -> None:
    assert re.fullmatch(r"([A-Za-z0-9.-]{0,60})", name_of(given_name, folder, matrix))
    assert ".." not in name_of(given_name, folder, matrix)
    assert not name_of(given_name, folder, matrix).startswith((".", "-"))


@given(st.text(), st.text())
def test_two_uses_never_have_the_same_folder(one: str, other: str) -> None:
    names = {name_of(text, ".", "null") for text in (one, other, "", "default", "default_", "_default")}
    assert len({kept_folder(name) for name in names}) == len(names)


def test_a_use_called_default_has_another_folder_than_the_one_without_a_name() -> None:
    assert use_of({}).folder == kept_folder("") == "default", "badges lie there that a README shows"
    assert use_of({"QUALITY_GATE_NAME": "default"}).folder == kept_folder("default") == "default_"
