//go:build tensorrt && cgo && !race

package native

// agreements is how many configurations TestAgreement asks about.
const agreements = 5000
