"""Writes interop/goldens/op-lists.json: which ops TensorFlow 2.15.1 has a CPU kernel for, and which ops other engines and real models have.

Run with the interop venv (tensorflow-cpu 2.15.1):  python interop/registry/dump_op_lists.py [FOLDER]

FOLDER holds the lists of ops by source (ops-frequency.json of public models, tf2onnx_ops.json, tfjs_ops.json); without it the union
that is in the file stays as it is.
"""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf
from tensorflow.python.framework import kernels, op_def_registry

TARGET = os.path.join(os.path.dirname(__file__), "../goldens/op-lists.json")
SOURCES = ["ops-frequency.json", "tf2onnx_ops.json", "tfjs_ops.json"]

registered = {k.op for k in kernels.get_all_registered_kernels().kernel if k.device_type in ("CPU", "DEFAULT")}
cpu = sorted(op for op in registered if op_def_registry.get(op) is not None)
if len(sys.argv) > 1:
    union = sorted({op for source in SOURCES for op in json.load(open(os.path.join(sys.argv[1], source)))})
else:
    union = json.load(open(TARGET))["union"]
with open(TARGET, "w") as out:
    json.dump({"tensorflow": tf.__version__, "script": "interop/registry/dump_op_lists.py", "cpuKernels": cpu, "union": union}, out, indent=1)
    out.write("\n")
print(len(cpu), "ops with a CPU kernel,", len(union), "in the union", file=sys.stderr)
