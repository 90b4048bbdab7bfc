"""Goldens of the reduce family: reductions, arg-reductions, counts, segment ops. Run: python interop/goldens/reduce.py"""
import warnings

from golden import Golden, bf16, np, rng, tf

warnings.simplefilter("ignore")
g = Golden("reduce", __file__)
r = rng(5)

FLOATS = [np.float32, np.float64, np.float16, bf16]
COMPLEX = [np.complex64, np.complex128]
INTS = [np.int32, np.int64, np.int8, np.int16, np.uint8, np.uint16, np.uint32, np.uint64]
ALL = FLOATS + COMPLEX + INTS
inf, nan = np.inf, np.nan
i32 = lambda *v: np.array(v, np.int32)


def name_of(dtype):
    return tf.as_dtype(dtype).name


def data(dtype, *shape):
    x = r.uniform(-3, 3, shape)
    if dtype in COMPLEX:
        return (x + 1j * r.uniform(-2, 2, shape)).astype(dtype)
    if dtype in FLOATS:
        return x.astype(dtype)
    return (r.randint(0, 9, shape) if np.iinfo(dtype).min == 0 else r.randint(-9, 9, shape)).astype(dtype)


REDUCE = ["Sum", "Mean", "Prod", "Max", "Min", "EuclideanNorm"]
for op in REDUCE:
    for dtype in ALL:
        for axis in ([0], [1], [0, 1], [-1]):
            g.case(op, [data(dtype, 3, 4), i32(*axis)], name="%s axes %s" % (name_of(dtype), axis))
        g.case(op, [data(dtype, 3, 0), i32(1)], name="%s over nothing" % name_of(dtype))
        g.case(op, [data(dtype, 0, 2), i32(1)], name="%s to nothing" % name_of(dtype))
    x = data(np.float32, 2, 3, 4, 2)
    for axis in ([], [0, 2], [1, 3], [1, 2], [0, 1, 2, 3], [0, 3], [2], [-1, -3], [3, 2, 1, 0], [0, 1, 3]):
        for keep in (False, True):
            g.case(op, [x, np.array(axis, np.int32)], {"keep_dims": keep}, name="axes %s keep_dims %s" % (axis, keep))
    g.case(op, [x, np.int32(2)], name="scalar axis")
    g.case(op, [x, np.int64(-2)], {"keep_dims": True}, name="scalar int64 axis")
    g.case(op, [np.float32(3), np.array([], np.int32)], name="scalar")
    g.case(op, [data(np.float32, 1, 5, 1), i32(0, 2)], name="dimensions of one")
    g.case(op, [data(np.float32, 2, 1, 5, 1, 3), i32(1, 4)], name="dimensions of one")
    g.case(op, [data(np.float32, 0, 0), i32(0, 1)], name="nothing over nothing")
    g.case(op, [data(np.float32, 1000), i32(0)], name="long", rtol=1e-4, atol=1e-4)
    for axis in ([3], [-3], [0, 0], [0, -2]):
        g.case(op, [data(np.float32, 2, 3), i32(*axis)], name="bad axes %s" % axis)
    g.case(op, [data(np.float32, 2, 3), i32(0, 1).reshape(1, 2)], name="matrix of axes")
    g.case(op, [np.array([[1, nan, 3], [inf, 2, -inf], [-inf, -inf, -inf]], np.float32), i32(1)], name="special values")
    g.case(op, [np.array([[nan, 1], [1, nan], [nan, nan]], np.float64), i32(1)], name="NaN")
g.case("Sum", [np.array([2**31 - 1, 1, 5], np.int32), i32(0)], name="overflow")
g.case("Sum", [np.array([2**63 - 1, 1, 5], np.int64), i32(0)], name="overflow")
g.case("Sum", [np.array([200, 100], np.uint8), i32(0)], name="overflow")
g.case("Sum", [np.full([300], 2000000000, np.int32), i32(0)], name="overflow many times")
g.case("Prod", [np.array([100000, 100000, 3], np.int32), i32(0)], name="overflow")
g.case("Mean", [np.array([200, 100, 255], np.uint8), i32(0)], name="overflow")
g.case("Mean", [np.array([-7, 2, 0], np.int32), i32(0)], name="rounds")
b = np.array([[True, False, True], [True, True, True], [False, False, False]])
for op in ("All", "Any"):
    for axis in ([0], [1], [0, 1], [], [-1]):
        g.case(op, [b, np.array(axis, np.int32)], name="axes %s" % axis)
    g.case(op, [b, np.int64(1)], {"keep_dims": True})
    g.case(op, [np.zeros([2, 0], bool), i32(1)])
    g.case(op, [np.zeros([0, 2], bool), i32(1)])
    g.case(op, [np.bool_(True), np.array([], np.int32)])
    g.case(op, [b, i32(2)], name="bad axis")

for op in ("ArgMax", "ArgMin"):
    for dtype in FLOATS + INTS + [np.bool_]:
        x = r.randint(0, 5, [3, 4]).astype(dtype)
        for axis in (0, 1, -1):
            g.case(op, [x, np.int32(axis)], name="%s axis %d" % (name_of(dtype), axis))
    x = data(np.float32, 2, 3, 4)
    for out in (np.int16, np.uint16, np.int32, np.int64):
        if op == "ArgMax" or out in (np.int32, np.int64):
            g.case(op, [x, np.int32(1)], {"output_type": out})
    g.case(op, [x, np.int64(2)])
    g.case(op, [np.array([[nan, 1, 2], [1, nan, 2], [1, 2, nan], [nan, nan, nan]], np.float32), np.int32(1)], name="NaN")
    g.case(op, [np.array([[inf, 1, inf], [-inf, -inf, 2], [-inf, -inf, -inf]], np.float32), np.int32(1)], name="infinite")
    g.case(op, [np.zeros([0, 3], np.float32), np.int32(1)])
    g.case(op, [np.zeros([0, 3], np.float32), np.int32(0)], name="over nothing")
    g.case(op, [x, np.int32(3)], name="axis out of range")
    g.case(op, [x, np.int32(-4)], name="axis out of range")
    g.case(op, [x, i32(1)], name="vector axis")
    g.case(op, [np.float32(1), np.int32(0)], name="scalar")
    g.case(op, [np.arange(5, dtype=np.float32), np.int32(0)], name="vector")

for dtype in (np.int32, np.int64, np.float32, np.float64):
    none = np.array([], dtype)
    g.case("Bincount", [i32(1, 2, 2, 5, 0), np.int32(4), none], name="%s plain" % name_of(dtype))
    g.case("Bincount", [i32(1, 2, 2, 5, 0), np.int32(8), np.array([1, 2, 3, 4, 5], dtype)], name="%s weighted" % name_of(dtype))
    for t in (np.int32, np.int64):
        tag = "%s %s" % (name_of(dtype), np.dtype(t).name)
        for binary in (False, True):
            g.case("DenseBincount", [np.array([1, 2, 2, 5, 0], t), np.array(4, t), none], {"binary_output": binary}, name="%s vector binary %s" % (tag, binary))
            g.case("DenseBincount", [np.array([[1, 2, 2], [5, 0, 0]], t), np.array(4, t), none], {"binary_output": binary}, name="%s matrix binary %s" % (tag, binary))
            g.case("DenseBincount", [np.array([1, 2, 2], t), np.array(4, t), np.array([3, 4, 5], dtype)], {"binary_output": binary}, name="%s vector weighted binary %s" % (tag, binary))
            g.case("DenseBincount", [np.array([[1, 2, 2], [5, 0, 0]], t), np.array(4, t), np.array([[1, 2, 3], [4, 5, 6]], dtype)], {"binary_output": binary}, name="%s matrix weighted binary %s" % (tag, binary))
none = np.array([], np.float32)
g.case("Bincount", [i32(1, 2), np.int32(-1), none], name="negative size")
g.case("Bincount", [i32(1, -2), np.int32(3), none], name="negative value")
g.case("Bincount", [i32(1, 2), i32(3), none], name="size of one")
g.case("Bincount", [i32(1, 2), i32(3, 4), none], name="size of two")
g.case("Bincount", [i32(1, 2), np.int32(3), np.float32([1])], name="too few weights")
g.case("Bincount", [i32(1, 2).reshape(1, 2), np.int32(3), none], name="matrix")
g.case("Bincount", [np.array([], np.int32), np.int32(3), none], name="nothing")
g.case("Bincount", [i32(1, 2), np.int32(0), none], name="no bins")
g.case("DenseBincount", [i32(1, 2), np.int32(-1), none], name="negative size")
g.case("DenseBincount", [i32(1, -2), np.int32(3), none], name="negative value")
# A negative value in a matrix makes TensorFlow 2.15 write outside its memory: not recorded.
g.case("DenseBincount", [i32(1, 2), i32(3), none], name="size of one")
g.case("DenseBincount", [np.zeros([1, 1, 1], np.int32), np.int32(3), none], name="rank three")
g.case("DenseBincount", [i32(1, 2), np.int32(3), np.float32([1])], name="too few weights")
g.case("DenseBincount", [np.array([], np.int32), np.int32(3), none], name="nothing")

SORTED = ["SegmentSum", "SegmentMean", "SegmentProd", "SegmentMax", "SegmentMin"]
for op in SORTED:
    for dtype in ALL:
        g.case(op, [data(dtype, 5, 2), i32(0, 0, 1, 3, 3)], name="%s matrix" % name_of(dtype))
        g.case(op, [data(dtype, 5), i32(0, 0, 1, 1, 1)], name="%s vector" % name_of(dtype))
    x = data(np.float32, 4, 2, 3)
    g.case(op, [x, np.array([1, 1, 2, 2], np.int64)], name="gap at the start")
    g.case(op, [x, i32(0, 0, 0, 0)], name="one segment")
    g.case(op, [x, i32(0, 2, 1, 3)], name="not sorted")
    g.case(op, [x, i32(-1, 0, 1, 3)], name="negative")
    g.case(op, [x, i32(0, 0, 0, -1)], name="negative last")
    g.case(op, [x, i32(0, 1, 2)], name="too few")
    g.case(op, [x, i32(0, 1, 2, 3).reshape(2, 2)], name="matrix of ids")
    g.case(op, [np.zeros([0, 2], np.float32), np.array([], np.int32)], name="nothing")
    g.case(op, [np.zeros([2, 0], np.float32), i32(0, 1)], name="empty rows")
    g.case(op, [np.float32(1), i32(0)], name="scalar")
    g.case(op, [np.array([nan, 1, 2, nan], np.float32), i32(0, 0, 1, 1)], name="NaN")
for op in ("SegmentSumV2", "SegmentProdV2", "SegmentMaxV2", "SegmentMinV2"):
    for dtype in ALL:
        g.case(op, [data(dtype, 5, 2), i32(0, 0, 1, 3, 3), np.int32(5)], name="%s" % name_of(dtype))

UNSORTED = ["UnsortedSegmentSum", "UnsortedSegmentMax", "UnsortedSegmentMin", "UnsortedSegmentProd"]
for op in UNSORTED:
    for dtype in ALL:
        g.case(op, [data(dtype, 5, 2), i32(0, 2, 0, -1, 2), np.int32(4)], name="%s matrix" % name_of(dtype))
    x = data(np.float32, 2, 3, 4)
    g.case(op, [x, np.array([[0, 1, 0], [2, -5, 1]], np.int64), np.int64(3)], name="matrix of ids")
    g.case(op, [x, np.array(i32(1, 0)), np.int32(2)], name="vector of ids")
    g.case(op, [x[0, 0], np.array(i32(1, 0, 1, 1)), np.int32(3)], name="vector")
    g.case(op, [np.float32(3), np.int32(1), np.int32(2)], name="scalar")
    g.case(op, [x, i32(0, 3), np.int32(3)], name="out of range")
    g.case(op, [x, i32(0, 1, 2), np.int32(3)], name="shapes that differ")
    g.case(op, [x, i32(0, 1), np.int32(-1)], name="negative number")
    g.case(op, [x, i32(0, 1), i32(2)], name="number of one")
    g.case(op, [x, i32(-1, -1), np.int32(0)], name="no segments")
    g.case(op, [np.zeros([0, 2], np.float32), np.array([], np.int32), np.int32(2)], name="nothing")
    g.case(op, [np.array([nan, 1, 2, nan], np.float32), i32(0, 0, 1, 1), np.int32(2)], name="NaN")

SPARSE = ["SparseSegmentSum", "SparseSegmentMean", "SparseSegmentSqrtN"]
for op in SPARSE:
    for dtype in FLOATS + INTS:
        g.case(op, [data(dtype, 4, 3), i32(0, 2, 3, 0), i32(0, 0, 1, 3)], name="%s" % name_of(dtype))
        g.case(op + "WithNumSegments", [data(dtype, 4, 3), i32(0, 2, 3, 0), i32(0, 0, 1, 3), np.int32(6)], name="%s" % name_of(dtype))
    x = data(np.float32, 4, 2, 2)
    g.case(op, [x, np.array([3, 1, 1], np.int64), np.array([0, 0, 0], np.int64)], name="int64")
    g.case(op, [x, np.array([], np.int32), np.array([], np.int32)], name="nothing")
    g.case(op, [x, i32(0, 4), i32(0, 0)], name="index out of range")
    g.case(op, [x, i32(0, -1), i32(0, 0)], name="negative index")
    g.case(op, [x, i32(0, 1), i32(1, 0)], name="not sorted")
    g.case(op, [x, i32(0, 1), i32(-1, 0)], name="negative segment")
    g.case(op, [x, i32(0, 1), i32(0)], name="lengths that differ")
    g.case(op, [x, i32(0, 1).reshape(1, 2), i32(0, 0)], name="matrix of indices")
    g.case(op, [np.float32(1), i32(0), i32(0)], name="scalar")
    g.case(op, [x[:, 0, 0], i32(0, 1, 3), i32(1, 1, 3)], name="vector with gaps")
    w = op + "WithNumSegments"
    g.case(w, [x, i32(0, 1, 3), i32(0, 1, 1), np.int32(2)], name="exact")
    g.case(w, [x, i32(0, 1, 3), i32(0, 1, 2), np.int32(2)], name="too few segments")
    g.case(w, [x, i32(0, 1, 3), i32(0, 1, 1), np.int32(-1)], name="negative number")
    g.case(w, [x, i32(0, 1, 3), i32(0, 1, 1), i32(2)], name="number of one")
    g.case(w, [x, i32(0, 1, 3), i32(0, 1, 1), i32(2, 3)], name="number of two")
    g.case(w, [x, np.array([], np.int32), np.array([], np.int32), np.int64(3)], name="nothing")
    d = op + "Grad"
    for dtype in FLOATS:
        g.case(d, [data(dtype, 3, 2), i32(0, 2, 2, 4), i32(0, 0, 1, 2), np.int32(5)], name="%s" % name_of(dtype))
        g.case(d + "V2", [data(dtype, 3, 2), i32(4, 2, 2, 0), i32(0, 0, 1, 2), np.int32(5)], name="%s" % name_of(dtype))
    y = data(np.float32, 3, 2, 2)
    g.case(d + "V2", [y, np.array([7, 0, 7], np.int64), np.array([0, 2, 2], np.int64), np.int32(9)], name="int64")
    g.case(d + "V2", [y, i32(0, 5), i32(0, 1), np.int32(5)], name="index out of range")
    g.case(d, [y, np.array([1, 0, 1], np.int64), np.array([0, 2, 2], np.int64), np.int32(2)], name="int64")
    g.case(d, [y, i32(0, 5), i32(0, 1), np.int32(5)], name="index out of range")
    g.case(d, [y, i32(0, 1), i32(0, 3), np.int32(5)], name="segment out of range")
    g.case(d, [y, i32(0, 1), i32(1, 0), np.int32(5)], name="not sorted")
    g.case(d, [y, i32(0, 1), i32(0), np.int32(5)], name="lengths that differ")
    g.case(d, [y, i32(0, 1), i32(0, 1), i32(5)], name="size of one")
    # Of no rows at all, TensorFlow 2.15 returns memory it has not written: not recorded.

# Gradients.
p = lambda *shape: r.uniform(0.3, 2, shape).astype(np.float32)
for op in REDUCE:
    x = p(2, 3, 4)
    for axis in ([0], [1], [-1], [0, 1, 2], [0, 2], [2, 1], []):
        for keep in (False, True):
            for known in (True, False):
                g.gradient_case(op, [x, np.array(axis, np.int32)], {"keep_dims": keep}, known_shapes=known, name="axes %s keep_dims %s known shapes %s" % (axis, keep, known), rtol=1e-4)
    g.gradient_case(op, [x, np.int32(1)], name="scalar axis", rtol=1e-4)
    g.gradient_case(op, [np.float32(2), np.array([], np.int32)], name="scalar")
    g.gradient_case(op, [np.array([[1, 1, 2], [3, 3, 3]], np.float32), i32(1)], name="ties", rtol=1e-4)
g.gradient_case("Prod", [np.array([[0, 1, 2], [0, 0, 3]], np.float32), i32(1)], name="zeros")
for op in ("Sum", "Mean", "Prod"):
    g.gradient_case(op, [data(np.complex64, 2, 3), i32(1)], name="complex")
for op in SORTED:
    for known in (True, False):
        g.gradient_case(op, [p(5, 2), i32(0, 0, 1, 3, 3)], known_shapes=known)
g.gradient_case("SegmentMax", [np.array([1, 2, 2, 3], np.float32), i32(0, 0, 0, 1)], name="ties")
g.gradient_case("SegmentProd", [np.array([0, 2, 2, 0, 0], np.float32), i32(0, 0, 0, 1, 1)], name="zeros")
for op in UNSORTED:
    for known in (True, False):
        g.gradient_case(op, [p(5, 2), i32(0, 2, 0, -1, 2), np.int32(4)], known_shapes=known)
    g.gradient_case(op, [p(2, 3, 4), np.array([[0, 1, 0], [2, -1, 1]], np.int32), np.int32(3)], name="matrix of ids")
g.gradient_case("UnsortedSegmentProd", [np.array([0, 2, 2, 0, 0], np.float32), i32(0, 0, 0, 1, 1), np.int32(2)], name="zeros")
for op in SPARSE:
    g.gradient_case(op, [p(4, 3), i32(0, 2, 3, 0), i32(0, 0, 1, 3)])
    g.gradient_case(op + "WithNumSegments", [p(4, 3), i32(0, 2, 3, 0), i32(0, 0, 1, 3), np.int32(6)])
    g.gradient_case(op, [p(4, 3), i32(0, 2, 3, 0), i32(0, 0, 1, 3)], {"sparse_gradient": True})
    g.gradient_case(op + "WithNumSegments", [p(4, 3), i32(0, 2, 3, 0), i32(0, 0, 1, 3), np.int32(6)], {"sparse_gradient": True})
g.write()
