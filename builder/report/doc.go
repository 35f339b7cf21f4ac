// Package report shows what weights/stats measured: as one HTML page and as
// event files for TensorBoard. It decides nothing; the risks it sorts by are
// those of weights/stats.
//
// The page fetches nothing and says so in its content security policy, which
// names its one style sheet and its one script by their hashes. It reads without
// the script too; that sorts, filters and tells the counts of single bars.
// The bytes of page and event files depend on what was measured alone.
package report
