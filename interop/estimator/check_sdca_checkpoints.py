"""Checkpoints of LinearSDCA go both ways, the table of examples with them: TensorFlow goes on with our training and we with TensorFlow's.

    python interop/estimator/check_sdca_checkpoints.py      (needs node; run by `npm run interop`)

Batches are of one example, so that there is no order of examples to be random.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import end, report

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
E, fc = tf.estimator, tf.feature_column
ROOT = pathlib.Path(__file__).resolve().parents[2]
BEFORE, AFTER = 5, 9
# The twins of these are in train-sdca.ts.
FEATURES = {
    "x": np.array([[0.5, -1], [1.5, 2], [-0.25, 0], [3, 1]], "f"),
    "c": np.array([[b"a"], [b"b"], [b"z"], [b"a"]], object),
    "w": np.array([1, 0.5, 2, 1], "f"),
    "id": np.array([b"first", b"second", b"third", b"a longer name than the others have"], object),
}
LABELS = {"classifier": np.array([0, 1, 1, 0], "int64"), "regressor": np.array([1, 2, 0, 3], "f")}
COLUMNS = [fc.numeric_column("x", shape=[2]), fc.categorical_column_with_vocabulary_list("c", ["a", "b", "c"])]


def make(kind, directory):
    estimator = E.LinearClassifier if kind == "classifier" else E.LinearRegressor
    sdca = E.experimental.LinearSDCA("id", num_table_shards=1 if kind == "classifier" else 2, symmetric_l1_regularization=0.25, symmetric_l2_regularization=2.0)
    return estimator(COLUMNS, model_dir=directory, weight_column="w", optimizer=sdca)


def train(kind, directory, steps):
    make(kind, directory).train(lambda: tf.data.Dataset.from_tensor_slices((FEATURES, LABELS[kind])).batch(1).repeat(), steps=steps)


def train_ours(jobs, folder):
    path = os.path.join(folder, "jobs.json")
    with open(path, "w") as file:
        json.dump(jobs, file)
    command = ["node", "--conditions=@tureen/source", "--import", "tsx", "interop/estimator/train-sdca.ts", path]
    done = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        print(done.stderr.decode())
        sys.exit(1)


def different(one, other):
    """The names of what differs in the last checkpoints of two folders."""
    a, b = tf.train.load_checkpoint(one), tf.train.load_checkpoint(other)
    names = set(a.get_variable_to_shape_map())
    found = names ^ set(b.get_variable_to_shape_map())
    found |= {name for name in names - found if not np.allclose(a.get_tensor(name), b.get_tensor(name), rtol=1e-4, atol=1e-5)}
    return sorted(found)


def check(name, one, other):
    found = different(one, other)
    report(name, found or None)


def main():
    with tempfile.TemporaryDirectory() as base:
        at = lambda who, kind: os.path.join(base, who, kind)
        jobs = []
        for kind in LABELS:
            train(kind, at("theirs", kind), BEFORE)
            shutil.copytree(at("theirs", kind), at("theirs-copy", kind))
            jobs.append({"kind": kind, "modelDir": at("theirs-copy", kind), "steps": AFTER})
            jobs.append({"kind": kind, "modelDir": at("ours", kind), "steps": BEFORE, "copyTo": at("ours-copy", kind), "more": AFTER})
        train_ours(jobs, base)
        for kind in LABELS:
            train(kind, at("theirs", kind), AFTER)
            check(kind + ": we go on with TensorFlow's training", at("theirs-copy", kind), at("theirs", kind))
            train(kind, at("ours-copy", kind), AFTER)
            check(kind + ": TensorFlow goes on with ours", at("ours", kind), at("ours-copy", kind))
            check(kind + ": both are the same training", at("ours", kind), at("theirs", kind))
    end()


main()
