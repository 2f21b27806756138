# Every command a user or reviewer needs. Each is safe to run twice.
#
#   make demo    environment, then the whole life of the example, from people to the signed, verified pack
#   make rehearsal    the same example in dry runs, without people and signatures
#   make test    environment, system packages where allowed, every test
#   make check   format, lint, types, room contract, tests, docs, valgen on itself
#
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
EXAMPLE := examples/s3-records-vault

.PHONY: demo rehearsal test check format lint types contract self docs bench-check bench-build bench-verify faults locks clean system

# Programs keep their compiled form, as everywhere else; every command of a test would compile its libraries anew.
unexport PYTHONDONTWRITEBYTECODE

# --- environments: pinned and hash-checked -----------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "valgen needs Python 3.11 or newer; set PYTHON=..."; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: locks/demo.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the example needs (once)..."
	$(PIP) install --require-hashes -r locks/demo.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: locks/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the tests need (once)..."
	$(PIP) install --require-hashes -r locks/dev.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.demo

# --- what users run -----------------------------------------------------------------------------

demo: $(VENV)/.demo
	@$(BIN)/python tools/life.py

rehearsal: $(VENV)/.demo
	@tools/rehearsal.sh $(BIN) $(EXAMPLE)

# Each of these runs an event loop of its own, which one process can have but once.
ALONE := tests/writers_html/test_verify_page.py tests/rendering/test_site_looked_at.py tests/writers_pdf/test_seal.py

test: $(VENV)/.dev system
	$(BIN)/python -m pytest -n auto --dist loadgroup $(addprefix --ignore=,$(ALONE))
	for each in $(ALONE); do $(BIN)/python -m pytest -q $$each || exit 1; done

# --- what reviewers run -------------------------------------------------------------------------

check: format lint types contract test docs self
	@echo "make check: clean"

format: $(VENV)/.dev
	$(BIN)/ruff format --check src tests tools benchmarks test_scripts examples

lint: $(VENV)/.dev
	$(BIN)/ruff check src tests tools benchmarks test_scripts examples

types: $(VENV)/.dev
	$(BIN)/mypy

contract: $(VENV)/.dev
	$(BIN)/lint-imports

self: $(VENV)/.dev system
	$(BIN)/valgen check
	$(BIN)/valgen run iq
	$(BIN)/valgen run oq --workers 2

docs: $(VENV)/.dev
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

bench-check: $(VENV)/.dev
	$(BIN)/python benchmarks/check/run.py

bench-build: $(VENV)/.dev
	$(BIN)/python benchmarks/build/run.py

bench-verify: $(VENV)/.dev
	$(BIN)/python benchmarks/verify/run.py

faults: $(VENV)/.dev system
	$(BIN)/python tools/faults.py

# --- upkeep -------------------------------------------------------------------------------------

system:
	@tools/system-packages.sh

locks:
	uv pip compile pyproject.toml locks/build.in --extra dev --universal --python-version 3.11 --generate-hashes --no-header -q -o locks/dev.txt
	uv pip compile pyproject.toml locks/build.in --extra example --extra parallel --universal --python-version 3.11 --generate-hashes --no-header -q -c locks/dev.txt -o locks/demo.txt

clean:
	rm -rf $(VENV) build dist docs/_build .pytest_cache .mypy_cache .ruff_cache $(EXAMPLE)/build $(EXAMPLE)/.valgen .valgen/dry
