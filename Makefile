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

token:  ## Print a token of the demo organiser (with make run AUTH=cognito)
	$(LOCAL) token --state $(STATE)

clean-data:  ## Forget the local stack's data
	$(LOCAL) clean-data --state $(STATE)

sam-local:  ## Prepare sam local invoke and start-api, their data in the running local stack
	$(LOCAL) sam-local --state $(STATE)
