"""What TensorFlow says of specs, outputs, receivers and exports that are wrong. Run: python interop/estimator/record_validation.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import contextlib
import re
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.python.saved_model.model_utils import export_utils

from fixture import write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)
E, fc, v1 = tf.estimator, tf.feature_column, tf.compat.v1
X = E.export
floats = lambda shape=(None, 1), name="x": v1.placeholder(tf.float32, shape, name)
texts = lambda name="t": v1.placeholder(tf.string, [None], name)
spec = lambda **fields: E.EstimatorSpec(**fields)
exporting = lambda outputs: spec(mode="infer", predictions={"y": floats()}, export_outputs=outputs)
supervised = lambda features, labels: E.experimental.build_raw_supervised_input_receiver_fn(features, labels)


def model_fn(features, labels, mode):
    return spec(mode=mode, predictions={"y": features["x"]}, loss=tf.constant(0.0), train_op=v1.train.get_global_step().assign_add(1))


def untrained():
    return E.Estimator(model_fn, model_dir=tempfile.mkdtemp())


def unfed():
    a, b = floats(name="a"), floats(name="b")
    signature = X.PredictOutput({"y": tf.nn.relu(a * 2.0 + b, name="y")}).as_signature_def({"a": a})
    export_utils._ensure_servable([a], signature.outputs)


def full_folder():
    folder = tempfile.mkdtemp()
    open(os.path.join(folder, "file"), "w").close()
    v1.saved_model.builder.SavedModelBuilder(folder)


rows = lambda: tf.data.Dataset.from_tensors(({"x": [[1.0]]}, [0]))
receiver = lambda: X.ServingInputReceiver({"x": floats()}, {"x": floats()})
CASES = {
    "spec/loss": lambda: spec(mode="train"),
    "spec/loss in eval": lambda: spec(mode="eval"),
    "spec/train_op": lambda: spec(mode="train", loss=tf.constant(1.0)),
    "spec/predictions": lambda: spec(mode="infer"),
    "spec/scalar": lambda: spec(mode="eval", loss=floats([2])),
    "spec/outputs": lambda: exporting(3),
    "spec/output": lambda: exporting({"y": floats()}),
    "spec/default": lambda: exporting({"a": X.PredictOutput(floats()), "b": X.PredictOutput(floats())}),
    "output/scores": lambda: X.ClassificationOutput(scores=texts()),
    "output/classes": lambda: X.ClassificationOutput(classes=floats()),
    "output/neither": lambda: X.ClassificationOutput(),
    "output/value": lambda: X.RegressionOutput(texts()),
    "output/prediction": lambda: X.PredictOutput({"y": 3}),
    "output/classify several": lambda: X.ClassificationOutput(scores=floats()).as_signature_def({"a": texts("a"), "b": texts("b")}),
    "output/classify floats": lambda: X.ClassificationOutput(scores=floats()).as_signature_def({"a": floats(name="a")}),
    "output/regress several": lambda: X.RegressionOutput(floats()).as_signature_def({"a": texts("a"), "b": texts("b")}),
    "output/regress floats": lambda: X.RegressionOutput(floats()).as_signature_def({"a": floats(name="a")}),
    "output/not a dict": lambda: export_utils.build_all_signature_defs(texts(), 3),
    "output/unfed": lambda: unfed(),
    "receiver/features": lambda: X.ServingInputReceiver(None, floats()),
    "receiver/tensors": lambda: X.ServingInputReceiver(floats(), None),
    "receiver/labels": lambda: E.experimental.build_raw_supervised_input_receiver_fn(floats(), None)(),
    "receiver/feature": lambda: X.ServingInputReceiver({"x": 3}, floats()),
    "receiver/tensor": lambda: X.ServingInputReceiver(floats(), {"x": 3}),
    "receiver/sparse tensor": lambda: X.ServingInputReceiver(floats(), {"x": v1.sparse_placeholder(tf.float32, [None, 1])}),
    "receiver/bare": lambda: X.TensorServingInputReceiver({"x": floats()}, floats()),
    "receiver/no bare": lambda: X.TensorServingInputReceiver(None, floats()),
    "receiver/alternatives": lambda: X.ServingInputReceiver(floats(), floats(), 3),
    "receiver/overlap": lambda: supervised({"a": floats()}, {"a": floats()}),
    "export/receiver": lambda: untrained().export_saved_model(tempfile.mkdtemp(), None),
    "export/untrained": lambda: E.Estimator(model_fn, model_dir="/no/such/model").export_saved_model(tempfile.mkdtemp(), receiver),
    "export/modes": lambda: trained().experimental_export_all_saved_models(tempfile.mkdtemp(), {}),
    "export/folder": full_folder,
    "train/both": lambda: untrained().train(rows, steps=1, max_steps=1),
    "train/steps": lambda: untrained().train(rows, steps=0),
    "train/max_steps": lambda: untrained().train(rows, max_steps=0),
    "exporter/latest": lambda: E.LatestExporter("e", receiver, exports_to_keep=0),
    "exporter/best": lambda: E.BestExporter("e", receiver, exports_to_keep=0),
    "config/save": lambda: E.RunConfig(save_checkpoints_secs=1, save_checkpoints_steps=1),
    "columns/none": lambda: v1.feature_column.input_layer({"x": floats()}, []),
    "columns/duplicate": lambda: v1.feature_column.input_layer({"x": floats()}, [fc.numeric_column("x"), fc.numeric_column("x")]),
}


def example(**features):
    made = tf.train.Example()
    for key, values in features.items():
        kind = {str: "bytes_list", int: "int64_list", float: "float_list"}[type(values[0])]
        getattr(made.features.feature[key], kind).value.extend(v.encode() if isinstance(v, str) else v for v in values)
    return made.SerializeToString()


def parse(feature, serialized):
    tf.io.parse_example([serialized], {"f": feature})


# The twins of the cases in feature-column/parse-errors.test.ts.
FIXED, PAIR = tf.io.FixedLenFeature([], tf.float32), tf.io.FixedLenFeature([2], tf.float32)
SEQUENCE = tf.io.FixedLenSequenceFeature([2], tf.float32, allow_missing=True)
PARSED = {
    "no example": (FIXED, b"no example"),
    "fixed missing": (FIXED, example(g=[1.0])),
    "fixed of another type": (FIXED, example(f=["a"])),
    "fixed of another length": (PAIR, example(f=[1.0])),
    "fixed integers": (FIXED, example(f=[1])),
    "sequence of another type": (SEQUENCE, example(f=[1])),
    "sequence of another length": (SEQUENCE, example(f=[1.0, 2.0, 3.0])),
    "list of another type": (tf.io.VarLenFeature(tf.int64), example(f=[1.0])),
    "list of texts": (tf.io.VarLenFeature(tf.float32), example(f=["a"])),
    "ragged of another type": (tf.io.RaggedFeature(tf.int64), example(f=["a"])),
}
CASES.update({"parse/" + name: (lambda given=given: parse(*given)) for name, given in PARSED.items()})


def trained():
    estimator = untrained()
    estimator.train(rows, steps=1)
    return estimator


def dnn(**options):
    return E.DNNClassifier(**{"hidden_units": [2], "feature_columns": [fc.numeric_column("x")], "model_dir": tempfile.mkdtemp(), **options})


def of(labels, features=None):
    return lambda: tf.data.Dataset.from_tensors((features or {"x": [[1.0], [2.0]]}, labels))


CASES.update({
    "argument/config": lambda: dnn(config={}),
    "argument/config with fields": lambda: dnn(config={"a": 1}),
    "argument/hook": lambda: dnn().train(of([0, 1]), steps=1, hooks=[{}]),
    "argument/hook text": lambda: dnn().train(of([0, 1]), steps=1, hooks="a"),
    "argument/ids for words": lambda: dnn(label_vocabulary=["a", "b"]).train(of(np.array([0, 1], "int64")), steps=1),
    "argument/float classes": lambda: dnn(n_classes=3).train(of([0.0, 1.0]), steps=1),
    "argument/labels of another batch": lambda: dnn().train(of([0, 1, 1]), steps=1),
    "argument/checkpoint": lambda: dnn().evaluate(of([0, 1]), checkpoint_path="/nowhere/model.ckpt"),
    "argument/weights": lambda: dnn(weight_column="w").train(of([0, 1]), steps=1),
    "argument/feature": lambda: dnn().train(of([0, 1], {"y": [[1.0], [2.0]]}), steps=1),
    "argument/sparse prediction": lambda: spec(mode="infer", predictions={"y": v1.sparse_placeholder(tf.float32, [None, 5], "x")}),
    "argument/text prediction": lambda: spec(mode="infer", predictions={"y": "b"}),
    "argument/sparse output": lambda: X.PredictOutput({"y": v1.sparse_placeholder(tf.float32, [None, 5], "x")}),
    "argument/sparse scores": lambda: X.ClassificationOutput(scores=v1.sparse_placeholder(tf.float32, [None, 5], "x")),
    "argument/sparse value": lambda: X.RegressionOutput(v1.sparse_placeholder(tf.float32, [None, 5], "x")),
    "argument/sparse regressed": lambda: X.RegressionOutput(floats()).as_signature_def({"a": v1.sparse_placeholder(tf.float32, [None, 5], "s")}),
})
recorded = {}
for name, run in CASES.items():
    # Parsing runs eagerly, whose messages hold no lines of this script.
    with contextlib.nullcontext() if name.startswith("parse/") else tf.Graph().as_default():
        try:
            run()
            recorded[name] = None
        except Exception as error:  # what it is and says is what is recorded
            message = error.message if isinstance(error, tf.errors.OpError) else str(error)
            # Keras puts where it was before what TensorFlow said.
            message = re.sub(r"^in user code:.*\n    \w+: ", "", message, flags=re.S).strip() if message.startswith("in user code") else message
            recorded[name] = [type(error).__name__, re.sub(r"^\{\{function_node .*?\}\} | \[Op:.*", "", message)]
    print(name, recorded[name])
write("validation", __file__, {"messages": recorded})
