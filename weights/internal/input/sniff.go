package input

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
)

// Format is what the first bytes of a file say it is.
type Format int

// The formats that are told apart. What a reader exists for comes first.
const (
	Unknown          Format = iota
	WTS                     // decimal tensor count, then text; or raw values as .wts2 has them
	Gzip                    // of a .wts file
	Zstandard               // of a .wts file
	TorchZip                // torch.save since 1.6, TorchScript
	TorchLegacy             // torch.save before 1.6
	TorchTar                // torch.save before 0.1.10
	SafeTensors             //
	SafeTensorsIndex        // the JSON that names the shards
	ONNX                    //
	Caffe                   // a binary NetParameter
	NPZ                     //
	NumPy                   // .npy
	Empty
	UTF16
	HTML
	GitLFS
	Zip
	Keras
	Paddle
	Pickle
	Bzip2
	XZ
	Tar
	HDF5
	GGUF
	Darknet
	TensorRTPlan
	Text
)

type formatInfo struct {
	what string // completes "this is …"
	next string
	kind fault.Kind
}

const (
	readAsWhat  = "name it with --weights, or with the flag of its format"
	exportFirst = "not supported: export a .safetensors or .wts file from it"
	unpackFirst = "not supported: unpack it first"
)

var formatInfos = [...]formatInfo{
	Unknown:          {"no weight file that is known here", "check that the right file was named", fault.BadInput},
	WTS:              {"a .wts file", readAsWhat, fault.BadInput},
	Gzip:             {"a gzip file", readAsWhat, fault.BadInput},
	Zstandard:        {"a zstd file", readAsWhat, fault.BadInput},
	TorchZip:         {"a PyTorch checkpoint (.pth, .pt)", readAsWhat, fault.BadInput},
	TorchLegacy:      {"a PyTorch checkpoint from before 1.6", readAsWhat, fault.BadInput},
	TorchTar:         {"a PyTorch checkpoint from before 0.1.10", readAsWhat, fault.BadInput},
	SafeTensors:      {"a safetensors file", readAsWhat, fault.BadInput},
	SafeTensorsIndex: {"the index of a sharded safetensors file", readAsWhat, fault.BadInput},
	ONNX:             {"an ONNX model", readAsWhat, fault.BadInput},
	Caffe:            {"a Caffe model", readAsWhat, fault.BadInput},
	NPZ:              {"a NumPy archive (.npz)", readAsWhat, fault.BadInput},
	NumPy:            {"a NumPy array (.npy)", readAsWhat, fault.BadInput},
	Empty:            {"an empty file", "write or download it again", fault.BadInput},
	UTF16:            {"UTF-16 text", "save it as ASCII or UTF-8", fault.BadInput},
	HTML:             {"an HTML page", "the download link led to a web page: fetch the file itself", fault.BadInput},
	GitLFS:           {"a git-LFS pointer, not the file it stands for", "run git lfs pull", fault.BadInput},
	Zip:              {"a zip archive", unpackFirst, fault.Unsupported},
	Keras:            {"a Keras archive (.keras)", exportFirst, fault.Unsupported},
	Paddle:           {"a PaddlePaddle checkpoint (.pdparams)", exportFirst, fault.Unsupported},
	Pickle:           {"a Python pickle that torch.save did not write", exportFirst, fault.Unsupported},
	Bzip2:            {"a bzip2 file", unpackFirst, fault.Unsupported},
	XZ:               {"an xz file", unpackFirst, fault.Unsupported},
	Tar:              {"a tar archive", unpackFirst, fault.Unsupported},
	HDF5:             {"an HDF5 file, such as Keras weights", exportFirst, fault.Unsupported},
	GGUF:             {"a GGUF file", exportFirst, fault.Unsupported},
	Darknet:          {"a darknet .weights file", exportFirst, fault.Unsupported},
	TensorRTPlan:     {"a TensorRT engine, which is what comes out", "name the weight file it was made from", fault.BadInput},
	Text:             {"text, but no weight file", "check that the right file was named", fault.BadInput},
}

// String completes the sentence "this is …".
func (f Format) String() string {
	if f < 0 || int(f) >= len(formatInfos) {
		return fmt.Sprintf("format %d", int(f))
	}
	return formatInfos[f].what
}

// Refuse returns the error for a file of a format that cannot be read.
// wanted is what was expected of it, for example "a .wts file".
func (f Format) Refuse(file, wanted string) *weights.Error {
	in := formatInfos[f]
	return &weights.Error{Kind: in.kind, File: file, Expected: wanted, Found: in.what, Next: in.next}
}

// headLen is how much of a file's start Sniff looks at, and tailLen how much of
// a zip archive's end: its directory names the members last written.
const (
	headLen = 4 << 10
	tailLen = 64 << 10
)

// Sniff recognises a file of the given size by its content.
func Sniff(r io.ReaderAt, size int64) (Format, error) {
	head := make([]byte, min(size, headLen))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return Unknown, fmt.Errorf("read the first %d bytes: %w", len(head), err)
	}
	format := sniff(head, size)
	switch format {
	case Zip:
		tail := make([]byte, min(size, tailLen))
		if n, err := r.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
			return Unknown, fmt.Errorf("read the last %d bytes: %w", len(tail), err)
		}
		return zipKind(append(head, tail...)), nil
	case Unknown:
		return protobufKind(r, size), nil
	}
	return format, nil
}

func sniff(head []byte, size int64) Format {
	if len(head) == 0 {
		return Empty
	}
	if isSafeTensors(head, size) { // whose length may begin as anything
		return SafeTensors
	}
	for _, m := range []struct {
		magic  string
		format Format
	}{
		{"\xff\xfe", UTF16},
		{"\xfe\xff", UTF16},
		{"version https://git-lfs", GitLFS},
		{"\x1f\x8b", Gzip},
		{"\x28\xb5\x2f\xfd", Zstandard},
		{"BZh", Bzip2},
		{"\xfd7zXZ\x00", XZ},
		{"\x89HDF\r\n\x1a\n", HDF5},
		{"GGUF", GGUF},
		{"\x93NUMPY", NumPy},
		{"PK\x03\x04", Zip},
		{"vtrt", TensorRTPlan}, // TensorRT-RTX's
		{"TRTBUILD-MOCKPLAN\n", TensorRTPlan},
		{"ptrt", TensorRTPlan},
		{"ftrt", TensorRTPlan},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.format
		}
	}
	switch {
	case len(head) > 262 && string(head[257:262]) == "ustar":
		if bytes.HasPrefix(head, []byte("sys_info\x00")) || bytes.HasPrefix(head, []byte("storages\x00")) ||
			bytes.HasPrefix(head, []byte("tensors\x00")) || bytes.HasPrefix(head, []byte("pickle\x00")) {
			return TorchTar
		}
		return Tar
	case len(head) > 1 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5:
		return pickleKind(head)
	case isDarknet(head, size):
		return Darknet
	}
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	text = bytes.TrimLeft(text, " \t\r\n\v\f")
	switch {
	case len(text) == 0:
		return Empty
	case isMarkup(text):
		return HTML
	case isCount(text):
		return WTS
	case text[0] == '{' && bytes.Contains(text, []byte(`"weight_map"`)):
		return SafeTensorsIndex
	case isText(head):
		return Text
	}
	return Unknown
}

// torchMagic is the number that torch.save put before a pickle until 1.6:
// 0x1950a86a20f9469cfc6c.
const torchMagic = "\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."

// pickleKind tells pickles apart.
func pickleKind(head []byte) Format {
	switch {
	case bytes.HasPrefix(head[2:], []byte(torchMagic)):
		return TorchLegacy
	case bytes.Contains(head, []byte("StructuredToParameterName@@")):
		return Paddle
	}
	return Pickle
}

// zipKind tells zip archives apart by the names of members.
func zipKind(names []byte) Format {
	has := func(part string) bool { return bytes.Contains(names, []byte(part)) }
	switch {
	case has("/data.pkl"), has("/constants.pkl"), has("/.format_version"), has("/.data/serialization_id"):
		return TorchZip
	case has("model.weights.h5"):
		return Keras
	case has(".npy"):
		return NPZ
	}
	return Zip
}

// isMarkup reports whether text starts as HTML or XML does.
func isMarkup(text []byte) bool {
	lower := bytes.ToLower(text)
	for _, p := range []string{"<!doctype", "<html", "<head", "<?xml", "<!--"} {
		if bytes.HasPrefix(lower, []byte(p)) {
			return true
		}
	}
	return false
}

// isCount reports whether text starts with a decimal number and white space.
func isCount(text []byte) bool {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n > 0 && n < headLen/2 && (n == len(text) || bytes.IndexByte([]byte(" \t\r\n\v\f"), text[n]) >= 0)
}

// isText reports whether b has no control characters but white space.
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && (c < '\t' || c > '\r') || c == 0x7f {
			return false
		}
	}
	return true
}

// isSafeTensors reports whether head is the length of a header of at most 100 MB,
// then JSON.
func isSafeTensors(head []byte, size int64) bool {
	const maxHeader = 100_000_000
	if len(head) < 10 || !bytes.HasPrefix(bytes.TrimLeft(head[8:], " \t\r\n"), []byte("{")) {
		return false
	}
	n := binary.LittleEndian.Uint64(head)
	return n >= 2 && n <= uint64(min(size-8, maxHeader))
}

// isDarknet reports whether head is three version numbers and an image count,
// as darknet's save_weights writes them.
func isDarknet(head []byte, size int64) bool {
	if len(head) < 20 {
		return false
	}
	major, minor, revision := binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[4:]), binary.LittleEndian.Uint32(head[8:])
	header := int64(16)
	if major*10+minor >= 2 {
		header = 20
	}
	return major == 0 && minor >= 1 && minor <= 9 && revision <= 9 && (size-header)%4 == 0
}
