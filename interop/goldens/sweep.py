"""Goldens that sweep dtypes, shapes and attributes over many ops of all families: the combinations that the families' own scripts leave out.

Values are small and drawn from a seed of op and dtype, with each dtype's extremes among them; a combination without a CPU kernel is left out.
"""
import itertools
import zlib

from golden import Golden, bf16, np, rng, tf
from tensorflow.python.framework import dtypes

g = Golden("sweep", __file__)
f16, f32, f64 = np.float16, np.float32, np.float64
FLOATS = [f16, bf16, f32, f64]
INTS = [np.int8, np.int16, np.int32, np.int64]
UINTS = [np.uint8, np.uint16, np.uint32, np.uint64]
COMPLEX = [np.complex64, np.complex128]
REAL = FLOATS + INTS + UINTS
NUMBERS = REAL + COMPLEX
ALL = NUMBERS + [np.bool_, object]


def seed(*key):
    return rng(zlib.crc32(repr(key).encode()) % 2**31)


def draw(shape, t, random, low=-5, high=5):
    """Values of a dtype within bounds: fractions for floats, both parts for complex."""
    if t is object:
        flat = [bytes(random.choice(list(b"abc"), random.randint(0, 4)).astype(np.uint8)) for _ in range(int(np.prod(shape)))]
        out = np.empty(len(flat), object)
        out[:] = flat
        return out.reshape(shape)
    if t is np.bool_:
        return random.randint(0, 2, shape).astype(np.bool_)
    if np.dtype(t).kind in "iu":
        return random.randint(max(low, 0) if np.dtype(t).kind == "u" else low, high + 1, shape).astype(t)
    x = random.uniform(low, high, shape)
    if np.dtype(t).kind == "c":
        x = x + 1j * random.uniform(low, high, shape)
    return np.asarray(x).astype(t)


def extremes(t):
    """The numbers of a dtype where kernels go wrong."""
    kind = np.dtype(t).kind
    if t is np.bool_:
        return np.array([True, False, True])
    if kind in "iu":
        limits = np.iinfo(t)
        return np.array([limits.min, limits.min + 1, 0, 1, 2, limits.max - 1, limits.max], t)
    if kind == "c":
        return np.array([0, 1, -1, 1j, -1j, 2 + 3j, -0.5 - 0.25j, 1e-3j], t)
    return np.array([-np.inf, -2.5, -1, -0.5, -0.0, 0, 1e-3, 0.5, 1, 1.5, 2.5, 30, np.inf, np.nan]).astype(t)


def kernel_for(op, inputs, attrs, options):
    """Records a case; False where the op does not take the dtype."""
    try:
        return g.case(op, inputs, attrs, **options)
    except ValueError as e:
        if "building NodeDef" in str(e):
            return False
        raise


def sweep(op, types, make, **options):
    """Every dtype with every combination that `make(dtype, random)` yields: (inputs, attributes)."""
    for t in types:
        for inputs, attrs in make(t, seed(op, np.dtype(t).name)):
            if kernel_for(op, inputs, attrs, options) is False:
                break


UNARY_SHAPES = [(), (0,), (5,), (2, 1, 3), (1, 2, 0, 2), (2, 1, 2, 1, 2)]
SPECIAL = dict(rtol=1e-4)
unary = ["Abs", "Neg", "Sign", "Square", "Sqrt", "Rsqrt", "Exp", "Expm1", "Log", "Log1p", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan",
         "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "Sigmoid", "Ceil", "Floor", "Round", "Rint", "Reciprocal", "Inv", "Erf", "Erfc",
         "Erfinv", "Ndtri", "Lgamma", "Digamma", "IsNan", "IsInf", "IsFinite", "Invert", "LogicalNot", "OnesLike", "ZerosLike", "Relu", "Relu6",
         "Elu", "Selu", "Softplus", "Softsign", "LeakyRelu", "BesselI0e", "BesselI1e", "Conj", "Real", "Imag", "Angle", "ComplexAbs",
         "Identity", "StopGradient", "Snapshot", "PreventGradient", "DeepCopy", "Shape", "Size", "Rank"]
for op in unary:
    types = ALL if op in ("Identity", "StopGradient", "Shape", "Size", "Rank", "OnesLike", "ZerosLike", "DeepCopy", "PreventGradient", "Snapshot") else NUMBERS + [np.bool_]

    def make(t, random):
        extra = {"Tout": np.float32 if t == np.complex64 else np.float64} if op in ("Real", "Imag", "Angle", "ComplexAbs") and t in COMPLEX else {}
        if t is not object:
            yield [extremes(t)], extra
        for shape in UNARY_SHAPES:
            yield [draw(shape, t, random)], extra
    sweep(op, types, make, **(SPECIAL if op in ("Lgamma", "Digamma", "Ndtri", "Erfinv", "Tan", "BesselI0e", "BesselI1e") else {}))

BINARY_SHAPES = [((), ()), ((4,), ()), ((), (2, 2)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((0, 3), (1, 3)), ((2, 1, 2), (3, 1)), ((1, 2, 1, 2, 1), (2, 1, 2)),
                 ((2,), (3,))]
binary = ["Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "FloorDiv", "TruncateDiv", "FloorMod", "Mod", "TruncateMod", "Pow", "Maximum", "Minimum",
          "SquaredDifference", "DivNoNan", "MulNoNan", "Xdivy", "Xlogy", "Xlog1py", "Atan2", "NextAfter", "Igamma", "Igammac", "Zeta", "Polygamma",
          "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual", "LogicalAnd", "LogicalOr", "BitwiseAnd", "BitwiseOr", "BitwiseXor",
          "LeftShift", "RightShift", "ApproximateEqual"]
positive = ("Igamma", "Igammac", "Zeta", "Polygamma", "Pow", "LeftShift", "RightShift")
for op in binary:
    types = ALL if op in ("Equal", "NotEqual", "Add", "AddV2") else NUMBERS + [np.bool_]

    def make(t, random):
        low = 0 if op in positive else -5
        nonzero = op in ("Div", "RealDiv", "FloorDiv", "TruncateDiv", "FloorMod", "Mod", "TruncateMod", "Zeta")
        if op == "LeftShift" or op == "RightShift":
            yield [draw((6,), t, random), draw((6,), t, random, 0, 6)], {}
        elif t is not object and op not in positive:
            values = extremes(t)
            yield [np.repeat(values, 2), np.resize(np.concatenate([values[::-1], values]), 2 * len(values))], {}
        for a, b in BINARY_SHAPES:
            x, y = draw(a, t, random, low), draw(b, t, random, low)
            if nonzero and t not in (object, np.bool_):
                y = np.where(y == 0, np.ones((), t), y).astype(t)
            yield [x, y], {}
    sweep(op, types, make, **(SPECIAL if op in positive else {}))
for op in ["ReluGrad", "Relu6Grad", "EluGrad", "SeluGrad", "SoftplusGrad", "SoftsignGrad", "LeakyReluGrad", "SigmoidGrad", "TanhGrad", "SqrtGrad", "RsqrtGrad", "ReciprocalGrad", "InvGrad"]:
    sweep(op, NUMBERS, lambda t, r: [([draw(s, t, r), draw(s, t, r)], {}) for s in [(), (0,), (9,), (2, 3), (2, 1, 2, 2)]])

reduction_cases = [((), []), ((4,), [0]), ((2, 3), [0]), ((2, 3), [-1]), ((2, 3), [0, 1]), ((2, 3), []), ((2, 0, 3), [1]), ((2, 1, 3, 2), [1, 3]), ((2, 2, 1, 2, 2), [0, -2, 4])]
for op in ["Sum", "Prod", "Mean", "Max", "Min", "EuclideanNorm", "All", "Any"]:
    def make(t, random):
        for i, (shape, axes) in enumerate(reduction_cases):
            yield [draw(shape, t, random, -3, 3), np.array(axes, np.int64 if i % 2 else np.int32)], {"keep_dims": bool(i % 3 == 1)}
    sweep(op, [np.bool_] if op in ("All", "Any") else NUMBERS, make)
for op in ["ArgMax", "ArgMin"]:
    sweep(op, NUMBERS + [np.bool_], lambda t, r: [([draw(s, t, r, -3, 3), np.array(a, np.int32)], {"output_type": o}) for s, a, o in
          [((5,), 0, tf.int64), ((2, 4), -1, tf.int32), ((3, 2, 2), 1, tf.int64), ((2, 0), 0, tf.int64), ((1, 2, 1, 3, 1), 3, tf.int32)]])
for op in ["Cumsum", "Cumprod", "CumulativeLogsumexp"]:
    sweep(op, NUMBERS, lambda t, r: [([draw(s, t, r, -3, 3), np.array(a, np.int32)], {"exclusive": e, "reverse": v}) for s, a, e, v in
          [((5,), 0, False, False), ((2, 3), -1, True, False), ((2, 3, 2), 1, False, True), ((0, 2), 0, True, True), ((2, 1, 2, 1, 2), -3, True, True)]])

# Rearranging ops move any dtype.
ints = lambda *values: np.array(values, np.int32)
moves = [
    ("Reshape", lambda t, r: [([draw(s, t, r), np.array(to, k)], {}) for s, to, k in [((2, 3), [3, -1], np.int32), ((0, 2), [2, 0], np.int64), ((1,), [], np.int32), ((2, 1, 3, 1, 2), [2, 6], np.int64)]]),
    ("ExpandDims", lambda t, r: [([draw(s, t, r), np.array(a, np.int32)], {}) for s, a in [((), 0), ((2, 3), -1), ((0, 2), 1), ((2, 1, 2, 1), -5)]]),
    ("Squeeze", lambda t, r: [([draw(s, t, r)], {"squeeze_dims": a}) for s, a in [((1, 2, 1), []), ((1, 2, 1), [-1]), ((1, 0, 1), [0]), ((1, 1, 1, 1, 2), [0, 2])]]),
    ("Transpose", lambda t, r: [([draw(s, t, r), ints(*p)], {}) for s, p in [((2, 3), [1, 0]), ((2, 0, 3), [2, 0, 1]), ((2, 3, 2), [0, 2, 1]), ((2, 1, 3, 2), [3, 1, 0, 2]), ((1, 2, 1, 2, 2), [4, 2, 0, 3, 1])]]),
    ("Tile", lambda t, r: [([draw(s, t, r), ints(*m)], {}) for s, m in [((3,), [2]), ((2, 1), [1, 3]), ((2, 2), [0, 2]), ((1, 2, 1, 2), [2, 1, 2, 2])]]),
    ("Slice", lambda t, r: [([draw(s, t, r), ints(*b), ints(*z)], {}) for s, b, z in [((5,), [1], [3]), ((3, 4), [1, 0], [-1, 2]), ((2, 3, 2), [0, 3, 1], [2, 0, 1]), ((2, 2, 2, 2), [1, 0, 1, 0], [1, -1, 1, 1])]]),
    ("StridedSlice", lambda t, r: [([draw((3, 4, 2), t, r), ints(*b), ints(*e), ints(*s)], m) for b, e, s, m in [
        ([0, 1], [2, 4], [1, 2], {}), ([-1, 3], [0, -5], [-1, -2], {}), ([1], [2], [1], {"shrink_axis_mask": 1}), ([0, 1], [0, 3], [1, 1], {"ellipsis_mask": 1}),
        ([0, 0, 0], [9, 0, 9], [1, 1, 1], {"new_axis_mask": 2}), ([5, 1], [9, 1], [1, 1], {"begin_mask": 1, "end_mask": 3})]]),
    ("Pad", lambda t, r: [([draw(s, t, r), np.array(p, np.int32)], {}) for s, p in [((3,), [[1, 2]]), ((2, 2), [[0, 1], [2, 0]]), ((0, 2), [[1, 1], [0, 0]]), ((1, 2, 1), [[0, 0], [1, 1], [2, 0]])]]),
    ("PadV2", lambda t, r: [([draw(s, t, r), np.array(p, np.int64), draw((), t, r)], {}) for s, p in [((3,), [[1, 2]]), ((2, 2), [[0, 1], [2, 0]]), ((1, 1, 2, 1), [[0, 0], [1, 1], [0, 1], [1, 0]])]]),
    ("MirrorPad", lambda t, r: [([draw(s, t, r), np.array(p, np.int32)], {"mode": m}) for s, p, m in [((3,), [[1, 2]], "REFLECT"), ((3,), [[3, 1]], "SYMMETRIC"), ((2, 3), [[1, 1], [0, 2]], "REFLECT"), ((2, 2, 2), [[0, 2], [1, 0], [2, 2]], "SYMMETRIC")]]),
    ("MirrorPadGrad", lambda t, r: [([draw(s, t, r), np.array(p, np.int32)], {"mode": m}) for s, p, m in [((6,), [[1, 2]], "REFLECT"), ((7,), [[3, 1]], "SYMMETRIC"), ((4, 5), [[1, 1], [0, 2]], "REFLECT")]]),
    ("ConcatV2", lambda t, r: [([[draw(s, t, r) for s in shapes], np.array(a, np.int32)], {}) for shapes, a in [([(2,), (3,)], 0), ([(2, 1), (2, 3), (2, 0)], -1), ([(1, 2, 2), (3, 2, 2)], 0), ([(1, 2, 1, 2), (1, 1, 1, 2)], 1)]]),
    ("Concat", lambda t, r: [([np.array(a, np.int32), [draw(s, t, r) for s in shapes]], {}) for shapes, a in [([(2,), (3,)], 0), ([(2, 1), (2, 3)], 1), ([(1, 2), (0, 2)], 0)]]),
    ("Pack", lambda t, r: [([[draw(s, t, r) for _ in range(n)]], {"axis": a}) for s, n, a in [((), 3, 0), ((2,), 2, -1), ((2, 0), 2, 1), ((1, 2, 2), 1, 2)]]),
    ("Unpack", lambda t, r: [([draw(s, t, r)], {"num": n, "axis": a}) for s, n, a in [((3,), 3, 0), ((2, 2), 2, -1), ((2, 3, 0), 3, 1), ((2, 1, 2), 2, -3)]]),
    ("Split", lambda t, r: [([np.array(a, np.int32), draw(s, t, r)], {"num_split": n}) for s, a, n in [((4,), 0, 2), ((2, 6), -1, 3), ((2, 2, 2), 1, 2), ((0, 2), 0, 2), ((3,), 0, 2)]]),
    ("SplitV", lambda t, r: [([draw(s, t, r), ints(*z), np.array(a, np.int32)], {"num_split": len(z)}) for s, z, a in [((4,), [1, 3], 0), ((2, 6), [2, -1, 1], -1), ((2, 2), [0, 2], 1)]]),
    ("GatherV2", lambda t, r: [([draw(s, t, r), np.array(i, k), np.array(a, np.int32)], {"batch_dims": b}) for s, i, a, b, k in [
        ((4,), [0, 3, 0], 0, 0, np.int32), ((3, 2), [[1], [2]], 0, 0, np.int64), ((2, 3), [2, 0], -1, 0, np.int32), ((2, 3), [[0, 1], [2, 2]], 1, 1, np.int32), ((3, 0), [1], 0, 0, np.int64), ((3,), [3], 0, 0, np.int32)]]),
    ("Gather", lambda t, r: [([draw(s, t, r), np.array(i, k)], {}) for s, i, k in [((4,), [0, 3, 0], np.int32), ((3, 2), [[1], [2]], np.int64), ((2, 1, 2), 1, np.int32)]]),
    ("GatherNd", lambda t, r: [([draw(s, t, r), np.array(i, k)], {}) for s, i, k in [((4,), [[0], [3]], np.int32), ((3, 2), [[1, 0], [2, 1]], np.int64), ((2, 3, 2), [[1, 2]], np.int32), ((2, 2), [[2, 0]], np.int32)]]),
    ("ReverseV2", lambda t, r: [([draw(s, t, r), np.array(a, np.int32)], {}) for s, a in [((4,), [0]), ((2, 3), [-1]), ((2, 2, 2), [0, 2]), ((0, 2), [1]), ((1, 2, 2, 1), [])]]),
    ("Reverse", lambda t, r: [([draw(s, t, r), np.array(a)], {}) for s, a in [((4,), [True]), ((2, 3), [False, True]), ((2, 2, 2), [True, False, True])]]),
    ("ReverseSequence", lambda t, r: [([draw((3, 4, 2), t, r), np.array(n, np.int64)], {"seq_dim": s, "batch_dim": b}) for n, s, b in [([0, 2, 4], 1, 0), ([1, 3, 2, 0], 0, 1), ([2, 2, 2], 2, 0)]]),
    ("Roll", lambda t, r: [([draw(s, t, r), np.array(h, np.int32), np.array(a, np.int32)], {}) for s, h, a in [((5,), 2, 0), ((2, 3), [-1], [1]), ((2, 3), [1, 4], [0, -1]), ((0, 2), 1, 1)]]),
    ("BroadcastTo", lambda t, r: [([draw(s, t, r), np.array(to, np.int32)], {}) for s, to in [((), [2, 2]), ((3,), [2, 3]), ((2, 1), [2, 0]), ((1, 2, 1), [2, 2, 2]), ((3,), [2])]]),
    ("Where", lambda t, r: [([draw(s, t, r, -1, 1)], {}) for s in [(5,), (2, 3), (0, 2), (2, 1, 2), (1, 2, 2, 2)]] if t is not object else []),
    ("Select", lambda t, r: [([draw(c, np.bool_, r), draw(s, t, r), draw(s, t, r)], {}) for c, s in [((), (3,)), ((2,), (2, 3)), ((2, 3), (2, 3)), ((0,), (0, 2)), ((3,), (2, 2))]]),
    ("SelectV2", lambda t, r: [([draw(c, np.bool_, r), draw(a, t, r), draw(b, t, r)], {}) for c, a, b in [((), (3,), ()), ((2, 1), (3,), (2, 3)), ((2, 3), (2, 3), (2, 3)), ((0, 1), (2,), ()), ((2,), (3,), ())]]),
    ("OneHot", lambda t, r: [([np.array(i, k), np.array(3, np.int32), draw((), t, r), draw((), t, r)], {"axis": a}) for i, k, a in [([0, 2, -1], np.int64, -1), (1, np.int32, -1), ([[0], [3]], np.uint8, 0), ([[0, 1]], np.int32, 1)]]),
    ("Fill", lambda t, r: [([np.array(s, k), draw((), t, r)], {}) for s, k in [([], np.int32), ([2, 3], np.int64), ([0, 2], np.int32)]]),
    ("DynamicPartition", lambda t, r: [([draw(s, t, r), np.array(p, np.int32)], {"num_partitions": n}) for s, p, n in [((4,), [0, 1, 0, 2], 3), ((2, 2), [[1, 0], [0, 1]], 2), ((3, 2), [1, 1, 0], 4), ((0, 2), [], 2)]]),
    ("DynamicStitch", lambda t, r: [([[np.array(i, np.int32) for i in idx], [draw(s, t, r) for s in shapes]], {}) for idx, shapes in [([[0, 2], [1]], [(2,), (1,)]), ([1, [0, 1]], [(2,), (2, 2)])]]),
    ("Unique", lambda t, r: [([draw(s, t, r, 0, 3)], {"out_idx": o}) for s, o in [((7,), tf.int32), ((0,), tf.int64), ((1,), tf.int32), ((2, 2), tf.int32)]]),
    ("UniqueWithCounts", lambda t, r: [([draw(s, t, r, 0, 3)], {"out_idx": o}) for s, o in [((7,), tf.int32), ((0,), tf.int64)]]),
    ("UniqueV2", lambda t, r: [([draw(s, t, r, 0, 1), np.array(a, np.int32)], {}) for s, a in [((6,), [0]), ((5, 2), [0]), ((2, 5), [1]), ((6,), [])]]),
    ("ListDiff", lambda t, r: [([draw((6,), t, r, 0, 4), draw((3,), t, r, 0, 4)], {"out_idx": o}) for o in (tf.int32, tf.int64)]),
    ("InvertPermutation", lambda t, r: [([np.array(p).astype(t)], {}) for p in ([0], [2, 0, 1], [], [1, 1], [3, 0, 1])] if t in (np.int32, np.int64) else []),
    ("TopKV2", lambda t, r: [([draw(s, t, r), np.array(k, np.int32)], {"sorted": o}) for s, k, o in [((5,), 3, True), ((2, 4), 4, True), ((2, 2, 3), 1, False), ((3,), 0, True), ((3,), 4, True)]]),
    ("SpaceToBatchND", lambda t, r: [([draw(s, t, r), np.array(b, np.int32), np.array(p, np.int32)], {}) for s, b, p in [((1, 4, 1), [2], [[0, 0]]), ((1, 3, 2, 1), [2, 2], [[1, 0], [0, 0]]), ((2, 3), [3], [[0, 0]])]]),
    ("BatchToSpaceND", lambda t, r: [([draw(s, t, r), np.array(b, np.int32), np.array(p, np.int32)], {}) for s, b, p in [((2, 2, 1), [2], [[0, 0]]), ((4, 2, 1, 1), [2, 2], [[1, 0], [0, 0]]), ((6, 1), [3], [[0, 1]])]]),
    ("SpaceToBatch", lambda t, r: [([draw(s, t, r), np.array(p, np.int32)], {"block_size": 2}) for s, p in [((1, 4, 2, 1), [[0, 0], [0, 0]]), ((1, 3, 2, 2), [[1, 0], [0, 0]])]]),
    ("BatchToSpace", lambda t, r: [([draw(s, t, r), np.array(p, np.int32)], {"block_size": 2}) for s, p in [((4, 2, 1, 1), [[0, 0], [0, 0]]), ((8, 2, 1, 2), [[1, 0], [0, 1]])]]),
    ("SpaceToDepth", lambda t, r: [([draw(s, t, r)], {"block_size": 2}) for s in [(1, 2, 4, 1), (2, 2, 2, 3), (0, 2, 2, 1)]]),
    ("DepthToSpace", lambda t, r: [([draw(s, t, r)], {"block_size": 2}) for s in [(1, 2, 1, 4), (2, 1, 1, 8), (1, 1, 1, 3)]]),
    ("MatrixBandPart", lambda t, r: [([draw(s, t, r), np.array(l, np.int64), np.array(u, np.int64)], {}) for s, l, u in [((3, 3), 1, 0), ((2, 3, 4), 0, -1), ((0, 2, 2), 1, 1), ((4, 2), -1, 1)]]),
    ("MatrixDiag", lambda t, r: [([draw(s, t, r)], {}) for s in [(3,), (2, 2), (0,)]]),
    ("MatrixDiagPart", lambda t, r: [([draw(s, t, r)], {}) for s in [(3, 3), (2, 2, 3), (2, 4, 2)]]),
    ("MatrixSetDiag", lambda t, r: [([draw(s, t, r), draw(d, t, r)], {}) for s, d in [((3, 3), (3,)), ((2, 2, 3), (2, 2)), ((3, 3), (2,))]]),
    ("MatrixDiagV3", lambda t, r: [([draw(s, t, r), ints(*k) if len(k) > 1 else np.array(k[0], np.int32), np.array(n, np.int32), np.array(c, np.int32), draw((), t, r)], {"align": al}) for s, k, n, c, al in
        [((3,), [0], -1, -1, "RIGHT_LEFT"), ((2,), [1], 4, 3, "LEFT_RIGHT"), ((2, 3), [-1, 0], -1, -1, "LEFT_LEFT"), ((2, 2, 2), [0, 1], 2, 3, "RIGHT_RIGHT")]]),
    ("MatrixDiagPartV3", lambda t, r: [([draw(s, t, r), ints(*k) if len(k) > 1 else np.array(k[0], np.int32), draw((), t, r)], {"align": al}) for s, k, al in
        [((3, 3), [0], "RIGHT_LEFT"), ((2, 3, 4), [-1, 1], "LEFT_RIGHT"), ((3, 2), [-2, 0], "LEFT_LEFT"), ((2, 2, 2), [1], "RIGHT_RIGHT")]]),
    ("MatrixSetDiagV3", lambda t, r: [([draw(s, t, r), draw(d, t, r), ints(*k) if len(k) > 1 else np.array(k[0], np.int32)], {"align": al}) for s, d, k, al in
        [((3, 3), (3,), [0], "RIGHT_LEFT"), ((2, 3, 3), (2, 2, 3), [-1, 0], "LEFT_RIGHT"), ((3, 2), (2, 2), [-1, 0], "LEFT_LEFT"), ((2, 2, 3), (2, 2), [1], "RIGHT_RIGHT")]]),
    ("Diag", lambda t, r: [([draw(s, t, r)], {}) for s in [(3,), (2, 2), (0,)]]),
    ("DiagPart", lambda t, r: [([draw(s, t, r)], {}) for s in [(3, 3), (2, 2, 2, 2), (2, 3)]]),
    ("ScatterNd", lambda t, r: [([np.array(i, k), draw(u, t, r), np.array(s, k)], {}) for i, u, s, k in [([[0], [2], [0]], (3,), [4], np.int32), ([[1]], (1, 2), [3, 2], np.int64), ([[0, 1], [1, 0]], (2,), [2, 2], np.int32), ([[4]], (1,), [3], np.int32)]]),
]
for name in ["Update", "Add", "Sub", "Max", "Min"]:
    moves.append(("TensorScatter" + name, lambda t, r: [([draw(s, t, r), np.array(i, k), draw(u, t, r)], {}) for s, i, u, k in [((4,), [[0], [2], [0]], (3,), np.int32), ((3, 2), [[1]], (1, 2), np.int64), ((2, 2), [[0, 1], [1, 0]], (2,), np.int32), ((3,), [[4]], (1,), np.int32)]]))
for op, make in moves:
    # The shape function of these two asks for the rank of the block; sums of halves are rounded in an order of TensorFlow's own.
    sweep(op, ALL, make, **({"known": True} if op.endswith("ND") and "Batch" in op else {"atol": 2e-2} if op == "MirrorPadGrad" else {}))

for name in ["Sum", "Prod", "Max", "Min", "Mean"]:
    sweep("Segment" + name, NUMBERS, lambda t, r: [([draw(s, t, r, -3, 3), np.array(i, k)], {}) for s, i, k in [((4,), [0, 0, 1, 3], np.int32), ((3, 2), [0, 1, 1], np.int64), ((0, 2), [], np.int32), ((3,), [1, 0, 2], np.int32)]])
    if name != "Mean":
        sweep("UnsortedSegment" + name, NUMBERS, lambda t, r: [([draw(s, t, r, -3, 3), np.array(i, k), np.array(n, np.int32)], {}) for s, i, n, k in [((4,), [2, 0, -1, 2], 3, np.int32), ((3, 2), [1, 1, 0], 4, np.int64), ((2, 2), [[0, 1], [1, 0]], 2, np.int32), ((2,), [0, 5], 3, np.int32)]])
for op in ["SparseSegmentSum", "SparseSegmentMean", "SparseSegmentSqrtN"]:
    sweep(op, FLOATS + INTS + UINTS, lambda t, r: [([draw((4, 2), t, r), np.array(i, k), np.array(s, np.int32)], {}) for i, s, k in [([0, 3, 1], [0, 0, 2], np.int32), ([], [], np.int64), ([2], [1], np.int64), ([4], [0], np.int32)]])
    sweep(op + "WithNumSegments", FLOATS + INTS + UINTS, lambda t, r: [([draw((4, 2), t, r), np.array(i, k), np.array(s, np.int32), np.array(n, np.int32)], {}) for i, s, n, k in [([0, 3, 1], [0, 0, 2], 4, np.int32), ([], [], 2, np.int64), ([2], [1], 1, np.int64)]])

# Casts of every dtype into every other, also those that only casts know.
narrow = [t.as_numpy_dtype for t in (dtypes.int4, dtypes.uint4, dtypes.float8_e5m2, dtypes.float8_e4m3fn)]
for source in NUMBERS + [np.bool_]:
    values = draw((6,), source, seed("Cast", np.dtype(source).name), 0, 7) if source is np.bool_ else np.concatenate([draw((6,), source, seed("Cast", np.dtype(source).name), -7, 7), extremes(source)])
    safe = draw((2, 3), source, seed("Cast", "safe", np.dtype(source).name), 0, 7)
    for target in NUMBERS + [np.bool_] + narrow:
        for truncate in (False, True):
            # What C++ leaves open (out of the range of an integer, NaN to an integer) differs between processors: floats stay in range.
            open_cast = np.dtype(source).kind not in "iub" and np.dtype(target).kind not in "fc" and target is not bf16
            to_small_float = target in narrow[2:] and source in FLOATS
            g.case("Cast", [values if to_small_float else safe if open_cast or target in narrow else values], {"DstT": target, "Truncate": truncate})
for source in narrow:
    for target in NUMBERS + [np.bool_] + narrow:
        g.case("Cast", [np.array([[0, 1, 2], [3, 4, 5]]).astype(f32).astype(source)], {"DstT": target})
for source in NUMBERS:
    for target in NUMBERS + [tf.qint8, tf.quint8, tf.qint16, tf.quint16, tf.qint32]:
        for shape in [(2, 4), (3, 2), (1,), ()]:
            g.case("Bitcast", [draw(shape, source, seed("Bitcast", np.dtype(source).name))], {"type": target})

# Layers: small images through every geometry.
for t in [f16, bf16, f32, f64]:
    r = seed("conv", np.dtype(t).name)
    for h, k, s, d, p in itertools.product([3, 4], [1, 2, 3], [1, 2], [1, 2], ["SAME", "VALID"]):
        a = {"strides": [1, s, s, 1], "padding": p, "dilations": [1, d, d, 1]}
        if s > 1 and d > 1:
            continue
        g.case("Conv2D", [draw((1, h, 4, 2), t, r, -1, 1), draw((k, k, 2, 2), t, r, -1, 1)], a)
        if d == 1:
            g.case("DepthwiseConv2dNative", [draw((1, h, 4, 2), t, r, -1, 1), draw((k, k, 2, 2), t, r, -1, 1)], a)
            for op in ["MaxPool", "AvgPool"]:
                g.case(op, [draw((1, h, 4, 2), t, r)], {"ksize": [1, k, k, 1], "strides": [1, s, s, 1], "padding": p})
            g.case("MaxPoolWithArgmax", [draw((1, h, 4, 2), t, r)], {"ksize": [1, k, k, 1], "strides": [1, s, s, 1], "padding": p})
            g.case("Dilation2D", [draw((1, h, 4, 2), t, r), draw((k, k, 2), t, r)], {"strides": [1, s, s, 1], "rates": [1, 1, 1, 1], "padding": p})
            g.case("ExtractImagePatches", [draw((1, h, 4, 2), t, r)], {"ksizes": [1, k, k, 1], "strides": [1, s, s, 1], "rates": [1, 1, 1, 1], "padding": p})
            g.case("Conv3D", [draw((1, h, 3, 3, 1), t, r, -1, 1), draw((k, 1, 2, 1, 2), t, r, -1, 1)], {"strides": [1, s, 1, 1, 1], "padding": p})
            for op in ["MaxPool3D", "AvgPool3D"]:
                g.case(op, [draw((1, h, 3, 3, 1), t, r)], {"ksize": [1, k, 2, 1, 1], "strides": [1, s, 1, 2, 1], "padding": p})
for op in ["Softmax", "LogSoftmax"]:
    sweep(op, FLOATS, lambda t, r: [([draw(s, t, r)], {}) for s in [(4,), (2, 3), (2, 1, 3), (0, 3), (2, 0), ()]] + [([extremes(t)[1:-2]], {})])
sweep("SoftmaxCrossEntropyWithLogits", FLOATS, lambda t, r: [([draw(a, t, r), draw(b, t, r, 0, 1)], {}) for a, b in [((2, 3), (2, 3)), ((2, 3), (1, 3)), ((0, 3), (0, 3)), ((2, 3), (2, 2))]])
sweep("SparseSoftmaxCrossEntropyWithLogits", FLOATS, lambda t, r: [([draw(a, t, r), np.array(b, k)], {}) for a, b, k in [((2, 3), [0, 2], np.int32), ((2, 3), [1, 3], np.int64), ((0, 3), [], np.int32)]])
sweep("BiasAdd", NUMBERS, lambda t, r: [([draw(s, t, r), draw(b, t, r)], {"data_format": f}) for s, b, f in [((2, 3), (3,), "NHWC"), ((1, 2, 2, 2), (2,), "NHWC"), ((1, 2, 3, 2), (2,), "NCHW"), ((2, 3), (2,), "NHWC"), ((1, 2, 2, 1, 3), (3,), "NHWC")]])
sweep("BiasAddGrad", NUMBERS, lambda t, r: [([draw(s, t, r)], {"data_format": f}) for s, f in [((2, 3), "NHWC"), ((1, 2, 2, 2), "NHWC"), ((1, 2, 3, 2), "NCHW"), ((0, 3), "NHWC")]])
sweep("L2Loss", FLOATS, lambda t, r: [([draw(s, t, r)], {}) for s in [(), (4,), (2, 3), (0,)]])
sweep("MatMul", NUMBERS, lambda t, r: [([draw(a, t, r), draw(b, t, r)], {"transpose_a": ta, "transpose_b": tb}) for a, b, ta, tb in [((2, 3), (3, 2), False, False), ((3, 2), (3, 1), True, False), ((1, 3), (2, 3), False, True), ((0, 2), (2, 3), False, False), ((2, 0), (0, 2), False, False), ((2, 3), (2, 3), False, False)]], atol=1e-5)
for op in ["BatchMatMul", "BatchMatMulV2"]:
    sweep(op, NUMBERS, lambda t, r: [([draw(a, t, r), draw(b, t, r)], {"adj_x": x, "adj_y": y}) for a, b, x, y in [((2, 2, 3), (2, 3, 2), False, False), ((2, 3, 2), (2, 3, 1), True, False), ((2, 1, 2, 2), (1, 2, 2, 2), False, True), ((0, 2, 2), (0, 2, 1), False, False)]])
sweep("Einsum", NUMBERS, lambda t, r: [([[draw(s, t, r) for s in shapes]], {"equation": e}) for shapes, e in [([(2, 3), (3, 2)], "ij,jk->ik"), ([(2, 3)], "ij->j"), ([(2, 2)], "ii->i"), ([(2, 3, 2), (2, 2)], "bij,bj->bi"), ([(2, 1, 3), (3, 2)], "...ij,jk->...ik")]])
sweep("AddN", NUMBERS, lambda t, r: [([[draw(s, t, r) for _ in range(n)]], {}) for s, n in [((), 1), ((3,), 2), ((2, 2), 5), ((0,), 3)]])
sweep("ClipByValue", REAL, lambda t, r: [([draw(s, t, r), draw(b, t, r, 0, 1), draw(b, t, r, 2, 3)], {}) for s, b in [((5,), ()), ((2, 3), (2, 3)), ((0,), ()), ((2,), (3,))]])
sweep("Range", REAL, lambda t, r: [([np.array(v).astype(t) for v in values], {}) for values in [(0, 5, 1), (1, 10, 3), (3, 3, 1), (5, 0, 1), (0, 1, 0)]])
sweep("LinSpace", FLOATS, lambda t, r: [([np.array(a).astype(t), np.array(b).astype(t), np.array(n, k)], {}) for a, b, n, k in [(0, 1, 5, np.int32), (3, -1, 1, np.int64), (2, 2, 3, np.int32), (0, 1, 0, np.int32)]])
sweep("Betainc", FLOATS, lambda t, r: [([draw(a, t, r, 0.5, 4), draw(b, t, r, 0.5, 4), draw(x, t, r, 0, 1)], {}) for a, b, x in [((4,), (4,), (4,)), ((), (), (2, 2)), ((2,), (), ()), ((2,), (3,), (2,))]], **SPECIAL)
for op in ["LowerBound", "UpperBound"]:
    sweep(op, REAL, lambda t, r: [([np.sort(draw((2, 5), t, r), -1), draw((2, 3), t, r)], {"out_type": o}) for o in (tf.int32, tf.int64)])
sweep("Bincount", REAL, lambda t, r: [([np.array(v, np.int32), np.array(5, np.int32), draw(w, t, r)], {}) for v, w in [([0, 4, 4, 7], (4,)), ([], (0,)), ([1, 2], (0,))]])
sweep("DenseBincount", REAL, lambda t, r: [([np.array(v, k), np.array(5, k), draw(w, t, r)], {"binary_output": b}) for v, w, b, k in [([0, 4, 4, 7], (4,), False, np.int32), ([[1, 2], [0, 2]], (0,), True, np.int64), ([[1, 2], [0, 2]], (2, 2), False, np.int32)]])
sweep("CheckNumerics", FLOATS, lambda t, r: [([draw((3,), t, r)], {"message": "m"}), ([np.array([1, np.nan]).astype(t)], {"message": "m"}), ([np.array([np.inf, 1]).astype(t)], {"message": "m"})])
sweep("CheckNumericsV2", FLOATS, lambda t, r: [([draw((3,), t, r)], {"message": "m"}), ([np.array([1, np.nan]).astype(t)], {"message": "m"}), ([np.array([-np.inf, 1]).astype(t)], {"message": "m"})])
sweep("NthElement", REAL, lambda t, r: [([draw(s, t, r), np.array(n, np.int32)], {"reverse": v}) for s, n, v in [((5,), 0, False), ((2, 4), 2, True), ((3,), 3, False)]])
sweep("AsString", NUMBERS + [np.bool_, object], lambda t, r: [([draw((4,), t, r)], {}), ([draw((2, 2), t, r)], {"width": 7}), ([draw((2,), t, r)], {"width": 6, "fill": "0"}), ([draw((2,), t, r)], {"precision": 2}), ([draw((2,), t, r)], {"scientific": True})])
for op in ["ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea"]:
    sweep(op, REAL, lambda t, r: [([draw((1, 3, 4, 2), t, r, 0, 9), ints(*s)], {"align_corners": c, **h}) for s, c in [((2, 2), False), ((5, 7), True), ((3, 1), False)] for h in ([{}] if op == "ResizeArea" or c else [{}, {"half_pixel_centers": True}])])
sweep("CropAndResize", REAL, lambda t, r: [([draw((2, 4, 3, 1), t, r, 0, 9), np.array([[0, 0, 1, 1], [0.2, 0.5, 0.9, 1.4]], f32), ints(1, 0), ints(3, 2)], {"method": m}) for m in ("bilinear", "nearest")])
for op in ["RGBToHSV", "HSVToRGB"]:
    sweep(op, FLOATS, lambda t, r: [([draw(s, t, r, 0, 1)], {}) for s in [(3,), (2, 3), (1, 2, 2, 3), (0, 3), (2, 2)]])
g.write()
