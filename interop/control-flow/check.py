"""TensorFlow loads models with control flow that Tureen built, trained and exported, answers as Tureen does, and goes on training as Tureen does.

    python interop/control-flow/check.py                (needs node; run by `npm run interop`)

By both loaders. TensorFlow 1.15 loads the exports whose ops it has where TUREEN_INTEROP_TF1_VENV names an environment that has it.
The fixtures of the gradients and of the training are recorded again and compared with the committed ones. With `record` in place of everything else what
TensorFlow answers is written to the fixture of the exports' test.
"""
from __future__ import print_function

import json
import os
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
import numpy as np
import tensorflow as tf

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import add, end, report

v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")
IS_FIRST = tf.__version__.startswith("1.")


def array(plain):
    dtype = object if plain["dtype"] == "string" else plain["dtype"]
    # Byte strings are lists of their bytes, by position.
    values = [bytes(bytearray(v[k] for k in sorted(v, key=int))) if isinstance(v, dict) else v for v in plain["values"]]
    return np.array(values, dtype).reshape(plain["shape"])


def difference(got, wanted):
    wanted = array(wanted)
    if list(np.shape(got)) != list(wanted.shape):
        return "shape %s, not %s" % (np.shape(got), wanted.shape)
    return None if np.allclose(got, wanted, rtol=1e-5, atol=1e-5) else "%s, not %s" % (np.ravel(got)[:4], np.ravel(wanted)[:4])


def run_v1(path, inputs):
    with tf.Graph().as_default(), v1.Session() as session:
        meta = v1.saved_model.load(session, ["serve"], path)
        signature = meta.signature_def["serving_default"]
        feeds = {signature.inputs[key].name: value for key, value in inputs.items()}
        return session.run({key: info.name for key, info in signature.outputs.items()}, feeds)


def check_loading(recorded):
    by = "TensorFlow " + tf.__version__
    for model in recorded["exports"]:
        if IS_FIRST and not model["first"]:
            continue
        loaded = None if IS_FIRST else tf.saved_model.load(model["path"])
        for number, case in enumerate(model["cases"]):
            inputs = {key: array(value) for key, value in case["inputs"].items()}
            answers = [("v1", run_v1(model["path"], inputs))]
            if loaded is not None:
                tensors = loaded.signatures["serving_default"](**{key: tf.constant(value) for key, value in inputs.items()})
                answers.append(("v2", {key: value.numpy() for key, value in tensors.items()}))
            for loader, answer in answers:
                for key, wanted in case["outputs"].items():
                    report("%s %d %s by %s %s" % (model["name"], number, key, by, loader), difference(answer[key], wanted))


def record(recorded):
    """What TensorFlow 2.15 answers, for the test that makes the same exports."""
    import gzip

    document = {"by": "TensorFlow %s, interop/control-flow/check.py record" % tf.__version__, "exports": {}}
    for model in recorded["exports"]:
        if model["name"] == "recurrent":
            continue
        answers = [run_v1(model["path"], {key: array(value) for key, value in case["inputs"].items()}) for case in model["cases"]]
        document["exports"][model["name"]] = [
            {key: {"shape": list(value.shape), "values": value.astype(float).reshape(-1).tolist()} for key, value in sorted(answer.items())}
            for answer in answers
        ]
    with open(os.path.join(ROOT, "packages/tureen/src/estimator/fixtures/control-tour.json.gz"), "wb") as file:
        file.write(gzip.compress(json.dumps(document, separators=(",", ":")).encode(), 9, mtime=0))


def check_training(training):
    """Our graph for training, with gradients of loops and branches, run by TensorFlow from our checkpoint on."""
    by = "TensorFlow " + tf.__version__
    if IS_FIRST and not training["first"]:
        return
    with tf.Graph().as_default() as graph, v1.Session() as session:
        meta = v1.saved_model.load(session, ["train"], training["path"])
        (signature,) = [s for key, s in meta.signature_def.items() if s.method_name == "tensorflow/supervised/training"]
        feeds = {signature.inputs[key].name: array(value) for key, value in training["feed"].items()}
        train = meta.collection_def["saved_model_train_op"].node_list.value[0]
        op = graph.as_graph_element(train)
        for step, wanted in enumerate(training["losses"]):
            loss, _ = session.run([signature.outputs["loss"].name, op], feeds)
            report("training of %s by %s, step %d" % (training["name"], by, step), None if np.isclose(loss, wanted, rtol=1e-4) else "%s, not %s" % (loss, wanted))


def first_tensorflow(folder):
    """Counts what TensorFlow 1.15's run of this script on the same exports finds."""
    venv = os.environ.get("TUREEN_INTEROP_TF1_VENV")
    if venv is None:
        print("skipped: loading by TensorFlow 1.15 (TUREEN_INTEROP_TF1_VENV names no environment)")
        return
    run = subprocess.Popen([os.path.join(venv, "bin/python"), __file__, "load", folder], stdout=subprocess.PIPE)
    text = run.communicate()[0].decode()
    print(text, end="")
    add(text.strip().split("\n")[-1])


def same(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a if k not in ("graph", "tensorflow", "by"))
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, float) and isinstance(b, (int, float)):
        return bool(np.isclose(a, b, rtol=1e-4, atol=1e-5))
    return a == b


def check_fixtures(folder):
    """What TensorFlow says today is what is committed."""
    import gzip

    fixtures = {
        "record_gradients.py": "packages/tureen/src/graph/fixtures/control-gradients.json.gz",
        "record_training.py": "packages/tureen/src/estimator/fixtures/while-training.json.gz",
    }
    for script, path in sorted(fixtures.items()):
        again = os.path.join(folder, os.path.basename(path))
        subprocess.check_call([sys.executable, os.path.join(HERE, script), again], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with gzip.open(os.path.join(ROOT, path)) as old, gzip.open(again) as new:
            report(script, None if same(json.load(old), json.load(new)) else "the fixture is not what TensorFlow says")


def main():
    loading = sys.argv[1:2] == ["load"]
    folder = sys.argv[2] if loading else tempfile.mkdtemp()
    if not loading:
        command = ["node", "--conditions=@tureen/source", "--import", "tsx", "interop/control-flow/export.ts", folder]
        subprocess.check_call(command, cwd=ROOT)
    with open(os.path.join(folder, "recorded.json")) as file:
        recorded = json.load(file)
    if sys.argv[1:2] == ["record"]:
        return record(recorded)
    check_loading(recorded)
    for training in recorded["trainings"]:
        check_training(training)
    if not loading:
        check_fixtures(folder)
        first_tensorflow(folder)
    end()


main()
