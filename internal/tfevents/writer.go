package tfevents

import (
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Writer writes events to one file. Its methods may be called in any order; the
// first error ends it and is returned from then on.
type Writer struct {
	w   io.Writer
	err error
}

// Histogram is a HistogramProto. Bucket i holds the Counts[i] values from
// Limits[i-1] (the first: from Min) to below Limits[i].
type Histogram struct {
	Min, Max        float64
	Num             float64 // how many values
	Sum, SumSquares float64 // of the values
	Limits, Counts  []float64
}

// Fields of Event (tensorflow/core/util/event.proto).
const (
	eventFileVersion = 3
	eventSummary     = 5
)

// Fields of Summary, Summary.Value and HistogramProto
// (tensorflow/core/framework/summary.proto, histogram.proto). Times and steps
// are zero and left out, as proto3 has it.
const (
	summaryValue = 1
	valueTag     = 1
	valueSimple  = 2
	valueHisto   = 5

	histoMin        = 1
	histoMax        = 2
	histoNum        = 3
	histoSum        = 4
	histoSumSquares = 5
	histoLimits     = 6
	histoCounts     = 7
)

// NewWriter starts an event file.
func NewWriter(w io.Writer) *Writer {
	e := &Writer{w: w}
	_ = e.event(eventFileVersion, []byte("brain.Event:2")) // kept in e.err
	return e
}

// Scalar writes one value at step 0. TensorBoard groups tags by what is before
// their first slash.
func (e *Writer) Scalar(tag string, value float32) error {
	return e.value(tag, value32(nil, valueSimple, value))
}

// Histogram writes one histogram at step 0.
func (e *Writer) Histogram(tag string, h Histogram) error {
	var b []byte
	b = value64(b, histoMin, h.Min)
	b = value64(b, histoMax, h.Max)
	b = value64(b, histoNum, h.Num)
	b = value64(b, histoSum, h.Sum)
	b = value64(b, histoSumSquares, h.SumSquares)
	b = message(b, histoLimits, packed(h.Limits))
	b = message(b, histoCounts, packed(h.Counts))
	return e.value(tag, message(nil, valueHisto, b))
}

// value writes a Summary of one value, which b says but for its tag.
func (e *Writer) value(tag string, b []byte) error {
	v := append(message(nil, valueTag, []byte(tag)), b...)
	return e.event(eventSummary, message(nil, summaryValue, v))
}

func (e *Writer) event(field protowire.Number, b []byte) error {
	if e.err == nil {
		e.err = writeRecord(e.w, message(nil, field, b))
	}
	return e.err
}

func message(b []byte, field protowire.Number, m []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, m)
}

func value32(b []byte, field protowire.Number, v float32) []byte {
	b = protowire.AppendTag(b, field, protowire.Fixed32Type)
	return protowire.AppendFixed32(b, math.Float32bits(v))
}

func value64(b []byte, field protowire.Number, v float64) []byte {
	if math.Float64bits(v) == 0 {
		return b
	}
	b = protowire.AppendTag(b, field, protowire.Fixed64Type)
	return protowire.AppendFixed64(b, math.Float64bits(v))
}

func packed(v []float64) []byte {
	b := make([]byte, 0, 8*len(v))
	for _, x := range v {
		b = protowire.AppendFixed64(b, math.Float64bits(x))
	}
	return b
}
