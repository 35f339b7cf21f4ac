package npz_test

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	smallnpz "github.com/trtbuild/trtbuild/internal/npz"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/npz"
)

// FuzzRead holds lone arrays and archives against internal/npz, which reads fewer
// of them and all at once.
func FuzzRead(f *testing.F) {
	for _, name := range []string{
		"types.npz", "types_big.npz", "types_compressed.npz", "orders.npz", "orders_compressed.npz", "zip64.npz",
		"no_objects.npz", "lone.npy", "lone_fortran.npy", "version3.npy", "no_records.npy",
	} {
		f.Add(load(f, name))
	}
	f.Add(array(of("<f4", "(2L, 3)"), 24))
	f.Add(array(of("<f8", "(4611686018427387905,)"), 8))
	f.Fuzz(check)
}

// FuzzArray is FuzzRead of an archive of one array with a header and length that
// are right, which mutations seldom hit.
func FuzzArray(f *testing.F) {
	f.Add(of("<f4", "(2, 3)"), 24, true)
	f.Add("{'descr': '>c8', 'fortran_order': True, 'shape': (2, 3), }", 48, false)
	f.Fuzz(func(t *testing.T, header string, values int, packed bool) {
		if len(header) >= 1<<16 || values < 0 || values > 1<<16 {
			return
		}
		b := array(header, values)
		for i := range values {
			b[len(b)-values+i] = byte(i)
		}
		check(t, b)
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		method := zip.Store
		if packed {
			method = zip.Deflate
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: "a.npy", Method: method})
		require.NoError(t, err)
		_, err = w.Write(b)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		check(t, out.Bytes())
	})
}

func check(t *testing.T, b []byte) {
	got, err := npz.Read(bytes.NewReader(b), int64(len(b)), ".npy")
	want, wantErr := smallnpz.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return
	}
	failed := false
	for _, name := range got.Names() {
		x, _ := got.Tensor(name)
		if x.Count > 1<<24 {
			return
		}
		raw := make([]byte, x.Count*int64(x.Type.Size()))
		if x.ReadRaw(raw, 0) != nil {
			failed = true
			continue
		}
		if wantErr != nil || x.Type.IsComplex() {
			continue
		}
		values := make([]float32, x.Count)
		require.NoError(t, x.ReadFloat32(values, 0))
		a := want[name]
		require.NotNil(t, a, name)
		require.Equal(t, a.Shape, x.Shape)
		for i, v := range values {
			switch {
			case a.Floats != nil:
				require.True(t, a.Floats[i] == v || a.Floats[i] != a.Floats[i] && v != v, "%s[%d]: %g, %g", name, i, a.Floats[i], v)
			case x.Type != dtype.Bool: // which there may be 2
				require.Equal(t, float32(a.Ints[i]), v)
			}
		}
	}
	require.False(t, failed && wantErr == nil, "read only by internal/npz")
}
