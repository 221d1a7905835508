# Every target sets up what it needs; a second set-up takes under two seconds.
STACK ?= local
YES ?=
POLICY ?=
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

TOOLS := python3 -m toolchain && set -a && eval "$$(python3 -m toolchain env)" && set +a
PYTHON := .venv/bin/python
CODE := components stacks ecs_release policy emulator/src toolchain gitops bench tests __main__.py

.PHONY: help toolchain demo test faults proof lint format docs audit up preview refresh destroy plan environment environment-end emulator clean bench

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST)

toolchain:  ## gets pulumi, the alicloud plugin, uv and the Python packages
	@python3 -m toolchain

demo:  ## the whole story on an emulator of its own
	@$(TOOLS) && python3 -m toolchain.demo

test: lint  ## all tests
	@$(TOOLS) && python3 -m toolchain browser && python3 -m toolchain hosts >/dev/null && python3 -m toolchain clients \
	  && $(PYTHON) -m pytest -n 4 --dist worksteal tests

faults:  ## every fault at every call, and what came of it into docs/reliability.md
	@$(TOOLS) && rm -rf .ecs-release/figures && ECS_RELEASE_ALL_FAULTS=1 ECS_RELEASE_FIGURES="$(CURDIR)/.ecs-release/figures" \
	  $(PYTHON) -m pytest -n 4 --dist worksteal tests/faults && $(PYTHON) -m tests.faults.report .ecs-release/figures

proof:  ## the emulator killed, fuzzed and held against its model at length, and what came of it into docs/emulator/proof.md
	@$(TOOLS) && rm -rf .ecs-release/proof && EMULATOR_PROOF_KILLS=200 EMULATOR_PROOF_FUZZ=1000000 EMULATOR_PROOF_STEPS=200000 \
	  ECS_RELEASE_FIGURES="$(CURDIR)/.ecs-release/proof" $(PYTHON) -m pytest -n 2 --dist worksteal tests/emulator/test_kill_rounds.py \
	  tests/emulator/test_fuzz.py tests/emulator/test_model.py && $(PYTHON) -m tests.emulator.proof .ecs-release/proof

lint:  ## style, types, layers, budgets
	@$(TOOLS) && $(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . \
	  && $(PYTHON) -m mypy $(CODE) && .venv/bin/lint-imports && $(PYTHON) -m pytest -q tests/meta --ignore tests/meta/test_safety_rules.py

format:  ## rewrites the code in the one style
	@$(TOOLS) && $(PYTHON) -m ruff check --fix . && $(PYTHON) -m ruff format .

docs:  ## writes the tables and schemas of docs/ that are made from the code and the pins
	@$(TOOLS) && $(PYTHON) -m tests.emulator.reference_file && .venv/bin/ecs-emulator actions --write docs/emulator \
	  && $(PYTHON) -m ecs_release.runner.documents \
	  && $(PYTHON) -m ecs_release.gateway.actions_page \
	  && $(PYTHON) -m toolchain.licences --write docs/dependencies.md

audit:  ## holds the pinned packages against the published advisories; needs the Internet
	@$(TOOLS) && .venv/bin/pip-audit --strict --disable-pip --no-deps --require-hashes -r requirements/run.lock

up preview refresh destroy plan:  ## the Pulumi command on STACK (local); asks unless local or YES=1; up and preview with POLICY=1
	@$(TOOLS) && python3 -m toolchain.stack $@ --stack $(STACK) $(if $(YES),--yes) $(if $(POLICY),--policy)

environment:  ## makes the environment NAME: a file like that of FROM (dev), and a stack in the backend
	@python3 -m gitops new --stack "$(NAME)" --from "$(or $(FROM),dev)"

environment-end:  ## removes the environment NAME, its stack and its file, once nothing of it is left
	@python3 -m gitops end --stack "$(NAME)"

emulator:  ## starts the emulator of the local stack
	@$(TOOLS) && python3 -m toolchain.stack emulator

clean:  ## stops the emulator of the local stack and forgets its state
	@python3 -m toolchain.stack clean

bench:  ## what a destroy costs, beside the stock provider
	@$(TOOLS) && $(PYTHON) -m bench
