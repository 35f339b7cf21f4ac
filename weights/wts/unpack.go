package wts

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/input"
)

// A compressed file may unpack to unpackFactor times its own size and
// unpackFree bytes more. Digits hold four bits in a byte, so that weights
// shrink to about a half; only a checkpoint of zeros comes near the factor.
const (
	unpackFactor = 100
	unpackFree   = 64 << 20
)

// maxWindow bounds the memory that a zstd file may ask for: what zstd --long
// asks for.
const maxWindow = 128 << 20

// unpack replaces a gzip or zstd file by what is in it. That goes to a temporary
// file, since values are read by position, and never into memory.
func (f *File) unpack() error {
	format, err := input.Sniff(f.r, f.size)
	if err != nil {
		return f.locate(readError(0, "", err))
	}
	packed := bufio.NewReaderSize(io.NewSectionReader(f.r, 0, f.size), 256<<10)
	var text io.Reader
	switch format {
	default:
		return nil
	case input.Gzip:
		z, err := gzip.NewReader(packed)
		if err != nil {
			return f.unpackError(err)
		}
		text = z
	case input.Zstandard:
		z, err := zstd.NewReader(packed, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true), zstd.WithDecoderConcurrency(2))
		if err != nil {
			return f.unpackError(err)
		}
		defer z.Close()
		text = z
	}
	// Something else that is compressed is refused before all of it is unpacked.
	ahead := bufio.NewReaderSize(text, 4<<10)
	head, err := ahead.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return f.unpackError(err)
	}
	if inner, err := input.Sniff(bytes.NewReader(head), int64(len(head))); err != nil || inner != input.WTS {
		e := inner.Refuse(f.name, "a .wts file when unpacked")
		e.Found, e.Next = format.String()+" of "+e.Found, "unpack it first"
		return e
	}
	out, err := tempFile()
	if err != nil {
		return &weights.Error{Kind: fault.Resources, File: f.name, Problem: "no place to unpack it", Err: err, Next: "set TMPDIR to a folder with room, or unpack it yourself"}
	}
	f.closers = append(f.closers, out)
	limit := int64(unpackFree) + unpackFactor*f.size
	n, err := io.CopyBuffer(struct{ io.Writer }{out}, io.LimitReader(ahead, limit+1), make([]byte, 256<<10))
	var w *os.PathError
	switch {
	case errors.As(err, &w):
		return &weights.Error{Kind: fault.Resources, File: f.name, Problem: "unpack it", Err: w.Err, Next: "set TMPDIR to a folder with room, or unpack it yourself"}
	case err != nil:
		return f.unpackError(err)
	case n > limit:
		return &weights.Error{
			Kind: fault.BadInput, File: f.name, Problem: fmt.Sprintf("%d bytes unpack to more than %d", f.size, limit),
			Next: "no weights shrink that much: if these do, unpack the file yourself",
		}
	}
	f.r, f.size = out, n
	return nil
}

func (f *File) unpackError(err error) error {
	return &weights.Error{Kind: fault.BadInput, File: f.name, Problem: "does not unpack", Err: err, Next: exportAgain}
}
