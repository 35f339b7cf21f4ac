package torch_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/torch"
)

// TestHostileArchives: what the archive itself may claim.
func TestHostileArchives(t *testing.T) {
	content, pickle := valid(t)
	central := bytes.Index(content, []byte("PK\x01\x02"))
	end := bytes.LastIndex(content, []byte("PK\x05\x06"))
	entry := func(name string) int { // in the directory
		i := bytes.LastIndex(content, []byte("archive/"+name)) - 46
		require.Greater(t, i, central-1)
		return i
	}
	patch := func(at int, b ...byte) []byte {
		bad := bytes.Clone(content)
		copy(bad[at:], b)
		return bad
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"path traversal":      {archive(t, record{"data.pkl", pickle}, record{"../../evil", nil}), "record archive/../../evil: the name leads out of the archive; the file was not written by PyTorch: do not use it"},
		"data of another":     {patch(entry("data/1")+42, content[entry("data/0")+42:entry("data/0")+46]...), "record archive/data/1: overlaps the record before it"},
		"two names":           {patch(bytes.Index(content, []byte("archive/data/0"))+13, '5'), "its header at byte"},
		"overlap":             {patch(entry("data/0")+20, 0x14, 0x05, 0, 0, 0x14, 0x05, 0, 0), "record archive/data/1: overlaps the record before it"},
		"size of 4 GiB":       {patch(entry("data/0")+20, 0xfe, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff), "record archive/data/0: 4294967294 bytes at byte"},
		"two sizes":           {patch(entry("data/0")+24, 1, 2, 0, 0), "record archive/data/0: is stored, but of 1200 bytes and of 513"},
		"header elsewhere":    {patch(entry("data/0")+42, 0xff, 0xff, 0, 0), "would reach into the directory"},
		"encrypted":           {patch(entry("data/0")+8, 9), "record archive/data/0: is encrypted; unpack the archive and pack it without a password"},
		"method":              {patch(entry("data/0")+10, 12), "record archive/data/0: is packed by method 12; pack the archive with no compression or with deflate"},
		"checksum of pickle":  {patch(entry("data.pkl")+16, 1, 2, 3, 4), "record archive/data.pkl: its checksum (CRC-32) is not that of its bytes"},
		"directory elsewhere": {patch(end+16, 0xff, 0xff, 0xff, 0x7f), "the directory of 4 members would lie at bytes"},
		"many members":        {patch(end+8, 0xff, 0xfe, 0xff, 0xfe), "the directory of 65279 members would lie at bytes"},
		"more members":        {patch(end+8, 5, 0, 5, 0), "the directory has no member at byte"},
		"no pickle":           {archive(t, record{".data/serialization_id", nil}), "the archive has no record data.pkl; if it is a program of torch.export, save its state_dict instead"},
		"two pickles":         {archive(t, record{"data.pkl", pickle}, record{"data.pkl", pickle}), "record archive/data.pkl: is one of two pickles"},
		"two records":         {archive(t, record{"data.pkl", pickle}, record{"data/0", floats(300)}, record{"data/1", floats(6)}, record{"data/1", floats(6)}), "record archive/data/1: is listed twice"},
		"byte order":          {pickled(t, pickle, record{"byteorder", []byte("middle")}), `record archive/byteorder: says "middle", neither little nor big`},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, refused(t, c.content, len(pickle)), c.want)
		})
	}
}

// TestManyMembers: the directory of an archive may be longer than all that is
// kept of it.
func TestManyMembers(t *testing.T) {
	p := newPickle().raw("}").str("w").vector("FloatStorage", "300000", 6).raw("s").stop()
	records := []record{{"data.pkl", p}}
	for i := range 300_000 {
		records = append(records, record{fmt.Sprintf("data/%d", i), nil})
	}
	content := archive(t, append(records, record{"data/300000", floats(6)})...)
	var err error
	total := allocated(func() { err = readValues(content) })
	require.NoError(t, err)
	require.LessOrEqual(t, total, int64(4*len(p)+16<<20))
}

// far is a file of which all bytes but the first lie behind a hole.
type far struct {
	content []byte
	hole    int64
}

func (f far) ReadAt(b []byte, at int64) (int, error) {
	if at >= f.hole {
		return bytes.NewReader(f.content).ReadAt(b, at-f.hole)
	}
	clear(b)
	if at == 0 {
		copy(b, "PK\x03\x04") // what a file is recognised by
	}
	if n := f.hole - at; n < int64(len(b)) {
		m, err := f.ReadAt(b[n:], f.hole)
		return int(n) + m, err
	}
	return len(b), nil
}

// TestZip64 reads an archive whose members lie beyond 4 GiB, as those of large
// checkpoints do.
func TestZip64(t *testing.T) {
	const hole = 5 << 30
	p := newPickle().raw("}").str("w").vector("FloatStorage", "0", 6).raw("s").stop()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.SetOffset(hole)
	for _, r := range []record{{"data.pkl", p}, {"data/0", floats(6)}} {
		m, err := w.CreateHeader(&zip.FileHeader{Name: "archive/" + r.name, Method: zip.Store})
		require.NoError(t, err)
		_, err = m.Write(r.content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	f, err := torch.Read(far{b.Bytes(), hole}, hole+int64(b.Len()), "x.pth", torch.Options{})
	require.NoError(t, err)
	tensor, _ := f.Tensor("w")
	require.Greater(t, tensor.Offset, int64(hole))
	values := make([]float32, 6)
	require.NoError(t, tensor.ReadFloat32(values, 0))
	require.Equal(t, float32(1), values[0])
}

// deflatedArchive packs a pickle and one record with deflate, whose sizes may be lies.
func deflatedArchive(tb testing.TB, pickle, data []byte, claimed int) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	add := func(name string, content []byte, claimed int) {
		var packed bytes.Buffer
		z, err := flate.NewWriter(&packed, 1)
		require.NoError(tb, err)
		_, err = z.Write(content)
		require.NoError(tb, err)
		require.NoError(tb, z.Close())
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(claimed), CRC32: crc32.ChecksumIEEE(content)}
		m, err := w.CreateRaw(h)
		require.NoError(tb, err)
		_, err = io.Copy(m, &packed)
		require.NoError(tb, err)
	}
	add("archive/data.pkl", pickle, len(pickle))
	add("archive/data/0", data, claimed)
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// A pickle that unpacks to far more than itself would be let build as much.
func TestPickleOfAir(t *testing.T) {
	air := newPickle().raw("}").str("a").str(strings.Repeat("a", 8<<20)).raw("s").stop()
	require.Contains(t, refused(t, deflatedArchive(t, air, nil, 0), len(air)), "bytes unpack to ")
}

// TestDeflated reads a record that another program deflated, in order and
// against it, and refuses those that are not what they claim.
func TestDeflated(t *testing.T) {
	const rows, columns = 1100, 1500 // 6.6 MB, more than the window
	pickle := newPickle().raw("}(").
		str("a").tensor("FloatStorage", "0", rows*columns, 0, []int64{rows, columns}, []int64{columns, 1}).
		str("t").tensor("FloatStorage", "0", rows*columns, 0, []int64{columns, rows}, []int64{1, columns}).raw("u").stop()
	data := floats(rows * columns)
	content := deflatedArchive(t, pickle, data, len(data))
	f, err := torch.Read(bytes.NewReader(content), int64(len(content)), "x.pth", torch.Options{})
	require.NoError(t, err)
	a, _ := f.Tensor("a")
	all := make([]float32, a.Count)
	require.NoError(t, weights.Read(t.Context(), 2, []weights.Job{{Name: "a", Values: a, Count: a.Count, Dst: all}}))
	for i, x := range all {
		if math.Float32bits(x) != uint32(0x3f800000+i) {
			require.Failf(t, "not what was written", "%v at %d", x, i)
		}
	}
	transposed, _ := f.Tensor("t")
	part := make([]float32, 3*rows)
	require.NoError(t, transposed.ReadFloat32(part, 700*rows))
	for i, x := range part {
		require.Equal(t, all[i%rows*columns+700+i/rows], x)
	}

	require.ErrorContains(t, readValues(deflatedArchive(t, pickle, data[:len(data)-4], len(data))), "record archive/data/0: does not inflate: 6600000 bytes are expected, byte 6599996 cannot be made")
	require.ErrorContains(t, readValues(deflatedArchive(t, pickle, append(bytes.Clone(data), 0), len(data))), "record archive/data/0: does not inflate: it has more than the 6600000 bytes that are expected")
	bomb := newPickle().raw("}").str("a").vector("FloatStorage", "0", 1<<38).raw("s").stop()
	require.Contains(t, refused(t, deflatedArchive(t, bomb, data, 1<<40), len(bomb)), "record archive/data/0: claims 1099511627776 bytes from")
}
