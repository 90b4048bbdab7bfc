"""Makes the small SavedModels of packages/tureen/src/saved-model/fixtures with TensorFlow 2.15.

    TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0 python interop/saved-model/make_models.py

`tour`: a vocabulary asset in a table, a variable, a branch, a while loop (functional) and string ops. `counter`: a signature that assigns.
`loop_v1`: a TF1 while loop with frames whose count is an input.
"""

import os
import shutil
import tempfile

import tensorflow as tf

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packages/tureen/src/saved-model/fixtures")


class Tour(tf.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.weights = tf.Variable([[1.0, -2.0], [0.5, 3.0]], name="weights")
        self.vocabulary = tf.saved_model.Asset(vocabulary)
        self.table = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(self.vocabulary, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64,
                                          tf.lookup.TextFileIndex.LINE_NUMBER), -1)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x"), tf.TensorSpec([None], tf.string, name="words"),
                                  tf.TensorSpec([], tf.int32, name="times")])
    def __call__(self, x, words, times):
        y = tf.matmul(x, self.weights)
        y = tf.cond(tf.reduce_sum(y) > 0, lambda: y, lambda: tf.tile(-y, [1, 2])[:, :2])
        _, y = tf.while_loop(lambda i, _: i < times, lambda i, v: (i + 1, v * 2 + 1), (tf.constant(0), y))
        return {"y": y, "ids": self.table.lookup(tf.strings.lower(words)), "zeros": tf.fill([times], 0.0)}


class Counter(tf.Module):
    def __init__(self):
        super().__init__()
        self.count = tf.Variable(0.0, name="count")

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, name="by")])
    def add(self, by):
        return {"count": self.count.assign_add(by)}


def save(name, write):
    target = os.path.join(FIXTURES, name)
    shutil.rmtree(target, ignore_errors=True)
    write(target)
    # Of no use to a loader, and different in each run.
    if os.path.exists(os.path.join(target, "fingerprint.pb")): os.remove(os.path.join(target, "fingerprint.pb"))


def save_tour(target):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "words.txt")
        with open(path, "w") as f: f.write("soup\nstew\nbroth\n")
        module = Tour(path)
        tf.saved_model.save(module, target, signatures={"serving_default": module.__call__})


def save_counter(target):
    module = Counter()
    tf.saved_model.save(module, target, signatures={"serving_default": module.add})


def save_loop_v1(target):
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        v1.disable_control_flow_v2()
        n = v1.placeholder(tf.int32, [], name="n")
        x = v1.placeholder(tf.float32, [None], name="x")
        _, y = v1.while_loop(lambda i, _: i < n, lambda i, v: (i + 1, v + 1.0), [0, x])
        with v1.Session() as session:
            v1.saved_model.simple_save(session, target, {"n": n, "x": x}, {"y": tf.identity(y, name="y")})


save("tour", save_tour)
save("counter", save_counter)
save("loop_v1", save_loop_v1)
