// Package spelling tells how alike two names are, so that a message about one
// that is not there can offer the one that was meant.
package spelling
