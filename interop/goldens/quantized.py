"""Goldens of quantizing, dequantizing, and connectionist temporal classification."""
from golden import Golden, bf16, np, rng, tf

g = Golden("quantized", __file__)
r = rng(6)
f32, f64 = np.float32, np.float64
QUANTIZED = [tf.qint8, tf.quint8, tf.qint16, tf.quint16, tf.qint32]
x = np.array([[-3, -1.5, -0.7, 0], [0.25, 0.5, 1, 7]], f32)
for t in QUANTIZED:
    for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
        for rounding in ("HALF_AWAY_FROM_ZERO", "HALF_TO_EVEN"):
            for lo, hi in [(-2, 2), (0, 6), (-5, 0.5), (0, 0)]:
                a = {"T": t, "mode": mode, "round_mode": rounding}
                g.case("QuantizeV2", [x, f32(lo), f32(hi)], a, name="%s %s %s %g %g" % (t.name, mode, rounding, lo, hi))
    g.case("QuantizeV2", [x, f32(-2), f32(2)], {"T": t, "mode": "SCALED", "narrow_range": True, "round_mode": "HALF_TO_EVEN"}, name="narrow " + t.name)
    g.case("QuantizeV2", [np.stack([x, 2 * x]), np.array([-1, -2], f32), np.array([1, 3], f32)], {"T": t, "mode": "SCALED", "axis": 0, "round_mode": "HALF_TO_EVEN"}, name="by slice " + t.name)
    g.case("QuantizeV2", [np.stack([x, 2 * x]), np.array([-1, -2], f32), np.array([1, 3], f32)], {"T": t, "axis": 1}, name="by slice, combined " + t.name)
g.case("QuantizeV2", [x, f32(2), f32(-2)], {"T": tf.qint8}, name="range the other way")
g.case("QuantizeV2", [x, f32(-1), f32(1)], {"T": tf.qint8, "axis": 5}, name="axis beyond")
g.case("QuantizeV2", [x, np.array([-1, 1], f32), f32(1)], {"T": tf.qint8}, name="two minima")
g.case("QuantizeV2", [x, np.array([-1], f32), np.array([1, 2, 3], f32)], {"T": tf.qint8, "axis": 1}, name="three maxima")
g.case("QuantizeV2", [x, f32(-1), f32(1)], {"T": tf.qint8, "ensure_minimum_range": 10.0}, name="least range")
g.case("QuantizeV2", [np.array([np.nan, np.inf, -np.inf, 1e30], f32), f32(-1), f32(1)], {"T": tf.quint8, "mode": "SCALED", "round_mode": "HALF_TO_EVEN"}, name="extremes")
g.case("QuantizeV2", [np.zeros((0, 2), f32), f32(-1), f32(1)], {"T": tf.quint8})
for t in QUANTIZED:
    kind = t.as_numpy_dtype
    base = {"qint8": np.int8, "quint8": np.uint8, "qint16": np.int16, "quint16": np.uint16, "qint32": np.int32}[t.name]
    q = np.array([[np.iinfo(base).min, 0, 1], [5, 100, np.iinfo(base).max]], base).astype(kind)
    for out in (tf.float32, tf.bfloat16):
        for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
            for lo, hi in [(-2, 2), (0, 6), (-5, 0.5)]:
                g.case("Dequantize", [q, f32(lo), f32(hi)], {"T": t, "mode": mode, "dtype": out}, name="%s %s %s %g %g" % (t.name, mode, out.name, lo, hi))
    g.case("Dequantize", [q, f32(-2), f32(2)], {"T": t, "mode": "SCALED", "narrow_range": True}, name="narrow " + t.name)
    for mode in ("MIN_COMBINED", "SCALED", "MIN_FIRST"):
        g.case("Dequantize", [q, np.array([-1, -2, -3], f32), np.array([1, 3, 2], f32)], {"T": t, "mode": mode, "axis": 1}, name="by slice %s %s" % (mode, t.name), known=True)
    g.case("Dequantize", [q, np.array([-1, -2], f32), np.array([1, 3, 2], f32)], {"T": t, "axis": 1}, name="two minima " + t.name, known=True)
for t in (f32, f64):
    for signed in (True, False):
        for bits in (8, 4):
            for given in (True, False):
                a = {"signed_input": signed, "num_bits": bits, "range_given": given, "input_min": -2.0 if signed else 0.0, "input_max": 3.0}
                g.case("QuantizeAndDequantize", [x.astype(t)], a, producer=21)
g.case("QuantizeAndDequantize", [np.zeros((0,), f32)], {"range_given": True, "input_min": -1.0, "input_max": 1.0}, producer=21)


def ctc(t, time, batch, classes):
    logits = r.uniform(-3, 3, (time, batch, classes)).astype(t)
    return logits


for t in (f32, f64):
    for time, batch, classes, labels, lengths in [(5, 2, 4, [[0, 1, 2], [1]], [5, 4]), (6, 3, 3, [[0, 0], [1, 0, 1], [1]], [6, 5, 6]), (1, 1, 2, [[0]], [1]), (8, 2, 6, [[4, 4, 4], [1, 2, 3, 2]], [7, 8])]:
        logits = ctc(t, time, batch, classes)
        indices = np.array([[b, i] for b, row in enumerate(labels) for i in range(len(row))], np.int64).reshape(-1, 2)
        values = np.array([v for row in labels for v in row], np.int32)
        for merge in (True, False):
            for collapse in (False, True):
                a = {"ctc_merge_repeated": merge, "preprocess_collapse_repeated": collapse}
                g.case("CTCLoss", [logits, indices, values, np.array(lengths, np.int32)], a, rtol=1e-4, atol=1e-5)
        g.gradient_case("CTCLoss", [logits, indices, values, np.array(lengths, np.int32)], {}, rtol=1e-4, atol=1e-5, outputs=[0])
    logits = ctc(t, 3, 2, 4)
    one = np.array([[0, 0], [1, 0]], np.int64)
    ok = np.array([1, 2], np.int32)
    g.case("CTCLoss", [logits, one, ok, np.array([4, 3], np.int32)], name="too long %s" % t.__name__)
    g.case("CTCLoss", [logits, one, ok, np.array([3], np.int32)], name="few lengths %s" % t.__name__)
    g.case("CTCLoss", [logits[0], one, ok, np.array([3, 3], np.int32)], name="a matrix %s" % t.__name__)
    g.case("CTCLoss", [logits, one, np.array([1], np.int32), np.array([3, 3], np.int32)], name="few values %s" % t.__name__)
    g.case("CTCLoss", [logits, one, np.array([1, 3], np.int32), np.array([3, 3], np.int32)], name="the blank as a label %s" % t.__name__)
    g.case("CTCLoss", [logits, one, np.array([1, 9], np.int32), np.array([3, 3], np.int32)], name="no such label %s" % t.__name__)
    long = np.array([[0, i] for i in range(4)] + [[1, 0]], np.int64)
    for ignore in (True, False):
        g.case("CTCLoss", [logits, long, np.array([0, 1, 2, 0, 1], np.int32), np.array([3, 3], np.int32)], {"ignore_longer_outputs_than_inputs": ignore}, name="too many labels %s %s" % (ignore, t.__name__), rtol=1e-4, atol=1e-5)
    g.case("CTCLoss", [logits, np.array([[0, 0], [3, 0]], np.int64), ok, np.array([3, 3], np.int32)], name="batch beyond %s" % t.__name__)
    g.case("CTCLoss", [logits, one[:1], ok[:1], np.array([3, 3], np.int32)], name="one row without labels %s" % t.__name__, rtol=1e-4, atol=1e-5)
    g.case("CTCLoss", [logits, one, ok, np.array([0, 3], np.int32)], name="no steps %s" % t.__name__)

    for time, batch, classes, lengths in [(5, 2, 4, [5, 3]), (8, 1, 3, [8]), (4, 3, 5, [4, 2, 1]), (12, 2, 6, [12, 9])]:
        logits = ctc(t, time, batch, classes)
        for width, paths, merge in [(1, 1, True), (5, 2, True), (10, 3, False), (100, 1, False), (3, 3, True)]:
            g.case("CTCBeamSearchDecoder", [logits, np.array(lengths, np.int32)], {"beam_width": width, "top_paths": paths, "merge_repeated": merge}, rtol=1e-4, atol=1e-5)
    logits = ctc(t, 3, 2, 4)
    a = {"beam_width": 4, "top_paths": 2}
    g.case("CTCBeamSearchDecoder", [logits, np.array([4, 3], np.int32)], a, name="too long %s" % t.__name__)
    g.case("CTCBeamSearchDecoder", [logits, np.array([3], np.int32)], a, name="few lengths %s" % t.__name__)
    g.case("CTCBeamSearchDecoder", [logits[0], np.array([3, 3], np.int32)], a, name="a matrix %s" % t.__name__)
    g.case("CTCBeamSearchDecoder", [logits[:0], np.array([0, 0], np.int32)], a, name="no time %s" % t.__name__)
    g.case("CTCBeamSearchDecoder", [logits, np.array([3, 3], np.int32)], {"beam_width": 2, "top_paths": 3}, name="more paths than beams %s" % t.__name__)
    g.case("CTCBeamSearchDecoder", [logits, np.array([0, 3], np.int32)], {"beam_width": 9, "top_paths": 5}, name="few leaves %s" % t.__name__)
    g.case("CTCBeamSearchDecoder", [logits, np.array([0, 3], np.int32)], {"beam_width": 9, "top_paths": 1}, name="no steps %s" % t.__name__, rtol=1e-4, atol=1e-5)
g.write()
