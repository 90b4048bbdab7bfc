"""What TensorFlow exports of models that take ragged tensors, and what it refuses. Run: python interop/estimator/record_ragged_exports.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import base64
import ctypes
import logging
import tempfile

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.protobuf import saved_model_pb2

from fixture import stored, write

E, fc, v1 = tf.estimator, tf.feature_column, tf.compat.v1
logger = v1.get_logger()
logger.setLevel(logging.ERROR)
logger.propagate = False
for handler in list(logger.handlers):
    logger.removeHandler(handler)
Ragged = tf.io.RaggedFeature


def ragged(rank=1, dtype=tf.float32, name="r", shape=()):
    return v1.ragged.placeholder(dtype, rank, value_shape=shape, name=name)


def model_fn(features, labels, mode):
    """The sum of each row's numbers times a weight."""
    rows = features["r"] if isinstance(features, dict) else features
    if isinstance(rows, tf.RaggedTensor) and rows.dtype == tf.string:
        rows = tf.strings.to_number(rows)
    if isinstance(rows, tf.RaggedTensor):
        flat = rows.flat_values
        sums = flat if flat.shape.rank in (None, 1) else tf.reduce_sum(flat, axis=1)
        for splits in reversed(rows.nested_row_splits):
            level = tf.RaggedTensor.from_row_splits(sums, splits, validate=False)
            sums = tf.math.unsorted_segment_sum(sums, level.value_rowids(), level.nrows())
    else:
        sums = tf.reduce_sum(rows, axis=list(range(1, rows.shape.rank)))
    y = sums * v1.get_variable("w", [], initializer=v1.constant_initializer(2.0))
    if mode == "infer":
        outputs = {"serving_default": E.export.PredictOutput({"y": y}), "regression": E.export.RegressionOutput(y)}
        return E.EstimatorSpec(mode, predictions={"y": y}, export_outputs=outputs)
    loss = tf.reduce_mean((y - labels) ** 2)
    return E.EstimatorSpec(mode, loss=loss, predictions={"y": y}, train_op=v1.assign_add(v1.train.get_global_step(), 1))


def both(**options):
    def receiver():
        rows = ragged(**options)
        return E.export.ServingInputReceiver({"r": rows}, {"r": rows})
    return receiver


def tensor():
    rows = ragged()
    return E.export.TensorServingInputReceiver(rows, rows)


def alternatives():
    examples = v1.placeholder(tf.string, [None], name="input_example_tensor")
    rows = tf.io.parse_example(examples, {"r": Ragged(tf.float32, row_splits_dtype=tf.int64)})["r"]
    return E.export.ServingInputReceiver({"r": rows}, {"examples": examples}, {"rows": rows})


def insufficient():
    return E.export.ServingInputReceiver({"r": ragged()}, {"q": ragged(name="q")})


def int32_splits():
    flat = v1.placeholder(tf.float32, [None], name="flat")
    splits = v1.placeholder(tf.int32, [None], name="splits")
    rows = tf.RaggedTensor.from_row_splits(flat, splits, validate=False)
    return E.export.ServingInputReceiver({"r": rows}, {"r": rows})


def parsing(feature):
    return E.export.build_parsing_serving_input_receiver_fn({"r": feature})


def raw():
    with tf.Graph().as_default():
        rows = ragged(rank=2, shape=[3])
        return E.export.build_raw_serving_input_receiver_fn({"r": rows})


EXAMPLES = []
for lists in ({"r": [1, 2, 3, 4], "splits": [0, 1, 1, 4], "lengths": [1, 0, 3], "starts": [0, 1, 1], "limits": [1, 1, 4], "ids": [0, 2, 2, 2]}, {}, {"r": [5, 6], "splits": [0, 2], "lengths": [2], "starts": [0], "limits": [2], "ids": [0, 0]}):
    example = tf.train.Example()
    for key, values in lists.items():
        getattr(example.features.feature[key], "float_list" if key == "r" else "int64_list").value.extend(values)
    EXAMPLES.append(example.SerializeToString())

FLAT, SPLITS = np.float32([1, 2, 3]), np.int64([0, 1, 1, 3])
PARTITIONS = {"RowSplits": "splits", "RowLengths": "lengths", "RowStarts": "starts", "RowLimits": "limits", "ValueRowIds": "ids", "UniformRowLength": 2}
# Each with what its default signature, or the named one, is fed in the order of the placeholders in the signature.
CASES = {
    "one level": (both(), [FLAT, SPLITS]),
    "two levels": (both(rank=2), [FLAT, np.int64([0, 2, 3]), SPLITS]),
    "rows of pairs": (both(shape=[2]), [np.float32([[1, 2], [3, 4]]), np.int64([0, 2, 2])]),
    "unknown shape": (both(shape=None), [FLAT, SPLITS]),
    "text": (both(dtype=tf.string), [np.array([b"1", b"2.5", b"-3"], object), SPLITS]),
    "bare tensor": (tensor, [FLAT, SPLITS]),
    "int32 splits": (int32_splits, [FLAT, SPLITS.astype(np.int32)]),
    "alternatives": (alternatives, [np.array(EXAMPLES, object)]),
    "insufficient": (insufficient, None),
    "raw": (raw(), [np.float32([[[[1, 2, 3]]]])]),
    "parsed": (parsing(Ragged(tf.float32)), [np.array(EXAMPLES, object)]),
    **{"parsed " + kind: (parsing(Ragged(tf.float32, value_key="r", partitions=[getattr(Ragged, kind)(given)])), [np.array(EXAMPLES, object)]) for kind, given in PARTITIONS.items()},
}


class Lines(logging.Handler):
    def emit(self, record):
        self.lines.append(record.getMessage())


def info(i):
    shape = lambda s: None if s.unknown_rank else [d.size for d in s.dim]
    if i.WhichOneof("encoding") != "composite_tensor":
        return {"name": i.name, "dtype": tf.dtypes.as_dtype(i.dtype).name, "shape": shape(i.tensor_shape)}
    return {"components": [info(c) for c in i.composite_tensor.components], "proto": base64.b64encode(i.SerializeToString(deterministic=True)).decode(), "json": json_format.MessageToDict(i, including_default_value_fields=True, preserving_proto_field_name=True)}


def names(i):
    return [c.name for c in i.composite_tensor.components] if i.WhichOneof("encoding") == "composite_tensor" else [i.name]


def run(path, values):
    """What both loaders answer."""
    with tf.Graph().as_default(), v1.Session() as session:
        signature = v1.saved_model.load(session, ["serve"], path).signature_def["serving_default"]
        fed = [name for _, i in sorted(signature.inputs.items()) for name in names(i)]
        y = session.run(signature.outputs["y"].name, dict(zip(fed, values)))
    function = tf.saved_model.load(path).signatures["serving_default"]
    arguments = [spec.name for spec in tf.nest.flatten(function.structured_input_signature[1])]
    again = function(**{name: tf.constant(value) for name, value in zip(arguments, values)})["y"].numpy()
    assert np.array_equal(y, again), (y, again)
    return {"feeds": fed, "arguments": arguments, "values": [stored(v) for v in values], "y": stored(y)}


def exports():
    folder = tempfile.mkdtemp()
    estimator = E.Estimator(model_fn, folder)
    estimator.train(lambda: tf.data.Dataset.from_tensors(({"r": tf.ragged.constant([[1.0], [2.0, 3.0]])}, [0.0, 1.0])), steps=1)
    for number, (name, (receiver, values)) in enumerate(CASES.items()):
        handler = Lines()
        handler.lines = []
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        path = estimator.export_saved_model(os.path.join(folder, "export%d" % number), receiver).decode()
        logger.setLevel(logging.ERROR)
        logger.removeHandler(handler)
        model = saved_model_pb2.SavedModel()
        with open(os.path.join(path, "saved_model.pb"), "rb") as file:
            model.ParseFromString(file.read())
        signatures = {key: {"inputs": {k: info(i) for k, i in sorted(s.inputs.items())}, "outputs": {k: info(i) for k, i in sorted(s.outputs.items())}, "method": s.method_name} for key, s in sorted(model.meta_graphs[0].signature_def.items())}
        excluded = [line for line in handler.lines if line.startswith("'") and " : " in line]
        placeholders = [[n.name, tf.dtypes.as_dtype(n.attr["dtype"].type).name] for n in model.meta_graphs[0].graph_def.node if n.op == "Placeholder"]
        yield {"name": name, "signatures": signatures, "excluded": excluded, "placeholders": placeholders, "run": None if values is None else run(path, values)}


def whole(**options):
    return ragged(dtype=options.pop("dtype", tf.int64), **options)


identity = fc.categorical_column_with_identity("r", 10)
sequence = fc.sequence_categorical_column_with_identity("r", 10)
layers = tf.keras.layers.DenseFeatures
logits = lambda n=1: v1.placeholder(tf.float32, [None, n], name="logits")
REFUSED = {
    "indicator": lambda: layers([fc.indicator_column(identity)])({"r": whole()}),
    "two levels": lambda: layers([fc.indicator_column(identity)])({"r": whole(rank=2)}),
    "embedding": lambda: layers([fc.embedding_column(identity, 2)])({"r": whole()}),
    "hashed": lambda: layers([fc.indicator_column(fc.categorical_column_with_hash_bucket("r", 10))])({"r": whole(dtype=tf.string)}),
    "vocabulary": lambda: layers([fc.indicator_column(fc.categorical_column_with_vocabulary_list("r", ["a", "b"]))])({"r": whole(dtype=tf.string)}),
    "crossed": lambda: layers([fc.indicator_column(fc.crossed_column(["r", "q"], 10))])({"r": whole(dtype=tf.string), "q": whole(dtype=tf.string, name="q")}),
    "numeric": lambda: layers([fc.numeric_column("r")])({"r": whole(dtype=tf.float32)}),
    "numeric float64": lambda: layers([fc.numeric_column("r")])({"r": whole(dtype=tf.float64)}),
    "bucketized": lambda: layers([fc.bucketized_column(fc.numeric_column("r"), [0.0])])({"r": whole(dtype=tf.float32)}),
    "linear": lambda: v1.feature_column.linear_model({"r": whole()}, [identity]),
    "sequence": lambda: tf.keras.experimental.SequenceFeatures([fc.embedding_column(sequence, 2)])({"r": whole()}),
    "sequence numeric": lambda: tf.keras.experimental.SequenceFeatures([fc.sequence_numeric_column("r")])({"r": whole(dtype=tf.float32)}),
    "labels of two classes": lambda: E.BinaryClassHead().loss(whole(), logits(), mode="train"),
    "labels of classes": lambda: E.MultiClassHead(3).loss(whole(), logits(3), mode="train"),
    "several labels": lambda: E.MultiLabelHead(3).loss(whole(), logits(3), mode="train"),
    "labels of a regression": lambda: E.RegressionHead().loss(whole(), logits(), mode="train"),
    "weights": lambda: E.RegressionHead(weight_column="r").loss(v1.placeholder(tf.float32, [None, 1]), logits(), features={"r": whole(dtype=tf.float32)}, mode="train"),
    "labels of heads": lambda: E.MultiHead([E.RegressionHead(name="a")]).loss(whole(), {"a": logits()}, mode="train"),
    "predict output": lambda: E.export.PredictOutput(whole()),
    "predict output by name": lambda: E.export.PredictOutput({"a": whole(rank=2)}),
    "regression output": lambda: E.export.RegressionOutput(whole(dtype=tf.float32)),
    "scores": lambda: E.export.ClassificationOutput(scores=whole(dtype=tf.float32)),
    "classes": lambda: E.export.ClassificationOutput(classes=whole(dtype=tf.string)),
    "predictions": lambda: E.EstimatorSpec("infer", predictions=whole()),
    "predictions by name": lambda: E.EstimatorSpec("infer", predictions={"a": whole()}),
    "loss": lambda: E.EstimatorSpec("eval", loss=whole(dtype=tf.float32)),
    "sparse examples": lambda: E.export.RegressionOutput(logits()).as_signature_def({"s": v1.sparse_placeholder(tf.string, [None, 3], name="s")}),
    "ragged examples": lambda: E.export.RegressionOutput(logits()).as_signature_def({"s": whole(dtype=tf.string)}),
    "ragged examples to classify": lambda: E.export.ClassificationOutput(scores=logits()).as_signature_def({"s": whole(dtype=tf.string)}),
}


def refused():
    for name, make in REFUSED.items():
        with tf.Graph().as_default():
            try:
                make()
            except (TypeError, ValueError) as error:
                yield {"name": name, "message": str(error)}
            else:
                raise SystemExit("%s is taken" % name)


def nameless():
    """What the session of C++ says to a tensor without a name, which the TensorInfo of a composite tensor has not: what TensorFlow Serving runs."""
    lib = ctypes.CDLL(os.path.join(os.path.dirname(tf.__file__), "libtensorflow_cc.so.2"))
    pointer = ctypes.c_void_p
    for function in ("TF_NewStatus", "TF_NewSessionOptions", "TF_NewDeprecatedSession", "TF_AllocateTensor", "TF_TensorData"):
        getattr(lib, function).restype = pointer
    lib.TF_Message.restype = ctypes.c_char_p
    status = pointer(lib.TF_NewStatus())
    session = pointer(lib.TF_NewDeprecatedSession(pointer(lib.TF_NewSessionOptions()), status))
    with tf.Graph().as_default() as graph:
        tf.identity(v1.placeholder(tf.float32, [None], name="x"), name="y")
    definition = graph.as_graph_def().SerializeToString()
    lib.TF_ExtendGraph(session, definition, ctypes.c_size_t(len(definition)), status)

    def ask(fed, fetched):
        value = lib.TF_AllocateTensor(1, (ctypes.c_int64 * 1)(1), 1, ctypes.c_size_t(4))
        ctypes.memset(pointer(lib.TF_TensorData(pointer(value))), 0, 4)
        lib.TF_Run(session, None, (ctypes.c_char_p * 1)(fed), (pointer * 1)(value), 1, (ctypes.c_char_p * 1)(fetched), (pointer * 1)(), 1, None, 0, None, status)
        return {"code": lib.TF_GetCode(status), "message": lib.TF_Message(status).decode()}

    assert ask(b"x:0", b"y:0")["code"] == 0
    return {"fed": ask(b"", b"y:0"), "fetched": ask(b"x:0", b"")}


recorded = {"examples": [base64.b64encode(e).decode() for e in EXAMPLES], "exports": list(exports()), "refused": list(refused()), "nameless": nameless()}
for one in recorded["exports"]:
    print(one["name"], {k: list(s["inputs"]) for k, s in one["signatures"].items()}, one["excluded"], one["run"] and one["run"]["arguments"])
for one in recorded["refused"]:
    print(one["name"], one["message"][:150])
print(recorded["nameless"])
write("ragged-exports", __file__, recorded)
