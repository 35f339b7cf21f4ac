# Everything a contributor runs. `make demo` and `make test` set up what they
# need on a machine with Go, CMake, a C++ compiler, Cargo and pip; tests want npm too.

SHELL := /bin/bash
.DEFAULT_GOAL := build

CACHE  := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/trtbuild
SDK    := $(or $(TRTBUILD_SDK_DIR),$(CACHE)/sdk)
BRIDGE := build/bridge
BIN    := bin/trtbuild
TOOLS  := $(CURDIR)/build/tools
TAGS   := tensorrt embedbridge

# The kernels for amd64 need the experiment; a plain `go build` does without.
export GOEXPERIMENT := simd
# Tests of the native path must run here, not skip.
export TRTBUILD_REQUIRE_SDK := 1

.PHONY: build test demo sdk bench fuzz agree lint generate clean bridge native-tests oracle viewers

build: bridge ## the command, with its shims inside
	go build -tags "$(TAGS)" -o $(BIN) ./cmd/trtbuild

sdk: ## TensorRT headers and the TensorRT-RTX library, into the user's cache
	cbridge/sdk.sh headers
	GOEXPERIMENT= go run ./cmd/trtbuild sdk install

# A program that carries its shims embeds cbridge/shims; one that does not finds
# them in the user's cache.
bridge: sdk ## one shim for each TensorRT family whose headers are found
	cmake -S . -B build -DCMAKE_BUILD_TYPE=Release -DTRTBUILD_SDK_DIR="$(SDK)" -DBUILD_TESTING=OFF >/dev/null
	cmake --build build --parallel 2
	cmake --install build --strip --prefix cbridge/shims >/dev/null
	cmake --install build --strip --prefix "$(CACHE)/bridge" >/dev/null

native-tests: bridge ## the double of TensorRT and the C++ tests
	cmake -S . -B build -DBUILD_TESTING=ON >/dev/null
	cmake --build build --parallel 2

demo: build ## real engines from generated checkpoints, a classifier's and a detector's
	$(BIN) zoo weights resnet50 --seed 1 -o build/resnet50.wts
	$(BIN) --wts build/resnet50.wts --fp16 -o build/resnet50.fp16.plan
	$(BIN) zoo weights yolov8n --seed 1 -o build/yolov8n.wts
	$(BIN) --wts build/yolov8n.wts --fp16 -o build/yolov8n.fp16.plan

test: build native-tests oracle viewers lint ## everything CI runs
	CGO_ENABLED=0 GOEXPERIMENT= go test -short ./... # all 2^32 floats are rounded once, below
	go test -tags "$(TAGS)" -timeout 20m ./...
	go test -race -tags "$(TAGS)" ./weights/... ./trt ./trt/native/... ./trt/mock/... ./internal/arena/... ./builder
	cd internal/oracle && go vet ./... && go test ./...
	ctest --test-dir build --output-on-failure
	for os in linux/arm64 darwin/arm64 windows/amd64; do \
		CGO_ENABLED=0 GOEXPERIMENT= GOOS=$${os%/*} GOARCH=$${os#*/} go vet ./... || exit 1; done

N ?= 5000
SEED ?= 1
agree: bridge ## N drawn layers, our rules against the real library's: make agree N=20000 SEED=7
	go test -tags "$(TAGS)" -run '^TestAgreement$$' -count 1 -timeout 24h -v ./trt/native -agree.n $(N) -agree.seed $(SEED)

oracle: sdk ## NVIDIA's own Python binding, to compare engines with, and ONNX Runtime, to compare numbers
	cbridge/sdk.sh oracle onnxruntime

viewers: ## Chromium and TensorBoard, to look at reports with
	cbridge/sdk.sh browser tensorboard

lint: $(TOOLS)/golangci-lint $(TOOLS)/gofumpt
	test -z "$$($(TOOLS)/gofumpt -l . | tee /dev/stderr)"
	go vet -tags "$(TAGS)" ./...
	$(TOOLS)/golangci-lint run --build-tags tensorrt ./...
	cd internal/oracle && $(TOOLS)/golangci-lint run ./...

$(TOOLS)/%: internal/tools/go.mod internal/tools/go.sum
	cd internal/tools && GOEXPERIMENT= GOBIN=$(TOOLS) go install tool

bench: bridge oracle ## ratios to the peers, in one run
	go test -tags "$(TAGS)" -run '^$$' -bench . ./...
	cd internal/oracle && go test -run '^$$' -bench . -benchtime 7x -timeout 30m ./...

FUZZTIME ?= 10s
fuzz: ## each fuzz target for FUZZTIME
	@go list -f '{{$$p := .}}{{range .TestGoFiles}}{{$$p.Dir}}/{{.}} {{$$p.ImportPath}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$$p.Dir}}/{{.}} {{$$p.ImportPath}}{{"\n"}}{{end}}' ./... | \
	while read -r file pkg; do \
		for f in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' "$$file"); do \
			go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$pkg" || exit 1; done; done

generate: ## committed files that other files imply
	go generate ./...

clean:
	rm -rf build bin cbridge/shims
