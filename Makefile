# Everything a developer or CI runs. `make help` lists it.
PYTHON ?= python3
VENV ?= .venv
# Arguments of pytest for `make test`.
TESTS ?=
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test cluster-assets deploy-check bench lint docs lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make the virtual environment with pinned versions

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "linkerd-autofix needs Python 3.11 or newer; name one with PYTHON=python3.13")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(READY) ## the main job end to end: webhook, a real review, a preview
	$(BIN)/python docs/demo/run.py

test: $(READY) ## all tests; TESTS="tests/cli -x" for a part, VENV=.venv313 PYTHON=python3.13 for another Python
	$(BIN)/python -m pytest $(TESTS)

cluster-assets: $(READY) ## build a Kubernetes control plane for tests/e2e (needs Go; minutes, once)
	$(BIN)/python tests/e2e/assets/build.py

deploy-check: cluster-assets ## render deploy/ with kustomize and Helm, compare, and ask a real API server
	CLUSTER_TESTS=required $(BIN)/python -m pytest tests/e2e/test_deploy.py tests/e2e/test_network_policy.py

bench: $(READY) ## measure side by side with what it is compared to (minutes; more with Go and cluster-assets)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m bench --write

lint: $(READY) ## ruff, strict types, import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests/e2e/conftest.py
	$(BIN)/mypy tests/hostile/conftest.py
	$(BIN)/lint-imports

docs: $(READY) ## write docs/rules.md, docs/doctor.md, and the table of keys in README.md, from the code and its data
	$(BIN)/python -m autofix.rules
	$(BIN)/python -m autofix.cluster.doctor

lock: ## pin the newest versions that fit into constraints.txt
	rm -rf $(VENV)-lock
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(VENV)-lock/bin/python -m pip freeze --exclude-editable > constraints.txt
	rm -rf $(VENV)-lock

clean: ## remove what the other targets made
	rm -rf .venv* dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
