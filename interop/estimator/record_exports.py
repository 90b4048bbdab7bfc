"""What TensorFlow exports for training, evaluation and serving at once. Run: python interop/estimator/record_exports.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from tensorflow_estimator.python.estimator.export.export import build_supervised_input_receiver_fn_from_input_fn

from fixture import write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
E, fc = tf.estimator, tf.feature_column
columns = [fc.numeric_column("x", shape=[2]), fc.indicator_column(fc.categorical_column_with_vocabulary_list("c", ["a", "b"]))]


def input_fn():
    return tf.data.Dataset.from_tensor_slices(({"x": np.ones([4, 2], "f"), "c": np.array([[b"a"], [b"b"], [b"a"], [b"z"]])}, np.int64([0, 1, 0, 1]))).batch(4)


def signature(s):
    info = lambda items: {key: [t.name, t.dtype, [d.size for d in t.tensor_shape.dim] if not t.tensor_shape.unknown_rank else None] for key, t in sorted(items.items())}
    return {"inputs": info(s.inputs), "outputs": info(s.outputs), "method": s.method_name}


CASES = {
    "dnn": lambda m: E.DNNClassifier([4], columns, model_dir=m),
    "linear": lambda m: E.LinearRegressor(columns, model_dir=m),
}
recorded = {}
for name, make in CASES.items():
    directory = tempfile.mkdtemp()
    estimator = make(directory)
    estimator.train(input_fn, steps=1)
    supervised = build_supervised_input_receiver_fn_from_input_fn(input_fn)
    serving = E.export.build_parsing_serving_input_receiver_fn(fc.make_parse_example_spec(columns))
    path = estimator.experimental_export_all_saved_models(directory + "/x", {"train": supervised, "eval": supervised, "infer": serving}).decode()
    model = saved_model_pb2.SavedModel()
    model.ParseFromString(open(path + "/saved_model.pb", "rb").read())
    graphs = []
    for graph in model.meta_graphs:
        collections = {key: len(getattr(c, c.WhichOneof("kind")).value) for key, c in sorted(graph.collection_def.items())}
        nodes = {key: list(graph.collection_def[key].node_list.value) for key in ("saved_model_train_op", "saved_model_main_op") if key in graph.collection_def}
        graphs.append({"tags": list(graph.meta_info_def.tags), "collections": collections, "nodes": nodes, "signatures": {key: signature(s) for key, s in sorted(graph.signature_def.items())}})
    files = sorted(os.path.relpath(os.path.join(folder, file), path) for folder, _, names in os.walk(path) for file in names)
    recorded[name] = {"graphs": graphs, "files": files}
    for graph in graphs:
        print(name, graph["tags"], graph["collections"], graph["nodes"], {key: sorted(s["outputs"]) for key, s in graph["signatures"].items()})
write("export-all", __file__, recorded)
