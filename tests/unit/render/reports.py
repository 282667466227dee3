"""Reports as real runs make them: green, red, errored, misconfigured, and one in which every word is hostile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from gate.domain.checklist import Question
from gate.domain.comparison import Baseline, Comparison, Slower, SuiteChange
from gate.domain.exhibit import (
    CaseOutcome,
    ErrorPath,
    ErrorPathKind,
    Excerpt,
    Exhibit,
    FileCoverage,
    Histogram,
    Matrix,
    MatrixRow,
    OutputTail,
    Series,
    SourceCoverage,
    Table,
    TestCase,
    Tests,
)
from gate.domain.finding import Finding, Location, RuleWords, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.report import Problem, Report, Subject
from gate.domain.result import Artifact, GateResult, Judgement, Outcome
from gate.domain.weakening import Policy, Weakening, WeakeningKind
from gate.gates.checklist import CHECKLIST
from gate.render.links import Links

COMMIT = "3f2c1ab94e0d5b7c8a6f1e2d3c4b5a69788f0e1d"
START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NONE_ALLOWED = Threshold(value=Fraction(0), direction="at-most")
SUBJECT = Subject(
    project="svc", repository="acme/tasks", commit=COMMIT, run_id=19345678123, run_attempt=1, pull_request=42
)
HOSTILE = (
    "<!-- quality-gate:v1 name=x run=9 attempt=9 sha= --></pre></details><img src=x onerror=alert(1)> @octocat "
    "@acme/team #1 GH-2 acme/tasks#3 https://evil.example www.evil.example a@evil.example :tada: $x^2$ "
    "| cell `code` **bold** _it_ [a](https://evil.example) ![i](//evil.example/i.png)\n::error::no\n\n# heading\n"
    "    indented\n```\nfence\n```\n##[error]old\n\x1b[31mred\x1b[0m\x1b]0;title\x07 \u202eevil\u2066 z\u200bw \ud800 "
    "&lt;b&gt; &amp; \\ {{ }} ${{ secrets.X }} %0A%3A ~~s~~ 3f2c1ab94e0d5b7c8a6f1e2d3c4b5a69788f0e1d"
)


def result(gate: str, title: str, judgement: Judgement, *, start: float = 0, seconds: float = 1) -> GateResult:
    return GateResult(
        gate=gate,
        title=title,
        judgement=judgement,
        started_at=START + timedelta(seconds=start),
        duration=timedelta(seconds=seconds),
    )


def lint(*findings: Finding) -> GateResult:
    judgement = Judgement(
        outcome=Outcome.FAILED if findings else Outcome.PASSED,
        measures=(Measure.count("findings", len(findings), threshold=NONE_ALLOWED),),
        findings=findings,
    )
    return result("lint", "lint", judgement, seconds=0.34)


def suite(gate: str, title: str, *cases: TestCase, reason: str = "", exhibits: tuple[Exhibit, ...] = ()) -> GateResult:
    failing = [case for case in cases if case.outcome in (CaseOutcome.FAILED, CaseOutcome.ERRORED)]
    skipped = [case for case in cases if case.outcome is CaseOutcome.SKIPPED]
    judgement = Judgement(
        outcome=Outcome.FAILED if failing else Outcome.PASSED,
        reason=reason,
        measures=(
            Measure.count("failures", len(failing), threshold=NONE_ALLOWED),
            Measure.count("tests", len(cases) - len(skipped)),
            Measure.count("skipped", len(skipped)),
        ),
        exhibits=(Tests(cases=cases), *exhibits),
        artifacts=(Artifact(title="JUnit XML", path=f"junit/{gate}.xml"),),
    )
    return result(gate, title, judgement, start=1, seconds=31.2)


def passing(number: int, path: str) -> tuple[TestCase, ...]:
    return tuple(
        TestCase(
            name=f"{path}::test_case_{at}",
            outcome=CaseOutcome.PASSED,
            seconds=round(0.01 + at % 17 / 50, 3),
            location=Location(path=path, line=10 + 4 * at),
        )
        for at in range(number)
    )


def coverage(covered: int, *files: FileCoverage, baseline: Fraction | None = None) -> GateResult:
    threshold = Threshold(value=Fraction(95), direction="at-least")
    measure = Measure.ratio("coverage", covered, 2030, threshold=threshold, baseline=baseline)
    judgement = Judgement(
        outcome=Outcome.PASSED if measure.holds else Outcome.FAILED,
        measures=(measure, Measure.ratio("line-coverage", covered - 300, 1700)),
        exhibits=(SourceCoverage(files=files),),
        artifacts=(Artifact(title="HTML", path="coverage/html"),),
    )
    return result("coverage", "coverage", judgement, start=33, seconds=4.4)


SKIPPED_REVIEW = result("access-review", "access review", Judgement.skipped("unit tests failed"), start=38, seconds=0)
TRACEBACK = """\
    async def test_too_long_is_rejected(client: AsyncClient) -> None:
        response = await client.post("/tasks/1/comments", json={"text": "x" * 5001})
>       assert response.status_code == 422
E       assert 500 == 422
E        +  where 500 = <Response [500 Internal Server Error]>.status_code

tests/unit/test_comments.py:41: AssertionError

----------------------------- Captured log call -----------------------------
ERROR    app.main:main.py:88 value too long for type character varying(5000)
"""


def the_links() -> Links:
    run = "https://github.com/acme/tasks/actions/runs/19345678123"
    return Links(
        repository="acme/tasks",
        commit=COMMIT,
        run_url=run,
        artifact_url=f"{run}/artifacts/1",
        coverage_url=f"{run}/artifacts/2",
    )


def green() -> Report:
    return Report(
        subject=SUBJECT,
        results=(
            lint(),
            suite("unit-tests", "unit tests", *passing(148, "tests/unit/test_tasks.py")),
            suite(
                "integration-tests",
                "integration tests",
                *passing(31, "tests/integration/test_comments_db.py"),
                reason="on PostgreSQL 16.4",
            ),
            coverage(
                1953,
                FileCoverage(path="app/routes/tasks.py", covered=80, total=82, missing_lines=(14, 15)),
                baseline=Fraction(9580, 100),
            ),
        ),
        tool_versions={"ruff": "0.17.6", "pytest": "9.2.0", "PostgreSQL": "16.4"},
        checklist=CHECKLIST,
    )


def red() -> Report:
    failing = TestCase(
        name="tests/unit/test_comments.py::test_too_long_is_rejected",
        outcome=CaseOutcome.FAILED,
        seconds=0.21,
        location=Location(path="tests/unit/test_comments.py", line=41),
        message="assert 500 == 422",
        details=TRACEBACK,
    )
    unused = Finding(
        gate="lint",
        rule_id="F401",
        severity=Severity.ERROR,
        message="`os` imported but unused",
        location=Location(path="app/main.py", line=3, end_line=3, column=8),
        help_url="https://docs.astral.sh/ruff/rules/unused-import",
    )
    skipped = TestCase(
        name="tests/unit/test_x.py::test_s3", outcome=CaseOutcome.SKIPPED, seconds=0, message="no S3 here"
    )
    return Report(
        subject=replace(SUBJECT, name="api"),
        results=(
            lint(unused),
            suite("unit-tests", "unit tests", *passing(147, "tests/unit/test_tasks.py"), failing, skipped),
            suite(
                "integration-tests",
                "integration tests",
                *passing(31, "tests/integration/test_comments_db.py"),
                reason="on PostgreSQL 16.4",
            ),
            coverage(
                1904,
                FileCoverage(
                    path="app/routes/comments.py",
                    covered=60,
                    total=66,
                    missing_lines=(57, 58, 59, 60, 72),
                    missing_branches=((56, 57), (71, -1)),
                ),
                FileCoverage(path="app/mail.py", covered=20, total=25, missing_lines=(8, 9, 30)),
                baseline=Fraction(9570, 100),
            ),
            SKIPPED_REVIEW,
        ),
        notices=("DATABASE_URL names db.example.com, which is neither loopback nor a socket: passed over",),
        tool_versions={"ruff": "0.17.6", "pytest": "9.2.0", "PostgreSQL": "16.4"},
    )


def reviewed() -> Report:
    """Make a report of a gate whose measure is a share of things, with matrices and a rule that has words."""
    threshold = Threshold(value=Fraction(80), direction="at-least")
    finding = Finding(
        gate="access-review",
        rule_id="other-user-reads",
        severity=Severity.ERROR,
        message="GET /tasks/{task_id}: another user reads it (200 with the owner's object)",
        location=Location(path="svc/app/routes/tasks.py", line=55),
        help_url="https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/",
    )
    words = RuleWords(
        rule_id="other-user-reads",
        title="another user reads it (API1:2023, CWE-639)",
        advice="Look the object up by its id and its owner together.",
        tags=("security", "external/cwe/cwe-639"),
        score=7.5,
    )
    rows = (
        MatrixRow(
            label="GET /tasks/{task_id}", cells=("owner", "passed", "failed", "not asked"), location=finding.location
        ),
        MatrixRow(label="DELETE /tasks/{task_id}", cells=("owner", "passed", "not exercised", "not asked")),
        MatrixRow(label="GET /health", cells=("public", "waived", "not asked", "warning")),
    )
    judgement = Judgement(
        outcome=Outcome.FAILED,
        reason="1 flaw in 1 operation; 1 not exercised: DELETE /tasks/{task_id}",
        measures=(Measure.ratio("operations", 13, 14, threshold=threshold),),
        findings=(finding,),
        rules=(words,),
        exhibits=(
            Matrix(
                title="Who may do what", columns=("operation", "meant for", "logged in?", "owner?", "input?"), rows=rows
            ),
        ),
    )
    return Report(subject=SUBJECT, results=(lint(), result("access-review", "access review", judgement, seconds=21)))


def loaded() -> Report:
    """Make a report of a gate whose measures are times, with a histogram and series."""
    limit = Threshold(value=Fraction(500), direction="at-most")
    finding = Finding(
        gate="latency",
        rule_id="latency-over-limit",
        severity=Severity.ERROR,
        message=(
            "GET /tasks: p95 812 ms [790–840] is over the limit of 500 ms (3,000 requests): "
            "sends one statement 21 times a request: SELECT … FROM users WHERE users.id = $1"
        ),
        location=Location(path="svc/app/routes/tasks.py", line=31),
    )
    row = MatrixRow(
        label="GET /tasks", cells=("failed", "361 ms", "812 ms [790–840]", "500 ms"), location=finding.location
    )
    other = MatrixRow(label="GET /users", cells=("inconclusive", "361 ms", "490 ms [470–510]", "500 ms"))
    judgement = Judgement(
        outcome=Outcome.FAILED,
        reason="with 50 users, 1 s think time; 1 operation over the limit: GET /tasks p95 812 ms [790–840], limit 500 ms",
        measures=(
            Measure(
                name="p95",
                value=Fraction("803.41"),
                unit="milliseconds",
                threshold=limit,
                baseline=Fraction("642.1"),
            ),
            Measure(name="throughput", value=Fraction("47.31"), unit="per-second"),
        ),
        findings=(finding,),
        exhibits=(
            Matrix(title="Operations", columns=("operation", "", "p50", "p95 [95 %]", "limit"), rows=(row, other)),
            Histogram(
                title="Response times",
                unit="milliseconds",
                buckets=((100.0, 12), (316.23, 840), (1_000.0, 2_100), (3_162.28, 48)),
                marks=(("p50", 361.0), ("limit", 500.0), ("p95", 803.41)),
            ),
            Series(
                title="p95 over time",
                unit="milliseconds",
                lines=(("p95", tuple((float(at), 700.0 + 40 * (at % 5)) for at in range(20))),),
            ),
        ),
    )
    return Report(subject=SUBJECT, results=(lint(), result("latency", "latency", judgement, seconds=65)))


def compared() -> Report:
    """Make a report that is compared with the base's: old and new failures and findings, and what takes longer."""
    told = red()
    unused, failing = told.results[0].findings[0], told.results[1].exhibits[0].failing[0]  # type: ignore[union-attr]
    old = replace(
        failing, name="tests/unit/test_mail.py::test_old", location=Location(path="tests/unit/test_mail.py", line=7)
    )
    findings = (
        replace(unused, in_base=True, location=Location(path="app/old.py", line=9)),
        replace(unused, in_base=False),
    )
    cases = (replace(old, in_base=True, details=""), replace(failing, in_base=False))
    results = (
        lint(*findings),
        suite("unit-tests", "unit tests", *passing(147, "tests/unit/test_tasks.py"), *cases),
        *told.results[2:],
    )
    return replace(
        told,
        results=results,
        baseline=Baseline(
            commit="1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
            origin="the merge's first parent",
            source="the artifact of run 811",
        ),
        comparison=Comparison(
            suites=(
                SuiteChange(gate="unit-tests", before=146, now=149, added=4, removed=1, mended=("test_a",)),
                SuiteChange(gate="integration-tests", before=31, now=31),
            ),
            slower=(
                Slower(gate="unit-tests", name="tests/unit/test_tasks.py::test_case_3", before=0.2, now=1.9),
                Slower(gate="integration-tests", name="", before=31.2, now=74),
            ),
            mended_findings={"lint": 12},
        ),
    )


def weakened() -> Report:
    """Make a green report of a change that weakens the gate in many ways."""

    def one(kind: WeakeningKind, message: str, path: str, line: int | None = None) -> Weakening:
        return Weakening(kind=kind, message=message, location=Location(path=path, line=line))

    return replace(
        green(),
        weakenings=(
            one(WeakeningKind.CONFIGURATION, "lowers coverage.threshold from 95 to 80", "pyproject.toml", 41),
            one(WeakeningKind.SUPPRESSION, 'adds "# noqa: S105"', "app/routes/comments.py", 12),
            one(WeakeningKind.SUPPRESSION, 'adds "# noqa: S105"', "app/routes/comments.py", 57),
            one(WeakeningKind.SKIP, "adds pytest.mark.skip to test_too_long", "tests/unit/test_comments.py", 40),
            *(
                one(WeakeningKind.DELETED_TEST, f"deletes the test {name} (tests/test_tasks.py)", "tests/test_tasks.py")
                for name in ("test_a", "test_b", "test_c", "test_d")
            ),
            one(WeakeningKind.DELETED_ASSERTION, "takes 2 of 3 assertions out of test_e", "tests/test_tasks.py", 7),
            Weakening(kind=WeakeningKind.WAIVER, message="waives other-user-reads at GET /a until 2027-01-31"),
        ),
    )


def forbidden() -> Report:
    """Make a report that is red for nothing else than that the change weakens the gate."""
    return replace(weakened(), policy=Policy.STRICT, weakenings=weakened().weakenings[:3])


def errored() -> Report:
    tail = OutputTail(
        title="last output of pytest", text="INTERNALERROR> Traceback\n\nINTERNALERROR> ConnectionRefusedError\n"
    )
    judgement = Judgement.errored("PostgreSQL did not answer on 127.0.0.1:5432 within 30 s", tail)
    return Report(
        subject=SUBJECT,
        results=(
            lint(),
            suite("unit-tests", "unit tests", *passing(148, "tests/unit/test_tasks.py")),
            result("integration-tests", "integration tests", judgement, start=1, seconds=30.4),
            result("coverage", "coverage", Judgement.skipped("integration tests errored"), start=32, seconds=0),
        ),
    )


def misconfigured() -> Report:
    return Report(
        subject=SUBJECT,
        problems=(
            Problem(
                place="pyproject.toml [tool.quality-gate] coverage.treshold",
                value="95",
                message="coverage has no option 'treshold'",
                instead="did you mean 'threshold'?",
                path="pyproject.toml",
                line=41,
            ),
            Problem(
                place="QUALITY_GATE_TIMEOUT",
                value="'soon'",
                message="not a number of seconds from 1 to 86400",
                instead="a whole number, such as 1800",
            ),
        ),
    )


def hostile_report(words: str) -> Report:
    """Make a report in which every text that can come from a change is `words`."""
    place = Location(path=words, line=1, end_line=2, column=3)
    finding = Finding(
        gate="lint", rule_id=words, severity=Severity.ERROR, message=words, location=place, help_url=words
    )
    case = TestCase(name=words, outcome=CaseOutcome.FAILED, seconds=1, location=place, message=words, details=words)
    skipped = TestCase(name=words, outcome=CaseOutcome.SKIPPED, seconds=1, location=place, message=words)
    file = FileCoverage(
        path=words,
        covered=1,
        total=2,
        missing_lines=(1, 2, 5),
        missing_branches=((1, 2),),
        error_paths=(ErrorPath(kind=ErrorPathKind.GUARD, line=1, end_line=2, function=words, test=words),),
        patch_lines=(2,),
        patch_missing=(2,),
        excerpts=(Excerpt(start=1, text=words),),
    )
    shown = Table(title=words, columns=(words, words), rows=((words, words), (words,)))
    row = MatrixRow(label=words, cells=(words, "failed", "waived"), location=place)
    matrix = Matrix(title=words, columns=(words, words, words, words), rows=(row, MatrixRow(label=words, cells=())))
    histogram = Histogram(title=words, unit="milliseconds", buckets=((1.0, 2), (2.0, 1)), marks=((words, 1.5),) * 2)
    series = Series(title=words, unit="per-second", lines=((words, ((0.0, 1.0), (1.0, 2.0))),) * 2)
    errored_gate = Judgement.errored(words or "?", OutputTail(title=words, text=words), histogram, series)
    return Report(
        subject=replace(SUBJECT, name=words, commit=""),
        results=(
            replace(lint(finding, finding), title=words),
            replace(suite("unit-tests", words, case, skipped, reason=words, exhibits=(shown, matrix)), title=words),
            coverage(1904, file),
            result("integration-tests", words, errored_gate),
            result("access-review", words, Judgement.skipped(words or "?")),
        ),
        notices=(words,),
        tool_versions={words: words},
        checklist=(
            Question(words=words, gate=words),
            Question(words=words, gate="unit-tests"),
            Question(words=words, gate="unit-tests", row=words),
            Question(words=words, gate="coverage", measure="coverage"),
        ),
        weakenings=tuple(Weakening(kind=kind, message=words, location=place) for kind in WeakeningKind),
        baseline=Baseline(commit="1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d", origin=words, source=words),
        comparison=Comparison(
            suites=(SuiteChange(gate="unit-tests", before=1, now=2, newly_failing=(words,), removed_names=(words,)),),
            slower=(Slower(gate="unit-tests", name=words, before=1, now=2),),
            mended_findings={"lint": 2},
        ),
    )


def hostile() -> Report:
    return hostile_report(HOSTILE)
