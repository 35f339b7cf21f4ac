// Package torch reads PyTorch checkpoints without Python: what torch.save has
// written since the first release (zip archives, the stream before 1.6, tar) and
// TorchScript archives, holding state dicts, dicts of them, or whole pickled
// modules.
//
// Nothing of a file is executed. Its pickle is interpreted by
// internal/pickle, where the few functions that PyTorch needs to rebuild a tensor
// are ours and everything else becomes an inert object, so that the classes of a
// pickled module need not exist anywhere: only their _parameters, _buffers and
// _modules are looked at, in the order in which PyTorch's state_dict would. A
// pickle that calls a function known to do harm is refused. The pickle machine is
// our own; the package documentation there says why.
//
// Opening interprets the pickle and finds the records of the tensors in the
// archive's directory. Values are read when they are asked for, by positioned
// reads and without a copy on the heap; tensors that are views of a storage with
// strides are gathered. Each record's CRC-32 is summed up over the reads, in any
// order, and compared when the last byte of the record has been seen: the read
// that completes the record is the one that fails. A record whose elements are
// gathered from all over it is summed up before. Of a record that is never read as
// a whole, nothing can be said. Records that were deflated by another zip
// program are inflated as they are read, front to back, with a window of a few
// MiB.
//
// However a file is made, opening it allocates at most four times the bytes of its
// pickle and 16 MiB; an archive's directory is walked and not kept. This bounds
// what is read as well: a state dict may have some 13,000 tensors, and a
// checkpoint as many together with an optimizer's.
//
// A checkpoint often holds several sets of weights. The exponential moving
// average is taken before the trained weights, as it is what PyTorch programs
// evaluate; Options.Key takes another, and Metadata and Warnings say what was
// chosen.
//
// The format: torch/serialization.py and caffe2/serialize/inline_container.h of
// PyTorch.
package torch
