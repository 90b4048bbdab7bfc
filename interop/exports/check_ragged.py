"""TensorFlow loads Tureen's exports that take ragged tensors, by both loaders, and answers as Tureen did.

    python interop/exports/check_ragged.py      (needs node; run by `npm run interop`)
"""
import base64
import json
import os
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
import numpy as np
import tensorflow as tf

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import end, report

v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.ERROR)
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")


def compare(expected, actual):
    want, got = np.asarray(expected), np.asarray(actual)
    same = want.shape == got.shape and np.allclose(want, got, rtol=1e-5, atol=1e-5)
    return None if same else "%s, not %s" % (got.tolist(), want.tolist())


def components(alias, value):
    """An input's value as the tensors that the signature takes, by the names of the second loader."""
    if alias == "examples":
        return {alias: tf.constant([base64.b64decode(text) for text in value])}
    dtype, depth = (tf.string, 1) if alias == "words" else (tf.float32, 2 if alias == "deep" else 1)
    rows = tf.ragged.constant(value, dtype=dtype, ragged_rank=depth)
    return {"%s_component_%d" % (alias, i): part for i, part in enumerate([rows.flat_values, *rows.nested_row_splits])}


def names(info):
    if info.WhichOneof("encoding") != "composite_tensor":
        return [info.name]
    spec = info.composite_tensor.type_spec
    assert spec.type_spec_class_name == "RaggedTensorSpec" and spec.num_flat_components == len(info.composite_tensor.components)
    return [component.name for component in info.composite_tensor.components]


def main():
    folder = tempfile.mkdtemp()
    command = ["node", "--conditions=@tureen/source", "--import", "tsx", "interop/exports/export_ragged.ts", folder]
    subprocess.run(command, cwd=ROOT, check=True)
    with open(os.path.join(folder, "recorded.json")) as file:
        recorded = json.load(file)
    for model in recorded:
        inputs = {alias: components(alias, value) for alias, value in model["inputs"].items()}
        function = tf.saved_model.load(model["exported"]).signatures["serving_default"]
        second = function(**{name: value for parts in inputs.values() for name, value in parts.items()})
        with tf.Graph().as_default(), v1.Session() as session:
            signature = v1.saved_model.load(session, ["serve"], model["exported"]).signature_def["serving_default"]
            feeds = {name: value.numpy() for alias, info in signature.inputs.items() for name, value in zip(names(info), inputs[alias].values())}
            first = session.run({key: info.name for key, info in signature.outputs.items()}, feeds)
        for alias, expected in model["outputs"].items():
            report("%s/%s by v1" % (model["name"], alias), compare(expected, first[alias]))
            report("%s/%s by v2" % (model["name"], alias), compare(expected, second[alias].numpy()))
    end()


main()
