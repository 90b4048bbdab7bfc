"""Goldens of the check family: Assert's text, CheckNumerics."""
from golden import Golden, bf16, np, tf

g = Golden("check", __file__)
f32 = np.float32
g.case("Assert", [np.bool_(True), [np.float32(1)]])
VALUES = [
    np.float32(1.5), np.array([1, 2, 3], f32), np.array([1, 2, 3, 4, 5], np.int32), np.array([[1, 2], [3, 4], [5, 6]], np.int64),
    np.array([0.1, 1 / 3, 1e10, 1e-7, 123456789, 16777216], f32), np.array([0.1, 1 / 3, 1e300, 1e-7, 123456789.123, 2.5], np.float64),
    np.array([np.nan, np.inf, -np.inf, -0.0], f32), np.array([b"abc", b'q"u\'o\\te', b"new\nline\t\r", b"\xc3\xa9\x01\x7f"], object),
    np.array([True, False, True]), np.array([1.5, 0.1], np.float16), np.array([1.5, 0.1], bf16), np.array([-1, 127], np.int8),
    np.array([1, 255], np.uint8), np.array([1 + 2j, 0.5 - 1j], np.complex64), np.zeros([0], f32), np.zeros([2, 0], f32),
    np.arange(24).reshape(2, 3, 4).astype(np.int32), np.array(b"scalar text", object), np.array([2**63 + 1], np.uint64),
]
for i, value in enumerate(VALUES):
    for summarize in [3, 1, 100, -1, 0, 5]:
        g.case("Assert", [np.bool_(False), [value]], {"summarize": summarize}, name="value %d summarize %d" % (i, summarize))
g.case("Assert", [np.bool_(False), [np.array(b"x must be positive", object), np.array([1, -2, 3, 4], np.int32), np.float32(2)]], {"summarize": 3})
for t in [np.float16, bf16, np.float32, np.float64]:
    for values in [[1, 2], [1, np.nan], [np.inf, 1], [-np.inf, np.nan], [np.inf, -np.inf], [np.inf, -np.inf, np.nan]]:
        for op in ["CheckNumerics", "CheckNumericsV2"]:
            g.case(op, [np.array(values, t)], {"message": "found it"}, name="%s %s" % (t.__name__, values))
g.gradient_case("CheckNumerics", [np.array([1, 2], f32)], {"message": "m"})
g.write()
