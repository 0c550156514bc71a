# One command a verb. `make` alone lists them. A second `make setup` has nothing to do and says so by being instant.

PYTHON  ?= python3
VENV    ?= .venv
WORKERS ?= 2
BIN     := $(VENV)/bin
UV      := VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv
INSTALL := $(UV) pip install --quiet --require-hashes --compile-bytecode
SOURCES := $(wildcard recourse tasks desk console plugins flows dags topology policy_packs legal_templates tests bench examples)
# The suites that `make test` leaves out; each is a pytest marker.
SLOW    := slow or story or postgres or kill or wheel or demo or bench or airflow or prefect

# Compiled modules are kept, whatever the machine says: without them each process of the tests compiles every library anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo console airflow prefect up test test-slow lint format bench lock changelog clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.dev ## make .venv with all that developing needs

demo: $(VENV)/.core ## play a made-up bank's book from first reminder to write-off (installs the core only)
	$(BIN)/recourse demo

DEMO    := var/demo/recourse.db
console: $(VENV)/.core ## the web console on the demo's book when it was played, else on $RECOURSE_LEDGER
	@if [ -z "$$RECOURSE_LEDGER" ] && [ -f $(DEMO) ]; then export RECOURSE_MODE=demo RECOURSE_LEDGER=sqlite:///$(DEMO); fi; \
		exec $(BIN)/recourse console

airflow: $(VENV)/.airflow ## run Airflow and the console on this machine, without Docker; prints address and log-in
	$(BIN)/python -m topology $(AIRFLOW)

prefect: $(VENV)/.prefect ## run Prefect's server and worker and the console on this machine, without Docker; prints the address
	$(BIN)/python -m topology --engine prefect $(PREFECT)

up: ## build and start everything with Docker; needs a filled-in .env (docs/operations.md)
	docker compose up --build --detach

test: $(VENV)/.dev ## the fast suite, on SQLite
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not ($(SLOW))"

test-slow: $(VENV)/.dev ## the slow suites; one of them: make test-slow SLOW=kill
	$(BIN)/python -m pytest -q --timeout 1800 -m "$(SLOW)"

lint: $(VENV)/.dev ## ruff, mypy --strict, and the import rule
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports

format: $(VENV)/.dev ## let ruff rewrite what it can
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: $(VENV)/.dev ## the nightly sweep over 10 000 due cases, beside its floor
	$(BIN)/python bench/sweep.py --cases 10000

COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock'
LOCK    := $(COMPILE) --generate-hashes -c requirements/pins.txt

# One resolution over everything there is, then one file with hashes for each use of it: their pins never differ.
lock: $(VENV)/.uv ## lock requirements/ again; newer releases: make lock UPGRADE=--upgrade
	$(COMPILE) $(UPGRADE) --no-annotate --all-extras --group dev -o requirements/pins.txt pyproject.toml
	$(LOCK) --group setup -o requirements/uv.txt
	$(LOCK) -o requirements/core.txt pyproject.toml
	$(LOCK) --group dev -o requirements/dev.txt pyproject.toml
	$(LOCK) --extra airflow -o requirements/airflow.txt pyproject.toml
	$(LOCK) --extra prefect -o requirements/prefect.txt pyproject.toml

changelog: $(VENV)/.dev ## move the fragments in changelog.d into CHANGELOG.md: make changelog VERSION=0.2.0
	$(BIN)/towncrier build --yes --version $(VERSION)

clean: ## remove .venv, caches and built files; keeps var/
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# .uv: the environment, the installer and the build back end.   .core: what the product needs.   .dev: .core and more.
# The pins of .core are those of .dev, so either order of `make demo` and `make test` ends with one set of packages.

$(VENV)/.uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Recourse needs Python 3.11 or newer and '$(PYTHON)' is not; name one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.core: $(VENV)/.uv requirements/core.txt pyproject.toml
	$(INSTALL) -r requirements/core.txt
	$(UV) pip install --quiet --offline --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.airflow: $(VENV)/.dev requirements/airflow.txt
	$(INSTALL) -r requirements/airflow.txt
	@touch $@

$(VENV)/.prefect: $(VENV)/.dev requirements/prefect.txt
	$(INSTALL) -r requirements/prefect.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.core requirements/dev.txt
	$(INSTALL) -r requirements/dev.txt
	@touch $@
