package pickle

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// step carries out one opcode.
func (m *Machine) step(op byte) error {
	switch op {
	case opProto:
		v, err := m.number(1)
		if err == nil && v > maxProtocol {
			return wrong("is of protocol %d, of which nothing is known", v)
		}
		return err
	case opFrame:
		n, err := m.number(8)
		if err == nil {
			if err = m.src.check(n); err != nil {
				return within(err)
			}
		}
		return err
	case opMark:
		var err error
		if m.marks, err = grow(m.src.budget, m.marks, 1, boxSize); err == nil {
			m.marks = append(m.marks, len(m.stack))
		}
		return err
	case opPop:
		// Python pops a mark, too, when nothing lies above it.
		if len(m.marks) > 0 && len(m.stack) == m.floor() {
			m.marks = m.marks[:len(m.marks)-1]
			return nil
		}
		_, err := m.pop()
		return err
	case opPopMark:
		_, err := m.popMark()
		return err
	case opDup:
		v, err := m.top()
		if err != nil {
			return err
		}
		return m.push(v)
	case opPut, opGet:
		return m.memoLine(op)
	case opBinPut, opLongBinPut, opMemoize, opBinGet, opLongBinGet:
		return m.memoBinary(op)
	case opNone:
		return m.push(nil)
	case opNewTrue:
		return m.push(true)
	case opNewFalse:
		return m.push(false)
	case opInt, opLong, opBinInt, opBinInt1, opBinInt2, opLong1, opLong4, opFloat, opBinFloat:
		return m.numeric(op)
	case opString, opUnicode, opBinString, opShortBinString, opBinUnicode, opShortBinUnicode, opBinUnicode8:
		return m.str(op)
	case opShortBinBytes:
		return m.bytes(1)
	case opBinBytes:
		return m.bytes(4)
	case opBinBytes8, opByteArray8:
		return m.bytes(8)
	case opGlobal, opStackGlobal, opInst, opObj, opReduce, opNewObj, opNewObjEx, opBuild, opPersID, opBinPersID:
		return m.object(op)
	case opExt1, opExt2, opExt4:
		return wrong("uses a registered extension code")
	case opNextBuffer, opReadOnlyBuffer:
		return wrong("refers to a buffer outside of it")
	}
	return m.container(op)
}

func (m *Machine) memoLine(op byte) error {
	s, err := m.src.line()
	if err != nil {
		return within(err)
	}
	i, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return wrong("has %q for an index of its memory", clip(s))
	}
	if op == opPut {
		return m.put(i)
	}
	return m.get(i)
}

func (m *Machine) memoBinary(op byte) error {
	if op == opMemoize {
		return m.put(m.memo.count)
	}
	n := 1
	if op == opLongBinPut || op == opLongBinGet {
		n = 4
	}
	i, err := m.number(n)
	switch {
	case err != nil:
		return err
	case op == opBinPut || op == opLongBinPut:
		return m.put(i)
	}
	return m.get(i)
}

func (m *Machine) pushInt(i int64) error {
	if err := m.charge(boxSize); err != nil {
		return err
	}
	return m.push(i)
}

func (m *Machine) pushFloat(bits uint64) error {
	if err := m.charge(boxSize); err != nil {
		return err
	}
	return m.push(math.Float64frombits(bits))
}

func (m *Machine) numeric(op byte) error {
	switch op {
	case opBinInt1:
		return m.unsigned(1)
	case opBinInt2:
		return m.unsigned(2)
	case opBinInt:
		n, err := m.number(4)
		if err != nil {
			return err
		}
		return m.pushInt(int64(int32(n)))
	case opBinFloat:
		b, err := m.src.peek(8)
		if err != nil {
			return err
		}
		return m.pushFloat(binary.BigEndian.Uint64(b))
	case opLong1:
		return m.long(1)
	case opLong4:
		return m.long(4)
	}
	s, err := m.src.line()
	if err != nil {
		return within(err)
	}
	switch {
	case op == opInt && s == "00":
		return m.push(false)
	case op == opInt && s == "01":
		return m.push(true)
	case op == opFloat:
		x, err := strconv.ParseFloat(s, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return wrong("has %q for a number", clip(s))
		}
		return m.pushFloat(math.Float64bits(x))
	}
	return m.decimal(strings.TrimSuffix(s, "L"))
}

// maxDigits bounds integers that are written in decimal.
const maxDigits = 1000

func (m *Machine) decimal(s string) error {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return m.pushInt(i)
	}
	var n big.Int
	ok := len(s) <= maxDigits
	if ok {
		_, ok = n.SetString(s, 10)
	}
	if !ok {
		return wrong("has %q for an integer of at most %d digits", clip(s), maxDigits)
	}
	if err := m.charge(2 * int64(len(s))); err != nil {
		return err
	}
	b := make([]byte, n.BitLen()/8+1)
	if n.Sign() < 0 { // two's complement
		n.Add(&n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	n.FillBytes(b)
	slices.Reverse(b)
	return m.push(Long(b))
}

func (m *Machine) unsigned(n int) error {
	i, err := m.number(n)
	if err != nil {
		return err
	}
	return m.pushInt(int64(i))
}

// long pushes an integer in two's complement, whose length takes n bytes.
func (m *Machine) long(n int) error {
	s, err := m.sized(n)
	if err != nil {
		return err
	}
	if len(s) > 8 {
		return m.push(Long(s))
	}
	var all [8]byte
	if len(s) > 0 && s[len(s)-1]&0x80 != 0 {
		all = [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	}
	copy(all[:], s)
	return m.pushInt(int64(binary.LittleEndian.Uint64(all[:])))
}

func (m *Machine) str(op byte) (err error) {
	var s string
	switch op {
	case opString, opUnicode:
		if s, err = m.src.line(); err != nil {
			return within(err)
		}
		if op == opUnicode {
			return m.push(rawUnicode(s))
		}
		s = strings.TrimRight(s, " \r")
		if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '\'' && s[0] != '"' {
			return wrong("has a string without quotes, %q", clip(s))
		}
		s = unescape(s[1 : len(s)-1])
	case opShortBinString, opShortBinUnicode:
		s, err = m.sized(1)
	case opBinString, opBinUnicode:
		s, err = m.sized(4)
	case opBinUnicode8:
		s, err = m.sized(8)
	}
	if err != nil {
		return err
	}
	return m.push(s)
}

// rawUnicode decodes Python's raw-unicode-escape: Latin-1, and \u or \U with the
// number of any other character.
func rawUnicode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		digits := 0
		if s[i] == '\\' && i+1 < len(s) {
			digits = map[byte]int{'u': 4, 'U': 8}[s[i+1]]
		}
		if digits > 0 && i+2+digits <= len(s) {
			if r, err := strconv.ParseUint(s[i+2:i+2+digits], 16, 32); err == nil {
				b.WriteRune(rune(r))
				i += 1 + digits
				continue
			}
		}
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// unescape undoes the backslashes of a byte string of Python 2.
func unescape(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		if s[0] != '\\' || len(s) == 1 {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		if i := strings.IndexByte("\\'\"abfnrtv", s[1]); i >= 0 {
			b.WriteByte("\\'\"\a\b\f\n\r\t\v"[i])
			s = s[2:]
			continue
		}
		if s[1] == 'x' && len(s) >= 4 {
			if c, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
				b.WriteByte(byte(c))
				s = s[4:]
				continue
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
