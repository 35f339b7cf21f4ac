package report

import "github.com/trtbuild/trtbuild/weights/stats"

// Ranges is what a report shows of one weight file.
type Ranges struct {
	Title   string         // of the page, such as the network's name; empty: the file
	File    string         // the path as the person gave it
	Format  string         // as the reader names it, such as "wts" or "torch"
	Tensors []stats.Tensor // in file order
	Folded  []stats.Tensor // the same network after its BatchNorms were folded; nil: not looked at
}
