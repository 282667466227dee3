import pytest

from app import appoint

NOBODY_LISTENS = "postgresql://nobody:hunter2@127.0.0.1:1/none"


def test_without_a_database_it_says_which_variable_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(SystemExit) as ended:
        appoint.main(["ada"])
    assert ended.value.code == 2
    assert "DATABASE_URL: Field required" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "ad", "a" * 33, "ad a", ".ada", "ädä", "ada\udcff"])
def test_a_name_that_nobody_can_have_is_refused(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        appoint.main([name])
    assert ended.value.code == 2
    assert "invalid username value" in capsys.readouterr().err


def test_a_database_that_is_away_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", NOBODY_LISTENS)
    assert appoint.main(["ada"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("the database does not answer: ")
    assert "hunter2" not in told
