"""Goldens of the control family's ops that pass values on."""
from golden import Golden, bf16, np, run, tf

g = Golden("control", __file__)
f32 = np.float32
x = np.array([[1, 2], [3, 4]], f32)
for t in [np.float16, bf16, f32, np.int32, np.int64, np.bool_, np.complex64]:
    for op in ["Identity", "StopGradient", "Snapshot", "PreventGradient", "GuaranteeConst", "DeepCopy"]:
        g.case(op, [x.astype(t)])
for op in ["Identity", "StopGradient"]:
    g.case(op, [np.array([b"a", b"b"], object)])
g.case("IdentityN", [[x, np.array([1], np.int64), np.array([b"a"], object)]])
g.case("PlaceholderWithDefault", [x], {"shape": [2, 2]})
g.case("PlaceholderWithDefault", [x], {"shape": [-1, 2]})
g.case("PlaceholderWithDefault", [x], {"shape": None})
for shape in [None, [-1, 2], [2, 2], [3, 2], [2, 2, 1], [-1], []]:
    g.case("EnsureShape", [x], {"shape": shape})
for shape in [None, [-1, 2], []]:
    g.case("Placeholder", [], {"dtype": tf.float32, "shape": shape})
g.case("Placeholder", [], {"dtype": tf.string, "shape": None})
for op in ["Identity", "Snapshot", "DeepCopy"]:
    try:
        g.gradient_case(op, [x])
    except LookupError:
        pass
g.gradient_case("EnsureShape", [x], {"shape": [2, 2]})
g.gradient_case("IdentityN", [[x, x]])
g.write()
