// Package input is what the readers of weight files share before any format
// is known: opening a file with errors a person can act on, and recognising
// from its first bytes what it is, whatever its name says.
package input
