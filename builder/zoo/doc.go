// Package zoo knows network families: how each is recognised from the names and
// element counts of a weight file, and the network it stands for.
//
//	match, err := zoo.Detect(m)                         // *UnknownError: no family fits
//	built, err := match.Build(m, trt.Target{}, zoo.Options{})
//
// # Recognising
//
// A family derives a layout (depths, widths, groups, classes) from a file and
// lists every tensor that such a network has. The file is recognised when it
// holds exactly those, in count and, where the format records shapes, in shape;
// tensors that only training reads may be there or not. Nothing is recognised
// by a single telling name: a near miss is refused with the first tensor that
// does not fit, against the published variant that comes nearest.
//
// What a file of weights does not hold (strides, paddings, the eps of a
// BatchNorm, pooling, input size, preprocessing) comes from the family. Where
// two networks share all names and counts, the match says in a note which one is
// built and which option asks for the other.
//
// # Detectors
//
// A YOLO is its layers lined up by a description of the topology, the one thing
// that no file holds; widths and depths are the published scale's, or the
// file's. Options.Output says where the network stops: at the logits of each
// level, at what the framework's export returns, or at boxes in pixels beside
// scores. Boxes are decoded by ordinary layers, so engines need no plugin. The
// size of the image is any multiple of the largest stride, or a range of them.
//
// # Families
//
// One file a family. The table is closed; adding a family is one file and one
// line in families.
package zoo
