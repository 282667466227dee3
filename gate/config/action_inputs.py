"""The inputs of a Docker action as Quality Gate's own variables (pure: takes the environment, asks for none).

The runner hands an input `coverage-threshold` on as `INPUT_COVERAGE-THRESHOLD`:
https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#inputs. The composite action writes
`QUALITY_GATE_COVERAGE_THRESHOLD` for the same input.
"""

from collections.abc import Mapping

from gate.config.child_environment import without_runner_files, without_tokens

_PREFIX = "INPUT_"
_TOKEN = "INPUT_GITHUB-TOKEN"  # noqa: S105 - a name


def input_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the inputs under the names that the composite action gives them; the token as `QUALITY_GATE_TOKEN`."""
    variables = {
        f"QUALITY_GATE_{name.removeprefix(_PREFIX).replace('-', '_').replace(' ', '_').upper()}": value
        for name, value in environment.items()
        if name.startswith(_PREFIX) and name != _TOKEN
    }
    return variables | {"QUALITY_GATE_TOKEN": environment.get(_TOKEN, "")}


def for_the_run(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the process that runs the gates may see: no token, no input, nothing of the runner's.

    It decides itself what the tests get of that.
    """
    kept = without_runner_files(without_tokens(environment))
    return {name: value for name, value in kept.items() if not name.startswith((_PREFIX, "ACTIONS_"))}
