"""The reference of bench/batch.ts: one Python process that reads, predicts in batches of 64 and writes JSON lines.

    python bench/batch_reference.py SAVED_MODEL SIGNATURE json|tf-record INPUT OUTPUT [KEY]

The model runs on TensorFlow's own threads, which use all cores. Prints {"recordsPerSecond", "cpuMicros", "peakMegabytes"}.
"""

import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

model_dir, signature_name, data_format, input_path, output_path = sys.argv[1:6]
key = sys.argv[6] if len(sys.argv) > 6 else None
batch_size = 64

session = tf.compat.v1.Session(graph=tf.Graph())
with session.graph.as_default():
    meta = tf.compat.v1.saved_model.load(session, ["serve"], model_dir)
signature = meta.signature_def[signature_name]
inputs = [(alias, info.name, tf.as_dtype(info.dtype).as_numpy_dtype) for alias, info in signature.inputs.items()]
aliases = list(signature.outputs)
with session.graph.as_default():
    run = session.make_callable(
        [session.graph.get_tensor_by_name(signature.outputs[alias].name) for alias in aliases],
        feed_list=[session.graph.get_tensor_by_name(name) for _, name, _ in inputs],
    )


def records():
    if data_format == "json":
        with open(input_path, "rb") as lines:
            yield from lines
    else:
        for record in tf.compat.v1.io.tf_record_iterator(input_path):
            yield record


def text(value):
    return value.decode() if isinstance(value, bytes) else [text(item) for item in value] if isinstance(value, list) else value


def predict(batch):
    if data_format == "json":
        rows = [json.loads(line) for line in batch]
        feeds = [np.array([row[alias] for row in rows], dtype) for alias, _, dtype in inputs]
    else:
        feeds = [np.array(batch, object)]
    columns = [value.tolist() for value in run(*feeds)]
    columns = [text(column) if value else column for column, value in zip(columns, is_text)]
    if key is not None:
        names, columns = [key, *aliases], [[row[key] for row in rows], *columns]
        return "".join([json.dumps(dict(zip(names, row))) + "\n" for row in zip(*columns)])
    return "".join([json.dumps(dict(zip(aliases, row))) + "\n" for row in zip(*columns)])


is_text = [tf.as_dtype(signature.outputs[alias].dtype) == tf.string for alias in aliases]
count = 0
began = time.time()
used = time.process_time()
with open(output_path, "w") as output:
    batch = []
    for record in records():
        batch.append(record)
        count += 1
        if len(batch) == batch_size:
            output.write(predict(batch))
            batch = []
    if batch:
        output.write(predict(batch))
seconds = time.time() - began
cpu = (time.process_time() - used) / count * 1e6
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"recordsPerSecond": round(count / seconds), "cpuMicros": round(cpu, 2), "peakMegabytes": round(peak)}))
