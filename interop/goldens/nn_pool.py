"""Goldens of pooling. Run: python interop/goldens/nn_pool.py"""
from golden import Golden, bf16, np, rng, tf

g = Golden("nn-pool", __file__)
r = rng(13)
f32, f64, f16, i32, i64 = np.float32, np.float64, np.float16, np.int32, np.int64


def m(*shape, dtype=f32):
    if np.issubdtype(dtype, np.integer):
        return r.randint(0, 100, shape).astype(dtype)
    return r.uniform(-1, 1, shape).astype(dtype)


def out_shape(op, **kw):
    with tf.Graph().as_default(), tf.compat.v1.Session() as s:
        o = getattr(tf.raw_ops, op)(**kw)
        return s.run(o[0] if isinstance(o, tuple) else o)


WINDOWS = [
    ((2, 5, 6, 3), {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}),
    ((2, 5, 6, 3), {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME"}),
    ((1, 7, 7, 2), {"ksize": [1, 3, 3, 1], "strides": [1, 1, 2, 1], "padding": "SAME"}),
    ((1, 7, 7, 2), {"ksize": [1, 3, 2, 1], "strides": [1, 1, 1, 1], "padding": "VALID"}),
    ((1, 2, 2, 2), {"ksize": [1, 3, 3, 1], "strides": [1, 1, 1, 1], "padding": "SAME"}),
    ((0, 4, 4, 2), {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}),
]
for shape, at in WINDOWS:
    x = m(*shape)
    v2 = [np.array(at["ksize"], i32), np.array(at["strides"], i32)]
    g.case("MaxPool", [x], at)
    g.case("AvgPool", [x], at)
    g.case("MaxPoolV2", [x] + v2, {"padding": at["padding"]})
    y = out_shape("MaxPool", input=x, **at)
    dy = m(*y.shape)
    g.case("MaxPoolGrad", [x, y, dy], at)
    g.case("MaxPoolGradV2", [x, y, dy] + v2, {"padding": at["padding"]})
    g.case("MaxPoolGradGrad", [x, y, m(*shape)], at)
    g.case("MaxPoolGradGradV2", [x, y, m(*shape)] + v2, {"padding": at["padding"]})
    g.case("AvgPoolGrad", [np.array(shape, i32), dy], at)
    for it in (i32, i64):
        for batch in (False, True):
            g.case("MaxPoolWithArgmax", [x], dict(at, Targmax=tf.as_dtype(it), include_batch_in_index=batch))
    if shape[0] == 0:
        continue
    with tf.Graph().as_default(), tf.compat.v1.Session() as s:
        argmax = s.run(tf.raw_ops.MaxPoolWithArgmax(input=x, **at))[1]
    g.case("MaxPoolGradWithArgmax", [x, dy, argmax], at)
    g.gradient_case("MaxPool", [x], at)
    g.gradient_case("AvgPool", [x], at)
    g.gradient_case("MaxPoolV2", [x] + v2, {"padding": at["padding"]})
    g.gradient_case("MaxPoolWithArgmax", [x], at)
a = WINDOWS[0][1]
g.case("MaxPool", [np.ones((1, 4, 4, 1), f32)], a, name="ties")
g.case("MaxPoolGrad", [np.ones((1, 4, 4, 1), f32), np.ones((1, 2, 2, 1), f32), m(1, 2, 2, 1)], a, name="ties")
g.case("MaxPool", [np.array([np.nan, 1, 2, 3, -np.inf, -np.inf, 3, 4, np.inf, 1, 1, 1, 1, 1, 1, 1], f32).reshape(1, 4, 4, 1)], a, name="special values")
for dtype in (f64, f16, bf16, i32, i64, np.uint8, np.int8, np.int16, np.uint16):
    kw = {"rtol": 2e-2, "atol": 2e-2} if dtype in (f16, bf16) else {}
    x = m(1, 4, 4, 2, dtype=dtype)
    g.case("MaxPool", [x], a)
    g.case("AvgPool", [x], a, **kw) if dtype in (f64, f16, bf16) else None
    g.case("MaxPoolGrad", [x, x[:, ::2, ::2], m(1, 2, 2, 2, dtype=dtype)], a)
    g.case("MaxPoolWithArgmax", [x], a)
# Pooling over the depth.
g.case("MaxPool", [m(2, 3, 3, 6)], {"ksize": [1, 1, 1, 3], "strides": [1, 1, 1, 3], "padding": "VALID"})
g.case("AvgPool", [m(2, 3, 3, 6)], {"ksize": [1, 1, 1, 3], "strides": [1, 1, 1, 3], "padding": "VALID"})
g.case("MaxPool", [m(2, 3, 3)], a)
g.case("AvgPool", [m(2, 3, 3)], a)
g.case("MaxPool", [m(2, 1, 1, 3)], a)
g.case("AvgPool", [m(2, 1, 1, 3)], a)
g.case("MaxPool", [m(2, 4, 4, 3)], dict(a, ksize=[2, 1, 1, 1]))
g.case("MaxPool", [m(1, 5, 5, 2)], {"ksize": [1, 3, 3, 1], "strides": [1, 2, 2, 1], "padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 0, 1, 1, 0, 0]})
g.case("MaxPoolGrad", [m(1, 4, 4, 2), m(1, 2, 2, 2), m(1, 3, 2, 2)], a)
g.case("AvgPoolGrad", [np.array([1, 4, 4], i32), m(1, 2, 2, 2)], a)

for shape, at in [
    ((2, 3, 5, 6, 2), {"ksize": [1, 2, 2, 2, 1], "strides": [1, 1, 2, 2, 1], "padding": "VALID"}),
    ((1, 4, 4, 5, 2), {"ksize": [1, 2, 3, 2, 1], "strides": [1, 2, 2, 2, 1], "padding": "SAME"}),
]:
    x = m(*shape)
    y = out_shape("MaxPool3D", input=x, **at)
    dy = m(*y.shape)
    g.case("MaxPool3D", [x], at)
    g.case("AvgPool3D", [x], at)
    g.case("MaxPool3DGrad", [x, y, dy], at)
    g.case("AvgPool3DGrad", [np.array(shape, i32), dy], at)
    g.gradient_case("MaxPool3D", [x], at)
    g.gradient_case("AvgPool3D", [x], at)
g.write()
