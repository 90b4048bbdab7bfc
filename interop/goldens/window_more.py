"""Goldens of fractional pools, the gradients of volume pools, Conv, the first Conv3D gradients and the fused resize-pad-convolution ops."""
from golden import Golden, np, rng, run, tf

g = Golden("window-more", __file__)
r = rng(31)
f16, f32, f64, i32, i64 = np.float16, np.float32, np.float64, np.int32, np.int64


def draw(shape, t=f32):
    return r.randint(-9, 10, shape).astype(t) if np.dtype(t).kind == "i" else r.uniform(-3, 3, shape).astype(t)


for op in ("FractionalMaxPool", "FractionalAvgPool"):
    for t in (f32, f64, i32, i64):
        for shape, ratio in [((1, 4, 4, 1), (1, 1.44, 1.73, 1)), ((2, 7, 9, 3), (1, 1.44, 1.73, 1)), ((1, 8, 6, 2), (1, 2, 3, 1)), ((2, 10, 5, 1), (1, 2.5, 1.25, 1))]:
            for pseudo in (False, True):
                for overlapping in (False, True):
                    if t in (f64, i32) and shape[0] == 1 and overlapping:
                        continue
                    attrs = {"pooling_ratio": list(ratio), "pseudo_random": pseudo, "overlapping": overlapping, "deterministic": True, "seed": 7, "seed2": 31}
                    g.case(op, [draw(shape, t)], attrs, name="%s %s by %s pseudo=%s overlapping=%s" % (np.dtype(t).name, list(shape), ratio[1:3], pseudo, overlapping))
    for seed in range(1, 7):
        g.case(op, [draw((1, 23, 11, 1))], {"pooling_ratio": [1, 1.6, 1.2, 1], "pseudo_random": seed % 2 == 0, "deterministic": True, "seed": seed, "seed2": 3 * seed}, name="seed %d" % seed)
    x = np.array([np.nan, np.inf, -np.inf, 1, np.nan, np.nan, -1, 2, 3, np.inf, np.inf, -np.inf, 0, -0.0, 5, 6], f32).reshape(1, 4, 4, 1)
    g.case(op, [x], {"pooling_ratio": [1, 2, 2, 1], "deterministic": True, "seed": 1, "seed2": 1}, name="not finite")
    d = {"deterministic": True, "seed": 1}
    g.case(op, [draw((3, 4, 4))], {"pooling_ratio": [1, 1.44, 1.73, 1], **d})
    g.case(op, [draw((1, 4, 4, 1))], {"pooling_ratio": [2, 1.44, 1.73, 2], **d})
    g.case(op, [draw((1, 4, 4, 1))], {"pooling_ratio": [2, 1.44, 1.73, 1], **d})
    g.case(op, [draw((1, 4, 4, 1))], {"pooling_ratio": [1, 0.5, 1, 1], **d})
    g.case(op, [draw((1, 2, 4, 1))], {"pooling_ratio": [1, 3, 1, 1], **d}, name="nothing left")
    g.case(op, [draw((0, 4, 4, 1))], {"pooling_ratio": [1, 1.5, 1.5, 1], **d}, name="empty")
    g.case(op, [draw((1, 4, 4, 1))], {"pooling_ratio": [1, 1.44, 1.73, 1], "seed": 1}, name="a seed for nothing")

rows, columns = np.array([0, 2, 3, 5], i64), np.array([0, 1, 3, 4], i64)
for t in (f32, f64, i32, i64):
    for overlapping in (False, True):
        for batch, channels in ((1, 1), (2, 3)):
            a = {"overlapping": overlapping}
            x = draw((batch, 5, 4, channels), t)
            out = np.full((batch, 3, 3, channels), -100, t)
            for b in range(3):
                for c in range(3):
                    end = 1 if overlapping else 0
                    part = x[:, rows[b]:rows[b + 1] + end, columns[c]:columns[c + 1] + end]
                    out[:, b, c] = part.max((1, 2))
            name = "%s %s overlapping=%s" % (np.dtype(t).name, list(x.shape), overlapping)
            g.case("FractionalMaxPoolGrad", [x, out, draw(out.shape, t), rows, columns], a, name=name)
            g.case("FractionalAvgPoolGrad", [np.array(x.shape, i64), draw(out.shape, t), rows, columns], a, name=name)
g.case("FractionalAvgPoolGrad", [np.array([1, 5, 4], i64), draw((1, 3, 3, 1)), rows, columns], name="three sizes")
g.case("FractionalAvgPoolGrad", [np.array([1, 5, 4, 1], i64), draw((3, 3, 1)), rows, columns], name="three dimensions")
g.case("FractionalAvgPoolGrad", [np.array([1, 5, 4, 1], i64), draw((1, 3, 3, 1)), np.array([0, 2], i64), columns], name="too few rows")
g.case("FractionalAvgPoolGrad", [np.array([1, 5, 4, 1], i64), draw((1, 3, 3, 1)), np.array([0, -2, 3, 5], i64), columns], name="negative row")
for op in ("FractionalMaxPool", "FractionalAvgPool"):
    for overlapping in (False, True):
        for t in (f32, f64):
            g.gradient_case(op, [draw((2, 7, 6, 2), t)], {"pooling_ratio": [1, 1.5, 1.3, 1], "deterministic": True, "overlapping": overlapping, "seed": 3, "seed2": 5})

for t in (f32, f64, i32, f16, tf.bfloat16.as_numpy_dtype):
    for shape, k, s in [((1, 2, 2, 2, 1), 2, 2), ((2, 3, 4, 5, 2), 2, 1), ((1, 4, 4, 4, 3), 3, 2)]:
        for padding in ("SAME", "VALID"):
            if padding == "VALID" and shape[1] < k:
                continue
            x = draw(shape, t)
            a = {"ksize": [1, k, k, k, 1], "strides": [1, s, s, s, 1], "padding": padding}
            with tf.Graph().as_default(), tf.compat.v1.Session() as sess:
                try:
                    out = sess.run(tf.raw_ops.MaxPool3D(input=x, **a))
                except (TypeError, ValueError, tf.errors.OpError):
                    continue
            g.case("MaxPool3DGradGrad", [x, out, draw(shape, t)], a)
            if t in (f32,):
                g.gradient_case("MaxPool3DGrad", [x, out, draw(out.shape, t)], a)
                g.gradient_case("MaxPool3DGradGrad", [x, out, draw(shape, t)], a)
a = {"ksize": [1, 2, 2, 2, 1], "strides": [1, 2, 2, 2, 1], "padding": "VALID"}
g.case("MaxPool3DGradGrad", [draw((2, 2, 2, 1)), draw((1, 1, 1, 1, 1)), draw((1, 2, 2, 2, 1))], a)
g.case("MaxPool3DGradGrad", [draw((1, 2, 2, 2, 1)), draw((1, 1, 1, 1)), draw((1, 2, 2, 2, 1))], a)
g.case("MaxPool3DGradGrad", [draw((1, 2, 2, 2, 1)), draw((1, 1, 1, 1, 1)), draw((2, 2, 2, 1))], a)
g.case("MaxPool3DGradGrad", [draw((1, 2, 2, 2, 1)), draw((1, 1, 1, 1, 1)), draw((1, 2, 2, 2, 1))], {**a, "ksize": [2, 2, 2, 2, 1]})
g.case("MaxPool3DGradGrad", [draw((1, 2, 2, 2, 1)), draw((1, 1, 1, 1, 1)), draw((1, 2, 2, 2, 1))], {**a, "strides": [1, 2, 2, 2, 2]})

for t in (f16, f32, f64):
    for shape, filt, s in [((1, 3, 3, 3, 1), (2, 2, 2, 1, 2), 1), ((2, 4, 5, 3, 2), (3, 2, 1, 2, 3), 2)]:
        for padding in ("SAME", "VALID"):
            x, w = draw(shape, t), draw(filt, t)
            a = {"strides": [1, s, s, s, 1], "padding": padding}
            size = lambda d: -(-shape[d] // s) if padding == "SAME" else (shape[d] - filt[d - 1]) // s + 1
            out = draw((shape[0], size(1), size(2), size(3), filt[4]), t)
            tol = {"rtol": 2e-2, "atol": 2e-1} if t == f16 else {"rtol": 1e-4, "atol": 1e-4}
            g.case("Conv3DBackpropInput", [x, w, out], a, producer=9, **tol)
            g.case("Conv3DBackpropFilter", [x, w, out], a, producer=9, **tol)
x, w, out = draw((1, 3, 3, 3, 1)), draw((2, 2, 2, 1, 2)), draw((1, 2, 2, 2, 2))
a = {"strides": [1, 1, 1, 1, 1], "padding": "VALID"}
for op in ("Conv3DBackpropInput", "Conv3DBackpropFilter"):
    g.case(op, [x[0], w, out], a, producer=9)
    g.case(op, [x, w[0], out], a, producer=9)
    g.case(op, [x, w, out[0]], a, producer=9)
    g.case(op, [x, w, draw((2, 2, 2, 2, 2))], a, producer=9)
    g.case(op, [x, w, draw((1, 2, 2, 2, 3))], a, producer=9)
    g.case(op, [x, w, draw((1, 3, 2, 2, 2))], a, producer=9)
    g.case(op, [x, w, out], {**a, "strides": [2, 1, 1, 1, 1]}, producer=9)

for t in (f16, tf.bfloat16.as_numpy_dtype, f32, f64, i32):
    tol = {"rtol": 2e-2, "atol": 5e-1} if t not in (f32, f64, i32) else {"rtol": 1e-4, "atol": 1e-4}
    for shape, filt, strides, more in [
            ((2, 5, 6, 3), (2, 3, 3, 4), [1, 1, 1, 1], {}),
            ((1, 7, 7, 2), (3, 3, 2, 2), [1, 2, 2, 1], {}),
            ((1, 7, 7, 2), (3, 3, 2, 2), [1, 1, 1, 1], {"dilations": [1, 2, 2, 1]}),
            ((2, 3, 5, 6, 3), (2, 3, 3, 4), [1, 1, 1, 1], {"batch_dims": 2}),
            ((2, 4, 5, 6, 1), (2, 2, 3, 1, 2), [1, 1, 1, 1, 1], {}),
            ((2, 4, 5, 6, 2), (2, 2, 3, 2, 2), [1, 1, 2, 1, 1], {}),
            ((2, 6, 6, 4), (3, 3, 2, 4), [1, 1, 1, 1], {"groups": 2})]:
        for padding in ("SAME", "VALID"):
            g.case("Conv", [draw(shape, t), draw(filt, t)], {"strides": strides, "padding": padding, **more}, **tol)
    g.case("Conv", [draw((1, 5, 5, 2), t), draw((2, 2, 2, 3), t)], {"strides": [1, 1, 1, 1], "padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 0, 0, 2, 0, 0]}, **tol)

x, w = draw((1, 5, 5, 2)), draw((2, 2, 2, 3))
a = {"strides": [1, 1, 1, 1], "padding": "SAME"}
g.case("Conv", [x[0], w], a)
g.case("Conv", [x, w[0]], a)
g.case("Conv", [x, draw((2, 2, 3, 3))], a)
g.case("Conv", [x, w], {**a, "strides": [1, 1, 1]})
g.case("Conv", [x, w], {**a, "strides": [2, 1, 1, 1]})
g.case("Conv", [x, w], {**a, "dilations": [1, 1, 1]})
g.case("Conv", [x, w], {**a, "dilations": [1, 0, 1, 1]})
g.case("Conv", [x, w], {**a, "batch_dims": -1})
g.case("Conv", [x, w], {**a, "batch_dims": 3})
g.case("Conv", [x, w], {**a, "padding": "EXPLICIT"})
g.case("Conv", [x, w], {**a, "explicit_paddings": [0, 0, 1, 1, 1, 1, 0, 0]})
g.case("Conv", [draw((1, 2, 2, 2)), draw((3, 3, 2, 3))], {**a, "padding": "VALID"})
g.case("Conv", [draw((0, 5, 5, 2)), w], a)

for t in (f16, tf.bfloat16.as_numpy_dtype, f32, f64):
    tol = {"rtol": 2e-2, "atol": 5e-1} if t not in (f32, f64) else {"rtol": 1e-4, "atol": 1e-4}
    for mode in ("REFLECT", "SYMMETRIC"):
        for padding in ("SAME", "VALID"):
            for s in (1, 2):
                a = {"mode": mode, "strides": [1, s, s, 1], "padding": padding}
                pads = np.array([[0, 0], [1, 2], [2, 0], [0, 0]], i32)
                x, w = draw((1, 4, 5, 2), t), draw((2, 3, 2, 3), t)
                g.case("FusedPadConv2D", [x, pads, w], a, known=True, **tol)
                for align in (False, True):
                    for size in ([6, 3], [4, 5], [9, 11]):
                        if s == 1 or size == [6, 3]:
                            g.case("FusedResizeAndPadConv2D", [x, np.array(size, i32), pads, w], {**a, "resize_align_corners": align}, name="%s to %s %s %s by %d align=%s" % (np.dtype(t).name, size, mode, padding, s, align), known=True, **tol)
x, w, pads = draw((1, 4, 4, 2)), draw((2, 2, 2, 3)), np.zeros((4, 2), i32)
a = {"mode": "REFLECT", "strides": [1, 1, 1, 1], "padding": "SAME"}
for op, size in (("FusedPadConv2D", []), ("FusedResizeAndPadConv2D", [np.array([3, 3], i32)])):
    g.case(op, [x, *size, pads, w], a, name="no padding", known=True)
    g.case(op, [draw((0, 4, 4, 2)), *size, pads, w], a, name="empty", known=True)
    g.case(op, [draw((2, 4, 4, 2)), *size, pads, w], a, name="two images", known=True)
    g.case(op, [x, *size, pads[:3], w], a, name="three paddings", known=True)
    g.case(op, [x, *size, np.zeros((4, 3), i32), w], a, name="wide paddings", known=True)
    for row, pair in [(1, [-1, 0]), (1, [4, 0]), (1, [3, 0]), (0, [1, 0]), (3, [0, 1]), (2, [0, 5])]:
        for mode in ("REFLECT", "SYMMETRIC"):
            p = pads.copy()
            p[row] = pair
            g.case(op, [x, *size, p, w], {**a, "mode": mode}, name="%s padding %s of %d" % (mode, pair, row), known=True)
    g.case(op, [x, *size, pads, w[0]], a, name="flat filter", known=True)
    g.case(op, [x, *size, pads, draw((2, 2, 3, 3))], a, name="another depth", known=True)
    g.case(op, [x, *size, pads, w], {**a, "strides": [2, 1, 1, 1]}, name="strides over the batch", known=True)
    g.case(op, [x, *size, pads, w], {**a, "strides": [1, 1, 1]}, name="three strides", known=True)
    g.case(op, [x, *size, pads, draw((6, 6, 2, 1))], {**a, "padding": "VALID"}, name="large filter", known=True)
g.case("FusedResizeAndPadConv2D", [x, np.array([0, 3], i32), pads, w], a, name="size 0", known=True)
g.case("FusedResizeAndPadConv2D", [x, np.array([3], i32), pads, w], a, name="one size", known=True)
g.case("FusedResizeAndPadConv2D", [x[0], np.array([3, 3], i32), pads, w], a, name="three dimensions", known=True)
# What a shape function refuses is no concern of a kernel.
g.cases = [c for c in g.cases if "{{node" not in c.get("error", {}).get("message", "")]
g.write()
