// Package wire walks protobuf messages where they lie: field by field, by
// positioned reads through a small window, so that a model of any size is
// indexed without loading it. No number of the file is believed: lengths are
// held against what is left of the message around, and nothing is allocated
// before that.
package wire
