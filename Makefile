# `make run` starts everything with a small network; `make test` checks everything. Both set up on first use.
VENV := .venv
PY := $(VENV)/bin/python
DATA ?= data
SETUP := $(VENV)/.installed

.PHONY: run test check bench chaos docs lock clean help

help:
	@echo "make run    play a sample network and serve it (DATA=folder, default ./data)"
	@echo "make test   all checks and tests"
	@echo "make check  format, lint, types, architecture, generated documents"
	@echo "make bench  measure this machine beside its peers, half an hour or more (OPTIONS=--quick: two minutes)"
	@echo "make chaos  kills, crowds and inputs by the thousand, a quarter of an hour"
	@echo "make docs   write the generated documents again"
	@echo "make lock   pin the dependencies again"

# uv is taken from the PATH, or put in the virtual environment; nothing outside this folder changes.
$(SETUP): requirements.lock pyproject.toml
	@command -v uv >/dev/null && uv venv -q --allow-existing $(VENV) || python3 -m venv $(VENV)
	@command -v uv >/dev/null || $(VENV)/bin/uv --version >/dev/null 2>&1 || $(PY) -m pip install -q uv
	@PATH="$$PATH:$(CURDIR)/$(VENV)/bin" uv pip install -q --compile-bytecode --python $(PY) --require-hashes -r requirements.lock
	@PATH="$$PATH:$(CURDIR)/$(VENV)/bin" uv pip install -q --compile-bytecode --python $(PY) --no-deps --no-build-isolation -e .
	@touch $@

run: $(SETUP)
	@$(VENV)/bin/raccordo demo --data $(DATA)

test: check
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(SETUP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m docs.generate --check

bench: $(SETUP)
	$(VENV)/bin/raccordo bench $(if $(OPTIONS),$(OPTIONS),--write docs/benchmarks.md --profile docs/profiles.md)

chaos: $(SETUP)
	$(PY) -m tests.chaos

docs: $(SETUP)
	$(PY) -m docs.generate

lock: $(SETUP)
	$(VENV)/bin/uv pip compile -q --generate-hashes --universal --no-header --extra dev --python-version 3.11 pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
