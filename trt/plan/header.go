package plan

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// Format is a kind of engine file.
type Format string

// The formats.
const (
	RTX        Format = "tensorrt-rtx"
	Enterprise Format = "tensorrt"
	Mock       Format = "mock"
)

// MockMagic begins every plan of the mock backend, so that none can be taken
// for an engine.
const MockMagic = "TRTBUILD-MOCKPLAN\n"

// headerSize is IRuntime::getEngineHeaderSize() of TensorRT-RTX.
const headerSize = 64

// Header is what the fixed part of an engine file tells.
type Header struct {
	Format  Format      `json:"format"`
	Version trt.Version `json:"version"`
	Bytes   int64       `json:"bytes"`
	// ComputeCapabilities the plan is for, as 86 for 8.6; empty when the
	// layout of this version is not known.
	ComputeCapabilities []int     `json:"compute_capabilities,omitempty"`
	Sections            []Section `json:"sections,omitempty"`
}

// Section is one part of a plan, such as ENGN (the compiled graph) or WGHT
// (the weights).
type Section struct {
	Tag    string `json:"tag"`
	Offset int64  `json:"offset"`
	Bytes  int64  `json:"bytes"`
}

// knownLayout says which TensorRT-RTX versions the fixed part was checked for.
func knownLayout(v trt.Version) bool {
	return v.Major == 1 && (v.Minor == 6 || v.Minor == 7)
}

// Recognize returns the format of an engine file from its first bytes (64
// suffice), and whether it is one.
func Recognize(head []byte) (Format, bool) {
	switch {
	case bytes.HasPrefix(head, []byte(MockMagic)):
		return Mock, true
	case len(head) >= 32 && bytes.HasPrefix(head, []byte("vtrt")) && string(head[28:32]) == "vtrt":
		return RTX, true
	case bytes.HasPrefix(head, []byte("ptrt")), bytes.HasPrefix(head, []byte("ftrt")):
		return Enterprise, true
	}
	return "", false
}

// Read reads the header of an engine file of size bytes. What is no engine, or
// one cut short, is bad input.
func Read(r io.ReaderAt, size int64) (*Header, error) {
	head := make([]byte, min(size, headerSize))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	format, ok := Recognize(head)
	if !ok {
		return nil, fault.New(fault.BadInput, "", "not an engine file: it begins with %q", head[:min(len(head), 16)])
	}
	h := &Header{Format: format, Bytes: size}
	if format != RTX {
		return h, nil
	}
	if len(head) < headerSize {
		return nil, truncated(size, headerSize)
	}
	h.Version = trt.Version{Major: int(head[24]), Minor: int(head[25]), Patch: int(head[26]), Build: int(head[27])}
	if !knownLayout(h.Version) {
		return h, nil
	}
	if want := binary.LittleEndian.Uint64(head[16:]); want != uint64(size) {
		return nil, truncated(size, want)
	}
	h.ComputeCapabilities = computeCapabilities(binary.LittleEndian.Uint32(head[32:]))
	var err error
	h.Sections, err = readSections(r, size, binary.LittleEndian.Uint64(head[8:]))
	return h, err
}

func truncated(size int64, want uint64) error {
	return fault.New(fault.BadInput, "build or copy it again", "engine file has %d bytes, its header says %d", size, want)
}

// ccBits are the bits of the mask at offset 32.
var ccBits = []struct {
	bit uint32
	cc  int
}{{1, 75}, {2, 80}, {4, 86}, {8, 89}, {16, 120}, {32, 121}}

func computeCapabilities(mask uint32) []int {
	var ccs []int
	for _, b := range ccBits {
		if mask&b.bit != 0 {
			ccs = append(ccs, b.cc)
		}
	}
	return ccs
}

// maxSections is far above the two sections of every plan seen.
const maxSections = 64

func readSections(r io.ReaderAt, size int64, count uint64) ([]Section, error) {
	const entry = 24
	if count > maxSections || headerSize+int64(count)*entry > size {
		return nil, fault.New(fault.BadInput, "", "engine file claims %d sections at offset 8; %d bytes cannot hold them", count, size)
	}
	table := make([]byte, count*entry)
	if _, err := r.ReadAt(table, headerSize); err != nil {
		return nil, fmt.Errorf("read section table: %w", err)
	}
	sections := make([]Section, count)
	for i := range sections {
		e := table[i*entry:]
		offset, n := binary.LittleEndian.Uint64(e[8:]), binary.LittleEndian.Uint64(e[16:])
		if offset > uint64(size) || n > uint64(size)-offset {
			return nil, fault.New(fault.BadInput, "", "section %d of the engine file lies outside it: %d bytes at %d of %d", i, n, offset, size)
		}
		// Tags are stored backwards: NGNE is ENGN.
		sections[i] = Section{Tag: string([]byte{e[3], e[2], e[1], e[0]}), Offset: int64(offset), Bytes: int64(n)}
	}
	return sections, nil
}
