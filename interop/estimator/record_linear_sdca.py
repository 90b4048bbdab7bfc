"""How TensorFlow's linear estimators train with LinearSDCA, and what they refuse. Run: python interop/estimator/record_linear_sdca.py

The order of a batch's examples is the machine's entropy's: here that is one number, which the replay takes too. TensorFlow's step leaves
open whether its loss is that of the weights before or after it: here it is always before.
"""
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import re
import tempfile

import numpy as np
import tensorflow as tf

from entropy import fixed_entropy
from fixture import stored, write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)
E, fc, v1 = tf.estimator, tf.feature_column, tf.compat.v1
SDCA = E.experimental.LinearSDCA
ROWS, BATCH, STEPS, ENTROPY = 48, 16, 30, 11
AT = [1, 2, 3, 4, 6, 12, 30]

r = np.random.RandomState(11)
text = lambda letters, shape: np.array([letters[i].encode() for i in r.randint(0, len(letters), np.prod(shape))], object).reshape(shape)
x = r.randn(ROWS, 4).astype("f")
age = (r.rand(ROWS) * 40).astype("f")
c = text(["a", "b", "c", "z"], (ROWS, 1))
tags = text(["t%d" % i for i in range(6)] + [""], (ROWS, 3))
tags[:, 0] = [b"t%d" % i for i in r.randint(0, 6, ROWS)]
FEATURES = {
    "x": x,
    "age": age,
    "c": c,
    "tags": tags,
    "h": text(["w%d" % i for i in range(12)], (ROWS, 1)),
    "i": r.randint(0, 5, (ROWS, 2)),
    "s": r.uniform(0.5, 2, (ROWS, 2)).astype("f"),
    "w": (r.rand(ROWS) + 0.25).astype("f"),
    "id": np.array([b"example %d" % i for i in range(ROWS)], object),
}
score = x[:, 0] - 0.7 * x[:, 1] + 0.04 * age + (c[:, 0] == b"a") + 0.3 * r.randn(ROWS)
LABELS = {"binary": (score > np.median(score)).astype("int64"), "regression": score.astype("f")}


def columns():
    number = fc.numeric_column("age")
    bucketized = fc.bucketized_column(number, [10.0, 20.0, 30.0])
    letter = fc.categorical_column_with_vocabulary_list("c", ["a", "b", "c"])
    words = fc.categorical_column_with_vocabulary_list("tags", ["t%d" % i for i in range(5)])
    word = fc.categorical_column_with_hash_bucket("h", 10)
    identity = fc.categorical_column_with_identity("i", 5)
    plain = [fc.numeric_column("x", shape=[4])]
    wide = [*plain, number, bucketized, letter, words, word, fc.crossed_column(["c", bucketized], 20), fc.weighted_categorical_column(identity, "s")]
    dense = [*plain, fc.embedding_column(word, 3), number]
    return plain, wide, dense, [bucketized, letter, words]


def cases():
    """Name, label, how it is made."""
    plain, wide, dense, sparse = columns()
    classifier = lambda columns, sdca, **o: lambda m: E.LinearClassifier(columns, model_dir=m, config=config(), optimizer=SDCA("id", **sdca), **o)
    regressor = lambda columns, sdca, **o: lambda m: E.LinearRegressor(columns, model_dir=m, config=config(), optimizer=SDCA("id", **sdca), **o)
    yield "binary", "binary", classifier(wide, {})
    yield "binary_weighted", "binary", classifier(wide, dict(symmetric_l2_regularization=2.5), weight_column="w")
    yield "binary_l1", "binary", classifier(wide, dict(symmetric_l1_regularization=0.5, symmetric_l2_regularization=1.5))
    yield "binary_shards", "binary", classifier(plain, dict(num_table_shards=3, num_loss_partitions=2, symmetric_l2_regularization=10.0))
    yield "binary_sum", "binary", classifier(sparse, {}, loss_reduction=tf.losses.Reduction.SUM)
    yield "regression", "regression", regressor(wide, dict(symmetric_l2_regularization=20.0))
    yield "regression_weighted_l1", "regression", regressor(wide, dict(symmetric_l1_regularization=2.0, symmetric_l2_regularization=4.0), weight_column="w")
    yield "regression_dense", "regression", regressor(dense, dict(symmetric_l2_regularization=5.0))
    yield "estimator", "regression", lambda m: E.LinearEstimator(E.RegressionHead(), sparse, model_dir=m, config=config(), optimizer=SDCA("id"))


    yield "binary_v1", "binary", lambda m: v1.estimator.LinearClassifier(wide, model_dir=m, config=config(), optimizer=SDCA("id", symmetric_l2_regularization=3.0), weight_column="w")


def config():
    one = v1.ConfigProto(inter_op_parallelism_threads=1, intra_op_parallelism_threads=1)
    return E.RunConfig(tf_random_seed=42, save_summary_steps=1, session_config=one)


class Losses(E.SessionRunHook):
    def __init__(self):
        self.values = []

    def begin(self):
        self.loss = v1.get_collection(v1.GraphKeys.LOSSES)[-1]
        [step] = [op for op in v1.get_default_graph().get_operations() if op.type == "SdcaOptimizerV2"]
        step._add_control_input(self.loss.op)

    def before_run(self, run_context):
        return E.SessionRunArgs(self.loss)

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))


def checkpoint(path):
    """Variables, and of each shard of the table which buckets are taken, with what is in them."""
    reader = tf.train.load_checkpoint(path)
    names = sorted(reader.get_variable_to_shape_map())
    tables = {}
    for name in names:
        if name.endswith("-keys"):
            keys = reader.get_tensor(name)
            taken = np.flatnonzero(keys.any(1))
            tables[name[:-5]] = {"size": len(keys), "buckets": stored(taken), "keys": stored(keys[taken]), "values": stored(reader.get_tensor(name[:-5] + "-values")[taken])}
    return {name: stored(reader.get_tensor(name)) for name in names if not name.startswith("ShardedMutableHashTable")}, tables


def tags_of(folder):
    tags = set()
    for file in tf.io.gfile.glob(folder + "/events*"):
        for event in v1.train.summary_iterator(file):
            tags.update(value.tag for value in event.summary.value)
    return sorted(tags - {"global_step/sec"})


recorded = []
for name, label, make in cases():
    model_dir = tempfile.mkdtemp()
    dataset = lambda: tf.data.Dataset.from_tensor_slices((FEATURES, LABELS[label])).batch(BATCH)
    estimator, losses = make(model_dir), Losses()
    with fixed_entropy(ENTROPY):
        estimator.train(lambda: dataset().repeat(), steps=STEPS, hooks=[losses])
    metrics = estimator.evaluate(dataset)
    predictions = list(estimator.predict(lambda: tf.data.Dataset.from_tensor_slices(FEATURES).batch(BATCH)))
    with tf.Graph().as_default():
        receiver = E.export.build_raw_serving_input_receiver_fn({k: v1.placeholder(tf.string if v.dtype == object else v.dtype, [None, *v.shape[1:]], k) for k, v in FEATURES.items() if k not in ("w", "id")})
    exported = tf.train.list_variables(estimator.export_saved_model(tempfile.mkdtemp(), receiver).decode() + "/variables/variables")
    first, empty = checkpoint(model_dir + "/model.ckpt-0")
    assert all(not table["buckets"]["s"][0] for table in empty.values())
    last, tables = checkpoint(model_dir + f"/model.ckpt-{STEPS}")
    recorded.append({
        "name": name,
        "label": label,
        "first": first,
        "losses": {str(step): losses.values[step - 1] for step in AT},
        "last": last,
        "tables": tables,
        "metrics": {key: float(value) for key, value in metrics.items()},
        "predictions": {key: stored(np.stack([p[key] for p in predictions])) for key in predictions[0]},
        "exported": [variable for variable, _ in exported],
        "tags": tags_of(model_dir),
    })
    print(name, losses.values[0], losses.values[-1], metrics["average_loss"], recorded[-1]["tags"], {k: v["buckets"]["s"] for k, v in tables.items()})

# With as much l2 as this, all orders lead to one minimum.
optimum = E.LinearClassifier(columns()[1], weight_column="w", model_dir=tempfile.mkdtemp(), config=config(), optimizer=SDCA("id", symmetric_l2_regularization=500.0))
rows = lambda: tf.data.Dataset.from_tensor_slices((FEATURES, LABELS["binary"])).batch(BATCH)
optimum.train(lambda: rows().repeat(), steps=90)
minimum = {key: float(value) for key, value in optimum.evaluate(rows).items()}
print("minimum", minimum)

ROW = {"x": np.ones((2, 4), "f"), "m": np.ones((2, 2, 2), "f"), "id": np.array([b"a", b"b"], object), "ids": np.array([[b"a"], [b"b"]], object), "n": np.ones(2, "f"), "w": np.ones(2, "f"), "wi": np.ones(2, "int64")}
X = [fc.numeric_column("x", shape=[4])]


def train(make, label=None):
    make(model_dir=tempfile.mkdtemp(), config=config()).train(lambda: tf.data.Dataset.from_tensors((ROW, np.array([0, 1], "int64") if label is None else label)), steps=1)


binary = lambda sdca, columns=X, **options: lambda label=None: train(lambda **o: E.LinearClassifier(columns, optimizer=sdca, **options, **o), label)
REFUSED = {
    "combiner of a classifier": lambda: E.LinearClassifier(X, optimizer=SDCA("id"), sparse_combiner="mean", n_classes=3),
    "combiner of a regressor": lambda: E.LinearRegressor(X, optimizer=SDCA("id"), sparse_combiner="sqrtn", label_dimension=2),
    "classes": lambda: E.LinearClassifier(X, optimizer=SDCA("id"), n_classes=3),
    "one class": lambda: E.LinearClassifier(X, optimizer=SDCA("id"), n_classes=1),
    "label dimension": lambda: E.LinearRegressor(X, optimizer=SDCA("id"), label_dimension=2),
    "no label dimension": lambda: E.LinearRegressor(X, optimizer=SDCA("id"), label_dimension=0),
    "columns of 1.x": lambda: v1.estimator.LinearClassifier(v1_columns(), optimizer=SDCA("id")),
    "head": lambda: train(lambda **o: E.LinearEstimator(E.MultiClassHead(3), X, optimizer=SDCA("id"), **o)),
    "head of two numbers": lambda: train(lambda **o: E.LinearEstimator(E.RegressionHead(2), X, optimizer=SDCA("id"), **o)),
    "combiner of an estimator": lambda: train(lambda **o: E.LinearEstimator(E.RegressionHead(), X, optimizer=SDCA("id"), sparse_combiner="mean", **o)),
    "l2 of 0": binary(SDCA("id", symmetric_l2_regularization=0.0)),
    "l1 below 0": binary(SDCA("id", symmetric_l1_regularization=-0.5)),
    "rank of a column": binary(SDCA("id"), [fc.numeric_column("m", shape=[2, 2])]),
    "an indicator": binary(SDCA("id"), [fc.indicator_column(fc.categorical_column_with_identity("wi", 5))]),
    "no ids": binary(SDCA("missing")),
    "ids of numbers": binary(SDCA("n")),
    "ids in a matrix": binary(SDCA("ids")),
    "weights by a column": binary(SDCA("id"), weight_column=fc.numeric_column("w")),
    "integer weights": binary(SDCA("id"), weight_column="wi"),
    "texts as labels": lambda: binary(SDCA("id"), label_vocabulary=["no", "yes"])(np.array([b"no", b"yes"], object)),
    "no partitions": binary(SDCA("id", num_loss_partitions=0)),
    "no shards": binary(SDCA("id", num_table_shards=0)),
}


def v1_columns():
    with tf.Graph().as_default():
        return [v1.feature_column.shared_embedding_columns([fc.categorical_column_with_identity("i", 5)], 2)[0]]


messages = {}
for name, body in REFUSED.items():
    try:
        body()
        messages[name] = [None, None]
    except Exception as error:
        at_run = re.search(r"Cast string to float is not supported", str(error))
        messages[name] = [type(error).__name__, at_run.group() if at_run else re.sub(r" at 0x\w+", "", str(error))]
    print(name, "|", messages[name])

write("linear-sdca", __file__, {
    "batch": BATCH,
    "steps": STEPS,
    "entropy": ENTROPY,
    "features": {key: stored(value) for key, value in FEATURES.items()},
    "labels": {key: stored(value) for key, value in LABELS.items()},
    "cases": recorded,
    "minimum": minimum,
    "messages": messages,
})
