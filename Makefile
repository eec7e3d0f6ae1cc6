# One door for newcomers, developers and CI. `make help` lists what there is.
# SPDX-License-Identifier: Apache-2.0

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BUILD_PACKAGES := libssl-dev libjansson-dev pkg-config
TEST_PACKAGES := $(BUILD_PACKAGES) postfix openssl python3 gcc libc6-dev
RELEASE := .build/release/relaymark
# Measured: without them a message costs a sixth more CPU.
RELEASE_FLAGS := --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked
SECONDS_OF_FUZZING := $(if $(SECONDS),$(SECONDS),30)
SWIFT_SOURCES := Package.swift Sources Tests

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | sort | \
	  awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: build ## Build, certify and load the embedded relay, write reports
	.ci/demo $(RELEASE)

.PHONY: test
test: ## Run all tests (installs what they need)
	@.ci/packages $(TEST_PACKAGES)
	swift build --build-tests
	swift test --skip-build --no-parallel

.PHONY: build
build: ## Build the optimised program
	@.ci/packages $(BUILD_PACKAGES)
	swift build -c release --product relaymark $(RELEASE_FLAGS)

.PHONY: check
check: ## Check format, lint, file sizes and shell scripts
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)
	.ci/sizes

.PHONY: format
format: ## Rewrite the Swift sources in the house style
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

.PHONY: bench
bench: build ## Measure against smtp-source and friends, side by side; ONLY=NAME for one
	@.ci/packages $(TEST_PACKAGES)
	Tests/Bench/bench $(foreach name,$(ONLY),--only $(name)) $(RELEASE)

.PHONY: bench-smoke
bench-smoke: build ## The same measurements, small: shows that they run
	@.ci/packages $(TEST_PACKAGES)
	Tests/Bench/bench --smoke $(RELEASE)

.PHONY: interop
interop: build ## Play against Postfix, Exim and OpenSMTPD, and certify them
	@.ci/packages $(TEST_PACKAGES)
	Tests/Interop/interop $(RELEASE)

.PHONY: browser
browser: build ## Look at reports in a headless Chromium; PICTURES=DIR keeps what it saw
	@.ci/packages $(BUILD_PACKAGES) chromium python3
	Tests/Browser/browser $(if $(PICTURES),--pictures $(PICTURES)) $(RELEASE)

.PHONY: durability
durability: build ## Kill runs, fill their disk, take their folder away
	@.ci/packages $(BUILD_PACKAGES) python3
	Tests/Durability/durability $(RELEASE)

.PHONY: fuzz
fuzz: ## Fuzz the readers; SECONDS=60 sets the time for each
	@.ci/packages $(BUILD_PACKAGES)
	Tests/Fuzz/fuzz $(SECONDS_OF_FUZZING)

.PHONY: clean
clean: ## Remove build products and run folders
	rm -rf .build .build-* Package.resolved Tests/Fuzz/.build
	find Reports -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
