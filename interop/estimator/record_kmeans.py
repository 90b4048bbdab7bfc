"""How TensorFlow's KMeans trains, scores, predicts and exports. Run: python interop/estimator/record_kmeans.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from fixture import stored, write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
E, fc, v1 = tf.estimator, tf.feature_column, tf.compat.v1
KMeans = v1.estimator.experimental.KMeans
ROWS, STEPS = 48, 10
# TensorFlow's step reads and adds to the counts in no fixed order: one thread makes it the same one each time.
ONE_THREAD = v1.ConfigProto(inter_op_parallelism_threads=1, intra_op_parallelism_threads=1)

r = np.random.RandomState(4)
points = np.concatenate([r.randn(16, 3) * 0.4 + center for center in ([2, 0, 1], [-1, 2, 0], [0, -2, -2])])[r.permutation(ROWS)].astype("f")
START = np.array([[1, 1, 1], [-1, 1, 0.5], [0.5, -1, -1]], "f")


def cases():
    """Name, rows a batch, whether features are named, options by their TensorFlow names."""
    plain = dict(num_clusters=3, initial_clusters=START)
    yield "full", ROWS, False, dict(use_mini_batch=False, **plain)
    yield "full_cosine", ROWS, False, dict(use_mini_batch=False, distance_metric="cosine", **plain)
    yield "mini", 12, False, dict(**plain)
    yield "mini_cosine", 12, False, dict(distance_metric="cosine", **plain)
    yield "mini_steps", 12, False, dict(mini_batch_steps_per_iteration=3, **plain)
    yield "mini_steps_cosine", 12, False, dict(mini_batch_steps_per_iteration=3, distance_metric="cosine", **plain)
    yield "plus_plus", ROWS, False, dict(num_clusters=3, initial_clusters="kmeans_plus_plus", use_mini_batch=False, seed=5)
    yield "plus_plus_cosine", 12, False, dict(num_clusters=4, initial_clusters="kmeans_plus_plus", distance_metric="cosine", kmeans_plus_plus_num_retries=0, seed=9)
    yield "random", 12, False, dict(num_clusters=3, seed=5)
    yield "random_batches", 4, False, dict(num_clusters=6, seed=5)
    yield "named", 12, True, dict(num_clusters=3, initial_clusters=START)
    yield "columns", 12, True, dict(num_clusters=3, initial_clusters=START[:, :2], feature_columns=[fc.numeric_column("b"), fc.numeric_column("a")])
    yield "tolerance", ROWS, False, dict(use_mini_batch=False, relative_tolerance=1e-3, **plain)


class Losses(E.SessionRunHook):
    def __init__(self):
        self.values = []

    def before_run(self, run_context):
        return E.SessionRunArgs(v1.get_collection(v1.GraphKeys.LOSSES)[-1])

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))


def checkpoint(path):
    reader = tf.train.load_checkpoint(path)
    return {name: stored(reader.get_tensor(name)) for name in sorted(reader.get_variable_to_shape_map())}


def signatures(path):
    model = saved_model_pb2.SavedModel.FromString(open(os.path.join(path, "saved_model.pb"), "rb").read())
    info = lambda t: [t.name, tf.as_dtype(t.dtype).name]
    return {
        key: {"method": s.method_name, "inputs": {k: info(t) for k, t in sorted(s.inputs.items())}, "outputs": {k: info(t) for k, t in sorted(s.outputs.items())}}
        for key, s in sorted(model.meta_graphs[0].signature_def.items())
    }


recorded = []
for name, batch, named, options in cases():
    data = {"a": points[:, :1], "b": points[:, 1:2], "c": points[:, 2:]} if named else points
    dataset = lambda: tf.data.Dataset.from_tensor_slices(data).batch(batch)
    while True:
        model_dir = tempfile.mkdtemp()
        estimator, losses = KMeans(model_dir=model_dir, config=E.RunConfig(tf_random_seed=42, save_summary_steps=1000, session_config=ONE_THREAD), **options), Losses()
        estimator.train(lambda: dataset().repeat(), steps=STEPS, hooks=[losses])
        # Whether the fourth step holds points against the centers of before or after their renewal is left open too: this one is before.
        if not name.startswith("mini_steps") or losses.values[3] > 2.5 * losses.values[4]:
            break
    metrics = estimator.evaluate(dataset)
    predictions = list(estimator.predict(dataset))
    shape = {"a": [None, 1], "b": [None, 1], "c": [None, 1]} if named else None

    def receiver():
        if named:
            features = {key: v1.placeholder(tf.float32, size, key) for key, size in shape.items()}
            return E.export.ServingInputReceiver(features, features)
        x = v1.placeholder(tf.float32, [None, 3], "x")
        return E.export.TensorServingInputReceiver(x, {"x": x})

    recorded.append({
        "name": name,
        "batch": batch,
        "named": named,
        "first": checkpoint(model_dir + "/model.ckpt-0"),
        "losses": losses.values,
        "last": checkpoint(tf.train.latest_checkpoint(model_dir)),
        "metrics": {key: float(value) for key, value in metrics.items()},
        "score": float(estimator.score(dataset)),
        "centers": stored(estimator.cluster_centers()),
        "predictions": {key: stored(np.stack([p[key] for p in predictions])) for key in predictions[0]},
        "signatures": signatures(estimator.export_saved_model(tempfile.mkdtemp(), receiver).decode()),
    })
    print(name, len(losses.values), losses.values[:3], {k: v["s"] for k, v in recorded[-1]["first"].items()}, {k: v["s"] for k, v in recorded[-1]["last"].items()}, metrics)

write("kmeans", __file__, {"steps": STEPS, "points": stored(points), "start": stored(START), "cases": recorded})
