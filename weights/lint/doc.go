// Package lint judges one weight file: what in it will fail a build, lose
// accuracy in FP16, or hint that the file is not the one that was meant.
//
// Every finding has a stable code; Rules lists them. The values are read once,
// on all cores, a chunk at a time, and again only where a place has to be told.
// Shapes decide what a channel is, so the channels of files that record none
// are judged only when weights.WithShapes supplies them.
package lint
