# `make kit` builds the kit on a machine that has Python and make; `make test` runs the tests.
PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check install

.PHONY: kit test slow coverage lint types fuzz faults postgres pds count ocr bench sheets golden lock docs schema browser clean
.DEFAULT_GOAL := kit

kit: .venv/kit.stamp
	@$(PY) -m kit build

# a file's tests stay in one process: what a module builds is built once
PYTEST := $(PY) -m pytest -n auto --dist loadfile
test: .venv/dev.stamp
	$(PYTEST) -m "not slow"

# the long proofs that `make test` leaves out
slow: .venv/dev.stamp
	$(PYTEST) -m slow

# all but budgets of time, the long proofs too; fails below the floor in pyproject.toml
coverage: .venv/dev.stamp
	$(PYTEST) -m "not timed" --cov --cov-report=term:skip-covered

lint: .venv/dev.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: .venv/dev.stamp
	$(PY) -m mypy

# ten thousand mutated campaign files; the tests run a short round of the same
fuzz: .venv/dev.stamp
	$(PY) -m tests.load.fuzz --count 10000

# the runner killed at hundreds of seeded lines against servers that misbehave; the tests run a short part
faults: .venv/dev.stamp
	$(PY) -m tests.publish.harness $(if $(COUNT),--count $(COUNT))

# the ledger on a real Postgres and its workers; needs PostgreSQL's server programs
postgres: .venv/dev.stamp
	$(PY) -m tests.publish.with_postgres $(PY) -m pytest tests/publish/test_postgres.py

# a real Bluesky server on loopback, compiled once into build/pds; needs node 20 with its headers, npm, g++
PDS := build/pds
NODE_HOME := require("path").resolve(process.execPath, "../..")
pds: .venv/dev.stamp $(PDS)/stamp
	KIT_TEST_PDS=$(PDS)/node_modules $(PY) -m pytest tests/publish/pds

$(PDS)/stamp: tests/publish/pds/package.json tests/publish/pds/package-lock.json
	@mkdir -p $(PDS)
	@cp $^ $(PDS)
	npm ci --prefix $(PDS) --ignore-scripts --no-audit --no-fund
	npm explore --prefix $(PDS) better-sqlite3 -- \
	  node-gyp rebuild --release --jobs max --nodedir "$$(node -p '$(NODE_HOME)')"
	@touch $@

# X's own counting (npm twitter-text) about two thousand texts; needs node and npm
count: .venv/dev.stamp
	npm install --silent --no-save --prefix build/count twitter-text@3.1.0
	$(PY) -m tests.text.x_by_javascript build/count

bench: .venv/dev.stamp
	$(PY) -m bench

# contact sheets of everything, to be looked at, in build/sheets/
sheets: .venv/dev.stamp
	$(PY) -m bench.sheets

# every picture and QR code read as a stranger would, every print file by another library; needs
# tesseract, which apt brings where it may. KIT=dist/SLUG reads a kit that is there already
TESSERACT := tesseract-ocr tesseract-ocr-eng tesseract-ocr-fra tesseract-ocr-spa tesseract-ocr-por tesseract-ocr-tur
ocr: .venv/dev.stamp
	@command -v tesseract >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends $(TESSERACT); } || { echo "install $(TESSERACT)"; exit 1; }
	$(PY) -m tests.readers.ocr $(if $(KIT),--kit $(KIT))
	$(PY) -m tests.readers.pdf_reader $(or $(KIT),build/sheets/kit/*/)

# the partner page in a real browser; needs Debian's chromium, which apt brings where it may
browser: .venv/dev.stamp
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } || { echo "install chromium"; exit 1; }
	$(PY) -m pytest tests/page/test_in_a_browser.py

# golden geometry, pictures and help texts, after a change that was looked at; in a commit of its own
golden: .venv/dev.stamp
	$(PY) -m pytest -q tests/render/test_golden.py tests/render/clip/test_clip_golden.py \
	  tests/cli/test_cli.py --update-golden

# what documents say of rows, checks and models, after one of these was added or changed
docs: .venv/dev.stamp
	$(PY) -m tests.make_docs

schema: .venv/kit.stamp
	$(PY) -m kit schema --write docs/schema

# versions and hashes of everything, for every system; needs uv
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra build --extra dev --extra distributed pyproject.toml -o requirements-dev.lock

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make kit PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/kit.stamp: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/kit.stamp
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv dist build test-report
