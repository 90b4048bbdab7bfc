"""The SavedModels that graphs.ts exported, in TensorFlow's own session with one thread: the same lines of JSON, for the ratio."""
import base64
import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
WARM_UP, RUNS = 500, 2000
# The cheapest setting of the runtime for small graphs: operations run in the caller's thread.
CONFIG = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=-1)

with open(os.path.join(os.environ["BENCH_DIR"], "recorded.json")) as file:
    recorded = json.load(file)
for model in recorded:
    with tf.Graph().as_default(), tf.compat.v1.Session(config=CONFIG) as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], model["exported"])
        signature = meta.signature_def["serving_default"]
        (feed,) = signature.inputs.values()
        run = session.make_callable([v.name for v in signature.outputs.values()], feed_list=[feed.name])
        examples = [base64.b64decode(e) for e in model["examples"]]
        for rows in (1, 32):
            batch = np.array([examples[i % len(examples)] for i in range(rows)], dtype=object)
            for _ in range(WARM_UP):
                run(batch)
            times = []
            for _ in range(RUNS):
                began = time.perf_counter()
                run(batch)
                times.append(time.perf_counter() - began)
            name = "%s serving_default, %d %s" % (model["name"], rows, "Example" if rows == 1 else "Examples")
            print(json.dumps({"bench": "graphs", "name": name, "micros": float(np.median(times)) * 1e6}), flush=True)
