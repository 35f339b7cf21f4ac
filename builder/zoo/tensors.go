package zoo

import "github.com/trtbuild/trtbuild/builder/zoo/checkpoint"

// batchNorm lists the tensors of the BatchNorm at path over n channels, in
// PyTorch's order. fanIn is that of the convolution before it.
func batchNorm(path string, n int64, gamma checkpoint.Kind, fanIn int64) []checkpoint.Tensor {
	all := make([]checkpoint.Tensor, 0, 5)
	for _, f := range []struct {
		field string
		kind  checkpoint.Kind
	}{
		{"weight", gamma}, {"bias", checkpoint.BNBeta}, {"running_mean", checkpoint.BNMean}, {"running_var", checkpoint.BNVar},
	} {
		all = append(all, checkpoint.Tensor{Name: path + "." + f.field, Shape: []int64{n}, Kind: f.kind, FanIn: fanIn})
	}
	return append(all, checkpoint.Tensor{Name: path + ".num_batches_tracked", Shape: []int64{}, Kind: checkpoint.BNTracked})
}
