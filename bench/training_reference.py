"""The same models as training.ts in TensorFlow 2.15's tf.estimator: the same lines of JSON, for the ratio."""
import csv
import json
import os
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples")
WARM_UP, MEASURED = 200, int(os.environ.get("BENCH_STEPS", 1500))


class Watch(tf.estimator.SessionRunHook):
    def begin(self):
        self.steps = 0

    def after_run(self, run_context, run_values):
        self.steps += 1
        if self.steps == WARM_UP:
            self.began = time.perf_counter()
        if self.steps == WARM_UP + MEASURED:
            self.seconds = time.perf_counter() - self.began


def bench(name, batch, estimator, features, labels, rows):
    watch = Watch()
    data = lambda: tf.data.Dataset.from_tensor_slices((features, labels)).shuffle(rows, seed=1).repeat().batch(batch)
    estimator.train(data, steps=WARM_UP + MEASURED, hooks=[watch])
    rate = MEASURED / watch.seconds
    print(json.dumps({"bench": "training", "name": name, "stepsPerSecond": rate, "examplesPerSecond": rate * batch}), flush=True)


def table(path):
    with open(os.path.join(ROOT, path)) as file:
        return list(csv.DictReader(file))


def config():
    return tf.estimator.RunConfig(model_dir=tempfile.mkdtemp(), tf_random_seed=1, log_step_count_steps=None)


def digits():
    rows = [r for i, r in enumerate(table("digits/data/digits.csv")) if i % 5 != 4]
    pixels = sorted(k for k in rows[0] if k != "label")
    x = np.array([[float(r[p]) / 16 for p in pixels] for r in rows], np.float32)
    y = np.array([int(r["label"]) for r in rows], np.int64)
    column = tf.feature_column.numeric_column("x", shape=[64])
    bench("digits DNN, batch 64", 64, tf.estimator.DNNClassifier([128, 32], [column], n_classes=10, config=config()), {"x": x}, y, 1438)


def penguins():
    fc = tf.feature_column
    rows = table("penguins/data/penguins.csv")[:-66]
    species = fc.categorical_column_with_vocabulary_list("species", ["Adelie", "Chinstrap", "Gentoo"])
    island = fc.categorical_column_with_vocabulary_list("island", ["Biscoe", "Dream", "Torgersen"])
    nest = fc.categorical_column_with_hash_bucket("nest", 50)
    mass = fc.bucketized_column(fc.numeric_column("body_mass_g"), [3500, 4000, 4500, 5000, 5500])
    scale = {"bill_length_mm": (44, 5.5), "bill_depth_mm": (17.2, 2), "flipper_length_mm": (201, 14)}
    measured = [fc.numeric_column(k, normalizer_fn=lambda x, m=m, d=d: (x - m) / d) for k, (m, d) in scale.items()]
    linear = [mass, species, fc.crossed_column(["species", mass], 100)]
    dnn = measured + [mass, fc.indicator_column(species), fc.indicator_column(island), fc.embedding_column(nest, 4)]
    features = {k: [r[k] for r in rows] for k in ("species", "island", "nest")}
    features.update({k: np.array([r[k] for r in rows], np.float32) for k in list(scale) + ["body_mass_g"]})
    estimator = tf.estimator.DNNLinearCombinedClassifier(
        linear_feature_columns=linear, dnn_feature_columns=dnn, dnn_hidden_units=[32, 16], label_vocabulary=["female", "male"], config=config())
    bench("penguins wide and deep, batch 32", 32, estimator, features, [r["sex"] for r in rows], 267)


def cars():
    rows = table("fuel-economy/data/fuel-economy.csv")[:-46]
    features = {k: np.array([r[k] for r in rows], np.float32) for k in ("displacement", "cylinders", "year")}
    features["drive"] = [r["drive"] for r in rows]

    def model_fn(features, labels, mode):
        column = lambda k: tf.reshape(features[k], [-1, 1])
        drive = tf.cast(tf.equal(column("drive"), [["f", "r", "4"]]), tf.float32)
        inputs = tf.concat([(column("displacement") - 3.5) / 1.3, (column("cylinders") - 5.9) / 1.6, (column("year") - 2003.5) / 4.5, drive], 1)
        hidden = tf.compat.v1.layers.dense(inputs, 16, tf.nn.relu)
        mileage, logit = tf.compat.v1.layers.dense(hidden, 1), tf.compat.v1.layers.dense(hidden, 1)
        target = tf.reshape(labels, [-1, 1])
        frugal = tf.cast(target >= 25, tf.float32)
        loss = tf.reduce_mean(tf.math.squared_difference(mileage, target)) + tf.reduce_mean(
            tf.nn.sigmoid_cross_entropy_with_logits(frugal, logit))
        optimizer = tf.compat.v1.train.AdamOptimizer(0.01)
        train_op = optimizer.minimize(loss, tf.compat.v1.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

    labels = np.array([r["highway_mpg"] for r in rows], np.float32)
    bench("cars custom, batch 32", 32, tf.estimator.Estimator(model_fn, config=config()), features, labels, 188)


digits()
penguins()
cars()
