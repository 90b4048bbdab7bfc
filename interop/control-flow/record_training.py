"""Records how TensorFlow 2.15 trains a recurrent network written with tf.while_loop and tf.cond: losses of 10 steps, variables, a prediction.

    python interop/control-flow/record_training.py
"""
import gzip
import json
import os
import sys
import tempfile

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="")
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.ERROR)
v1.enable_control_flow_v2()
OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packages/tureen/src/estimator/fixtures/while-training.json.gz")
BATCH, STEPS, TIME, FEATURES, UNITS = 8, 10, 6, 3, 4
r = np.random.RandomState(7)
first = {"w": r.randn(FEATURES, UNITS) * 0.5, "u": r.randn(UNITS, UNITS) * 0.5, "b": r.randn(UNITS) * 0.1, "v": r.randn(UNITS, 1)}
first = {k: value.astype(np.float32) for k, value in first.items()}
x = r.randn(BATCH * STEPS, TIME, FEATURES).astype(np.float32)
lengths = r.randint(1, TIME + 1, BATCH * STEPS).astype(np.int32)
labels = (x[:, 0, 0] + x[:, :, 1].sum(1) * 0.3).astype(np.float32)


def model_fn(features, labels, mode):
    variable = lambda name: v1.get_variable("rnn/" + name, initializer=first[name], use_resource=True)
    w, u, b, v = (variable(name) for name in ("w", "u", "b", "v"))
    x, lengths = features["x"], features["lengths"]
    zero = tf.zeros([tf.shape(x)[0], UNITS])

    def body(i, h, total):
        z = tf.matmul(tf.gather(x, i, axis=1), w) + tf.matmul(h, u) + b
        after = tf.cond(tf.equal(i % 2, 1), lambda: tf.tanh(z), lambda: tf.sigmoid(z))
        kept = tf.where((i < lengths)[:, None], after, h)
        return i + 1, kept, total + tf.square(kept)

    invariants = (tf.TensorShape([]), tf.TensorShape([None, UNITS]), tf.TensorShape([None, UNITS]))
    _, last, total = tf.while_loop(lambda i, *_: i < tf.shape(x)[1], body, (tf.constant(0), zero, zero), shape_invariants=invariants)
    y = tf.squeeze(tf.matmul(last, v) + 0.01 * tf.reduce_sum(total, 1, keepdims=True), [1])
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    loss = tf.reduce_mean(tf.math.squared_difference(y, labels))
    train = v1.train.AdamOptimizer(0.05).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train)


losses = []


def input_fn():
    return tf.data.Dataset.from_tensor_slices(({"x": x, "lengths": lengths}, labels)).batch(BATCH)


def logged_model_fn(features, labels, mode):
    spec = model_fn(features, labels, mode)
    if mode != tf.estimator.ModeKeys.TRAIN:
        return spec

    class Losses(tf.estimator.SessionRunHook):
        def before_run(self, context):
            return v1.train.SessionRunArgs(spec.loss)

        def after_run(self, context, values):
            losses.append(float(values.results))

    return spec._replace(training_hooks=[Losses()])


estimator = tf.estimator.Estimator(logged_model_fn, tempfile.mkdtemp())
estimator.train(input_fn, steps=STEPS)
predict = lambda: tf.data.Dataset.from_tensor_slices({"x": x[:BATCH], "lengths": lengths[:BATCH]}).batch(BATCH)
document = {
    "by": "TensorFlow %s, interop/control-flow/record_training.py" % tf.__version__,
    "batch": BATCH, "time": TIME, "features": FEATURES,
    "first": {k: value.tolist() for k, value in first.items()},
    "x": x.reshape(-1).tolist(), "lengths": lengths.tolist(), "labels": labels.tolist(),
    "losses": losses,
    "last": {k: estimator.get_variable_value("rnn/" + k).reshape(-1).tolist() for k in first},
    "predictions": [float(p["y"]) for p in estimator.predict(predict)],
}
with open(os.path.abspath(OUT), "wb") as file:
    file.write(gzip.compress(json.dumps(document, separators=(",", ":")).encode(), 9, mtime=0))
print(losses, os.path.getsize(OUT), "bytes")
