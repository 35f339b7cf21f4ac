package zoo

import "github.com/trtbuild/trtbuild/builder/zoo/checkpoint"

// batchNormKinds are those of a BatchNorm's tensors that depend on where it is.
type batchNormKinds struct{ gamma, beta, variance checkpoint.Kind }

// batchNorm lists the tensors of the BatchNorm at path over n channels, in
// PyTorch's order. fanIn is that of the convolution before it.
func batchNorm(path string, n int64, k batchNormKinds, fanIn int64) []checkpoint.Tensor {
	all := make([]checkpoint.Tensor, 0, 5)
	for _, f := range []struct {
		field string
		kind  checkpoint.Kind
	}{
		{"weight", k.gamma}, {"bias", k.beta}, {"running_mean", checkpoint.BNMean}, {"running_var", k.variance},
	} {
		all = append(all, checkpoint.Tensor{Name: path + "." + f.field, Shape: []int64{n}, Kind: f.kind, FanIn: fanIn})
	}
	return append(all, checkpoint.Tensor{Name: path + ".num_batches_tracked", Shape: []int64{}, Kind: checkpoint.BNTracked})
}
