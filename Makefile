# Every command a contributor needs. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Options for the benchmarks, for example: make bench BENCH="--quick --json figures.json"
BENCH ?=

.PHONY: setup run gallery test drill bench lint format clean help

setup: ## Install the missing system packages for building and testing
	scripts/setup.sh build test

run: ## Build and start Mintcache with the bundled sample upstream
	scripts/setup.sh build
	swift build -c release --product mintcache
	exec .build/release/mintcache serve --config config/mintcache.yaml --demo

gallery: ## Build and start the example gallery, with the bundled sample upstream
	scripts/setup.sh build test
	swift build -c release --product mintcache
	exec scripts/run-gallery.sh

test: ## Run the whole test suite, against a Redis, a PostgreSQL and a browser of its own
	scripts/setup.sh build test
	swift build --build-tests
	scripts/test.sh
	scripts/test-client.sh
	scripts/test-browser.sh

drill: ## Run the long checks: faults, kill -9, soak, APIs, sanitizers, fuzzing (FUZZ_SECONDS=600), the image
	scripts/setup.sh build test drill
	scripts/drill.sh

bench: ## Measure Mintcache beside nginx, Varnish and the bare minimum (BENCH="--quick")
	scripts/setup.sh build bench
	swift build -c release
	Benchmarks/run $(BENCH)

lint: ## Check formatting, sizes, imports, linkage, scripts and deployment files
	scripts/setup.sh build lint
	scripts/lint.sh

format: ## Format the Swift sources in place
	swift format --in-place --parallel --recursive Package.swift Sources Tests

clean: ## Remove everything the build made
	rm -rf .build .build-tsan .build-asan .build-image Fuzz/.build clients/typescript/dist examples/gallery/client

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
