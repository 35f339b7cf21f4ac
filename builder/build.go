package builder

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"

	"github.com/trtbuild/trtbuild/internal/arena"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/plan"
	"github.com/trtbuild/trtbuild/weights/load"
)

// Result describes a finished build.
type Result struct {
	Engine   plan.EngineRecord // File is empty: only the caller knows it
	Backend  string
	Version  trt.Version
	Layers   int // of the typed network, casts not counted
	FP16     int
	FP32     int
	Seconds  Seconds
	PeakRSS  int64 // bytes; of the whole process
	Manifest *plan.Manifest
}

// Build prepares and builds: the engine goes to w, which is not closed.
func Build(ctx context.Context, r Request, b trt.Backend, w io.Writer) (*Result, error) {
	p, err := Prepare(ctx, r, b.Target())
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return p.Build(ctx, b, w)
}

// Build has the backend build the typed network into w. It gives the weights
// in memory back before the library starts, so the networks of p cannot be run
// afterwards and p can be built only once.
func (p *Prepared) Build(ctx context.Context, b trt.Backend, w io.Writer) (*Result, error) {
	held, mem, err := p.materialize(ctx)
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	key, err := buildKey(held, p.Config())
	if err != nil {
		return nil, err
	}

	// The library keeps one core busy; the source's digest takes the other.
	aside, stop := context.WithCancel(ctx)
	defer stop()
	source := digestAside(aside, p.Request.Weights)
	out := &timedWriter{w: w, begin: func() { p.clock.progress(StageWrite) }}
	var info trt.BuildInfo
	p.clock.progress(StageLibrary)
	if info, err = b.Build(ctx, held, p.Config(), out); err != nil {
		stop()
		<-source
		return nil, err
	}
	p.clock.spent[StageLibrary] += info.Library
	p.clock.spent[StageWrite] += out.spent
	digest := <-source
	if digest.err != nil {
		return nil, digest.err
	}

	res := &Result{
		Engine:  plan.EngineRecord{Bytes: info.Bytes, SHA256: hex.EncodeToString(info.SHA256[:])},
		Backend: b.Name(), Version: info.Version,
	}
	res.Layers, res.FP16, res.FP32 = p.Plan.Count()
	if res.Manifest, err = p.manifest(b, info, held, key, digest); err != nil {
		return nil, err
	}
	res.Manifest.Engine = res.Engine
	res.Seconds = p.clock.seconds()
	res.PeakRSS = peakRSS()
	return res, nil
}

// DryRun does all that Build does but the library call, and returns the build
// key.
func (p *Prepared) DryRun(ctx context.Context) (key string, err error) {
	held, mem, err := p.materialize(ctx)
	if err != nil {
		return "", err
	}
	defer mem.Close()
	return buildKey(held, p.Config())
}

// materialize writes the bytes the library will hold and gives the float32
// values back.
func (p *Prepared) materialize(ctx context.Context) (*trt.Network, *arena.Arena, error) {
	if err := p.resident(); err != nil {
		return nil, nil, err
	}
	var held *trt.Network
	var mem *arena.Arena
	err := p.clock.time(StageMaterialize, func() (err error) {
		if held, mem, err = trt.Materialize(ctx, p.Typed); err != nil {
			return err
		}
		return p.releaseWeights()
	})
	return held, mem, err
}

// buildKey is the SHA-256 of everything that shapes an engine: the canonical
// dump of the typed network with names, target and the digest of each weight,
// and the build's configuration.
func buildKey(held *trt.Network, c trt.Config) (string, error) {
	network, err := held.Hash()
	if err != nil {
		return "", err
	}
	config, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write(network[:])
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(config))))
	h.Write(config)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// sourceDigest identifies the weight file.
type sourceDigest struct {
	bytes  int64
	sha256 string
	err    error
}

// digestAside digests a file while the caller goes on.
func digestAside(ctx context.Context, path string) <-chan sourceDigest {
	done := make(chan sourceDigest, 1)
	go func() {
		var d sourceDigest
		sum, err := load.Digest(ctx, path)
		if err == nil {
			var st os.FileInfo
			if st, err = os.Stat(path); err == nil {
				d.bytes = st.Size()
			}
		}
		d.sha256, d.err = hex.EncodeToString(sum[:]), err
		done <- d
	}()
	return done
}
