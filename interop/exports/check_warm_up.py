"""TensorFlow Serving's own messages read the warm-up file of a Tureen export, and TensorFlow answers every request in it.

    python interop/exports/check_warm_up.py      (needs node; run by `npm run interop`)
"""
import json
import os
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import check, end

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")


def tureen(*args):
    command = ["node", "--conditions=@tureen/source", "--import", "tsx", "packages/tureen/src/cli/tureen.ts", *args]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()


def columns():
    with open(os.path.join(ROOT, "examples/penguins/data/penguins.csv")) as file:
        names = file.readline().strip().split(",")
        rows = [line.strip().split(",") for line in file][: 333 - 66]
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def check_statistics(export):
    with open(os.path.join(export, "assets.extra/feature_statistics.json")) as file:
        statistics = json.load(file)
    data = columns()
    # The training input repeats: the file counts 100,000 rows, whole passes but for the last.
    for name in ("flipper_length_mm", "bill_length_mm"):
        mine, values = statistics["features"][name], np.array(data[name], np.float32).astype(np.float64)
        check(name + " range", (mine["min"], mine["max"]) == (values.min(), values.max()), mine)
        check(name + " mean", abs(mine["mean"] / values.mean() - 1) < 1e-3, (mine["mean"], values.mean()))
        check(name + " deviation", abs(mine["deviation"] / values.std() - 1) < 1e-2, (mine["deviation"], values.std()))
        check(name + " distinct", mine["distinct"] == len(set(values)), mine["distinct"])
        median = np.quantile(values, 0.5, method="inverted_cdf")
        check(name + " median", abs(mine["quantiles"]["0.5"] / median - 1) < 1e-2, (mine["quantiles"]["0.5"], median))
    island = statistics["features"]["island"]
    check("island", sorted(v["value"] for v in island["top"]) == sorted(set(data["island"])), island)


def main():
    with tempfile.TemporaryDirectory() as work:
        tureen(
            "train", "examples/training-guide/model.ts", "--model_dir", work + "/run", "--steps=20", "--no_plot", "--quiet",
            "--export_dir", work + "/penguins", "--warmup_requests=3", "--feature_statistics",
        )
        (version,) = os.listdir(work + "/penguins")
        export = os.path.join(work, "penguins", version)
        model = tf.saved_model.load(export)
        kinds = {}
        for record in tf.data.TFRecordDataset(export + "/assets.extra/tf_serving_warmup_requests"):
            log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
            kind = log.WhichOneof("log_type")
            request = getattr(log, kind).request
            signature = model.signatures[request.model_spec.signature_name]
            check("model name", request.model_spec.name == "penguins", request.model_spec)
            (key,) = signature.structured_input_signature[1].keys()
            if kind == "predict_log":
                values = tf.make_ndarray(request.inputs[key])
            else:
                values = [example.SerializeToString() for example in request.input.example_list.examples]
            outputs = signature(**{key: tf.constant(values)})
            check("%s answers" % kind, all(np.all(np.isfinite(v.numpy())) for v in outputs.values() if v.dtype.is_floating))
            kinds.setdefault(kind, set()).add(request.model_spec.signature_name)
        expected = {"classify_log": {"serving_default", "classification"}, "predict_log": {"predict"}}
        check("signatures", kinds == expected, kinds)
        check_statistics(export)
    end()


main()
