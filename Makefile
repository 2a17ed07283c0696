# `make demo` and `make test` need Go, gcc, make and git, and nothing else. `make proto` alone needs npm.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BUILD   := $(CURDIR)/build
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)

# RELEASE=1 leaves this machine's paths out of what is built. It is off otherwise, so that make and the go command by
# hand share one build cache: the hub's dependencies take minutes to compile.
ifdef RELEASE
export GOFLAGS := $(strip $(GOFLAGS) -trimpath)
endif

sdk     := github.com/cosmos/cosmos-sdk/version
LDFLAGS := -s -w -X $(sdk).Name=corridor -X $(sdk).AppName=corridord -X $(sdk).Version=$(VERSION) -X $(sdk).Commit=$(COMMIT)

# What the tests run under; CI puts a tool here that remembers what was skipped.
GOTEST   ?= go test
# Minutes saved from a cold cache: `make lint` vets, while go test would vet every dependency as well; and forty test
# programs are linked without what only a debugger reads.
TESTFLAGS := -vet=off '-ldflags=-s -w'
# Packages at once: tests wait for blocks and processes half of their time, and the next ones are linked meanwhile.
ATONCE := -p $(shell echo $$(( $$(nproc) * 3 / 2 )))
# What test-race tests; all that is built for it is built anew.
RACE_PKGS := ./sdk/... ./memory/...
LINT     := $(BUILD)/tools/golangci-lint
# Flags of the benchmark: `go run ./e2e/bench --help` lists them.
BENCH_FLAGS ?=
# Flags of the relayers' benchmark and soak test, the same way.
BENCH_RELAY_FLAGS ?=
SOAK_FLAGS        ?=
STORIES_FLAGS     ?=
# How long each fuzz target is tried. What they have found and their seeds are part of every plain test run.
FUZZTIME ?= 1m

.PHONY: help build test test-race test-fast fuzz fuzz-short lint format proto generate check-generated demo demo-ibc bench bench-relay soak-relay soak-relay-short stories-relay peers ci clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

build: ## build every program into build/
	@mkdir -p $(BUILD)
	go build -ldflags '$(LDFLAGS)' -o $(BUILD)/ ./cmd/...
	go -C adapters build -ldflags '-s -w' -o $(BUILD)/ ./cmd/...

test: build ## everything a change must pass
	$(GOTEST) $(TESTFLAGS) $(ATONCE) -timeout 10m $$(go list ./... | grep -v /e2e)
	cd adapters && $(GOTEST) $(TESTFLAGS) $(ATONCE) -timeout 5m ./...
	CORRIDOR_BIN=$(BUILD) $(GOTEST) $(TESTFLAGS) -count=1 -timeout 15m ./e2e/...

test-race: ## small packages with goroutines of their own, once more under the race detector
	cd adapters && go test $(TESTFLAGS) -race -short -timeout 5m $(RACE_PKGS)

test-fast: ## the tests without whole-system stories and long suites
	go test $(TESTFLAGS) $(ATONCE) -short -timeout 3m $$(go list ./... | grep -v /e2e)
	cd adapters && go test $(TESTFLAGS) $(ATONCE) -short -timeout 3m ./...

fuzz: ## try every decoder of bytes from outside, each for FUZZTIME (its first build takes minutes)
	scripts/fuzz.sh $(FUZZTIME)

fuzz-short: ## the same for seconds each
	scripts/fuzz.sh 5s

lint: $(LINT) ## golangci-lint: import walls, determinism, format (its first build takes 2 minutes)
	$(LINT) run ./...
	cd adapters && $(LINT) run --config ../.golangci.yml ./...

format: $(LINT) ## rewrite Go files in the one format
	$(LINT) fmt ./...
	cd adapters && $(LINT) fmt --config ../.golangci.yml ./...

$(LINT): tools/go.mod tools/go.sum
	go -C tools build -o $(BUILD)/tools/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

proto: ## generate Go from proto/ (needs npm, for buf; the result is committed)
	scripts/proto.sh

generate: proto ## proto, go:generate, and the diagrams drawn from transition tables
	go generate ./...
	cd adapters && go generate ./...
	FSM_UPDATE=1 go test -count=1 -run Diagram ./x/... ./internal/fsm/...

check-generated: ## fail if generated code is not what its source says
	scripts/check-generated.sh

demo: build ## settle real swaps on a localnet of this machine and show what happened
	$(BUILD)/corridor demo

bench: build ## settlements a second beside bank sends; start, memory and latency of a localnet
	go run ./e2e/bench --bin $(BUILD) $(BENCH_FLAGS)

demo-ibc: build $(BUILD)/simd ## relay between our hub and ibc-go's stock chain and show what happened
	$(BUILD)/corridor demo-ibc

bench-relay: build $(BUILD)/simd $(BUILD)/rly ## our relayer beside another one, on the same chains with the same load
	go run ./e2e/benchrelay --bin $(BUILD) $(BENCH_RELAY_FLAGS)

soak-relay: build $(BUILD)/simd ## ten minutes of packets while the relayer is killed again and again
	go run ./e2e/soakrelay --bin $(BUILD) $(SOAK_FLAGS)

stories-relay: build peers ## nodes and chains that fail, other people's chains and relayers: the relayer's stories
	go run ./e2e/relaystories --bin $(BUILD) $(STORIES_FLAGS)

peers: $(BUILD)/simd $(BUILD)/simd7 $(BUILD)/rly $(BUILD)/toxiproxy-server ## other people's programs that we relay for and measure beside (2 minutes each)

$(BUILD)/simd: e2e/peers/simd/go.mod e2e/peers/simd/go.sum
	go -C e2e/peers/simd build -o $(BUILD)/ github.com/cosmos/ibc-go/v8/testing/simapp/simd
	@touch $@

$(BUILD)/simd7: e2e/peers/simd7/go.mod e2e/peers/simd7/go.sum
	go -C e2e/peers/simd7 build -o $(BUILD)/simd7 github.com/cosmos/ibc-go/v7/testing/simapp/simd
	@touch $@

$(BUILD)/rly: e2e/peers/rly/go.mod e2e/peers/rly/go.sum
	go -C e2e/peers/rly build -o $(BUILD)/rly github.com/cosmos/relayer/v2
	@touch $@

soak-relay-short: build $(BUILD)/simd
	go run ./e2e/soakrelay --bin $(BUILD) --for 1m

$(BUILD)/toxiproxy-server: e2e/peers/toxiproxy/go.mod e2e/peers/toxiproxy/go.sum
	go -C e2e/peers/toxiproxy build -o $(BUILD)/toxiproxy-server github.com/Shopify/toxiproxy/v2/cmd/server
	@touch $@

ci: lint check-generated test test-race demo demo-ibc soak-relay-short ## what .ci/run runs

clean: ## remove what was built (a running localnet: first `build/corridor localnet down`)
	rm -rf $(BUILD) proto/third_party tools/node_modules
