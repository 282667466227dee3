"""The runner with its stand-ins: another repository uses an action; outputs, artifacts, what is left behind."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.testbed.events import pull_request_payload
from tests.testbed.fixtures import StartEmulator
from tests.testbed.github_emulator import BOT, PullRequest, Seed
from tests.testbed.repositories import Repository, working_copy
from tests.testbed.runner import CHECKOUT, DOWNLOAD_ARTIFACT, UPLOAD_ARTIFACT, Runner
from tests.testbed.workflow_run import WorkflowRun

pytestmark = pytest.mark.e2e

HELLO = f"""\
name: hello
description: Greets, uploads, comments.
inputs:
  who:
    description: Whom to greet.
    default: world
  github-token:
    description: For the comment.
    default: ${{{{ github.token }}}}
outputs:
  greeting:
    description: The greeting.
    value: ${{{{ steps.greet.outputs.greeting }}}}
  artifact-id:
    description: The artifact's number.
    value: ${{{{ steps.upload.outputs.artifact-id }}}}
  artifact-url:
    description: Where it is.
    value: ${{{{ steps.upload.outputs.artifact-url }}}}
  artifact-digest:
    description: Its digest.
    value: ${{{{ steps.upload.outputs.artifact-digest }}}}
runs:
  using: composite
  steps:
    - id: greet
      shell: bash
      env:
        WHO: ${{{{ inputs.who }}}}
      run: |
        test -f "$GITHUB_ACTION_PATH/action.yml"
        echo "greeting=hi $WHO" >> "$GITHUB_OUTPUT"
        mkdir -p "$RUNNER_TEMP/report/.hidden" "$RUNNER_TEMP/report/sub"
        echo shown > "$RUNNER_TEMP/report/shown.txt"
        echo deep > "$RUNNER_TEMP/report/sub/deep.txt"
        echo no > "$RUNNER_TEMP/report/.dot"
        echo no > "$RUNNER_TEMP/report/.hidden/file.txt"
        echo "## $WHO" >> "$GITHUB_STEP_SUMMARY"
        echo "::warning file=a.py,line=3::look here"
        echo "::notice file=a.py,line=4::and here"
        echo "::add-mask::s3cret-word"
        echo "a s3cret-word"
    - id: upload
      if: always()
      uses: {UPLOAD_ARTIFACT} # v7.0.0
      with:
        name: report
        path: ${{{{ runner.temp }}}}/report
        if-no-files-found: error
        retention-days: 5
    - id: comment
      if: always()
      shell: bash
      env:
        TOKEN: ${{{{ inputs.github-token }}}}
        NUMBER: ${{{{ github.event.pull_request.number }}}}
        WHO: ${{{{ inputs.who }}}}
      run: python3 "$GITHUB_ACTION_PATH/comment.py"
    - id: again
      if: always()
      uses: {UPLOAD_ARTIFACT} # v7.0.0
      with:
        name: report
        path: ${{{{ runner.temp }}}}/report/shown.txt
"""

COMMENT = """\
import json, os, urllib.request

def call(method, path, body=None):
    request = urllib.request.Request(os.environ["GITHUB_API_URL"] + path, method=method)
    request.add_header("Authorization", "Bearer " + os.environ["TOKEN"])
    data = None if body is None else json.dumps({"body": body}).encode()
    with urllib.request.urlopen(request, data) as answer:
        return json.load(answer)

repository, who = os.environ["GITHUB_REPOSITORY"], os.environ["WHO"]
comments = f"/repos/{repository}/issues/{os.environ['NUMBER']}/comments"
known = call("GET", comments)
if known:
    call("PATCH", f"/repos/{repository}/issues/comments/{known[0]['id']}", f"hi again {who}")
else:
    call("POST", comments, f"hi {who}")
"""

CALLER = f"""\
on: pull_request
permissions: {{}}
jobs:
  gate:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: {CHECKOUT} # v7.0.1
        with:
          persist-credentials: false
      - id: hello
        continue-on-error: true
        uses: acme/hello@v1
        with:
          who: WHO
      - id: after
        env:
          GREETING: ${{{{ steps.hello.outputs.greeting }}}}
          OUTCOME: ${{{{ steps.hello.outcome }}}}
        run: |
          echo "seen=$GREETING, $OUTCOME" >> "$GITHUB_OUTPUT"
          echo "commits=$(git rev-list --count HEAD)" >> "$GITHUB_OUTPUT"
          echo "clean=$(git status --porcelain)" >> "$GITHUB_OUTPUT"
"""


def one_job(steps: str) -> Mapping[str, str]:
    """A workflow whose only job has these steps, indented by six."""
    head = "on: pull_request\njobs:\n  only:\n    runs-on: ubuntu-latest\n    steps:\n"
    return {".github/workflows/one.yml": head + steps}


def run(runner: Runner, folder: Path, files: Mapping[str, str], timeout: float = 60) -> WorkflowRun:
    """Run a fresh repository that holds `files`."""
    repository = Repository(folder / "repository")
    sha = repository.commit("First", files)
    payload = pull_request_payload(head_sha=sha, base_sha=sha)
    return runner.run(repository.folder, folder / "run", event="pull_request", payload=payload, timeout=timeout)


def test_another_repository_uses_an_action(runner: Runner, github_emulator: StartEmulator, tmp_path: Path) -> None:
    action = Repository(tmp_path / "hello", name="acme/hello")
    action.commit("Action", {"action.yml": HELLO, "comment.py": COMMENT, ".gitignore": "big\n"})
    (action.folder / "big").write_text("not to be copied")
    local = working_copy(action.folder, tmp_path / "action")
    assert sorted(path.name for path in local.iterdir()) == [".gitignore", "action.yml", "comment.py"]

    repository = Repository(tmp_path / "service")
    base = repository.commit("Base", {"a.py": "a = 1\n"})
    repository.branch("feature")
    emulator = None
    comments = []
    for number, who in enumerate(("first", "second"), start=1):
        repository.git("checkout", "--quiet", "feature")
        head = repository.commit(who, {".github/workflows/gate.yml": CALLER.replace("WHO", who)})
        merge = repository.merge(base, head)
        pull = PullRequest(repository="acme/service", number=7, head_sha=head, base_sha=base)
        emulator = emulator or github_emulator(Seed(pull_requests=(pull,)))
        emulator.put_pull_request(pull)
        ran = runner.run(
            repository.folder,
            tmp_path / f"run-{number}",
            event="pull_request",
            payload=pull_request_payload(head_sha=head, base_sha=base),
            environment=emulator.environment,
            local_actions={"acme/hello@v1": local},
            run_id=number,
        )
        assert ran.exit_code == 0, ran.log
        assert ran.jobs == {"gate": "success"}
        outputs = ran.outputs["gate"]
        assert outputs["after"] == {"seen": f"hi {who}, failure", "commits": "1", "clean": ""}
        assert outputs["hello"]["greeting"] == f"hi {who}"
        assert outputs["hello"]["artifact-url"] == (
            f"https://github.com/acme/service/actions/runs/{number}/artifacts/{outputs['hello']['artifact-id']}"
        )
        assert len(outputs["hello"]["artifact-digest"]) == 64
        assert ran.artifacts == {"report": {"shown.txt": b"shown\n", "sub/deep.txt": b"deep\n"}}
        assert ran.step("hello/upload").result == "success"
        assert ran.step("hello/comment").result == "success", ran.log
        assert ran.step("hello/again").result == "failure"
        assert "(409) Conflict: an artifact with this name already exists" in ran.log
        assert ran.summaries == {"gate": [f"## {who}\n"]}
        assert [(one.level, one.message, one.properties) for one in ran.annotations if one.properties] == [
            ("warning", "look here", {"file": "a.py", "line": "3"}),
            ("notice", "and here", {"file": "a.py", "line": "4"}),
        ]
        assert "] a ***\n" in ran.log
        assert "] a s3cret-word" not in ran.log
        assert emulator.get("/repos/acme/service/pulls/7")["head"]["sha"] == head
        assert f"checked out acme/service at {merge}" in ran.log
        comments = emulator.comments("acme/service", 7)
    assert [(one["body"], one["user"]["login"], one["user"]["type"]) for one in comments] == [
        ("hi again second", BOT, "Bot")
    ]


def test_upload_artifact_takes_globs_and_says_when_it_finds_nothing(runner: Runner, tmp_path: Path) -> None:
    upload = f"      - uses: {UPLOAD_ARTIFACT}\n        continue-on-error: true\n"
    files = one_job(
        f"      - uses: {CHECKOUT}\n"
        f"{upload}        id: two\n        with: {{name: two, path: 'a/*.txt\n\n          b/c'}}\n"
        f"{upload}        id: one\n        with: {{name: one, path: a/x.txt}}\n"
        f"{upload}        id: dots\n        with: {{name: dots, path: a, include-hidden-files: true}}\n"
        f"{upload}        id: excluded\n        with: {{name: excluded, path: 'a\n\n          !a/x.txt'}}\n"
        f"{upload}        id: warned\n        with: {{name: warned, path: nothing}}\n"
        f"{upload}        id: refused\n        with: {{name: refused, path: nothing, if-no-files-found: error}}\n"
        f"{upload}        id: over\n        with: {{name: one, path: b/c/y.txt, overwrite: true}}\n"
        f"{upload}        id: slash\n        with: {{name: a/b, path: a}}\n"
    )
    ran = run(runner, tmp_path, {**files, "a/x.txt": "x", "a/.h": "h", "a/n.md": "n", "b/c/y.txt": "y"})
    assert ran.exit_code == 0, ran.log
    assert {name: sorted(files) for name, files in ran.artifacts.items()} == {
        "two": ["a/x.txt", "b/c/y.txt"],
        "one": ["y.txt"],
        "dots": [".h", "n.md", "x.txt"],
        "excluded": ["n.md"],
    }
    results = {step.path[0]: step.result for step in ran.steps if step.stage == "Main"}
    assert results["warned"] == "success"
    assert results["refused"] == "failure"
    assert results["over"] == "success"
    assert results["slash"] == "failure"
    assert [one.level for one in ran.annotations if "No files were found" in one.message] == ["warning", "error"]


def test_download_artifact_takes_names_numbers_and_patterns_of_an_earlier_job(runner: Runner, tmp_path: Path) -> None:
    upload = f"      - uses: {UPLOAD_ARTIFACT}\n"
    first = (
        f"      - uses: {CHECKOUT}\n"
        f"{upload}        with: {{name: part-1, path: a}}\n"
        f"{upload}        id: two\n        with: {{name: part-2, path: b}}\n"
        f"{upload}        with: {{name: other, path: a}}\n"
    )
    inputs = {
        "named": "name: part-1",
        "numbered": "artifact-ids: '${{ needs.only.outputs.number }}'",
        "parts": "pattern: part-*",
        "merged": "pattern: part-*, merge-multiple: true",
        "single": "pattern: oth*",
        "zipped": "name: part-2, skip-decompress: true",
        "zips": "pattern: part-*, skip-decompress: true, merge-multiple: true",
        "nothing": "pattern: no-such-*",
        "missing": "name: no-such",
        "both": "name: part-1, artifact-ids: '1'",
    }
    second = "".join(
        f"      - uses: {DOWNLOAD_ARTIFACT}\n        id: {name}\n        continue-on-error: true\n"
        f"        with: {{path: got/{name}, {given}}}\n"
        for name, given in inputs.items()
    )
    look = "find got -type f | sort | tr '\\n' ' '"
    workflow = one_job(first)[".github/workflows/one.yml"] + (
        "    outputs:\n      number: ${{ steps.two.outputs.artifact-id }}\n"
        f"  after:\n    needs: only\n    runs-on: ubuntu-latest\n    steps:\n{second}"
        f'      - id: look\n        run: echo "files=$({look})" >> "$GITHUB_OUTPUT"\n'
        f"{upload}        with: {{name: seen, path: got/zipped}}\n"
    )
    ran = run(runner, tmp_path, {".github/workflows/one.yml": workflow, "a/x.txt": "x", "b/y.txt": "y"})
    assert ran.exit_code == 0, ran.log
    assert ran.outputs["after"]["look"]["files"].split() == [
        "got/merged/x.txt",
        "got/merged/y.txt",
        "got/named/x.txt",
        "got/numbered/y.txt",
        "got/parts/part-1/x.txt",
        "got/parts/part-2/y.txt",
        "got/single/x.txt",
        "got/zipped/part-2.zip",
        "got/zips/part-1.zip",
        "got/zips/part-2.zip",
    ]
    assert ran.outputs["after"]["named"]["download-path"].endswith("/got/named")
    with zipfile.ZipFile(io.BytesIO(ran.artifacts["seen"]["part-2.zip"])) as archive:
        assert archive.read("y.txt") == b"y"
    results = {step.path[0]: step.result for step in ran.steps if step.stage == "Main"}
    assert {name for name, result in results.items() if result == "failure"} == {"missing", "both"}


def test_checkout_leaves_credentials_unless_told_not_to(runner: Runner, tmp_path: Path) -> None:
    look = "git config --get-all http.https://github.com/.extraheader | wc -l"
    files = one_job(
        f"      - uses: {CHECKOUT}\n"
        f'      - id: kept\n        run: echo "lines=$({look})" >> "$GITHUB_OUTPUT"\n'
        f"      - uses: {CHECKOUT}\n        with: {{persist-credentials: false, fetch-depth: 0, path: full}}\n"
        f'      - id: gone\n        run: cd full && echo "lines=$({look})" >> "$GITHUB_OUTPUT"\n'
    )
    ran = run(runner, tmp_path, files)
    assert ran.exit_code == 0, ran.log
    assert ran.outputs["only"]["kept"]["lines"] == "1"
    assert ran.outputs["only"]["gone"]["lines"] == "0"


def test_values_reach_the_steps_as_they_are(runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAK", "from the test's own environment")
    sent = ['a "quoted" $HOME \\n #x\nsecond line', "it's $5 \\n\nsecond line", "va = $r"]
    program = "import json,os; print('SEEN', json.dumps([os.environ.get(n) for n in ('ODD', 'SECRET', 'VAR', 'LEAK')]))"
    step = (
        "      - env: {SECRET: '${{ secrets.ODD }}', VAR: '${{ vars.ODD }}'}\n"
        f"        shell: python\n        run: {program}\n"
    )
    repository = Repository(tmp_path / "repository")
    sha = repository.commit("First", one_job(step))
    ran = runner.run(
        repository.folder,
        tmp_path / "run",
        event="pull_request",
        payload=pull_request_payload(head_sha=sha, base_sha=sha, fork="stranger/service"),
        environment={"ODD": sent[0]},
        secrets={"ODD": sent[1]},
        variables={"ODD": sent[2]},
        copy_instead_of_checkout=True,
    )
    assert ran.exit_code == 0, ran.log
    [seen] = [line.partition("SEEN ")[2] for line in ran.log.splitlines() if "] SEEN " in line]
    assert json.loads(seen) == [*sent, None]


def test_workflow_commands_are_obeyed_outside_of_fences(runner: Runner, tmp_path: Path) -> None:
    step = """\
      - id: speaks
        run: |
          echo ::stop-commands::fence-3141
          echo ::error::not obeyed
          echo '::set-output name=evil::1'
          echo ::fence-3141::
          echo '::error file=x.py,title=T%2C::obeyed%0Atwo'
"""
    ran = run(runner, tmp_path, one_job(step))
    assert [(one.message, one.properties) for one in ran.annotations] == [
        ("obeyed\ntwo", {"file": "x.py", "title": "T,"})
    ]
    assert ran.outputs == {}


def test_a_run_that_hangs_is_stopped_with_everything_it_started(runner: Runner, tmp_path: Path) -> None:
    step = "      - run: |\n          setsid sleep 4242 &\n          exec env -i sleep 4343\n"
    ran = run(runner, tmp_path, one_job(step), timeout=3)
    assert ran.timed_out
    assert ran.exit_code != 0
    assert ran.seconds < 15
    assert not living("4242")
    assert not living("4343")


def test_what_a_step_leaves_behind_is_told_and_ended(runner: Runner, tmp_path: Path) -> None:
    step = "      - run: |\n          setsid env -i sleep 4545 >/dev/null 2>&1 &\n          sleep 0.5\n"
    ran = run(runner, tmp_path, one_job(step))
    assert ran.exit_code == 0, ran.log
    assert [line for line in ran.left_behind if "4545" in line]
    assert not living("4545")


def test_runs_side_by_side(runner: Runner, tmp_path: Path) -> None:
    step = (
        f"      - uses: {CHECKOUT}\n"
        '      - run: mkdir "$RUNNER_TEMP/own" && sleep 1 && cp own.txt "$RUNNER_TEMP/own"\n'
        f"      - uses: {UPLOAD_ARTIFACT}\n        with: {{name: own, path: '${{{{ runner.temp }}}}/own'}}\n"
    )

    def start(name: str) -> WorkflowRun:
        return run(runner, tmp_path / name, {**one_job(step), "own.txt": name})

    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(start, ("left", "right")))
    assert [ran.exit_code for ran in runs] == [0, 0], runs[0].log + runs[1].log
    assert [ran.artifacts for ran in runs] == [{"own": {"own.txt": b"left"}}, {"own": {"own.txt": b"right"}}]


def living(word: str) -> list[str]:
    """Command lines on this machine that hold the word as an argument."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if word.encode() in arguments:
            lines.append(repr(arguments))
    return lines
