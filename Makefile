# Two commands matter on a fresh machine: `make run` and `make test`. Each sets up .venv itself when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# What is compiled once is kept, whatever the habit of the machine: the tests start the program some hundred times.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-unit programs lint format evaluate clean

help:
	@echo "make run        set up, build the index, serve http://127.0.0.1:8000"
	@echo "make test       lint, type-check and run every test"
	@echo "make programs   install what the tests look at pages and keep data with (Debian, as root)"
	@echo "make test-unit  only the quick tests (no disk, no network)"
	@echo "make lint       ruff, mypy and the import rules"
	@echo "make format     put the code in order"
	@echo "make evaluate   score the answers on the golden questions"
	@echo "make clean      remove .venv, the index and caches"

# Of 20,000 files that would be compiled now, a tenth is ever used: they are compiled when they are.
$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -e ".[dev]"
	@touch $@

run: $(READY)
	$(BIN)/apnav ingest
	$(BIN)/apnav serve

# Two runs: in the second nothing goes on beside the tests that compare times. Tests wait much for the programs that they
# start, so there is one worker more than there are processors.
test:
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line lint programs
	@workers=$$($(BIN)/python -c "import os; print((os.cpu_count() or 1) + 1)"); \
	shared=$$(mktemp -d) && trap 'rm -rf "$$shared"' EXIT && export TEST_SHARED_DIR="$$shared" && \
	$(BIN)/python -m pytest -m "not alone" --numprocesses=$$workers --dist=loadfile --no-loadscope-reorder && \
	$(BIN)/python -m pytest -m alone

# The browser tests look at the pages in Debian's Chromium, and the store is tested on PostgreSQL as well. Without
# these the tests are skipped, and in CI they fail.
programs:
	@wanted=""; \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || wanted="chromium fonts-dejavu-core"; \
	command -v pg_ctl >/dev/null || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || wanted="$$wanted postgresql"; \
	if [ -z "$$wanted" ]; then true; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			$$wanted >/dev/null; \
	else echo "Not here, so their tests are skipped: $$wanted. Install them with apt-get install."; fi

test-unit: $(READY)
	$(BIN)/python -m pytest tests/unit --numprocesses=auto --dist=loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

evaluate: $(READY)
	$(BIN)/apnav ingest
	$(BIN)/apnav evaluate tests/golden/dev.yaml --baseline

clean:
	rm -rf $(VENV) data build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
