"""Goldens of special functions: Bessel's, Dawson's, Fresnel's, Spence's and the exponential integral; of bit counts, histograms and indices."""
from golden import Golden, bf16, np, rng, tf

g = Golden("special-functions", __file__)
r = rng(5)
f16, f32, f64 = np.float16, np.float32, np.float64
FUNCTIONS = ["BesselI0", "BesselI1", "BesselI0e", "BesselI1e", "BesselJ0", "BesselJ1", "BesselK0", "BesselK0e", "BesselK1", "BesselK1e", "BesselY0", "BesselY1",
             "Dawsn", "Expint", "FresnelCos", "FresnelSin", "Spence"]
edges = np.array([-np.inf, -50, -3, -1, -0.5, -1e-3, 0, 1e-30, 1e-3, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 5, 5.5, 8, 12, 20, 30, np.inf, np.nan])
for op in FUNCTIONS:
    for t in (f32, f64, f16, bf16):
        a = {"rtol": 2e-5, "atol": 2e-6} if t in (f32, f64) else {}
        g.case(op, [edges.astype(t)], **a)
        g.case(op, [r.uniform(0, 12, 40).astype(t)], **a)
        g.case(op, [r.uniform(-4, 4, (2, 3)).astype(t)], **a)
    g.case(op, [np.float32(0.75)])
    g.case(op, [np.zeros((2, 0), f32)])
    for t in (f32, f64):
        g.gradient_case(op, [r.uniform(0.2, 6, 7).astype(t)], rtol=1e-4, atol=1e-5)
for op in ("BesselI0", "BesselI1", "BesselJ0", "BesselJ1", "Dawsn"):
    g.gradient_case(op, [np.array([-2, -0.5, 0, 0.5, 3], f64)], rtol=1e-4, atol=1e-5)

for t in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64):
    limits = np.iinfo(t)
    g.case("PopulationCount", [np.array([limits.min, limits.min + 1, 0, 1, 2, 3, limits.max // 3, limits.max - 1, limits.max], t)])
    g.case("PopulationCount", [r.randint(0, 100, (2, 3)).astype(t)])
g.case("PopulationCount", [np.int32(7)])
g.case("PopulationCount", [np.zeros((0, 2), np.int64)])

for t in (f16, bf16, f32, f64, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.bool_):
    for x in (np.array(0), np.array(1), np.array([]), np.array([0]), np.array([[1, 2]])):
        g.case("ToBool", [x.astype(t)])
for x in (b"", b"a", [b""], []):
    g.case("ToBool", [np.array(x, object)])

for t in (np.int32, np.int64, f32, f64):
    for out in (tf.int32, tf.int64):
        for values, limits, bins in [([-1, 0, 1.5, 2, 5, 15, 3, 3], [0, 5], 5), ([[1, 2], [3, 4]], [1, 4], 3), ([], [0, 1], 4), ([7], [7, 8], 1), ([5, 5, 5], [-3, 9], 6)]:
            g.case("HistogramFixedWidth", [np.array(values).astype(t), np.array(limits, t), np.int32(bins)], {"dtype": out})
g.case("HistogramFixedWidth", [np.array([-np.inf, np.inf, 0.5], f32), np.array([0, 1], f32), np.int32(4)])
g.case("HistogramFixedWidth", [np.array([1], f32), np.array([1, 1], f32), np.int32(4)], name="no range")
g.case("HistogramFixedWidth", [np.array([1], f32), np.array([2, 1], f32), np.int32(4)], name="range the other way")
g.case("HistogramFixedWidth", [np.array([1], f32), np.array([0, 1, 2], f32), np.int32(4)], name="three limits")
g.case("HistogramFixedWidth", [np.array([1], f32), np.array([0, 1], f32), np.int32(0)], name="no bins")
g.case("HistogramFixedWidth", [np.array([1], f32), np.array([0, 1], f32), np.int32(-2)], name="negative bins")
g.case("HistogramFixedWidth", [np.array([1], f32), np.array([0, 1], f32), np.array([2], np.int32)], name="a vector of bins")
g.case("HistogramFixedWidth", [np.array([np.nan, 1], f32), np.array([0, 1], f32), np.int32(3)], name="NaN")
g.case("HistogramFixedWidth", [r.uniform(-1, 11, 60).astype(f32), np.array([0, 10], f32), np.int32(7)])

for t in (np.int32, np.int64):
    g.case("UnravelIndex", [np.array([22, 41, 37], t), np.array([7, 6], t)])
    g.case("UnravelIndex", [np.array(1621, t), np.array([6, 7, 8, 9], t)])
    g.case("UnravelIndex", [np.array([], t), np.array([3, 4], t)])
    g.case("UnravelIndex", [np.array([3], t), np.array([5], t)])
    g.case("UnravelIndex", [np.array([[3]], t), np.array([5, 2], t)])
    g.case("UnravelIndex", [np.array([99], t), np.array([5, 2], t)], name="beyond %s" % t.__name__)
    g.case("UnravelIndex", [np.array([3], t), np.array([5, 0], t)], name="no elements %s" % t.__name__)
    g.case("UnravelIndex", [np.array([3], t), np.array([[5, 2]], t)], name="a matrix %s" % t.__name__)
    g.case("UnravelIndex", [np.array([3], t), np.array([], t)], name="scalar %s" % t.__name__)
    g.case("UnravelIndex", [np.array([-3], t), np.array([5, 2], t)], name="negative %s" % t.__name__)
g.write()
