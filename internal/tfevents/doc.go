// Package tfevents writes the event files that TensorBoard reads: a stream of
// TFRecords, each an Event message of TensorFlow's event.proto, which holds a
// Summary of summary.proto. Only what TensorBoard needs of scalars and
// histograms is written, field by field, so that no generated code of
// TensorFlow's is needed.
//
// The bytes depend on what is written alone: wall times are zero.
package tfevents
