"""Mutation testing of what is pure: changes the code in many small ways and counts which changes the tests notice.

`python tests/mutation/run.py` takes all of `gate/comparing`, `gate/domain`, `gate/formats`, `gate/render` and
`gate/weakening` (half an hour on two processors); given modules, it takes only those, and the tests of each alone, or
of its package where it has none of its own. It works on a copy, and ends with status 1 if fewer than 80 % of the
mutants are killed.
With `--survivors FILE` those that live are written there.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("comparing", "domain", "formats", "render", "weakening")
# The least share of killed mutants, in percent.
LIMIT = 80
# The words of `mutmut results`; one that makes the tests hang or die was noticed, too.
KILLED = ("killed", "timeout", "segfault", "caught by type check")
_CONFIGURATION = """
[tool.mutmut]
source_paths = ["gate"]
only_mutate = {modules}
also_copy = ["docs", "entrypoint", "README.md", "LICENSE"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-x"]
pytest_add_cli_args_test_selection = {tests}
"""
# A property that fails is noticed: to look for the smallest example takes far longer. The same examples every time.
_CONFTEST = """
from hypothesis import Phase, settings
settings.register_profile(
    "mutants", phases=(Phase.explicit, Phase.generate), database=None, derandomize=True, deadline=None
)
settings.load_profile("mutants")
"""


def main() -> int:
    """Run mutmut in a copy of the repository and print how many mutants of each module were killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="such as gate/domain/sticky_comment.py; default: all that is pure")
    parser.add_argument("--survivors", type=Path, help="the file that gets the names of those that live")
    parser.add_argument("--children", type=int, default=2, help="how many run side by side (2)")
    arguments = parser.parse_args()
    modules = arguments.modules or [f"gate/{package}/*" for package in PACKAGES]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = _copied(Path(folder) / "copy")
        tests = [*(f"tests/unit/{name}" for name in PACKAGES), "tests/unit/gates", "tests/unit/test_publish.py"]
        if arguments.modules:
            tests = sorted({_tests_of(Path(module)) for module in modules})
        with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(_CONFIGURATION.format(modules=list(modules), tests=tests))
        (copy / "tests" / "conftest.py").write_text(_CONFTEST, encoding="utf-8")
        mutmut = (sys.executable, "-m", "mutmut")
        run = subprocess.run([*mutmut, "run", "--max-children", str(arguments.children)], cwd=copy, check=False)
        if run.returncode:
            return run.returncode
        listed = [*mutmut, "results", "--all", "true"]
        results = subprocess.run(listed, cwd=copy, check=True, capture_output=True, text=True)
    fates = dict(parse_results(results.stdout.splitlines()))
    if arguments.survivors:
        survivors = sorted(name for name, fate in fates.items() if fate not in KILLED)
        arguments.survivors.write_text("".join(f"{name}\n" for name in survivors), encoding="utf-8")
    return _told(fates)


def parse_results(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield the name and the fate of every mutant that `mutmut results` lists."""
    for line in lines:
        name, colon, fate = line.strip().rpartition(": ")
        if colon and name.startswith("gate."):
            yield name, fate


def _tests_of(module: Path) -> str:
    """Return the tests of `gate/PACKAGE/MODULE.py` or `gate/MODULE.py`, or else those of its package."""
    package = Path("tests", "unit", *module.parts[1:-1][:1])
    own = package / f"test_{module.stem}.py"
    return str(own if (ROOT / own).is_file() else package)


def _copied(copy: Path) -> Path:
    """Copy what git knows or would know: mutmut writes beside the code it mutates."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        source, target = ROOT / name, copy / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return copy


def _told(fates: Mapping[str, str]) -> int:
    if not fates:
        print("no mutant was made: are the modules named as they are in the repository?")
        return 2
    counted = Counter((name.partition(".x")[0], fate in KILLED) for name, fate in fates.items())
    for module in sorted({module for module, _ in counted}):
        killed, lived = counted[module, True], counted[module, False]
        print(f"{module}: {killed} of {killed + lived} killed")
    killed = sum(fate in KILLED for fate in fates.values())
    print(f"in all: {killed} of {len(fates)}, {100 * killed // len(fates)} % (at least {LIMIT} %)")
    return 0 if 100 * killed >= LIMIT * len(fates) else 1


if __name__ == "__main__":
    sys.exit(main())
