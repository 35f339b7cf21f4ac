//go:build !unix

package cli

func tameSignals() {}
