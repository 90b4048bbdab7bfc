"""TensorFlow loads our exports of every canned estimator with every receiver, by both loaders, and answers as we do.

    python interop/exports/check_canned.py      (needs node; run by `npm run interop`)

The receivers: parsing (Examples with missing and unknown features, and those that must be refused), raw, one of the model's own, one of a bare
tensor, alternatives, and the supervised ones of exports for training and evaluation. The newest TensorFlow loads the same exports where
TUREEN_INTEROP_NEWEST_VENV names an environment that has it, and TensorFlow 2.6, the last whose package has kernels for boosted trees, loads
theirs where TUREEN_INTEROP_TREES_VENV names one.
"""
import base64
import json
import os
import subprocess
import sys
import tempfile

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import kernels

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import add, check, end

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")
v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.ERROR)
tf.get_logger().setLevel("ERROR")
BY = "TensorFlow " + tf.__version__


def compared(name, problem):
    check("%s by %s" % (name, BY), not problem, problem)


def value(stored):
    if stored["d"] == "string":
        return np.array([base64.b64decode(v) for v in stored["v"]], object).reshape(stored["s"])
    return np.frombuffer(base64.b64decode(stored["v"]), stored["d"]).reshape(stored["s"])


def difference(got, expected):
    got = np.asarray(got)
    if got.shape != expected.shape:
        return "shape %s, not %s" % (got.shape, expected.shape)
    if expected.dtype == object or expected.dtype.kind in "iub":
        return None if np.array_equal(got, expected) else "%s, not %s" % (got, expected)
    return None if np.allclose(got, expected, rtol=1e-5, atol=1e-6) else "%s, not %s" % (got, expected)


def differences(got, outputs):
    found = ((alias, difference(got[alias], value(stored))) for alias, stored in outputs.items())
    return "; ".join("%s: %s" % pair for pair in found if pair[1]) or None


def tensor_names(inputs):
    """The names of the tensors that inputs are fed by: three for a sparse one, named as the loader of TensorFlow 2 names them."""
    names = {}
    for alias, info in inputs.items():
        coo = info.coo_sparse
        parts = {"_indices": coo.indices_tensor_name, "_values": coo.values_tensor_name, "_dense_shape": coo.dense_shape_tensor_name}
        names.update({alias + part: name for part, name in parts.items()} if info.WhichOneof("encoding") == "coo_sparse" else {alias: info.name})
    return names


def refusal(run):
    try:
        run()
    except tf.errors.OpError as error:
        return error.message
    return None


def same_refusal(theirs, ours):
    # Which of several threads' complaints TensorFlow tells is chance for requests of several Examples; these have one.
    if ours is None or theirs is None:
        return None if ours == theirs else "TensorFlow %r, ours %r" % (theirs, ours)
    words = ours.split("\n")[0]
    return None if words and words in theirs else "TensorFlow %r, ours %r" % (theirs, ours)


def learning(name, session, meta, feeds):
    """What exports for training and evaluation hold besides their outputs: a step of training, metrics that are updated and read."""
    if "saved_model_train_op" in meta.collection_def:
        step = v1.get_collection(v1.GraphKeys.GLOBAL_STEP)[0]
        before = session.run(step)
        session.run(v1.get_collection("saved_model_train_op")[0], feeds)
        after = session.run(step)
        compared(name + " trains", None if after == before + 1 else "step %s after %s" % (after, before))
    (signature,) = meta.signature_def.values()
    named = {alias: info.name for alias, info in signature.outputs.items() if alias.startswith("metrics/")}
    if named:
        session.run([tensor for alias, tensor in named.items() if alias.endswith("/update_op")], feeds)
        read = session.run({alias: tensor for alias, tensor in named.items() if alias.endswith("/value")})
        compared(name + " metrics", None if read and all(np.isfinite(v).all() for v in read.values()) else read)


def by_v1(one, name):
    with tf.Graph().as_default(), v1.Session() as session:
        meta = v1.saved_model.load(session, [one["tag"]], one["exported"])
        compared(name + " signatures", None if set(meta.signature_def) == set(one["signatures"]) else sorted(meta.signature_def))

        def run(key, inputs, aliases):
            signature = meta.signature_def[key]
            names = tensor_names(signature.inputs)
            feeds = {names[k]: value(v) for k, v in inputs.items()}
            return session.run({alias: signature.outputs[alias].name for alias in aliases}, feeds)

        for key, case in one["signatures"].items():
            compared("%s %s" % (name, key), differences(run(key, case["inputs"], case["outputs"]), case["outputs"]))
        for error in one["errors"]:
            aliases = one["signatures"][error["key"]]["outputs"]
            compared("%s %s refuses" % (name, error["key"]), same_refusal(refusal(lambda: run(error["key"], error["inputs"], aliases)), error["message"]))
        if one["tag"] != "serve":
            (case,) = one["signatures"].values()
            (signature,) = meta.signature_def.values()
            learning(name, session, meta, {signature.inputs[k].name: value(v) for k, v in case["inputs"].items()})


def by_v2(one, name):
    loaded = tf.saved_model.load(one["exported"], tags=[one["tag"]])

    def run(key, inputs):
        return loaded.signatures[key](**{k: tf.constant(value(v)) for k, v in inputs.items()})

    for key, case in one["signatures"].items():
        got = {k: v.numpy() for k, v in run(key, case["inputs"]).items()}
        compared("%s %s" % (name, key), differences(got, case["outputs"]))
    for error in one["errors"]:
        compared("%s %s refuses" % (name, error["key"]), same_refusal(refusal(lambda: run(error["key"], error["inputs"])), error["message"]))


def load(folder):
    with open(os.path.join(folder, "recorded.json")) as file:
        recorded = json.load(file)
    grown = len(kernels.get_registered_kernels_for_op("BoostedTreesPredict").kernel) > 0
    told = False
    for one in recorded:
        trees = one["model"].startswith("trees")
        if trees and not grown:
            if not told:
                print("skipped: boosted trees, for which %s has no kernels" % BY)
            told = True
            continue
        if not trees and tf.__version__.startswith("2.6."):
            continue
        name = "%s/%s %s" % (one["model"], one["kind"], one["tag"])
        for loader, run in (("v1", by_v1), ("v2", by_v2)):
            try:
                run(one, "%s %s" % (name, loader))
            except Exception as error:  # one model that does not load must not hide the others
                compared("%s %s" % (name, loader), "%s: %s" % (type(error).__name__, error))


def others(folder):
    """Starts the same with the TensorFlows that other environments have."""
    wanted = (("TUREEN_INTEROP_NEWEST_VENV", "the newest TensorFlow"), ("TUREEN_INTEROP_TREES_VENV", "TensorFlow 2.6, which runs boosted trees"))
    runs = []
    for variable, what in wanted:
        venv = os.environ.get(variable)
        if venv is None:
            print("skipped: loading by %s (%s names no environment)" % (what, variable))
            continue
        command = [os.path.join(venv, "bin/python"), __file__, "load", folder]
        runs.append((what, subprocess.Popen(command, stdout=subprocess.PIPE, text=True)))
    return runs


def finish(what, run):
    *lines, last = run.communicate()[0].strip().split("\n")
    print("\n".join(lines + ["%s: %s" % (what, last)]))
    add(last)


def main():
    if sys.argv[1:2] == ["load"]:
        load(sys.argv[2])
        end()
    with tempfile.TemporaryDirectory() as folder:
        command = ["node", "--conditions=@tureen/source", "--import", "tsx", "interop/exports/export_canned.ts", folder]
        subprocess.run(command, cwd=ROOT, check=True)
        runs = others(folder)
        load(folder)
        for what, run in runs:
            finish(what, run)
    end()


main()
