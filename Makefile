# Every target installs what it needs. The first two are all that a newcomer types.
.DEFAULT_GOAL := help
.PHONY: help docs screenshots dist gate image test test-unit bench campaign mutants mutants-api services lint lock clean
SHELL := bash
BIN := .venv/bin
# One more than the processors that CI has: most tests wait for programs, for a good part of their time.
WORKERS := 3
VALIDATOR_LOCK := gate/gates/openapi/validator-requirements.txt
GATES := lint,unit-tests,integration-tests,coverage,access-review,latency,openapi

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

gate: $(BIN)/quality-gate ## Run the gate on sample_service, with an embedded PostgreSQL
	$(BIN)/quality-gate run sample_service --postgres embedded --gates $(GATES)

test: .venv/.development ## Run every test that this machine can run; say what was left out and why
	PYTEST_ADDOPTS="-n $(WORKERS) --dist worksteal" $(BIN)/quality-gate run .
	@! grep -h '^SKIPPED' quality-gate-report/logs/*-tests.log || echo 'These were left out, for the reasons given.'
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/testbed tests/e2e

test-unit: .venv/.development ## Run the tests that start no program
	$(BIN)/python -m pytest -q -n 2 tests/unit

campaign: .venv/.development ## Play CASES hostile or unlucky cases (1000), or the one of SEED again; try every property on 1,000 examples
	$(BIN)/python -m tests.campaign $(if $(SEED),--seed $(SEED),--cases $(or $(CASES),1000))
	$(if $(SEED),,QUALITY_GATE_EXAMPLES=thorough $(BIN)/python -m pytest -q -n $(WORKERS) -m hypothesis tests/unit)

bench: .venv/.development ## Measure how fast it is (QUICK=1: few repetitions; ONLY=start,report: some of it)
	$(BIN)/python benchmarks/run.py $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

mutants: .venv/.mutants ## Change what is pure in small ways and count what the tests notice (ONLY=gate/domain/sticky_comment.py: some of it)
	$(BIN)/python tests/mutation/run.py $(if $(ONLY),$(ONLY),--survivors tests/mutation/survivors.txt)

mutants-api: .venv/.development ## Plant flaws in sample_service, which the access review must find (SAMPLE=4: so many; ONLY=read-any-task: these)
	$(BIN)/python -m tests.mutation_api $(if $(SAMPLE),--sample $(SAMPLE)) $(ONLY)

services: .venv/.development ## Review every service of tests/samples/services, with each of the flaws that are planted in it
	QUALITY_GATE_EVERY_SERVICE=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/integration/test_access_review.py

slowness: .venv/.development ## Make sample_service slow in every way, and load it as the gate latency does by default
	QUALITY_GATE_EVERY_SLOWNESS=1 $(BIN)/python -m pytest tests/integration/test_planted_slowness.py

lint: .venv/.development ## Run every linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/actionlint .github/workflows/*.yml $(filter-out examples/gitlab-ci.yml,$(wildcard examples/*.yml))
	$(BIN)/zizmor --offline --quiet --pedantic --strict-collection action.yml */action.yml .github/workflows/*.yml $(filter-out examples/gitlab-ci.yml,$(wildcard examples/*.yml))

image: ## Build the Docker image quality-gate (BASE=...: on another base than the Dockerfile's)
	docker build --tag quality-gate --build-arg VERSION=$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml) \
	  --build-arg REVISION=$$(git rev-parse HEAD) $(if $(BASE),--build-arg BASE=$(BASE)) .

docs: .venv/.development ## Make the generated parts of README, docs and composite/action.yml anew
	$(BIN)/python docs/generate.py

screenshots: .venv/.development ## Take the pictures of docs/page.md anew
	QUALITY_GATE_SCREENSHOTS=1 $(BIN)/python -m pytest -q tests/e2e/test_page.py -k pictures

dist: $(BIN)/quality-gate ## Build the Python package
	$(BIN)/uv build --quiet --clear --out-dir dist

lock: .venv/.development ## Make the locked requirements anew
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml -o entrypoint/requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml --group dev -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml --group dev --group mutants -o requirements-mutants.txt
	printf '%s\n' openapi-spec-validator jsonschema-rs | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate - -o $(VALIDATOR_LOCK)
	{ echo '# The installer itself; the same lines stand in requirements.txt. Made by `make lock`.'; \
	  sed -n '/^uv==/,/^    #/p' entrypoint/requirements.txt | grep -v '^    #'; } > entrypoint/bootstrap.txt

clean: ## Remove what these targets made
	rm -rf .venv quality-gate-report .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage*

$(BIN)/quality-gate: entrypoint/requirements.txt entrypoint/install entrypoint/bin/quality-gate pyproject.toml
	env -u RUNNER_TOOL_CACHE entrypoint/install .venv --editable
	@touch $@

.venv/.development: $(BIN)/quality-gate requirements-dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

.venv/.mutants: .venv/.development requirements-mutants.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements-mutants.txt
	@touch $@
