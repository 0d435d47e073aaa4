# `make help` lists what there is. Every target that needs packages runs Scripts/setup.sh first, which does nothing when
# all is there.

PORT ?= 8080
HOST ?= 127.0.0.1
# Further flags for the server: make run ARGS="--workers 2"
ARGS ?=
# What runs here stays here. Git ignores it.
STATE := $(CURDIR)/.build-state

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build run run-postgres test test-embedded lint bench bench-allocations clean

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
	  --data-directory $(STATE) $(ARGS)

run-postgres: ## Serves the shop on a private PostgreSQL cluster that ends with it.
	@Scripts/setup.sh postgres
	swift build -c release --product checkout
	@exec Scripts/run-postgres.sh "$$(swift build -c release --show-bin-path)/checkout" serve --host $(HOST) --port $(PORT) $(ARGS)

test: ## Runs all tests, lints the routes and builds the embedded example.
	@Scripts/setup.sh test
	swift build --build-tests
	swift test --skip-build
	$(MAKE) --no-print-directory lint test-embedded

test-embedded: ## Builds Examples/EmbeddedApp and a new app from outside, and asks them for answers.
	Scripts/test-embedded.sh
	Scripts/test-new-app.sh

lint: setup ## Checks the .flow files of the shop, and finds changes that break callers.
	swift run route-gen lint Routes
	swift run route-gen check Routes
	swift run route-gen fmt --check Routes Examples

bench: ## Measures this server against nginx and Hummingbird.
	@Scripts/setup.sh bench
	Tests/Performance/run.sh

bench-allocations: ## Counts heap allocations for each plaintext request.
	@Scripts/setup.sh bench
	Tests/Performance/allocations.sh

clean: ## Removes builds and the embedded database.
	rm -rf .build Examples/EmbeddedApp/.build $(STATE)
