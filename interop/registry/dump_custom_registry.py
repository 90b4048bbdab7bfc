"""Dumps the custom ops of TensorFlow Text and TensorFlow Decision Forests into packages/tureen/src/graph/custom-op-registry.table.ts.

Run with a venv that has tensorflow 2.15.1, tensorflow_text 2.15.0 and tensorflow_decision_forests 1.8.1:

    python interop/registry/dump_custom_registry.py

Only ops of inference: what the libraries register for training stays out.
"""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import dump_op_registry
from dump_op_registry import arg, attr, registered

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packages/tureen/src/graph/custom-op-registry.table.ts")


def main():
    core = {op.name for op in registered()}
    import tensorflow as tf
    import tensorflow_text
    # The package's __init__ would load the training ops, too.
    import importlib.util
    folder = importlib.util.find_spec("tensorflow_decision_forests").submodule_search_locations[0]
    tf.load_op_library(os.path.join(folder, "tensorflow/ops/inference/inference.so"))
    found = [op for op in registered() if op.name not in core]
    with open(TARGET, "w") as out:
        out.write("// Written by interop/registry/dump_custom_registry.py from tensorflow_text %s and tensorflow_decision_forests 1.8.1; do not edit.\n" % tensorflow_text.__version__)
        out.write("// An entry is as in op-registry.table.ts.\n\n")
        out.write("/** The ops of TensorFlow Text and TensorFlow Decision Forests, which TensorFlow itself does not register. */\n")
        out.write("export const customOpRegistryTable: Readonly<Record<string, string>> = {\n")
        for op in found:
            out.write(dump_op_registry.line(op) + "\n")
        out.write("};\n")
    print("%d ops" % len(found), file=sys.stderr)


main()
