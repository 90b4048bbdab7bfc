"""Goldens of the SDCA family: hashes of example ids, steps of dual coordinate ascent, shrinkage."""
from golden import Golden, np, rng, run, tf

g = Golden("sdca", __file__)
f32, i64 = np.float32, np.int64
LOSSES = ["logistic_loss", "squared_loss", "hinge_loss", "smooth_hinge_loss", "poisson_loss"]
BINARY = ("logistic_loss", "hinge_loss", "smooth_hinge_loss")
ROWS = 7


def texts(*lengths):
    r = rng(3)
    return np.array([bytes(r.randint(0, 256, n).astype(np.uint8)) for n in lengths], object)


g.case("SdcaFprint", [np.array([b"abc", b"very looooooong string", b"def"], object)])
g.case("SdcaFprint", [texts(*range(0, 36))], name="short")
g.case("SdcaFprint", [texts(47, 48, 49, 63, 64, 65, 80, 127, 128, 129, 143, 144, 145, 160)], name="around 128 bytes")
g.case("SdcaFprint", [texts(175, 176, 177, 200, 255, 256, 257, 271, 272, 273, 300, 400, 500, 1000, 2000, 2001, 2015)], name="long")
g.case("SdcaFprint", [np.array([], object)], name="none")
g.case("SdcaFprint", [np.array(b"x", object)], name="a scalar")
g.case("SdcaFprint", [np.array([[b"x"]], object)], name="a matrix")


def labels(loss, rows=ROWS):
    r = rng(11)
    if loss in BINARY:
        return r.randint(0, 2, rows).astype(f32)
    return r.poisson(2, rows).astype(f32) if loss == "poisson_loss" else r.normal(size=rows).astype(f32)


def step(loss="logistic_loss", name=None, op="SdcaOptimizerV2", adaptive=False, l1=0.0, l2=1.0, partitions=1, inner=1, entropy=1, draws=None, **changes):
    """One step over two sparse columns (one with values) and two dense ones; `changes` are inputs by their names."""
    r = rng(5)
    inputs = {
        "sparse_example_indices": [np.array([0, 0, 1, 3, 3, 3, 6], i64), np.array([1, 2, 2, 5], i64)],
        "sparse_feature_indices": [np.array([4, 2, 4, 0, 2, 9, 9], i64), np.array([1, 1, 7, 3], i64)],
        "sparse_feature_values": [r.normal(size=7).astype(f32)],
        "dense_features": [r.normal(size=(ROWS, 3)).astype(f32), np.ones((ROWS, 1), f32)],
        "example_weights": r.uniform(0.2, 2, ROWS).astype(f32),
        "example_labels": labels(loss),
        "sparse_indices": [np.array([4, 2, 0, 9], i64), np.array([1, 7, 3], i64)],
        "sparse_weights": [r.normal(size=4).astype(f32), r.normal(size=3).astype(f32)],
        "dense_weights": [r.normal(size=3).astype(f32), r.normal(size=1).astype(f32)],
        "example_state_data": np.zeros((ROWS, 4), f32),
    }
    unknown = set(changes) - set(inputs)
    assert not unknown, unknown
    inputs.update(changes)
    attrs = {"loss_type": loss, "l1": l1, "l2": l2, "num_loss_partitions": partitions, "num_inner_iterations": inner}
    attrs["adaptive" if op == "SdcaOptimizerV2" else "adaptative"] = adaptive
    g.case(op, list(inputs.values()), attrs, name=name or loss, entropy=None if draws else entropy, draws=draws)


def state(loss):
    """Duals that an earlier step may have left."""
    data = np.zeros((ROWS, 4), f32)
    signs = 2 * labels(loss) - 1 if loss in BINARY else 1
    data[:, 0] = signs * rng(8).uniform(0.05, 0.9, ROWS)
    if loss == "poisson_loss":
        data[:, 0] = labels(loss) - rng(8).uniform(0.1, 2, ROWS)
    return data


for loss in LOSSES:
    for entropy in (1, 2, 12345, 2**32 - 1):
        step(loss, entropy=entropy, name="%s by %d" % (loss, entropy))
    step(loss, "%s again" % loss, example_state_data=state(loss), l2=2.5)
    step(loss, "%s with l1" % loss, example_state_data=state(loss), l1=0.3, l2=0.7)
    step(loss, "%s in partitions" % loss, partitions=3, l1=0.1, inner=4)
    step(loss, "%s, version 1" % loss, op="SdcaOptimizer", entropy=9)
    step(loss, "%s without weights" % loss, example_weights=np.zeros(ROWS, f32))
    step(loss, "%s, some without weight" % loss, example_weights=np.array([0, 1, 0, 2, 1, 0, 1], f32))
step("hinge_loss", "duals out of bounds", example_state_data=np.full((ROWS, 4), -2, f32))
step("smooth_hinge_loss", "smooth duals out of bounds", example_state_data=np.full((ROWS, 4), 2, f32))
step("poisson_loss", "poisson duals out of bounds", example_state_data=np.full((ROWS, 4), 50, f32))
step("logistic_loss", "far logits", dense_weights=[np.full(3, 30, f32), np.array([-40], f32)])

# Orders of many examples, even and odd.
for rows in (1, 2, 3, 64, 301):
    r = rng(rows)
    step("squared_loss", "%d rows" % rows, entropy=rows, sparse_example_indices=[], sparse_feature_indices=[], sparse_feature_values=[], sparse_indices=[], sparse_weights=[],
         dense_features=[r.normal(size=(rows, 2)).astype(f32)], dense_weights=[np.zeros(2, f32)], example_weights=np.ones(rows, f32),
         example_labels=r.normal(size=rows).astype(f32), example_state_data=np.zeros((rows, 4), f32))
NO_DENSE = dict(dense_features=[], dense_weights=[])
NO_SPARSE = dict(sparse_example_indices=[], sparse_feature_indices=[], sparse_feature_values=[], sparse_indices=[], sparse_weights=[])
NO_ROWS = dict(dense_features=[np.zeros((0, 1), f32)], dense_weights=[np.ones(1, f32)], example_weights=np.zeros(0, f32), example_labels=np.zeros(0, f32), example_state_data=np.zeros((0, 4), f32))
step(name="only sparse", **NO_DENSE)
step(name="only dense", **NO_SPARSE)
step(name="no rows", **NO_SPARSE, **NO_ROWS)
step(name="no rows, adaptive, version 1", op="SdcaOptimizer", **NO_SPARSE, **NO_ROWS)
step(name="values of no column", sparse_feature_values=[])
step(name="examples out of order", sparse_example_indices=[np.array([3, 0, 1, 0, 3, 3, 6], i64), np.array([1, 2, 2, 5], i64)])
step(name="examples beyond", sparse_example_indices=[np.array([0, 0, 1, 3, 3, 3, 60], i64), np.array([1, 2, 2, 5], i64)])
step(name="weights of no example", sparse_indices=[np.array([4, 2, 0, 9, 77], i64), np.array([1, 7, 3], i64)], sparse_weights=[np.ones(5, f32), np.ones(3, f32)])

ONE = dict(dense_features=[np.array([[1, -2]], f32)], dense_weights=[np.array([0.5, 0.25], f32)], example_weights=np.ones(1, f32), example_labels=np.ones(1, f32), example_state_data=np.zeros((1, 4), f32))
for loss in LOSSES:
    step(loss, "one row, adaptive, %s" % loss, adaptive=True, **NO_SPARSE, **ONE)
    two = dict(dense_features=[np.array([[1], [-1.5]], f32)], dense_weights=[np.array([0.2], f32)], example_weights=np.array([1, 0.7], f32),
               example_labels=np.array([1, 0], f32), example_state_data=np.zeros((2, 4), f32))
    step(loss, "two rows, adaptive, %s" % loss, adaptive=True, draws=1000, **NO_SPARSE, **two)

# What is refused.
step(name="no features", **NO_DENSE, **NO_SPARSE)
for loss in BINARY:
    step(loss, "other labels, %s" % loss, example_labels=np.array([0, 1, 0.25, 1, 2, 0, -3], f32))
step("poisson_loss", "labels below 0", example_labels=np.array([0, 1, 3, 1, 2, 0, -0.5], f32))
step(name="other labels, adaptive", adaptive=True, **NO_SPARSE, **dict(ONE, example_labels=np.array([7], f32)))
step(name="fewer labels", example_labels=np.zeros(3, f32))
step(name="state of other columns", example_state_data=np.zeros((ROWS, 3), f32))
step(name="state of other rows", example_state_data=np.zeros((ROWS - 1, 4), f32))
step(name="state of another rank", example_state_data=np.zeros(4 * ROWS, f32))
step(name="dense features of another rank", dense_features=[np.zeros((ROWS, 3), f32), np.zeros(ROWS, f32)])
step(name="more dense features than weights", dense_weights=[np.zeros(2, f32), np.zeros(1, f32)])
step(name="dense features of no width", dense_features=[np.zeros((ROWS, 0), f32), np.ones((ROWS, 1), f32)])
step(name="an index without weight", sparse_feature_indices=[np.array([4, 2, 4, 0, 2, 8, 9], i64), np.array([1, 1, 7, 3], i64)])
step(name="an index twice", sparse_feature_indices=[np.array([4, 4, 4, 0, 2, 9, 9], i64), np.array([1, 1, 7, 3], i64)])
step(name="other numbers of indices", sparse_feature_indices=[np.array([4, 2, 4, 0, 2, 9], i64), np.array([1, 1, 7, 3], i64)])


g.gradient_case("SdcaOptimizer", [[], [], [], [np.array([[1, -2]], f32)], np.ones(1, f32), np.ones(1, f32), [], [], [np.array([0.5, 0.25], f32)], np.zeros((1, 4), f32)],
                {"loss_type": "logistic_loss", "l1": 0.0, "l2": 1.0, "num_loss_partitions": 1, "num_inner_iterations": 1})


def shrink(l1, l2):
    def build():
        start = [np.array([[0.5, -0.2], [3, -4]], f32), np.array([0.1, -0.3, 0, -0.0, np.nan, np.inf], f32)]
        weights = [tf.compat.v1.get_variable("w%d" % i, initializer=tf.constant(w), use_resource=False) for i, w in enumerate(start)]
        step = tf.raw_ops.SdcaShrinkL1(weights=weights, l1=l1, l2=l2)
        return [run(targets=[tf.compat.v1.global_variables_initializer()]), run(targets=[step]), run(weights), run(targets=[step]), run(weights)]
    return build


for l1, l2 in [(0.0, 1.0), (0.25, 1.0), (1.0, 2.5), (1.0, 0.5)]:
    g.sequence("shrinks by %g / %g" % (l1, l2), shrink(l1, l2), ["SdcaShrinkL1"])


def shrink_nothing():
    return [run(targets=[tf.raw_ops.SdcaShrinkL1(weights=[], l1=1.0, l2=1.0)])]


def shrink_uninitialized():
    v = tf.compat.v1.get_variable("v", initializer=tf.constant([1.0]), use_resource=False)
    return [run(targets=[tf.raw_ops.SdcaShrinkL1(weights=[v], l1=1.0, l2=1.0)])]


g.sequence("shrinks nothing", shrink_nothing, ["SdcaShrinkL1"])
g.sequence("shrinks what has no value", shrink_uninitialized, ["SdcaShrinkL1"])
g.write()
