"""Plants one fault in a copy of sample_service, and says what the gate must make of it.

    python3 tests/samples/faults/plant.py FAULT FOLDER

Standard library only: workflows run it without installing anything.
"""

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """What is planted (text by file, appended, or a new file), what it does, and where it must be found."""

    gate: str
    outcome: str
    append: dict[str, str] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    finding: str = ""
    reason: str = ""
    settings: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The verdict of a run whose only fault is this one."""
        return self.outcome


UNUSED = "tests/unit/test_planted_import.py"
UNIT = "tests/unit/test_planted.py"
INTEGRATION = "tests/integration/test_planted.py"

# Error paths that nothing runs, as many as bring a service of this size just under its threshold.
_ERROR_PATHS = "".join(
    f'\n\ndef refuse_{number}() -> None:\n    """Refuse for a reason that no test has."""\n    raise DatabaseUnavailableError\n'
    for number in range(1, 41)
)

FAULTS = {
    "unused-import": Fault(
        gate="lint",
        outcome="failed",
        append={UNUSED: '"""A planted fault."""\n\nimport json\n\n\ndef test_nothing() -> None:\n    assert True\n'},
        finding=f"F401 {UNUSED}:3",
    ),
    "failing-unit-test": Fault(
        gate="unit-tests",
        outcome="failed",
        append={UNIT: '"""A planted fault."""\n\n\ndef test_planted() -> None:\n    total = 1 + 1\n    assert total == 3\n'},
        finding=f"test-failed {UNIT}:6",
    ),
    "fails-on-postgresql": Fault(
        gate="integration-tests",
        outcome="failed",
        append={
            INTEGRATION: '"""A planted fault: SQLite would take the text for a number."""\n\n'
            "import os\n\nimport asyncpg\n\n\n"
            "async def test_planted() -> None:\n"
            '    url = os.environ["DATABASE_URL"].replace("+asyncpg", "")\n'
            "    connection = await asyncpg.connect(url)\n"
            "    try:\n"
            '        await connection.execute("SELECT 1 + length(5)")\n'
            "    finally:\n"
            "        await connection.close()\n"
        },
        finding=f"test-failed {INTEGRATION}:12",
    ),
    "untested-error-path": Fault(
        gate="coverage",
        outcome="failed",
        append={"app/errors.py": _ERROR_PATHS},
        finding="error-path-not-covered app/errors.py",
    ),
    "broken-migration": Fault(
        gate="integration-tests",
        outcome="errored",
        append={
            "migrations/versions/0003_planted.py": '"""A planted fault."""\n\nfrom alembic import op\n\n'
            'revision = "0003"\ndown_revision = "0002"\nbranch_labels = None\ndepends_on = None\n\n\n'
            'def upgrade() -> None:\n    """Fail."""\n    op.execute("ALTER TABLE nothing_of_the_kind ADD COLUMN x int")\n\n\n'
            'def downgrade() -> None:\n    """Do nothing."""\n    op.execute("SELECT 1")\n'
        },
        reason="needs the schema, which could not be made",
    ),
    "not-collected": Fault(
        gate="unit-tests",
        outcome="errored",
        append={UNIT: '"""A planted fault."""\n\nfrom app import nothing_of_the_kind\n\n__all__ = ["nothing_of_the_kind"]\n'},
        finding=f"test-not-collected {UNIT}:3",
        reason="could not be collected",
    ),
    "no-tests": Fault(
        gate="integration-tests", outcome="errored", remove=("tests/integration",), reason="no test is marked"
    ),
    "pytest-killed": Fault(
        gate="unit-tests",
        outcome="errored",
        append={
            UNIT: '"""A planted fault."""\n\nimport os\nimport signal\n\n\n'
            "def test_planted() -> None:\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        },
        reason=f"was killed by signal 9 (SIGKILL) during {UNIT}::test_planted",
    ),
    "hang": Fault(
        gate="unit-tests",
        outcome="errored",
        append={
            UNIT: '"""A planted fault."""\n\nimport time\n\n\ndef test_planted() -> None:\n    time.sleep(3600)\n'
        },
        reason=f"did not end within 40 s, stuck in {UNIT}::test_planted",
        settings=("timeout=40",),
    ),
}


def plant(name: str, folder: Path) -> Fault:
    """Plant a fault in the service in `folder`."""
    fault = FAULTS[name]
    for path in fault.remove:
        shutil.rmtree(folder / path)
    for path, text in fault.append.items():
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write(text)
    return fault


if __name__ == "__main__":
    plant(sys.argv[1], Path(sys.argv[2]))
