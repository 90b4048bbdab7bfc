"""Goldens of random ops with parameters (gamma, Poisson, binomial, bounded normal), of generators kept in variables, and of random crops."""
from golden import Golden, bf16, np, run, set_producer, tf

g = Golden("random-draws", __file__)
i32 = lambda *x: np.array(x, np.int32)
i64 = lambda *x: np.array(x, np.int64)
f16, f32, f64 = np.float16, np.float32, np.float64
CLOSE = {"rtol": 2e-5, "atol": 1e-6}
raw = tf.raw_ops

alphas = [[0.5, 1, 3], [10, 0.1, 2]]
for t in [f32, f64, f16, bf16]:
    close = CLOSE if t in (f32, f64) else {}
    g.case("StatelessRandomGammaV2", [i32(4, 2, 3), i64(1, 2), np.array(alphas).astype(t)], **close)
    g.case("StatelessRandomGammaV2", [i32(5), i32(7, -1), np.array(2.5).astype(t)], **close)
    for alg in (1, 3):
        g.case("StatelessRandomGammaV3", [i32(2, 3), np.array([5], np.uint64), np.array([7, 2**60], np.uint64), np.int32(alg), np.array(alphas).astype(t)], **close)
g.case("StatelessRandomGammaV2", [i32(0, 2), i64(1, 2), np.ones(2, f32)])
g.case("StatelessRandomGammaV2", [i32(3, 2), i64(1, 2), np.ones(3, f32)], name="another end")
g.case("StatelessRandomGammaV2", [i32(3, 2), i64(1, 2, 3), np.ones(2, f32)], name="three seeds")
g.case("StatelessRandomGammaV2", [i32(3, 0), i64(1, 2), np.zeros(0, f32)], name="no alphas")
g.case("StatelessRandomGammaV3", [i32(0, 3), np.array([5], np.uint64), np.array([7, 2**60], np.uint64), np.int32(1), np.ones(3, f32)])
g.case("StatelessRandomGammaV3", [i32(3), np.array([5, 6], np.uint64), np.array([7, 2**60], np.uint64), np.int32(1), np.ones(3, f32)], name="two keys")
g.case("StatelessRandomGammaV3", [i32(3), np.array([5], np.uint64), np.array([7, 8], np.uint64), np.int32(2), np.ones(3, f32)], name="ThreeFry")
g.case("StatelessRandomGammaV3", [i32(3), np.array([5], np.uint64), np.array([7, 8], np.uint64), np.int32(9), np.ones(3, f32)], name="no algorithm")
g.case("StatelessRandomGammaV3", [i32(3), np.array([5], np.uint64), np.array([7, 8], np.uint64), i32(1), np.ones(3, f32)], name="a vector of algorithms")

rates = [[0.3, 2, 9.5], [10, 40, 1000]]
for t in [f16, f32, f64]:
    g.case("RandomPoisson", [i32(5), np.array(rates, t)], {"seed": 3, "seed2": 4}, producer=24)
for r in [f16, f32, f64, np.int32, np.int64]:
    for t in [f16, f32, f64, np.int32, np.int64]:
        g.case("RandomPoissonV2", [i32(3, 2), np.array(rates, r)], {"seed": 3, "seed2": 4, "dtype": t})
        g.case("StatelessRandomPoisson", [i32(3, 2, 3), i64(4, 5), np.array(rates, r)], {"dtype": t})
g.case("RandomPoissonV2", [i32(0), np.array([0.5], f32)], {"seed": 3, "seed2": 4})
g.case("RandomPoissonV2", [i32(2), np.zeros([0], f32)], {"seed": 3, "seed2": 4})
g.case("RandomPoissonV2", [np.int32(2), np.ones([1], f32)], {"seed": 3, "seed2": 4})
g.case("RandomPoissonV2", [i32(4), np.array([0, -1], f32)], {"seed": 3, "seed2": 4})
g.case("RandomPoisson", [i32(0), np.array([0.5], f32)], {"seed": 3, "seed2": 4}, producer=24)
g.case("RandomPoisson", [i32(2), np.zeros([0], f32)], {"seed": 3, "seed2": 4}, producer=24)
g.case("RandomPoisson", [i32(-2), np.ones([1], f32)], {"seed": 3, "seed2": 4}, producer=24)
g.case("RandomPoisson", [i64(9), np.array(30, f32)], {"seed": 11}, producer=24)
g.case("RandomPoisson", [i64(9), np.array(3, f64)], {"seed": 11}, producer=24)
g.case("StatelessRandomPoisson", [i32(3, 2), i64(4, 5), np.ones(3, f32)], {"dtype": f32}, name="another end")
g.case("StatelessRandomPoisson", [i32(3, 2), i64(4), np.ones(2, f32)], {"dtype": f32}, name="one seed")
g.case("StatelessRandomPoisson", [i32(0, 2), i64(4, 5), np.ones(2, f32)], {"dtype": f32})

counts, probs = [1, 10, 100, 1000.0], [0.1, 0.5, 0.9, 0.4]
for t in [f16, f32, f64]:
    for out in [f16, f32, f64, np.int32, np.int64]:
        g.case("StatelessRandomBinomial", [i32(6, 4), i64(1, 2), np.array(counts, t), np.array(probs, t)], {"dtype": out})
g.case("StatelessRandomBinomial", [i32(5, 2, 3), i32(1, 2), np.array([[5], [50]], f32), np.array([0.2, 0.7, 1.0], f32)], {"dtype": f32}, name="broadcast")
g.case("StatelessRandomBinomial", [i32(3, 4), i32(1, 2), np.array([-1, 0, 5, 7], f32), np.array([0.2, 0.7, 0, 1.5], f32)], {"dtype": f32}, name="edges")
g.case("StatelessRandomBinomial", [i32(3, 1), i32(1, 2), np.array([5], f32), np.array([np.nan], f32)], {"dtype": f32}, name="NaN")
g.case("StatelessRandomBinomial", [i32(3), i32(1, 2), np.array(5, f32), np.array(0.5, f32)], {"dtype": f32})
g.case("StatelessRandomBinomial", [i32(0, 1), i32(1, 2), np.array([5], f32), np.array([0.5], f32)], {"dtype": f32})
g.case("StatelessRandomBinomial", [i32(3, 2), i32(1, 2), np.ones(2, f32), np.ones(3, f32)], {"dtype": f32}, name="no broadcast")
g.case("StatelessRandomBinomial", [i32(3, 2), i32(1, 2), np.ones(3, f32), np.ones(3, f32)], {"dtype": f32}, name="another end")
g.case("StatelessRandomBinomial", [i32(3, 2), i32(1), np.ones(2, f32), np.ones(2, f32)], {"dtype": f32}, name="one seed")
g.case("StatelessRandomBinomial", [np.int32(3), i32(1, 2), np.ones((), f32), np.ones((), f32)], {"dtype": f32}, name="scalar shape")

bounds = [([0], [1], [-1], [1]), ([0, 1, 5], [1, 2, 3], [-2, -1, 4], [2, 3, 30]), ([0], [1], [3], [4]), ([0], [1], [2], [np.inf]), ([0], [1], [-np.inf], [-2.5]), ([1], [2], [-np.inf], [1.5])]
for t in [f32, f64]:
    for m, s, lo, hi in bounds:
        n = 3 if len(m) == 1 else len(m)
        p = [np.array(x if len(x) > 1 else x, t) for x in (m, s, lo, hi)]
        g.case("ParameterizedTruncatedNormal", [i32(n, 5), *p], {"seed": 3, "seed2": 4}, **CLOSE)
        g.case("StatelessParameterizedTruncatedNormal", [i32(4, len(m)), i64(3, 4), *p], **CLOSE)
zero = np.zeros((), f32)
one = np.ones((), f32)
g.case("ParameterizedTruncatedNormal", [i32(2, 3), zero, one, -one, one], {"seed": 3, "seed2": 4}, **CLOSE)
g.case("ParameterizedTruncatedNormal", [i32(250), zero, one, -one, one], {"seed": 3, "seed2": 4}, **CLOSE)
g.case("ParameterizedTruncatedNormal", [i32(0, 3), zero, one, -one, one], {"seed": 3})
g.case("ParameterizedTruncatedNormal", [i32(2, 3), zero, -one, -one, one], {"seed": 3}, name="negative deviation")
g.case("ParameterizedTruncatedNormal", [i32(2, 3), zero, one, one, -one], {"seed": 3}, name="bounds the other way")
g.case("ParameterizedTruncatedNormal", [i32(2, 3), np.zeros(3, f32), one, -one, one], {"seed": 3}, name="means of another length")
g.case("ParameterizedTruncatedNormal", [i32(2, 3), zero, np.ones(3, f32), -one, one], {"seed": 3}, name="deviations of another length")
g.case("ParameterizedTruncatedNormal", [i32(2, 3), np.zeros((2, 1), f32), one, -one, one], {"seed": 3}, name="a matrix of means")
g.case("ParameterizedTruncatedNormal", [np.int32(2), zero, one, -one, one], {"seed": 3}, name="scalar shape")
g.case("StatelessParameterizedTruncatedNormal", [i32(2, 3), i64(1, 2), zero, one, -one, one], **CLOSE)
g.case("StatelessParameterizedTruncatedNormal", [i32(2, 2, 3), i64(1, 2), np.array([[0], [1]], f32), np.array([1, 2, 3], f32), -one, f32(3)], **CLOSE)
g.case("StatelessParameterizedTruncatedNormal", [i32(0, 3), i64(1, 2), zero, one, -one, one])
g.case("StatelessParameterizedTruncatedNormal", [i32(2, 3), i64(1), zero, one, -one, one], name="one seed")
g.case("StatelessParameterizedTruncatedNormal", [i32(2, 3), i64(1, 2), np.zeros(2, f32), one, -one, one], name="another end")
g.case("StatelessParameterizedTruncatedNormal", [i32(2, 3), i64(1, 2), zero, -one, -one, one], name="negative deviation")

for t in [f32, f64]:
    g.case("RandomGammaGrad", [np.array([0.1, 0.5, 1, 2, 5, 20, 200, 0.001], t), np.array([0.05, 0.5, 2, 1, 7, 15, 210, 0.01], t)], rtol=2e-4)
    g.case("RandomGammaGrad", [np.array([[1], [3]], t), np.array([0.5, 1, 2, 6], t)], rtol=2e-4)
    g.case("RandomGammaGrad", [np.array([], t), np.array([], t)])
    g.case("RandomGammaGrad", [np.array(2, t), np.array(3, t)], rtol=2e-4)
    g.case("RandomGammaGrad", [np.array([1, 2], t), np.array([3, 1, 2], t)])
    g.gradient_case("RandomGamma", [i32(3), np.array([0.5, 2, 10], t)], {"seed": 4, "seed2": 5}, rtol=1e-3)
    g.gradient_case("StatelessRandomGammaV2", [i32(2, 3), i64(1, 2), np.array([0.5, 2, 10], t)], rtol=1e-3)

for x in [np.arange(10, dtype=f32), np.arange(12, dtype=np.int64).reshape(4, 3), np.array([b"a", b"b", b"c", b"d", b"e"], object), f32(3), np.zeros([1, 4], f32), np.zeros([3, 0], f32), np.arange(12).reshape(3, 2, 2) > 5, np.arange(40, dtype=np.int16)]:
    g.case("StatelessShuffle", [x, np.array([5], np.uint64), np.array([7, 2**60], np.uint64), np.int32(1)])
for t in [np.int32, np.int64, np.uint32, np.uint64]:
    for n in [1, 10, 1000, 100000]:
        g.case("RandomIndexShuffle", [np.array(n // 3, t), i32(1, 2, 3), np.array(n, t)])
        g.case("RandomIndexShuffle", [np.array([0, n // 2, n], t), i64(4, -5, 6), np.array(n, t)], {"rounds": 8})
g.case("RandomIndexShuffle", [np.arange(4), np.arange(12).reshape(4, 3), np.array([10, 20, 30, 3])])
g.case("RandomIndexShuffle", [np.int32(2**31 - 2), i32(9, 9, 9), np.int32(2**31 - 1)])


def with_state(make, dtype=tf.int64, state=(1, 2, 3), producer=None, reads=True):
    def build():
        set_producer(producer)
        handle = raw.VarHandleOp(dtype=dtype, shape=[len(state)], shared_name="state")
        init = raw.AssignVariableOp(resource=handle, value=tf.constant(list(state), dtype))
        read = raw.ReadVariableOp(resource=handle, dtype=dtype)
        ops = make(handle)
        if not reads:
            # An update in place first: the binomial op writes the state of a variable that shares its buffer to nowhere.
            own = raw.AssignAddVariableOp(resource=handle, value=tf.constant([0] * len(state), dtype))
            return [run([], targets=[init]), run([], targets=[own])] + [run([out]) for out in ops] + [run([read])]
        return [run([], targets=[init])] + [r for out in ops for r in (run([out] if isinstance(out, tf.Tensor) else [], targets=[] if isinstance(out, tf.Tensor) else [out]), run([read]))]
    return build


def sequence(name, make, op, **options):
    close = options.pop("close", {})
    g.sequence(op + ": " + name, with_state(make, **options), [op], **close)


for op, types in [("StatefulUniform", [tf.float32, tf.float64, tf.float16, tf.bfloat16]), ("StatefulStandardNormalV2", [tf.float32, tf.float64, tf.float16]), ("StatefulTruncatedNormal", [tf.float32, tf.float64])]:
    for t in types:
        f = getattr(raw, op)
        sequence(t.name, lambda h: [f(resource=h, algorithm=np.int64(1), shape=i32(3, 3), dtype=t), f(resource=h, algorithm=np.int64(1), shape=i64(2), dtype=t), f(resource=h, algorithm=np.int64(1), shape=i64(0), dtype=t)], op, close=CLOSE if t in (tf.float32, tf.float64) else {})
    sequence("no algorithm", lambda h: [f(resource=h, algorithm=np.int64(2), shape=i32(3), dtype=tf.float32)], op)
    sequence("short state", lambda h: [f(resource=h, algorithm=np.int64(1), shape=i32(3), dtype=tf.float32)], op, state=(1, 2))
    sequence("int32 state", lambda h: [f(resource=h, algorithm=np.int64(1), shape=i32(3), dtype=tf.float32)], op, dtype=tf.int32)
for t in [tf.float32, tf.float64]:
    sequence(t.name, lambda h: [raw.StatefulStandardNormal(resource=h, shape=i64(3, 3), dtype=t), raw.StatefulStandardNormal(resource=h, shape=i64(2), dtype=t)], "StatefulStandardNormal", state=(1, 5, 6, 7), producer=28, close=CLOSE)
sequence("no algorithm", lambda h: [raw.StatefulStandardNormal(resource=h, shape=i64(2), dtype=tf.float32)], "StatefulStandardNormal", state=(4, 5, 6, 7), producer=28)
sequence("short state", lambda h: [raw.StatefulStandardNormal(resource=h, shape=i64(2), dtype=tf.float32)], "StatefulStandardNormal", state=(1, 5, 6), producer=28)
for t in [np.int32, np.int64]:
    sequence(t.__name__, lambda h: [raw.StatefulUniformInt(resource=h, algorithm=np.int64(1), shape=i64(5), minval=t(lo), maxval=t(hi)) for lo, hi in [(0, 10), (-7, 3), (3, 3)]], "StatefulUniformInt")
for t in [tf.int32, tf.int64, tf.uint32, tf.uint64]:
    sequence(t.name, lambda h: [raw.StatefulUniformFullInt(resource=h, algorithm=np.int64(1), shape=i64(5), dtype=t), raw.StatefulUniformFullInt(resource=h, algorithm=np.int64(1), shape=i64(2, 2), dtype=t)], "StatefulUniformFullInt")
for t in [tf.float32, tf.int32, tf.float64, tf.int64]:
    sequence(t.name, lambda h: [raw.StatefulRandomBinomial(resource=h, algorithm=np.int64(1), shape=i32(4, 3), counts=np.array([5, 50, 500], f32), probs=np.array([0.2, 0.5, 0.8], f32), dtype=t) for _ in range(2)], "StatefulRandomBinomial", reads=False)
sequence("another end", lambda h: [raw.StatefulRandomBinomial(resource=h, algorithm=np.int64(1), shape=i32(4, 2), counts=np.array([5, 50, 500], f32), probs=np.array([0.2, 0.5, 0.8], f32))], "StatefulRandomBinomial")
sequence("no algorithm", lambda h: [raw.StatefulRandomBinomial(resource=h, algorithm=np.int64(7), shape=i32(3), counts=np.float32(3), probs=np.float32(0.5))], "StatefulRandomBinomial")
for delta in [0, 1, 5, 2**40, -3]:
    sequence("by %d" % delta, lambda h: [raw.RngSkip(resource=h, algorithm=np.int64(1), delta=np.int64(delta)) for _ in range(2)], "RngSkip")
    if delta >= 0:
        sequence("by %d" % delta, lambda h: [raw.RngReadAndSkip(resource=h, alg=np.int32(1), delta=np.uint64(delta)) for _ in range(2)], "RngReadAndSkip")
sequence("large state", lambda h: [raw.RngReadAndSkip(resource=h, alg=np.int32(1), delta=np.uint64(2**63 + 5)) for _ in range(2)], "RngReadAndSkip", state=(-1, -2, 3))
sequence("ThreeFry", lambda h: [raw.RngReadAndSkip(resource=h, alg=np.int32(2), delta=np.uint64(5))], "RngReadAndSkip")
sequence("auto", lambda h: [raw.RngReadAndSkip(resource=h, alg=np.int32(3), delta=np.uint64(5))], "RngReadAndSkip")
sequence("no algorithm", lambda h: [raw.RngReadAndSkip(resource=h, alg=np.int32(9), delta=np.uint64(5))], "RngReadAndSkip")
sequence("short state", lambda h: [raw.RngReadAndSkip(resource=h, alg=np.int32(1), delta=np.uint64(5))], "RngReadAndSkip", state=(1, 2))
sequence("no algorithm", lambda h: [raw.RngSkip(resource=h, algorithm=np.int64(2), delta=np.int64(5))], "RngSkip")
sequence("short state", lambda h: [raw.RngSkip(resource=h, algorithm=np.int64(1), delta=np.int64(5))], "RngSkip", state=(1, 2))
for t in [tf.int32, tf.int64, tf.uint32, tf.uint64]:
    g.case("NonDeterministicInts", [i64(0)], {"dtype": t})
    g.case("NonDeterministicInts", [i32(0, 3)], {"dtype": t})
g.case("NonDeterministicInts", [np.int32(3)], {"dtype": tf.int32})

boxes = np.array([[[0.1, 0.2, 0.5, 0.9], [0.3, 0.3, 0.9, 0.6]]], f32)
none = np.zeros((1, 0, 4), f32)
for t in [np.uint8, np.int8, np.int16, np.int32, np.int64]:
    size = np.array([100, 120, 3], t)
    for seed in [(1, 2), (3, 4), (5, 6)]:
        s = {"seed": seed[0], "seed2": seed[1]}
        g.case("SampleDistortedBoundingBox", [size, boxes], s, **CLOSE)
        g.case("SampleDistortedBoundingBoxV2", [size, boxes, f32(0.3)], dict(s, aspect_ratio_range=[0.5, 2.0], area_range=[0.2, 0.9]), **CLOSE)
        g.case("StatelessSampleDistortedBoundingBox", [size, boxes, f32(0.5), i64(*seed)], {"max_attempts": 20}, **CLOSE)
size = i32(480, 640, 3)
for k in range(12):
    s = {"seed": k, "seed2": 3 * k + 1, "use_image_if_no_bounding_boxes": True, "area_range": [0.05, 1.0], "aspect_ratio_range": [0.75, 1.33]}
    g.case("SampleDistortedBoundingBoxV2", [size, none, f32(0.1)], s, **CLOSE)
    g.case("StatelessSampleDistortedBoundingBox", [size, none, f32(0.1), i32(k, k)], {"use_image_if_no_bounding_boxes": True, "area_range": [0.08, 1.0]}, **CLOSE)
for op, rest in [("SampleDistortedBoundingBox", []), ("SampleDistortedBoundingBoxV2", [f32(0.1)]), ("StatelessSampleDistortedBoundingBox", [f32(0.1), i32(1, 2)])]:
    s = {} if op.startswith("Stateless") else {"seed": 1}
    g.case(op, [size, none, *rest], s, name="no boxes")
    g.case(op, [size, boxes * 2, *rest], s, name="boxes beyond")
    g.case(op, [size[:2], boxes, *rest], s, name="two sizes")
    g.case(op, [size, boxes[0], *rest], s, name="boxes of rank 2")
    g.case(op, [size, boxes[..., :3], *rest], s, name="boxes of three")
    g.case(op, [size, boxes, *rest], dict(s, area_range=[0.1]), name="one area")
    g.case(op, [size, boxes, *rest], dict(s, area_range=[0.1, 1.5]), name="large area")
    g.case(op, [size, boxes, *rest], dict(s, area_range=[-0.1, 0.5]), name="negative area")
    g.case(op, [size, boxes, *rest], dict(s, aspect_ratio_range=[-0.1, 0.5]), name="negative ratio")
    g.case(op, [size, boxes, *rest], dict(s, aspect_ratio_range=[1.0, 2.0, 3.0]), name="three ratios")
    g.case(op, [size, boxes, *rest], dict(s, max_attempts=0), name="no attempts")
    g.case(op, [i32(3, 3, 1), boxes, *rest], dict(s, area_range=[0.9, 1.0], aspect_ratio_range=[5.0, 6.0]), name="cannot be", **CLOSE)
g.case("SampleDistortedBoundingBoxV2", [size, boxes, f32(-0.1)], {"seed": 1}, name="negative cover")
g.case("SampleDistortedBoundingBoxV2", [size, boxes, np.array([0.1], f32)], {"seed": 1}, name="covers")
g.case("SampleDistortedBoundingBox", [size, boxes], {"seed": 1, "min_object_covered": -1.0}, name="negative cover")
g.case("StatelessSampleDistortedBoundingBox", [size, boxes, f32(0.1), i32(1)], name="one seed")
g.write()
