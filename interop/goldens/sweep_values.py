"""Goldens that sweep what the sweeps of layers and of arithmetic leave out: positions, strings, sparse and ragged values, seeds, summaries, in every dtype, with empty, extreme and wrong inputs."""
import gzip
import itertools
import zlib

from golden import Golden, bf16, np, rng, tf

g = Golden("sweep-values", __file__)
f16, f32, f64 = np.float16, np.float32, np.float64
FLOATS = [f16, bf16, f32, f64]
INTS = [np.int8, np.int16, np.int32, np.int64]
UINTS = [np.uint8, np.uint16, np.uint32, np.uint64]
COMPLEX = [np.complex64, np.complex128]
REAL = FLOATS + INTS + UINTS
NUMBERS = REAL + COMPLEX
ALL = NUMBERS + [np.bool_, object]
i32 = lambda *x: np.array(x, np.int32)
i64 = lambda *x: np.array(x, np.int64)
u64 = lambda *x: np.array(x, np.uint64)
NAN, INF = np.nan, np.inf


def s(*items, shape=None):
    """Byte strings as an array."""
    out = np.empty(len(items), object)
    out[:] = [x if isinstance(x, bytes) else x.encode() for x in items]
    return out.reshape(len(items) if shape is None else shape)


def draw(shape, t, key, low=-5, high=5):
    """Values of a dtype within bounds, from a seed of their own."""
    random = rng(zlib.crc32(repr((shape, np.dtype(t).name, key)).encode()) % 2**31)
    if t is object:
        return s(*[bytes(random.choice(list(b"abc"), random.randint(0, 4)).astype(np.uint8)) for _ in range(int(np.prod(shape)))], shape=shape)
    if t is np.bool_:
        return random.randint(0, 2, shape).astype(np.bool_)
    if np.dtype(t).kind in "iu":
        return random.randint(max(low, 0) if np.dtype(t).kind == "u" else low, high + 1, shape).astype(t)
    x = random.uniform(low, high, shape)
    if np.dtype(t).kind == "c":
        x = x + 1j * random.uniform(low, high, shape)
    return np.asarray(x).astype(t)


def case(op, inputs=(), attrs=None, name=None, **options):
    """Records a case; False where the op does not take the dtype."""
    try:
        return g.case(op, inputs, attrs, name, **options)
    except ValueError as e:
        if "building NodeDef" in str(e):
            return False
        raise


# Values passed on, constants, placeholders.
SHAPES = [(), (0,), (3,), (2, 2), (1, 0, 2), (2, 1, 2, 1, 2)]
for t in ALL:
    for shape in SHAPES:
        x = draw(shape, t, "x")
        case("Const", [], {"value": x, "dtype": tf.string if t is object else t})
        case("GuaranteeConst", [x])
        case("PlaceholderWithDefault", [x], {"shape": None})
        case("EnsureShape", [x], {"shape": [-1] * len(shape)})
        case("Print", [x, [x, i32(1, 2)]], {"message": "m", "first_n": 0})
    case("IdentityN", [[draw((2,), t, "a"), draw((), t, "b"), i32(1)]])
    for n in (1, 2):
        case("ShapeN", [[draw(shape, t, "x") for shape in SHAPES[:3 * n]]], {"out_type": tf.int32 if n == 1 else tf.int64})
    for shape in ((), (0, 3)):
        case("Empty", [np.array(shape, np.int32)], {"dtype": tf.string if t is object else t, "init": True})
case("PlaceholderWithDefault", [np.ones((2, 3), f32)], {"shape": [2, -1]})
for op in ("Placeholder", "PlaceholderV2"):
    for t, shape in itertools.product((tf.float32, tf.string, tf.int64), (None, [], [2, 3], [-1])):
        case(op, [], {"dtype": t, "shape": shape}, producer=22 if op == "PlaceholderV2" else None)
for shape, name in [(i32(-1), "negative"), (i32(2, 3), "some"), (np.int32(2), "scalar"), (i32(2, 2).reshape(1, 2), "matrix")]:
    case("Empty", [shape], {"dtype": tf.float32, "init": True}, name)
for stream, text, end in itertools.product(("stderr", "nowhere"), ("", "a line", "é"), ("\n", "")):
    if stream == "stderr" and (text or end):
        continue
    case("PrintV2", [s(text).reshape(())], {"output_stream": stream, "end": end})
case("PrintV2", [s("a", "b")], {"output_stream": "stderr"}, "two lines")
for op in ("GuaranteeConst",):
    case(op, [np.array([NAN, INF, -0.0], f32)])

# Positions.
for t, axis in itertools.product((np.int32, np.int64), (0, 1, -1, -2, 2, -3)):
    case("ConcatOffset", [np.int32(axis), [np.array(x, t) for x in ([2, 3], [4, 3], [0, 3])]])
    case("ConcatOffset", [np.int32(axis), [np.array(x, t) for x in ([2, 3], [2, 5])]])
    case("ConcatOffset", [np.int32(axis), [np.array(x, t) for x in ([2, 3, 4], [2, 3, 4], [2, 3, 4])]])
for name, axis, shapes in [("ranks differ", np.int32(0), [i32(1, 2), i32(1)]), ("matrices", np.int32(0), [i32(1, 2).reshape(1, 2)] * 2), ("a vector of axes", i32(0), [i32(1), i32(2)]), ("scalars", np.int32(0), [np.int32(1)] * 2)]:
    case("ConcatOffset", [axis, shapes], name=name)
for t in ALL:
    h = [i64(0, 0, 0, 1, 1, 0).reshape(3, 2), draw((3,), t, "h", 0, 2), i64(2, 3)]
    r = [i64(0, 0, 0, 1, 1, 1).reshape(3, 2), draw((3,), t, "h", 0, 2), i64(2, 2)]
    for normalize in (True, False):
        case("EditDistance", h + r, {"normalize": normalize})
        case("EditDistance", h + [r[0][:0], r[1][:0], i64(3, 2)], {"normalize": normalize})
        case("EditDistance", [i64(0, 1, 0, 0, 0, 1, 1, 2, 0).reshape(3, 3), h[1], i64(2, 3, 4), i64(0, 1, 0, 1, 2, 0).reshape(2, 3), h[1][:2], i64(2, 3, 1)], {"normalize": normalize})
for name, change in [("ranks differ", {2: i64(2, 3, 1)}), ("few values", {1: i32(1)}), ("indices of rank 1", {0: i64(1, 2)}), ("shape of rank 2", {2: i64(2, 3).reshape(1, 2)}), ("truth's shape of rank 2", {5: i64(2, 3).reshape(1, 2)}),
                     ("outside", {0: i64(0, 0, 0, 1, 5, 0).reshape(3, 2)}), ("truth outside", {3: i64(0, 0, 0, 1, 5, 0).reshape(3, 2)}), ("out of order", {0: i64(1, 0, 0, 1, 0, 0).reshape(3, 2)}), ("truth's few values", {4: i32(1, 2)})]:
    args = [i64(0, 0, 0, 1, 1, 0).reshape(3, 2), i32(1, 2, 3), i64(2, 3), i64(0, 0, 0, 1, 1, 1).reshape(3, 2), i32(1, 3, 3), i64(2, 2)]
    for at, x in change.items():
        args[at] = x
    case("EditDistance", args, name=name)
for t in ALL:
    # Of strings, TensorFlow leaves rows of nothing as the memory was.
    for shape in [(1,), (3,), (2, 3), (0, 2), (2, 2, 2)] + ([] if t is object else [(2, 0)]):
        case("Fingerprint", [draw(shape, t, "x"), s("farmhash64").reshape(())])
    for k, diagonal in [((0,), (3,)), ((1,), (3,)), ((-1, 0), (2, 3)), ((-2, 1), (4, 3))]:
        case("MatrixSetDiagV2", [draw((3, 4), t, "m"), draw(diagonal, t, "d"), np.array(k if len(k) > 1 else k[0], np.int32)])
    case("MatrixSetDiagV2", [draw((2, 0, 3, 3), t, "m"), draw((2, 0, 3), t, "d"), np.int32(0)])
    for idx, shapes in [([[0, 2], [1]], [(2,), (1,)]), ([1, [0, 1]], [(2,), (2, 2)]), ([[], [0]], [(0, 2), (1, 2)]), ([[0, 0], [0]], [(2,), (1,)])]:
        case("ParallelDynamicStitch", [[np.array(x, np.int32) for x in idx], [draw(x, t, i) for i, x in enumerate(shapes)]])
case("Fingerprint", [f32(1), s("farmhash64").reshape(())], name="a scalar")
case("Fingerprint", [np.ones((2, 2), f32), s("md5").reshape(())], name="another method")
case("Fingerprint", [np.ones((2, 2), f32), s("farmhash64")], name="a vector of methods")
for name, args in [("matrix of rank 1", [np.ones(3, f32), np.ones(3, f32), np.int32(0)]), ("diagonal too long", [np.ones((3, 3), f32), np.ones(4, f32), np.int32(0)]), ("beyond", [np.ones((3, 3), f32), np.ones(1, f32), np.int32(3)]), ("the other way", [np.ones((3, 3), f32), np.ones((2, 3), f32), i32(1, 0)]),
                   ("three bounds", [np.ones((3, 3), f32), np.ones((2, 3), f32), i32(0, 1, 2)])]:
    case("MatrixSetDiagV2", args, name=name)
for name, args in [("counts differ", [[i32(0, 1)], [np.ones(3, f32)]]), ("negative", [[i32(0, -1)], [np.ones(2, f32)]]), ("rows differ", [[i32(0), i32(1)], [np.ones((1, 2), f32), np.ones((1, 3), f32)]])]:
    case("ParallelDynamicStitch", args, name=name)

# Arithmetic.
for t in (np.int32, np.int64, f32, f64):
    for boundaries in ([], [0.0], [-2.5, 0.0, 1.0, 3.0], [1.0, 1.0, 2.0], [3.0, 1.0]):
        x = np.array([-3, -2.5, -1, 0, 0.5, 1, 3, 99]).astype(t)
        case("Bucketize", [x], {"boundaries": boundaries})
    case("Bucketize", [np.zeros((0, 2), t)], {"boundaries": [1.0]})
    case("Bucketize", [np.array(2, t)], {"boundaries": [1.0]})
case("Bucketize", [np.array([NAN, INF, -INF], f32)], {"boundaries": [0.0, 1.0]})
for t, out in ((f32, np.complex64), (f64, np.complex128)):
    for a, b in [((), ()), ((3,), ()), ((2, 1), (3,)), ((0,), (1,)), ((2,), (3,)), ((2, 1, 2), (1, 3, 1))]:
        case("Complex", [draw(a, t, "a"), draw(b, t, "b")], {"Tout": out})
    case("Complex", [np.array([NAN, INF, -0.0], t), np.array([1, -INF, NAN], t)], {"Tout": out})
    for a, x in [((5,), (5,)), ((), (4,)), ((2, 1), (1, 3)), ((0,), (0,)), ((2,), (3,))]:
        case("IgammaGradA", [draw(a, t, "a", 0.2, 8), draw(x, t, "x", 0.1, 9)], rtol=1e-3, atol=1e-5)
    case("IgammaGradA", [np.array([0, -1, 1, NAN, 2, 1], t), np.array([1, 1, 0, 1, -1, INF], t)], rtol=1e-3, name="edges")
for a, b in itertools.product((f32, bf16), repeat=2):
    for (m, k, n), ta, tb, sparse in [((2, 3, 4), False, False, (True, False)), ((5, 2, 1), True, False, (False, True)), ((3, 4, 2), False, True, (True, True)), ((2, 2, 2), True, True, (False, False)), ((0, 3, 2), False, False, (True, False)), ((2, 0, 2), False, False, (True, False))]:
        x, y = draw((k, m) if ta else (m, k), a, "x"), draw((n, k) if tb else (k, n), b, "y")
        x[..., :1] = 0
        case("SparseMatMul", [x, y], {"transpose_a": ta, "transpose_b": tb, "a_is_sparse": sparse[0], "b_is_sparse": sparse[1]}, rtol=1e-4, atol=1e-4)
case("SparseMatMul", [draw((2, 3), f32, "x"), draw((2, 3), f32, "y")])
case("SparseMatMul", [draw((3,), f32, "x"), draw((3, 2), f32, "y")])
for op in ("SparseSegmentSumGradV2", "SparseSegmentMeanGradV2", "SparseSegmentSqrtNGradV2"):
    for t, index in itertools.product(FLOATS, (np.int32, np.int64)):
        close = {"rtol": 2e-2, "atol": 2e-2} if t in (f16, bf16) else {}
        for idx, seg, n in [([0, 3, 1, 3], [0, 0, 1, 2], 5), ([], [], 3), ([2, 2, 2], [0, 1, 1], 3), ([1], [2], 2)]:
            case(op, [draw((3, 2), t, "g"), np.array(idx, index), np.array(seg, index), np.int32(n)], **close)
    for name, idx, seg, n in [("segment beyond", [0, 1], [0, 3], 4), ("index beyond", [0, 4], [0, 1], 4), ("negative index", [0, -1], [0, 1], 4), ("counts differ", [0, 1], [0], 4), ("negative segment", [0, 1], [-1, 0], 4), ("no rows", [0], [0], 0)]:
        case(op, [draw((3, 2), f32, "g"), np.array(idx, np.int32), np.array(seg, np.int32), np.int32(n)], name=name)

# Sparse values.
for t in NUMBERS:
    a, b, total = i64(0, 0, 0, 2, 3, 1).reshape(3, 2), i64(0, 1, 0, 2, 2, 2).reshape(3, 2), i64(0, 0, 0, 1, 0, 2, 2, 2, 3, 1).reshape(5, 2)
    case("SparseAddGrad", [draw((5,), t, "g"), a, b, total])
    case("SparseAddGrad", [draw((2,), t, "g"), a[:0], b[:2], b[:2]])
    case("SparseAddGrad", [draw((0,), t, "g"), a[:0], b[:0], b[:0]])
    case("SparseSliceGrad", [draw((2,), t, "g"), i64(0, 0, 1, 1, 1, 2, 3, 0).reshape(4, 2), i64(1, 1), i64(0, 0, 0, 1).reshape(2, 2)])
    case("SparseSliceGrad", [draw((0,), t, "g"), i64(0, 0, 1, 1).reshape(2, 2), i64(5, 5), np.zeros((0, 2), np.int64)])
    case("SparseFillEmptyRowsGrad", [i64(3, 0, 2), draw((5,), t, "g")])
    case("SparseFillEmptyRowsGrad", [i64(), draw((3,), t, "g")])
    case("SparseFillEmptyRowsGrad", [i64(0, 1), draw((2,), t, "g")])
grad = draw((5,), f32, "g")
for name, args in [("gradient of rank 2", [grad[:, None], a, b, total]), ("indices of rank 1", [grad, a[0], b, total]), ("indices of three", [grad, np.zeros((3, 3), np.int64), b, total]), ("few gradients", [grad[:2], a, b, total]), ("indices that the sum lacks", [grad[:2], a, b, a[:2]])]:
    case("SparseAddGrad", args, name=name)
for name, args in [("gradient of rank 2", [grad[:2, None], a, i64(1, 1), total[:2]]), ("start of rank 2", [grad[:2], a, i64(1, 1).reshape(1, 2), total[:2]]), ("few gradients", [grad[:1], a, i64(0, 0), total[:2]]), ("start of three", [grad[:2], a, i64(0, 0, 0), total[:2]]), ("indices of rank 1", [grad[:2], a[0], i64(0, 0), total[:2]])]:
    case("SparseSliceGrad", args, name=name)
case("SparseFillEmptyRowsGrad", [i64(0, 1), grad[:, None]], name="gradient of rank 2")
case("SparseFillEmptyRowsGrad", [np.int64(0), grad], name="a scalar map")
for t in (f16, f32, f64):
    close = {"rtol": 1e-2, "atol": 1e-3} if t is f16 else {}
    for shape, places in [((2, 3), [[0, 0], [0, 2], [1, 1]]), ((2, 2, 3), [[0, 0, 0], [0, 0, 1], [1, 1, 2]]), ((3, 3), []), ((1, 4), [[0, 0], [0, 1], [0, 3]])]:
        case("SparseSoftmax", [np.array(places, np.int64).reshape(-1, len(shape)), draw((len(places),), t, "x"), i64(*shape)], **close)
    case("SparseSoftmax", [i64(0, 0, 0, 1).reshape(2, 2), np.array([1000, -1000], t), i64(1, 2)])
case("SparseSoftmax", [i64(0, 0, 0, 1, 1, 0).reshape(3, 2), np.array([INF, 1, NAN], f32), i64(2, 2)])
for name, args in [("rank 1", [i64(0).reshape(1, 1), f32([1]), i64(3)]), ("few values", [i64(0, 0, 0, 1).reshape(2, 2), f32([1]), i64(2, 2)]), ("values of rank 2", [i64(0, 0).reshape(1, 2), f32([[1]]), i64(2, 2)]), ("indices of rank 1", [i64(0, 0), f32([1]), i64(2, 2)]), ("shape of rank 2", [i64(0, 0).reshape(1, 2), f32([1]), i64(2, 2).reshape(1, 2)]),
                   ("outside", [i64(0, 5).reshape(1, 2), f32([1]), i64(2, 2)]), ("out of order", [i64(1, 0, 0, 0).reshape(2, 2), f32([1, 2]), i64(2, 2)])]:
    case("SparseSoftmax", [np.asarray(x) for x in args], name=name)

# Strings.
texts = s("", "a", "Hello, Wörld", "ÀÉ ß ŸŁ", "日本語", b"\xff\xfe\xc3", "  pad\t\n", "x" * 300, "A\x00B", "ǅ İ ı ﬁ")
for shape in [(10,), (2, 5), (5, 1, 2)]:
    x = texts.reshape(shape)
    for op in ("StringLower", "StringUpper"):
        for encoding in ("", "utf-8"):
            case(op, [x[..., :] if encoding == "" else np.where(x == b"\xff\xfe\xc3", b"e", x)], {"encoding": encoding})
    case("StringStrip", [x])
    for unit in ("BYTE", "UTF8_CHAR"):
        case("StringLength", [np.where(x == b"\xff\xfe\xc3", b"e", x)], {"unit": unit})
    for pad in (True, False):
        case("EncodeBase64", [x], {"pad": pad})
for op in ("StringLower", "StringUpper", "StringStrip", "StringLength", "EncodeBase64"):
    case(op, [s("One").reshape(())])
    case(op, [s(shape=(0, 2))])
    case(op, [s("a", "ab", "abc", "abcd", "abcde", b"\x00\xff")])
for op in ("StringStrip",):
    for text in (" ", "\t a\r\n", "\x0b\x0c", "\u00a0nbsp\u00a0", "no", "a  b "):
        case(op, [s(text, "  " + text)])
case("StringLower", [s("A")], {"encoding": "latin-1"}, "another encoding")
for shapes, separator in itertools.product([[(3,), (3,)], [(2, 2), (), (2, 2)], [(), ()], [(0,), ()], [(2,)], [(2,), (3,)], [(1,), (3,)], [(2, 1), (2, 1), (2, 1)]], ("", ", ", "é")):
    case("StringJoin", [[draw(x, object, i) for i, x in enumerate(shapes)]], {"separator": separator})
patterns = [r"a+", r"(\w)(\d)", r"^\s*$", r"", r"[[:upper:]]\pL*", r"(?i)HELLO", r"日|x", r"\b", r"(?s).*", r"(?P<n>b)", r"(", r"a{2000}", r"(?=a)", r"\1"]
subjects = s("", "aa b1 a", "Hello hello", "日本 x1y2", "a\nb", "   ", "b")
for pattern in patterns:
    case("StaticRegexFullMatch", [subjects], {"pattern": pattern})
    case("RegexFullMatch", [subjects, s(pattern).reshape(())])
    for rewrite, every in ((r"<\0>", True), ("-", False), (r"\1x", True)):
        case("StaticRegexReplace", [subjects], {"pattern": pattern, "rewrite": rewrite, "replace_global": every})
case("StaticRegexFullMatch", [s(shape=(0, 2))], {"pattern": "a"})
case("StaticRegexReplace", [s(shape=(0, 2))], {"pattern": "a", "rewrite": "b"})
case("StaticRegexReplace", [s("a").reshape(())], {"pattern": "a", "rewrite": "\\"})
for base, shard, total in [("model", 0, 1), ("", 3, 10), ("/a/b", 99999, 100000), ("x", 123456, 1234567), ("x", -1, 5), ("é", 0, 0)]:
    case("ShardedFilename", [s(base).reshape(()), np.int32(shard), np.int32(total)])
    case("ShardedFilespec", [s(base).reshape(()), np.int32(total)])
    case("ShardedFilespec", [s(base + "2").reshape(()), np.int32(shard)])
case("ShardedFilename", [s("a", "b"), np.int32(0), np.int32(1)])
case("ShardedFilename", [s("a").reshape(()), i32(0), np.int32(1)])
case("ShardedFilespec", [s("a", "b"), np.int32(1)])

# Bytes and examples.
for t in NUMBERS + [np.bool_, object]:
    for shape in SHAPES[:4]:
        case("SerializeTensor", [draw(shape, t, "x")])
payloads = [b"", b"a", b"hello" * 100, bytes(range(256))]
for kind in ("", "ZLIB", "GZIP"):
    pack = {"": lambda x: x, "ZLIB": zlib.compress, "GZIP": lambda x: gzip.compress(x, mtime=0)}[kind]
    case("DecodeCompressed", [s(*[pack(x) for x in payloads])], {"compression_type": kind}, kind or "none")
    case("DecodeCompressed", [s(pack(b"xy")).reshape(())], {"compression_type": kind}, "scalar " + kind)
    case("DecodeCompressed", [s(shape=(0, 2))], {"compression_type": kind}, "empty " + kind)
    case("DecodeCompressed", [s(*[pack(x) for x in payloads], shape=(2, 2))], {"compression_type": kind}, "matrix " + kind)
    if kind:
        case("DecodeCompressed", [s(b"not compressed at all")], {"compression_type": kind}, "no such bytes " + kind)
        case("DecodeCompressed", [s(pack(b"hello" * 100)[:20])], {"compression_type": kind}, "cut off " + kind)
feature = lambda text: '{"features": {"feature": {%s}}}' % text
for name, texts_ in [("integers", [feature('"a": {"int64List": {"value": [1, "-2", 9007199254740993]}}')]), ("floats", [feature('"a": {"floatList": {"value": [1.5, -2, 1e10, "Infinity", "NaN"]}}')]), ("snake case", [feature('"a": {"int64_list": {"value": [3]}}')]),
                     ("none", [feature('"a": {}'), "{}"]), ("several", [feature('"b": {"int64List": {"value": [3]}}, "a": {"bytesList": {"value": ["aGk=", ""]}}')]), ("empty list", [feature('"a": {"floatList": {"value": []}}')]), ("no JSON", ["{"]), ("unknown field", ['{"feature": 1}']),
                     ("wrong kind", [feature('"a": {"int64List": {"value": [1.5]}}')]), ("null", [feature('"a": null')]), ("white space", [' { "features" :\n {} } ']), ("empty", [""]), ("unicode", [feature('"\\u00e9": {"int64List": {"value": [1]}}')])]:
    case("DecodeJSONExample", [s(*texts_)], name=name)

# Summaries.
for t in REAL:
    case("ScalarSummary", [s("a", "b/c"), np.array([1, 2]).astype(t)])
    case("ScalarSummary", [s("x").reshape(()), np.array(3).astype(t)])
    case("HistogramSummary", [s("h").reshape(()), draw((7,), t, "h")])
    case("HistogramSummary", [s("h").reshape(()), np.zeros((0,), t)])
for values in ([0.0] * 4, [1e-13, -1e-13, 1e20, -1e30], [0.1, 0.11, 0.5, 100]):
    case("HistogramSummary", [s("h").reshape(()), np.array(values, f32)])
case("HistogramSummary", [s("h").reshape(()), np.array([1, NAN], f32)], name="NaN")
case("HistogramSummary", [s("h").reshape(()), np.array([1, INF], f32)], name="infinity")
case("HistogramSummary", [s("a", "b"), np.array([1], f32)], name="two tags")
case("ScalarSummary", [s("a", "b"), np.array([1], f32)], name="shapes differ")
case("ScalarSummary", [s("a"), np.array([NAN], f32)], name="NaN")
case("ScalarSummary", [s(shape=(0,)), np.array([], f32)], name="none")


def summary(tag):
    return tf.compat.v1.Summary(value=[tf.compat.v1.Summary.Value(tag=tag, simple_value=2.5)]).SerializeToString()


for name, parts in [("two", [s(summary("a")).reshape(()), s(summary("b")).reshape(())]), ("one", [s(summary("a")).reshape(())]), ("vectors", [s(summary("a"), summary("b")), s(summary("c"))]), ("empty", [s("").reshape(()), s(summary("c")).reshape(())]), ("none", [s(shape=(0,))]),
                    ("twice", [s(summary("a")).reshape(()), s(summary("a")).reshape(())]), ("twice in one", [s(summary("a"), summary("a"))]), ("no summary", [s("not a summary").reshape(())]), ("matrix", [s(summary("a"), summary("b"), shape=(1, 2))])]:
    case("MergeSummary", [parts], name=name)
for t in ALL:
    case("TensorSummaryV2", [s("tag").reshape(()), draw((2, 2), t, "x"), s("").reshape(())])
case("TensorSummaryV2", [s("a", "b"), f32(1), s("").reshape(())], name="two tags")
case("TensorSummaryV2", [s("a").reshape(()), f32(1), s("not metadata").reshape(())], name="no metadata")

# Seeds and draws.
for seed in (i32(1, 2), i64(-1, 2**40), i64(0, 0), i32(-5, 7), i32(1), i32(1, 2, 3), i32(1, 2).reshape(2, 1), i64(2**62, -2**62)):
    case("StatelessRandomGetKeyCounter", [seed])
    case("StatelessRandomGetKeyCounterAlg", [seed])
    for t in (np.int32, np.int64):
        case("StatelessRandomUniformInt", [i32(2, 3), seed, np.array(-7, t), np.array(11, t)])
    case("StatelessMultinomial", [np.log(f32([[1, 2, 3], [3, 2, 1]])), np.int32(5), seed])
draws = {"StatelessRandomUniformV2": FLOATS, "StatelessRandomNormalV2": FLOATS, "StatelessTruncatedNormalV2": FLOATS, "StatelessRandomUniformFullIntV2": [np.int32, np.int64, np.uint32, np.uint64], "StatelessRandomUniformIntV2": [np.int32, np.int64, np.uint32, np.uint64]}
for op, types in draws.items():
    whole = op == "StatelessRandomUniformIntV2"
    for t in types:
        bounds = [np.array(0 if np.dtype(t).kind == "u" else -5, t), np.array(9, t)] if whole else []
        a = {} if whole else {"dtype": t}
        close = {} if np.dtype(t).kind in "iu" or op == "StatelessRandomUniformV2" else {"rtol": 2e-2, "atol": 1e-2} if t in (f16, bf16) else {"rtol": 2e-5, "atol": 1e-6}
        for alg, counter in ((1, u64(3, 2**60)), (3, u64(0, 1)), (2, u64(9))):
            for shape in (i32(5), i64(2, 3), i32(), i32(0, 4)):
                case(op, [shape, u64(2**63 + 5), counter, np.int32(alg)] + bounds, a, **close)
    t = types[0] if whole or len(types) and np.dtype(types[0]).kind in "iu" else f32
    bounds = [np.array(0, t), np.array(9, t)] if whole else []
    a = {} if whole else {"dtype": t}
    for name, args in [("two keys", [i32(3), u64(1, 2), u64(1, 2), np.int32(1)]), ("no algorithm", [i32(3), u64(1), u64(1, 2), np.int32(7)]), ("short counter", [i32(3), u64(1), u64(), np.int32(1)]), ("scalar key", [i32(3), np.uint64(1), u64(1, 2), np.int32(1)]),
                       ("a vector of algorithms", [i32(3), u64(1), u64(1, 2), i32(1)]), ("negative shape", [i32(-3), u64(1), u64(1, 2), np.int32(1)]), ("scalar shape", [np.int32(3), u64(1), u64(1, 2), np.int32(1)])]:
        case(op, args + bounds, a, name)
    if whole:
        for name, lo, hi in (("no room", 5, 5), ("the other way", 6, 5), ("vectors", [1, 2], [3, 4])):
            case(op, [i32(3), u64(1), u64(1, 2), np.int32(1), np.array(lo, t), np.array(hi, t)], a, name)
for t, out, n in itertools.product(REAL, (np.int32, np.int64), (0, 6)):
    case("StatelessMultinomial", [draw((2, 3), t, "l", 0, 3), np.int32(n), i32(1, 2)], {"output_dtype": out})
for name, args in [("rank 1", [np.ones(3, f32), np.int32(2), i32(1, 2)]), ("negative", [np.ones((1, 3), f32), np.int32(-2), i32(1, 2)]), ("no classes", [np.ones((1, 0), f32), np.int32(2), i32(1, 2)]), ("no rows", [np.ones((0, 3), f32), np.int32(2), i32(1, 2)]), ("a vector of counts", [np.ones((1, 3), f32), i32(2), i32(1, 2)]),
                   ("impossible", [f32([[-INF, 0, -INF]]), np.int32(4), i32(1, 2)])]:
    case("StatelessMultinomial", args, name=name)
for name, lo, hi, t in (("no room", 5, 5, np.int32), ("the other way", 6, 5, np.int64), ("vectors", [1, 2], [3, 4], np.int32), ("everything", -2**31, 2**31 - 1, np.int32), ("everything", -2**63, 2**63 - 1, np.int64)):
    case("StatelessRandomUniformInt", [i32(3), i32(1, 2), np.array(lo, t), np.array(hi, t)], name=name)
for t in NUMBERS + [object]:
    for shape in [(5,), (4, 2), (0,), (1,), ()]:
        case("RandomShuffle", [draw(shape, t, "x")], {"seed": 3, "seed2": 4})
for t in (f16, f32, f64):
    for shape, alpha in [((4,), [0.5, 1, 3]), ((2, 2), 2.5), ((), [0.1, 20]), ((0,), [1]), ((3,), [])]:
        case("RandomGamma", [np.array(shape, np.int32), np.array(alpha, t)], {"seed": 3, "seed2": 4}, **({"rtol": 2e-5, "atol": 1e-6} if t is not f16 else {}))
case("RandomGamma", [np.int32(2), f32([1])], {"seed": 3, "seed2": 4}, "scalar shape")
case("RandomGamma", [i32(-2), f32([1])], {"seed": 3, "seed2": 4}, "negative shape")

# Crossed columns.
for order, hashed, t, splits in itertools.product(("RR", "RD", "DR"), (True, False), (np.int64, object), (np.int32, np.int64)):
    v = [draw((4,), t, "a", 0, 9), draw((3,), t, "b", 0, 9)]
    ragged = [np.array([0, 2, 2, 4], splits), np.array([0, 1, 3, 3], splits)]
    n = order.count("R")
    case("RaggedCross", [v[:n], ragged[:n], [], [], [], [draw((3, 2), t, "d", 0, 9)] * (2 - n)], {"input_order": order, "hashed_output": hashed, "num_buckets": 50 if splits is np.int32 and hashed else 0, "hash_key": 956888297470, "out_values_type": tf.int64 if hashed else tf.string, "out_row_splits_type": splits}, name="%s %s %s %s" % (order, hashed, np.dtype(t).name, np.dtype(splits).name))
g.write()
