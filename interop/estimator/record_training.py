"""How TensorFlow's canned estimators train: first variables, losses, last variables, metrics, predictions. Run: python interop/estimator/record_training.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import tempfile

import numpy as np
import tensorflow as tf

from fixture import stored, write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
E, fc = tf.estimator, tf.feature_column
ROWS, BATCH, STEPS = 48, 16, 100
AT = [1, 2, 5, 10, 50, 100]

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
    plain = [fc.numeric_column("x", shape=[4])]
    dense, wide = columns()
    k = tf.keras.optimizers.legacy
    yield "dnn_numeric", "binary", lambda m: E.DNNClassifier(feature_columns=plain, hidden_units=[8, 4], model_dir=m, config=config(), optimizer=lambda: k.Adagrad(0.1))
    yield "dnn_weighted", "binary", lambda m: E.DNNClassifier(feature_columns=plain, hidden_units=[6], model_dir=m, config=config(), optimizer=lambda: k.Adam(0.02), weight_column="w", batch_norm=True)
    yield "dnn_binary", "binary", lambda m: E.DNNClassifier(feature_columns=dense, hidden_units=[8, 4], model_dir=m, config=config(), optimizer=lambda: k.Adagrad(0.1))
    yield "dnn_multi", "multi", lambda m: E.DNNClassifier(feature_columns=dense, hidden_units=[8, 4], n_classes=3, model_dir=m, config=config(), optimizer="Adam")
    yield "dnn_regressor", "regression", lambda m: E.DNNRegressor(feature_columns=dense, hidden_units=[8, 4], model_dir=m, config=config())
    yield "linear_binary", "binary", lambda m: E.LinearClassifier(feature_columns=wide, model_dir=m, config=config())
    yield "linear_regressor", "regression", lambda m: E.LinearRegressor(feature_columns=wide, model_dir=m, config=config())
    yield "combined_binary", "binary", lambda m: E.DNNLinearCombinedClassifier(linear_feature_columns=wide, dnn_feature_columns=dense, dnn_hidden_units=[8, 4], model_dir=m, config=config())
    yield "baseline_multi", "multi", lambda m: E.BaselineClassifier(n_classes=3, model_dir=m, config=config())


def config():
    return E.RunConfig(tf_random_seed=42, save_summary_steps=1000)


class Losses(tf.estimator.SessionRunHook):
    def __init__(self):
        self.values = []

    def before_run(self, run_context):
        loss = tf.compat.v1.get_collection(tf.compat.v1.GraphKeys.LOSSES)[-1]
        return tf.estimator.SessionRunArgs(loss)

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))


def checkpoint(path):
    reader = tf.train.load_checkpoint(path)
    return {name: stored(reader.get_tensor(name)) for name in sorted(reader.get_variable_to_shape_map())}


recorded = []
for name, label, make in cases():
    model_dir = tempfile.mkdtemp()
    # TensorFlow's baseline estimators cannot start with several features: their bias then waits for the first batch.
    features = {"x": x} if name.startswith("baseline") else dict(FEATURES)
    dataset = lambda: tf.data.Dataset.from_tensor_slices((features, LABELS[label])).batch(BATCH)
    estimator, losses = make(model_dir), Losses()
    estimator.train(lambda: dataset().repeat(), steps=STEPS, hooks=[losses])
    metrics = estimator.evaluate(dataset)
    predictions = list(estimator.predict(lambda: tf.data.Dataset.from_tensor_slices(features).batch(BATCH)))
    recorded.append({
        "name": name,
        "label": label,
        "first": checkpoint(model_dir + "/model.ckpt-0"),
        "losses": {str(step): losses.values[step - 1] for step in AT},
        "last": checkpoint(model_dir + f"/model.ckpt-{STEPS}"),
        "metrics": {key: float(value) for key, value in metrics.items()},
        "predictions": {key: stored(np.stack([p[key] for p in predictions])) for key in predictions[0]},
    })
    print(name, metrics)

write("training", __file__, {
    "batch": BATCH,
    "steps": STEPS,
    "features": {key: stored(value) for key, value in FEATURES.items()},
    "labels": {key: stored(value) for key, value in LABELS.items()},
    "cases": recorded,
})
