"""Goldens that sweep layers, images and Fourier transforms: gradients of pools and convolutions, recurrent cells, boxes and colours, in every geometry and dtype."""
import itertools
import zlib

from golden import Golden, bf16, np, rng, tf

g = Golden("sweep-layers", __file__)
f16, f32, f64 = np.float16, np.float32, np.float64
FLOATS = [f16, bf16, f32, f64]
REAL = FLOATS + [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]
i32 = lambda *x: np.array(x, np.int32)
NAN, INF = np.nan, np.inf


def draw(shape, t, key, low=-2.0, high=2.0):
    """Values of a dtype, whole for integers, from a seed of their own."""
    random = rng(zlib.crc32(repr((shape, np.dtype(t).name, key)).encode()) % 2**31)
    if np.dtype(t).kind in "iu":
        return random.randint(0 if np.dtype(t).kind == "u" else -9, 10, shape).astype(t)
    if np.dtype(t).kind == "c":
        return (random.uniform(low, high, shape) + 1j * random.uniform(low, high, shape)).astype(t)
    return np.asarray(random.uniform(low, high, shape)).astype(t)


def close(t):
    """Sums in half precision follow an order of TensorFlow's own."""
    return {"rtol": 3e-2, "atol": 5e-2 if t is bf16 else 3e-2} if t in (f16, bf16) else {"rtol": 1e-4, "atol": 1e-5}


def case(op, inputs, attrs=None, name=None, **options):
    """Records a case; False where the op does not take the dtype."""
    try:
        return g.case(op, inputs, attrs, name, **options)
    except ValueError as e:
        if "building NodeDef" in str(e):
            return False
        raise


def out_size(n, k, s, padding, d=1):
    k = (k - 1) * d + 1
    return -(-n // s) if padding == "SAME" else max(0, -(-(n - k + 1) // s))


# Pools in two dimensions and their gradients.
for t in REAL:
    for n, k, s, p in [(4, 2, 2, "VALID"), (5, 3, 2, "SAME"), (3, 2, 1, "SAME"), (4, 3, 1, "VALID"), (4, 1, 2, "VALID"), (2, 2, 2, "SAME")]:
        o = out_size(n, k, s, p)
        x, shape = draw((2, n, n, 3), t, "x"), (2, o, o, 3)
        a = {"ksize": [1, k, k, 1], "strides": [1, s, s, 1], "padding": p}
        v2 = [i32(1, k, k, 1), i32(1, s, s, 1)]
        case("MaxPoolV2", [x] + v2, {"padding": p})
        if t in FLOATS:
            case("AvgPoolGrad", [i32(2, n, n, 3), draw(shape, t, "dy")], a, **close(t))
        y = np.zeros(shape, t)
        for i, j in itertools.product(range(o), range(o)):
            before = max((o - 1) * s + k - n, 0) // 2 if p == "SAME" else 0
            top, left = i * s - before, j * s - before
            y[:, i, j] = x[:, max(top, 0):top + k, max(left, 0):left + k].max(axis=(1, 2))
        case("MaxPoolGrad", [x, y, draw(shape, t, "dy")], a)
        case("MaxPoolGradV2", [x, y, draw(shape, t, "dy")] + v2, {"padding": p})
        case("MaxPoolGradGrad", [x, y, draw(x.shape, t, "ddy")], a)
        case("MaxPoolGradGradV2", [x, y, draw(x.shape, t, "ddy")] + v2, {"padding": p})
        for index in (np.int64, np.int32):
            where = np.arange(2 * o * o * 3, dtype=index).reshape(shape) % (n * n * 3)
            case("MaxPoolGradWithArgmax", [x, draw(shape, t, "dy"), where], a)
x, y, a = draw((1, 4, 4, 2), f32, "x"), draw((1, 2, 2, 2), f32, "y"), {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
# A gradient of another size is not recorded: TensorFlow reads beyond it.
for name, args in [("three sizes", [i32(4, 4, 2), y]), ("gradient of rank 3", [i32(1, 4, 4, 2), y[0]]), ("empty", [i32(0, 4, 4, 2), y[:0]]),
                   ("NaN and infinity", [i32(1, 4, 4, 2), np.array([NAN, INF, -INF, 1, 0, 3e38, 2, -1], f32).reshape(1, 2, 2, 2)])]:
    case("AvgPoolGrad", args, a, name)
for name, args in [("rank 3", [x[0], i32(1, 2, 2, 1), i32(1, 2, 2, 1)]), ("three sizes", [x, i32(2, 2, 1), i32(1, 2, 2, 1)]), ("no size", [x, i32(1, 0, 2, 1), i32(1, 2, 2, 1)]), ("no step", [x, i32(1, 2, 2, 1), i32(1, 0, 2, 1)]),
                   ("batches", [x, i32(2, 2, 2, 1), i32(1, 2, 2, 1)]), ("channels", [x, i32(1, 1, 1, 2), i32(1, 1, 1, 2)]), ("empty", [x[:0], i32(1, 2, 2, 1), i32(1, 2, 2, 1)]), ("larger than the image", [x, i32(1, 5, 5, 1), i32(1, 1, 1, 1)])]:
    case("MaxPoolV2", args, {"padding": "VALID"}, name)
for op in ("MaxPoolGrad", "MaxPoolGradGrad"):
    other = y if op == "MaxPoolGrad" else x
    case(op, [x, y[:, :1], other], a, "output of another size")
    case(op, [x, y, other[:, :1]], a, "gradient of another size")
    case(op, [x[0], y[0], other[0]], a, "rank 3")
    case(op, [x[:0], y[:0], other[:0]], a, "empty")

# Pools in three dimensions.
for t in FLOATS:
    for n, k, s, p in [(4, 2, 2, "VALID"), (3, 2, 1, "SAME"), (3, 3, 2, "SAME"), (3, 1, 2, "VALID")]:
        o = out_size(n, k, s, p)
        a = {"ksize": [1, k, k, k, 1], "strides": [1, s, s, s, 1], "padding": p}
        x, dy = draw((1, n, n, n, 2), t, "x"), draw((1, o, o, o, 2), t, "dy")
        case("AvgPool3DGrad", [i32(1, n, n, n, 2), dy], a, **close(t))
        y = np.zeros(dy.shape, t)
        before = max((o - 1) * s + k - n, 0) // 2 if p == "SAME" else 0
        for at in itertools.product(range(o), repeat=3):
            window = tuple(slice(max(c * s - before, 0), c * s - before + k) for c in at)
            y[(0,) + at] = x[0][window].max(axis=(0, 1, 2))
        case("MaxPool3DGrad", [x, y, dy], a, **close(t))
a = {"ksize": [1, 2, 2, 2, 1], "strides": [1, 2, 2, 2, 1], "padding": "VALID"}
case("AvgPool3DGrad", [i32(1, 4, 4, 4), draw((1, 2, 2, 2, 2), f32, "g")], a, "four sizes")
case("AvgPool3DGrad", [i32(1, 4, 4, 4, 2), draw((2, 2, 2, 2), f32, "g")], a, "rank 4")
case("AvgPool3DGrad", [i32(0, 4, 4, 4, 2), np.zeros((0, 2, 2, 2, 2), f32)], a, "empty")
case("MaxPool3DGrad", [draw((4, 4, 4, 2), f32, "x"), draw((2, 2, 2, 2), f32, "y"), draw((2, 2, 2, 2), f32, "g")], a, "rank 4")
case("MaxPool3DGrad", [np.zeros((0, 4, 4, 4, 2), f32), np.zeros((0, 2, 2, 2, 2), f32), np.zeros((0, 2, 2, 2, 2), f32)], a, "empty")

# Convolutions' gradients.
for t in FLOATS:
    for n, k, s, p in [(4, 3, 1, "SAME"), (5, 2, 2, "VALID"), (4, 1, 1, "VALID"), (3, 3, 2, "SAME")]:
        o = out_size(n, k, s, p)
        dy3, a3 = draw((1, o, o, o, 3), t, "dy", -1, 1), {"strides": [1, s, s, s, 1], "padding": p}
        case("Conv3DBackpropFilterV2", [draw((1, n, n, n, 2), t, "x", -1, 1), i32(k, k, k, 2, 3), dy3], a3, **close(t))
        for index in (np.int32, np.int64):
            case("Conv3DBackpropInputV2", [np.array([1, n, n, n, 2], index), draw((k, k, k, 2, 3), t, "w", -1, 1), dy3], a3, **close(t))
        for multiplier in (1, 2):
            dy, a2 = draw((2, o, o, 2 * multiplier), t, ("dy", multiplier), -1, 1), {"strides": [1, s, s, 1], "padding": p}
            case("DepthwiseConv2dNativeBackpropFilter", [draw((2, n, n, 2), t, "x", -1, 1), i32(k, k, 2, multiplier), dy], a2, **close(t))
            case("DepthwiseConv2dNativeBackpropInput", [i32(2, n, n, 2), draw((k, k, 2, multiplier), t, "w", -1, 1), dy], a2, **close(t))
x, w, dy = draw((1, 4, 4, 4, 2), f32, "x"), draw((2, 2, 2, 2, 3), f32, "w"), draw((1, 4, 4, 4, 3), f32, "dy")
a = {"strides": [1, 1, 1, 1, 1], "padding": "SAME"}
case("Conv3DBackpropFilterV2", [x, i32(2, 2, 2, 2), dy], a, "four sizes")
case("Conv3DBackpropFilterV2", [x, i32(2, 2, 2, 1, 3), dy], a, "one channel")
case("Conv3DBackpropFilterV2", [x, i32(2, 2, 2, 2, 4), dy], a, "four filters")
case("Conv3DBackpropFilterV2", [x, i32(2, 2, 2, 2, 3), dy[:, :3]], a, "gradient of another size")
case("Conv3DBackpropInputV2", [i32(1, 4, 4, 4), w, dy], a, "four sizes")
case("Conv3DBackpropInputV2", [i32(1, 4, 4, 4, 3), w, dy], a, "three channels")
case("Conv3DBackpropInputV2", [i32(1, 4, 4, 4, 2), w, dy[..., :2]], a, "two filters")
case("Conv3DBackpropInputV2", [i32(2, 4, 4, 4, 2), w, dy], a, "two images")
x, w, dy, a = draw((1, 4, 4, 2), f32, "x"), draw((2, 2, 2, 1), f32, "w"), draw((1, 4, 4, 2), f32, "dy"), {"strides": [1, 1, 1, 1], "padding": "SAME"}
case("DepthwiseConv2dNativeBackpropFilter", [x, i32(2, 2, 2), dy], a, "three sizes")
case("DepthwiseConv2dNativeBackpropFilter", [x, i32(2, 2, 3, 1), dy], a, "three channels")
case("DepthwiseConv2dNativeBackpropFilter", [x, i32(2, 2, 2, 1), dy[:, :2]], a, "gradient of another size")
case("DepthwiseConv2dNativeBackpropInput", [i32(1, 4, 4), w, dy], a, "three sizes")
case("DepthwiseConv2dNativeBackpropInput", [i32(1, 4, 4, 3), w, dy], a, "three channels")
case("DepthwiseConv2dNativeBackpropInput", [i32(1, 4, 4, 2), w, dy[:, :2]], a, "gradient of another size")

# Normalisation, biases, layouts.
for t in REAL + [np.complex64]:
    for shape in [(2, 3), (2, 2, 3), (1, 2, 2, 3), (0, 3), (1, 2, 1, 2, 3)]:
        case("BiasAddV1", [draw(shape, t, "x"), draw((3,), t, "b")])
case("BiasAddV1", [draw((2, 3), f32, "x"), draw((2,), f32, "b")])
case("BiasAddV1", [draw((2, 3), f32, "x"), draw((3, 1), f32, "b")])
case("BiasAddV1", [draw((3,), f32, "x"), draw((3,), f32, "b")])
case("BiasAddV1", [np.array([[NAN, INF, -INF]], f32), np.array([1, -INF, 3e38], f32)])
for t in FLOATS:
    for eps, scale in [(1e-3, True), (0.1, False), (0.0, True)]:
        v = [draw((3,), t, k) for k in "mbg"]
        case("BatchNormWithGlobalNormalization", [draw((2, 2, 2, 3), t, "x"), v[0], np.abs(draw((3,), t, "v")), v[1], v[2]], {"variance_epsilon": eps, "scale_after_normalization": scale}, producer=8, **close(t))
v = [draw((3,), f32, k) for k in "mvbg"]
a = {"variance_epsilon": 1e-3, "scale_after_normalization": True}
case("BatchNormWithGlobalNormalization", [draw((2, 3), f32, "x")] + v, a, "rank 2", producer=8)
case("BatchNormWithGlobalNormalization", [draw((1, 2, 2, 3), f32, "x"), v[0][:, None]] + v[1:], a, "a matrix of means", producer=8)
case("BatchNormWithGlobalNormalization", [np.zeros((0, 2, 2, 3), f32), v[0], np.abs(v[1])] + v[2:], a, "empty", producer=8)
for t in (f32, f16, bf16):
    for n, radius, bias, alpha, beta in [(5, 1, 1.0, 1.0, 0.5), (3, 0, 2.0, 0.5, 0.75), (8, 3, 1.0, 0.1, 1.0), (1, 5, 1.0, 1.0, 2.0)]:
        a = {"depth_radius": radius, "bias": bias, "alpha": alpha, "beta": beta}
        x = draw((2, 1, 2, n), t, "x")
        case("LRN", [x], a, **close(t))
        y = x.astype(f64) / (bias + alpha * np.stack([(x.astype(f64)[..., max(0, c - radius):c + radius + 1] ** 2).sum(-1) for c in range(n)], -1)) ** beta
        case("LRNGrad", [draw(x.shape, t, "dy"), x, y.astype(t)], a, **close(t))
case("LRN", [np.zeros((0, 2, 2, 3), f32)])
case("LRNGrad", [draw((1, 2, 2, 3), f32, "dy"), draw((1, 2, 2, 2), f32, "x"), draw((1, 2, 2, 3), f32, "y")], name="shapes differ")
case("LRNGrad", [draw((2, 3), f32, "dy"), draw((2, 3), f32, "x"), draw((2, 3), f32, "y")], name="rank 2")
for index in (np.int32, np.int64):
    for src, dst in [("NHWC", "NCHW"), ("NCHW", "NHWC"), ("NHWC", "HWNC"), ("NCHW", "NHWC"), ("NHWC", "NHWC")]:
        case("DataFormatDimMap", [np.arange(-4, 4).astype(index)], {"src_format": src, "dst_format": dst})
    case("DataFormatDimMap", [np.array(2, index)])
    case("DataFormatDimMap", [np.zeros((0, 2), index)])
    case("DataFormatDimMap", [np.arange(-5, 5).astype(index)], {"src_format": "NDHWC", "dst_format": "NCDHW"})
    case("DataFormatDimMap", [np.array([4], index)], name="beyond")
    case("DataFormatDimMap", [np.array([-5], index)], name="before")
case("DataFormatDimMap", [i32(0)], {"src_format": "NHW", "dst_format": "NCHW"}, "short")

# Quantization.
q = np.array([-INF, -7, -1.5, -0.3, -0.0, 0, 1e-6, 0.11, 0.5, 1, 2.51, 6, 6.5, 1e30, INF, NAN], f32)
for lo, hi in [(-6.0, 6.0), (0.0, 1.0), (-1.0, 0.5), (-0.1, 6.0), (-10.0, -1.0), (1.0, 4.0)]:
    for bits, narrow in [(8, False), (2, False), (3, True), (16, False)]:
        a = {"min": lo, "max": hi, "num_bits": bits, "narrow_range": narrow}
        case("FakeQuantWithMinMaxArgs", [q[1:-2]], a)
        case("FakeQuantWithMinMaxArgsGradient", [draw((16,), f32, "g"), q], a)
case("FakeQuantWithMinMaxArgs", [np.zeros((0, 2), f32)])
case("FakeQuantWithMinMaxArgs", [f32(0.3)])
case("FakeQuantWithMinMaxArgs", [q[1:4]], {"min": 2.0, "max": 1.0}, "bounds the other way")
case("FakeQuantWithMinMaxArgs", [q[1:4]], {"num_bits": 1}, "one bit")
case("FakeQuantWithMinMaxArgsGradient", [np.zeros((0,), f32), np.zeros((0,), f32)])
case("FakeQuantWithMinMaxArgsGradient", [draw((3,), f32, "g"), draw((4,), f32, "x")], name="shapes differ")
for t in FLOATS:
    for axis, n in [(-1, ()), (0, (3,)), (1, (4,))]:
        x = draw((3, 4), t, ("x", axis))
        lo, hi = -np.ones(n, t), np.full(n, 0.75, t)
        case("QuantizeAndDequantizeV4Grad", [draw((3, 4), t, "g"), x, lo, hi], {"axis": axis})
for t in (f32, f64):
    case("QuantizeAndDequantizeV4Grad", [np.array([1, 2, 3, 4], t), np.array([-1, 1, NAN, INF], t), np.array(-1, t), np.array(1, t)], name="edges")
    case("QuantizeAndDequantizeV4Grad", [np.zeros((0,), t), np.zeros((0,), t), np.array(-1, t), np.array(1, t)])
    case("QuantizeAndDequantizeV4Grad", [draw((3,), t, "g"), draw((4,), t, "x"), np.array(-1, t), np.array(1, t)], name="shapes differ")
    case("QuantizeAndDequantizeV4Grad", [draw((3, 4), t, "g"), draw((3, 4), t, "x"), np.ones(2, t), np.ones(2, t)], {"axis": 0}, "two bounds")

# Recurrent cells.
for t in (f32, f16):
    for (b, i, c), peephole, forget, clip in itertools.product([(1, 1, 1), (2, 3, 4), (3, 2, 5)], (False, True), (1.0, 0.0), (-1.0, 0.2)):
        m = lambda *shape: draw(shape, t, (i, c, peephole), -1, 1)
        state = [m(b, c), m(b, c) * t(0.5), m(i + c, 4 * c), m(c), m(c) * t(0.5), m(c) * t(-0.5), m(4 * c)]
        a = {"use_peephole": peephole, "forget_bias": forget, "cell_clip": clip}
        case("LSTMBlockCell", [m(b, i)] + state, a, **close(t))
        if forget == 1:
            del a["forget_bias"]
            for steps in (1, 4):
                x = [np.array(steps, np.int64), m(steps, b, i)] + state
                case("BlockLSTM", x, dict(a, forget_bias=0.5), **close(t))
                case("BlockLSTMV2", x, a, **close(t))
for b, i, c in [(1, 1, 1), (2, 3, 4), (3, 2, 5), (4, 6, 2), (1, 5, 3)]:
    m = lambda *shape: draw(shape, f32, (i, c), -1, 1)
    case("GRUBlockCell", [m(b, i), m(b, c), m(i + c, 2 * c), m(i + c, c), m(2 * c), m(c)])
    case("GRUBlockCell", [10 * m(b, i), m(b, c), 20 * m(i + c, 2 * c), m(i + c, c), m(2 * c), m(c)], name="saturated %d %d %d" % (b, i, c))
m = lambda *shape: draw(shape, f32, "cell", -1, 1)
gru = [m(2, 3), m(2, 4), m(7, 8), m(7, 4), m(8), m(4)]
lstm = [m(2, 3), m(2, 4), m(2, 4), m(7, 16), m(4), m(4), m(4), m(16)]
bad = {0: m(3, 3), 1: m(2, 5), 2: m(7, 7), 3: m(6, 4), 4: m(7), 5: m(5)}
for at, x in bad.items():
    case("GRUBlockCell", gru[:at] + [x] + gru[at + 1:], name="argument %d of another size" % at)
for at, x in {1: m(3, 4), 2: m(2, 5), 3: m(6, 16), 7: m(15)}.items():
    case("LSTMBlockCell", lstm[:at] + [x] + lstm[at + 1:], name="argument %d of another size" % at)

# Images.
for t in (f32, f16):
    colours = draw((2, 3, 2, 3), t, "rgb", 0, 1)
    for delta in (-1.0, -0.3, 0.0, 0.25, 1.0, 7.0):
        case("AdjustHue", [colours, f32(delta)], **close(t))
    for factor in (0.0, 0.5, 1.0, 3.0, -1.0):
        case("AdjustSaturation", [colours, f32(factor)], **close(t))
        case("AdjustContrastv2", [colours, f32(factor)], **close(t))
special = np.array([[[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 1, 0], [0, 1, 1], [-1, 0.5, 2]]], f32)
for op in ("AdjustHue", "AdjustSaturation", "AdjustContrastv2"):
    case(op, [special, f32(0.4)], name="corners")
    case(op, [draw((2, 2), f32, "x"), f32(0.4)], name="rank 2")
    case(op, [np.zeros((0, 2, 3), f32), f32(0.4)], name="empty")
    case(op, [special, np.array([0.4], f32)], name="a vector of factors")
    case(op, [draw((2, 2, 4), f32, "x", 0, 1), f32(0.4)], name="four channels")
boxes = np.array([[0, 0, 1, 1], [0, 0.05, 1, 1.05], [0.5, 0.5, 0.9, 0.9], [0.9, 0.9, 0.5, 0.5], [0, 0, 0, 0], [0.1, 0, 0.9, 1.2], [-1, -1, 2, 2]], f32)
scores = np.array([0.9, 0.75, 0.6, 0.95, 0.5, 0.3, -0.1], f32)
for top, iou in itertools.product((0, 1, 3, 20), (0.0, 0.3, 0.5, 1.0)):
    n = np.array(top, np.int32)
    case("NonMaxSuppression", [boxes, scores, n], {"iou_threshold": iou})
    for t in (f32, f16):
        case("NonMaxSuppressionV2", [boxes.astype(t), scores.astype(t), n, np.array(iou, t)])
        for low, pad in [(0.0, False), (0.6, True), (-INF, True)]:
            case("NonMaxSuppressionV4", [boxes.astype(t), scores.astype(t), n, np.array(iou, t), np.array(low, t)], {"pad_to_max_output_size": pad})
    overlaps = np.abs(draw((7, 7), f32, "o", 0, 1))
    for low in (-INF, 0.0, 0.7):
        case("NonMaxSuppressionWithOverlaps", [overlaps, scores, n, f32(iou), f32(low)])
n, half = np.array(3, np.int32), f32(0.5)
for name, b, s, iou in [("boxes of three", boxes[:, :3], scores, half), ("few scores", boxes, scores[:3], half), ("rank 1", boxes[0], scores, half), ("threshold above 1", boxes, scores, f32(1.5)), ("threshold below 0", boxes, scores, f32(-0.1)), ("a vector of thresholds", boxes, scores, np.array([0.5], f32)),
                        ("none", boxes[:0], scores[:0], half), ("NaN", boxes, np.where(scores > 0.7, NAN, scores).astype(f32), half), ("scores of rank 2", boxes, scores[:, None], half)]:
    case("NonMaxSuppressionV2", [b, s, n, iou], name=name)
    case("NonMaxSuppressionV4", [b, s, n, iou, f32(0)], name=name)
    if iou.shape == ():
        case("NonMaxSuppression", [b, s, n], {"iou_threshold": float(iou)}, name=name)
case("NonMaxSuppressionWithOverlaps", [overlaps[:3], scores, n, half, f32(0)], name="few rows")
case("NonMaxSuppressionWithOverlaps", [overlaps[0], scores, n, half, f32(0)], name="rank 1")
case("NonMaxSuppressionWithOverlaps", [overlaps, scores[:2], n, half, f32(0)], name="few scores")
case("NonMaxSuppressionWithOverlaps", [overlaps, scores, i32(1, 2), half, f32(0)], name="two limits")
for q_, classes in [(1, 2), (2, 2), (1, 1), (3, 3)]:
    many = np.abs(draw((2, 6, q_, 4), f32, "boxes", 0, 1))
    s = draw((2, 6, classes), f32, "scores", 0, 1)
    for per, total, pad, clip in [(2, 3, False, True), (3, 20, True, False), (1, 9, False, False), (6, 4, True, True)]:
        case("CombinedNonMaxSuppression", [many, s, np.int32(per), np.int32(total), half, f32(0.1)], {"pad_per_class": pad, "clip_boxes": clip})
many, s = draw((1, 6, 1, 4), f32, "boxes", 0, 1), draw((1, 6, 2), f32, "scores", 0, 1)
for name, args in [("boxes of rank 3", [many[0], s, np.int32(2), np.int32(3), half, half]), ("scores of rank 2", [many, s[0], np.int32(2), np.int32(3), half, half]), ("none wanted", [many, s, np.int32(0), np.int32(3), half, half]),
                   ("no total", [many, s, np.int32(2), np.int32(0), half, half]), ("threshold above 1", [many, s, np.int32(2), np.int32(3), f32(2), half]), ("a vector of limits", [many, s, i32(2), np.int32(3), half, half]),
                   ("few scores", [many, s[:, :4], np.int32(2), np.int32(3), half, half]), ("nothing above", [many, s, np.int32(2), np.int32(3), half, f32(2)])]:
    case("CombinedNonMaxSuppression", args, name=name)
crops = np.array([[0, 0, 1, 1], [0.2, 0.5, 0.9, 1.4], [0.7, 0.6, 0.1, 0.2]], f32)
for t in REAL:
    case("CropAndResizeGradBoxes", [draw((3, 2, 3, 2), f32, "g"), draw((2, 4, 5, 2), t, "x"), crops, i32(1, 0, 1)], rtol=1e-4, atol=1e-4)
for t in (f16, f32, f64):
    for method, size in itertools.product(("bilinear", "nearest"), ((2, 3), (1, 1), (4, 2))):
        case("CropAndResizeGradImage", [draw((3,) + size + (2,), f32, "g"), crops, i32(1, 0, 1), i32(2, 4, 5, 2)], {"T": t, "method": method}, **close(t))
for name, args in [("no such image", [draw((3, 2, 3, 2), f32, "g"), crops, i32(1, 0, 2), i32(2, 4, 5, 2)]), ("rank 3", [draw((2, 3, 2), f32, "g"), crops, i32(1, 0, 1), i32(2, 4, 5, 2)]),
                   ("three sizes", [draw((3, 2, 3, 2), f32, "g"), crops, i32(1, 0, 1), i32(4, 5, 2)]), ("empty", [np.zeros((0, 2, 3, 2), f32), crops[:0], np.zeros(0, np.int32), i32(2, 4, 5, 2)]),
                   ("two boxes", [draw((3, 2, 3, 2), f32, "g"), crops[:2], i32(1, 0), i32(2, 4, 5, 2)])]:
    case("CropAndResizeGradImage", args, {"T": f32}, name)
    if name != "three sizes":
        case("CropAndResizeGradBoxes", [args[0], draw((2, 4, 5, 2), f32, "x"), args[1], args[2]], name=name)
turns = np.array([[1, 0, 0, 0, 1, 0, 0, 0], [0.8, 0.3, -1, -0.2, 1.1, 0.5, 0.01, -0.02]], f32)
for t in [np.uint8, np.int32, np.int64, f16, f32, f64, bf16]:
    for mode, fill in itertools.product(("NEAREST", "BILINEAR"), ("CONSTANT", "REFLECT", "WRAP", "NEAREST")):
        case("ImageProjectiveTransformV2", [draw((2, 4, 5, 2), t, "x"), turns, i32(3, 6)], {"interpolation": mode, "fill_mode": fill}, **(close(t) if t in FLOATS else {}))
for name, args in [("rank 3", [draw((4, 5, 2), f32, "x"), turns, i32(3, 6)]), ("seven numbers", [draw((2, 4, 5, 2), f32, "x"), turns[:, :7], i32(3, 6)]), ("three transforms", [draw((2, 4, 5, 2), f32, "x"), turns[[0, 1, 0]], i32(3, 6)]),
                   ("one size", [draw((2, 4, 5, 2), f32, "x"), turns, i32(3)]), ("no pixels", [draw((2, 4, 5, 2), f32, "x"), turns, i32(0, 6)]), ("one transform", [draw((2, 4, 5, 2), f32, "x"), turns[:1], i32(3, 6)])]:
    case("ImageProjectiveTransformV2", args, {"interpolation": "BILINEAR"}, name)

# Fourier transforms.
for op, t in itertools.product(("FFT2D", "IFFT2D", "FFT3D", "IFFT3D"), (np.complex64, np.complex128)):
    for shape in [(1, 1, 1), (2, 3, 4), (3, 1, 5), (0, 2, 2), (2, 4, 2, 3), (7, 6, 1)]:
        case(op, [draw(shape, t, "x")], rtol=1e-4, atol=1e-4)
    case(op, [draw((3,), t, "x")], name="rank 1")
    case(op, [np.array([1, INF, 1j, NAN, 0, 1, 2, 3], t).reshape(2, 2, 2)], name="not finite")
for rank, (real, t) in itertools.product((2, 3), ((f32, np.complex64), (f64, np.complex128))):
    a = {"Treal": tf.as_dtype(real), "Tcomplex": tf.as_dtype(t)}
    for shape, length in [((2, 3, 4), (2, 3, 4)), ((2, 3, 5), (2, 3, 5)), ((3, 4, 6), (2, 3, 4)), ((2, 2, 3), (3, 4, 6)), ((1, 1, 1), (1, 1, 1)), ((0, 2, 2), (2, 2, 2))]:
        if shape[0] > 0:
            case("RFFT%dD" % rank, [draw(shape, real, "x"), i32(*length[-rank:])], a, rtol=1e-4, atol=1e-4)
            case("IRFFT%dD" % rank, [draw(shape[:-1] + (shape[-1] // 2 + 1,), t, "x"), i32(*length[-rank:])], a, rtol=1e-4, atol=1e-4)
    for op, x in (("RFFT%dD" % rank, draw((2, 3, 4), real, "x")), ("IRFFT%dD" % rank, draw((2, 3, 3), t, "x"))):
        case(op, [x, i32(4)], a, "one length")
        case(op, [x[0, 0], i32(*(2, 3, 4)[-rank:])], a, "rank 1")
        case(op, [x, i32(*(-1, -3, -4)[-rank:])], a, "negative lengths")
        # Of no length, the error of RFFT is a line of C++; an empty input that is to be padded is memory as it was.
        if op.startswith("I"):
            case(op, [x, i32(*(0, 0, 0)[-rank:])], a, "lengths of nothing")
g.write()
