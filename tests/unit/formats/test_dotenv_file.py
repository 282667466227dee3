from gate.formats.dotenv_file import parse_dotenv


def test_variables_are_read_as_dotenv_reads_them() -> None:
    text = "# c\nexport A=1\nB = 'two words' # why\nC=\"x\"\nD=\nE=a#b # c\r\nF=${A}\nnonsense\n=1\n"
    assert parse_dotenv(text) == {"A": "1", "B": "two words", "C": "x", "D": "", "E": "a#b"}


def test_a_file_that_is_too_long_tells_nothing() -> None:
    assert parse_dotenv("A=1\n" * 100_000) == {}
    assert parse_dotenv("A=" + " " * 200_000) == {"A": ""}
