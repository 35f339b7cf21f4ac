package trt

import (
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// The arithmetic that TensorRT does on elements before the network runs.

const divides = "it divides by zero"

func (op ElementWise) values(a, b, out Info) []Element {
	if a.Values == nil || b.Values == nil || !small(out) {
		return nil
	}
	y := make([]Element, out.Dims.Count())
	visit(out.Dims, func(i int, at []int) {
		p, q := a.Values[offset(a.Dims, at)], b.Values[offset(b.Dims, at)]
		y[i] = op.combine(p, q, a.Type).stored(out.Type)
	})
	return y
}

func (op ElementWise) combine(p, q Element, t dtype.Type) Element {
	for _, e := range []Element{p, q} {
		if e.fault != "" {
			return e
		}
		// What needs no other operand.
		if e.Known && !t.IsFloat() && (e.Int == 0 && (op.Operation == Prod || op.Operation == And) || e.Int == 1 && op.Operation == Or) {
			return e
		}
	}
	if q.Known && !t.IsFloat() && q.Int == 0 && (op.Operation == Div || op.Operation == FloorDiv) {
		return faulty(divides)
	}
	if !p.Known || !q.Known {
		return Element{}
	}
	if t.IsFloat() {
		return op.floats(p.Float, q.Float)
	}
	return op.integers(p.Int, q.Int)
}

func truth(b bool) Element {
	if b {
		return whole(1)
	}
	return whole(0)
}

func (op ElementWise) floats(a, b float64) Element {
	var y float64
	switch op.Operation {
	case Sum:
		y = a + b
	case Prod:
		y = a * b
	case Max:
		y = max(a, b)
	case Min:
		y = min(a, b)
	case Sub:
		y = a - b
	case Div:
		y = a / b
	case Pow:
		y = math.Pow(a, b)
	case FloorDiv:
		y = math.Floor(a / b)
	case Equal:
		return truth(a == b)
	case Greater:
		return truth(a > b)
	case Less:
		return truth(a < b)
	}
	return Element{Known: true, Float: y}
}

func (op ElementWise) integers(a, b int64) Element {
	switch op.Operation {
	case Sum:
		return whole(a + b)
	case Prod:
		return whole(a * b)
	case Max:
		return whole(max(a, b))
	case Min:
		return whole(min(a, b))
	case Sub:
		return whole(a - b)
	case Div:
		return whole(a / b)
	case FloorDiv:
		q := a / b
		if a%b != 0 && (a < 0) != (b < 0) {
			q--
		}
		return whole(q)
	case Pow:
		return power(a, b)
	case And:
		return whole(a & b)
	case Or:
		return whole(a | b)
	case Xor:
		return whole(a ^ b)
	case Equal:
		return truth(a == b)
	case Greater:
		return truth(a > b)
	default: // Less, the last there is
		return truth(a < b)
	}
}

func power(a, b int64) Element {
	y := math.Trunc(math.Pow(float64(a), float64(b)))
	if math.Abs(y) > 1<<53 {
		return Element{}
	}
	return whole(int64(y))
}

func (op Unary) values(x, out Info) []Element {
	if x.Values == nil {
		return nil
	}
	y := make([]Element, len(x.Values))
	for i, e := range x.Values {
		if y[i] = e; e.Known {
			y[i] = op.apply(e, x.Type).stored(out.Type)
		}
	}
	return y
}

func (op Unary) apply(e Element, t dtype.Type) Element {
	if t.IsFloat() {
		switch op.Operation {
		case IsInf:
			return truth(math.IsInf(e.Float, 0))
		case IsNaN:
			return truth(math.IsNaN(e.Float))
		}
		return Element{Known: true, Float: op.Function()(e.Float)}
	}
	switch op.Operation {
	case Abs:
		return whole(max(e.Int, -e.Int))
	case Neg:
		return whole(-e.Int)
	case Not:
		return whole(1 - e.Int)
	default: // Sign, the last that takes integers
		return whole(max(-1, min(1, e.Int)))
	}
}

func (op Activation) values(x Info) []Element {
	if x.Values == nil {
		return nil
	}
	f := op.Function()
	y := make([]Element, len(x.Values))
	for i, e := range x.Values {
		switch {
		case !x.Type.IsFloat():
			y[i] = faulty("dimensions are not computed by a " + string(ReLU) + " of integers")
		case !e.Known:
			y[i] = e
		default:
			y[i] = Element{Known: true, Float: f(e.Float)}.stored(x.Type)
		}
	}
	return y
}

func (op Cast) values(x Info) []Element {
	if x.Values == nil {
		return nil
	}
	y := make([]Element, len(x.Values))
	for i, e := range x.Values {
		switch {
		case eightBit&(1<<op.To|1<<x.Type) != 0:
			y[i] = faulty("dimensions are not computed in " + dtype.Int8.String() + " or " + dtype.UInt8.String())
		case !e.Known:
			y[i] = e
		default:
			y[i] = op.convert(e, x.Type)
		}
	}
	return y
}

func (op Cast) convert(e Element, from dtype.Type) Element {
	switch {
	case from.IsFloat() && op.To.IsFloat():
		return e.stored(op.To)
	case op.To.IsFloat():
		return Element{Known: true, Float: float64(e.Int)}.stored(op.To)
	case op.To == dtype.Bool:
		return truth(e.Int != 0 || e.Float != 0)
	case from.IsFloat():
		if math.IsNaN(e.Float) {
			return faulty("it is no number")
		}
		e.Int = int64(max(-1<<62, min(1<<62, math.Trunc(e.Float))))
		if op.To == dtype.Int32 {
			e.Int = max(math.MinInt32, min(math.MaxInt32, e.Int))
		}
	case op.To == dtype.Int32:
		e.Int = int64(int32(e.Int))
	}
	return whole(e.Int)
}

func (op Reduce) values(x, out Info) []Element {
	if x.Values == nil || !small(out) {
		return nil
	}
	var kept Dims
	for axis, e := range x.Dims {
		if slices.Contains(op.Axes, axis) {
			e = 1
		}
		kept = append(kept, e)
	}
	groups := make([][]Element, out.Dims.Count())
	visit(x.Dims, func(i int, at []int) {
		o := offset(kept, at)
		groups[o] = append(groups[o], x.Values[i])
	})
	y := make([]Element, len(groups))
	for i, g := range groups {
		y[i] = op.combine(g, x.Type).stored(out.Type)
	}
	return y
}

func (op Reduce) combine(all []Element, t dtype.Type) Element {
	pair := ElementWise{Operation: map[ReduceOperation]ElementWiseOperation{
		ReduceSum: Sum, ReduceMean: Sum, ReduceProd: Prod, ReduceMax: Max, ReduceMin: Min,
	}[op.Operation]}
	if len(all) == 0 {
		return Element{}
	}
	y := all[0]
	for _, e := range all[1:] {
		y = pair.combine(y, e, t)
	}
	if op.Operation == ReduceMean && y.Known {
		y.Int /= int64(len(all))
		y.Float /= float64(len(all))
	}
	return y
}
