"""Goldens of the random family: the same seeds give the same numbers."""
from golden import Golden, bf16, np, run, tf

g = Golden("random", __file__)
v1 = tf.compat.v1
i32 = lambda *x: np.array(x, np.int32)
i64 = lambda *x: np.array(x, np.int64)
SEEDS = [(1, 2), (87654321, 5), (0, 7), (3, 0), (-1, 2**62)]
# Single precision logarithms and sines may differ in the last bit.
CLOSE = {"rtol": 2e-6, "atol": 1e-7}

for op in ["RandomUniform", "RandomStandardNormal", "TruncatedNormal"]:
    for dtype in [tf.float32, tf.float64, tf.float16, tf.bfloat16]:
        for seed, seed2 in SEEDS[:2]:
            close = CLOSE if dtype in (tf.float32, tf.float64) else {}
            g.case(op, [i32(3, 7)], {"dtype": dtype, "seed": seed, "seed2": seed2}, **close)
    for seed, seed2 in SEEDS[2:]:
        g.case(op, [i64(2, 3)], {"dtype": tf.float32, "seed": seed, "seed2": seed2}, **CLOSE)
    g.case(op, [i32(0, 3)], {"dtype": tf.float32, "seed": 1})
    g.case(op, [np.zeros([0], np.int32)], {"dtype": tf.float32, "seed": 1}, **CLOSE)
    g.case(op, [np.int32(3)], {"dtype": tf.float32, "seed": 1})
    g.case(op, [i32(-3)], {"dtype": tf.float32, "seed": 1})
    g.case(op, [i32(1100)], {"dtype": tf.float32, "seed": 11, "seed2": 12}, **CLOSE)
for t in [np.int32, np.int64]:
    for low, high in [(0, 10), (-5, 3), (0, 2**31 - 1), (-2**31, 2**31 - 1), (7, 8)]:
        g.case("RandomUniformInt", [i32(2, 5), np.array(low, t), np.array(high, t)], {"seed": 4, "seed2": 5}, name="%s %d %d" % (t.__name__, low, high))
g.case("RandomUniformInt", [i32(3), np.int64(-2**62), np.int64(2**62)], {"seed": 4, "seed2": 5})
g.case("RandomUniformInt", [i32(3), np.int32(5), np.int32(5)], {"seed": 4, "seed2": 5})
g.case("RandomUniformInt", [i32(3), i32(5), np.int32(5)], {"seed": 4, "seed2": 5})
g.case("RandomUniformInt", [i32(0), np.int32(5), np.int32(5)], {"seed": 4, "seed2": 5})
for x in [np.arange(10, dtype=np.float32), np.arange(12, dtype=np.int64).reshape(4, 3), np.array([b"a", b"b", b"c", b"d", b"e"], object),
          np.float32(3), np.zeros([1, 4], np.float32), np.zeros([3, 0], np.float32)]:
    g.case("RandomShuffle", [x], {"seed": 9, "seed2": 10})
for t in [np.float32, np.float64, np.float16]:
    g.case("Multinomial", [np.log(np.array([[1, 2, 3, 4], [4, 3, 2, 1]])).astype(t), np.int32(9)], {"seed": 3, "seed2": 4})
g.case("Multinomial", [np.array([[0, -np.inf, 1], [np.nan, 2, 2]], np.float32), np.int32(6)], {"seed": 3, "seed2": 4, "output_dtype": tf.int32})
g.case("Multinomial", [np.zeros([2], np.float32), np.int32(6)], {"seed": 3})
g.case("Multinomial", [np.zeros([2, 2], np.float32), np.int32(-6)], {"seed": 3})
g.case("Multinomial", [np.zeros([2, 0], np.float32), np.int32(6)], {"seed": 3})
g.case("Multinomial", [np.zeros([2, 2], np.float32), i32(6)], {"seed": 3})
g.case("Multinomial", [np.zeros([2, 2], np.float32), np.int32(0)], {"seed": 3})
for t in [np.float32, np.float64, np.float16]:
    g.case("RandomGamma", [i32(3), np.array([[0.5, 1, 3], [10, 0.1, 2]], t)], {"seed": 3, "seed2": 4})
g.case("RandomGamma", [i32(0), np.array([0.5], np.float32)], {"seed": 3, "seed2": 4})
g.case("RandomGamma", [i32(2), np.zeros([0], np.float32)], {"seed": 3, "seed2": 4})

for seed in [i32(1, 2), i64(-1, 2**40), i64(0, 0)]:
    for op in ["StatelessRandomUniform", "StatelessRandomNormal", "StatelessTruncatedNormal"]:
        for dtype in [tf.float32, tf.float64, tf.float16, tf.bfloat16]:
            close = CLOSE if dtype in (tf.float32, tf.float64) else {}
            g.case(op, [i32(3, 3), seed], {"dtype": dtype}, **close)
    g.case("StatelessRandomUniformInt", [i32(7), seed, np.int32(-3), np.int32(9)])
    g.case("StatelessRandomUniformInt", [i32(7), seed, np.int64(-3), np.int64(2**40)])
    for dtype in [tf.int32, tf.int64, tf.uint32, tf.uint64]:
        g.case("StatelessRandomUniformFullInt", [i32(7), seed], {"dtype": dtype})
    g.case("StatelessRandomGetKeyCounter", [seed])
    g.case("StatelessRandomGetKeyCounterAlg", [seed])
    g.case("StatelessMultinomial", [np.log(np.array([[1, 2, 3, 4], [4, 3, 2, 1]], np.float32)), np.int32(9), seed])
g.case("StatelessRandomGetAlg")
key, counter = np.array([2**63 + 5], np.uint64), np.array([7, 2**60], np.uint64)
for alg in [1, 3]:
    for op in ["StatelessRandomUniformV2", "StatelessRandomNormalV2", "StatelessTruncatedNormalV2"]:
        for dtype in [tf.float32, tf.float64]:
            g.case(op, [i32(3, 3), key, counter, np.int32(alg)], {"dtype": dtype}, **CLOSE)
    g.case("StatelessRandomUniformIntV2", [i32(7), key, counter, np.int32(alg), np.int32(-3), np.int32(9)])
    g.case("StatelessRandomUniformFullIntV2", [i32(7), key, counter, np.int32(alg)], {"dtype": tf.uint64})
g.case("StatelessRandomUniform", [i32(2), i32(1, 2, 3)])
g.case("StatelessRandomUniform", [np.int32(2), i32(1, 2)])
g.case("StatelessRandomUniformInt", [i32(7), i32(1, 2), np.int32(3), np.int32(3)])


def stateful():
    ops = [
        tf.raw_ops.RandomUniform(shape=[5], dtype=tf.float32, seed=1, seed2=2),
        tf.raw_ops.RandomStandardNormal(shape=[5], dtype=tf.float32, seed=1, seed2=2),
        tf.raw_ops.TruncatedNormal(shape=[5], dtype=tf.float64, seed=1, seed2=2),
        tf.raw_ops.RandomUniformInt(shape=[5], minval=0, maxval=100, seed=1, seed2=2),
        tf.raw_ops.RandomShuffle(value=tf.range(9), seed=1, seed2=2),
        tf.raw_ops.Multinomial(logits=tf.zeros([2, 5]), num_samples=5, seed=1, seed2=2),
        tf.raw_ops.RandomGamma(shape=[3], alpha=tf.constant([2.0, 0.5]), seed=1, seed2=2),
    ]
    return [run(ops), run(ops[:3]), run(ops)]


g.sequence("a generator goes on from run to run", stateful,
           ["RandomUniform", "RandomStandardNormal", "TruncatedNormal", "RandomUniformInt", "RandomShuffle", "Multinomial", "RandomGamma"], **CLOSE)


def same_seeds():
    a = tf.raw_ops.RandomUniform(shape=[3], dtype=tf.float32, seed=5, seed2=6)
    b = tf.raw_ops.RandomUniform(shape=[3], dtype=tf.float32, seed=5, seed2=6)
    return [run([a]), run([a, b])]


g.sequence("each op has a generator of its own", same_seeds, ["RandomUniform"])
g.write()
