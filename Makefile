# `make help` lists what there is. Every target that needs packages runs Scripts/setup.sh first, which does nothing when
# all is there.

PORT ?= 8080
HOST ?= 127.0.0.1
# Further flags for the server: make run ARGS="--workers 2"
ARGS ?=
# How long each fuzz target runs.
FUZZ_SECONDS ?= 60
# Of the benchmark: rows by name or by the first words of it, how often, and how long each run is. Empty for its defaults.
ROWS ?=
ROUNDS ?=
# Not from the environment, where a shell puts its own.
SECONDS =
# What runs here stays here. Git ignores it.
STATE := $(CURDIR)/.build-state

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build run run-postgres test test-governance test-embedded test-release lint conformance fuzz-http fuzz-flows bench bench-allocations profile clean

help: ## Lists the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS=$$'\t' read -r name text; do \
	  printf '  make %-18s %s\n' "$$name" "$$text"; done
	@echo
	@echo '  Variables: PORT=$(PORT) HOST=$(HOST) ARGS="…" (flags of the server; see checkout serve --help)'

setup: ## Installs the packages that are missing.
	@Scripts/setup.sh

build: setup ## Builds the checkout server in release mode.
	swift build -c release --product checkout

run: build ## Seeds an embedded SQLite database and serves the shop on it.
	@mkdir -p $(STATE)
	@exec "$$(swift build -c release --show-bin-path)/checkout" serve --host $(HOST) --port $(PORT) \
	  --data-directory $(STATE) --openapi Examples/Checkout/Config/openapi.json $(ARGS)

run-postgres: ## Serves the shop on a private PostgreSQL cluster that ends with it.
	@Scripts/setup.sh postgres
	swift build -c release --product checkout
	@exec Scripts/run-postgres.sh "$$(swift build -c release --show-bin-path)/checkout" serve --host $(HOST) --port $(PORT) $(ARGS)

test: ## Runs all tests, lints the routes and builds the embedded example.
	@Scripts/setup.sh test
	swift build --build-tests
	swift test --skip-build
	python3 -B Tests/Performance/bench.py --self-test
	$(MAKE) --no-print-directory lint test-governance test-embedded test-release

test-governance: setup ## Takes a catalog of its own through accept, check and --against.
	Scripts/test-governance.sh

test-embedded: ## Builds Examples/EmbeddedApp and a new app from outside, and asks them for answers.
	Scripts/test-embedded.sh
	Scripts/test-new-app.sh

test-release: setup ## Builds the shop for release, starts it and asks it for answers.
	Scripts/test-release.sh

lint: setup ## Checks the .flow files of the shop, and finds changes that break callers.
	swift run route-gen lint Routes
	swift run route-gen check Routes
	swift run route-gen fmt --check Routes Examples
	swift run route-gen openapi Routes --title "Reference shop" --output Examples/Checkout/Config/openapi.json --check

conformance: setup ## Serves the flows of Examples/Conformance, for tools that test HTTP servers.
	swift run conformance --host $(HOST) --port $(PORT) $(ARGS)

fuzz-http: setup ## Fuzzes the HTTP parser and whole connections, of HTTP/2 too; FUZZ_SECONDS=600 for each.
	Tests/Fuzzing/HTTP/run.sh $(FUZZ_SECONDS)

fuzz-flows: setup ## Mutates the .flow files 100,000 times, and lets libFuzzer search; FUZZ_SECONDS=600.
	Scripts/fuzz.sh mutate
	Scripts/fuzz.sh fuzz $(FUZZ_SECONDS)

bench: ## Measures this server against C, nginx and Hummingbird; ROWS="plaintext tls" ROUNDS=3 SECONDS=2.
	@Scripts/setup.sh bench
	Tests/Performance/run.sh --rows "$(ROWS)" $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SECONDS),--seconds $(SECONDS)) $(ARGS)

bench-allocations: ## Counts heap allocations for each plaintext request.
	@Scripts/setup.sh bench
	Tests/Performance/allocations.sh

profile: ## Counts where the instructions of a plaintext request go; ARGS="--flow json --pipeline 1".
	@Scripts/setup.sh bench
	Tests/Performance/profile.sh $(ARGS)

clean: ## Removes builds and the embedded database.
	rm -rf .build Examples/EmbeddedApp/.build $(STATE)
