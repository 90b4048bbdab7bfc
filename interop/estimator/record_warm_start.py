"""What TensorFlow's Estimator warm-starts, logs and refuses; and how numpy prints what LoggingTensorHook logs. Run: python interop/estimator/record_warm_start.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import logging
import re
import tempfile

import numpy as np
import tensorflow as tf

from fixture import stored, write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.INFO)
E = tf.estimator
lines = []


class Collect(logging.Handler):
    def emit(self, record):
        lines.append(f"{record.levelname}:{record.getMessage()}")


tf.get_logger().handlers[:] = [Collect()]
SHAPES = {"a/embedding": [6, 2], "a/rows": [2, 6], "b/bias": [2], "b/count": []}
OLD_VOCAB = ["red", "green", "blue", "cyan", "pink", "gold"]
NEW_VOCAB = ["blue", "grey", "red", "teal"]


def model(shapes):
    def model_fn(features, labels, mode):
        variables = [
            tf.compat.v1.get_variable(name, shape, initializer=tf.compat.v1.constant_initializer(-1.0), use_resource=True, trainable=name != "b/count")
            for name, shape in shapes.items()
        ]
        loss = tf.add_n([tf.reduce_sum(variable) for variable in variables]) * 0
        step = tf.compat.v1.assign_add(tf.compat.v1.train.get_global_step(), 1)
        return E.EstimatorSpec(mode, loss=loss, train_op=step)

    return model_fn


def input_fn():
    return tf.data.Dataset.from_tensors(({"x": [1.0]}, [1.0]))


def values(directory):
    reader = tf.train.load_checkpoint(directory + "/model.ckpt-0")
    return {name: stored(reader.get_tensor(name)) for name in sorted(reader.get_variable_to_shape_map())}


root = tempfile.mkdtemp()
source = root + "/source"


class Fill(E.SessionRunHook):
    def begin(self):
        r = np.random.RandomState(5)
        self.ops = [tf.compat.v1.assign(v, np.asarray(r.rand(*v.shape.as_list()), "f")) for v in tf.compat.v1.global_variables() if v.dtype == tf.float32]

    def after_create_session(self, session, coord):
        session.run(self.ops)


E.Estimator(model(SHAPES), source).train(input_fn, steps=1, hooks=[Fill()])
old, new = root + "/old.txt", root + "/new.txt"
open(old, "w").write("\n".join(OLD_VOCAB) + "\n")
open(new, "w").write("\n".join(NEW_VOCAB) + "\n")
NEW_SHAPES = {**SHAPES, "a/embedding": [5, 2], "a/rows": [2, 5]}
vocab = lambda **more: E.VocabInfo(new, 4, 1, old, **more)
both = {"a/embedding": vocab(), "a/rows": vocab(axis=1)}
constant = lambda shape, **_: tf.fill(shape, 7.0)
CASES = {
    "everything": (SHAPES, lambda: source),
    "regex": (SHAPES, lambda: E.WarmStartSettings(source, "b/")),
    "list": (SHAPES, lambda: E.WarmStartSettings(source, ["b/.*", "a/rows"])),
    "vocabulary": (NEW_SHAPES, lambda: E.WarmStartSettings(source, ".*", both)),
    "vocabulary_alone": (NEW_SHAPES, lambda: E.WarmStartSettings(source, None, both)),
    "backup": (NEW_SHAPES, lambda: E.WarmStartSettings(source, "a/", {"a/embedding": vocab(old_vocab_size=2, backup_initializer=constant), "a/rows": vocab(backup_initializer=constant, axis=1)})),
    "renamed": ({**SHAPES, "c/bias": [2]}, lambda: E.WarmStartSettings(source, ".*", None, {"c/bias": "b/bias"})),
    "missing": ({**SHAPES, "c/bias": [2]}, lambda: source),
    "other_shape": ({**SHAPES, "b/bias": [3]}, lambda: source),
    "unused_name": (SHAPES, lambda: E.WarmStartSettings(source, ".*", None, {"d": "b/bias"})),
    "unused_vocabulary": (SHAPES, lambda: E.WarmStartSettings(source, ".*", {"d": vocab()})),
    "no_checkpoint": (SHAPES, lambda: E.WarmStartSettings("")),
    "wrong_type": (SHAPES, lambda: 3),
    "mixed_list": (SHAPES, lambda: E.WarmStartSettings(source, ["a", 3])),
    "number": (SHAPES, lambda: E.WarmStartSettings(source, 3)),
    "axis": (SHAPES, lambda: E.WarmStartSettings(source, ".*", {"a/rows": vocab(axis=2)})),
    "too_few_columns": (SHAPES, lambda: E.WarmStartSettings(source, "a/rows", {"a/rows": vocab(axis=1)})),
    "too_many_rows": (SHAPES, lambda: E.WarmStartSettings(source, "a/emb", {"a/embedding": vocab()})),
}
recorded = {}
for name, (shapes, settings) in CASES.items():
    directory = f"{root}/{name}"
    lines.clear()
    try:
        E.Estimator(model(shapes), directory, warm_start_from=settings()).train(input_fn, steps=1)
        result = {"values": values(directory)}
    except Exception as error:
        result = {"error": str(error).replace(root, "ROOT")}
    found = [re.sub(r"<function .*? at 0x[0-9a-f]+>", "FUNCTION", line.replace(root, "ROOT")) for line in lines if "arm-start" in line]
    recorded[name] = {"shapes": shapes, "lines": found, **result}
    print(name, found[:1], result.get("error"))

r = np.random.RandomState(1)
ARRAYS = [
    np.float32(0.1), np.float32(1e-7), np.float32(123456789), np.float32(1e20), np.float32(2), np.float64(0.1), np.int64(3), np.float32("nan"), np.float32("-inf"), np.bool_(True),
    np.float32([1, 2.5, 3]), np.float32([1e-9, 0.123456789]), np.float32([[1, -2], [3.25, 4]]), np.int32([1, -10, 100]), np.array([True, False]), np.float32([]),
    np.arange(1200, dtype="i4"), np.arange(40, dtype="i8") * 1000, r.rand(2, 2, 3).astype("f"), np.float32([np.nan, 1.5, np.inf]), np.float32(r.rand(30) * 1000), np.arange(2000, dtype="f").reshape(40, 50),
]
texts = []
with np.printoptions(suppress=True):
    for array in ARRAYS:
        texts.append([stored(array), str(array)])
write("warm-start", __file__, {"old": OLD_VOCAB, "new": NEW_VOCAB, "source": {name: stored(tf.train.load_variable(source, name)) for name in SHAPES}, "cases": recorded, "texts": texts})
