// Package precision chooses FP16 or FP32 for each layer of a network, from
// facts and with a reason, and types the network accordingly.
//
// # Hazards
//
// A layer is FP16 unless one of these holds:
//
//	W-OVF  a weight overflows float16 once folded
//	W-SUB  an output channel's weights keep less than 40 dB in float16
//	A-OVF  a tensor's bound, doubled, is beyond 65504
//	A-SUB  a channel of a tensor is so small that float16 keeps less than 40 dB
//	COORD  float16 lies wider apart at a tensor's bound than the tolerance of what
//	       is made of it allows
//	FLOW   the layer is a conditional or a loop, whose bodies keep their types
//	UNKNOWN range analysis has no rule for the layer, so nothing is known of what
//	       it makes
//	DIMS   the layer computes dimensions of other tensors
//	USER   the person said so
//	CUT    FP32 is cheaper than the casts that FP16 would need
//
// W-SUB and A-SUB count only where what is lost matters: where it is more than
// the share of the output that the limits in hazard.go say, with all that the
// layer adds to it (a bias of 0.5 beside weights of 1e-10), and is not drowned
// where it meets other channels. Each code is decided by itself.
//
// A weight's hazard makes its layer FP32; a tensor's hazard the layer that
// makes it and those that read it. FP32 is the only remedy so far: rescaling by
// powers of two and BF16 are named in the plan as not available.
//
// # Typing
//
// Apply gives FP16 layers half weights, rounded to nearest even and never
// clamped or inflated, and casts tensors at the borders: one cast for each
// tensor and direction, shared by all readers. Network inputs and outputs stay
// as they are. Constants take the type of who reads them and need no cast.
//
// Layers in between follow a fixed rule that never adds a cast: those without
// products (activations, sums, pooling, reshapes) are FP32 when all that
// surrounds them is. Where it makes no difference to the casts, they stay FP16.
package precision
