"""How TensorFlow's canned estimators of 1.x train (tf.compat.v1.estimator). Run: python interop/estimator/record_training_v1.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import tempfile

import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.ERROR)
E, fc = v1.estimator, tf.feature_column
ROWS, BATCH, STEPS = 48, 16, 50
AT = [1, 2, 5, 10, 50]

r = np.random.RandomState(11)
x = r.randn(ROWS, 4).astype("f")
age = (r.rand(ROWS) * 40).astype("f")
c = np.array([b"abcz"[i:i + 1] for i in r.randint(0, 4, ROWS)], object)[:, None]
h = np.array([b"w%d" % i for i in r.randint(0, 12, ROWS)], object)[:, None]
i = r.randint(0, 5, (ROWS, 1))
FEATURES = {"x": x, "age": age, "c": c, "h": h, "i": i, "w": (r.rand(ROWS) + 0.25).astype("f")}
score = x[:, 0] - 0.7 * x[:, 1] + 0.04 * age + (c[:, 0] == b"a") + 0.3 * r.randn(ROWS)
LABELS = {
    "binary": (score > np.median(score)).astype("int64"),
    "multi": np.digitize(score, np.quantile(score, [1 / 3, 2 / 3])).astype("int64"),
    "regression": score.astype("f"),
}


def columns():
    number = fc.numeric_column("age")
    bucketized = fc.bucketized_column(number, [10.0, 20.0, 30.0])
    letter = fc.categorical_column_with_vocabulary_list("c", ["a", "b", "c"])
    word = fc.categorical_column_with_hash_bucket("h", 10)
    dense = [fc.numeric_column("x", shape=[4]), bucketized, fc.indicator_column(letter), fc.embedding_column(word, 3)]
    wide = [number, bucketized, letter, word, fc.crossed_column(["c", bucketized], 20), fc.categorical_column_with_identity("i", 5)]
    return dense, wide


def cases():
    dense, wide = columns()
    hidden = dict(hidden_units=[8, 4], feature_columns=dense)
    yield "dnn_binary", "binary", lambda **o: E.DNNClassifier(**hidden, **o)
    yield "dnn_norm", "binary", lambda **o: E.DNNClassifier(**hidden, batch_norm=True, weight_column="w", optimizer="Adam", **o)
    yield "dnn_multi", "multi", lambda **o: E.DNNClassifier(**hidden, n_classes=3, optimizer=lambda: v1.train.RMSPropOptimizer(0.002), **o)
    yield "dnn_regressor", "regression", lambda **o: E.DNNRegressor(**hidden, loss_reduction=v1.losses.Reduction.MEAN, optimizer="SGD", **o)
    with tf.Graph().as_default():
        # Not to be made where Python runs eagerly.
        shared = v1.feature_column.shared_embedding_columns([fc.categorical_column_with_hash_bucket(key, 10) for key in ("h", "c")], 3)
    yield "dnn_shared", "binary", lambda **o: E.DNNClassifier(hidden_units=[8, 4], feature_columns=[*shared, fc.numeric_column("x", shape=[4])], **o)
    yield "linear_binary", "binary", lambda **o: E.LinearClassifier(feature_columns=wide, **o)
    yield "linear_multi", "multi", lambda **o: E.LinearClassifier(feature_columns=wide, n_classes=3, weight_column="w", sparse_combiner="mean", optimizer="Adagrad", **o)
    yield "linear_regressor", "regression", lambda **o: E.LinearRegressor(feature_columns=wide, **o)
    yield "combined_binary", "binary", lambda **o: E.DNNLinearCombinedClassifier(linear_feature_columns=wide, dnn_feature_columns=dense, dnn_hidden_units=[8, 4], **o)
    yield "combined_regressor", "regression", lambda **o: E.DNNLinearCombinedRegressor(linear_feature_columns=wide, dnn_feature_columns=dense, dnn_hidden_units=[8], batch_norm=True, **o)
    yield "baseline_multi", "multi", lambda **o: E.BaselineClassifier(n_classes=3, **o)
    yield "baseline_regressor", "regression", lambda **o: E.BaselineRegressor(**o)


class Losses(v1.train.SessionRunHook):
    def __init__(self):
        self.values = []

    def before_run(self, run_context):
        return v1.train.SessionRunArgs(v1.get_collection(v1.GraphKeys.LOSSES)[-1])

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))


def checkpoint(path):
    reader = tf.train.load_checkpoint(path)
    return {name: stored(reader.get_tensor(name)) for name in sorted(reader.get_variable_to_shape_map())}


recorded = []
for name, label, make in cases():
    model_dir = tempfile.mkdtemp()
    # TensorFlow's baseline estimators cannot start with several features.
    features = {"x": x} if name.startswith("baseline") else dict(FEATURES)
    dataset = lambda: tf.data.Dataset.from_tensor_slices((features, LABELS[label])).batch(BATCH)
    estimator, losses = make(model_dir=model_dir, config=E.RunConfig(tf_random_seed=42, save_summary_steps=1000)), Losses()
    estimator.train(lambda: dataset().repeat(), steps=STEPS, hooks=[losses])
    metrics = estimator.evaluate(dataset)
    predictions = list(estimator.predict(lambda: tf.data.Dataset.from_tensor_slices(features).batch(BATCH)))
    recorded.append({
        "name": name,
        "label": label,
        "keys": sorted(features),
        "first": checkpoint(model_dir + "/model.ckpt-0"),
        "losses": {str(step): losses.values[step - 1] for step in AT},
        "last": checkpoint(model_dir + f"/model.ckpt-{STEPS}"),
        "metrics": {key: float(value) for key, value in metrics.items()},
        "predictions": {key: stored(np.stack([p[key] for p in predictions])) for key in predictions[0]},
    })
    print(name, {k: v["s"] for k, v in recorded[-1]["last"].items()}, metrics, sorted(recorded[-1]["predictions"]), flush=True)

write("training-v1", __file__, {
    "batch": BATCH,
    "steps": STEPS,
    "features": {key: stored(value) for key, value in FEATURES.items()},
    "labels": {key: stored(value) for key, value in LABELS.items()},
    "cases": recorded,
})
