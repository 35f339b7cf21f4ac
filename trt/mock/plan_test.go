package mock

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func dynamic(tb testing.TB) (*Backend, []byte) {
	n := trt.NewNetwork("scaled", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{trt.Dynamic, 3})
	y := n.AddElementWise("mul", x, n.AddConstant("factors", trt.NewWeights(trt.Dims{1, 3}, trt.Float32s{1, 2, 3})), trt.Prod)
	n.MarkOutput(n.AddCast("cast", y, dtype.Float16), "y")
	b, err := New(trt.Target{}, Options{})
	require.NoError(tb, err)
	at := func(e int64) trt.Dims { return trt.Dims{e, 3} }
	var out bytes.Buffer
	_, err = b.Build(context.Background(), n, trt.Config{Profiles: []trt.Profile{{"x": {Min: at(1), Opt: at(2), Max: at(4)}}}}, &out)
	require.NoError(tb, err)
	return b, out.Bytes()
}

func open(b *Backend, raw []byte) (trt.Engine, error) {
	return b.Open(context.Background(), bytes.NewReader(raw), int64(len(raw)))
}

func TestProfilesBoundRuns(t *testing.T) {
	b, raw := dynamic(t)
	e, err := open(b, raw)
	require.NoError(t, err)
	for batch := int64(1); batch <= 5; batch++ {
		in := map[string]*trt.Value{"x": {Type: dtype.Float32, Dims: trt.Dims{batch, 3}, Floats: ones(3 * batch)}}
		out, err := e.Run(context.Background(), in)
		if batch > 4 {
			require.EqualError(t, err, "no optimization profile takes these inputs; profile 0: input x is [5,3], allowed are [1,3] to [4,3]")
			require.Equal(t, fault.BadInput, fault.Of(err))
			continue
		}
		require.NoError(t, err)
		require.Equal(t, trt.Dims{batch, 3}, out["y"].Dims)
		require.Equal(t, []float32{1, 2, 3}, out["y"].Floats[:3])
	}
	_, err = e.Run(context.Background(), nil)
	require.ErrorContains(t, err, "input x: is missing")
}

func ones(n int64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// Every byte of a plan matters: cut anywhere, or with any bit of it wrong, it
// is bad input.
func TestDamagedPlans(t *testing.T) {
	b, raw := dynamic(t)
	for n := range raw {
		_, err := open(b, raw[:n])
		require.Equal(t, fault.BadInput, fault.Of(err), "cut to %d bytes: %v", n, err)
	}
	for i := range raw {
		bad := bytes.Clone(raw)
		bad[i] ^= 0x10
		_, err := open(b, bad)
		require.Equal(t, fault.BadInput, fault.Of(err), "byte %d: %v", i, err)
		require.NotNil(t, err)
	}
	_, err := open(b, append(bytes.Clone(raw), 0))
	require.ErrorContains(t, err, "byte 24: is cut short or has something appended")
	_, err = open(b, append([]byte("vtrt"), raw[4:]...))
	require.ErrorContains(t, err, "byte 0: begins with another magic")
	// A reader that ends before its size says so.
	_, err = b.Open(context.Background(), bytes.NewReader(raw[:len(raw)-1]), int64(len(raw)))
	require.ErrorContains(t, err, "unexpected EOF")
}

func TestOtherVersionsAreRefused(t *testing.T) {
	_, raw := dynamic(t)
	other, err := New(trt.Target{Version: trt.Version{Major: 1, Minor: 6, Patch: 1}}, Options{})
	require.NoError(t, err)
	_, err = open(other, raw)
	require.EqualError(t, err, "mock plan is for TensorRT-RTX 1.7.1, this backend stands for TensorRT-RTX 1.6.1; build the plan again with this backend")
	require.Equal(t, fault.Environment, fault.Of(err))
}

// sealed is a body under a header that is right for it.
func sealed(body []byte) []byte {
	h := append([]byte("TRTBUILD-MOCKPLAN\n"), 1, 0, 0, 0, 0, 0)
	h = binary.LittleEndian.AppendUint64(h, uint64(headerSize+len(body)))
	sum := sha256.Sum256(body)
	return append(append(h, sum[:]...), body...)
}

func TestSealedButWrongBodies(t *testing.T) {
	b, raw := dynamic(t)
	body := raw[headerSize:]
	_, err := open(b, sealed(body))
	require.NoError(t, err)
	set := binary.LittleEndian.Uint64(body)
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"nothing":          {nil, "byte 64: settings do not fit: expected 8 bytes, found 0"},
		"huge settings":    {binary.LittleEndian.AppendUint64(nil, 1<<63), "byte 64: settings do not fit: expected 9223372036854775808 bytes, found 0"},
		"no network":       {body[:8+set], "network do not fit"},
		"weights cut":      {body[:len(body)-1], "value weights do not fit: expected 12 bytes, found 11"},
		"bytes left over":  {append(bytes.Clone(body), 7), "has bytes that belong to no weights"},
		"weights changed":  {bytes.Replace(body, []byte{0, 0, 0x40, 0x40}, []byte{0, 0, 0x40, 0x41}, 1), "SHA-256"},
		"settings no JSON": {append(binary.LittleEndian.AppendUint64(nil, 1), append([]byte("{"), body[8+set:]...)...), "settings are not readable"},
		"unknown layer":    {bytes.Replace(body, []byte(`"kind":"cast"`), []byte(`"kind":"cost"`), 1), `unknown kind of layer "cost"`},
		"no such profile":  {bytes.Replace(body, []byte(`{"x":{"min"`), []byte(`{"z":{"min"`), 1), "names an input the network does not have"},
	} {
		_, err := open(b, sealed(c.body))
		require.ErrorContains(t, err, c.want, name)
		require.Equal(t, fault.BadInput, fault.Of(err), name)
	}
}

// FuzzDecode feeds bodies past the digest; whatever is accepted must be
// writable again.
func FuzzDecode(f *testing.F) {
	_, raw := dynamic(f)
	f.Add(raw[headerSize:])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := decode(body)
		if err != nil {
			require.Equal(t, fault.BadInput, fault.Of(err), "%v", err)
			return
		}
		var out bytes.Buffer
		require.NoError(t, e.network.WriteJSON(&out))
	})
}

// FuzzOpen feeds whole files.
func FuzzOpen(f *testing.F) {
	b, raw := dynamic(f)
	f.Add(raw)
	f.Add(raw[:headerSize])
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := open(b, raw); err != nil {
			require.NotEqual(t, fault.Bug, fault.Of(err), "%v", err)
		}
	})
}
