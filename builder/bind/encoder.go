package bind

import (
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

// EncoderLayer describes a layer of a transformer's encoder, as
// torch.nn.TransformerEncoderLayer has it with batch_first, and under its names:
//
//	path.self_attn.in_proj_weight [3*D,D], in_proj_bias [3*D]
//	path.self_attn.out_proj, path.linear1, path.linear2, path.norm1, path.norm2
//
// With Split the three projections are modules of their own: path.self_attn.q_proj,
// k_proj and v_proj.
type EncoderLayer struct {
	Heads      int64
	Hidden     int64              // outputs of linear1; PyTorch's default is 2048
	Activation trt.ActivationType // between linear1 and linear2: trt.ReLU, trt.GELUErf, …
	NormFirst  bool               // norms before attention and linear1, not behind the sums
	Split      bool
	Eps        float64 // of the norms; 0 means 1e-5

	// Mask is PyTorch's src_mask [L,L] or [N*Heads,L,L], of a row for each query;
	// PaddingMask is its src_key_padding_mask [N,L]. Of bools true is a key that is
	// not attended to; numbers, of the type of the input, are added to the scores.
	// Both may be nil. What a query attends to that sees no key is not defined.
	Mask, PaddingMask *trt.Tensor
}

// EncoderLayer adds the layer to x [N,L,D], of which N and L may be dynamic.
func (b *Binder) EncoderLayer(path string, x *trt.Tensor, e EncoderLayer) *trt.Tensor {
	if b.net.Err() != nil {
		return x
	}
	if len(x.Dims) != 3 || e.Heads < 1 || x.Dims[2] < 1 || x.Dims[2]%e.Heads != 0 {
		return b.net.Fail(&trt.Error{
			Layer: Layer(path), Operand: "input", Msg: fmt.Sprintf("must be a batch of sequences whose features make %d heads", e.Heads),
			Expected: "[N,L,D]", Found: x.Dims.String(),
		})
	}
	eps := e.Eps
	if eps == 0 {
		eps = 1e-5
	}
	residual := func(norm, sum string, x *trt.Tensor, block func(x *trt.Tensor) *trt.Tensor) *trt.Tensor {
		add := func(y *trt.Tensor) *trt.Tensor { return b.net.AddElementWise(Layer(path)+"/"+sum, x, y, trt.Sum) }
		if e.NormFirst {
			return add(block(b.LayerNorm(path+"."+norm, x, eps)))
		}
		return b.LayerNorm(path+"."+norm, add(block(x)), eps)
	}
	features := x.Dims[2]
	x = residual("norm1", "attended", x, func(x *trt.Tensor) *trt.Tensor { return b.selfAttention(path+".self_attn", x, e) })
	return residual("norm2", "fed", x, func(x *trt.Tensor) *trt.Tensor {
		x = b.Linear(path+".linear1", x, e.Hidden)
		x = b.net.AddActivation(Layer(path)+"/activation", x, trt.Activation{Type: e.Activation})
		return b.Linear(path+".linear2", x, features)
	})
}

// selfAttention adds softmax(q k^T / sqrt(D/Heads)) v and the projections around
// it.
func (b *Binder) selfAttention(path string, x *trt.Tensor, e EncoderLayer) *trt.Tensor {
	if b.net.Err() != nil {
		return x
	}
	net, name, d := b.net, Layer(path), x.Dims[2]
	var qkv [3]*trt.Tensor
	if !e.Split {
		x = b.linear(path+".in_proj", path+".in_proj_weight", path+".in_proj_bias", x, 3*d)
	}
	for i, part := range []string{"q", "k", "v"} {
		if e.Split {
			qkv[i] = b.Linear(path+"."+part+"_proj", x, d)
		} else {
			qkv[i] = net.AddSlice(name+"/"+part, x, trt.Slice{Axes: []int{2}, Start: trt.Dims{int64(i) * d}, Size: trt.Dims{d}})
		}
		qkv[i] = net.AddShuffle(name+"/"+part+"_heads", qkv[i], trt.Shuffle{
			Reshape: trt.Dims{0, 0, e.Heads, d / e.Heads}, SecondTranspose: []int{0, 2, 1, 3},
		})
	}
	scale := trt.NewWeights(ones(4), trt.Float32s{float32(1 / math.Sqrt(float64(d/e.Heads)))}).As(x.Type)
	q := net.AddElementWise(name+"/q_scaled", qkv[0], net.AddConstant(name+"/scale", scale), trt.Prod)
	scores := net.AddMatrixMultiply(name+"/scores", q, trt.MatrixNone, qkv[1], trt.MatrixTranspose)
	scores = b.masked(name, scores, x, e)
	y := net.AddMatrixMultiply(name+"/context", net.AddSoftmax(name+"/weights", scores, 3), trt.MatrixNone, qkv[2], trt.MatrixNone)
	y = net.AddShuffle(name+"/joined", y, trt.Shuffle{FirstTranspose: []int{0, 2, 1, 3}, Reshape: trt.Dims{0, 0, d}})
	return b.Linear(path+".out_proj", y, d)
}
