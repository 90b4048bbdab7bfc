"""Packs a SavedModel that TensorFlow exported, with what TensorFlow answers with it, into one fixture file.

Used by the record_*_exports.py scripts. A fixture is `fixtures/exports/NAME.zip`: the folder as it was exported, and recorded.json with the
cases, the versions and the script. The signatures run in a v1 session over the graph as the C++ loader restores it: what TensorFlow Serving does.
"""

import json
import os
import re
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../goldens"))
from golden import encode, error_of, np, session_config, tf, value

# The goldens' recorder works in graphs alone; TF2 exports are made eagerly.
if tf.__version__ >= "2": tf.compat.v1.enable_eager_execution()

EXPORTS = os.path.join(HERE, "../../packages/tureen/src/saved-model/fixtures/exports")


def as_fed(x, dtype):
    """What a feed takes: strings as bytes in an object array, numbers in the input's dtype."""
    x = np.asarray(x)
    if dtype == tf.string: return np.vectorize(lambda s: s.encode() if isinstance(s, str) else s, otypes=[object])(x) if x.size else x.astype(object)
    return x.astype(dtype.as_numpy_dtype)


def record(name, folder, cases, script, versions, tags=("serve",), rtol=None, atol=None):
    """`cases`: (case name, signature key, {input alias: value}); an input with a default may be missing, and "" is the only input's alias."""
    recorded = []
    # A graph for each case: what one changes must not be seen by the next.
    for case, key, inputs in cases:
        with tf.Graph().as_default(), tf.compat.v1.Session(config=session_config()) as sess:
            meta = tf.compat.v1.saved_model.load(sess, list(tags), folder)
            signature = meta.signature_def[key]
            only = next(iter(signature.inputs), "")
            inputs = {alias or only: x for alias, x in inputs.items()}
            feeds = {alias: as_fed(x, tf.dtypes.as_dtype(signature.inputs[alias].dtype)) for alias, x in inputs.items()}
            entry = {"signature": key, "name": case,
                     "inputs": {alias: encode(value(x, tf.dtypes.as_dtype(signature.inputs[alias].dtype))) for alias, x in feeds.items()}}
            aliases = sorted(signature.outputs)
            tensors = [sess.graph.get_tensor_by_name(signature.outputs[a].name) for a in aliases]
            try:
                outputs = sess.run(tensors, {signature.inputs[alias].name: x for alias, x in feeds.items()})
                entry["outputs"] = {a: encode(value(o, t.dtype)) for a, o, t in zip(aliases, outputs, tensors)}
            except tf.errors.OpError as e:
                entry["error"] = error_of(e)
                # Where it happened is told by names that our plans have not.
                entry["error"]["message"] = re.sub(r"^(\{\{function_node [^}]*\}\} )+", "", entry["error"]["message"]).split("\n\t [[")[0]
            recorded.append(entry)
    about = {**versions, "script": script, "cases": recorded}
    if tags != ("serve",): about["tags"] = list(tags)
    if rtol is not None: about["rtol"] = rtol
    if atol is not None: about["atol"] = atol
    pack(name, folder, about)


def pack(name, folder, about):
    os.makedirs(EXPORTS, exist_ok=True)
    target = os.path.join(EXPORTS, name + ".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        def add(path, data):
            info = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
        for root, _, files in sorted(os.walk(folder)):
            for file in sorted(files):
                path = os.path.join(root, file)
                # Different in each run, and of no use to a loader.
                if file == "fingerprint.pb": continue
                with open(path, "rb") as stored: add(os.path.relpath(path, folder), stored.read())
        add("recorded.json", json.dumps(about, indent=0) + "\n")
    print(name, os.path.getsize(target) // 1024, "KiB", [(c["signature"], c["name"], c.get("error")) for c in about.get("cases", []) if "error" in c])
