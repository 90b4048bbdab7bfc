"""How TensorFlow's boosted trees train: losses, trees, metrics, predictions, explanations, signatures.

Run: python interop/estimator/record_boosted_trees.py, with TensorFlow 2.6 (tensorflow-cpu 2.6.5, Python 3.8), the last with BoostedTrees
kernels in use, and with TensorFlow 1.15.5.
"""
import base64
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import tempfile

import numpy as np
import tensorflow as tf

from fixture import stored, write

OLD = tf.__version__.startswith("1.15.")
if not OLD and not tf.__version__.startswith("2.6."):
    raise SystemExit("TensorFlow 2.6 or 1.15 is needed, this is " + tf.__version__)

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
E, fc = tf.estimator, tf.feature_column
ROWS = 200

r = np.random.RandomState(7)
size = r.randn(ROWS).astype("f")
weight = r.randn(ROWS, 2).astype("f")
age = (r.rand(ROWS) * 40).astype("f")
kind = np.array(["steel", "wood", "glass", "paper"])[r.randint(0, 4, ROWS)].astype("S").astype(object)
grade = r.randint(0, 3, (ROWS, 1))
w = (r.rand(ROWS) + 0.25).astype("f")
FEATURES = {"size": size, "weight": weight, "age": age, "kind": kind[:, None], "grade": grade, "w": w}
score = size + 0.8 * weight[:, 0] * weight[:, 1] + (kind == b"wood") + 0.03 * age - 0.7 * (grade[:, 0] == 2) + 0.3 * r.randn(ROWS)
LABELS = {
    "binary": (score > np.quantile(score, 0.6)).astype("int64"),
    "named": np.where(score > np.quantile(score, 0.6), "accept", "reject").astype("S").astype(object),
    "multi": np.digitize(score, np.quantile(score, [1 / 3, 2 / 3])).astype("int64"),
    "regression": score.astype("f"),
}

KIND = fc.indicator_column(fc.categorical_column_with_vocabulary_list("kind", ["steel", "wood", "glass"]))
AGE = fc.bucketized_column(fc.numeric_column("age"), [10.0, 20.0, 30.0])
# TensorFlow 1.15 takes no raw categorical column, and crashes on a numeric column of two numbers.
MIXED = [fc.numeric_column("size"), AGE, KIND] + ([] if OLD else [fc.numeric_column("weight", shape=[2]), fc.categorical_column_with_identity("grade", 3)])
READY = [AGE, KIND]
TREES = dict(n_trees=3, max_depth=3)


def cases():
    """Name, label, columns, batch, class, options by their TensorFlow names."""
    # TensorFlow 1.15 writes beyond its buffers where a sketch has few quantiles, and with several batches a layer or named labels and a centered bias.
    sketch = dict(quantile_sketch_epsilon=0.01 if OLD else 0.1)
    yield "classifier", "binary", MIXED, ROWS, E.BoostedTreesClassifier, dict(n_batches_per_layer=1, learning_rate=0.3, **sketch, **TREES)
    yield "classifier_pre", "binary", MIXED, ROWS, E.BoostedTreesClassifier, dict(n_batches_per_layer=1, learning_rate=0.3, pruning_mode="pre", tree_complexity=0.01, center_bias=True, **sketch, **TREES)
    if not OLD:
        yield "classifier_batches", "binary", MIXED, 50, E.BoostedTreesClassifier, dict(n_batches_per_layer=4, learning_rate=0.3, center_bias=True, min_node_weight=0.01, **sketch, **TREES)
    yield "regressor", "regression", MIXED, ROWS, E.BoostedTreesRegressor, dict(n_batches_per_layer=1, learning_rate=0.3, center_bias=True, l2_regularization=0.01, **sketch, **TREES)
    if OLD:
        yield "classifier_named", "named", READY, ROWS, E.BoostedTreesClassifier, dict(n_batches_per_layer=1, learning_rate=0.3, label_vocabulary=["reject", "accept"], weight_column="w", l1_regularization=0.001, **TREES)
        yield "classifier_post", "binary", READY, ROWS, E.BoostedTreesClassifier, dict(n_batches_per_layer=1, learning_rate=0.3, pruning_mode="post", tree_complexity=0.005, **TREES)
        return
    yield "classifier_named", "named", MIXED, ROWS, E.BoostedTreesClassifier, dict(n_batches_per_layer=1, learning_rate=0.3, center_bias=True, label_vocabulary=["reject", "accept"], weight_column="w", l1_regularization=0.001, min_node_weight=0.02, train_in_memory=True, **sketch, **TREES)
    yield "classifier_ready", "binary", READY, ROWS, E.BoostedTreesClassifier, dict(n_batches_per_layer=1, learning_rate=0.3, train_in_memory=True, pruning_mode="post", tree_complexity=0.005, **TREES)
    yield "classifier_multi", "multi", MIXED, ROWS, E.BoostedTreesClassifier, dict(n_batches_per_layer=1, n_classes=3, l2_regularization=0.01, **sketch, **TREES)
    yield "regressor_weighted", "regression", MIXED, ROWS, E.BoostedTreesRegressor, dict(n_batches_per_layer=1, weight_column="w", train_in_memory=True, **TREES)
    yield "estimator_binary", "binary", READY, ROWS, E.BoostedTreesEstimator, dict(n_batches_per_layer=1, learning_rate=0.3, head=E.BinaryClassHead(weight_column="w"), **TREES)
    yield "estimator_regression", "regression", READY, ROWS, E.BoostedTreesEstimator, dict(n_batches_per_layer=1, learning_rate=0.3, head=E.RegressionHead(), center_bias=True, **TREES)


class Losses(tf.estimator.SessionRunHook):
    def begin(self):
        self.loss = tf.compat.v1.get_collection(tf.compat.v1.GraphKeys.LOSSES)[-1]

    def __init__(self):
        self.values = []

    def before_run(self, run_context):
        return tf.estimator.SessionRunArgs(self.loss)

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))


def encoded(data):
    return base64.b64encode(data).decode()


def info(tensor):
    return [tf.as_dtype(tensor.dtype).name, [d.size for d in tensor.tensor_shape.dim]]


def signatures(estimator, columns):
    spec = fc.make_parse_example_spec(columns)
    path = estimator.export_saved_model(tempfile.mkdtemp(), E.export.build_parsing_serving_input_receiver_fn(spec))
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], path.decode())
    return {
        name: {"method": s.method_name, "inputs": {k: info(t) for k, t in s.inputs.items()}, "outputs": {k: info(t) for k, t in s.outputs.items()}}
        for name, s in sorted(meta.signature_def.items())
    }


def explanations(estimator):
    """Bias and contributions of the first rows, for models that can explain themselves: TensorFlow 2.6 fails where a raw categorical column splits."""
    categorical = any(isinstance(column, fc.categorical_column_with_identity("x", 2).__class__) for column in estimator._sorted_feature_columns)
    if not estimator._center_bias or estimator._head.logits_dimension > 1 or categorical:
        return None
    rows = {key: value[:10] for key, value in FEATURES.items()}
    found = estimator.experimental_predict_with_explanations(lambda: tf.data.Dataset.from_tensor_slices(rows).batch(10))
    return [{"keys": sorted(row), "bias": float(row["bias"]), "dfc": [[name, float(value)] for name, value in row["dfc"].items()]} for row in found]


recorded = []
for name, label, columns, batch, cls, options in cases():
    model_dir = tempfile.mkdtemp()
    estimator = cls(columns, model_dir=model_dir, config=E.RunConfig(tf_random_seed=42, save_summary_steps=1000), **options)
    loaded = lambda: tf.data.Dataset.from_tensor_slices((FEATURES, LABELS[label])).batch(ROWS)
    # Training in memory needs the number of rows before the first batch is there.
    dataset = lambda: tf.data.Dataset.from_tensor_slices((FEATURES, LABELS[label])).batch(batch, drop_remainder=True)
    losses = Losses()
    estimator.train(lambda: dataset().repeat(), max_steps=500, hooks=[losses])
    metrics = estimator.evaluate(loaded)
    predictions = list(estimator.predict(lambda: tf.data.Dataset.from_tensor_slices(FEATURES).batch(ROWS)))
    latest = tf.train.latest_checkpoint(model_dir)
    reader = tf.train.load_checkpoint(latest)
    files = [latest + ".index", latest + ".data-00000-of-00001"]
    recorded.append({
        "name": name,
        "label": label,
        "batch": batch,
        "losses": losses.values,
        "checkpoint": {key: list(shape) for key, shape in sorted(reader.get_variable_to_shape_map().items())},
        "files": {os.path.basename(file): encoded(open(file, "rb").read()) for file in files},
        "ensemble": encoded(reader.get_tensor("boosted_trees:0_serialized")),
        "metrics": {key: float(value) for key, value in metrics.items()},
        "predictions": {key: stored(np.stack([p[key] for p in predictions])) for key in predictions[0]},
        "signatures": signatures(estimator, columns),
        "explanations": explanations(estimator),
        # TensorFlow cannot tell them where a raw categorical column splits.
        "importances": None if columns is MIXED and not OLD else [list(pair) for pair in estimator.experimental_feature_importances().items()],
    })
    print(name, len(losses.values), metrics)

write("boosted-trees-1.15" if OLD else "boosted-trees", __file__, {
    "features": {key: stored(value) for key, value in FEATURES.items()},
    "labels": {key: stored(value) for key, value in LABELS.items()},
    "cases": recorded,
})
