package preprocess

import (
	"bytes"
	"encoding/binary"
	"io"
)

// upright undoes an orientation of EXIF, 1 to 8.
func (im *Image) upright(orientation int) *Image {
	if orientation < 2 || orientation > 8 {
		return im
	}
	w, h := im.Width, im.Height
	out := &Image{Width: w, Height: h, Pix: make([]uint8, len(im.Pix))}
	if orientation > 4 { // rows and columns change places
		out.Width, out.Height = h, w
	}
	for y := range out.Height {
		for x := range out.Width {
			sx, sy := x, y
			if orientation > 4 {
				sx, sy = y, x
			}
			switch orientation {
			case 2, 3, 7, 8:
				sx = w - 1 - sx
			}
			switch orientation {
			case 3, 4, 6, 7:
				sy = h - 1 - sy
			}
			copy(out.Pix[3*(y*out.Width+x):][:3], im.Pix[3*(sy*w+sx):])
		}
	}
	return out
}

// orientation reads the tag from the first directory of EXIF's TIFF structure;
// 0 when there is none.
func orientation(tiff []byte) int {
	const tag, short = 0x112, 3
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short && order.Uint32(entries[4:]) == 1 {
			return int(order.Uint16(entries[8:]))
		}
		entries = entries[12:]
	}
	return 0
}

// jpegExif returns the TIFF structure of the segment APP1, nil if there is none.
func jpegExif(r io.ReaderAt, size int64) []byte {
	const app1, startOfScan = 0xe1, 0xda
	var head [4]byte
	for at := int64(2); at < size; {
		if n, _ := r.ReadAt(head[:], at); n < len(head) || head[0] != 0xff {
			return nil
		}
		if head[1] == 0xff { // fill bytes may come before a marker
			at++
			continue
		}
		length := int64(binary.BigEndian.Uint16(head[2:]))
		if head[1] == startOfScan || length < 2 {
			return nil
		}
		if head[1] == app1 {
			segment := make([]byte, length-2)
			n, _ := r.ReadAt(segment, at+4)
			if tiff, ok := bytes.CutPrefix(segment[:n], []byte("Exif\x00\x00")); ok {
				return tiff
			}
		}
		at += 2 + length
	}
	return nil
}

// pngExif returns the chunk eXIf, nil if there is none.
func pngExif(r io.ReaderAt, size int64) []byte {
	const most = 64 << 10 // as JPEG's
	var head [8]byte
	for at := int64(8); at < size; {
		if n, _ := r.ReadAt(head[:], at); n < len(head) {
			return nil
		}
		length := int64(binary.BigEndian.Uint32(head[:]))
		if string(head[4:]) == "eXIf" {
			chunk := make([]byte, min(length, most, size-at))
			n, _ := r.ReadAt(chunk, at+8)
			return chunk[:n]
		}
		at += 12 + length
	}
	return nil
}
