# Targets with a "## text" behind them are shown by `make help`.

PYTHON ?= python3
PORT ?= 5000
AUTH ?= open
STATE ?= .local

LOCAL = @exec $(PYTHON) -m local

.DEFAULT_GOAL := help
.PHONY: help run token clean-data sam-local

help:  ## Show this
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:  ## Serve the whole stack on http://127.0.0.1:5000 (PORT=5001, AUTH=cognito, STATE=folder)
	$(LOCAL) run --port $(PORT) --auth $(AUTH) --state $(STATE)

# The shell has a USER of its own, the one who is logged in: only that of the command line counts.
token:  ## Print a token of a demo user of make run AUTH=cognito (USER=organiser, organiser2, admin, helper)
	$(LOCAL) token --state $(STATE) --user $(if $(filter command line,$(origin USER)),$(USER),organiser)

clean-data:  ## Forget the local stack's data
	$(LOCAL) clean-data --state $(STATE)

sam-local:  ## Prepare sam local invoke and start-api, their data in the running local stack
	$(LOCAL) sam-local --state $(STATE)

# --- Organisers' and operators' own ---------------------------------------------------------------------------------------

.PHONY: export verify-data

export:  ## Write all attendees of an event as CSV (EVENT=id, URL=of the API; else of the local stack over STATE, TOKEN=an organiser's, OUT=file)
	$(if $(EVENT),,$(error Say which event: make export EVENT=<id>))
	@exec $(PYTHON) -m operations.export '$(EVENT)' $(if $(URL),--url '$(URL)',--state '$(STATE)') $(if $(OUT),--out '$(OUT)')

verify-data: .venv/installed  ## Tell what is amiss with the data (EVENT=id; of the local stack over STATE, or TABLE=name in AWS, ENDPOINT=url)
	@PYTHONPATH=shared:. .venv/bin/python -m operations.verify_data $(if $(EVENT),--event '$(EVENT)') \
	  $(if $(TABLE),--table '$(TABLE)') $(if $(ENDPOINT),--endpoint '$(ENDPOINT)') --state '$(STATE)'

# --- Tests and checks: three more environments, made when their requirements change --------------------------------------

BIN = .venv/bin
SAM_BIN = .venv-sam/bin
BENCH_BIN = .venv-bench/bin
CODE = bench functions local operations shared tests

.PHONY: test test-fast test-sam mutants bench cost simulation bench-check check audit fuzz format

test: .venv/installed .venv-sam/installed  ## Run every test: unit, contract, packaging, integration (minutes)
	$(BIN)/pytest -n 2 --dist loadfile tests/unit tests/contract tests/model
	$(BIN)/pytest -n 2 tests/crash
	$(BIN)/pytest tests/packaging tests/integration

test-fast: .venv/installed  ## Run the unit and contract tests alone (minutes)
	$(BIN)/pytest -n 2 --dist loadfile tests/unit tests/contract

test-sam: .venv/installed .venv-sam/installed  ## Run the tests that need a Docker engine: sam local invoke, sam local start-api
	$(BIN)/pytest tests/sam_local

mutants: .venv/installed  ## Show which test notices when a condition, validation or signature check is removed
	$(BIN)/python -m tests.mutation $(if $(ONLY),--only '$(ONLY)')

bench: .venv-bench/installed  ## Measure start-up, warm path and size beside bare boto3 and other frameworks, into bench/results/ (minutes)
	$(BENCH_BIN)/python -m bench.speed

cost: .venv-bench/installed  ## Compute docs/cost.md: what calls cost, from what was measured and bench/cost/prices.toml
	$(BENCH_BIN)/python -m bench.cost

simulation: .venv/installed .venv-bench/installed  ## Simulate an on-sale rush of 50,000 buyers on AWS, into bench/results/ (minutes)
	PYTHONPATH=shared:. $(BIN)/python -m bench.simulation
	$(BENCH_BIN)/python -m bench.simulation.plot

bench-check: .venv-bench/installed  ## Hold every function's start-up and warm path against bench/budgets.toml (minutes, needs valgrind)
	$(BENCH_BIN)/python -m bench.speed --check

check: .venv/installed .venv-sam/installed  ## Check style, types, imports and templates
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy shared/event_management shared/trim_botocore.py functions/*/app.py local operations bench/report.py bench/speed/*.py bench/cost/*.py bench/simulation/*.py
	PYTHONPATH=shared:. $(BIN)/lint-imports --no-cache --no-logo
	$(SAM_BIN)/cfn-lint template.yaml
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 $(SAM_BIN)/sam validate --lint

AUDIT_BIN = .venv-audit/bin
CHECKOV_BIN = .venv-checkov/bin
SECRETS_HOOK = $(AUDIT_BIN)/detect-secrets-hook --filter file://tests/audit/accepted_secrets.py::is_accepted
.PHONY: audit-code audit-secrets audit-template audit-workflows audit-tests

audit: audit-code audit-secrets audit-template audit-workflows audit-tests  ## Look for weaknesses in code, secrets, template and workflows, without a network

audit-code: .venv/installed .venv-audit/installed
	$(BIN)/ruff check $(CODE)
	$(AUDIT_BIN)/bandit --quiet --configfile pyproject.toml --recursive functions local operations shared

audit-secrets: .venv-audit/installed
	git ls-files -z | xargs -0 $(SECRETS_HOOK)

audit-template: .venv-sam/installed .venv-checkov/installed
	$(SAM_BIN)/cfn-lint template.yaml
	$(CHECKOV_BIN)/checkov --config-file .checkov.yaml

audit-workflows: .venv-audit/installed
	$(AUDIT_BIN)/zizmor --offline --no-progress --persona auditor .github/workflows

# That each of them finds what it is there for.
audit-tests: .venv/installed
	$(BIN)/pytest -n 2 tests/audit

FUZZ_BIN = .venv-fuzz/bin
REQUESTS ?= 10000

fuzz: .venv-fuzz/installed  ## Send generated requests to the running stack and hold every answer against docs/openapi.yaml (REQUESTS=10000, SEED=number; minutes)
	PYTHONPATH=shared:. $(FUZZ_BIN)/python -m tests.fuzz --requests $(REQUESTS) $(if $(SEED),--seed $(SEED))

format: .venv/installed  ## Format the code
	$(BIN)/ruff check --fix-only --quiet $(CODE)
	$(BIN)/ruff format $(CODE)

.venv/installed: requirements.txt shared/requirements.txt
.venv-sam/installed: requirements-sam.txt
.venv-bench/installed: bench/requirements.txt
.venv-audit/installed: requirements-audit.txt
.venv-checkov/installed: requirements-checkov.txt
.venv-fuzz/installed: requirements-fuzz.txt requirements.txt shared/requirements.txt
.venv/installed .venv-sam/installed .venv-bench/installed .venv-audit/installed .venv-checkov/installed .venv-fuzz/installed:
	@echo "Installing $< …"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.13 …" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r $<
	@touch $@
