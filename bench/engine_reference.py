"""The other side of engine.ts: makes the models ($BENCH_DIR/engine), then times runs of them on request.

Prints a line of JSON for each model and batch once all are made: {"name", "model", "signature", "feeds", "tensors"}. Then answers each line
`ENGINE CASE SECONDS` on its standard input with the median microseconds of a run, or with `none` where the engine has no such model.
ENGINE is `tf` (TensorFlow's session, operations in the caller's thread: the cheapest setting of all models here), `tf1` (pools of one thread)
or `ort` (onnxruntime with one thread on what tf2onnx makes of the model, where both are installed).
"""
import base64
import json
import os
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2

v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.ERROR)
fc = tf.feature_column
layers = tf.keras.layers
FOLDER = os.path.join(os.environ["BENCH_DIR"], "engine")
# 5 numeric and 9 categorical features, as the census income data has them.
NUMERIC = {"age": (17, 90), "education_num": (1, 16), "capital_gain": (0, 99999), "capital_loss": (0, 4356),
           "hours_per_week": (1, 99)}
VOCABULARY = {"workclass": 9, "education": 16, "marital_status": 7, "relationship": 6, "race": 5, "gender": 2}
HASHED = {"occupation": 15, "native_country": 42, "region": 300}
SPEC = {key: tf.io.FixedLenFeature([1], tf.float32) for key in NUMERIC}
SPEC.update({key: tf.io.VarLenFeature(tf.string) for key in {**VOCABULARY, **HASHED}})
random = np.random.RandomState(0)


def words(key, count):
    return ["%s-value-%d" % (key, i) for i in range(count)]


def rows(count):
    data = {key: random.uniform(low, high, count).astype(np.float32).round() for key, (low, high) in NUMERIC.items()}
    for key, size in {**VOCABULARY, **HASHED}.items():
        data[key] = np.array([word.encode() for word in words(key, size)], dtype=object)[random.randint(0, size, count)]
    return data


def examples(count):
    data, made = rows(count), []
    for i in range(count):
        example = tf.train.Example()
        feature = example.features.feature
        for key in NUMERIC:
            feature[key].float_list.value.append(float(data[key][i]))
        for key in {**VOCABULARY, **HASHED}:
            feature[key].bytes_list.value.append(data[key][i])
        made.append(example.SerializeToString())
    return np.array(made, dtype=object)


def half_plus_two(folder):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 1], "x")
        y = tf.add(tf.multiply(v1.get_variable("a", initializer=0.5), x), v1.get_variable("b", initializer=2.0), "y")
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, folder, {"x": x}, {"y": y})


def census(folder):
    numeric = [fc.numeric_column(key, normalizer_fn=lambda v, low=low, high=high: (v - low) / (high - low))
               for key, (low, high) in NUMERIC.items()]
    age = fc.bucketized_column(fc.numeric_column("age"), [18, 25, 30, 35, 40, 45, 50, 55, 60, 65])
    columns = numeric + [age] + [
        fc.indicator_column(fc.categorical_column_with_vocabulary_list(key, words(key, size)))
        for key, size in VOCABULARY.items()
    ] + [fc.embedding_column(fc.categorical_column_with_hash_bucket(key, 1000), 8) for key in HASHED]
    estimator = tf.estimator.DNNClassifier([100, 75, 50, 25], columns, model_dir=folder + "-training")
    data = rows(1024)
    estimator.train(lambda: tf.data.Dataset.from_tensor_slices((data, (data["age"] > 45).astype(np.int64))).batch(128))
    receiver = tf.estimator.export.build_parsing_serving_input_receiver_fn(SPEC)
    os.rename(estimator.export_saved_model(folder + "-export", receiver).decode(), folder)


def parse(folder):
    with tf.Graph().as_default(), v1.Session() as session:
        serialized = v1.placeholder(tf.string, [None], "serialized")
        parsed = tf.io.parse_example(serialized, SPEC)
        outputs = {k: v.values if isinstance(v, tf.SparseTensor) else v for k, v in parsed.items()}
        v1.saved_model.simple_save(session, folder, {"serialized": serialized}, outputs)


def keras(stack):
    return lambda folder: tf.saved_model.save(tf.keras.Sequential(stack()), folder)


def mobilenet(folder):
    tf.saved_model.save(tf.keras.applications.MobileNetV2(weights=None, input_shape=(224, 224, 3)), folder)


MODELS = {
    "half_plus_two": half_plus_two,
    "mlp": keras(lambda: [layers.Input((64,)), layers.Dense(128, "relu"), layers.Dense(64, "relu"),
                          layers.Dense(10, "softmax")]),
    "census": census,
    "cnn": keras(lambda: [layers.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPool2D(),
                          layers.Conv2D(64, 3, activation="relu"), layers.MaxPool2D(), layers.Flatten(),
                          layers.Dense(10, "softmax")]),
    "mobilenet": mobilenet,
    "lstm": keras(lambda: [layers.Input((100, 16)), layers.LSTM(32), layers.Dense(4)]),
    "gru": keras(lambda: [layers.Input((100, 16)), layers.GRU(32, return_sequences=True), layers.Dense(4)]),
    "parse": parse,
}
# What tf2onnx is not made for: Examples, tables, and a graph of two operations.
NOT_FOR_ONNX = {"half_plus_two", "census", "parse"}


def floats(*shape):
    return lambda: random.rand(*shape).astype(np.float32)


CASES = {
    "half_plus_two, batch 3": ("half_plus_two", floats(3, 1)),
    "MLP 64-128-64-10, batch 1": ("mlp", floats(1, 64)),
    "MLP 64-128-64-10, batch 64": ("mlp", floats(64, 64)),
    "census Classify, 1 Example": ("census", lambda: examples(1)),
    "census Classify, 32 Examples": ("census", lambda: examples(32)),
    "CNN 28x28, batch 1": ("cnn", floats(1, 28, 28, 1)),
    "CNN 28x28, batch 32": ("cnn", floats(32, 28, 28, 1)),
    "MobileNetV2, batch 1": ("mobilenet", floats(1, 224, 224, 3)),
    "LSTM 32, 100 steps, batch 1": ("lstm", floats(1, 100, 16)),
    "LSTM 32, 100 steps, batch 32": ("lstm", floats(32, 100, 16)),
    "GRU 32, 100 steps, batch 1": ("gru", floats(1, 100, 16)),
    "ParseExample, 32 Examples": ("parse", lambda: examples(32)),
    "ParseExample, 1024 Examples": ("parse", lambda: examples(1024)),
}


def folder_of(model):
    return os.path.join(FOLDER, model)


def make_models():
    os.makedirs(FOLDER, exist_ok=True)
    tf.random.set_seed(1)
    for model, make in MODELS.items():
        if not os.path.exists(folder_of(model)):
            make(folder_of(model))


def onnx_of(model):
    path = folder_of(model) + ".onnx"
    if model in NOT_FOR_ONNX or os.path.exists(path):
        return path
    command = [sys.executable, "-m", "tf2onnx.convert", "--saved-model", folder_of(model), "--opset", "17", "--output", path]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return path


def tf_runner(threads):
    config = v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=threads)

    def load(model):
        session = v1.Session(graph=tf.Graph(), config=config)
        with session.graph.as_default():
            meta = v1.saved_model.load(session, ["serve"], folder_of(model))
        signature = meta.signature_def["serving_default"]
        options = config_pb2.CallableOptions(
            feed=[tensor.name for tensor in signature.inputs.values()],
            fetch=[tensor.name for tensor in signature.outputs.values()],
        )
        return session._make_callable_from_options(options)  # without checks of feeds in Python

    return load


def ort_runner(model):
    path = onnx_of(model)
    if not os.path.exists(path):
        return None
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda feed: session.run(None, {name: feed})


ENGINES = {"tf": tf_runner(-1), "tf1": tf_runner(1), "ort": ort_runner}


def encoded(feed):
    if feed.dtype == object:
        return {"strings": [base64.b64encode(text).decode() for text in feed]}
    return {"shape": feed.shape, "floats": base64.b64encode(feed.tobytes()).decode()}


def serve():
    feeds = {name: make() for name, (_, make) in CASES.items()}
    for name, (model, _) in CASES.items():
        print(json.dumps({"name": name, "folder": folder_of(model), "feed": encoded(feeds[name])}))
    print("ready", flush=True)
    runners = {}
    for line in sys.stdin:
        engine, seconds, name = line.rstrip("\n").split(" ", 2)
        model = CASES[name][0]
        if (engine, model) not in runners:
            runners[engine, model] = ENGINES[engine](model)
        run, feed = runners[engine, model], feeds[name]
        if run is None:
            print("none", flush=True)
            continue
        for _ in range(5):
            run(feed)
        times, end = [], time.perf_counter() + float(seconds)
        while time.perf_counter() < end:
            began = time.perf_counter()
            run(feed)
            times.append(time.perf_counter() - began)
        print(float(np.median(times)) * 1e6, flush=True)


if __name__ == "__main__":
    make_models()
    serve()
