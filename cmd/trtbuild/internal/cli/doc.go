// Package cli is the command line: one file a command, each parsing flags,
// calling the packages that do the work, and printing. Results go to stdout,
// status to stderr; errors become exit codes through one table.
package cli
