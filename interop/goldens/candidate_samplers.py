"""Goldens of the candidate samplers of sampled losses: the same seeds give the same candidates."""
from golden import Golden, np, run, tf

g = Golden("candidate-samplers", __file__)
TRUE = np.array([[0, 5], [3, 19], [7, 7]], np.int64)
COUNT = dict(num_true=2, num_sampled=6)
EXACT = dict(rtol=1e-6, atol=0)
UNIGRAMS = [float(v) for v in np.arange(1, 21)]

for seed, seed2 in [(1, 2), (7, 0), (0, 9), (123456789, 2**40 + 5)]:
    for unique in (True, False):
        seeds = dict(seed=seed, seed2=seed2, unique=unique)
        for op in ("UniformCandidateSampler", "LogUniformCandidateSampler", "LearnedUnigramCandidateSampler", "ThreadUnsafeUnigramCandidateSampler"):
            for classes in (20, 16):
                true = np.minimum(TRUE, classes - 1)
                g.case(op, [true], {"range_max": classes, **COUNT, **seeds}, **EXACT)
        g.case("FixedUnigramCandidateSampler", [TRUE], {"range_max": 20, "unigrams": UNIGRAMS, **COUNT, **seeds}, **EXACT)
        g.case("FixedUnigramCandidateSampler", [TRUE], {"range_max": 22, "unigrams": UNIGRAMS, "num_reserved_ids": 2, "distortion": 0.75, **COUNT, **seeds}, **EXACT)
g.case("FixedUnigramCandidateSampler", [np.array([[1]], np.int64)], {"range_max": 10, "unigrams": UNIGRAMS, "num_shards": 2, "shard": 1, "num_true": 1, "num_sampled": 4, "unique": False, "seed": 3}, **EXACT)
g.case("UniformCandidateSampler", [np.array([[1]], np.int64)], {"range_max": 5_000_000_000, "num_true": 1, "num_sampled": 5, "unique": True, "seed": 3}, **EXACT)
g.case("LogUniformCandidateSampler", [np.array([[1]], np.int64)], {"range_max": 1_000_000, "num_true": 1, "num_sampled": 50, "unique": True, "seed": 3}, **EXACT)
g.case("UniformCandidateSampler", [np.array([[1]], np.int64)], {"range_max": 6, "num_true": 1, "num_sampled": 6, "unique": True, "seed": 3}, **EXACT)
g.case("AllCandidateSampler", [np.array([[1], [4]], np.int64)], {"num_true": 1, "num_sampled": 6, "unique": True}, **EXACT)
# What is refused.
g.case("UniformCandidateSampler", [np.array([[1]], np.int64)], {"range_max": 5, "num_true": 1, "num_sampled": 6, "unique": True, "seed": 3})
g.case("UniformCandidateSampler", [np.array([1], np.int64)], {"range_max": 9, "num_true": 1, "num_sampled": 6, "unique": True, "seed": 3})
g.case("UniformCandidateSampler", [np.array([[1, 2]], np.int64)], {"range_max": 9, "num_true": 1, "num_sampled": 6, "unique": True, "seed": 3})
g.case("FixedUnigramCandidateSampler", [np.array([[1]], np.int64)], {"range_max": 9, "unigrams": UNIGRAMS, "num_true": 1, "num_sampled": 6, "unique": True, "seed": 3})
g.case("FixedUnigramCandidateSampler", [np.array([[1]], np.int64)], {"range_max": 9, "num_true": 1, "num_sampled": 6, "unique": True, "seed": 3})

HITS = {"num_true": 2}
g.case("ComputeAccidentalHits", [TRUE, np.array([5, 3, 8, 0, 7], np.int64)], HITS)
g.case("ComputeAccidentalHits", [TRUE, np.array([5, 5, 7, 7], np.int64)], HITS)
g.case("ComputeAccidentalHits", [TRUE, np.array([50, 51], np.int64)], HITS)
g.case("ComputeAccidentalHits", [TRUE[:, :1], np.array([5], np.int64)], HITS)
g.case("ComputeAccidentalHits", [TRUE[0], np.array([5], np.int64)], HITS)


def again():
    raw = tf.raw_ops
    common = dict(true_classes=tf.constant(TRUE), range_max=20, seed=4, seed2=5, **COUNT)
    ops = [
        raw.UniformCandidateSampler(unique=True, **common),
        raw.LogUniformCandidateSampler(unique=True, **common),
        raw.LearnedUnigramCandidateSampler(unique=True, **common),
        raw.LearnedUnigramCandidateSampler(unique=False, **common),
        raw.FixedUnigramCandidateSampler(unique=True, unigrams=UNIGRAMS, **common),
    ]
    return [run([tensor for op in ops for tensor in op]) for _ in range(3)]


g.sequence("samplers go on, and learn, from run to run", again,
           ["UniformCandidateSampler", "LogUniformCandidateSampler", "LearnedUnigramCandidateSampler", "FixedUnigramCandidateSampler"], **EXACT)
g.write()
