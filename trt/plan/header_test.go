package plan_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/plan"
)

// rtxPlan lays out the fixed part as TensorRT-RTX 1.7.1.116 writes it.
func rtxPlan() []byte {
	b := make([]byte, 200)
	copy(b, "vtrt")
	binary.LittleEndian.PutUint64(b[8:], 2)
	binary.LittleEndian.PutUint64(b[16:], uint64(len(b)))
	copy(b[24:], []byte{1, 7, 1, 116})
	copy(b[28:], "vtrt")
	binary.LittleEndian.PutUint32(b[32:], 0x7e)
	copy(b[64:], "NGNE")
	binary.LittleEndian.PutUint64(b[72:], 112)
	binary.LittleEndian.PutUint64(b[80:], 50)
	copy(b[88:], "THGW")
	binary.LittleEndian.PutUint64(b[96:], 162)
	binary.LittleEndian.PutUint64(b[104:], 38)
	return b
}

func read(b []byte) (*plan.Header, error) { return plan.Read(bytes.NewReader(b), int64(len(b))) }

func TestReadRTX(t *testing.T) {
	h, err := read(rtxPlan())
	require.NoError(t, err)
	require.Equal(t, &plan.Header{
		Format: plan.RTX, Version: trt.Version{Major: 1, Minor: 7, Patch: 1, Build: 116}, Bytes: 200,
		ComputeCapabilities: []int{80, 86, 89, 120, 121},
		Sections:            []plan.Section{{"ENGN", 112, 50}, {"WGHT", 162, 38}},
	}, h)
}

func TestReadUnknownVersionGivesNoLayout(t *testing.T) {
	b := rtxPlan()
	b[25] = 9
	h, err := read(b)
	require.NoError(t, err)
	require.Equal(t, 9, h.Version.Minor)
	require.Empty(t, h.Sections)
}

func TestReadRefuses(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"cut short":         func(b []byte) []byte { return b[:150] },
		"cut in the header": func(b []byte) []byte { return b[:40] },
		"no engine":         func(b []byte) []byte { return []byte("PK\x03\x04") },
		"empty":             func(b []byte) []byte { return nil },
		"many sections":     func(b []byte) []byte { b[14] = 1; return b },
		"section outside":   func(b []byte) []byte { b[80] = 255; return b },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(damage(rtxPlan()))
			require.Equal(t, fault.BadInput, fault.Of(err), "%v", err)
		})
	}
}

func TestMockIsNoEngine(t *testing.T) {
	h, err := read([]byte(plan.MockMagic + "anything"))
	require.NoError(t, err)
	require.Equal(t, plan.Mock, h.Format)
}

func FuzzRead(f *testing.F) {
	f.Add(rtxPlan())
	f.Add([]byte(plan.MockMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := read(b)
		if err == nil {
			for _, s := range h.Sections {
				require.LessOrEqual(t, s.Offset+s.Bytes, int64(len(b)))
			}
		}
	})
}
