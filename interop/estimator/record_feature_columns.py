"""Records how TensorFlow 2.15 builds and runs feature columns, and what it says when they are wrong.

    python interop/estimator/record_feature_columns.py

Writes packages/tureen/src/estimator/feature-column/fixtures/*.json.gz: `layers` (graphs and values), `parse-specs` and `errors`.
"""

import gzip
import json
import os
import re
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np
import tensorflow as tf
from tensorflow_estimator.python.estimator.canned import linear as canned_linear
from tensorflow_estimator.python.estimator.export.export import SupervisedInputReceiver

import feature_column_cases as cases

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)
HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "../../packages/tureen/src/estimator/feature-column/fixtures")
NORMALIZERS = {"half": lambda x: x * 0.5}


def snake(name):
    return re.sub(r"([A-Z])", lambda m: "_" + m.group(1).lower(), name)


def plain(value, key=None):
    """An argument of a case as Python's TensorFlow takes it."""
    if isinstance(value, dict) and "fn" in value:
        return column(value)
    if isinstance(value, dict) and "bad" in value:
        return value["bad"]
    if isinstance(value, list):
        return [plain(item) for item in value]
    if key == "dtype" or key == "labelDtype":
        return tf.dtypes.as_dtype(value)
    if key == "normalizerFn":
        return NORMALIZERS[value]
    if key == "vocabularyFile":
        return os.path.join(OUT, value)
    return value


def column(case):
    name = case["fn"]
    args = [plain(arg, "vocabularyFile" if "ocabularyFile" in name and i == 1 else None) for i, arg in enumerate(case["args"])]
    options = {snake(key): plain(value, key) for key, value in case.get("options", {}).items()}
    if name == "sharedEmbeddings":
        index = options.pop("index")
        key = json.dumps({**case, "options": {k: v for k, v in case["options"].items() if k != "index"}})
        if key not in SHARED:
            SHARED[key] = tf.feature_column.shared_embeddings(*args, **options)
        return SHARED[key][index]
    if name == "sharedEmbeddingColumns":
        index = options.pop("index")
        return tf.compat.v1.feature_column.shared_embedding_columns(*args, **options)[index]
    return getattr(tf.feature_column, snake(name))(*args, **options)


SHARED = {}


def stored(array):
    array = np.asarray(array)
    if array.dtype == object or array.dtype.kind in "SU":
        values = [v.decode("latin-1") if isinstance(v, bytes) else v for v in array.reshape(-1).tolist()]
        return {"d": "string", "s": list(array.shape), "v": values}
    return {"d": array.dtype.name, "s": list(array.shape), "v": array.reshape(-1).tolist()}


def placeholder(key, spec):
    key = re.sub(r"[^A-Za-z0-9_./]", "_", key)
    if "sparse" in spec:
        rank = spec.get("rank", 2)
        part = lambda suffix, dtype, shape: tf.compat.v1.placeholder(dtype, shape, name=f"{key}/{suffix}")
        return tf.SparseTensor(part("indices", tf.int64, [None, rank]), part("values", spec["sparse"], [None]), part("shape", tf.int64, [rank]))
    return tf.compat.v1.placeholder(spec["dense"], spec["shape"], name=key)


def build_layer(case, features):
    columns = [column(c) for c in case["columns"]]
    options = {snake(k): v for k, v in case.get("options", {}).items()}
    layer = case["layer"]
    if layer == "denseFeatures":
        return [tf.keras.layers.DenseFeatures(columns, **options)(features, training=False)]
    if layer == "linearModelLogits":
        return [canned_linear.LinearModel(columns, name="linear/linear_model", **options)(features)]
    if layer == "sequenceFeatures":
        return list(tf.keras.experimental.SequenceFeatures(columns, **options)(features, training=False))
    if layer == "inputLayer":
        return [tf.compat.v1.feature_column.input_layer(features, columns, **options)]
    if layer == "linearModel":
        return [tf.compat.v1.feature_column.linear_model(features, columns, **options)]
    if layer == "parseExample":
        spec = tf.feature_column.make_parse_example_spec(columns)
        parsed = tf.io.parse_example(features["serialized"], spec)
        return [tf.keras.layers.DenseFeatures(columns, **options)(parsed, training=False)]
    if layer == "parse":
        parsed = tf.io.parse_example(features["serialized"], {key: example_feature(f) for key, f in case["spec"].items()}, name=case["options"].get("name"))
        outputs = []
        for key in sorted(parsed):
            value = parsed[key]
            outputs += [value.indices, value.values, value.dense_shape] if isinstance(value, tf.SparseTensor) else [value]
        return outputs
    raise ValueError(layer)


def example_feature(feature):
    kind, *args = [tf.dtypes.as_dtype(part) if part in ("float32", "int64", "string") else part for part in feature]
    if kind == "FixedLenSequenceFeature":
        return tf.io.FixedLenSequenceFeature(args[0], args[1], **{snake(k): v for k, v in args[2].items()})
    if kind == "FixedLenFeature":
        return tf.io.FixedLenFeature(tuple(args[0]), *args[1:])
    return getattr(tf.io, kind)(*args)


def serialized(example):
    """An Example of plain lists: floats, integers or texts."""
    message = tf.train.Example()
    for key, values in example.items():
        if values and isinstance(values[0], str):
            message.features.feature[key].bytes_list.value.extend(v.encode() for v in values)
        elif values and isinstance(values[0], int):
            message.features.feature[key].int64_list.value.extend(values)
        else:
            message.features.feature[key].float_list.value.extend(values)
    return message.SerializeToString(deterministic=True)


def message_of(error):
    text = error.message if isinstance(error, tf.errors.OpError) else str(error)
    text = text.split("\n\nOriginal stack trace")[0]
    # Keras and AutoGraph put a trace before what TensorFlow said.
    text = re.sub(r"^Graph execution error:\n\n(Detected at node.*\nNode: '[^\n]*\n)?", "", text, flags=re.S)
    text = re.sub(r"^in user code:.*\n    ValueError: ", "", text, flags=re.S)
    text = re.sub(r"\s*\[\[\{\{node.*", "", text, flags=re.S).rstrip()
    return text.replace(OUT + "/", "$FIXTURES/")


def record_layer(case):
    SHARED.clear()
    result = dict(case)
    graph = tf.Graph()
    with graph.as_default():
        features = {key: placeholder(key, spec) for key, spec in case["features"].items()}
        try:
            outputs = build_layer(case, features)
        except Exception as error:
            result["error"] = message_of(error)
            return result
        nodes = []
        for node in graph.as_graph_def().node:
            nodes.append(" ".join([node.name, node.op, *node.input]))
        result["nodes"] = nodes
        result["outputs"] = [tensor.name for tensor in outputs]
        result["shapes"] = [t.shape.as_list() if t.shape.rank is not None else None for t in outputs]
        result["trainable"] = sorted(v.name for v in tf.compat.v1.trainable_variables())
        variables = tf.compat.v1.global_variables()
        rng = np.random.RandomState(7)
        # Ops as they are: Grappler's fused embedding look-up has error texts of its own.
        config = tf.compat.v1.ConfigProto()
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        with tf.compat.v1.Session(config=config) as session:
            session.run([tf.compat.v1.global_variables_initializer(), tf.compat.v1.tables_initializer()])
            result["variables"] = {}
            for variable in variables:
                value = (rng.randint(-200, 200, variable.shape) / 100).astype(np.float32)
                variable.load(value, session)
                result["variables"][variable.op.name] = stored(value)
            result["runs"] = []
            for feeds in case["feeds"]:
                run = {"feeds": {}}
                feed = {}
                for key, value in feeds.items():
                    spec = case["features"][key]
                    key = re.sub(r"[^A-Za-z0-9_./]", "_", key)
                    if isinstance(value, dict):
                        parts = {key: np.array([serialized(example) for example in value["examples"]], object)}
                    elif "sparse" in spec:
                        indices, values, shape = value
                        parts = {
                            f"{key}/indices": np.array(indices, np.int64).reshape(-1, len(shape)),
                            f"{key}/values": np.array(values, tf.dtypes.as_dtype(spec["sparse"]).as_numpy_dtype),
                            f"{key}/shape": np.array(shape, np.int64),
                        }
                    else:
                        parts = {key: np.array(value, tf.dtypes.as_dtype(spec["dense"]).as_numpy_dtype)}
                        if parts[key].size == 0:
                            parts[key] = parts[key].reshape([0] + [d or 1 for d in spec["shape"][1:]] if spec["shape"] else [0])
                    for name, array in parts.items():
                        feed[name + ":0"] = array
                        run["feeds"][name + ":0"] = stored(array)
                try:
                    run["values"] = [stored(v) for v in session.run(outputs, feed)]
                except tf.errors.OpError as error:
                    run["error"] = {"code": error.__class__.__name__, "message": message_of(error)}
                result["runs"].append(run)
    del result["feeds"]
    return result


def feature_text(feature):
    return repr(feature)


def record_spec(case):
    SHARED.clear()
    with tf.Graph().as_default():
        try:
            columns = [column(c) for c in case["columns"]]
            if case["make"] == "makeParseExampleSpec":
                spec = tf.feature_column.make_parse_example_spec(columns)
            else:
                options = {snake(k): plain(v, k) for k, v in case["options"].items()}
                spec = getattr(tf.estimator, snake(case["make"]))(columns, **options)
            return {**case, "spec": {key: repr(value) for key, value in spec.items()}}
        except Exception as error:
            return {**case, "error": message_of(error)}


def record_error(case):
    SHARED.clear()
    with tf.Graph().as_default():
        try:
            made = column(case["column"])
        except Exception as error:
            return {**case, "error": message_of(error)}
        return {**case, "description": repr(made).replace(OUT + "/", ""), "name": made.name}


def receivers():
    """What the makers of receivers say to wrong tensors, and the placeholders that the builders make."""
    export = tf.estimator.export
    supervised = tf.estimator.experimental.build_raw_supervised_input_receiver_fn
    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, [3, 2], name="some/x")
        wide = tf.compat.v1.placeholder(tf.int64, None, name="wide")
        y = tf.compat.v1.placeholder(tf.int64, [3], name="y")
    wrong = {
        "no features": lambda: export.ServingInputReceiver(None, x),
        "no receivers": lambda: export.ServingInputReceiver(x, None),
        "feature no tensor": lambda: export.ServingInputReceiver({"a": 1}, x),
        "receiver no tensor": lambda: export.ServingInputReceiver(x, {"a": "b"}),
        "bare feature no tensor": lambda: export.ServingInputReceiver(1.5, x),
        "bare receiver no tensor": lambda: export.ServingInputReceiver(x, [x]),
        "alternatives no dict": lambda: export.ServingInputReceiver(x, x, "a"),
        "alternative no tensor": lambda: export.ServingInputReceiver(x, x, {"b": {"c": 3}}),
        "alternative none": lambda: export.ServingInputReceiver(x, x, {"b": None}),
        "tensor receiver none": lambda: export.TensorServingInputReceiver(None, x),
        "tensor receiver dict": lambda: export.TensorServingInputReceiver({"a": x}, x),
        "supervised no labels": lambda: SupervisedInputReceiver(x, None, x),
        "supervised label no tensor": lambda: SupervisedInputReceiver(x, {"l": 1}, x),
        "overlapping": lambda: supervised({"a": x}, {"a": y}),
    }
    result = []
    for name, make in wrong.items():
        try:
            make()
            raise AssertionError(name)
        except ValueError as error:
            result.append({"name": name, "error": message_of(error)})
    built = {
        "raw": lambda: export.build_raw_serving_input_receiver_fn({"x": x, "w": wide})(),
        "raw batch": lambda: export.build_raw_serving_input_receiver_fn({"x": x, "y": y}, default_batch_size=5)(),
        "supervised": lambda: supervised({"x": x}, y)(),
        "supervised bare": lambda: supervised(x, y, default_batch_size=4)(),
        "parsing": lambda: export.build_parsing_serving_input_receiver_fn(
            {"x": tf.io.FixedLenFeature([2], tf.float32), "c": tf.io.VarLenFeature(tf.string)}
        )(),
        "parsing batch": lambda: export.build_parsing_serving_input_receiver_fn({"c": tf.io.VarLenFeature(tf.string)}, default_batch_size=2)(),
    }
    for name, make in built.items():
        graph = tf.Graph()
        with graph.as_default():
            receiver = make()
            tensors = {k: [t.name, t.dtype.name, t.shape.as_list() if t.shape.rank is not None else None] for k, t in receiver.receiver_tensors.items()}
            features = receiver.features
            keys = sorted(features) if isinstance(features, dict) else None
            nodes = [" ".join([n.name, n.op, *n.input]) for n in graph.as_graph_def().node]
        result.append({"name": name, "receivers": tensors, "features": keys, "nodes": nodes})
    return result


def write(name, recorded):
    os.makedirs(OUT, exist_ok=True)
    body = {"tensorflow": tf.__version__, "script": "interop/estimator/record_feature_columns.py", "cases": recorded}
    with open(os.path.join(OUT, name + ".json.gz"), "wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
            file.write(json.dumps(body).encode())
    print(name, len(recorded))


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    for name, lines in cases.FILES.items():
        with open(os.path.join(OUT, name), "w") as file:
            file.write(lines)
    only = sys.argv[1] if len(sys.argv) > 1 else None
    layers = [record_layer(case) for case in cases.LAYERS if only is None or only in case["name"]]
    if only is None:
        write("layers", layers)
        write("parse-specs", [record_spec(case) for case in cases.SPECS])
        write("receivers", receivers())
        write("errors", [record_error(case) for case in cases.ERRORS])
    else:
        for case in layers:
            print("==", case["name"], case.get("error"))
            print("\n".join(case.get("nodes", [])))
            print(case.get("runs"))
