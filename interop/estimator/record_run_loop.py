"""What TensorFlow's Estimator logs and writes while it trains, evaluates and exports: lines, events, files. Run: python interop/estimator/record_run_loop.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import glob
import logging
import re
import tempfile

import numpy as np
import tensorflow as tf

from fixture import write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.INFO)
E = tf.estimator
lines = []


class Collect(logging.Handler):
    def emit(self, record):
        lines.append(f"{record.levelname}:{record.getMessage()}")


logger = tf.get_logger()
logger.handlers[:] = [Collect()]
SERIAL = re.compile(r"\d{10}")


def input_fn():
    x = np.arange(8, dtype="f")[:, None] / 8
    return tf.data.Dataset.from_tensor_slices(({"x": x}, 3 * x[:, 0] - 1)).repeat().batch(4)


def finite():
    x = np.arange(8, dtype="f")[:, None] / 8
    return tf.data.Dataset.from_tensor_slices(({"x": x}, 3 * x[:, 0] - 1)).batch(4)


def model_fn(features, labels, mode, params):
    """y = w x + b, trained by gradient descent: plain enough for both sides to write."""
    w = tf.compat.v1.get_variable("w", [], initializer=tf.compat.v1.zeros_initializer(), use_resource=True)
    b = tf.compat.v1.get_variable("b", [], initializer=tf.compat.v1.zeros_initializer(), use_resource=True)
    y = features["x"][:, 0] * w + b
    if mode == "infer":
        return E.EstimatorSpec(mode, predictions={"y": y})
    loss = tf.reduce_mean(tf.math.squared_difference(y, labels))
    metrics = {"mean": tf.compat.v1.metrics.mean(labels)}
    train_op = tf.compat.v1.train.GradientDescentOptimizer(params["rate"]).minimize(loss, tf.compat.v1.train.get_global_step())
    return E.EstimatorSpec(mode, predictions={"y": y}, loss=loss, train_op=train_op, eval_metric_ops=metrics)


def events(folder):
    files = []
    for path in sorted(glob.glob(folder + "/events*")):
        found = []
        for event in tf.compat.v1.train.summary_iterator(path):
            what = event.WhichOneof("what")
            entry = {"step": event.step, "what": what}
            if what == "summary":
                entry["tags"] = [[value.tag, value.WhichOneof("value")] for value in event.summary.value]
            if what == "session_log":
                entry["status"] = event.session_log.status
                entry["path"] = event.session_log.checkpoint_path.replace(folder, "DIR")
            found.append(entry)
        files.append(found)
    return files


def tidy(directory):
    """The lines so far without what changes from run to run; starts anew."""
    found = []
    for line in lines:
        line = line.replace(directory, "DIR")
        line = re.sub(r"^WARNING:.*(deprecated|Instructions for updating).*", "", line, flags=re.S)
        line = re.sub(r"sec: [\d.e+-]+", "sec: N", line)
        line = re.sub(r"\([\d.]+ sec\)", "(N sec)", line)
        line = re.sub(r"Inference Time : [\d.]+s", "Inference Time : Ns", line)
        line = re.sub(r"evaluation at .*", "evaluation at T", line)
        line = SERIAL.sub("SERIAL", line)
        # The step that this warning reads races with the step that increases it.
        if line and "Using config" not in line and "It seems that global step" not in line:
            found.append(line)
    lines.clear()
    return found


def estimator(directory, **config):
    config = {"save_summary_steps": 10, "log_step_count_steps": 10, "save_checkpoints_steps": 12, "tf_random_seed": 1, **config}
    return E.Estimator(model_fn, directory, E.RunConfig(**config), {"rate": 0.1})


def receiver():
    return E.export.ServingInputReceiver({"x": tf.compat.v1.placeholder(tf.float32, [None, 1], "x")}, tf.compat.v1.get_default_graph().get_tensor_by_name("x:0"))


result = {}
d = tempfile.mkdtemp()
e = estimator(d)
tidy(d)
e.train(input_fn, steps=25)
result["train"] = {"lines": tidy(d), "events": events(d), "files": sorted(SERIAL.sub("SERIAL", f) for f in os.listdir(d) if "tfevents" not in f)}
e.train(input_fn, steps=3)
result["resume"] = {"lines": tidy(d), "events": events(d)}
e.train(input_fn, max_steps=10)
result["skip"] = {"lines": tidy(d)}
e.evaluate(input_fn, steps=3)
result["evaluate"] = {"lines": tidy(d), "events": events(d + "/eval")}
e.evaluate(finite, name="other")
result["evaluate_whole"] = {"lines": tidy(d), "events": events(d + "/eval_other")}
e.evaluate(input_fn, steps=25)
result["evaluate_25"] = {"lines": tidy(d)}
list(e.predict(finite))
result["predict"] = {"lines": tidy(d)}
e.export_saved_model(d + "/x", receiver)
result["export"] = {"lines": tidy(d)}
d2 = tempfile.mkdtemp()
e2 = estimator(d2)
tidy(d2)
list(e2.predict(finite))
result["predict_untrained"] = {"lines": tidy(d2)}
e2.evaluate(finite)
result["evaluate_untrained"] = {"lines": tidy(d2)}
e2.train(lambda: finite().take(0), steps=3)
result["empty"] = {"lines": tidy(d2)}
for seconds in (0, 600):
    d3 = tempfile.mkdtemp()
    e3 = estimator(d3)
    tidy(d3)
    exporters = [E.LatestExporter("latest", receiver, exports_to_keep=1), E.BestExporter("best", receiver), E.FinalExporter("final", receiver)]
    returned = E.train_and_evaluate(e3, E.TrainSpec(input_fn, max_steps=30), E.EvalSpec(input_fn, steps=2, exporters=exporters, throttle_secs=seconds))
    result[f"train_and_evaluate_{seconds}"] = {
        "lines": tidy(d3),
        "exported": [None if path is None else SERIAL.sub("SERIAL", path.decode()).replace(d3, "DIR") for path in returned[1]],
        "metrics": sorted(returned[0]),
        "kept": {name: len(os.listdir(f"{d3}/export/{name}")) for name in sorted(os.listdir(d3 + "/export"))},
        "steps": int(returned[0]["global_step"]),
    }
d4 = tempfile.mkdtemp()
e4 = E.Estimator(model_fn, d4, E.RunConfig(save_checkpoints_steps=10), {"rate": 1e30})
tidy(d4)
try:
    e4.train(input_fn, steps=50)
except Exception as error:
    result["nan"] = {"lines": tidy(d4), "error": [type(error).__name__, str(error)], "files": sorted(f for f in os.listdir(d4) if f.endswith(".index"))}
for line in sum((part["lines"] for part in result.values()), []):
    print(line)
write("run-loop", __file__, result)
