// Package fault sorts errors by what the person at the other end can do about
// them. Every package has its own typed errors with their own facts; what they
// share is one method, FaultKind, so that the command line can turn any error
// into an exit code through one table and a server can tell a bad file from a
// full disk without reading text.
package fault
