// Package preprocess makes network inputs of image files, as the pipeline that
// a network was trained and published with does.
//
//	im, err := preprocess.Decode(file, size, preprocess.Options{})
//	x, err := recipe.Batch([]*preprocess.Image{im}, 640, 640)
//	out, err := engine.Run(ctx, map[string]*trt.Value{"images": x})
//
// A Recipe says what is done; every family of builder/zoo has its own, the
// manifest of an engine records it. The phases:
//
//  1. Decode: PNG and JPEG. Sizes are checked against limits and against the
//     file before anything is allocated. 16-bit samples keep their high byte,
//     palettes and gray become RGB, alpha is dropped, orientation is applied.
//     Subsampled chroma is interpolated as libjpeg does, which Pillow and OpenCV
//     decode with: repeating it, as package image does, moves pixels at edges of
//     colours by tens of levels.
//  2. Fit: letterbox, crop or stretch to the network's size, in 8 bits and with
//     the very roundings of the library that the reference pipeline calls.
//  3. Normalize: value = (pixel*Scale - Mean) / Std, to [N,C,H,W] in float32.
//
// Interpolations are no two the same. OpenCV's bilinear, which Ultralytics
// calls, looks at the four nearest pixels however much is shrunk; Pillow's, which
// torchvision calls, widens its filter by the factor of shrinking. Both are
// computed here bit for bit (Pillow 13 swaps the passes of some shapes and moves
// pixels by one); only the decoding of JPEG files may differ, by three levels at
// most.
package preprocess
