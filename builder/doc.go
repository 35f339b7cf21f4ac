// Package builder is the pipeline from a weight file to an engine.
//
//	b, err := backend.Open(ctx, "auto", backend.Options{})
//	…
//	res, err := builder.Build(ctx, builder.Request{Weights: "resnet50.wts", Precision: builder.FP16}, b, file)
//
// Prepare does everything but the library call: it opens the file, recognises
// the network, records it, folds BatchNorm, measures weights and activations,
// and decides the precision of each layer. What it returns can be explained, run
// on the CPU, or built. Build is Prepare and Prepared.Build.
//
// Errors are typed; Kind sorts them. Nothing is printed.
package builder
