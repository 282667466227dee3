import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.config.given_variables import parse_given_variables, with_given_variables, worth_masking
from gate.config.resolve import ConfigurationError

NAMES = st.from_regex(r"[A-Z_][A-Z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: not name.startswith(("QUALITY_GATE_", "GITHUB_", "ACTIONS_", "RUNNER_", "INPUT_"))
)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=30)


@given(variables=st.dictionaries(NAMES, VALUES, max_size=6))
def test_what_was_written_is_read_as_it_stands(variables: dict[str, str]) -> None:
    assert parse_given_variables("".join(f"{name}={value}\n" for name, value in variables.items())) == variables


def test_nothing_is_unquoted_or_expanded_and_comments_are_left_out() -> None:
    text = '# for the index\r\nUV_INDEX_ACME_PASSWORD=p$HOME=="q"\r\n\r\nDEBUG=\n'
    assert parse_given_variables(text) == {"UV_INDEX_ACME_PASSWORD": 'p$HOME=="q"', "DEBUG": ""}


def test_every_mistake_is_told_and_no_line_is_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_given_variables("s3cret\nGOOD=1\n2BAD=s3cret\nQUALITY_GATE_GATES=s3cret\nGITHUB_TOKEN=s3cret\nA=\0")
    problems = caught.value.problems
    assert [problem.place.rpartition(" ")[2] for problem in problems] == ["1", "3", "4", "5", "6"]
    assert "s3cret" not in repr(problems)


def test_the_variables_stand_over_those_of_the_job_and_the_carrier_is_gone() -> None:
    job = {"A": "job", "B": "job", "QUALITY_GATE_ENVIRONMENT": "A=given"}
    assert with_given_variables(job) == {"A": "given", "B": "job"}
    assert with_given_variables({"A": "job"}) == {"A": "job"}


def test_values_are_masked_but_for_those_that_any_log_and_output_is_full_of() -> None:
    secret = {"hunter2", "correcthorsebattery", "12345678", "pw=1"}
    ordinary = {"1", "on", "true", "test", "production", "5432"}
    text = "".join(f"NAME={value}\n" for value in sorted(secret | ordinary))
    assert set(worth_masking(f"{text}EMPTY=\nno variable")) == secret
