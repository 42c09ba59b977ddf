# fedsol: everything that is done to this repository, by name. `make` lists the names.
#
# A fresh machine needs Python 3.11, 3.12 or 3.13 with pip; the Rust and Solana tools are needed
# only to change the program. Choose the Python with: make PYTHON=/path/to/python3.12 test

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
PEERS := .venv-peers
LOCKS := requirements.lock requirements-dev.lock requirements-codegen.lock requirements-peers.lock
IDL := target/idl/fedsol.json

# Workers of the test run: as many as there are cores, up to four, because each one starts JAX.
PYTEST_WORKERS ?= auto
PYTEST := $(PY) -m pytest -n $(PYTEST_WORKERS) --maxprocesses=4 --dist=loadfile

.PHONY: help demo test test-localnet test-peers check program idl generate bench format lock install peers clean distclean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## Run a federation on an embedded chain (MODEL=… ATTACK=…)
	@$(VENV)/bin/fedsol demo $(if $(MODEL),--model $(MODEL)) $(if $(ATTACK),--attack $(ATTACK))

test: $(INSTALLED) ## Run the Python tests, on an embedded chain (PYTEST_ARGS=…)
	@echo "Python tests; the program's own tests in Rust are part of make check"
	@$(PYTEST) tests/unit tests/program tests/stories tests/property $(PYTEST_ARGS)

test-localnet: $(INSTALLED) ## Run the tests that need solana-test-validator
	@if ! solana-test-validator --version >/dev/null 2>&1; then \
	    echo "make test-localnet needs solana-test-validator: https://docs.anza.xyz/cli/install" >&2; exit 1; fi
	@$(PY) -m pytest -m localnet tests/localnet $(PYTEST_ARGS)

test-peers: $(PEERS)/.installed ## Run the tests that compare with byzfl and PyTorch
	@$(PEERS)/bin/python -m pytest -m peers tests/peers $(PYTEST_ARGS)

check: $(INSTALLED) ## Format, lints, types, Rust tests, rebuild without a difference, localnet tests
	@$(PY) scripts/check.py

program: $(INSTALLED) ## Build the program for SBPF v0 and v3 into the package
	@$(PY) scripts/build_program.py

idl: ## Print the program's IDL to target/idl/ with Anchor
	@if ! anchor --version >/dev/null 2>&1; then \
	    echo "make idl needs Anchor's command, 1.2.2: https://www.anchor-lang.com/docs/installation" >&2; exit 1; fi
	@echo "printing the IDL (the first time takes minutes)"
	@mkdir -p $(dir $(IDL))
	@anchor idl build -p fedsol -o $(IDL)

generate: $(INSTALLED) idl ## Regenerate idl/ and the Python client from the program
	@$(PY) scripts/generate.py $(IDL)

bench: $(PEERS)/.installed ## Run the benchmarks beside the peers (BENCH_ARGS=…)
	@$(PEERS)/bin/python -m benchmarks $(BENCH_ARGS)

format: $(INSTALLED) ## Format Python and Rust in place
	@$(PY) -m ruff check --fix --quiet .
	@$(PY) -m ruff format .
	@if cargo fmt --version >/dev/null 2>&1; then cargo fmt --all; else echo "Rust not formatted: no cargo fmt"; fi

# Versions that are locked stay, unless UPGRADE=1: a lock changes for a reason.
COMPILE = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
    --generate-hashes --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
lock: $(INSTALLED) ## Write the lock files from pyproject.toml (UPGRADE=1 for newer versions)
	@$(COMPILE) --extra dev -o requirements-dev.lock pyproject.toml
	@$(COMPILE) -c requirements-dev.lock -o requirements.lock pyproject.toml
	@$(COMPILE) --group pyproject.toml:codegen -o requirements-codegen.lock
	@$(COMPILE) --extra dev --extra peers -c requirements-dev.lock -o requirements-peers.lock pyproject.toml
	@echo "locked: $(LOCKS)"

install: $(INSTALLED) ## Make the Python environment in .venv (every target does when it must)

$(INSTALLED): requirements-dev.lock pyproject.toml scripts/find_python.sh
	@python="$$(scripts/find_python.sh)"; \
	if [ ! -x $(PY) ]; then echo "making .venv with $$("$$python" -V)"; "$$python" -m venv $(VENV); fi
	@echo "installing what requirements-dev.lock names (some minutes the first time)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@echo "installing fedsol itself, editable"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

peers: $(PEERS)/.installed ## Make the environment with the libraries that we compare with (.venv-peers, 6 GB)

$(PEERS)/.installed: requirements-peers.lock $(INSTALLED)
	@if [ ! -x $(PEERS)/bin/python ]; then "$$(scripts/find_python.sh)" -m venv $(PEERS); fi
	@echo "installing what requirements-peers.lock names, PyTorch too (minutes the first time)"
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean: ## Remove what builds and tests leave
	@rm -rf target dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis test-ledger
	@find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

distclean: clean ## Remove the Python environments too
	@rm -rf .venv .venv-codegen .venv-peers
