"""The checklist that every change goes through, and which gate answers what. A question about a new gate is a line."""

from gate.domain.checklist import Question

CHECKLIST = (
    Question(words="Is the code free of what the linter finds?", gate="lint"),
    Question(words="Does every unit test pass?", gate="unit-tests"),
    Question(words="Does every integration test pass, on a real database?", gate="integration-tests"),
    Question(words="Do the tests run enough of the code?", gate="coverage", measure="coverage"),
    Question(words="Do the tests run the lines that the change adds?", gate="coverage", measure="patch-coverage"),
    Question(words="Are the error paths tested?", gate="coverage", measure="error-path-coverage"),
    Question(words="Is the user logged in?", gate="access-review", row="Is the user logged in?"),
    Question(
        words="Does the user own this specific resource?",
        gate="access-review",
        row="Does the user own this specific resource?",
    ),
    Question(
        words="Is the input safe and within length limits?",
        gate="access-review",
        row="Is the input safe and within length limits?",
    ),
    Question(words="Is p95 within its limit with many users at once?", gate="latency"),
    Question(words="Is the OpenAPI document up to date?", gate="openapi"),
)
