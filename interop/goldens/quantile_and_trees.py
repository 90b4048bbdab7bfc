"""Golden cases of the quantile-and-trees family: quantile sketches and BoostedTrees ensembles.

TensorFlow 2.15 only kept these ops' names, so this script runs with TensorFlow 2.6 (tensorflow-cpu 2.6.5, Python 3.8), the last line
of releases with all of their kernels in use.
"""
from golden import Golden, np, rng, run, tf

from google.protobuf import text_format
from tensorflow.core.kernels.boosted_trees import boosted_trees_pb2

if not tf.__version__.startswith("2.6."):
    raise SystemExit("TensorFlow 2.6 is needed, this is " + tf.__version__)

g = Golden("quantile-and-trees", __file__)
raw, v1 = tf.raw_ops, tf.compat.v1
f32, i32 = np.float32, np.int32
random = rng(11)

# Buckets.
bounds = np.array([-1.5, 0, 0.25, 3], f32)
values = np.array([-9, -1.5, -1.4, 0, 0.1, 0.25, 2.9, 3, 3.1, np.inf, -np.inf, np.nan], f32)
g.case("BoostedTreesBucketize", [[values], [bounds]])
g.case("BoostedTreesBucketize", [[values, values[::-1].copy()], [bounds, np.array([1], f32)]])
g.case("BoostedTreesBucketize", [[values], [np.zeros([0], f32)]])
g.case("BoostedTreesBucketize", [[values[:0]], [bounds]])
g.case("BoostedTreesBucketize", [[values[:, None]], [bounds]], name="a column")
g.case("BoostedTreesBucketize", [[values], [np.array([0, 0, 1], f32)]], name="repeated boundaries")
g.case("BoostedTreesBucketize", [[values], [bounds[:, None]]], name="boundaries of rank 2")

# Summaries: 4 rows of value, weight, least and greatest rank.
ones = np.ones([1], f32)
for eps in (0.5, 0.1, 0.01):
    for n in (1, 5, 40, 400):
        x = random.normal(size=n).astype(f32)
        g.case("BoostedTreesMakeQuantileSummaries", [[x, np.round(x, 1)], ones, f32(eps)], name="eps %g, %d values" % (eps, n))
        g.case("BoostedTreesMakeQuantileSummaries", [[x], random.uniform(0.1, 3, n).astype(f32), f32(eps)], name="eps %g, %d weighted values" % (eps, n))
g.case("BoostedTreesMakeQuantileSummaries", [[np.array([3, 1, 2], f32)], np.array([0, -1, 2], f32), f32(0.1)], name="weights that are not positive")
g.case("BoostedTreesMakeQuantileSummaries", [[np.array([np.inf, -np.inf, 2, 2], f32)], ones, f32(0.1)], name="infinities")
g.case("BoostedTreesMakeQuantileSummaries", [[np.zeros([0], f32)], ones, f32(0.1)], name="empty")
g.case("BoostedTreesMakeQuantileSummaries", [[np.ones([3], f32)], np.ones([2], f32), f32(0.1)], name="weights of another size")


def streams(n_features, eps, buckets, batches, quantiles=False, max_elements=None, flush_summaries=False):
    def build():
        handle = raw.BoostedTreesQuantileStreamResourceHandleOp(container="", shared_name="quantiles")
        more = {} if max_elements is None else {"max_elements": max_elements}
        create = raw.BoostedTreesCreateQuantileStreamResource(quantile_stream_resource_handle=handle, epsilon=eps, num_streams=np.int64(n_features), **more)
        ready = raw.IsBoostedTreesQuantileStreamResourceInitialized(quantile_stream_resource_handle=handle)
        inputs = [v1.placeholder(tf.float32, [None]) for _ in range(n_features)]
        weights = v1.placeholder(tf.float32, [None])
        summaries = raw.BoostedTreesMakeQuantileSummaries(float_values=inputs, example_weights=weights, epsilon=eps)
        add = raw.BoostedTreesQuantileStreamResourceAddSummaries(quantile_stream_resource_handle=handle, summaries=summaries)
        flush = raw.BoostedTreesQuantileStreamResourceFlush(quantile_stream_resource_handle=handle, num_buckets=np.int64(buckets), generate_quantiles=quantiles)
        boundaries = raw.BoostedTreesQuantileStreamResourceGetBucketBoundaries(quantile_stream_resource_handle=handle, num_features=n_features)
        runs = [run([ready]), run(boundaries), run([], {}, [create]), run([ready]), run(boundaries)]
        for batch, w in batches:
            runs.append(run(summaries, {**dict(zip(inputs, batch)), weights: w}, [add]))
        if flush_summaries:
            runs.append(run(raw.BoostedTreesFlushQuantileSummaries(quantile_stream_resource_handle=handle, num_features=n_features)))
            for batch, w in batches[:1]:
                runs.append(run([], {**dict(zip(inputs, batch)), weights: w}, [add]))
        runs += [run([], {}, [flush]), run(boundaries), run([], {}, [create]), run(boundaries)]
        restored = [v1.placeholder(tf.float32, None) for _ in range(n_features)]
        restore = raw.BoostedTreesQuantileStreamResourceDeserialize(quantile_stream_resource_handle=handle, bucket_boundaries=restored)
        runs += [run([], {p: np.array([i, i + 0.5], f32) for i, p in enumerate(restored)}, [restore]), run(boundaries)]
        return runs
    return build


QUANTILE_OPS = ["BoostedTreesQuantileStreamResource" + s for s in ("HandleOp", "AddSummaries", "Flush", "GetBucketBoundaries", "Deserialize")] + [
    "BoostedTreesCreateQuantileStreamResource", "IsBoostedTreesQuantileStreamResourceInitialized", "BoostedTreesFlushQuantileSummaries"]


def batch_of(n_features, n, digits=None):
    x = [random.normal(size=n).astype(f32) for _ in range(n_features)]
    return x if digits is None else [np.round(a, digits) for a in x]


g.sequence("quantile stream, two features", streams(2, 0.1, 4, [(batch_of(2, 30), ones), (batch_of(2, 50, 1), ones)]), QUANTILE_OPS)
g.sequence("quantile stream, quantiles", streams(1, 0.1, 4, [(batch_of(1, 60), random.uniform(0.5, 2, 60).astype(f32))], quantiles=True), QUANTILE_OPS)
g.sequence("quantile stream, the estimator's epsilon", streams(1, 0.01, 100, [(batch_of(1, 90), ones), (batch_of(1, 150, 1), ones)]), QUANTILE_OPS)
g.sequence("quantile stream, few elements", streams(1, 0.2, 5, [(batch_of(1, 70), ones)] * 3, max_elements=128), QUANTILE_OPS)
g.sequence("quantile stream, summaries flushed", streams(2, 0.1, 4, [(batch_of(2, 30), ones)] * 2, flush_summaries=True), QUANTILE_OPS)
# Compression may keep more boundaries than asked for; which of them go next shows only with two too many and with ties.
skewed = np.cumsum(rng(17).uniform(0.01, 1, 64)).astype(f32)
for n_weights, buckets in ((1, 4), (64, 3), (64, 5), (64, 9)):
    w = ones if n_weights == 1 else (rng(buckets).uniform(0, 1, (2, 64)).prod(0) * 5 + 0.01).astype(f32)
    g.sequence("quantile stream, %d buckets of %s" % (buckets, "same weights" if n_weights == 1 else "uneven weights"), streams(1, 0.001, buckets, [([skewed], w)]), QUANTILE_OPS)
g.sequence("quantile stream, nothing seen", streams(1, 0.1, 4, []), QUANTILE_OPS)


def quantile_errors(eps, n):
    def build():
        handle = raw.BoostedTreesQuantileStreamResourceHandleOp(container="", shared_name="bad")
        e, s = v1.placeholder(tf.float32, None), v1.placeholder(tf.int64, None)
        create = raw.BoostedTreesCreateQuantileStreamResource(quantile_stream_resource_handle=handle, epsilon=e, num_streams=s)
        return [run([], {e: eps, s: n}, [create])]
    return build


g.sequence("quantile stream, epsilon of zero", quantile_errors(f32(0), np.int64(1)), QUANTILE_OPS)
g.sequence("quantile stream, negative count", quantile_errors(f32(0.1), np.int64(-1)), QUANTILE_OPS)
g.sequence("quantile stream, epsilon is a vector", quantile_errors(np.array([0.1], f32), np.int64(1)), QUANTILE_OPS)
g.sequence("quantile stream, count is a vector", quantile_errors(f32(0.1), np.array([1], np.int64)), QUANTILE_OPS)

# Statistics: sums of gradients and Hessians by node, feature dimension and bucket.
n = 24
nodes = random.randint(0, 3, n).astype(i32)
grads, hess = random.normal(size=(n, 1)).astype(f32), random.uniform(0.1, 1, (n, 1)).astype(f32)
feature = random.randint(-1, 4, (n, 1)).astype(i32)
g.case("BoostedTreesMakeStatsSummary", [nodes, grads, hess, [np.abs(feature[:, 0]), random.randint(0, 4, n).astype(i32)]], {"max_splits": 3, "num_buckets": 4})
g.case("BoostedTreesMakeStatsSummary", [nodes, grads[1:], hess, [np.abs(feature[:, 0])]], {"max_splits": 3, "num_buckets": 4}, name="sizes differ")
g.case("BoostedTreesAggregateStats", [nodes, grads, hess, feature], {"max_splits": 3, "num_buckets": 4})
wide = random.randint(-1, 4, (n, 3)).astype(i32)
grads3, hess9 = random.normal(size=(n, 3)).astype(f32), random.uniform(0.1, 1, (n, 9)).astype(f32)
g.case("BoostedTreesAggregateStats", [nodes, grads3, hess9, wide], {"max_splits": 3, "num_buckets": 4}, name="three classes, three dimensions")
g.case("BoostedTreesAggregateStats", [nodes[:0], grads[:0], hess[:0], feature[:0]], {"max_splits": 2, "num_buckets": 3}, name="empty")
g.case("BoostedTreesAggregateStats", [nodes, grads[1:], hess, feature], {"max_splits": 3, "num_buckets": 4}, name="sizes differ")
g.case("BoostedTreesAggregateStats", [nodes - 1, grads, hess, feature], {"max_splits": 3, "num_buckets": 4}, name="negative node")


def sparse(dense):
    where = np.argwhere(dense >= 0)
    return where.astype(i32), dense[dense >= 0].astype(i32), np.array(dense.shape, i32)


def sparse_case(node, gr, he, dense, attrs, name, edit=lambda i, v, s: (i, v, s)):
    indices, vals, shape = edit(*sparse(dense))
    g.case("BoostedTreesSparseAggregateStats", [node, gr, he, indices, vals, shape], attrs, name=name)


attrs = {"max_splits": 3, "num_buckets": 4}
sparse_case(nodes, grads, hess, feature, attrs, "one dimension")
sparse_case(nodes, grads3, hess9, wide, attrs, "three classes, three dimensions")
holes = np.where(random.uniform(size=(n, 5)) < 0.2, random.randint(0, 4, (n, 5)), -1)
sparse_case(nodes, grads, hess, holes, attrs, "mostly missing")
sparse_case(nodes, grads, hess, np.full((n, 2), -1), attrs, "all missing")
sparse_case(nodes + 5, grads, hess, wide, attrs, "node out of range")
sparse_case(nodes, grads, hess, wide, attrs, "value out of range", lambda i, v, s: (i, v + 5, s))
sparse_case(nodes, grads, hess, wide, attrs, "indices and values differ", lambda i, v, s: (i, v[1:], s))
sparse_case(nodes, grads, hess, wide, attrs, "instances not in order", lambda i, v, s: (i[::-1].copy(), v, s))
sparse_case(nodes, grads, hess, wide, attrs, "a later instance first", lambda i, v, s: (np.array([[5, 0], [3, 1]], i32), v[:2], s))
sparse_case(nodes, grads, hess, wide, attrs, "an index twice", lambda i, v, s: (np.array([[5, 1], [5, 1]], i32), v[:2], s))
sparse_case(nodes, grads, hess, wide, attrs, "one dimension too many", lambda i, v, s: (np.array([[5, 3], [6, 1]], i32), v[:2], s))
sparse_case(nodes, grads, hess, wide, attrs, "instance out of range", lambda i, v, s: (np.concatenate([i[:-1], [[40, 0]]]).astype(i32), v, s))
sparse_case(nodes, grads, hess, wide, attrs, "negative instance", lambda i, v, s: (np.concatenate([[[-1, 0]], i[1:]]).astype(i32), v, s))
sparse_case(nodes, grads, hess, wide, attrs, "dimension out of range", lambda i, v, s: (np.concatenate([i[:-1], [[n - 1, 9]]]).astype(i32), v, s))
sparse_case(nodes[None], grads, hess, wide, attrs, "nodes are a matrix")
sparse_case(nodes, grads[:, 0], hess, wide, attrs, "gradients are a vector")
sparse_case(nodes, grads, hess, wide, attrs, "values are a matrix", lambda i, v, s: (i, v[None], s))


# Best splits.
def summary(splits, dims, buckets, logits=1, hessians=1, missing=True, seed=3):
    r = rng(seed)
    gr = r.normal(size=(splits, dims, buckets + 1, logits)).astype(f32)
    if hessians == logits:
        he = r.uniform(0.2, 2, (splits, dims, buckets + 1, logits)).astype(f32)
    else:
        a = r.normal(size=(splits, dims, buckets + 1, logits, logits))
        he = (np.einsum("...ij,...kj->...ik", a, a) + np.eye(logits)).reshape(splits, dims, buckets + 1, -1).astype(f32)
    if not missing:
        gr[:, :, -1], he[:, :, -1] = 0, 0
    # Sums over the buckets are the same for each dimension, as statistics of one set of examples are.
    return np.concatenate([gr, he], -1).astype(f32)


def split(op, node_range, stats, attrs, l1=0.0, l2=0.0, complexity=0.0, least=0.0, extra=(), name=None, **more):
    scalars = [f32(l1), f32(l2), f32(complexity), f32(least)]
    inputs = [np.array(node_range, i32), stats] + list(extra) + scalars
    for index, replacement in more.get("replace", {}).items():
        inputs[index] = replacement
    g.case(op, inputs, attrs, name=name, rtol=more.get("rtol"), atol=more.get("atol"))


OPTIONS = [dict(), dict(l2=0.5), dict(l1=0.8, l2=0.1), dict(complexity=0.7), dict(least=5.0), dict(l1=100.0)]
for options in OPTIONS:
    text = ", ".join("%s=%g" % item for item in options.items()) or "plain"
    split("BoostedTreesCalculateBestGainsPerFeature", [0, 3], [summary(3, 1, 4, seed=s)[:, 0] for s in (1, 2)], {"max_splits": 3}, name=text, **options)
    for kind in ("inequality", "equality"):
        for missing in (False, True):
            label = "%s, %s, %s" % (kind, "missing values" if missing else "none missing", text)
            split("BoostedTreesCalculateBestFeatureSplit", [1, 4], summary(4, 2, 5, missing=missing), {"logits_dimension": 1, "split_type": kind}, name=label, **options)
            split("BoostedTreesCalculateBestFeatureSplitV2", [1, 4], [summary(4, 2, 5, missing=missing, seed=s) for s in (4, 5, 6)], {"logits_dimension": 1},
                  extra=[np.array([kind, "inequality", kind], object), np.array([7, 3, 5], i32)], name=label, **options)
for logits, hessians, text in ((2, 4, "full Hessian"), (3, 9, "full Hessian"), (3, 3, "diagonal Hessian")):
    for kind in ("inequality", "equality"):
        for l2 in (0.0, 0.3):
            label = "%s, %d classes, %s, l2=%g" % (kind, logits, text, l2)
            stats = [summary(3, 1, 4, logits, hessians, seed=s) for s in (1, 2)]
            split("BoostedTreesCalculateBestFeatureSplit", [0, 3], stats[0], {"logits_dimension": logits, "split_type": kind}, l2=l2, name=label, rtol=1e-4, atol=1e-5)
            split("BoostedTreesCalculateBestFeatureSplitV2", [0, 3], stats, {"logits_dimension": logits}, l2=l2,
                  extra=[np.array([kind] * 2, object), np.array([0, 1], i32)], name=label, rtol=1e-4, atol=1e-5)
empty_buckets = summary(2, 1, 6, 2, 4, missing=False)
empty_buckets[:, :, 1:3] = 0
empty_buckets[1] = 0
zero_diagonal = summary(2, 1, 4, 2, 2, missing=False)
zero_diagonal[:, :, 0] = 0
split("BoostedTreesCalculateBestFeatureSplit", [0, 2], empty_buckets, {"logits_dimension": 2}, l2=0.2, name="empty buckets and an empty node", rtol=1e-4, atol=1e-5)
split("BoostedTreesCalculateBestFeatureSplit", [0, 2], empty_buckets, {"logits_dimension": 2, "split_type": "equality"}, name="equality, empty buckets, no regularization", rtol=1e-4, atol=1e-5)
split("BoostedTreesCalculateBestFeatureSplit", [0, 2], zero_diagonal, {"logits_dimension": 2, "split_type": "equality"}, name="diagonal Hessian with zeros", rtol=1e-4, atol=1e-5)
split("BoostedTreesCalculateBestFeatureSplit", [0, 1], np.zeros([1, 1, 3, 2], f32), {"logits_dimension": 1}, name="all zero")
split("BoostedTreesCalculateBestFeatureSplit", [0, 0], summary(1, 1, 2), {"logits_dimension": 1}, name="no nodes")
ties = np.zeros([1, 2, 4, 2], f32)
ties[0, :, :3] = [[1, 1], [-1, 1], [1, 1]]
split("BoostedTreesCalculateBestFeatureSplit", [0, 1], ties, {"logits_dimension": 1}, name="ties")
split("BoostedTreesCalculateBestFeatureSplitV2", [0, 1], [ties, ties], {"logits_dimension": 1}, extra=[np.array(["inequality"] * 2, object), np.array([4, 2], i32)], name="ties")

S, V2 = summary(2, 1, 3), "BoostedTreesCalculateBestFeatureSplitV2"
v2 = [np.array(["inequality"], object), np.array([0], i32)]
split("BoostedTreesCalculateBestFeatureSplit", [0, 1, 2], S, {"logits_dimension": 1}, name="node range of three")
split("BoostedTreesCalculateBestFeatureSplit", [[0, 1]], S, {"logits_dimension": 1}, name="node range is a matrix")
split("BoostedTreesCalculateBestFeatureSplit", [0, 1], S[0], {"logits_dimension": 1}, name="summary of rank 3")
split("BoostedTreesCalculateBestFeatureSplit", [0, 1], S, {"logits_dimension": 2}, name="no Hessian")
split("BoostedTreesCalculateBestFeatureSplit", [0, 1], summary(2, 1, 3, 2, 4), {"logits_dimension": 1}, name="too wide a Hessian")
for i, text in ((2, "l1"), (3, "l2"), (4, "complexity"), (5, "least")):
    split("BoostedTreesCalculateBestFeatureSplit", [0, 1], S, {"logits_dimension": 1}, name=text + " is a vector", replace={i: np.zeros([2], f32)})
    split("BoostedTreesCalculateBestGainsPerFeature", [0, 1], [S[:, 0]], {"max_splits": 2}, name=text + " is a vector", replace={i: np.zeros([2], f32)})
split("BoostedTreesCalculateBestGainsPerFeature", [0, 1, 2], [S[:, 0]], {"max_splits": 2}, name="node range of three")
split("BoostedTreesCalculateBestGainsPerFeature", [[0, 1]], [S[:, 0]], {"max_splits": 2}, name="node range is a matrix")
split("BoostedTreesCalculateBestGainsPerFeature", [0, 1], [summary(2, 1, 3, 2, 4)[:, 0]], {"max_splits": 2}, name="two classes")
split(V2, [0, 1, 2], [S], {"logits_dimension": 1}, extra=v2, name="node range of three")
split(V2, [0, 1], [S], {"logits_dimension": 2}, extra=v2, name="no Hessian")
split(V2, [0, 1], [S], {"logits_dimension": 1}, extra=[np.array(["other"], object), v2[1]], name="unknown split type")


def sparse_split(dense, node_range, name, options, edit=lambda i, v, s: (i, v, s)):
    where = np.argwhere(dense != 0)
    indices, vals, shape = edit(where.astype(i32), dense[dense != 0], np.array(dense.shape, i32))
    scalars = [f32(options.get(k, 0)) for k in ("l1", "l2", "complexity", "least")]
    g.case("BoostedTreesSparseCalculateBestFeatureSplit", [np.array(node_range, i32), indices, vals, shape] + scalars, {"logits_dimension": 1}, name=name)


for options in OPTIONS:
    text = ", ".join("%s=%g" % item for item in options.items()) or "plain"
    sparse_split(summary(4, 2, 5), [0, 4], "missing values, " + text, options)
    sparse_split(summary(4, 2, 5, missing=False), [0, 4], "none missing, " + text, options)
thin = summary(4, 3, 5)
thin[rng(9).uniform(size=thin.shape[:3]) < 0.5] = 0
sparse_split(thin, [0, 4], "half of the buckets", {})
sparse_split(np.zeros([2, 1, 3, 2], f32), [0, 2], "no entries", {})
sparse_split(S, [0, 2, 3], "node range of three", {})
sparse_split(S, [0, 2], "statistic out of range", {}, lambda i, v, s: (i + np.array([0, 0, 0, 5], i32), v, s))
sparse_split(S, [0, 2], "negative statistic", {}, lambda i, v, s: (i - np.array([0, 0, 0, 5], i32), v, s))
sparse_split(S, [0, 2], "values are a matrix", {}, lambda i, v, s: (i, v[None], s))
sparse_split(S, [0, 2], "shape is a matrix", {}, lambda i, v, s: (i, v, s[None]))
sparse_split(S, [0, 2], "indices are a vector", {}, lambda i, v, s: (i[:, 0].copy(), v, s))


# Ensembles.
def parse(text):
    return text_format.Parse(text, boosted_trees_pb2.TreeEnsemble()).SerializeToString(deterministic=True)


TWO_TREES = parse("""
trees { nodes { metadata { gain: 7.62 original_leaf { scalar: 0.3 } } bucketized_split { feature_id: 0 threshold: 28 left_id: 1 right_id: 2 } }
  nodes { leaf { scalar: 1.14 } }
  nodes { metadata { gain: 2.1 original_leaf { scalar: 8.79 } } bucketized_split { feature_id: 1 dimension_id: 0 threshold: 26 left_id: 3 right_id: 4 default_direction: DEFAULT_RIGHT } }
  nodes { leaf { scalar: -6.5 } } nodes { leaf { scalar: 9.25 } } }
trees { nodes { metadata { gain: 1.5 original_leaf { scalar: 0.0 } } bucketized_split { feature_id: 0 threshold: 34 left_id: 1 right_id: 2 } }
  nodes { leaf { scalar: -7.0 } } nodes { leaf { scalar: 5.0 } } }
trees { nodes { leaf { scalar: 0.0 } } }
tree_weights: 0.5 tree_weights: 1.0 tree_weights: 1.0
tree_metadata { num_layers_grown: 2 is_finalized: true } tree_metadata { num_layers_grown: 1 is_finalized: true } tree_metadata { }
growing_metadata { num_trees_attempted: 2 num_layers_attempted: 3 last_layer_node_start: 0 last_layer_node_end: 1 }
""")
CLASSES = parse("""
trees { nodes { metadata { gain: 7.62 original_leaf { vector { value: 0.1 value: -0.2 value: 0.3 } } } categorical_split { feature_id: 1 value: 2 dimension_id: 1 left_id: 1 right_id: 2 } }
  nodes { leaf { vector { value: 1 value: 2 value: 3 } } }
  nodes { metadata { gain: 1 original_leaf { vector { value: 4 value: 5 value: 6 } } } bucketized_split { feature_id: 0 threshold: 28 left_id: 3 right_id: 4 } }
  nodes { leaf { vector { value: -1 value: -2 value: -3 } } } nodes { leaf { vector { value: 7 value: 8 value: 9.5 } } } }
trees { nodes { leaf { vector { value: 0.5 value: 0.25 value: 0.125 } } } }
tree_weights: 0.7 tree_weights: 1.0
tree_metadata { num_layers_grown: 2 is_finalized: true } tree_metadata { }
growing_metadata { num_trees_attempted: 1 num_layers_attempted: 2 last_layer_node_start: 0 last_layer_node_end: 1 }
""")
PRUNED = parse("""
trees { nodes { metadata { gain: 1.5 original_leaf { scalar: 0.25 } } bucketized_split { feature_id: 0 threshold: 34 left_id: 1 right_id: 2 } }
  nodes { leaf { scalar: -7.0 } } nodes { leaf { scalar: 5.0 } } }
trees { nodes { leaf { scalar: 0.5 } } }
tree_weights: 1.0 tree_weights: 1.0
tree_metadata { num_layers_grown: 2 is_finalized: true
  post_pruned_nodes_meta { new_node_id: 0 logit_change: 0.0 } post_pruned_nodes_meta { new_node_id: 1 logit_change: 0.0 }
  post_pruned_nodes_meta { new_node_id: 2 logit_change: 0.0 } post_pruned_nodes_meta { new_node_id: 1 logit_change: -3.5 }
  post_pruned_nodes_meta { new_node_id: 1 logit_change: 2.25 } }
tree_metadata { }
""")


def ensemble(handle_name="trees"):
    return raw.BoostedTreesEnsembleResourceHandleOp(container="", shared_name=handle_name)


def states(handle):
    return list(raw.BoostedTreesGetEnsembleStates(tree_ensemble_handle=handle))


def stored(handle):
    return list(raw.BoostedTreesSerializeEnsemble(tree_ensemble_handle=handle))


def life_cycle():
    h = ensemble()
    token, proto = v1.placeholder(tf.int64, []), v1.placeholder(tf.string, [])
    create = raw.BoostedTreesCreateEnsemble(tree_ensemble_handle=h, stamp_token=token, tree_ensemble_serialized=proto)
    restore = raw.BoostedTreesDeserializeEnsemble(tree_ensemble_handle=h, stamp_token=token, tree_ensemble_serialized=proto)
    ready = raw.IsBoostedTreesEnsembleInitialized(tree_ensemble_handle=h)
    x = v1.placeholder(tf.int32, [None, 1])
    logits = raw.BoostedTreesPredict(tree_ensemble_handle=h, bucketized_features=[x, x], logits_dimension=1)
    some = np.array([[1], [28], [29], [35]], i32)
    of = lambda t, p: {token: np.int64(t), proto: p}
    return [run([ready]), run(states(h)), run([], of(3, TWO_TREES), [restore]), run([logits], {x: some}), run([], of(3, b""), [create]), run([ready]),
            run(states(h) + stored(h)), run([logits], {x: some}), run([], of(4, TWO_TREES), [create]), run(states(h)),
            run([], of(7, TWO_TREES), [restore]), run(states(h) + stored(h)), run([logits], {x: some}), run([], of(9, b"\xff\xff"), [restore])]


CYCLE = ["BoostedTreesEnsembleResourceHandleOp", "BoostedTreesCreateEnsemble", "BoostedTreesDeserializeEnsemble", "BoostedTreesSerializeEnsemble",
         "IsBoostedTreesEnsembleInitialized", "BoostedTreesGetEnsembleStates", "BoostedTreesPredict"]
g.sequence("ensemble's life", life_cycle, CYCLE)


def bad_proto():
    h = ensemble()
    create = raw.BoostedTreesCreateEnsemble(tree_ensemble_handle=h, stamp_token=np.int64(0), tree_ensemble_serialized=b"\xff\xff")
    return [run([], {}, [create])]


g.sequence("ensemble of bytes that are none", bad_proto, CYCLE)


def unnamed():
    h = raw.BoostedTreesEnsembleResourceHandleOp(name="first")
    h2 = raw.BoostedTreesEnsembleResourceHandleOp(name="second")
    create = raw.BoostedTreesCreateEnsemble(tree_ensemble_handle=h, stamp_token=np.int64(1), tree_ensemble_serialized=b"")
    return [run([], {}, [create]), run(states(h)[:1]), run(states(h2)[:1])]


g.sequence("ensembles without a name", unnamed, CYCLE)


def wrong_kind():
    h = ensemble("shared")
    q = raw.BoostedTreesQuantileStreamResourceHandleOp(container="", shared_name="shared")
    create = raw.BoostedTreesCreateEnsemble(tree_ensemble_handle=h, stamp_token=np.int64(1), tree_ensemble_serialized=b"")
    ready = raw.IsBoostedTreesQuantileStreamResourceInitialized(quantile_stream_resource_handle=q)
    return [run([], {}, [create]), run([ready]), run(states(q))]


g.sequence("ensemble asked of a quantile stream's handle", wrong_kind, CYCLE)


def predictions(proto, logits, features, cached):
    def build():
        h = ensemble()
        create = raw.BoostedTreesCreateEnsemble(tree_ensemble_handle=h, stamp_token=np.int64(0), tree_ensemble_serialized=proto)
        xs = [v1.placeholder(tf.int32, None) for _ in features]
        trees, nodes = v1.placeholder(tf.int32, None), v1.placeholder(tf.int32, None)
        predict = raw.BoostedTreesPredict(tree_ensemble_handle=h, bucketized_features=xs, logits_dimension=logits)
        training = list(raw.BoostedTreesTrainingPredict(tree_ensemble_handle=h, cached_tree_ids=trees, cached_node_ids=nodes, bucketized_features=xs, logits_dimension=logits))
        feeds = dict(zip(xs, features))
        runs = [run([], {}, [create]), run([predict], feeds), run([predict], {x: f[:1] for x, f in feeds.items()}), run([predict], {x: f[:0] for x, f in feeds.items()})]
        for tree_ids, node_ids in cached:
            runs.append(run(training, {**feeds, trees: np.array(tree_ids, i32), nodes: np.array(node_ids, i32)}))
        if logits == 1 and len(proto) > 0:
            debug = raw.BoostedTreesExampleDebugOutputs(tree_ensemble_handle=h, bucketized_features=xs, logits_dimension=1)
            runs.append(run([debug], feeds))
        return runs
    return build


PREDICT = ["BoostedTreesPredict", "BoostedTreesTrainingPredict", "BoostedTreesExampleDebugOutputs"]
column = lambda *x: np.array(x, i32)[:, None]
a, b = column(16, 28, 29, 36, 100), column(0, 26, 27, 26, 26)
g.sequence("predictions of two trees", predictions(TWO_TREES, 1, [a, b], [([0] * 5, [-1] * 5), ([0] * 5, [0] * 5), ([0, 0, 0, 1, 2], [1, 3, 4, 0, 0]), ([1] * 5, [1, 2, 1, 2, -1])]), PREDICT)
g.sequence("predictions of no trees", predictions(b"", 1, [a, b], [([0] * 5, [-1] * 5), ([0] * 5, [0] * 5)]), PREDICT)
g.sequence("predictions of a pruned tree", predictions(PRUNED, 1, [a, b], [([0] * 5, [-1] * 5), ([0] * 5, [0, 1, 2, 3, 4]), ([1] * 5, [0] * 5)]), PREDICT)
matrix = np.stack([b[:, 0], np.array([2, 1, 2, 2, 0], i32)], 1)
g.sequence("predictions of three classes", predictions(CLASSES, 3, [a, matrix], [([0] * 5, [-1] * 5), ([0] * 5, [0, 1, 2, 3, 4]), ([1] * 5, [0] * 5)]), PREDICT)


def bias(steps, l1=0.0, l2=0.0):
    def build():
        h = ensemble()
        create = raw.BoostedTreesCreateEnsemble(tree_ensemble_handle=h, stamp_token=np.int64(0), tree_ensemble_serialized=b"")
        gr, he = v1.placeholder(tf.float32, [1, 1]), v1.placeholder(tf.float32, [1, 1])
        center = raw.BoostedTreesCenterBias(tree_ensemble_handle=h, mean_gradients=gr, mean_hessians=he, l1=f32(l1), l2=f32(l2))
        runs = [run([], {}, [create])]
        for x, y in steps:
            runs += [run([center], {gr: f32([[x]]), he: f32([[y]])}), run(stored(h) + states(h))]
        return runs
    return build


g.sequence("bias", bias([(2.1, 3.0), (0.3, 2.0), (0.001, 2.0)]), ["BoostedTreesCenterBias"])
g.sequence("bias, regularized", bias([(2.1, 3.0), (-0.3, 2.0), (0.05, 2.0)], 0.1, 0.5), ["BoostedTreesCenterBias"])


# The growing of trees from given splits.
def update_v1(steps, pruning=0, max_depth=2, rate=0.1):
    def build():
        h = ensemble()
        create = raw.BoostedTreesCreateEnsemble(tree_ensemble_handle=h, stamp_token=np.int64(0), tree_ensemble_serialized=b"")
        runs = [run([], {}, [create])]
        for features in steps:
            update = raw.BoostedTreesUpdateEnsemble(
                tree_ensemble_handle=h, feature_ids=np.array([f[0] for f in features], i32), node_ids=[np.array(f[1], i32) for f in features],
                gains=[np.array(f[2], f32) for f in features], thresholds=[np.array(f[3], i32) for f in features],
                left_node_contribs=[np.array(f[4], f32)[:, None] for f in features], right_node_contribs=[np.array(f[5], f32)[:, None] for f in features],
                max_depth=max_depth, learning_rate=f32(rate), pruning_mode=pruning)
            runs += [run([], {}, [update]), run(stored(h) + states(h))]
        return runs
    return build


LAYERS = [
    [(4, [0], [7.62], [52], [-4.375], [7.143]), (1, [0], [0.63], [23], [-0.6], [0.24])],
    [(6, [1, 2], [5.0, -2.0], [10, 20], [-0.5, 0.3], [0.5, -0.3]), (2, [1, 2], [5.0, -1.0], [11, 21], [-1.5, 1.3], [1.5, -1.3])],
    [(0, [0], [-0.5], [3], [0.1], [0.2])],
    [(0, [1, 2], [-0.5, -0.25], [1, 2], [0.3, 0.4], [0.5, 0.6])],
    [(0, [], [], [], [], [])],
    [(0, [0], [-1.0], [3], [0.1], [0.2])],
    [(3, [2], [1.0], [5], [0.7], [0.8])],
]
for pruning, text in ((0, "no pruning"), (1, "pruning before"), (2, "pruning after")):
    steps = LAYERS if pruning != 1 else LAYERS[:3] + LAYERS[4:6]
    g.sequence("growing, " + text, update_v1(steps, pruning), ["BoostedTreesUpdateEnsemble"])


def update_v2(steps, logits=1, pruning=0, max_depth=2, rate=0.1, start=b""):
    def build():
        h = ensemble()
        create = raw.BoostedTreesCreateEnsemble(tree_ensemble_handle=h, stamp_token=np.int64(0), tree_ensemble_serialized=start)
        runs = [run([], {}, [create])]
        for groups in steps:
            update = raw.BoostedTreesUpdateEnsembleV2(
                tree_ensemble_handle=h, feature_ids=[np.array(x[0], i32) for x in groups], dimension_ids=[np.array(x[1], i32) for x in groups],
                node_ids=[np.array(x[2], i32) for x in groups], gains=[np.array(x[3], f32) for x in groups], thresholds=[np.array(x[4], i32) for x in groups],
                left_node_contribs=[np.array(x[5], f32).reshape(-1, logits) for x in groups], right_node_contribs=[np.array(x[6], f32).reshape(-1, logits) for x in groups],
                split_types=[np.array(x[7], object) for x in groups], max_depth=max_depth, learning_rate=f32(rate), pruning_mode=pruning, logits_dimension=logits)
            runs += [run([], {}, [update]), run(stored(h) + states(h))]
        return runs
    return build


LEFT, RIGHT, EQUAL = b"INEQUALITY_DEFAULT_LEFT", b"INEQUALITY_DEFAULT_RIGHT", b"EQUALITY_DEFAULT_RIGHT"
g.sequence("growing by groups", update_v2([
    [([4, 9], [0, 2], [0, 0], [7.62, 7.62], [52, 3], [-4.375, 1], [7.143, 2], [LEFT, RIGHT]), ([1], [0], [0], [9.0], [23], [-0.6], [0.24], [RIGHT])],
    [([6, 5], [0, 1], [1, 2], [5.0, -2.0], [10, 20], [-0.5, 0.3], [0.5, -0.3], [LEFT, EQUAL])],
    [([6], [0], [0], [5.0], [10], [-0.5], [0.5], [EQUAL])]]), ["BoostedTreesUpdateEnsembleV2"])
g.sequence("growing of classes", update_v2([
    [([4], [0], [0], [7.62], [52], [-4.375, 1, 2], [7.143, 3, 4], [LEFT])],
    [([6, 5], [0, 1], [1, 2], [5.0, 2.0], [10, 20], [-0.5, 0.3, 1, 2, 3, 4], [0.5, -0.3, 5, 6, 7, 8], [RIGHT, EQUAL])],
    [([6], [0], [0], [5.0], [10], [-0.5, 1, 1], [0.5, 2, 2], [EQUAL])]], logits=3), ["BoostedTreesUpdateEnsembleV2"])
g.sequence("growing of classes, pruning after", update_v2([
    [([4], [0], [0], [-0.62], [52], [-4.375, 1], [7.143, 3], [LEFT])],
    [([6, 5], [0, 1], [1, 2], [5.0, -2.0], [10, 20], [-0.5, 0.3, 1, 2], [0.5, -0.3, 5, 6], [RIGHT, LEFT])]], logits=2, pruning=2), ["BoostedTreesUpdateEnsembleV2"])


# Whole trainings as BoostedTreesClassifier issues them: quantiles first, then a layer a step, with predictions cached.
def training(trees, depth, classes=2, center=False, pruning=0, complexity=0.0, l1=0.0, l2=0.0, weights=None, rate=0.3, numeric=2, categories=0, eps=0.1, seed=5):
    def build():
        r = rng(seed)
        rows, logits = 60, 1 if classes == 2 else classes
        columns = [np.round(r.normal(size=rows), 1).astype(f32) for _ in range(numeric)]
        cats = r.randint(0, max(categories, 1), rows).astype(i32)
        score = columns[0] - 0.7 * columns[1] + 0.8 * (cats == 1) + 0.5 * r.normal(size=rows)
        labels = np.digitize(score, np.quantile(score, np.arange(1, classes) / classes)).astype(i32)
        q = raw.BoostedTreesQuantileStreamResourceHandleOp(container="", shared_name="quantiles")
        h = ensemble()
        buckets = int(1 / eps)
        make_q = raw.BoostedTreesCreateQuantileStreamResource(quantile_stream_resource_handle=q, epsilon=eps, num_streams=np.int64(numeric))
        make_h = raw.BoostedTreesCreateEnsemble(tree_ensemble_handle=h, stamp_token=np.int64(0), tree_ensemble_serialized=b"")
        inputs = [v1.placeholder(tf.float32, [None]) for _ in columns]
        summaries = raw.BoostedTreesMakeQuantileSummaries(float_values=inputs, example_weights=[1.0], epsilon=eps)
        add = raw.BoostedTreesQuantileStreamResourceAddSummaries(quantile_stream_resource_handle=q, summaries=summaries)
        flush = raw.BoostedTreesQuantileStreamResourceFlush(quantile_stream_resource_handle=q, num_buckets=np.int64(buckets))
        boundaries = raw.BoostedTreesQuantileStreamResourceGetBucketBoundaries(quantile_stream_resource_handle=q, num_features=numeric)
        features = [tf.expand_dims(x, 1) for x in raw.BoostedTreesBucketize(float_values=inputs, bucket_boundaries=boundaries)]
        feeds = dict(zip(inputs, columns))
        groups = [(buckets, list(range(numeric)), "inequality")]
        if categories:
            c = v1.placeholder(tf.int32, [None])
            feeds[c] = cats
            features.append(tf.expand_dims(c, 1))
            groups.append((categories, [numeric], "equality"))
        label = v1.placeholder(tf.int32, [None])
        tree_cache, node_cache, logit_cache = v1.placeholder(tf.int32, [None]), v1.placeholder(tf.int32, [None]), v1.placeholder(tf.float32, [None, logits])
        _, _, _, _, node_range = states(h)
        partial, tree_ids, node_ids = raw.BoostedTreesTrainingPredict(tree_ensemble_handle=h, cached_tree_ids=tree_cache, cached_node_ids=node_cache, bucketized_features=features, logits_dimension=logits)
        out = partial + logit_cache
        if classes == 2:
            p = tf.sigmoid(out)
            gradients = p - tf.expand_dims(tf.cast(label, tf.float32), 1)
            hessians = p * (1 - p)
        else:
            p = tf.nn.softmax(out)
            gradients = p - tf.one_hot(label, classes)
            hessians = tf.reshape(tf.linalg.diag(p) - tf.expand_dims(p, 1) * tf.expand_dims(p, 2), [-1, classes * classes])
        max_splits = (1 << depth) - 1
        best = []
        for n_buckets, ids, kind in groups:
            stats = [raw.BoostedTreesAggregateStats(node_ids=node_ids, gradients=gradients, hessians=hessians, feature=features[i], max_splits=max_splits, num_buckets=n_buckets) for i in ids]
            best.append(raw.BoostedTreesCalculateBestFeatureSplitV2(
                node_id_range=node_range, stats_summaries_list=stats, split_types=[kind] * len(ids), candidate_feature_ids=ids, l1=l1, l2=l2,
                tree_complexity=complexity, min_node_weight=0.0, logits_dimension=logits))
        column_of = lambda name: [getattr(x, name) for x in best]
        grow = raw.BoostedTreesUpdateEnsembleV2(
            tree_ensemble_handle=h, feature_ids=column_of("feature_ids"), dimension_ids=column_of("feature_dimensions"), node_ids=column_of("node_ids"), gains=column_of("gains"),
            thresholds=column_of("thresholds"), left_node_contribs=column_of("left_node_contribs"), right_node_contribs=column_of("right_node_contribs"),
            split_types=column_of("split_with_default_directions"), max_depth=depth, learning_rate=rate, pruning_mode=pruning, logits_dimension=logits)
        predict = raw.BoostedTreesPredict(tree_ensemble_handle=h, bucketized_features=features, logits_dimension=logits)
        runs = [run([], {}, [make_q, make_h]), run([], feeds, [add]), run([], {}, [flush]), run(boundaries)]
        # Caches are fed back as recorded, so that a run's inputs do not depend on earlier ones.
        cache = {tree_cache: np.zeros([rows], i32), node_cache: np.full([rows], -1, i32), logit_cache: np.zeros([rows, logits], f32)}
        cached = [tree_ids, node_ids, out]
        with v1.Session() as sess:
            sess.run([make_q, make_h])
            sess.run(add, feeds)
            sess.run(flush)
            if center:
                centering = raw.BoostedTreesCenterBias(tree_ensemble_handle=h, mean_gradients=tf.expand_dims(tf.reduce_mean(gradients, 0), 0), mean_hessians=tf.expand_dims(tf.reduce_mean(hessians, 0), 0), l1=l1, l2=l2)
                more = True
                while more:
                    feed = {**feeds, label: labels, **cache}
                    runs.append(run([centering, node_ids], feed))
                    more = sess.run(centering, feed)
            for _ in range(trees * depth):
                feed = {**feeds, label: labels, **cache}
                # The growing step is fed TensorFlow's own gradients: an ulp in them may be one in a leaf, and the ensemble's bytes are compared
                # (but for several classes, where each split solves a system of equations).
                got = sess.run(cached + [gradients, hessians], feed)
                fed = {**feed, gradients: got[3], hessians: got[4]}
                runs += [run(cached + [gradients, hessians, node_range], feed), run(cached, fed, [grow]), run((stored(h) if classes == 2 else []) + states(h))]
                sess.run(grow, fed)
                cache = dict(zip(cache, got))
        runs.append(run([predict], feeds))
        return runs
    return build


TRAIN = ["BoostedTreesUpdateEnsembleV2", "BoostedTreesTrainingPredict", "BoostedTreesAggregateStats", "BoostedTreesCalculateBestFeatureSplitV2", "BoostedTreesBucketize"]
g.sequence("training of two classes", training(3, 2), TRAIN)
g.sequence("training of two classes, centered, regularized, a categorical column", training(3, 3, center=True, l1=0.05, l2=0.2, categories=3), TRAIN)
g.sequence("training of two classes, pruned before", training(3, 3, pruning=1, complexity=0.9), TRAIN)
g.sequence("training of two classes, pruned after", training(3, 3, pruning=2, complexity=1.2), TRAIN)
g.sequence("training of three classes", training(3, 2, classes=3, l2=0.3, categories=2), TRAIN, rtol=1e-4, atol=1e-5)
g.write()
