# Podium's commands; `make help` lists them. Needs Python 3.11 or newer, and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
LOCAL := PYTHONPATH=platform:. $(BIN)/python -m podium.local
MANAGE := PODIUM_DEBUG=1 $(BIN)/python manage.py
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --custom-compile-command "make pins"

.DEFAULT_GOAL := help
.PHONY: help run test check lint types floors migrations format bench bench-evaluator demo-files clean-data clean pins chromium

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed-run ## set everything up and serve the site with the demo contest
	@exec env $(LOCAL) run

test: .venv/installed-dev chromium ## set everything up and run every test
	@$(LOCAL) exec --fresh -- $(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: lint types floors migrations ## lint, types, floors, migrations

lint: .venv/installed-dev ## ruff: lint and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/installed-dev ## mypy, strict
	@PODIUM_DEBUG=1 $(BIN)/mypy

floors: .venv/installed-dev ## import-linter: an app imports lower floors only
	@PYTHONPATH=platform:. PODIUM_DEBUG=1 $(BIN)/lint-imports

migrations: .venv/installed-dev ## no model change without its migration
	@$(LOCAL) exec --fresh -- env PODIUM_DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/installed-dev ## let ruff format and mend what it can
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: .venv/installed-dev ## measure from "upload complete" to "on the board", on the whole site
	@PYTHONPATH=platform:. $(BIN)/python -m bench.upload_to_board

bench-evaluator: .venv/installed-dev ## measure the evaluator at the contest's full size, beside its peers
	@$(BIN)/python bench/scoring.py $(ARGS)

demo-files: .venv/installed-run ## write a truth and prediction files to upload by hand
	@$(MANAGE) demo_files demo-files

clean-data: .venv/installed-run ## remove the data of `make run`: database, files, queue
	@$(LOCAL) clean

clean: ## remove the virtual environment and the caches (data stay)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

pins: .venv/installed-dev ## compile requirements*.in to pins with hashes
	@$(COMPILE) requirements.in -o requirements.txt $(ARGS)
	@$(COMPILE) requirements-dev.in -o requirements-dev.txt $(ARGS)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Podium needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		  apt-get update -qq && apt-get install -y -qq python3-venv; } || \
		{ echo "This Python can't make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@echo "setting up .venv …"
	@$(PYTHON) -m venv .venv

# The stamp is written last, so that an interrupted installation is taken up again.
.venv/installed-run: requirements.txt | .venv/bin/python
	@echo "installing requirements.txt …"
	@$(PIP) -r requirements.txt && touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed-run
	@echo "installing requirements-dev.txt …"
	@$(PIP) -r requirements-dev.txt && touch $@

# The browser tests use the system's Chromium; without one they skip, and say so.
chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing Chromium …" && \
		  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } || \
		echo "no Chromium, and no right to install one: the browser tests will skip"
