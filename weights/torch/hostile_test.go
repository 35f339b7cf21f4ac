package torch_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/torch"
)

// allocated returns how many bytes do allocates in all, which bounds what its
// heap ever holds whenever the collector runs.
func allocated(do func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// refused opens content and returns why that is refused; what is allocated
// meanwhile is bounded by the size of the pickle.
func refused(t *testing.T, content []byte, pickle int) string {
	var err error
	total := allocated(func() { _, err = torch.Read(bytes.NewReader(content), int64(len(content)), "x.pth", torch.Options{}) })
	require.Error(t, err)
	var typed *weights.Error
	require.ErrorAs(t, err, &typed)
	require.NotEmpty(t, typed.Next, "no next step: %v", err)
	require.Contains(t, []fault.Kind{fault.BadInput, fault.Unsupported}, fault.Of(err))
	require.LessOrEqual(t, total, int64(4*pickle+16<<20), "%v", err)
	return err.Error()
}

// pickled is an archive of a pickle alone.
func pickled(t *testing.T, p []byte, more ...record) []byte {
	return archive(t, append([]record{{"data.pkl", p}}, more...)...)
}

// TestHostilePickles: whatever a pickle does, it is refused at a byte of its
// record, and with little memory.
func TestHostilePickles(t *testing.T) {
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	le := func(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }
	const head = "\x80\x02"
	for name, c := range map[string]struct{ pickle, want string }{
		"os.system":          {head + "cposix\nsystem\nX\x02\x00\x00\x00id\x85R.", "calls posix.system at byte 24; a file that does this was made to do harm"},
		"os.system by parts": {"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.", "calls os.system at byte 20"},
		"os.system by INST":  {head + "(X\x02\x00\x00\x00idios\nsystem\n.", "calls os.system at byte 10"},
		"os.system by OBJ":   {head + "(cos\nsystem\nX\x02\x00\x00\x00ido.", "calls os.system at byte 21"},
		"os.system by new":   {head + "cos\nsystem\nX\x02\x00\x00\x00id\x85\x81.", "calls os.system"},
		"eval":               {head + "c__builtin__\neval\nX\x01\x00\x00\x001\x85R.", "calls __builtin__.eval at byte"},
		"exec in state":      {head + "}X\x01\x00\x00\x00acbuiltins\nexec\nX\x01\x00\x00\x001\x85Rs.", "calls builtins.exec at byte"},
		"nothing":            {"", "ends within a value at byte 0"},
		"no stop":            {head + "}", "ends within a value at byte 3"},
		"no value":           {head + ".", "takes a value from an empty stack at byte 2"},
		"protocol":           {"\x80\x09.", "is of protocol 9, of which nothing is known at byte 0"},
		"unknown opcode":     {head + "\xff.", "has the byte 0xff where an opcode belongs at byte 2"},
		"extension":          {head + "\x82\x01.", "uses a registered extension code at byte 2"},
		"buffer":             {"\x80\x05\x97.", "refers to a buffer outside of it at byte 2"},
		"mark":               {head + "t.", "goes back to a mark that was not set at byte 2"},
		"under the mark":     {head + "K\x01(0" + "0" + "0.", "takes a value from an empty stack"},
		"tuple":              {head + "K\x01\x87.", "makes a tuple of 3 from 1 values at byte 4"},
		"odd dict":           {head + "(K\x01d.", "sets a key without a value at byte 5"},
		"odd items":          {head + "}(K\x01u.", "sets a key without a value at byte 6"},
		"items of a number":  {head + "K\x01(K\x01K\x02u.", "sets items of what is no dict"},
		"append to a number": {head + "K\x01K\x02a.", "appends to what is no list"},
		"call of a number":   {head + "K\x01)R.", "calls what is no function"},
		"call without tuple": {head + "cx\ny\nK\x01R.", "calls with arguments that are no tuple"},
		"text of 4 GiB":      {head + "X\xff\xff\xff\xff.", "claims 4294967295 bytes where 1 are left at byte 2"},
		"text of 2^40":       {"\x80\x04\x8d" + le(1<<40) + ".", "claims 1099511627776 bytes where 1 are left at byte 2"},
		"text of -1":         {"\x80\x04\x8d" + le(1<<64-1) + ".", "claims 18446744073709551615 bytes where 1 are left"},
		"bytes of 2^62":      {"\x80\x04\x8e" + le(1<<62) + ".", "claims 4611686018427387904 bytes"},
		"bytearray of -1":    {"\x80\x05\x96" + le(1<<64-1) + ".", "claims 18446744073709551615 bytes"},
		"long of 4 GiB":      {head + "\x8b\xff\xff\xff\xff.", "claims 4294967295 bytes"},
		"frame of 2^63":      {"\x80\x04\x95" + le(1<<63) + "}.", "claims 9223372036854775808 bytes"},
		"memory index":       {head + "}r\xff\xff\xff\x7f.", "builds more than its size allows for at byte 3"},
		"memory index 2^32":  {head + "}r\xff\xff\xff\xff.", "remembers a value at index 4294967295 at byte 3"},
		"memory in text":     {"}p99999999999\n.", "remembers a value at index 99999999999 at byte 1"},
		"recall":             {head + "h\x05.", "recalls a value at index 5, 0 are remembered at byte 2"},
		"endless line":       {head + "c" + many("a", 1<<20), "has a line of more than 65536 bytes at byte 2"},
		"deep lists":         {head + many("]", 1<<20) + many("a", 1<<20-1) + ".", "builds more than its size allows for"},
		"deep tuples":        {head + ")" + many("\x85", 4<<20) + ".", "builds more than its size allows for"},
		"wide stack":         {head + "N" + many("2", 8<<20) + ".", "builds more than its size allows for"},
		"many marks":         {head + many("(", 8<<20) + ".", "builds more than its size allows for"},
		"many dicts":         {head + many("}", 4<<20) + ".", "builds more than its size allows for"},
		"many calls":         {head + many("cx\ny\n)R0", 1<<20) + ".", "builds more than its size allows for"},
		"many names":         {head + manyNames(400_000) + "}.", "expected tensors, found an empty dict"},
		"itself":             {head + "}q\x00X\x05\x00\x00\x00modelh\x00s.", "expected tensors, found the keys model"},
		"laughing module":    {laughs(64), "builds more than its size allows for"},
		"laughing facts":     {laughingFacts(), "is missing from the archive"},
		"a module in itself": {modulesIn(1), "has modules nested deeper than 128"},
		"no tensors":         {head + "}X\x01\x00\x00\x00aK\x01s.", "expected tensors, found the keys a"},
		"None":               {head + "N.", "expected tensors, found nothing (None)"},
		"persistent text":    {"Pabc\n.", "builds something outside of it that is not described before byte 5"},
		"persistent number":  {head + "K\x01Q.", "builds something outside of it that is not described"},
	} {
		t.Run(name, func(t *testing.T) {
			got := refused(t, pickled(t, []byte(c.pickle)), len(c.pickle))
			require.Contains(t, got, c.want)
			if !strings.Contains(c.want, "expected tensors") {
				require.Contains(t, got, "record archive/data")
			}
		})
	}
}

// manyNames takes names up and drops them, until the budget of what is kept of
// them would be reached by those that come twice.
func manyNames(n int) string {
	return strings.Repeat("cos\nsystem\n0", n)
}

// laughs is a module whose two children are the same, and so on.
func laughs(depth int) string {
	p := newPickle()
	p.global("m", "M").raw(")\x81}").str("_modules").raw("}sbq\x00")
	for i := range depth {
		get := string([]byte{'h', byte(i)})
		p.global("m", "M").raw(")\x81}").str("_modules").raw("}(").str("a").raw(get).str("b").raw(get).raw("usb" + string([]byte{'q', byte(i + 1)}))
	}
	return string(p.stop())
}

// laughingFacts is a state dict beside an entry that doubles with each level.
func laughingFacts() string {
	p := newPickle().raw("}(").str("model").raw("}").str("w").vector("FloatStorage", "0", 1).raw("s").str("info").raw("]q\x00")
	for i := range 64 {
		get := string([]byte{'h', byte(i)})
		p.raw("](" + get + get + "e" + string([]byte{'q', byte(i + 1)}))
	}
	return string(p.raw("u").stop())
}

// modulesIn is a module that contains itself.
func modulesIn(int) string {
	return string(newPickle().global("m", "M").raw(")\x81q\x00}").str("_modules").raw("}").str("a").raw("h\x00ssb").stop())
}

// TestSlowPickles: naming a large part of itself many times must not cost the
// product in time.
func TestSlowPickles(t *testing.T) {
	const n = 60_000
	many := func(p *pickler, each func(i int)) *pickler {
		p.raw("}(")
		for i := range n {
			p.str(fmt.Sprint(i))
			each(i)
		}
		return p.raw("u")
	}
	large := func() *pickler { // a dict of numbers, at index 0
		p := newPickle()
		return many(p, func(int) { p.raw("K\x01") }).raw("q\x000")
	}
	dicts := large()
	many(dicts, func(int) { dicts.raw("h\x00") })

	attributes := large() // a module with these attributes, many times
	attributes.global("m", "M").raw(")\x81h\x00b").raw("q\x010").global("m", "M").raw(")\x81}").str("_modules")
	many(attributes, func(int) { attributes.raw("h\x01") }).raw("sb")

	parameters := large()
	parameters.global("m", "M").raw(")\x81}(").str("_parameters").raw("h\x00").str("_modules").raw("}ub").raw("q\x010").global("m", "M").raw(")\x81}").str("_modules")
	many(parameters, func(int) { parameters.raw("h\x01") }).raw("sb")

	// Quadratic, each would take minutes.
	for name, c := range map[string]struct {
		pickle *pickler
		want   string
	}{
		"dicts":      {dicts, "expected tensors, found the keys 0, 1, 2, 3"},
		"attributes": {attributes, "builds more than its size allows for"},
		"parameters": {parameters, "builds more than its size allows for"},
	} {
		p := c.pickle.stop()
		require.Contains(t, refused(t, pickled(t, p), len(p)), c.want, name)
	}
}

// TestHostileTensors: what a pickle says of a tensor is held against its record.
func TestHostileTensors(t *testing.T) {
	one := func(class, key string, count, offset int64, shape, strides []int64) []byte {
		return newPickle().raw("}").str("w").tensor(class, key, count, offset, shape, strides).raw("s").stop()
	}
	data := record{"data/0", floats(6)}
	for name, c := range map[string]struct {
		pickle []byte
		want   string
	}{
		"storage of 2^40":   {one("FloatStorage", "0", 1<<40, 0, []int64{6}, []int64{1}), "record archive/data/0: has 24 bytes, the pickle says 4398046511104"},
		"storage of -1":     {one("FloatStorage", "0", -1, 0, []int64{6}, []int64{1}), "builds the storage 0 of -1 elements before byte"},
		"storage of 2^63-1": {one("FloatStorage", "0", 1<<63-1, 0, []int64{6}, []int64{1}), "builds the storage 0 of 9223372036854775807 elements"},
		"other type":        {one("DoubleStorage", "0", 6, 0, []int64{6}, []int64{1}), "record archive/data/0: has 24 bytes, the pickle says 48"},
		"unknown class":     {one("FooStorage", "0", 6, 0, []int64{6}, []int64{1}), "builds a storage of the class torch.FooStorage, which is not known"},
		"shape":             {one("FloatStorage", "0", 6, 0, []int64{7}, []int64{1}), `tensor "w": its shape [7] with strides [1] reaches element 6, its storage data/0 has 6`},
		"offset":            {one("FloatStorage", "0", 6, 1, []int64{6}, []int64{1}), "reaches element 6, its storage data/0 has 6"},
		"offset of 2^62":    {one("FloatStorage", "0", 6, 1<<62, []int64{1}, []int64{1}), "is beyond all sizes"},
		"stride":            {one("FloatStorage", "0", 6, 0, []int64{2, 3}, []int64{4, 1}), "reaches element 6"},
		"strides overflow":  {one("FloatStorage", "0", 6, 0, []int64{1 << 40, 1 << 40}, []int64{1 << 40, 1 << 40}), "is beyond all sizes"},
		"shape overflow":    {one("FloatStorage", "0", 6, 0, []int64{1 << 32, 1 << 32}, []int64{0, 0}), "is beyond all sizes"},
		"repeated 2^40":     {one("FloatStorage", "0", 6, 0, []int64{1 << 40}, []int64{0}), "it repeats the 6 elements of its storage to 1099511627776; if that is meant, call .contiguous() on it and save again"},
		"repeated 2^61":     {one("DoubleStorage", "0", 3, 0, []int64{1 << 61}, []int64{0}), "it repeats the 3 elements of its storage to 2305843009213693952"},
		"negative stride":   {one("FloatStorage", "0", 6, 5, []int64{6}, []int64{-1}), "builds a tensor with -1 for a dimension or stride"},
		"negative shape":    {one("FloatStorage", "0", 6, 0, []int64{-6}, []int64{1}), "builds a tensor with -6 for a dimension or stride"},
		"negative offset":   {one("FloatStorage", "0", 6, -1, []int64{6}, []int64{1}), "builds a tensor of 1 dimensions with 1 strides at element -1"},
		"many dimensions":   {one("FloatStorage", "0", 6, 0, make([]int64, 100_000), make([]int64, 100_000)), "builds a tensor of 100000 dimensions before byte"},
		"too few strides":   {one("FloatStorage", "0", 6, 0, []int64{2, 3}, []int64{1}), "builds a tensor of 2 dimensions with 1 strides"},
		"no record":         {one("FloatStorage", "7", 6, 0, []int64{6}, []int64{1}), "record archive/data/7: is missing from the archive"},
		"leaving":           {one("FloatStorage", "../../etc/passwd", 6, 0, []int64{6}, []int64{1}), "record archive/data/../../etc/passwd: is missing from the archive"},
		"two lengths": {
			newPickle().raw("}(").str("a").vector("FloatStorage", "0", 6).str("b").vector("FloatStorage", "0", 5).raw("u").stop(),
			"builds the storage data/0 of 20 bytes, which had 24 before",
		},
		"same name twice": {
			newPickle().raw("}(").str("a").vector("FloatStorage", "0", 6).str("a").vector("FloatStorage", "0", 6).raw("u").stop(),
			`has the tensor "a" twice`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, refused(t, pickled(t, c.pickle, data), len(c.pickle)), c.want)
		})
	}
}

func valid(t *testing.T) (content, pickle []byte) {
	pickle = newPickle().raw("}(").str("a").vector("FloatStorage", "0", 300).str("b").tensor("FloatStorage", "1", 6, 0, []int64{3, 2}, []int64{1, 3}).raw("u").stop()
	return pickled(t, pickle, record{"data/0", floats(300)}, record{"data/1", floats(6)}, record{"version", []byte("3\n")}), pickle
}

// readValues opens content and reads all values of it.
func readValues(content []byte) error {
	f, err := torch.Read(bytes.NewReader(content), int64(len(content)), "x.pth", torch.Options{})
	if err != nil {
		return err
	}
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		if err := t.ReadFloat32(make([]float32, t.Count), 0); err != nil {
			return err
		}
	}
	return nil
}

// TestTruncated cuts archives and streams everywhere.
func TestTruncated(t *testing.T) {
	content, _ := valid(t)
	require.NoError(t, readValues(content))
	for n := range len(content) {
		err := readValues(content[:n])
		var typed *weights.Error
		require.ErrorAs(t, err, &typed, "%d of %d bytes", n, len(content))
		require.NotEmpty(t, typed.Next, "%v", err)
	}
}

// TestDamaged turns each bit of an archive around: what is read is either what
// was written, or an error.
func TestDamaged(t *testing.T) {
	content, _ := valid(t)
	missed := 0
	for i := range content {
		bad := bytes.Clone(content)
		bad[i] ^= 1 << (i % 8)
		err := readValues(bad)
		if err == nil {
			missed++ // times, attributes and version numbers that mean nothing here
			continue
		}
		var typed *weights.Error
		require.ErrorAs(t, err, &typed)
		require.NotEmpty(t, typed.Next, "%v", err)
	}
	require.Less(t, missed, 250)
}

// TestChecksum: the read that completes a record is the one that fails, and names
// it, in whatever order the record is read.
func TestChecksum(t *testing.T) {
	content, _ := valid(t)
	at := bytes.Index(content, floats(300))
	require.Positive(t, at)
	content[at+700] ^= 0x40
	const want = `x.pth: tensor "a": record archive/data/0: its checksum (CRC-32) is not that of its bytes; the file is damaged: write or download it again`
	f, err := torch.Read(bytes.NewReader(content), int64(len(content)), "x.pth", torch.Options{})
	require.NoError(t, err)
	a, _ := f.Tensor("a")
	require.Equal(t, int64(at), a.Offset)
	require.NoError(t, a.ReadFloat32(make([]float32, 100), 200))
	require.NoError(t, a.ReadFloat32(make([]float32, 150), 0))
	require.NoError(t, a.ReadFloat32(make([]float32, 20), 140))
	require.EqualError(t, a.ReadFloat32(make([]float32, 60), 150), want)
	require.EqualError(t, a.ReadFloat32(make([]float32, 300), 0), want)
	b, _ := f.Tensor("b")
	require.NoError(t, b.ReadFloat32(make([]float32, 6), 0))
}

// TestChecksumOfScattered: a transposed matrix is read in pieces too small to be
// summed up, so its record is summed up before.
func TestChecksumOfScattered(t *testing.T) {
	const rows, columns = 600, 3000
	p := newPickle().raw("}(")
	for _, name := range []string{"w", "v"} {
		p.str(name).tensor("FloatStorage", "0", rows*columns, 0, []int64{columns, rows}, []int64{1, columns})
	}
	content := pickled(t, p.raw("u").stop(), record{"data/0", floats(rows * columns)})
	open := func() (w, v *weights.Tensor) {
		f, err := torch.Read(bytes.NewReader(content), int64(len(content)), "x.pth", torch.Options{})
		require.NoError(t, err)
		w, _ = f.Tensor("w")
		v, _ = f.Tensor("v")
		return w, v
	}
	values := make([]float32, 3*rows)
	w, _ := open()
	require.NoError(t, w.ReadFloat32(values, 0))
	require.Equal(t, uint32(0x3f800000+2*columns+1), math.Float32bits(values[rows+2]))
	content[len(content)/2] ^= 1
	w, v := open()
	for _, x := range []*weights.Tensor{w, v, w} {
		require.ErrorContains(t, x.ReadFloat32(values, 0), fmt.Sprintf("tensor %q: record archive/data/0: its checksum (CRC-32) is not that of its bytes", x.Name))
	}
}

// TestHostileLegacy: the stream has no checksums, but lengths that are checked.
func TestHostileLegacy(t *testing.T) {
	stream := func(root, keys []byte, rest ...byte) []byte {
		all := []byte("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.")
		return append(append(append(all, root...), keys...), rest...)
	}
	legacy := func(count int64) []byte {
		return newPickle().raw("}").str("w").global("torch._utils", "_rebuild_tensor_v2").raw("((").str("storage").
			global("torch", "FloatStorage").str("k").str("cpu").int(count).raw("NtQ").int(0).ints(6).ints(1).raw("\x89}tRs").stop()
	}
	keys := func(all ...string) []byte {
		p := newPickle().raw("](")
		for _, k := range all {
			p.str(k)
		}
		return p.raw("e").stop()
	}
	six := append([]byte{6, 0, 0, 0, 0, 0, 0, 0}, floats(6)...)
	require.NoError(t, readValues(stream(legacy(6), keys("k"), six...)))
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"cut":           {stream(legacy(6), keys("k"), six[:20]...), "record k: has 24 bytes from byte"},
		"no length":     {stream(legacy(6), keys("k"), six[:5]...), "ends at byte"},
		"other length":  {stream(legacy(6), keys("k"), append([]byte{7}, six[1:]...)...), "that it has 7 elements, the pickle says 24 bytes"},
		"length of -1":  {stream(legacy(6), keys("k"), bytes.Repeat([]byte{0xff}, 40)...), "that it has -1 elements"},
		"2^40":          {stream(legacy(1<<40), keys("k"), append([]byte{0, 0, 0, 0, 0, 1, 0, 0}, six[8:]...)...), "record k: has 4398046511104 bytes from byte"},
		"unknown key":   {stream(legacy(6), keys("x"), six...), "announces the storage x, which is of nothing or comes twice"},
		"key twice":     {stream(legacy(6), keys("k", "k"), append(bytes.Clone(six), six...)...), "announces the storage k, which is of nothing or comes twice"},
		"no keys":       {stream(legacy(6), keys(), six...), "record k: is not among the storages of the file"},
		"other version": {append([]byte("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe8\x03."), six...), "is of version 1000 of the format, only 1001 is known"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, refused(t, c.content, 200), c.want)
		})
	}
	content := stream(legacy(6), keys("k"), six...)
	for n := range len(content) {
		require.Error(t, readValues(content[:n]), "%d bytes", n)
	}
}

// TestGlobals lists what a pickle names, of one that is refused, too.
func TestGlobals(t *testing.T) {
	p := newPickle().global("posix", "system").str("id").raw("\x85R0}").str("w").vector("FloatStorage", "0", 6).raw("s").stop()
	content := pickled(t, p, record{"data/0", floats(6)})
	require.Contains(t, refused(t, content, len(p)), "calls posix.system")
	names, err := torch.Globals(write(t, "x.pth", content))
	require.NoError(t, err)
	require.Equal(t, []string{"posix.system", "torch._utils._rebuild_tensor_v2", "torch.FloatStorage"}, names)

	f, err := torch.Open("testdata/torch-2.15/ultralytics.pt", torch.Options{})
	require.NoError(t, err)
	defer f.Close()
	require.Contains(t, f.Globals(), "models.stand_in.Network")
}
