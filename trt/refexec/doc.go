// Package refexec executes recorded networks on the CPU. It is the reference
// that networks, transformations and precision plans are proven against, so it
// favours the plain definition of each op over speed, but for the few ops that
// convolutional networks spend their time in.
//
// Float32 products are summed in float32 over fixed blocks of K, or in float64
// on request; every other sum (means, softmax, normalization) is always in
// float64. A network typed float16 or bfloat16 is emulated: every tensor is
// rounded to its type, nearest even, right after its layer has computed it in
// wider arithmetic from the rounded inputs. Weights are rounded the same way.
//
// Results do not depend on the number of workers, but on the processor: sums of
// products are fused where it can (internal/gemm), and the sigmoid is exact to 4
// units in the last place (internal/vector). Dynamic dimensions take their
// extents from the inputs given, through the ops' own shape rules.
//
// A tensor is dropped as soon as its last consumer has run, and its buffer serves
// the next one that fits; element-wise layers write over an input that nothing
// else reads. Weights that are float32 are read in place, others are decoded for
// the time of their layer. So a run needs little more than the tensors that are
// live at its widest point; taps may keep tensors, and then none share memory.
//
//	out, err := refexec.Run(ctx, net, map[string]*trt.Value{"images": x}, refexec.Options{})
package refexec
