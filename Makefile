# Every target first makes the environment that it needs; `make help` lists the targets.
.DEFAULT_GOAL := preview
.SILENT:

# A stack's name, or the path of a stack file anywhere.
STACK := gke-tpu
# text, markdown or json
FORMAT := text
# A JSON preview of the same stack, to say how this one differs; for a diff, git:<commit> or the stack file as it was.
BASE :=
# What a preview makes of secrets that the stack file does not have: given or assumed.
SECRETS := given
# Whether a preview shows every resource, too.
TREE :=
# What is to be served: a model, the tokens of a request, requests at once or tokens a second, where, and who reaches it.
MODEL :=
CONTEXT :=
REQUESTS := 8
TOKENS_PER_SECOND :=
CLOUD := any
SPOT :=
PUBLIC :=
NAME :=
MACHINE :=
REQUEST = $${MODEL:+--model "$$MODEL"} $${CONTEXT:+--context "$$CONTEXT"} --requests "$$REQUESTS" --cloud "$$CLOUD" \
	$${TOKENS_PER_SECOND:+--tokens-per-second "$$TOKENS_PER_SECOND"} $${SPOT:+--spot} $${PUBLIC:+--public "$$PUBLIC"}
# How many seconds of the cluster's time a rehearsal plays in one.
SPEED := 40
# The stack file as it was, or git:<commit>: rehearses the update from that to STACK.
FROM :=
# What a simulation plays, as seconds:clients pairs or a file with one a line, and the picture that it draws, if any.
LOAD := 0:4,120:160,3600:4
PLOT :=
export MODEL CONTEXT REQUESTS TOKENS_PER_SECOND CLOUD SPOT PUBLIC NAME MACHINE STACK FORMAT BASE SECRETS TREE SPEED FROM LOAD PLOT

# Where this is set, as images of containers have it, each process compiles all of this repository's modules again.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := .venv/bin/python
ENVIRONMENT := .venv/.slipway-synced
PARALLEL := --numprocesses=auto
WORKFLOWS := $(wildcard .github/workflows/*.yml)

.PHONY: preview preflight choose new manifests bom diff rehearse rehearse-down simulate test test-offline check lint types workflows format bench schema prices docs wheel setup help

preview: $(ENVIRONMENT) ## Show what STACK would create, without an account: STACK=gke-tpu FORMAT=text|markdown|json TREE=1
	$(PYTHON) -m offline preview "$$STACK" --format "$$FORMAT" --secrets "$$SECRETS" $${BASE:+--base "$$BASE"} $${TREE:+--tree}

preflight: $(ENVIRONMENT) ## Ask your accounts what STACK needs of them, read-only: quota, machines, permissions, licences
	$(PYTHON) -m preflight "$$STACK"

choose: $(ENVIRONMENT) ## Show the machines that serve MODEL, cheapest first: CONTEXT=8192 REQUESTS=8 CLOUD=any|gke|eks SPOT=1
	$(PYTHON) -m choose table $(REQUEST)

new: $(ENVIRONMENT) ## Write a stack file for MODEL and preview it; asks what is left out: NAME=mine MACHINE= PUBLIC=203.0.113.0/24
	$(PYTHON) -m choose new $(REQUEST) $${NAME:+--name "$$NAME"} $${MACHINE:+--machine "$$MACHINE"}

manifests: $(ENVIRONMENT) ## Write the Kubernetes objects of STACK as YAML below manifests/
	name=$$(basename "$$STACK" .yaml) && $(PYTHON) -m offline manifests "$$STACK" --out "manifests/$${name#Pulumi.}"

bom: $(ENVIRONMENT) ## Print the images, charts, models and packages of STACK, as CycloneDX
	$(PYTHON) -m offline bom "$$STACK"

rehearse: $(ENVIRONMENT) ## Deploy STACK here by the real engine, load it until the autoscaler moves, destroy it: SPEED=40
	$(PYTHON) -m rehearsal run "$$STACK" --speed "$$SPEED" $${FROM:+--from "$$FROM"}

diff: $(ENVIRONMENT) ## Say what a change of STACK does, by the catalog and the engine: BASE=git:main, or the file as it was
	$(PYTHON) -m rehearsal diff "$$STACK" --base "$${BASE:-git:HEAD}"

rehearse-down: $(ENVIRONMENT) ## Stop and remove what a crashed rehearsal left
	$(PYTHON) -m rehearsal down

simulate: $(ENVIRONMENT) ## Show waiting time and cost of STACK under a load, and whether it flaps: LOAD=0:4,120:160,3600:4 PLOT=run.svg
	$(PYTHON) -m simulate "$$STACK" --load "$$LOAD" $${PLOT:+--plot "$$PLOT"}

test: $(ENVIRONMENT) ## Run the tests, on all cores
	$(PYTHON) -m pytest $(PARALLEL)

test-offline: $(ENVIRONMENT) ## Run the tests that need no control plane
	$(PYTHON) -m pytest $(PARALLEL) -m "not control_plane"

check: lint types workflows test ## Run everything that must pass before a change is merged

lint: $(ENVIRONMENT) ## Check format, lint rules and that uv.lock is up to date
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	.ci/uv lock --check --quiet

types: $(ENVIRONMENT) ## Check types
	$(PYTHON) -m pyright
	$(PYTHON) -m pyright --project .github # On its own, because pyright searches no dot directory.

workflows: $(ENVIRONMENT) ## Check the GitHub workflows and renovate.json
	$(PYTHON) -m check_jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)
	$(PYTHON) -m check_jsonschema --builtin-schema vendor.renovate renovate.json
	.venv/bin/zizmor --offline --quiet --pedantic $(WORKFLOWS)

format: $(ENVIRONMENT) ## Format the code and fix what the linter can fix
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

bench: $(ENVIRONMENT) ## Measure the preview against a bare program and how it grows, tests and rehearsals against previews
	$(PYTHON) -m bench
	$(PYTHON) -m bench.minutes

docs: $(ENVIRONMENT) ## Build the site into site/, with the reference of every key, model, machine, engine and finding
	$(PYTHON) -m reference docs/reference
	NO_MKDOCS_2_WARNING=1 UV_PROJECT_ENVIRONMENT=.venv-docs .ci/uv run --frozen --only-group docs mkdocs build --strict

prices: $(ENVIRONMENT) ## Refresh the prices of EC2 machines from the lists that AWS publishes, hundreds of megabytes a region
	$(PYTHON) -m slipway.catalog.price_lists

wheel: ## Build the library, components/, into dist/
	.ci/uv build --quiet --out-dir dist components

schema: $(ENVIRONMENT) ## Write stacks/schema.json, by which editors complete stack files
	$(PYTHON) -m stacks > stacks/schema.json.new && mv stacks/schema.json.new stacks/schema.json

setup: $(ENVIRONMENT) ## Make or refresh the environment only

help: ## List the targets
	awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' Makefile

# Bytecode is compiled here because the provider SDKs import three times as slowly without it.
$(ENVIRONMENT): uv.lock pyproject.toml components/pyproject.toml
	echo "Making .venv from uv.lock; the first time takes about a minute" >&2
	UV_PROJECT_ENVIRONMENT=.venv .ci/uv sync --frozen --compile-bytecode >&2
	touch $@
