package weights

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Digests returns the SHA-256 of each tensor's values as little-endian float32
// in row-major order, in hexadecimal, so that the same weights have the same
// digest in every format. Those of complex tensors, which no float32 stands
// for, are empty. Tensors are read on all cores, each in one pass.
func Digests(ctx context.Context, tensors []*Tensor) ([]string, error) {
	sums := make([]string, len(tensors))
	errs := make([]error, len(tensors))
	parallel.Run(0, len(tensors), func(next func() (int, bool)) {
		d := digester{raw: make([]byte, 4*ChunkLen), values: make([]float32, ChunkLen)}
		for i, ok := next(); ok; i, ok = next() {
			sums[i], errs[i] = d.digest(ctx, tensors[i])
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return sums, nil
}

type digester struct {
	raw    []byte
	values []float32
}

func (d *digester) digest(ctx context.Context, t *Tensor) (string, error) {
	if t.Type.IsComplex() {
		return "", nil
	}
	_, asStored := t.Source.(RawSource)
	asStored = asStored && t.Type == dtype.Float32
	h := sha256.New()
	for from := int64(0); from < t.Count; from += ChunkLen {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n := min(ChunkLen, t.Count-from)
		raw := d.raw[:4*n]
		if asStored {
			if err := t.ReadRaw(raw, from); err != nil {
				return "", err
			}
		} else {
			values := d.values[:n]
			if err := t.ReadFloat32(values, from); err != nil {
				return "", err
			}
			for i, x := range values {
				binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(x))
			}
		}
		h.Write(raw)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
