"""Goldens of convolutions. Run: python interop/goldens/nn_conv.py"""
from golden import Golden, bf16, np, rng, tf

g = Golden("nn-conv", __file__)
r = rng(11)
f32, f64, f16, i32 = np.float32, np.float64, np.float16, np.int32


def m(*shape, dtype=f32):
    if np.issubdtype(dtype, np.integer):
        return r.randint(-4, 5, shape).astype(dtype)
    return r.uniform(-1, 1, shape).astype(dtype)


CASES = [
    # input, filter, attributes
    ((2, 5, 6, 3), (3, 2, 3, 4), {"strides": [1, 1, 1, 1], "padding": "SAME"}),
    ((2, 5, 6, 3), (3, 2, 3, 4), {"strides": [1, 1, 1, 1], "padding": "VALID"}),
    ((1, 7, 8, 2), (3, 3, 2, 5), {"strides": [1, 2, 3, 1], "padding": "SAME"}),
    ((1, 7, 8, 2), (3, 3, 2, 5), {"strides": [1, 2, 2, 1], "padding": "VALID"}),
    ((1, 7, 8, 2), (3, 3, 2, 2), {"strides": [1, 1, 1, 1], "padding": "SAME", "dilations": [1, 2, 2, 1]}),
    ((1, 9, 9, 2), (3, 3, 2, 2), {"strides": [1, 1, 1, 1], "padding": "VALID", "dilations": [1, 2, 3, 1]}),
    ((1, 5, 5, 2), (3, 3, 2, 2), {"strides": [1, 1, 1, 1], "padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 2, 0, 3, 0, 0]}),
    ((2, 4, 4, 3), (1, 1, 3, 5), {"strides": [1, 1, 1, 1], "padding": "VALID"}),
    ((2, 4, 4, 3), (1, 1, 3, 5), {"strides": [1, 2, 2, 1], "padding": "SAME"}),
    ((2, 4, 4, 3), (4, 4, 3, 5), {"strides": [1, 1, 1, 1], "padding": "VALID"}),
    ((1, 6, 6, 8), (3, 3, 8, 16), {"strides": [1, 1, 1, 1], "padding": "SAME"}),
    ((1, 2, 2, 2), (3, 3, 2, 2), {"strides": [1, 1, 1, 1], "padding": "SAME"}),
    ((0, 5, 5, 2), (3, 3, 2, 2), {"strides": [1, 1, 1, 1], "padding": "SAME"}),
    ((1, 1, 8, 2), (1, 3, 2, 4), {"strides": [1, 1, 1, 1], "padding": "SAME"}),
]
for shape, filt, at in CASES:
    x, w = m(*shape), m(*filt)
    g.case("Conv2D", [x, w], at)
    with tf.Graph().as_default(), tf.compat.v1.Session() as s:
        out = s.run(tf.raw_ops.Conv2D(input=x, filter=w, **at)).shape
    dy = m(*out)
    if "dilations" in at:
        continue  # refused by the plain CPU kernels that goldens are recorded with
    g.case("Conv2DBackpropInput", [np.array(shape, i32), w, dy], at)
    g.case("Conv2DBackpropFilter", [x, np.array(filt, i32), dy], at)
    if shape[0]:
        g.gradient_case("Conv2D", [x, w], at)
base = {"strides": [1, 1, 1, 1], "padding": "SAME"}
for dtype in (f64, f16, bf16, i32):
    kw = {"rtol": 2e-2, "atol": 2e-2} if dtype in (f16, bf16) else {}
    g.case("Conv2D", [m(1, 4, 5, 3, dtype=dtype), m(2, 3, 3, 2, dtype=dtype)], base, **kw)
    g.case("Conv2DBackpropInput", [np.array([1, 4, 5, 3], i32), m(2, 3, 3, 2, dtype=dtype), m(1, 4, 5, 2, dtype=dtype)], base, **kw)
    g.case("Conv2DBackpropFilter", [m(1, 4, 5, 3, dtype=dtype), np.array([2, 3, 3, 2], i32), m(1, 4, 5, 2, dtype=dtype)], base, **kw)
# Groups: the filter takes fewer channels than the input has.
g.case("Conv2D", [m(2, 5, 5, 4), m(3, 3, 2, 6)], base)
g.case("Conv2D", [m(2, 5, 5, 4), m(3, 3, 1, 4)], base)
# What is refused.
g.case("Conv2D", [m(2, 5, 5, 4), m(3, 3, 3, 6)], base)
g.case("Conv2D", [m(2, 5, 5), m(3, 3, 3, 6)], base)
g.case("Conv2D", [m(2, 5, 5, 3), m(3, 3, 3)], base)
g.case("Conv2D", [m(2, 2, 2, 3), m(3, 3, 3, 2)], {"strides": [1, 1, 1, 1], "padding": "VALID"})
g.case("Conv2D", [m(2, 2, 2, 3), m(3, 3, 3, 2)], {"strides": [2, 1, 1, 1], "padding": "VALID"})
g.case("Conv2DBackpropInput", [np.array([1, 4, 5, 3], i32), m(2, 3, 3, 2), m(1, 4, 4, 2)], base)
g.case("Conv2DBackpropInput", [np.array([2, 4, 5, 3], i32), m(2, 3, 3, 2), m(1, 4, 5, 2)], base)
g.case("Conv2DBackpropInput", [np.array([4, 5], i32), m(2, 3, 3, 2), m(1, 4, 5, 2)], base)

for shape, filt, at in [
    ((2, 5, 6, 3), (3, 2, 3, 2), {"strides": [1, 1, 1, 1], "padding": "SAME"}),
    ((2, 5, 6, 3), (3, 2, 3, 1), {"strides": [1, 1, 1, 1], "padding": "VALID"}),
    ((1, 7, 7, 2), (3, 3, 2, 2), {"strides": [1, 2, 2, 1], "padding": "SAME"}),
    ((1, 7, 7, 4), (3, 3, 4, 1), {"strides": [1, 2, 2, 1], "padding": "VALID"}),
    ((1, 5, 5, 2), (3, 3, 2, 1), {"strides": [1, 1, 1, 1], "padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 2, 0, 3, 0, 0]}),
    ((1, 5, 5, 9), (3, 3, 9, 1), {"strides": [1, 1, 1, 1], "padding": "SAME"}),
]:
    x, w = m(*shape), m(*filt)
    g.case("DepthwiseConv2dNative", [x, w], at)
    with tf.Graph().as_default(), tf.compat.v1.Session() as s:
        out = s.run(tf.raw_ops.DepthwiseConv2dNative(input=x, filter=w, **at)).shape
    dy = m(*out)
    g.case("DepthwiseConv2dNativeBackpropInput", [np.array(shape, i32), w, dy], at)
    g.case("DepthwiseConv2dNativeBackpropFilter", [x, np.array(filt, i32), dy], at)
    g.gradient_case("DepthwiseConv2dNative", [x, w], at)
for dtype in (f64, f16, bf16):
    kw = {"rtol": 2e-2, "atol": 2e-2} if dtype in (f16, bf16) else {}
    g.case("DepthwiseConv2dNative", [m(1, 4, 5, 3, dtype=dtype), m(2, 3, 3, 2, dtype=dtype)], base, **kw)
g.case("DepthwiseConv2dNative", [m(1, 4, 5, 3), m(2, 3, 2, 2)], base)
g.case("DepthwiseConv2dNative", [m(1, 4, 5, 3), m(2, 3, 3, 2)], {"strides": [1, 1, 2, 1], "padding": "SAME"})

b3 = {"strides": [1, 1, 1, 1, 1], "padding": "SAME"}
for shape, filt, at in [
    ((2, 3, 4, 5, 2), (2, 3, 2, 2, 3), b3),
    ((1, 4, 5, 5, 2), (2, 3, 3, 2, 3), {"strides": [1, 1, 2, 2, 1], "padding": "VALID"}),
    ((1, 4, 4, 4, 3), (1, 1, 1, 3, 2), {"strides": [1, 1, 1, 1, 1], "padding": "VALID"}),
]:
    x, w = m(*shape), m(*filt)
    g.case("Conv3D", [x, w], at)
    with tf.Graph().as_default(), tf.compat.v1.Session() as s:
        out = s.run(tf.raw_ops.Conv3D(input=x, filter=w, **at)).shape
    dy = m(*out)
    for it in (i32, np.int64):
        g.case("Conv3DBackpropInputV2", [np.array(shape, it), w, dy], at)
    g.case("Conv3DBackpropFilterV2", [x, np.array(filt, i32), dy], at)
    g.gradient_case("Conv3D", [x, w], at)
g.case("Conv3D", [m(1, 3, 3, 3, 2, dtype=f64), m(2, 2, 2, 2, 3, dtype=f64)], b3)
g.case("Conv3D", [m(1, 3, 3, 3, 2), m(2, 2, 2, 3, 3)], b3)

for dtype in (f32, f64, i32):
    for at in ({"strides": [1, 1, 1, 1], "rates": [1, 1, 1, 1], "padding": "SAME"}, {"strides": [1, 2, 2, 1], "rates": [1, 1, 1, 1], "padding": "VALID"}, {"strides": [1, 1, 1, 1], "rates": [1, 2, 2, 1], "padding": "SAME"}):
        x, w = m(2, 6, 5, 3, dtype=dtype), m(2, 3, 3, dtype=dtype)
        g.case("Dilation2D", [x, w], at)
        with tf.Graph().as_default(), tf.compat.v1.Session() as s:
            out = s.run(tf.raw_ops.Dilation2D(input=x, filter=w, **at)).shape
        dy = m(*out, dtype=dtype)
        g.case("Dilation2DBackpropInput", [x, w, dy], at)
        g.case("Dilation2DBackpropFilter", [x, w, dy], at)
        if dtype == f32:
            g.gradient_case("Dilation2D", [x, w], at)
g.write()
