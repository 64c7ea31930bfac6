# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
TORCH  := torch==2.13.0
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu

# Compiled once: where this is set, every process of every test compiles all it imports again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test lint soak verdicts bench mutants attacks coverage content chaos month tutor-faults doctor clean

help:  ## show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Epochbot needs Python 3.11 or newer; try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing what Epochbot needs into $(VENV) (once; a few minutes, most of it PyTorch)"
	@$(BIN)/pip install --quiet --upgrade 'pip>=25'
	@$(BIN)/pip install --quiet --retries 0 --timeout 15 --index-url $(TORCH_CPU_INDEX) $(TORCH) 2>/dev/null \
	  || $(BIN)/pip install --quiet $(TORCH)
	@$(BIN)/pip install --quiet --editable '.[torch,dev]'
	@touch $@

demo: $(STAMP)  ## the local chat page: the whole product, no account needed
	@$(BIN)/epochbot serve --open $(if $(PORT),--port $(PORT))

test: $(STAMP)  ## linters, types and the whole suite
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pytest -q -n 2 --dist loadfile

lint: $(STAMP)  ## linters and types alone
	@$(BIN)/ruff check .
	@$(BIN)/mypy

soak: $(STAMP)  ## the long forms: ten thousand mixed runs, more kills, more seeds
	@EPOCHBOT_SOAK=1 $(BIN)/pytest -q -m slow

chaos: $(STAMP)  ## three processes send posts and are killed 150 times; every zone's days at every hour
	@EPOCHBOT_SOAK=1 $(BIN)/pytest -q -m slow tests/bot/schedule

month: $(STAMP)  ## thirty days of a group of eight on all four hosts, reckoned anew, with its diary to read
	@EPOCHBOT_SOAK=1 $(BIN)/pytest -q -s -m slow tests/bot/month

verdicts: $(STAMP)  ## every program's verdict, fifty times on a busy machine; RUNNER=cold for the other runner
	@$(BIN)/python tests/verdicts/matrix.py $(if $(RUNNER),--runner $(RUNNER)) $(if $(REPEATS),--repeats $(REPEATS))

bench: $(STAMP)  ## how fast runs and grading are here: minutes, on an otherwise idle machine
	@$(BIN)/epochbot bench runner

mutants: $(STAMP)  ## what the offline explainer says of our wrong solutions and of new mutants: minutes; SEED=n repeats a run
	@$(BIN)/python -m tests.bot.tutor.mutants $(if $(SEED),--seed $(SEED)) $(if $(SHOW),--show $(SHOW))

attacks: $(STAMP)  ## every attack there is to try, and what became of it
	@$(BIN)/python -m tests.attacks.report

coverage: $(STAMP)  ## how much of the runner and of grading the tests run, also inside boxes
	@$(BIN)/python -m tests.runner.measure -n 2 --dist loadfile

content: $(STAMP)  ## every content gate
	@$(BIN)/epochbot content check

tutor-faults: $(STAMP)  ## a thousand failing requests, every text of the adversary, a thousand people looked for in what is sent
	@EPOCHBOT_SOAK=1 $(BIN)/pytest -q -m slow -rA tests/bot/tutor/adversary

doctor: $(STAMP)  ## what this machine can and cannot do
	@$(BIN)/epochbot doctor

clean:  ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
