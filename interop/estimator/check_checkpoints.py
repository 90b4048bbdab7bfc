"""Checkpoints go both ways: TensorFlow goes on with our training and we with TensorFlow's, with equal losses; TensorFlow's tools read our model folders.

python interop/estimator/check_checkpoints.py
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
from google.protobuf import text_format
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import check, end

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
root = pathlib.Path(__file__).resolve().parents[2]
E, fc = tf.estimator, tf.feature_column
ROWS, BATCH, BEFORE, AFTER = 48, 16, 5, 6

r = np.random.RandomState(3)
x = r.randn(ROWS, 4).astype("f")
age = (r.rand(ROWS) * 40).astype("f")
c = [str("abcz"[i]) for i in r.randint(0, 4, ROWS)]
h = [f"w{i}" for i in r.randint(0, 12, ROWS)]
label = (x[:, 0] - x[:, 1] + 0.04 * age > 0.5).astype("int64")
text = lambda values: np.array([value.encode() for value in values], object)[:, None]
FEATURES = {"x": x, "age": age, "c": text(c), "h": text(h)}


def columns():
    number = fc.numeric_column("age")
    bucketized = fc.bucketized_column(number, [10.0, 20.0, 30.0])
    letter = fc.categorical_column_with_vocabulary_list("c", ["a", "b", "c"])
    word = fc.categorical_column_with_hash_bucket("h", 10)
    dense = [fc.numeric_column("x", shape=[4]), bucketized, fc.indicator_column(letter), fc.embedding_column(word, 3)]
    return dense, [number, bucketized, letter, word, fc.crossed_column(["c", bucketized], 20)]


def make(kind, directory, **more):
    dense, wide = columns()
    if kind == "dnn":
        return E.DNNClassifier([8, 4], dense, model_dir=directory, optimizer="Adam", **more)
    if kind == "linear":
        return E.LinearClassifier(wide, model_dir=directory, **more)
    return E.DNNLinearCombinedClassifier(directory, wide, dnn_feature_columns=dense, dnn_hidden_units=[8, 4], **more)


def input_fn():
    return tf.data.Dataset.from_tensor_slices((FEATURES, label)).batch(BATCH).repeat()


class Losses(E.SessionRunHook):
    def __init__(self):
        self.values = []

    def before_run(self, run_context):
        return E.SessionRunArgs(tf.compat.v1.get_collection(tf.compat.v1.GraphKeys.LOSSES)[-1])

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))


def train(kind, directory, steps, **more):
    losses = Losses()
    make(kind, directory, **more).train(input_fn, steps=steps, hooks=[losses])
    return losses.values


def train_ours(jobs):
    data = {"x": x.reshape(-1).tolist(), "age": age.tolist(), "c": c, "h": h, "label": label.tolist()}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"data": data, "batch": BATCH, "jobs": jobs}, file)
        file.flush()
        command = ["node", "--conditions=@tureen/source", "--import", "tsx", "interop/estimator/train-models.ts", file.name]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr)
        sys.exit(1)
    return json.loads(done.stdout.strip().split("\n")[-1])


def close(name, ours, theirs):
    worst = max(abs(a - b) / max(abs(b), 1e-6) for a, b in zip(ours, theirs))
    check(name, len(ours) == len(theirs) and worst < 1e-4, f"ours {ours}, TensorFlow's {theirs}")


def folder(kind, directory):
    """TensorBoard and TensorFlow's loaders read the folder of a training of ours."""
    found = EventAccumulator(directory)
    found.Reload()
    tags = found.Tags()
    check(f"{kind} scalars", {"loss", "global_step/sec"} <= set(tags["scalars"]), tags["scalars"])
    check(f"{kind} steps of the loss", [event.step for event in found.Scalars("loss")] == [1, 3, 5], found.Scalars("loss"))
    check(f"{kind} histograms", kind == "linear" or any("activation" in tag for tag in tags["histograms"]), tags["histograms"])
    check(f"{kind} graph", tags["graph"] and len(found.Graph().node) > 50 and tags["meta_graph"])
    evaluation = EventAccumulator(directory + "/eval")
    evaluation.Reload()
    check(f"{kind} evaluation", {"accuracy", "auc", "average_loss", "loss"} <= set(evaluation.Tags()["scalars"]), evaluation.Tags())
    graph = text_format.Parse(open(directory + "/graph.pbtxt").read(), tf.compat.v1.GraphDef())
    check(f"{kind} graph.pbtxt", len(graph.node) == len(found.Graph().node))
    state = tf.train.get_checkpoint_state(directory)
    check(f"{kind} checkpoint state", state.model_checkpoint_path == f"{directory}/model.ckpt-{BEFORE}", state)
    check(f"{kind} kept", len(state.all_model_checkpoint_paths) == 2 and len(state.all_model_checkpoint_timestamps) == 2, state)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        saver = tf.compat.v1.train.import_meta_graph(state.model_checkpoint_path + ".meta")
        saver.restore(session, state.model_checkpoint_path)
        check(f"{kind} .meta", session.run(tf.compat.v1.train.get_global_step()) == BEFORE)


KINDS = ["dnn", "linear", "combined"]
with tempfile.TemporaryDirectory() as base:
    theirs = {kind: f"{base}/theirs-{kind}" for kind in KINDS}
    ours = {kind: f"{base}/ours-{kind}" for kind in KINDS}
    for kind in KINDS:
        train(kind, theirs[kind], BEFORE)
        shutil.copytree(theirs[kind], theirs[kind] + "-copy")
    train_ours([{"kind": kind, "modelDir": ours[kind], "steps": BEFORE} for kind in KINDS])
    for kind in KINDS:
        folder(kind, ours[kind])
        shutil.copytree(ours[kind], ours[kind] + "-copy")
    resumed = [theirs[kind] + "-copy" for kind in KINDS] + [ours[kind] for kind in KINDS]
    losses = train_ours([{"kind": kind, "modelDir": directory, "steps": AFTER} for kind, directory in zip(KINDS * 2, resumed)])
    for i, kind in enumerate(KINDS):
        close(f"{kind}: we go on with TensorFlow's training", losses[i], train(kind, theirs[kind], AFTER))
        close(f"{kind}: TensorFlow goes on with ours", losses[i + 3], train(kind, ours[kind] + "-copy", AFTER))
        for directory in (theirs[kind] + "-copy", ours[kind]):
            reader = tf.train.load_checkpoint(directory)
            check(f"{kind} step", reader.get_tensor("global_step") == BEFORE + AFTER)
        warm = f"{base}/warm-{kind}"
        train(kind, warm, 1, warm_start_from=ours[kind])
        first = tf.train.load_checkpoint(warm + "/model.ckpt-0")
        last = tf.train.load_checkpoint(ours[kind])
        trained = [name for name in last.get_variable_to_shape_map() if name.split("/")[-1] in ("kernel", "bias", "weights", "bias_weights", "embedding_weights") and not name.startswith("training")]
        same = all(np.array_equal(first.get_tensor(name), last.get_tensor(name)) for name in trained)
        check(f"{kind}: TensorFlow warm-starts from ours", len(trained) > 0 and same, trained)
end()
