"""Opens a SavedModel with TensorFlow, as loading-child.ts does with ours: a line of JSON.

`millis` is `tf.saved_model.load`; `v1Millis` is the v1 loader, which is what the C++ one does, in a session of its own before it.
"""
import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
directory = sys.argv[1]


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6


result = {}
# What the library itself sets up when it is first used is no part of opening a model.
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    session.run(tf.constant(1) + 1)
tf.constant(1) + 1
before = resident()
began = time.perf_counter()
try:
    model = tf.saved_model.load(directory)
    result["millis"] = (time.perf_counter() - began) * 1e3
except Exception as error:
    print(error, file=sys.stderr)
result["peakMegabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3 - before
model = None
began = time.perf_counter()
try:
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], directory)
        result["v1Millis"] = (time.perf_counter() - began) * 1e3
        key = "serving_default" if "serving_default" in meta.signature_def else sorted(meta.signature_def)[0]
        signature = meta.signature_def[key]
        feeds = {}
        for info in signature.inputs.values():
            shape = [1 if d.size < 0 else d.size for d in info.tensor_shape.dim]
            dtype = tf.dtypes.as_dtype(info.dtype)
            feeds[info.name] = np.full(shape, b"", object) if dtype == tf.string else np.zeros(shape, dtype.as_numpy_dtype)
        fetches = [info.name for info in signature.outputs.values()]

        def run():
            at = time.perf_counter()
            try:
                session.run(fetches, feeds)
            except tf.errors.OpError:
                pass
            return (time.perf_counter() - at) * 1e3

        result["firstMillis"] = run()
        result["steadyMillis"] = sorted([run() for _ in range(100)][50:])[25]
except Exception:
    pass
print(json.dumps(result))
