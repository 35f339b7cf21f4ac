// Package weights is what all weight files look like to the rest of the
// module: an ordered map from tensor names to descriptors. Opening a file
// reads names, element counts and offsets only; values are decoded when
// something asks for them, by positioned reads, so a file that is cut short
// under a running program is an error and never a crash.
//
// One sub-package reads each format; weights/load recognises the format from
// the content and dispatches. None of them knows networks.
//
// A Map and its Tensors are immutable and safe for concurrent use until Close.
package weights
