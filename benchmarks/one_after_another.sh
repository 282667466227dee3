#!/usr/bin/env bash
# The steps of the seeds, one after another, with a PostgreSQL that runs already.
# Usage: one_after_another.sh PROJECT SCHEMA_SQL OUT; DATABASE_URL names an empty database, PSQL the program psql.
set -euo pipefail
project=$1 schema=$2 out=$3
rm -rf "$out"
mkdir -p "$out"
cd "$project"
python3 -m venv "$out/environment"
export PATH="$out/environment/bin:$PATH" COVERAGE_FILE=$out/.coverage
pip install -q --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
pip install -q --disable-pip-version-check --no-deps -e .
ruff check --no-fix --no-cache .
"$PSQL" -q -v ON_ERROR_STOP=1 -f "$schema" "${DATABASE_URL/+asyncpg/}" > /dev/null
pytest --cov --cov-report=term --cov-report=html:"$out/html" --cov-report=xml:"$out/coverage.xml" --cov-fail-under=95 > "$out/pytest.log"
