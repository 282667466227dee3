"""An installation that fails says why, and shows no credential."""

import asyncio
import json

import pytest

from gate.domain.exhibit import OutputTail
from gate.ports import CannotRun
from tests.integration.environment.place import PROJECT, SIX, Place

pytestmark = pytest.mark.integration


def test_a_wrong_hash_is_refused(place: Place) -> None:
    place.write({"requirements.txt": f"{SIX} --hash=sha256:{'0' * 64}\n"})
    place.environment["UV_NO_VERIFY_HASHES"] = "1"

    failure = place.fails()

    assert failure.reason == (
        "the project could not be installed: `uv pip install -r requirements.txt` exited with status 1: "
        "a download does not have the hash that the requirements name"
    )
    [tail] = failure.exhibits
    assert isinstance(tail, OutputTail)
    assert "Hash mismatch for `six==1.17.0`" in tail.text


def test_a_command_that_fails_shows_its_last_output(place: Place) -> None:
    failure = place.fails("echo 'the last straw'; exit 7")

    assert failure.reason.endswith("`echo 'the last straw'; exit 7` exited with status 7")
    assert failure.exhibits == (
        OutputTail(title="Last output of `echo 'the last straw'; exit 7`", text="the last straw"),
    )


def test_an_installation_has_a_deadline(place: Place) -> None:
    # Without `exec`, the shell may outlive the sleep for a moment, and say that it was terminated.
    command = "echo begun; exec sleep 60"
    with pytest.raises(CannotRun, match=f"`{command}` did not end within 6 seconds") as caught:
        asyncio.run(place.environments(command, seconds=6).ready())

    assert caught.value.exhibits == (OutputTail(title=f"Last output of `{command}`", text="begun"),)


def test_a_python_that_cannot_be_had_is_named(place: Place) -> None:
    place.write({"requirements.txt": SIX})

    assert place.fails(python="3.99").reason.startswith("needs Python 3.99 (the option python-version asks for it)")
    place.write({".python-version": "3.98\n"})
    assert place.fails().reason.startswith("needs Python 3.98 (.python-version asks for it)")
    place.write({".python-version": "some-name-of-pyenv\n"})
    assert place.ready().packages["six"] == "1.17.0"


def test_a_machine_without_any_python_says_so(place: Place) -> None:
    nothing = str(place.root / "none")
    place.environment |= {"PATH": "/nowhere", "HOME": nothing, "PYENV_ROOT": nothing, "UV_PYTHON_INSTALL_DIR": nothing}

    assert "that Python is not on this machine and could not be downloaded" in place.fails().reason


def test_a_lock_that_is_out_of_date_says_what_to_do(place: Place) -> None:
    place.write({"pyproject.toml": PROJECT})
    place.uv("lock")
    place.write({"pyproject.toml": PROJECT + '[dependency-groups]\ntest = ["pytest"]\n'})

    assert "`uv sync --frozen --group test` exited with status" in place.fails().reason
    assert "uv.lock is older than pyproject.toml: run `uv lock` and commit it" in place.fails().reason


def test_a_pyproject_that_is_no_toml_is_said_but_not_to_a_command(place: Place) -> None:
    place.write({"pyproject.toml": "[project\n"})

    assert place.fails().reason.startswith("the project could not be installed: pyproject.toml is not TOML")
    assert "pytest" in place.ready("rm pyproject.toml").packages


def test_no_network_is_said_and_no_credential_is_shown(place: Place) -> None:
    place.write({"requirements.txt": "a-package-that-nobody-has"})
    place.environment |= {
        "UV_INDEX_URL": "https://someone:s3cret-word@127.0.0.1:9/simple",
        "UV_HTTP_RETRIES": "0",
        "UV_HTTP_TIMEOUT": "5",
    }

    failure = place.fails()
    shown = json.dumps([failure.reason, [str(exhibit) for exhibit in failure.exhibits]]) + place.log.read_text()

    assert "the package index could not be reached" in failure.reason
    assert "127.0.0.1:9/simple" in shown
    assert "s3cret-word" not in shown
    assert "someone" not in shown


def test_a_command_that_prints_a_credential_does_not_show_it(place: Place) -> None:
    place.environment["UV_INDEX_PRIVATE_PASSWORD"] = "s3cret-word"

    failure = place.fails("echo https://someone:pass@host/x $UV_INDEX_PRIVATE_PASSWORD; exit 1")

    assert failure.exhibits[0].text == "https://***@host/x ***"  # type: ignore[union-attr]
    assert "`echo https://***@host/x $UV_INDEX_PRIVATE_PASSWORD; exit 1`" in failure.reason
    assert "s3cret-word" not in place.log.read_text()


def test_a_folder_that_cannot_be_written_is_said(place: Place) -> None:
    place.kept.write_text("not a folder")

    assert "no environment can be made in" in place.fails().reason
    with pytest.raises(CannotRun, match="no environment can be made in"):
        asyncio.run(place.environments().tool("ruff", "0.9.0"))
