// Package load opens a weight file of any known format. What a file is, its
// first bytes say; its name plays no part.
package load
