package load

import "github.com/trtbuild/trtbuild/weights/torch"

// Globals returns the functions and classes that the pickles of a PyTorch
// checkpoint name, also of one that cannot be opened because of them; of files
// of other formats none.
func Globals(path string) ([]string, error) {
	found, err := sniff(path)
	if err != nil || formatOf(found) != PyTorch {
		return nil, err
	}
	return torch.Globals(path)
}
