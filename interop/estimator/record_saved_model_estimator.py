"""What TensorFlow's SavedModelEstimator makes of an export of all modes. Run: python interop/estimator/record_saved_model_estimator.py"""
import base64
import gzip
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow_estimator.python.estimator.canned.saved_model_estimator import SavedModelEstimator
from tensorflow_estimator.python.estimator.export.export import SupervisedInputReceiver

from fixture import stored, write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
E, fc, v1 = tf.estimator, tf.feature_column, tf.compat.v1
ROWS, BATCH, STEPS = 24, 8, 10

r = np.random.RandomState(6)
x = r.randn(ROWS, 3).astype("f")
c = np.array([b"abz"[i:i + 1] for i in r.randint(0, 3, ROWS)], object)[:, None]
LABELS = {"binary": (x[:, :1] - x[:, 1:2] + (c == b"a") > 0.3).astype("int64"), "regression": (x[:, :1] - x[:, 1:2]).astype("f")}
FEATURES = {"x": x, "c": c}
COLUMNS = [fc.numeric_column("x", shape=[3]), fc.indicator_column(fc.categorical_column_with_vocabulary_list("c", ["a", "b"]))]


def cases():
    yield "dnn", "binary", lambda m: E.DNNClassifier([4], COLUMNS, model_dir=m, optimizer=lambda: tf.keras.optimizers.legacy.Adagrad(0.1), config=E.RunConfig(tf_random_seed=42))
    yield "linear", "regression", lambda m: E.LinearRegressor(COLUMNS, model_dir=m, config=E.RunConfig(tf_random_seed=42))


class Losses(E.SessionRunHook):
    def __init__(self):
        self.values = []

    def before_run(self, run_context):
        return E.SessionRunArgs(v1.get_collection(v1.GraphKeys.LOSSES)[-1])

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))


def examples():
    feature = tf.train.Feature
    for i in range(ROWS):
        yield tf.train.Example(features=tf.train.Features(feature={"x": feature(float_list=tf.train.FloatList(value=x[i])), "c": feature(bytes_list=tf.train.BytesList(value=c[i]))})).SerializeToString()


def checkpoint(path):
    reader = tf.train.load_checkpoint(path)
    return {name: stored(reader.get_tensor(name)) for name in sorted(reader.get_variable_to_shape_map())}


def packed(folder):
    names = [os.path.relpath(os.path.join(base, name), folder) for base, _, files in os.walk(folder) for name in files]
    return {name: base64.b64encode(gzip.compress(open(os.path.join(folder, name), "rb").read(), 9, mtime=0)).decode() for name in sorted(names)}


recorded = []
for name, label, make in cases():
    dataset = lambda: tf.data.Dataset.from_tensor_slices((FEATURES, LABELS[label])).batch(BATCH)
    original = make(tempfile.mkdtemp())
    original.train(lambda: dataset().repeat(), steps=3)

    def one_label():
        features = {"x": v1.placeholder(tf.float32, [None, 3], "x"), "c": v1.placeholder(tf.string, [None, 1], "c")}
        labels = v1.placeholder(tf.as_dtype(LABELS[label].dtype), [None, 1], "label")
        return SupervisedInputReceiver(features, labels, {**features, "label": labels})

    serving = E.export.build_parsing_serving_input_receiver_fn(fc.make_parse_example_spec(COLUMNS))
    exported = original.experimental_export_all_saved_models(tempfile.mkdtemp(), {"train": one_label, "eval": one_label, "infer": serving}).decode()
    model_dir = tempfile.mkdtemp()
    estimator, losses = SavedModelEstimator(exported, model_dir), Losses()
    before = estimator.evaluate(dataset)
    estimator.train(lambda: dataset().repeat(), steps=STEPS, hooks=[losses])
    metrics = estimator.evaluate(dataset)
    predictions = list(estimator.predict(lambda: tf.data.Dataset.from_tensor_slices({"inputs": list(examples())}).batch(BATCH)))
    recorded.append({
        "name": name,
        "label": label,
        "files": packed(exported),
        "before": {key: float(value) for key, value in before.items()},
        "losses": losses.values,
        "last": checkpoint(tf.train.latest_checkpoint(model_dir)),
        "metrics": {key: float(value) for key, value in metrics.items()},
        "predictions": {key: stored(np.stack([p[key] for p in predictions])) for key in predictions[0]},
    })
    print(name, losses.values[:3], before, metrics, sorted(recorded[-1]["last"]), flush=True)

write("saved-model-estimator", __file__, {
    "batch": BATCH,
    "steps": STEPS,
    "features": {key: stored(value) for key, value in FEATURES.items()},
    "labels": {key: stored(value) for key, value in LABELS.items()},
    "examples": [base64.b64encode(example).decode() for example in examples()],
    "cases": recorded,
})
