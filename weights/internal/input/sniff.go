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

// The formats that are told apart.
const (
	Unknown Format = iota
	WTS            // decimal tensor count, then text
	Empty
	UTF16
	HTML
	GitLFS
	Zip
	TorchZip
	Pickle
	Gzip
	Zstandard
	Bzip2
	XZ
	Tar
	HDF5
	GGUF
	SafeTensors
	ONNX
	Caffe
	Darknet
	NumPy
	TensorRTPlan
	Text
)

type formatInfo struct {
	what string // completes "this is …"
	next string
	kind fault.Kind
}

const (
	exportFirst = "not supported yet: export a .wts file from it"
	unpackFirst = "compressed files are not supported yet: unpack it first"
)

var formatInfos = [...]formatInfo{
	Unknown:      {"no weight file that is known here", "check that the right file was named", fault.BadInput},
	WTS:          {"a .wts file", "", fault.BadInput},
	Empty:        {"an empty file", "write or download it again", fault.BadInput},
	UTF16:        {"UTF-16 text", "save it as ASCII or UTF-8", fault.BadInput},
	HTML:         {"an HTML page", "the download link led to a web page: fetch the file itself", fault.BadInput},
	GitLFS:       {"a git-LFS pointer, not the file it stands for", "run git lfs pull", fault.BadInput},
	Zip:          {"a zip archive", unpackFirst, fault.Unsupported},
	TorchZip:     {"a PyTorch checkpoint (.pth, .pt)", exportFirst, fault.Unsupported},
	Pickle:       {"a Python pickle, such as a PyTorch checkpoint before 1.6", exportFirst, fault.Unsupported},
	Gzip:         {"a gzip file", unpackFirst, fault.Unsupported},
	Zstandard:    {"a zstd file", unpackFirst, fault.Unsupported},
	Bzip2:        {"a bzip2 file", unpackFirst, fault.Unsupported},
	XZ:           {"an xz file", unpackFirst, fault.Unsupported},
	Tar:          {"a tar archive", unpackFirst, fault.Unsupported},
	HDF5:         {"an HDF5 file, such as Keras weights", exportFirst, fault.Unsupported},
	GGUF:         {"a GGUF file", exportFirst, fault.Unsupported},
	SafeTensors:  {"a safetensors file", exportFirst, fault.Unsupported},
	ONNX:         {"an ONNX model", exportFirst, fault.Unsupported},
	Caffe:        {"a Caffe model", exportFirst, fault.Unsupported},
	Darknet:      {"a darknet .weights file", exportFirst, fault.Unsupported},
	NumPy:        {"a NumPy array", exportFirst, fault.Unsupported},
	TensorRTPlan: {"a TensorRT engine, which is what comes out", "name the weight file it was made from", fault.BadInput},
	Text:         {"text, but no weight file", "check that the right file was named", fault.BadInput},
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

// headLen is how much of a file Sniff looks at; a tar's magic is at 257.
const headLen = 512

// Sniff recognises a file of the given size by its content.
func Sniff(r io.ReaderAt, size int64) (Format, error) {
	head := make([]byte, min(size, headLen))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return Unknown, fmt.Errorf("read the first %d bytes: %w", len(head), err)
	}
	return sniff(head, size), nil
}

func sniff(head []byte, size int64) Format {
	if len(head) == 0 {
		return Empty
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
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		// torch.save writes NAME/data.pkl as the first member.
		if bytes.Contains(head, []byte("data.pkl")) || bytes.Contains(head, []byte("/.format_version")) {
			return TorchZip
		}
		return Zip
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return Tar
	case len(head) > 1 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5:
		return Pickle
	case isSafeTensors(head, size):
		return SafeTensors
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
	case isText(head):
		return Text
	case head[0] == 0x08 && len(head) > 2 && head[1] < 32:
		return ONNX // field 1, ir_version, a small varint
	case head[0] == 0x0a && len(head) > 2:
		return Caffe // field 1, the name; text was excluded above
	}
	return Unknown
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

// isSafeTensors reports whether head is a header length and then JSON.
func isSafeTensors(head []byte, size int64) bool {
	if len(head) < 10 || head[8] != '{' {
		return false
	}
	n := binary.LittleEndian.Uint64(head)
	return n >= 2 && n <= uint64(size-8)
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
