package torch

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// directory is where a zip archive's members are listed. The list is read anew
// each time it is walked: it may be longer than anything that is kept of it.
type directory struct {
	r          io.ReaderAt
	start, end int64
	count      uint64
}

// member is one entry of the directory.
type member struct {
	name           string
	method         uint16
	crc            uint32
	header         int64 // of its local header
	start          int64 // of its bytes; found by locate
	packed, length int64
}

// Sizes and signatures of the zip format (APPNOTE.TXT 6.3.10, section 4.3).
const (
	endLen, endSignature               = 22, 0x06054b50
	locatorLen, locatorSignature       = 20, 0x07064b50
	end64Len, end64Signature           = 56, 0x06064b50
	centralLen, centralSignature       = 46, 0x02014b50
	localLen, localSignature           = 30, 0x04034b50
	maxComment                         = 1<<16 - 1
	zip64Extra                         = 1
	methodStored, methodDeflated       = 0, 8
	flagEncrypted                      = 1
	fits32                             = 1<<32 - 1
	maxRatio                     int64 = 1032 // deflate cannot pack more tightly
)

// damage is what is wrong with an archive, before file and next step are known.
type damage struct {
	record string
	offset int64
	text   string
	next   string
	err    error // the cause, if callers tell it from others
}

func (d *damage) Error() string { return d.text }

func (d *damage) Unwrap() error { return d.err }

func broken(record string, offset int64, format string, args ...any) *damage {
	return &damage{record: record, offset: offset, text: fmt.Sprintf(format, args...), next: writeAgain}
}

const writeAgain = "the file is damaged: write or download it again"

// readDirectory finds the list of members at the end of a file.
func readDirectory(r io.ReaderAt, size int64) (*directory, error) {
	tail := make([]byte, min(size, endLen+maxComment))
	at := size - int64(len(tail))
	if err := readFull(r, tail, at); err != nil {
		return nil, err
	}
	i := len(tail) - endLen
	for ; i >= 0; i-- {
		if le32(tail[i:]) == endSignature && int(le16(tail[i+20:])) <= len(tail)-i-endLen {
			break
		}
	}
	if i < 0 {
		return nil, broken("", size, "ends before the directory of the archive")
	}
	d := &directory{r: r, count: uint64(le16(tail[i+10:])), start: int64(le32(tail[i+16:]))}
	length, at := int64(le32(tail[i+12:])), at+int64(i)
	limit := at
	if d.count == 1<<16-1 || d.start == fits32 || length == fits32 {
		var err error
		if length, limit, err = d.read64(at, length); err != nil {
			return nil, err
		}
	}
	if d.start < 0 || length < 0 || d.start > limit || length > limit-d.start || d.count > uint64(length)/centralLen {
		return nil, broken("", at, "the directory of %d members would lie at bytes %d to %d, it ends before byte %d", d.count, d.start, d.start+length, limit)
	}
	d.end = d.start + length
	return d, nil
}

// read64 takes over what the zip64 record says, if there is one.
func (d *directory) read64(end, length int64) (newLength, limit int64, err error) {
	locator := make([]byte, locatorLen)
	if end >= locatorLen {
		if err := readFull(d.r, locator, end-locatorLen); err != nil {
			return 0, 0, err
		}
	}
	if le32(locator) != locatorSignature {
		return length, end, nil // the numbers happen to be that large
	}
	at := int64(le64(locator[8:]))
	if at < 0 || at > end-locatorLen-end64Len {
		return 0, 0, broken("", end-locatorLen, "the end of the directory would lie at byte %d", at)
	}
	b := make([]byte, end64Len)
	if err := readFull(d.r, b, at); err != nil {
		return 0, 0, err
	}
	if le32(b) != end64Signature {
		return 0, 0, broken("", at, "the end of the directory is missing")
	}
	d.count, d.start = le64(b[32:]), int64(le64(b[48:]))
	return int64(le64(b[40:])), at, nil
}

// each calls do with every member, whose name is valid during the call, and
// checks that the members lie one behind the other.
func (d *directory) each(do func(name []byte, m member) error) error {
	buf := bufio.NewReaderSize(io.NewSectionReader(d.r, d.start, d.end-d.start), 32<<10)
	var fixed [centralLen]byte
	var text []byte
	at, previous := d.start, member{}
	for range d.count {
		if _, err := io.ReadFull(buf, fixed[:]); err != nil || le32(fixed[:]) != centralSignature {
			return broken("", at, "the directory has no member at byte %d", at)
		}
		nameLen, extraLen, commentLen := int(le16(fixed[28:])), int(le16(fixed[30:])), int(le16(fixed[32:]))
		if need := nameLen + extraLen + commentLen; need > cap(text) {
			text = make([]byte, need)
		}
		text = text[:nameLen+extraLen+commentLen]
		if _, err := io.ReadFull(buf, text); err != nil {
			return broken("", at, "the directory ends within the member at byte %d", at)
		}
		name, extra := text[:nameLen], text[nameLen:nameLen+extraLen]
		m := member{
			method: le16(fixed[10:]), crc: le32(fixed[16:]),
			packed: int64(le32(fixed[20:])), length: int64(le32(fixed[24:])), header: int64(le32(fixed[42:])),
		}
		m.wide(extra)
		if err := d.check(name, m, le16(fixed[8:]), at); err != nil {
			return err
		}
		if previous.header <= m.header && at > d.start && previous.header+localLen+previous.packed > m.header {
			return broken(string(name), m.header, "overlaps the record before it")
		}
		if err := do(name, m); err != nil {
			return err
		}
		previous = m
		at += centralLen + int64(len(text))
	}
	return nil
}

// wide takes the sizes that do not fit 32 bits from the extra field.
func (m *member) wide(extra []byte) {
	for len(extra) >= 4 {
		id, n := le16(extra), int(le16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			return
		}
		if id == zip64Extra {
			field := extra[:n]
			for _, v := range []*int64{&m.length, &m.packed, &m.header} {
				if *v == fits32 && len(field) >= 8 {
					*v, field = int64(le64(field)), field[8:]
				}
			}
		}
		extra = extra[n:]
	}
}

func (d *directory) check(name []byte, m member, flags uint16, at int64) error {
	switch {
	case !safeName(name):
		return &damage{record: string(name), offset: at, text: "the name leads out of the archive", next: "the file was not written by PyTorch: do not use it"}
	case m.header < 0 || m.packed < 0 || m.length < 0 || m.header > d.start-localLen || m.packed > d.start-localLen-m.header:
		return broken(string(name), at, "%d bytes at byte %d would reach into the directory at byte %d", m.packed, m.header, d.start)
	case flags&flagEncrypted != 0:
		return &damage{record: string(name), offset: at, text: "is encrypted", next: "unpack the archive and pack it without a password"}
	case m.method == methodStored && m.packed != m.length:
		return broken(string(name), at, "is stored, but of %d bytes and of %d", m.packed, m.length)
	case m.method == methodDeflated && m.length/maxRatio > m.packed:
		return broken(string(name), at, "claims %d bytes from %d deflated ones", m.length, m.packed)
	}
	return nil
}

// safeName reports whether a name could be unpacked without leaving a folder.
func safeName(name []byte) bool {
	if len(name) == 0 || name[0] == '/' || bytes.ContainsAny(name, "\\\x00") {
		return false
	}
	for part := range bytes.SplitSeq(name, []byte{'/'}) {
		if string(part) == ".." {
			return false
		}
	}
	return true
}

// locate finds where a member's bytes begin, and checks that its own header
// agrees with the directory.
func (d *directory) locate(m *member) error {
	head := make([]byte, localLen+len(m.name))
	if err := readFull(d.r, head, m.header); err != nil {
		return err
	}
	switch {
	case le32(head) != localSignature || int(le16(head[26:])) != len(m.name) || string(head[localLen:]) != m.name:
		return broken(m.name, m.header, "its header at byte %d is not what the directory says", m.header)
	case m.method != methodStored && m.method != methodDeflated:
		return &damage{record: m.name, offset: m.header, text: fmt.Sprintf("is packed by method %d", m.method), next: "pack the archive with no compression or with deflate"}
	}
	m.start = m.header + localLen + int64(len(m.name)) + int64(le16(head[28:]))
	if m.start > d.start || m.packed > d.start-m.start {
		return broken(m.name, m.header, "%d bytes at byte %d reach into the directory at byte %d", m.packed, m.start, d.start)
	}
	return nil
}

// find returns the member of a name, or nil.
func (d *directory) find(name string) (found *member, err error) {
	err = d.each(func(n []byte, m member) error {
		if string(n) != name {
			return nil
		}
		if found != nil {
			return broken(name, m.header, "is listed twice")
		}
		hit := m // only a hit is kept on the heap
		hit.name = name
		found = &hit
		return nil
	})
	if err == nil && found != nil {
		err = d.locate(found)
	}
	return found, err
}

// readFull fills b from a position.
func readFull(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return broken("", at+int64(n), "ends at byte %d, where more was expected", at+int64(n))
	}
	return fmt.Errorf("read at byte %d: %w", at, err)
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
