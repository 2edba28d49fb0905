# `make demo` shows the product, `make test` checks it. Both need Python 3.11+ and make, no more.

PYTHON ?= python3
VENV := .venv
WORKERS := 2
RUN := $(VENV)/bin/python
UNTRAINED := data/models/untrained-sd/model_index.json
UNTRAINED_VIDEO := data/models/untrained-svd/model_index.json

.DEFAULT_GOAL := help
.PHONY: help demo test check fix soak mutants mutants-whole bench lock clean

help:  ## Say what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 8

demo: $(VENV)/.product  ## Start the bot in a pretended world and open it in a browser
	$(RUN) -m scripts.demo

test: $(VENV)/.checks $(UNTRAINED) $(UNTRAINED_VIDEO)  ## Run everything that CI runs
	$(RUN) -m scripts.browser
	$(MAKE) --no-print-directory check
	OMP_NUM_THREADS=1 $(RUN) -m pytest -n $(WORKERS) --no-loadscope-reorder

check: $(VENV)/.checks  ## Format, lint, types, import contracts
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

fix: $(VENV)/.checks  ## Format, and mend what the linter can mend
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

soak: $(VENV)/.checks  ## Try payments in thousands of histories, and die at every point of each story
	HISTORIES=2000 $(RUN) -m pytest -s tests/billing/test_payments_in_any_history.py tests/faults/test_failpoints.py

mutants: $(VENV)/.checks  ## Break each guard of the money once and have its test notice (minutes; MUTANTS=gift)
	$(RUN) -m scripts.mutants $(MUTANTS)

mutants-whole: $(VENV)/.checks  ## Change billing in thousands of small ways (hours; MUTANTS="billing.reducer*")
	$(RUN) -m pip install --quiet --disable-pip-version-check "mutmut==3.8.*"
	$(RUN) -m mutmut run $(MUTANTS)
	$(RUN) -m mutmut results

bench: $(VENV)/.product $(UNTRAINED) $(UNTRAINED_VIDEO)  ## Print speed as ratios measured in one run
	$(RUN) -m bench

lock: $(VENV)/.checks  ## Renew the lock files from what is installed
	$(RUN) -m scripts.lock

clean:  ## Remove what can be made again; data/hub.db stays
	rm -rf $(VENV) data/models data/demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || PYTHON=$(PYTHON) sh scripts/venv.sh $(VENV)

$(VENV)/.product: requirements.lock | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

$(VENV)/.checks: requirements-dev.lock $(VENV)/.product
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@

$(UNTRAINED): models/untrained.py | $(VENV)/.product
	$(RUN) -m models.untrained data/models/untrained-sd
	@touch $@

$(UNTRAINED_VIDEO): models/untrained_video.py | $(VENV)/.product
	$(RUN) -m models.untrained_video data/models/untrained-svd
	@touch $@
