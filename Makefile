# `make` alone lists what can be made. Nothing but Go is needed, except where a line says so.

export CGO_ENABLED := 0

GO      ?= go
BIN     := $(CURDIR)/.bin
BATTEN  := $(BIN)/batten
LINTER  := $(BIN)/golangci-lint-v2.15.0
FUZZTIME ?= 10s

.DEFAULT_GOAL := help
.PHONY: help build test lint demo bench fuzz manifests oracle oracle-template oracle-bump e2e recipes clean

help: ## list these
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the binary, .bin/batten
	$(GO) build -trimpath -o $(BATTEN) ./cmd/batten

test: ## all tests; those that need node or the network skip without them
	$(GO) test -timeout 20m $(TESTFLAGS) ./...

lint: $(LINTER) ## golangci-lint, built here the first time (some minutes)
	$(LINTER) run ./...

demo: build ## add two plugins to a small app, offline; prove it; take it back
	@sh cmd/batten/demo.sh $(BATTEN)

bench: ## benchmarks of all packages
	$(GO) test -run '^$$' -bench . -benchmem $(BENCHFLAGS) ./...

fuzz: ## every fuzz target for FUZZTIME (10s)
	@grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u | while read -r dir; do \
		for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$$dir"/*_test.go | cut -c6-); do \
			echo "== $$dir $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$dir" || exit 1; \
		done; \
	done

manifests: ## derive every main release from npm, beside the published manifests; needs network, some minutes
	$(GO) run ./manifest/internal/check

oracle: ## compare with tree-sitter, node-semver, the official config loader, yarn; needs node, npm, network
	BATTEN_REQUIRE=oracle,network $(GO) test -count=1 -timeout 60m -run 'Oracle|NodeSemver' -v ./codemod/tsx ./codemod/schema ./registry/lockfile ./registry/npmver

oracle-template: ## rendered templates against all versions of create-app; needs node, npm, network, 7 minutes
	BATTEN_REQUIRE=oracle,network $(GO) test -count=1 -timeout 60m -run RenderEqualsCreateApp -v ./manifest/template -all-versions

oracle-bump: ## upgrade --like-cli against backstage-cli versions:bump; needs node, npm, network, 4 minutes
	BATTEN_REQUIRE=oracle,network BATTEN_TABLE=1 $(GO) test -count=1 -timeout 30m -run 'OracleBump' -v ./cmd/internal/cli

recipes: ## what recipes do for the plugin families in fixtures, as a table; needs network
	@BATTEN_REQUIRE=network BATTEN_TABLE=1 $(GO) test -count=1 -timeout 30m -v -run 'RecipesOfTheFamilies' ./cmd/internal/recipetable
	@BATTEN_REQUIRE=network BATTEN_TABLE=1 $(GO) test -count=1 -timeout 30m -run 'OverlaysFit|FamiliesTogether' ./cmd/internal/recipetable

e2e: build ## plugins and upgrades on new apps, installed, started and looked at; needs node, npm, git, chromium, a C++ compiler, network, an hour
	BATTEN_REQUIRE=oracle,network,browser BATTEN_E2E=$(BATTEN) $(GO) test -count=1 -timeout 180m -run "TestE2E$(if $(E2E),/^$(E2E))" -v ./cmd/internal/e2e

clean: ## remove what was built
	rm -rf $(BIN)

$(LINTER):
	mkdir -p $(BIN)
	GOBIN=$(BIN) GOFLAGS= $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	mv $(BIN)/golangci-lint $@
