"""Goldens of the nn family but convolutions and pools: activations, losses, normalization, quantization. Run: python interop/goldens/nn.py"""
import base64

from golden import Golden, bf16, encode, np, rng, tf

g = Golden("nn", __file__)
r = rng(5)
f32, f64, f16, i32, i64 = np.float32, np.float64, np.float16, np.int32, np.int64
REAL = [f32, f64, f16, bf16, np.int8, np.int16, i32, i64, np.uint8, np.uint16, np.uint32, np.uint64]
FLOAT = [f32, f64, f16, bf16]


def m(*shape, dtype=f32, scale=3.0):
    if np.issubdtype(dtype, np.integer):
        low = 0 if np.issubdtype(dtype, np.unsignedinteger) else -9
        return r.randint(low, 10, shape).astype(dtype)
    return r.uniform(-scale, scale, shape).astype(dtype)


def unwritten(index, array):
    """TensorFlow leaves this output of the last case unwritten: what the kernels here promise instead."""
    if "outputs" in g.cases[-1]:
        g.cases[-1]["outputs"][index] = encode(array)


special = np.array([-np.inf, -100, -20, -1, -0.0, 0, 1e-8, 0.5, 1, 5.999, 6, 7, 20, 100, np.inf, np.nan], f32)

for op in ("Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Softplus", "Softsign"):
    for dtype in REAL if op in ("Relu", "Relu6") else FLOAT:
        g.case(op, [m(3, 5, dtype=dtype)])
        g.case(op, [m(0, dtype=dtype)])
    g.case(op, [special], name="special values")
    g.case(op, [special.astype(f64)], name="special values in float64")
    g.case(op, [m()], name="scalar")
    g.gradient_case(op, [m(3, 5)])
g.case("LeakyRelu", [special], {"alpha": 0.05})
g.case("LeakyRelu", [special], {"alpha": 1.5})
g.gradient_case("LeakyRelu", [m(3, 5)], {"alpha": 0.1})
for op in ("ReluGrad", "Relu6Grad", "LeakyReluGrad", "EluGrad", "SeluGrad", "SoftplusGrad", "SoftsignGrad"):
    for dtype in REAL if op in ("ReluGrad", "Relu6Grad") else FLOAT:
        g.case(op, [m(3, 5, dtype=dtype), m(3, 5, dtype=dtype)])
    g.case(op, [np.ones(16, f32) * 2, special], name="special values")
    if op in ("ReluGrad", "Relu6Grad"):
        for dtype in (f32, f64, f16):
            for value in (np.inf, -np.inf, np.nan):
                g.case(op, [np.full(16, value, dtype), special.astype(dtype)], name="gradients without bound")
    if op not in ("ReluGrad", "Relu6Grad", "SoftsignGrad"):
        g.gradient_case(op, [m(3, 5), m(3, 5)])
    g.case(op, [m(3, 5), m(3, 4)], name="shapes differ")
    g.case(op, [m(3, 5), m(5, 3)], name="shapes of one size differ")
g.gradient_case("ReluGrad", [m(3, 5), m(3, 5)])
g.gradient_case("Relu6Grad", [m(3, 5), m(3, 5)])

for dtype in REAL + [np.complex64]:
    for fmt, shape, c in [("NHWC", (2, 3), 3), ("NHWC", (2, 2, 2, 3), 3), ("NCHW", (2, 3, 2), 3), ("NCHW", (2, 3, 2, 2), 3), ("NHWC", (0, 3), 3)]:
        v = (m(*shape) + 0j).astype(dtype) if dtype == np.complex64 else m(*shape, dtype=dtype)
        b = (m(c) + 1j).astype(dtype) if dtype == np.complex64 else m(c, dtype=dtype)
        g.case("BiasAdd", [v, b], {"data_format": fmt})
        g.case("BiasAddGrad", [v], {"data_format": fmt}, rtol=2e-2 if dtype in (f16, bf16) else None, atol=2e-2 if dtype in (f16, bf16) else None)
g.case("BiasAddV1", [m(2, 3), m(3)])
g.case("BiasAddV1", [m(2, 2, 3), m(3)])
g.case("BiasAdd", [m(2, 3, 2, 2, 2), m(3)], {"data_format": "NCHW"})
g.case("BiasAddGrad", [m(2, 3, 2, 2, 2)], {"data_format": "NCHW"})
g.case("BiasAdd", [m(2, 3), m(4)])
g.case("BiasAdd", [m(2, 3), m(3, 1)])
g.case("BiasAdd", [m(3), m(3)])
g.case("BiasAdd", [m(2, 3, 2, 2), m(2)], {"data_format": "NCHW"})
g.case("BiasAddGrad", [m(3)])
g.case("BiasAddGrad", [m(64, 10)])
for fmt, shape in [("NHWC", (2, 3)), ("NHWC", (2, 2, 2, 3)), ("NCHW", (2, 3, 2, 2))]:
    for known in (True, False):
        g.gradient_case("BiasAdd", [m(*shape), m(3)], {"data_format": fmt}, known_shapes=known)
        g.gradient_case("BiasAddGrad", [m(*shape)], {"data_format": fmt}, known_shapes=known)
g.gradient_case("BiasAddV1", [m(2, 3), m(3)])

for op in ("Softmax", "LogSoftmax"):
    for dtype in FLOAT:
        kw = {} if dtype in (f32, f64) else {"rtol": 2e-2, "atol": 2e-2}
        for shape in [(2, 3), (1, 1), (4,), (2, 3, 4), (0, 3), (2, 0), (5, 17)]:
            g.case(op, [m(*shape, dtype=dtype)], **kw)
    g.case(op, [np.array([[1000, 1001, -1000], [np.inf, 1, 2], [-np.inf, 1, 2], [-np.inf, -np.inf, -np.inf], [np.nan, 1, 2], [88, -88, 0], [-200, -100, 0]], f32)], name="large and special")
    g.case(op, [m()], name="scalar")
    g.gradient_case(op, [m(3, 5)])
    g.gradient_case(op, [m(2, 3, 5)], known_shapes=False)

def labels(*shape, dtype=f32):
    x = r.uniform(0, 1, shape)
    return (x / x.sum(-1, keepdims=True)).astype(dtype)

for dtype in FLOAT:
    kw = {} if dtype in (f32, f64) else {"rtol": 3e-2, "atol": 3e-2}
    for shape in [(2, 3), (1, 1), (0, 3), (5, 17)]:
        g.case("SoftmaxCrossEntropyWithLogits", [m(*shape, dtype=dtype), labels(*shape, dtype=dtype)], **kw)
        for it in (i32, i64):
            g.case("SparseSoftmaxCrossEntropyWithLogits", [m(*shape, dtype=dtype), r.randint(0, shape[1], shape[0]).astype(it)], **kw)
onehot = np.eye(3, dtype=f32)
big = np.array([[1000, -1000, 0], [100, -100, 0], [1, 2, 3]], f32)
g.case("SoftmaxCrossEntropyWithLogits", [big, onehot], name="large logits")
g.case("SoftmaxCrossEntropyWithLogits", [np.array([[np.inf, 0, 1], [-np.inf, 0, 1], [np.nan, 0, 1]], f32), onehot], name="special logits")
g.case("SoftmaxCrossEntropyWithLogits", [m(2, 3), labels(1, 3)], name="broadcast labels")
g.case("SoftmaxCrossEntropyWithLogits", [m(1, 3), labels(2, 3)], name="broadcast logits")
g.case("SoftmaxCrossEntropyWithLogits", [m(2, 1), labels(2, 3)], name="broadcast classes")
g.case("SoftmaxCrossEntropyWithLogits", [m(2, 3), labels(2, 4)])
g.case("SoftmaxCrossEntropyWithLogits", [m(3), labels(3)])
g.case("SoftmaxCrossEntropyWithLogits", [m(2, 0), m(2, 0)])
g.case("SoftmaxCrossEntropyWithLogits", [m(2, 2, 3), labels(2, 2, 3)])
g.case("SparseSoftmaxCrossEntropyWithLogits", [big, np.array([0, 1, 2], i32)], name="large logits")
g.case("SparseSoftmaxCrossEntropyWithLogits", [big, np.array([0, 3, 2], i32)], name="label too large")
g.case("SparseSoftmaxCrossEntropyWithLogits", [big, np.array([-1, 1, 2], i64)], name="label negative")
g.case("SparseSoftmaxCrossEntropyWithLogits", [m(2, 3), np.array([0, 1, 2], i32)])
g.case("SparseSoftmaxCrossEntropyWithLogits", [m(3), np.array([0], i32)])
g.case("SparseSoftmaxCrossEntropyWithLogits", [m(2, 3), np.array([[0], [1]], i32)])
g.case("SparseSoftmaxCrossEntropyWithLogits", [m(2, 0), np.array([0, 1], i32)])
g.gradient_case("SoftmaxCrossEntropyWithLogits", [m(2, 3), labels(2, 3)])
g.gradient_case("SoftmaxCrossEntropyWithLogits", [m(2, 3), labels(2, 3)], known_shapes=False)
g.gradient_case("SparseSoftmaxCrossEntropyWithLogits", [m(3, 3), np.array([0, 2, 1], i64)])
for dtype in FLOAT:
    g.case("L2Loss", [m(3, 4, dtype=dtype)])
    g.case("L2Loss", [m(0, dtype=dtype)])
g.case("L2Loss", [m()], name="scalar")
g.gradient_case("L2Loss", [m(3, 4)])

p = np.array([[0.1, 0.3, 0.3, 0.2], [0.9, 0.1, 0, 0], [np.nan, 0.1, 0.2, 0.3], [np.inf, 0.1, 0.2, 0.3], [0.1, 0.2, 0.3, 0.4]], f32)
for it in (i32, i64):
    t = np.array([2, 1, 1, 1, 4], it)
    for k in (0, 1, 2, 3, 10):
        g.case("InTopK", [p, t], {"k": k})
        g.case("InTopKV2", [p, t, np.array(k, it)])
    g.case("InTopK", [p, np.array([0, -1, 3, 0, 3], it)], {"k": 2})
g.case("InTopK", [p, np.array([0, 1], i32)], {"k": 2})
g.case("InTopK", [m(3), np.array([0, 1, 2], i32)], {"k": 2})
g.case("InTopKV2", [p, np.array([[0], [1]], i32), np.array(2, i32)])

for op in ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"):
    for fmt, shape in [("NHWC", (2, 3, 2, 4)), ("NCHW", (2, 4, 3, 2)), ("NHWC", (1, 1, 1, 4)), ("NHWC", (0, 3, 2, 4))] + ([("NDHWC", (2, 2, 3, 2, 4)), ("NCDHW", (2, 4, 2, 2, 3))] if op == "FusedBatchNormV3" else []):
        for dtype in (f32, f16, bf16):
            if op == "FusedBatchNorm" and dtype != f32: continue
            kw = {} if dtype == f32 else {"rtol": 2e-2, "atol": 2e-2}
            at = {"epsilon": 1e-3, "data_format": fmt}
            if op != "FusedBatchNorm": at["U"] = tf.float32
            e = np.zeros(0, f32)
            nan = np.full(4, np.nan, f32)
            def empty_is_nan():
                if shape[0] == 0:
                    unwritten(3, nan), unwritten(4, nan)
            g.case(op, [m(*shape, dtype=dtype), m(4), m(4), e, e], dict(at, is_training=True), **kw)
            empty_is_nan()
            mean, variance = m(4), np.abs(m(4))
            g.case(op, [m(*shape, dtype=dtype), m(4), m(4), mean, variance], dict(at, is_training=False), **kw)
            unwritten(3, mean), unwritten(4, variance)
            empty_is_nan()
            if dtype == f32:
                g.case(op, [m(*shape, dtype=dtype), m(4), m(4), m(4), np.abs(m(4))], dict(at, is_training=True, exponential_avg_factor=0.25), **kw)
                empty_is_nan()
            go = op.replace("Norm", "NormGrad")
            x = m(*shape, dtype=dtype)
            for training in (True, False):
                res = [np.zeros(0, f32)] if op.endswith("V3") else []
                g.case(go, [m(*shape, dtype=dtype), x, m(4), m(4), np.abs(m(4)) + 0.5] + res, dict(at, is_training=training), **kw)
    at = {"U": tf.float32} if op != "FusedBatchNorm" else {}
    g.case(op, [m(2, 3, 4), m(4), m(4), m(4), m(4)], at)
    g.case(op, [m(2, 2, 3, 4), m(3), m(4), m(4), m(4)], at)
    g.case(op, [m(2, 2, 3, 4), m(4), m(4), m(3), m(4)], dict(at, is_training=False))
    g.case(op, [m(2, 2, 3, 4), m(4), m(4, 1), m(4), m(4)], at)
for fmt, shape in [("NHWC", (2, 3, 2, 4)), ("NCHW", (2, 4, 3, 2)), ("NDHWC", (2, 2, 3, 2, 4)), ("NCDHW", (2, 4, 2, 2, 3))]:
    e = np.zeros(0, f32)
    g.gradient_case("FusedBatchNormV3", [m(*shape), m(4), m(4), e, e], {"data_format": fmt, "is_training": True}, rtol=1e-4, atol=1e-5)
    mean, variance = m(4), np.abs(m(4)) + 0.5
    g.gradient_case("FusedBatchNormV3", [m(*shape), m(4), m(4), mean, variance], {"data_format": fmt, "is_training": False}, rtol=1e-4, atol=1e-5)
    g.gradients[-1]["outputs"][3:5] = [encode(mean), encode(variance)]  # unwritten
for dtype in (f32, f16, bf16):
    kw = {} if dtype == f32 else {"rtol": 2e-2, "atol": 2e-2}
    for at in ({}, {"depth_radius": 1, "bias": 2.0, "alpha": 0.3, "beta": 0.75}, {"depth_radius": 20, "bias": 1.5, "alpha": 0.01, "beta": 1.0}):
        x = m(1, 2, 2, 7, dtype=dtype)
        g.case("LRN", [x], at, **kw)
        g.case("LRNGrad", [m(1, 2, 2, 7, dtype=dtype), x, m(1, 2, 2, 7, dtype=dtype)], at, **kw)
g.case("LRN", [m(2, 3)])
g.gradient_case("LRN", [m(1, 2, 2, 7)], {"depth_radius": 2, "alpha": 0.3})

for it in (i32, i64):
    g.case("DataFormatDimMap", [np.array([0, 1, 2, 3, -1, -2, -3, -4], it)])
    g.case("DataFormatDimMap", [np.array([[0, 1], [2, 3]], it)], {"src_format": "NCHW", "dst_format": "NHWC"})
    g.case("DataFormatVecPermute", [np.array([1, 2, 3, 4], it)])
    g.case("DataFormatVecPermute", [np.array([1, 2, 3, 4], it)], {"src_format": "NCHW", "dst_format": "NHWC"})
    g.case("DataFormatVecPermute", [np.array([[1, 2], [3, 4], [5, 6], [7, 8]], it)])
    g.case("DataFormatVecPermute", [np.array([5, 6], it)])
g.case("DataFormatDimMap", [np.array([0, 4], i32)])
g.case("DataFormatDimMap", [np.array([0, 4], i32)], {"src_format": "NDHWC", "dst_format": "NCDHW"})
g.case("DataFormatVecPermute", [np.array([1, 2, 3], i32)])
g.case("DataFormatVecPermute", [np.array(1, i32)])
g.case("DataFormatVecPermute", [np.array([1, 2, 3, 4, 5], i32)], {"src_format": "NDHWC", "dst_format": "NCDHW"})

q = np.array([-10, -6.01, -6, -3.3, -0.02, 0, 0.0117, 0.5, 1.0, 2.51, 5.9, 6, 6.5, 100], f32)
for at in ({}, {"min": -1.0, "max": 3.0}, {"min": 0.5, "max": 3.0}, {"min": -3.0, "max": -1.0}, {"num_bits": 4}, {"num_bits": 8, "narrow_range": True}, {"min": 1.0, "max": 1.0}):
    g.case("FakeQuantWithMinMaxArgs", [q], at)
    g.case("FakeQuantWithMinMaxArgsGradient", [m(14), q], at)
for lo, hi in ((-6, 6), (-1, 3), (0.5, 3), (-3, -1), (0, 0)):
    for at in ({}, {"num_bits": 4}, {"narrow_range": True}):
        g.case("FakeQuantWithMinMaxVars", [q, np.array(lo, f32), np.array(hi, f32)], at)
        g.case("FakeQuantWithMinMaxVarsGradient", [m(14), q, np.array(lo, f32), np.array(hi, f32)], at)
for shape in [(3,), (4, 3), (2, 2, 3), (2, 2, 2, 3)]:
    for at in ({}, {"num_bits": 4, "narrow_range": True}):
        g.case("FakeQuantWithMinMaxVarsPerChannel", [m(*shape), np.array([-2, -1, 0], f32), np.array([2, 1, 3], f32)], at)
        g.case("FakeQuantWithMinMaxVarsPerChannelGradient", [m(*shape), m(*shape), np.array([-2, -1, 0], f32), np.array([2, 1, 3], f32)], at)
g.case("FakeQuantWithMinMaxVarsPerChannel", [m(4, 3), np.array([-2, -1], f32), np.array([2, 1, 3], f32)])
g.gradient_case("FakeQuantWithMinMaxArgs", [q])
g.gradient_case("FakeQuantWithMinMaxVars", [q, np.array(-6, f32), np.array(6, f32)])
g.gradient_case("FakeQuantWithMinMaxVarsPerChannel", [m(4, 3), np.array([-2, -1, 0], f32), np.array([2, 1, 3], f32)])

for dtype in (f32, f64):
    x = m(3, 4, dtype=dtype)
    for at in ({}, {"range_given": True}, {"signed_input": False}, {"signed_input": False, "range_given": True}, {"num_bits": 4}, {"round_mode": "HALF_UP"}, {"narrow_range": True}, {"range_given": True, "narrow_range": True, "num_bits": 5}):
        lo, hi = np.array(-2, dtype), np.array(1.5, dtype)
        g.case("QuantizeAndDequantizeV2", [x, lo, hi], at)
        g.case("QuantizeAndDequantizeV4", [x, lo, hi], at)
        if "num_bits" not in at and "round_mode" not in at:
            g.case("QuantizeAndDequantizeV3", [x, lo, hi, np.array(8, i32)], at)
    for axis in (0, 1):
        n = x.shape[axis]
        lo, hi = -np.abs(m(n, dtype=dtype)), np.abs(m(n, dtype=dtype))
        for at in ({}, {"range_given": True}, {"signed_input": False}):
            g.case("QuantizeAndDequantizeV2", [x, lo, hi], dict(at, axis=axis))
            g.case("QuantizeAndDequantizeV4", [x, lo, hi], dict(at, axis=axis))
    g.case("QuantizeAndDequantizeV4Grad", [m(3, 4, dtype=dtype), x, np.array(-1, dtype), np.array(2, dtype)])
g.case("QuantizeAndDequantizeV2", [m(3), np.array(2, f32), np.array(1, f32)], {"range_given": True})
g.case("QuantizeAndDequantizeV2", [np.zeros(3, f32), np.array(0, f32), np.array(0, f32)])
g.gradient_case("QuantizeAndDequantizeV2", [m(3, 4), np.array(-2, f32), np.array(1.5, f32)])

for peephole in (False, True):
    B, I, C = 2, 3, 4
    args = [m(B, I, scale=1), m(B, C, scale=1), m(B, C, scale=1), m(I + C, 4 * C, scale=1), m(C, scale=1), m(C, scale=1), m(C, scale=1), m(4 * C, scale=1)]
    g.case("LSTMBlockCell", args, {"use_peephole": peephole})
    g.case("LSTMBlockCell", args, {"use_peephole": peephole, "forget_bias": 0.5, "cell_clip": 0.3})
    T = 3
    seq = [np.array(3, i64), m(T, B, I, scale=1)] + args[1:]
    g.case("BlockLSTM", seq, {"use_peephole": peephole})
    g.case("BlockLSTM", seq, {"use_peephole": peephole, "forget_bias": 0.5, "cell_clip": 0.3})
    g.case("BlockLSTMV2", seq, {"use_peephole": peephole})
    for op in ("BlockLSTM", "BlockLSTMV2"):
        g.case(op, [np.array(2, i64)] + seq[1:], {"use_peephole": peephole}, name="short sequence, peephole %s" % peephole)
        for i in range(7):
            kept = np.frombuffer(base64.b64decode(g.cases[-1]["outputs"][i]["v"]), f32).reshape(T, B, C).copy()
            kept[2:] = 0
            unwritten(i, kept)
    g.case("BlockLSTMV2", [np.array(3, i64)] + seq[1:], {"use_peephole": peephole, "cell_clip": 0.3})
g.case("GRUBlockCell", [m(2, 3, scale=1), m(2, 4, scale=1), m(7, 8, scale=1), m(7, 4, scale=1), m(8, scale=1), m(4, scale=1)])
g.write()
