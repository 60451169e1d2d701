# Everything runs in .venv, which is set up on first use and again when the project's dependencies change.
# Choose an interpreter with `make PYTHON=/path/to/python3.12 test`.
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EXTRAS := render,train,film,studio,onnx,dev
DEMO_OUT ?= demo
CANDIDATES := $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14 python

.PHONY: help setup demo test check format bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    64 faces, labelled: contact sheet, label maps, table, distributions (in $(DEMO_OUT)/)"
	@echo "make test    the tests"
	@echo "make check   format, lint, types and tests: what a change has to pass"
	@echo "make format  rewrite the sources in the project's format"
	@echo "make bench   speeds on this machine"
	@echo "make setup   only set up $(VENV)"
	@echo "make clean   remove $(VENV) and caches"

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@found=; for candidate in $(CANDIDATES); do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    found=$$candidate; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo "Python 3.11 or newer is needed and none was found; install it, or run: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; \
	  exit 1; fi; \
	echo "setting up $(VENV) with $$($$found --version) (once; a few minutes)"; \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $$found -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

demo: $(READY)
	$(BIN)/ohlora demo --out $(DEMO_OUT)

test: $(READY)
	$(BIN)/python -m pytest

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	$(BIN)/python -m scripts.bench

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
