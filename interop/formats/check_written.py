"""TensorFlow reads what our writers wrote: runs write-files.ts into a temporary folder and compares (python check_written.py)."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tally

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
here = pathlib.Path(__file__).resolve().parent


def check(name, found, wanted):
    tally.check(name, found == wanted, f"found {str(found)[:300]}, wanted {str(wanted)[:300]}")


def restore(prefix, name, dtype, spec=""):
    return tf.raw_ops.RestoreV2(prefix=prefix, tensor_names=[name], shape_and_slices=[spec], dtypes=[dtype])[0].numpy()


def bundles(at, expected):
    reader = tf.train.load_checkpoint(at("bundle"))
    names = {entry["name"] for entry in expected["bundle"]} | {"strings"}
    check("bundle names", set(reader.get_variable_to_shape_map()), names)
    for entry in expected["bundle"]:
        name = entry["name"]
        dtype = tf.as_dtype(entry["dtype"])
        check(f"{name} dtype", reader.get_variable_to_dtype_map()[name], dtype)
        check(f"{name} shape", reader.get_variable_to_shape_map()[name], entry["shape"])
        check(f"{name} bytes", np.ascontiguousarray(restore(at("bundle"), name, dtype)).tobytes().hex(), entry["bytes"])
    check("strings", restore(at("bundle"), "strings", tf.string).tolist(), [[b"hi", b""], ["w\u00f6rld".encode(), b"\xff" * 300]])

    reader = tf.train.load_checkpoint(at("many"))
    shapes = reader.get_variable_to_shape_map()
    check("many", len(shapes), expected["many"])
    check("many values", [int(reader.get_tensor(f"layer_{i % 97}/a/rather/long/name/of/a/variable_{i}")) for i in range(0, 9000, 250)],
          list(range(0, 9000, 250)))

    full = np.arange(24, dtype=np.float32).reshape(4, 3, 2)
    check("merged", tf.train.load_checkpoint(at("merged")).get_tensor("w").tolist(), full.tolist())
    check("merged slice", restore(at("merged"), "w", tf.float32, "4 3 2 0,3:1,2:-").tolist(), full[:3, 1:].tolist())
    check("merged own", [int(restore(at("merged"), f"own/{i}", tf.int64)) for i in range(2)], [0, 1])
    check("merged names", sorted(tf.train.load_checkpoint(at("merged")).get_variable_to_shape_map()), ["own/0", "own/1", "w"])

    reader = tf.train.load_checkpoint(at("snappy"))
    check("snappy index", sorted(int(reader.get_tensor(name)) for name in reader.get_variable_to_shape_map()), list(range(300)))


def records(at, expected):
    wanted = expected["records"]
    for name, kind, times in [("plain", "", 1), ("gzip", "GZIP", 2), ("zlib", "ZLIB", 1)]:
        dataset = tf.data.TFRecordDataset(at(f"{name}.tfrecord"), compression_type=kind)
        check(f"{name}.tfrecord", [record.numpy().hex() for record in dataset], wanted * times)


def events(at, expected):
    paths = list(pathlib.Path(at("events")).iterdir())
    check("one event file", len(paths), 1)
    found = list(tf.compat.v1.train.summary_iterator(str(paths[0])))
    check("file version", found[0].file_version, "brain.Event:2")
    check("scalars", {value.tag: value.simple_value for value in found[1].summary.value}, {"loss": 0.5, "accuracy": 0.75})
    check("steps", [event.step for event in found], [0, 3, 4, 5])
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        op = tf.raw_ops.HistogramSummary(tag="weights", values=tf.constant(expected["histogram"], tf.float64))
        check("histogram", found[2].summary.SerializeToString().hex(), session.run(op).hex())
    tensors = {value.tag: (tf.make_ndarray(value.tensor).item(), value.metadata.plugin_data.plugin_name) for value in found[3].summary.value}
    check("tensors", tensors, {"loss2": (0.25, "scalars"), "note": (b"hello", "text")})
    try:
        from tensorboard.backend.event_processing import event_accumulator
    except ImportError:
        print("skipped: tensorboard is not installed")
        return
    accumulator = event_accumulator.EventAccumulator(at("events"))
    accumulator.Reload()
    tags = accumulator.Tags()
    check("TensorBoard's scalars", sorted(tags["scalars"]), ["accuracy", "loss"])
    check("TensorBoard's histograms", tags["histograms"], ["weights"])
    check("TensorBoard's tensors", sorted(tags["tensors"]), ["loss2", "note"])
    check("TensorBoard's loss", [(event.step, event.value) for event in accumulator.Scalars("loss")], [(3, 0.5)])


def state(folder, at):
    found = tf.train.get_checkpoint_state(folder)
    check("latest", tf.train.latest_checkpoint(folder), at("model.ckpt-5"))
    check("paths", list(found.all_model_checkpoint_paths), [at("mod\"el's\t\u00e9.ckpt-0"), at("model.ckpt-5")])
    check("timestamps", list(found.all_model_checkpoint_timestamps), [1e16, 1700000000.25])
    check("last preserved", found.last_preserved_timestamp, 1e-7)


with tempfile.TemporaryDirectory() as temporary:
    subprocess.run(["npx", "tsx", "--conditions=@tureen/source", str(here / "write-files.ts"), temporary], check=True, cwd=here.parents[1])

    def path(name):
        return os.path.join(temporary, name)

    wanted = json.loads((pathlib.Path(temporary) / "expected.json").read_text())
    bundles(path, wanted)
    records(path, wanted)
    events(path, wanted)
    state(temporary, path)
tally.end()
