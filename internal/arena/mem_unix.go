//go:build unix

package arena

import "syscall"

func reserve(n int) ([]byte, error) {
	return syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
}

func release(mem []byte) error { return syscall.Munmap(mem) }
