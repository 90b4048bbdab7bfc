"""One training of census.ts's estimators in TensorFlow 2.15: `census_reference.py KIND INPUT BATCH SECONDS FILE`, the same line of JSON as census-child.ts."""
import json
import os
import statistics
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

KIND, SOURCE, BATCH, SECONDS, FILE = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
ROWS, HIDDEN, WINDOW, WARM_UP = 32561, [100, 75, 50, 25], 50, 100
NUMERIC = {"age": (17, 90), "education_num": (1, 16), "capital_gain": (0, 99999), "capital_loss": (0, 4356), "hours_per_week": (1, 99)}
LISTED = {"workclass": 9, "education": 16, "marital_status": 7, "relationship": 6, "race": 5, "gender": 2}
HASHED = {"occupation": 15, "native_country": 42, "region": 300}
STRINGS = {**LISTED, **HASHED}
fc = tf.feature_column


def words(name, count):
    return [f"{name}-value-{i}" for i in range(count)]


def arrays():
    draw = np.random.RandomState(0)
    x = {k: draw.uniform(low, high, ROWS).astype(np.float32).round() for k, (low, high) in NUMERIC.items()}
    for k, count in STRINGS.items():
        x[k] = np.array([w.encode() for w in words(k, count)], dtype=object)[draw.randint(0, count, ROWS)]
    return x, ((x["age"] > 45) ^ (draw.rand(ROWS) < 0.1)).astype(np.int64)


def spec():
    dense = {k: tf.io.FixedLenFeature([1], tf.float32) for k in NUMERIC}
    return {**dense, **{k: tf.io.VarLenFeature(tf.string) for k in STRINGS}}


def estimator(folder):
    scaled = [fc.numeric_column(k, normalizer_fn=lambda v, a=a, b=b: (v - a) / (b - a)) for k, (a, b) in NUMERIC.items()]
    listed = [fc.categorical_column_with_vocabulary_list(k, words(k, n)) for k, n in LISTED.items()]
    hashed = [fc.categorical_column_with_hash_bucket(k, 1000) for k in HASHED]
    age = fc.bucketized_column(fc.numeric_column("age"), [18, 25, 30, 35, 40, 45, 50, 55, 60, 65])
    wide = listed + hashed + [age, fc.crossed_column(["education", "occupation"], 1000), fc.crossed_column([age, "education", "occupation"], 10000)]
    deep = scaled + [age] + [fc.indicator_column(c) for c in listed] + [fc.embedding_column(c, 8) for c in hashed]
    if KIND == "LinearClassifier":
        return tf.estimator.LinearClassifier(scaled + wide, model_dir=folder)
    if KIND == "DNNClassifier":
        return tf.estimator.DNNClassifier(HIDDEN, deep, model_dir=folder)
    return tf.estimator.DNNLinearCombinedClassifier(
        linear_feature_columns=wide, dnn_feature_columns=deep, dnn_hidden_units=HIDDEN, model_dir=folder)


def input_fn():
    if SOURCE == "memory":
        return lambda: tf.data.Dataset.from_tensor_slices(arrays()).shuffle(ROWS).repeat().batch(BATCH).prefetch(1)
    if SOURCE == "numpy":
        x, y = arrays()
        return tf.compat.v1.estimator.inputs.numpy_input_fn(x, y, batch_size=BATCH, num_epochs=None, shuffle=True)

    def parse(serialized):
        features = tf.io.parse_example(serialized, {**spec(), "label": tf.io.FixedLenFeature([], tf.int64)})
        return features, features.pop("label")

    return lambda: tf.data.TFRecordDataset(FILE).shuffle(10000).repeat().batch(BATCH).map(parse).prefetch(1)


class Clock(tf.estimator.SessionRunHook):
    def __init__(self):
        self.times, self.cpu = [], 0

    def after_run(self, context, values):
        self.times.append(time.time())
        if len(self.times) == WARM_UP + 1:
            self.cpu = time.process_time()
        if len(self.times) > WARM_UP + WINDOW and self.times[-1] - self.times[WARM_UP] > SECONDS:
            context.request_stop()


with tempfile.TemporaryDirectory() as folder:
    model, clock = estimator(os.path.join(folder, "model")), Clock()
    model.train(input_fn(), hooks=[clock])
    t = clock.times[WARM_UP:]
    rates = [WINDOW / (t[i + WINDOW] - t[i]) for i in range(0, len(t) - WINDOW, WINDOW)]
    result = {
        "stepsPerSecond": statistics.median(rates),
        "bestStepsPerSecond": max(rates),
        "cpuMillis": (time.process_time() - clock.cpu) * 1000 / (len(t) - 1),
        "firstStepSeconds": clock.times[0] - float(os.environ["BENCH_STARTED"]) / 1000,
    }
    if os.environ.get("BENCH_EXPORT"):
        took = []
        for _ in range(3):
            began = time.perf_counter()
            model.export_saved_model(os.path.join(folder, "export"), tf.estimator.export.build_parsing_serving_input_receiver_fn(spec()))
            took.append(time.perf_counter() - began)
        result["firstExportSeconds"], result["exportSeconds"] = took[0], statistics.median(took)
    print(json.dumps(result), flush=True)
