"""What TensorFlow's canned estimators export with each receiver: signatures, collections, files and log lines.

    python interop/estimator/record_canned_exports.py    (TensorFlow 2.15; and once more with 2.6, which has boosted trees)
"""
import gzip
import json
import logging
import os
import sys
import tempfile

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

import canned_models
import fixture

lines = []
handler = logging.Handler()
handler.emit = lambda record: lines.append(record.getMessage())
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.INFO)
tf.get_logger().handlers[:] = [handler]
tf.get_logger().propagate = False
TOLD = ("Signatures INCLUDED", "Signatures EXCLUDED", "Export includes", "'")


def info(items):
    shape = lambda t: None if t.tensor_shape.unknown_rank else [d.size for d in t.tensor_shape.dim]
    coo = lambda t: [[t.coo_sparse.values_tensor_name, t.coo_sparse.indices_tensor_name, t.coo_sparse.dense_shape_tensor_name]]
    sparse = lambda t: coo(t) if t.WhichOneof("encoding") == "coo_sparse" else []
    return {key: [t.name, t.dtype, shape(t), *sparse(t)] for key, t in sorted(items.items())}


def graph(meta):
    collections = {key: len(getattr(c, c.WhichOneof("kind")).value) for key, c in sorted(meta.collection_def.items())}
    signatures = {key: {"inputs": info(s.inputs), "outputs": info(s.outputs), "method": s.method_name} for key, s in sorted(meta.signature_def.items())}
    return {"tags": list(meta.meta_info_def.tags), "collections": collections, "signatures": signatures}


def export(estimator, receiver):
    lines.clear()
    try:
        path = estimator.experimental_export_all_saved_models(tempfile.mkdtemp(), receiver).decode()
    except Exception as error:  # what TensorFlow refuses is a fact as well
        return {"error": "%s: %s" % (type(error).__name__, str(error))}
    with open(os.path.join(path, "saved_model.pb"), "rb") as file:
        model = saved_model_pb2.SavedModel.FromString(file.read())
    files = sorted(os.path.relpath(os.path.join(folder, name), path) for folder, _, names in os.walk(path) for name in names)
    return {"files": files, "log": [line for line in lines if line.startswith(TOLD)], "graphs": [graph(meta) for meta in model.meta_graphs]}


recorded = {}
for name, rows, label, spec, make in canned_models.models():
    estimator = make(model_dir=tempfile.mkdtemp())
    estimator.train(lambda: canned_models.dataset(rows, label), steps=1)
    for kind, receiver in canned_models.receivers(name, rows, label, spec):
        found = recorded["%s/%s" % (name, kind)] = export(estimator, receiver)
        print(name, kind, found.get("error") or [sorted(g["signatures"]) for g in found["graphs"]], flush=True)
fixture.write("canned-exports-trees" if canned_models.TREES else "canned-exports", __file__, {"exports": recorded})
