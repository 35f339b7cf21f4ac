// Package lint holds rules about the module itself, as tests: which package
// may import which, and what no package may do.
package lint
