// Package ranges gathers facts about the numbers in a network, and holds no
// opinion on them: what each weight really is after folding, and between which
// bounds each tensor will move.
//
// # Weights
//
// Analyze decodes every distinct weight once, on all cores, into one off-heap
// block of float32, and takes exact statistics per output channel of each chunk
// while it is hot in cache. Folding and decoding are recipes of the weights, so
// they happen in that same pass. The network it returns reads from the block,
// until the block is closed.
//
// # Tensors
//
// Nothing is run. Batch normalization left the moments of its output on the
// tensor; from there, and from the declared inputs, means and variances follow
// the layers: m_y = W m_x + b and v_y = W² v_x through linear layers, closed
// forms through ReLU, sums over a grid through other functions. A bound is
// |mean| + 8 standard deviations, or a certified bound where one is to be had
// for nothing and is tighter: sigmoid, softmax, clip, and what follows from
// them. Channels are those of axis 1.
//
// These are models, not measurements. Channels are taken for independent in
// linear layers and for fully correlated where branches meet in a sum; borders,
// where padding is read, are not looked at.
package ranges
