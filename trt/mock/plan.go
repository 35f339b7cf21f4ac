package mock

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/plan"
)

// A mock plan is, little-endian:
//
//	 0  plan.MockMagic, 18 bytes
//	18  u16 format version, 1
//	20  u32 0
//	24  u64 bytes of the whole file
//	32  SHA-256 of all that follows the header
//	64  u64 length, then the JSON of the build's settings
//	    u64 length, then the canonical JSON of the network
//	    the bytes of each different weights, by first use
const (
	headerSize    = 64
	formatVersion = 1
)

// settings are what a build has beyond the network.
type settings struct {
	Profiles  []trt.Profile `json:"profiles"`
	Workspace int64         `json:"workspace"`
	TF32      bool          `json:"tf32"`
}

// PlanError says why bytes are no mock plan that can be read.
type PlanError struct {
	Offset   int64 // in the file
	Msg      string
	Expected string
	Found    string
	Err      error // the cause; may be nil
}

// Error prints the facts that are set.
func (e *PlanError) Error() string {
	s := fmt.Sprintf("mock plan, byte %d: %s", e.Offset, e.Msg)
	if e.Expected != "" {
		s += ": expected " + e.Expected + ", found " + e.Found
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *PlanError) Unwrap() error { return e.Err }

// FaultKind is BadInput.
func (e *PlanError) FaultKind() fault.Kind { return fault.BadInput }

// encode returns the pieces of a plan of a materialized network, in order.
func encode(n *trt.Network, c trt.Config) ([][]byte, error) {
	set, err := json.Marshal(settings{c.Profiles, c.Workspace, c.TF32})
	if err != nil {
		return nil, err
	}
	var structure bytes.Buffer
	if err := n.WriteJSON(&structure); err != nil {
		return nil, err
	}
	pieces := [][]byte{length(set), set, length(structure.Bytes()), structure.Bytes()}
	seen := map[[sha256.Size]byte]bool{}
	for _, l := range n.Layers() {
		for _, o := range l.Op.Weights() {
			if o.Weights != nil && !seen[o.Weights.Digest()] {
				seen[o.Weights.Digest()] = true
				pieces = append(pieces, o.Weights.Bytes())
			}
		}
	}
	total, sum := uint64(headerSize), sha256.New()
	for _, p := range pieces {
		total += uint64(len(p))
		sum.Write(p)
	}
	header := append(make([]byte, 0, headerSize), plan.MockMagic...)
	header = binary.LittleEndian.AppendUint16(header, formatVersion)
	header = binary.LittleEndian.AppendUint32(header, 0)
	header = binary.LittleEndian.AppendUint64(header, total)
	return append([][]byte{sum.Sum(header)}, pieces...), nil
}

func length(b []byte) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(len(b))) }

// read reads a plan into memory and checks its digest.
func read(r io.ReaderAt, size int64) (*engine, error) {
	header := make([]byte, headerSize)
	if size < headerSize {
		return nil, &PlanError{Msg: "is cut short", Expected: fmt.Sprintf("at least %d bytes", headerSize), Found: fmt.Sprint(size)}
	}
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), header); err != nil {
		return nil, &PlanError{Msg: "cannot be read", Err: err}
	}
	if !bytes.HasPrefix(header, []byte(plan.MockMagic)) {
		return nil, &PlanError{Msg: "begins with another magic", Expected: fmt.Sprintf("%q", plan.MockMagic), Found: fmt.Sprintf("%q", header[:len(plan.MockMagic)])}
	}
	if v := binary.LittleEndian.Uint16(header[18:]); v != formatVersion {
		return nil, &PlanError{Offset: 18, Msg: "has another format version", Expected: fmt.Sprint(formatVersion), Found: fmt.Sprint(v)}
	}
	if zero := binary.LittleEndian.Uint32(header[20:]); zero != 0 {
		return nil, &PlanError{Offset: 20, Msg: "has a number that is not known", Expected: "0", Found: fmt.Sprint(zero)}
	}
	if total := binary.LittleEndian.Uint64(header[24:]); total != uint64(size) {
		return nil, &PlanError{Offset: 24, Msg: "is cut short or has something appended", Expected: fmt.Sprintf("%d bytes", total), Found: fmt.Sprint(size)}
	}
	body, err := io.ReadAll(io.NewSectionReader(r, headerSize, size-headerSize))
	if err == nil && int64(len(body)) != size-headerSize {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, &PlanError{Offset: headerSize + int64(len(body)), Msg: "cannot be read", Err: err}
	}
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], header[32:64]) {
		return nil, &PlanError{Offset: 32, Msg: "is damaged: its SHA-256 differs", Expected: fmt.Sprintf("%x", header[32:64]), Found: fmt.Sprintf("%x", sum)}
	}
	return decode(body)
}

// decode reads what follows the header. Nothing is allocated by a number of
// the plan before it is known that the plan holds as much.
func decode(body []byte) (*engine, error) {
	c := cursor{rest: body, offset: headerSize}
	set, err := c.section("settings")
	if err != nil {
		return nil, err
	}
	at := c.offset
	structure, err := c.section("network")
	if err != nil {
		return nil, err
	}
	var s settings
	if err := json.Unmarshal(set, &s); err != nil {
		return nil, &PlanError{Offset: headerSize + 8, Msg: "settings are not readable", Err: err}
	}
	read := map[string][]byte{}
	n, err := trt.ReadJSON(bytes.NewReader(structure), func(ref trt.WeightsRef) ([]byte, error) {
		raw, ok := read[ref.SHA256]
		if ok {
			return raw, nil
		}
		w := trt.Weights{Type: ref.Type, Dims: ref.Dims}
		raw, err := c.take(w.Size(), ref.Operand+" weights")
		read[ref.SHA256] = raw
		return raw, err
	})
	if err == nil {
		err = n.CheckProfiles(s.Profiles)
	}
	if err != nil {
		return nil, &PlanError{Offset: at + 8, Msg: "network is not readable", Err: err}
	}
	if len(c.rest) > 0 {
		return nil, &PlanError{Offset: c.offset, Msg: "has bytes that belong to no weights", Expected: "none", Found: fmt.Sprint(len(c.rest))}
	}
	return &engine{network: n, profiles: s.Profiles}, nil
}

// cursor takes pieces off the front of a plan's body.
type cursor struct {
	rest   []byte
	offset int64 // of rest in the file
}

func (c *cursor) take(n int64, what string) ([]byte, error) {
	if n < 0 || n > int64(len(c.rest)) {
		return nil, &PlanError{Offset: c.offset, Msg: what + " do not fit", Expected: fmt.Sprintf("%d bytes", n), Found: fmt.Sprint(len(c.rest))}
	}
	p := c.rest[:n:n]
	c.rest, c.offset = c.rest[n:], c.offset+n
	return p, nil
}

func (c *cursor) section(what string) ([]byte, error) {
	n, err := c.take(8, what)
	if err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint64(n)
	if size > uint64(len(c.rest)) {
		return nil, &PlanError{Offset: c.offset - 8, Msg: what + " do not fit", Expected: fmt.Sprintf("%d bytes", size), Found: fmt.Sprint(len(c.rest))}
	}
	return c.take(int64(size), what)
}
