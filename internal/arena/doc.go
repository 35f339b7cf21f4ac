// Package arena holds bytes outside the Go heap. TensorRT keeps pointers to
// weights from the moment a layer is added until the build has returned, and
// no pointer into the Go heap may live in C that long. An arena also gives its
// memory back to the system the moment it is closed, without waiting for the
// collector, which is what keeps the peak of a build low.
package arena
