package wts

func decodeCells(dst []float32, src []byte) int { return decodeCellsPortable(dst, src) }
