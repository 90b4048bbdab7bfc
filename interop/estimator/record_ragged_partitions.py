"""Ragged features whose values TensorFlow divides into rows. Run: python interop/estimator/record_ragged_partitions.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import base64

import tensorflow as tf

from fixture import stored, write

F = tf.io.RaggedFeature


def example(**features):
    made = tf.train.Example()
    for key, values in features.items():
        kind = "float_list" if key == "v" else "int64_list"
        getattr(made.features.feature[key], kind).value.extend(values)
    return made.SerializeToString()


# Each Example's eight, no and four values in rows, written in every way; `deep` divides the rows once more.
EXAMPLES = [
    example(v=[1, 2, 3, 4, 5, 6, 7, 8], splits=[0, 3, 3, 8], lengths=[3, 0, 5], starts=[0, 3, 3], limits=[3, 3, 8], ids=[0, 0, 0, 2, 2, 2, 2, 2], deep=[2, 1]),
    example(other=[5]),
    example(v=[9, 10, 11, 12], splits=[0, 1, 4], lengths=[1, 3], starts=[0, 1], limits=[1, 4], ids=[0, 1, 1, 1], deep=[2]),
]
WRITTEN = {"RowSplits": "splits", "RowLengths": "lengths", "RowStarts": "starts", "RowLimits": "limits", "ValueRowIds": "ids"}
CASES = {kind: [[kind, key]] for kind, key in WRITTEN.items()}
CASES["UniformRowLength"] = [["UniformRowLength", 2]]
CASES["two uniform"] = [["UniformRowLength", 2], ["UniformRowLength", 2]]
CASES["rows of rows"] = [["RowLengths", "deep"], ["RowLengths", "lengths"]]
CASES["rows of pairs"] = [["RowLengths", "halves"], ["UniformRowLength", 2]]
CASES["pairs of rows"] = [["UniformRowLength", 1], ["RowSplits", "splits"]]
CASES["none"] = []
HALVES = [example(v=[1, 2, 3, 4, 5, 6], halves=[1, 2]), example(v=[7, 8], halves=[0, 1]), example()]

cases = []
for name, partitions in CASES.items():
    for dtype in (tf.int32, tf.int64):
        examples = HALVES if name == "rows of pairs" else EXAMPLES
        feature = F(tf.float32, value_key="v", partitions=[getattr(F, kind)(given) for kind, given in partitions], row_splits_dtype=dtype)
        rows = tf.io.parse_example(examples, {"rows": feature})["rows"]
        cases.append({
            "name": name, "dtype": dtype.name, "partitions": partitions, "examples": [base64.b64encode(e).decode() for e in examples],
            "values": stored(rows.flat_values), "splits": [stored(splits) for splits in rows.nested_row_splits],
        })
        print(name, dtype.name, rows.to_list())
write("ragged-partitions", __file__, {"cases": cases})
