"""Records the sparse family."""
from golden import Golden, bf16, rng, tf, np

g = Golden("sparse", __file__)
i64 = lambda *x: np.array(x, np.int64)


def s(values):
    return np.array(values, dtype=object)


def m(rows, cols=2):
    return np.array(rows, np.int64).reshape(-1, cols)


def sample(dtype, n, base=1):
    dtype = tf.as_dtype(dtype)
    if dtype == tf.string:
        return s([b"v%d" % i for i in range(base, base + n)])
    if dtype == tf.bool:
        return np.arange(base, base + n) % 2 == 1
    a = np.arange(base, base + n)
    if dtype.is_complex:
        return (a + 0.5j * a).astype(dtype.as_numpy_dtype)
    return (a * (1 if dtype.is_integer else 1.25)).astype(dtype.as_numpy_dtype)


ALL = [tf.float32, tf.float64, tf.int32, tf.int64, tf.string, tf.bool, tf.uint8, tf.int8, tf.int16, tf.uint16, tf.float16, tf.bfloat16, tf.complex64, tf.complex128, tf.uint32, tf.uint64]
NUMERIC = [t for t in ALL if t not in (tf.string, tf.bool)]

# SparseFillEmptyRows.
for t in ALL:
    g.case("SparseFillEmptyRows", [m([0, 0, 0, 1, 2, 0]), sample(t, 3), i64(4, 5), sample(t, 1, 9)[0] if t != tf.string else s(b"d")], name="two empty rows, %s" % t.name)
f = np.float32
g.case("SparseFillEmptyRows", [m([0, 3, 1, 0, 2, 1]), np.array([1, 2, 3], f), i64(3, 5), f(0)], name="none empty")
g.case("SparseFillEmptyRows", [m([2, 3, 0, 0, 2, 1]), np.array([1, 2, 3], f), i64(3, 5), f(7)], name="out of order")
g.case("SparseFillEmptyRows", [m([2, 3, 0, 0, 1, 1]), np.array([1, 2, 3], f), i64(3, 5), f(7)], name="out of order, none empty")
g.case("SparseFillEmptyRows", [m([]), np.zeros([0], f), i64(3, 5), f(7)], name="all empty")
g.case("SparseFillEmptyRows", [m([]), np.zeros([0], f), i64(0, 5), f(7)], name="no rows")
g.case("SparseFillEmptyRows", [m([1, 2, 3], 3), np.array([1], f), i64(2, 3, 4), f(7)], name="rank 3")
g.case("SparseFillEmptyRows", [m([0, 0]), np.array([1], f), i64(0, 5), f(7)], name="entries without rows")
g.case("SparseFillEmptyRows", [m([5, 0]), np.array([1], f), i64(3, 5), f(7)], name="row too large")
g.case("SparseFillEmptyRows", [m([-1, 0]), np.array([1], f), i64(3, 5), f(7)], name="row negative")
g.case("SparseFillEmptyRows", [m([0, 0]), np.array([1, 2], f), i64(3, 5), f(7)], name="too many values")
g.case("SparseFillEmptyRows", [i64(0, 0), np.array([1], f), i64(3, 5), f(7)], name="indices a vector")
g.case("SparseFillEmptyRows", [m([0, 0]), np.array([[1]], f), i64(3, 5), f(7)], name="values a matrix")
g.case("SparseFillEmptyRows", [m([0, 0]), np.array([1], f), np.array([[3, 5]], np.int64), f(7)], name="shape a matrix")
g.case("SparseFillEmptyRows", [m([0, 0]), np.array([1], f), i64(3, 5), np.array([7], f)], name="default a vector")
g.case("SparseFillEmptyRows", [np.zeros([0, 0], np.int64), np.zeros([0], f), np.zeros([0], np.int64), f(7)], name="shape empty")
for t in (tf.float32, tf.float64, tf.int32, tf.int64):
    g.case("SparseFillEmptyRowsGrad", [i64(2, 0, 4), sample(t, 6)])
g.case("SparseFillEmptyRowsGrad", [i64(2, 7), sample(tf.float32, 6)])
g.case("SparseFillEmptyRowsGrad", [i64(2, -1), sample(tf.float32, 6)])
g.case("SparseFillEmptyRowsGrad", [m([1, 2]), sample(tf.float32, 6)])
g.gradient_case("SparseFillEmptyRows", [m([0, 0, 0, 1, 2, 0]), sample(tf.float32, 3), i64(4, 5), f(2)])

# SparseReshape.
g.case("SparseReshape", [m([0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 2, 3], 3), i64(2, 3, 6), i64(9, -1)])
g.case("SparseReshape", [m([0, 0, 1, 3]), i64(2, 6), i64(2, 6)], name="same shape")
g.case("SparseReshape", [m([0, 0, 1, 3]), i64(2, 6), i64(12)])
g.case("SparseReshape", [m([0, 0, 1, 3]), i64(2, 6), i64(3, 2, 2)])
g.case("SparseReshape", [m([]), i64(2, 6), i64(3, -1)], name="no entries")
g.case("SparseReshape", [m([]), i64(0, 6), i64(-1, 3)], name="no elements, -1")
g.case("SparseReshape", [m([]), i64(0, 6), i64(0, 3)], name="no elements")
g.case("SparseReshape", [m([]), i64(0, 6), i64(0, -1)], name="no elements, size cannot be told")
g.case("SparseReshape", [m([0, 0]), i64(2 ** 33, 6), i64(6, -1)], name="large")
g.case("SparseReshape", [m([2 ** 33 - 1, 5]), i64(2 ** 33, 6), i64(6, -1)], name="large, last entry")
g.case("SparseReshape", [m([0, 0]), i64(2, 6), i64(5, -1)], name="not a multiple")
g.case("SparseReshape", [m([0, 0]), i64(2, 6), i64(5, 2)], name="other size")
g.case("SparseReshape", [m([0, 0]), i64(2, 6), i64(-1, -1)], name="two unknown")
g.case("SparseReshape", [m([0, 0]), i64(2, 6), i64(-2, 6)], name="negative")
g.case("SparseReshape", [i64(0, 0), i64(2, 6), i64(12)], name="indices a vector")
g.case("SparseReshape", [m([0, 0]), m([2, 6]), i64(12)], name="shape a matrix")
g.case("SparseReshape", [m([0, 0]), i64(2, 6), m([12, 1])], name="new shape a matrix")
g.case("SparseReshape", [m([0, 0]), i64(2, 6, 1), i64(12)], name="rank differs")
g.case("SparseReshape", [m([0, 0]), i64(2, 6), np.zeros([0], np.int64)], name="to a scalar")

# SparseToDense.
for ti in (np.int32, np.int64):
    for t in ALL:
        d = s(b"") if t == tf.string else sample(t, 1, 5)[0]
        g.case("SparseToDense", [np.array([[0, 1], [2, 0]], ti), np.array([3, 2], ti), sample(t, 2), d], name="matrix %s %s" % (t.name, np.dtype(ti).name))
    g.case("SparseToDense", [np.array([1, 3], ti), np.array([5], ti), sample(tf.float32, 2), f(-1)], name="vector %s" % np.dtype(ti).name)
    g.case("SparseToDense", [np.array(3, ti), np.array([5], ti), f(2), f(-1)], name="scalar %s" % np.dtype(ti).name)
    g.case("SparseToDense", [np.array([1, 3], ti), np.array([5], ti), f(2), f(-1)], name="one value %s" % np.dtype(ti).name)
g.case("SparseToDense", [m([]), i64(2, 3), sample(tf.float32, 0), f(-1)], name="no entries")
g.case("SparseToDense", [m([]), i64(0, 3), sample(tf.float32, 0), f(-1)], name="no elements")
g.case("SparseToDense", [i64(3, 1), i64(5), sample(tf.float32, 2), f(0)], name="out of order")
g.case("SparseToDense", [i64(3, 3), i64(5), sample(tf.float32, 2), f(0)], name="repeated")
g.case("SparseToDense", [i64(3, 5), i64(5), sample(tf.float32, 2), f(0)], name="out of bounds")
g.case("SparseToDense", [m([0, 0, 1, -1]), i64(5, 4), sample(tf.float32, 2), f(0)], name="negative")
g.case("SparseToDense", [i64(3, 1, 3), i64(5), sample(tf.float32, 3), f(0)], {"validate_indices": False}, name="unchecked")
g.case("SparseToDense", [i64(3, 7), i64(5), sample(tf.float32, 2), f(0)], {"validate_indices": False}, name="unchecked, out of bounds")
g.case("SparseToDense", [np.zeros([1, 1, 1], np.int64), i64(5), sample(tf.float32, 1), f(0)], name="indices of rank 3")
g.case("SparseToDense", [m([0, 0]), i64(5), sample(tf.float32, 1), f(0)], name="shape of another rank")
g.case("SparseToDense", [m([0, 0]), m([5, 2]), sample(tf.float32, 1), f(0)], name="shape a matrix")
g.case("SparseToDense", [m([0, 0]), i64(5, 2), sample(tf.float32, 2), f(0)], name="too many values")
g.case("SparseToDense", [m([0, 0]), i64(5, 2), sample(tf.float32, 1), np.array([0], f)], name="default a vector")
g.case("SparseToDense", [m([0, 0]), i64(5, -2), sample(tf.float32, 1), f(0)], name="negative size")
g.gradient_case("SparseToDense", [m([0, 1, 2, 0]), i64(3, 2), sample(tf.float32, 2), f(0)])

# SparseCross.
A = (m([0, 0, 0, 1, 1, 0]), s([b"a", b"bb", b"ccc"]), i64(3, 2))
B = (m([0, 0, 1, 0, 1, 1, 2, 0]), s([b"x", b"y", b"z", b"w"]), i64(3, 2))
C = (m([0, 0, 1, 0, 1, 1]), i64(5, -7, 2 ** 40), i64(3, 2))
D = s([[b"p", b"q"], [b"r", b"s"], [b"t", b"u"]])
N = np.array([[1], [-2], [3]], np.int64)
COMBOS = {"AB": ([A, B], []), "AC": ([A, C], []), "AD": ([A], [D]), "DN": ([], [D, N]), "ABCDN": ([A, B, C], [D, N]), "C": ([C], []), "A": ([A], []), "N": ([], [N])}


def cross(name, sparse, dense, **attrs):
    strings = all(x[1].dtype == object for x in sparse) and all(x.dtype == object for x in dense)
    for hashed in (True, False):
        g.case("SparseCross", [[x[0] for x in sparse], [x[1] for x in sparse], [x[2] for x in sparse], dense],
               {"hashed_output": hashed, "out_type": tf.int64 if hashed else tf.string, "internal_type": tf.string if strings and not hashed else tf.int64, **attrs}, name="%s hashed %s %s" % (name, hashed, sorted(attrs.items())))
    buckets = np.int64(attrs["num_buckets"])
    for strong in (True, False):
        if any(x.dtype != object for x in dense):
            continue  # TensorFlow crashes on dense integers
        g.case("SparseCrossHashed", [[x[0] for x in sparse], [x[1] for x in sparse], [x[2] for x in sparse], dense, buckets, np.bool_(strong), i64(137, -8123)], name="%s strong %s %d" % (name, strong, buckets))
    g.case("SparseCrossV2", [[x[0] for x in sparse], [x[1] for x in sparse], [x[2] for x in sparse], dense, s(b"_Y_")], name=name)


for name, (sparse, dense) in COMBOS.items():
    cross(name, sparse, dense, num_buckets=0, hash_key=0xDECAFCAFFE)
    cross(name, sparse, dense, num_buckets=100, hash_key=0xDECAFCAFFE)
    cross(name, sparse, dense, num_buckets=2 ** 40 + 1, hash_key=-5)
E_ = (m([]), s([]), i64(3, 0))
cross("with an empty one", [A, E_], [], num_buckets=10, hash_key=1)
cross("no rows", [(m([]), s([]), i64(0, 0)), (m([]), i64(), i64(0, 3))], [], num_buckets=10, hash_key=1)
cross("batches differ", [A, (m([]), s([]), i64(4, 0))], [], num_buckets=10, hash_key=1)
cross("batch of dense differs", [A], [D[:2]], num_buckets=10, hash_key=1)
cross("dense a vector", [A], [D[0]], num_buckets=10, hash_key=1)
cross("indices a vector", [(i64(0, 0), s([b"a"]), i64(3, 2))], [D], num_buckets=10, hash_key=1)
cross("rank 3", [(m([0, 0, 0], 3), s([b"a"]), i64(3, 2, 1))], [D], num_buckets=10, hash_key=1)
cross("too many values", [(m([0, 0]), s([b"a", b"b"]), i64(3, 2))], [D], num_buckets=10, hash_key=1)
cross("values a matrix", [(m([0, 0]), s([[b"a"]]), i64(3, 2))], [D], num_buckets=10, hash_key=1)
cross("shape too long", [(m([0, 0]), s([b"a"]), i64(3, 2, 1))], [D], num_buckets=10, hash_key=1)
cross("shape a matrix", [(m([0, 0]), s([b"a"]), m([3, 2]))], [D], num_buckets=10, hash_key=1)


# SparseReorder, SparseSlice, SparseConcat, SparseSplit.
for t in ALL:
    g.case("SparseReorder", [m([2, 0, 0, 1, 1, 3, 0, 0]), sample(t, 4), i64(3, 4)], name=t.name)
    g.case("SparseSlice", [m([0, 1, 0, 3, 1, 0, 1, 2, 2, 1]), sample(t, 5), i64(3, 4), i64(0, 1), i64(2, 2)], name=t.name)
    g.case("SparseConcat", [[m([0, 1, 1, 0]), m([0, 0, 0, 2])], [sample(t, 2), sample(t, 2, 5)], [i64(2, 3), i64(2, 4)]], {"concat_dim": 1}, name="dim 1 %s" % t.name)
    g.case("SparseSplit", [np.int64(1), m([0, 1, 0, 3, 1, 0, 1, 6]), sample(t, 4), i64(2, 7)], {"num_split": 3}, name=t.name)
fl = sample(tf.float32, 3)
g.case("SparseReorder", [m([]), fl[:0], i64(3, 4)], name="none")
g.case("SparseReorder", [m([0, 1, 0, 1, 0, 0]), fl, i64(3, 4)], name="repeated")
g.case("SparseReorder", [i64(0, 1), fl[:1], i64(3, 4)], name="indices a vector")
g.case("SparseReorder", [m([0, 1]), fl[:1].reshape(1, 1), i64(3, 4)], name="values a matrix")
g.case("SparseReorder", [m([0, 1]), fl[:1], m([3, 4])], name="shape a matrix")
g.case("SparseSlice", [m([0, 1, 1, 0, 2, 3]), fl, i64(3, 4), i64(1, 0), i64(9, 9)], name="beyond the end")
g.case("SparseSlice", [m([0, 1, 1, 0, 2, 3]), fl, i64(3, 4), i64(3, 4), i64(2, 2)], name="outside")
g.case("SparseSlice", [m([0, 1]), fl[:1], i64(3, 4), i64(1), i64(2, 2)], name="start too short")
g.case("SparseSlice", [m([0, 1]), fl[:1], i64(3, 4), i64(1, 1), i64(2)], name="size too short")
g.case("SparseSlice", [m([0, 1]), fl[:1], i64(3, 4), m([1, 1]), i64(2, 2)], name="start a matrix")
g.case("SparseSlice", [i64(0, 1), fl[:1], i64(3, 4), i64(1, 1), i64(2, 2)], name="indices a vector")
g.case("SparseSliceGrad", [fl[:2], m([0, 1, 1, 0, 2, 3, 2, 4]), i64(1, 0), m([0, 0, 1, 3])])
g.case("SparseConcat", [[m([0, 1, 1, 0]), m([0, 0, 0, 2])], [sample(tf.float32, 2), sample(tf.float32, 2, 5)], [i64(2, 3), i64(4, 3)]], {"concat_dim": 0})
g.case("SparseConcat", [[m([0, 1, 1, 0]), m([0, 0, 0, 2]), m([])], [sample(tf.float32, 2), sample(tf.float32, 2, 5), fl[:0]], [i64(2, 3), i64(2, 4), i64(2, 1)]], {"concat_dim": -1})
g.case("SparseConcat", [[m([0, 1]), m([0, 0])], [fl[:1], fl[:1]], [i64(2, 3), i64(3, 4)]], {"concat_dim": 1}, name="other sizes differ")
g.case("SparseConcat", [[m([0, 1]), m([0, 0, 0], 3)], [fl[:1], fl[:1]], [i64(2, 3), i64(2, 4, 1)]], {"concat_dim": 1}, name="ranks differ")
g.case("SparseConcat", [[m([0, 1]), m([0, 0])], [fl[:1], fl[:1]], [i64(2, 3), i64(2, 4)]], {"concat_dim": 2}, name="no such dimension")
g.case("SparseSplit", [np.int64(0), m([0, 1, 4, 3]), fl[:2], i64(5, 7)], {"num_split": 2}, name="dim 0")
g.case("SparseSplit", [np.int64(-1), m([0, 1, 4, 3]), fl[:2], i64(5, 7)], {"num_split": 7}, name="dim -1")
g.case("SparseSplit", [np.int64(2), m([0, 1, 4, 3]), fl[:2], i64(5, 7)], {"num_split": 2}, name="no such dimension")
g.case("SparseSplit", [np.int64(0), m([0, 1, 4, 3]), fl[:2], i64(5, 7)], {"num_split": 6}, name="too many parts")

# Arithmetic.
SP = (m([0, 0, 0, 2, 2, 1]), i64(3, 4))
for t in [tf.float32, tf.float64, tf.int32, tf.int64, tf.bfloat16, tf.float16, tf.complex64, tf.complex128]:
    for aa in (False, True):
        for ab in (False, True):
            b = sample(t, 3 * 5 if aa else 4 * 5).reshape((3 if aa else 4, 5))
            b = np.ascontiguousarray(b.T) if ab else b
            g.case("SparseTensorDenseMatMul", [SP[0], sample(t, 3), SP[1], b], {"adjoint_a": aa, "adjoint_b": ab}, name="%s %s %s" % (t.name, aa, ab))
g.case("SparseTensorDenseMatMul", [SP[0].astype(np.int32), sample(tf.float32, 3), SP[1], np.ones([4, 2], f)], name="int32 indices")
g.case("SparseTensorDenseMatMul", [m([0, 0, 0, 0]), sample(tf.float32, 2), SP[1], np.ones([4, 2], f)], name="repeated")
g.case("SparseTensorDenseMatMul", [m([]), fl[:0], SP[1], np.ones([4, 2], f)], name="none")
g.case("SparseTensorDenseMatMul", [SP[0], sample(tf.float32, 3), SP[1], np.ones([3, 2], f)], name="inner sizes differ")
g.case("SparseTensorDenseMatMul", [SP[0], sample(tf.float32, 3), SP[1], np.ones([4], f)], name="b a vector")
g.case("SparseTensorDenseMatMul", [m([3, 0]), fl[:1], SP[1], np.ones([4, 2], f)], name="row out of bounds")
g.case("SparseTensorDenseMatMul", [m([0, 4]), fl[:1], SP[1], np.ones([4, 2], f)], name="column out of bounds")
g.case("SparseTensorDenseMatMul", [m([0, 0]), fl[:1], i64(3, 4, 1), np.ones([4, 2], f)], name="shape of rank 3")
for t in NUMERIC:
    b = sample(t, 12, 3).reshape(3, 4)
    g.case("SparseTensorDenseAdd", [SP[0], sample(t, 3), SP[1], b], name=t.name)
    thresh = sample(t, 1, 7)[0] if not t.is_complex else sample(tf.float32 if t == tf.complex64 else tf.float64, 1, 7)[0]
    g.case("SparseAdd", [m([0, 0, 0, 2, 2, 1]), sample(t, 3), SP[1], m([0, 1, 0, 2, 2, 3]), sample(t, 3, 4), SP[1], thresh], name="threshold %s" % t.name)
    g.case("SparseAdd", [m([0, 0, 0, 2, 2, 1]), sample(t, 3), SP[1], m([0, 1, 0, 2, 2, 3]), sample(t, 3, 4), SP[1], (thresh * 0).astype(thresh.dtype)], name=t.name)
    for op in ("Add", "Mul", "Div"):
        g.case("SparseDenseCwise" + op, [SP[0], sample(t, 3, 12), SP[1], b], name=t.name)
    for op in ("Maximum", "Minimum"):
        g.case("SparseSparse" + op, [m([0, 0, 0, 2, 2, 1]), sample(t, 3), SP[1], m([0, 1, 0, 2, 2, 3]), sample(t, 3, 4), SP[1]], name=t.name)
    for op in ("SparseReduceSum", "SparseReduceMax", "SparseReduceSumSparse", "SparseReduceMaxSparse"):
        g.case(op, [m([0, 0, 0, 2, 2, 1]), sample(t, 3), SP[1], np.array([1], np.int32)], name="axis 1 %s" % t.name)
g.case("SparseTensorDenseAdd", [SP[0].astype(np.int32), sample(tf.float32, 3), SP[1].astype(np.int32), np.ones([3, 4], f)], name="int32 indices")
g.case("SparseTensorDenseAdd", [SP[0], sample(tf.float32, 3), SP[1], np.ones([3, 5], f)], name="sizes differ")
g.case("SparseTensorDenseAdd", [SP[0], sample(tf.float32, 3), SP[1], np.ones([12], f)], name="ranks differ")
g.case("SparseTensorDenseAdd", [m([3, 0]), fl[:1], SP[1], np.ones([3, 4], f)], name="out of bounds")
g.case("SparseAdd", [m([0, 0]), fl[:1], SP[1], m([0, 0]), fl[:1], i64(3, 5), f(0)], name="shapes differ")
g.case("SparseAdd", [m([0, 0]), fl[:1], SP[1], m([0, 0]), fl[:1], SP[1], np.array([0], f)], name="threshold a vector")
g.case("SparseAdd", [m([0, 0, 0, 1]), np.array([1, -2], f), SP[1], m([0, 0, 0, 1]), np.array([-1, 1], f), SP[1], f(0.5)], name="sums to nothing")
g.case("SparseAddGrad", [fl, m([0, 0, 0, 2]), m([0, 1, 0, 2, 2, 2]), m([0, 0, 0, 1, 0, 2])])
g.case("SparseAddGrad", [sample(tf.float64, 4), m([0, 0, 0, 2]), m([0, 1, 0, 2, 2, 2]), m([0, 0, 0, 1, 0, 2, 2, 2])])
for t in (tf.float32, tf.float64, tf.float16):
    g.case("SparseSoftmax", [m([0, 0, 0, 2, 2, 1]), sample(t, 3), SP[1]], name=t.name)
g.case("SparseSoftmax", [m([0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 2, 2], 3), sample(tf.float32, 4), i64(2, 3, 3)], name="rank 3")
g.case("SparseSoftmax", [m([0, 1], 1), fl[:2], i64(3)], name="rank 1")
g.case("SparseSoftmax", [m([]), fl[:0], SP[1]], name="none")
for shape in ([4], [1, 4], [3, 1], [1], []):
    g.case("SparseDenseCwiseMul", [SP[0], fl, SP[1], np.arange(1, 1 + int(np.prod(shape)), dtype=f).reshape(shape)], name="broadcast %s" % shape)
    g.case("SparseDenseCwiseDiv", [SP[0], fl, SP[1], np.arange(1, 1 + int(np.prod(shape)), dtype=f).reshape(shape)], name="broadcast %s" % shape)
g.case("SparseDenseCwiseMul", [SP[0], fl, SP[1], np.ones([3, 5], f)], name="does not fit")
g.case("SparseDenseCwiseMul", [SP[0], fl, SP[1], np.ones([2, 3, 4], f)], name="dense of higher rank")
g.case("SparseDenseCwiseDiv", [SP[0], np.array([-7, 7, 8], np.int32), SP[1], np.full([3, 4], 2, np.int32)], name="integers truncate")
R3 = (m([0, 0, 0, 0, 1, 2, 1, 0, 1, 1, 1, 1, 1, 2, 2], 3), np.array([1, -2, 3, -4, 5], f), i64(2, 3, 4))
for op in ("SparseReduceSum", "SparseReduceMax", "SparseReduceSumSparse", "SparseReduceMaxSparse"):
    for axes in ([0], [1], [2], [0, 1], [1, 2], [0, 1, 2], [], [-1], [-2, 0]):
        for keep in (False, True):
            g.case(op, [*R3, np.array(axes, np.int32)], {"keep_dims": keep}, name="axes %s %s" % (axes, keep))
    g.case(op, [*R3, np.array([3], np.int32)], name="no such axis")
    g.case(op, [m([]), fl[:0], i64(2, 3), np.array([1], np.int32)], name="none")
g.gradient_case("SparseTensorDenseMatMul", [SP[0], fl, SP[1], np.arange(8, dtype=f).reshape(4, 2)])
g.gradient_case("SparseTensorDenseMatMul", [SP[0], fl, SP[1], np.arange(6, dtype=f).reshape(3, 2)], {"adjoint_a": True})
g.gradient_case("SparseTensorDenseMatMul", [SP[0], fl, SP[1], np.arange(8, dtype=f).reshape(2, 4)], {"adjoint_b": True})
g.gradient_case("SparseTensorDenseAdd", [SP[0], fl, SP[1], np.ones([3, 4], f)])
g.gradient_case("SparseReorder", [m([2, 0, 0, 1, 1, 3]), fl, SP[1]])
g.gradient_case("SparseAdd", [SP[0], fl, SP[1], m([0, 1, 0, 2, 2, 3]), sample(tf.float32, 3, 4), SP[1], f(0)])
g.gradient_case("SparseReduceSum", [*R3, np.array([1], np.int32)])
g.gradient_case("SparseReduceSum", [*R3, np.array([0, 2], np.int32)], {"keep_dims": True})
g.gradient_case("SparseSlice", [SP[0], fl, SP[1], i64(0, 1), i64(3, 3)])
g.gradient_case("SparseSoftmax", [m([0, 0, 0, 2, 2, 1]), fl, SP[1]])
g.gradient_case("SparseDenseCwiseMul", [SP[0], fl, SP[1], np.arange(1, 5, dtype=f)])
g.gradient_case("SparseDenseCwiseDiv", [SP[0], fl, SP[1], np.arange(1, 5, dtype=f)])

# Sets.
SETS = [tf.int64, tf.int32, tf.string, tf.int8, tf.uint8, tf.int16, tf.uint16]
for t in SETS:
    a = sample(t, 9)[[0, 1, 2, 3, 3, 0, 5, 6, 7]].reshape(3, 3)
    b = sample(t, 9)[[2, 1, 8, 4, 0, 6]].reshape(3, 2)
    sb = (m([0, 0, 0, 1, 2, 0]), sample(t, 9)[[1, 4, 5]], i64(3, 2))
    sa = (m([0, 0, 1, 0, 1, 1, 1, 2]), sample(t, 9)[[1, 4, 2, 4]], i64(3, 3))
    for op in ("a-b", "b-a", "intersection", "union"):
        g.case("DenseToDenseSetOperation", [a, b], {"set_operation": op}, name="%s %s" % (op, t.name))
        g.case("DenseToSparseSetOperation", [a, *sb], {"set_operation": op}, name="%s %s" % (op, t.name))
        g.case("SparseToSparseSetOperation", [*sa, *sb], {"set_operation": op}, name="%s %s" % (op, t.name))
    g.case("SetSize", [*sa], name=t.name)
g.case("DenseToDenseSetOperation", [np.arange(12, dtype=np.int64).reshape(2, 2, 3), np.arange(8, dtype=np.int64).reshape(2, 2, 2)], {"set_operation": "Intersection"}, name="rank 3")
g.case("DenseToDenseSetOperation", [np.zeros([2, 0], np.int64), np.arange(4, dtype=np.int64).reshape(2, 2)], {"set_operation": "union"}, name="empty sets")
g.case("DenseToDenseSetOperation", [np.zeros([2, 2], np.int64), np.arange(4, dtype=np.int64).reshape(2, 2)], {"set_operation": "xor"}, name="no such operation")
g.case("DenseToDenseSetOperation", [np.zeros([2, 2], np.int64), np.zeros([3, 2], np.int64)], {"set_operation": "union"}, name="groups differ")
g.case("DenseToDenseSetOperation", [np.zeros([2, 2], np.int64), np.zeros([2, 2, 2], np.int64)], {"set_operation": "union"}, name="ranks differ")
g.case("DenseToDenseSetOperation", [np.zeros([2], np.int64), np.zeros([2], np.int64)], {"set_operation": "union"}, name="vectors")
for validate in (True, False):
    g.case("SparseToSparseSetOperation", [m([0, 1, 0, 0]), i64(1, 2), i64(2, 2), m([0, 0]), i64(1), i64(2, 2)], {"set_operation": "union", "validate_indices": validate}, name="out of order %s" % validate)
g.case("DenseToSparseSetOperation", [np.zeros([2, 2], np.int64), m([0, 0]), i64(1), i64(3, 2)], {"set_operation": "union"}, name="groups differ")
g.case("SetSize", [m([0, 5]), i64(1), i64(3, 2)], name="out of bounds")
g.case("SetSize", [m([0], 1), i64(1), i64(3)], name="rank 1")
g.write()
