#!/usr/bin/env bash
# What somebody would write by hand to gate sample_service in parallel, in an environment that is there already.
# Usage: by_hand.sh PROJECT ENVIRONMENT POSTGRES_BIN OUT
set -euo pipefail
project=$1 environment=$2 postgres=$3 out=$4
rm -rf "$out"
mkdir -p "$out/junit"
chmod 755 "$out"
cd "$project"
export PATH="$environment/bin:$PATH" PYTHONDONTWRITEBYTECODE='' PGUSER=gate PGPASSWORD=gate

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; else "$@"; fi
}
cluster=$out/cluster
mkdir -m 700 "$cluster"
echo gate > "$out/password"
if [ "$(id -u)" = 0 ]; then chown 65534:65534 "$cluster" "$out/password"; fi
port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
trap 'kill $(jobs -p) 2> /dev/null || true; as_postgres "$postgres/pg_ctl" -D "$cluster" -m immediate -w stop > /dev/null 2>&1 || true' EXIT

ruff check --no-fix --no-cache --output-format=json --output-file="$out/ruff.json" . &
lint=$!
(
  export COVERAGE_FILE=$out/.coverage.unit
  python -m pytest tests/unit --cov --cov-report= --cov-fail-under=0 --junitxml="$out/junit/unit.xml" > "$out/unit.log"
) &
unit=$!
(
  as_postgres "$postgres/initdb" -D "$cluster" -U gate -A scram-sha-256 --pwfile="$out/password" --no-sync > /dev/null
  as_postgres "$postgres/pg_ctl" -D "$cluster" -w -l "$cluster/log" \
    -o "-c listen_addresses=127.0.0.1 -p $port -k $cluster -c fsync=off" start > /dev/null
  export DATABASE_URL=postgresql+asyncpg://gate:gate@127.0.0.1:$port/postgres COVERAGE_FILE=$out/.coverage.integration
  alembic upgrade head > "$out/schema.log" 2>&1
  python -m pytest tests/integration --cov --cov-report= --cov-fail-under=0 --junitxml="$out/junit/integration.xml" > "$out/integration.log"
) &
integration=$!
wait $lint
wait $unit
wait $integration

export COVERAGE_FILE=$out/.coverage
coverage combine -q "$out/.coverage.unit" "$out/.coverage.integration"
coverage json -q -o "$out/coverage.json"
coverage xml -q -o "$out/coverage.xml"
coverage html -q -d "$out/html"
coverage report -m --fail-under=95 > "$out/coverage.txt"
