package backendtest

import (
	"fmt"
	"math/rand/v2"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Random returns a network of layers that are drawn until the recorder's rules
// accept them; equal seeds give equal networks. Every tensor that nothing reads
// is an output. Odd seeds have a dynamic batch, of 1, 2 or 4 in RandomProfile.
func Random(seed uint64, target trt.Target) *trt.Network {
	g := generator{
		Rand: rand.New(rand.NewPCG(seed, 0)), net: trt.NewNetwork(fmt.Sprintf("random%d", seed), target),
		at: map[*trt.Tensor][]trt.Dims{},
	}
	batches := []int64{2}
	if seed%2 == 1 {
		batches = []int64{trt.Dynamic, 1, 2, 4}
	}
	x := g.net.AddInput("x", dtype.Float32, trt.Dims{batches[0], 4, 8, 6})
	for _, b := range batches {
		g.at[x] = append(g.at[x], trt.Dims{b, 4, 8, 6})
	}
	g.tensors = append(g.tensors, x)
	for layers := 4 + g.IntN(12); len(g.net.Layers()) < layers; {
		g.try()
	}
	read := g.net.Consumers()
	for _, t := range g.tensors {
		if t.Producer() != nil && len(read[t]) == 0 {
			g.net.MarkOutput(t, "out/"+t.Name)
		}
	}
	return g.net
}

// RandomProfile is the profile of a random network with a dynamic batch.
func RandomProfile() trt.Profile {
	at := func(b int64) trt.Dims { return trt.Dims{b, 4, 8, 6} }
	return trt.Profile{"x": {Min: at(1), Opt: at(2), Max: at(4)}}
}

type generator struct {
	*rand.Rand
	net     *trt.Network
	tensors []*trt.Tensor
	at      map[*trt.Tensor][]trt.Dims // the dimensions as recorded, and at each batch of the profile
}

// try draws a layer and adds it if the rules take it, at all batches of the
// profile.
func (g *generator) try() {
	op, in := g.draw()
	var at []trt.Dims
	for i := range g.at[in[0]] {
		infos := make([]trt.Info, len(in))
		for j, t := range in {
			infos[j] = trt.Info{Type: t.Type, Dims: g.at[t][i]}
		}
		out, err := op.Infer(infos, g.net.Target())
		if err != nil || len(out[0].Dims) > 5 || out[0].Dims.Count() > 1<<16 {
			return
		}
		at = append(at, out[0].Dims)
	}
	y := g.net.Add(fmt.Sprintf("layer%d/%s", len(g.net.Layers()), op.Kind()), op, in...)[0]
	g.tensors = append(g.tensors, y)
	g.at[y] = at
}

// draw picks a layer without regard to whether it can be.
func (g *generator) draw() (trt.Op, []*trt.Tensor) {
	x := g.tensors[max(g.IntN(len(g.tensors)), g.IntN(len(g.tensors)))] // rather a late one
	one := []*trt.Tensor{x}
	two := []*trt.Tensor{x, g.tensors[g.IntN(len(g.tensors))]}
	rank := max(1, len(x.Dims))
	axis := g.IntN(rank)
	channels := int64(1)
	if rank > 1 {
		channels = max(1, x.Dims[1])
	}
	pair := func(low, high int64) trt.Dims { return trt.Dims{g.between(low, high), g.between(low, high)} }
	switch g.IntN(19) {
	case 0, 1:
		out, kernel := g.between(1, 6), pair(1, 3)
		return trt.Convolution{
			OutChannels: out, Kernel: kernel, Stride: pair(1, 2), PrePadding: pair(0, 2), PostPadding: pair(0, 2), Dilation: pair(1, 2), Groups: 1,
			Weight: values(x.Type, out, channels, kernel[0], kernel[1]), Bias: values(x.Type, out),
		}, one
	case 2:
		out, kernel := g.between(1, 6), pair(1, 3)
		return trt.Deconvolution{
			OutChannels: out, Kernel: kernel, Stride: pair(1, 3), PrePadding: pair(0, 1), PostPadding: pair(0, 1), Dilation: pair(1, 2), Groups: 1,
			Weight: values(x.Type, channels, out, kernel[0], kernel[1]),
		}, one
	case 3:
		return trt.Pooling{
			Type: pick(g, trt.MaxPool, trt.AveragePool), Window: pair(1, 4), Stride: pair(1, 3), PrePadding: pair(0, 2), PostPadding: pair(0, 2),
			RoundUp: g.coin(), CountIncludesPadding: g.coin(),
		}, one
	case 4:
		return trt.Activation{Type: pick(g, trt.ReLU, trt.Sigmoid, trt.LeakyReLU, trt.GELUErf, trt.HardSigmoid), Alpha: 0.25, Beta: 0.5}, one
	case 5:
		return trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: values(x.Type, channels), Shift: values(x.Type, channels)}, one
	case 6:
		return trt.Unary{Operation: pick(g, trt.Abs, trt.Neg, trt.Exp, trt.Erf, trt.Floor, trt.Not, trt.Sign)}, one
	case 7, 8:
		return trt.ElementWise{Operation: pick(g, trt.Sum, trt.Prod, trt.Max, trt.Sub, trt.Less, trt.And)}, two
	case 9:
		return trt.Concatenation{Axis: axis}, two
	case 10:
		return trt.Shuffle{FirstTranspose: g.Perm(rank)}, one
	case 11:
		return trt.Shuffle{Reshape: pick(g, trt.Dims{0, -1}, trt.Dims{0, 0, -1}, trt.Dims{-1, 4}, trt.Dims{0, 2, -1, 3}, trt.Dims{0, -1, 2, 2})}, one
	case 12:
		return trt.Slice{
			Axes: []int{axis}, Start: trt.Dims{g.between(0, 3)}, Size: trt.Dims{g.between(1, 3)}, Stride: trt.Dims{pick[int64](g, 1, 2, -1)},
		}, one
	case 13:
		scales := make([]float32, rank)
		for i := range scales {
			scales[i] = 1
		}
		scales[rank-1] = pick[float32](g, 0.5, 1.5, 2)
		return trt.Resize{
			Mode: pick(g, trt.ResizeNearest, trt.ResizeLinear, trt.ResizeCubic), Coordinates: pick(g, trt.Asymmetric, trt.HalfPixel, trt.AlignCorners),
			Rounding: pick(g, trt.RoundFloor, trt.RoundHalfUp), Scales: scales,
		}, one
	case 14:
		return trt.Softmax{Axis: axis}, one
	case 15:
		return trt.Reduce{Operation: pick(g, trt.ReduceSum, trt.ReduceMean, trt.ReduceMax), Axes: []int{axis}, KeepDims: g.coin()}, one
	case 16:
		return trt.MatrixMultiply{
			OpA: pick(g, trt.MatrixNone, trt.MatrixTranspose), OpB: pick(g, trt.MatrixNone, trt.MatrixTranspose, trt.MatrixVector),
		}, two
	case 17:
		return trt.Cast{To: pick(g, dtype.Float32, dtype.Float16, dtype.Float32, dtype.Int32)}, one
	default:
		if g.coin() {
			return trt.Unsqueeze{Axes: []int{axis}}, one
		}
		return trt.Padding{PrePadding: pair(-1, 2), PostPadding: pair(-1, 2)}, one
	}
}

func (g *generator) between(low, high int64) int64 { return low + g.Int64N(high-low+1) }

func (g *generator) coin() bool { return g.IntN(2) == 0 }

func pick[T any](g *generator, all ...T) T { return all[g.IntN(len(all))] }
