"""TensorFlow loads the exports of the three examples, by both loaders, and gives what Tureen gave; their signatures are TensorFlow's own.

    python interop/exports/check_exports.py      (needs node; run by `npm run interop`)

The Examples have missing and unknown features; those whose features are of another type are refused by both. The newest TensorFlow loads the
same exports where TUREEN_INTEROP_NEWEST_VENV names an environment that has it.
"""
import base64
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

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")


def compare(expected, actual):
    values = np.asarray(actual)
    if list(values.shape) != expected["shape"]:
        return "shape %s, not %s" % (list(values.shape), expected["shape"])
    flat = values.reshape(-1)
    if values.dtype.kind in "SO":
        got = [v.decode() for v in flat]
        return None if got == expected["values"] else "%s, not %s" % (got, expected["values"])
    want = np.asarray(expected["values"], dtype=np.float64)
    if np.allclose(flat, want, rtol=1e-5, atol=1e-5):
        return None
    return "%s, not %s" % (flat[:4], want[:4])


def run_v1(path, key, examples):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], path)
        signature = meta.signature_def[key]
        (feed,) = signature.inputs.values()
        return session.run({k: v.name for k, v in signature.outputs.items()}, {feed.name: examples})


def run_v2(model, key, examples):
    function = model.signatures[key]
    (name,) = function.structured_input_signature[1].keys()
    return {k: v.numpy() for k, v in function(**{name: tf.constant(examples)}).items()}


def signatures(path):
    meta = tf.compat.v1.saved_model.load(tf.compat.v1.Session(graph=tf.Graph()), ["serve"], path)

    def info(i):
        shape = None if i.tensor_shape.unknown_rank else [d.size for d in i.tensor_shape.dim]
        return (i.name, i.dtype, shape)

    return {
        key: ({k: info(v) for k, v in s.inputs.items()}, {k: info(v) for k, v in s.outputs.items()}, s.method_name)
        for key, s in meta.signature_def.items()
    }


def tensorflow_digits(folder):
    x = tf.feature_column.numeric_column("x", shape=[64])
    estimator = tf.estimator.DNNClassifier([128, 32], [x], n_classes=10, model_dir=os.path.join(folder, "tf-digits-model"))
    data = lambda: tf.data.Dataset.from_tensor_slices(({"x": np.zeros([4, 64], np.float32)}, np.zeros([4], np.int64))).batch(4)
    estimator.train(data, steps=1)
    receiver = tf.estimator.export.build_parsing_serving_input_receiver_fn(tf.feature_column.make_parse_example_spec([x]))
    return estimator.export_saved_model(os.path.join(folder, "tf-digits"), receiver).decode()


def tensorflow_penguins(folder):
    fc = tf.feature_column
    species = fc.categorical_column_with_vocabulary_list("species", ["Adelie", "Chinstrap", "Gentoo"])
    island = fc.categorical_column_with_vocabulary_list("island", ["Biscoe", "Dream", "Torgersen"])
    nest = fc.categorical_column_with_hash_bucket("nest", 50)
    mass = fc.bucketized_column(fc.numeric_column("body_mass_g"), [3500, 4000, 4500, 5000, 5500])
    measured = [fc.numeric_column(key) for key in ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")]
    linear = [mass, species, fc.crossed_column(["species", mass], 100)]
    dnn = measured + [mass, fc.indicator_column(species), fc.indicator_column(island), fc.embedding_column(nest, 4)]
    estimator = tf.estimator.DNNLinearCombinedClassifier(
        model_dir=os.path.join(folder, "tf-penguins-model"), linear_feature_columns=linear, dnn_feature_columns=dnn,
        dnn_hidden_units=[32, 16], label_vocabulary=["female", "male"])
    rows = {"species": ["Gentoo"] * 4, "island": ["Biscoe"] * 4, "nest": ["N1"] * 4}
    rows.update({c.key: np.ones([4], np.float32) for c in measured})
    rows["body_mass_g"] = np.ones([4], np.float32)
    estimator.train(lambda: tf.data.Dataset.from_tensor_slices((rows, ["male"] * 4)).batch(4), steps=1)
    receiver = tf.estimator.export.build_parsing_serving_input_receiver_fn(fc.make_parse_example_spec(linear + dnn))
    return estimator.export_saved_model(os.path.join(folder, "tf-penguins"), receiver).decode()


def refusal(run):
    try:
        run()
    except tf.errors.InvalidArgumentError as error:
        return error.message
    return None


def check_loading(recorded):
    by = "TensorFlow " + tf.__version__
    for model in recorded:
        examples = [base64.b64decode(e) for e in model["examples"]]
        loaded = tf.saved_model.load(model["exported"])
        for key, outputs in model["signatures"].items():
            for loader, got in (("v1", run_v1(model["exported"], key, examples)), ("v2", run_v2(loaded, key, examples))):
                for alias, expected in outputs.items():
                    report("%s/%s/%s by %s %s" % (model["name"], key, alias, by, loader), compare(expected, got[alias]))
        for error in model["errors"]:
            bad = [base64.b64decode(error["example"])]
            for loader, run in (("v1", lambda: run_v1(model["exported"], error["key"], bad)), ("v2", lambda: run_v2(loaded, error["key"], bad))):
                theirs = refusal(run)
                same = theirs is not None and error["message"] != "" and error["message"].split("\n")[0].split(" [[")[0] in theirs
                report("%s refused by %s %s" % (model["name"], by, loader), None if same else "%r, ours %r" % (theirs, error["message"]))


def newest(folder):
    """Counts what the newest TensorFlow's run of `check_loading` finds."""
    venv = os.environ.get("TUREEN_INTEROP_NEWEST_VENV")
    if venv is None:
        print("skipped: loading by the newest TensorFlow (TUREEN_INTEROP_NEWEST_VENV names no environment)")
        return
    run = subprocess.run([os.path.join(venv, "bin/python"), __file__, "load", folder], stdout=subprocess.PIPE, text=True)
    print(run.stdout, end="")
    add(run.stdout.strip().split("\n")[-1])


def read_recorded(folder):
    with open(os.path.join(folder, "recorded.json")) as file:
        return json.load(file)


def main():
    if sys.argv[1:2] == ["load"]:
        check_loading(read_recorded(sys.argv[2]))
        end()
    folder = tempfile.mkdtemp()
    command = ["node", "--conditions=@tureen/source", "--import", "tsx", "interop/exports/export_examples.ts", folder]
    subprocess.run(command, cwd=ROOT, check=True)
    recorded = read_recorded(folder)
    check_loading(recorded)
    newest(folder)
    for name, make in (("digits", tensorflow_digits), ("penguins", tensorflow_penguins)):
        ours = signatures(next(m["exported"] for m in recorded if m["name"] == name))
        theirs = signatures(make(folder))
        report("%s signature keys" % name, None if sorted(ours) == sorted(theirs) else "%s, not %s" % (sorted(ours), sorted(theirs)))
        for key in theirs:
            for part, label in enumerate(("inputs", "outputs", "method name")):
                same = key in ours and ours[key][part] == theirs[key][part]
                report("%s/%s %s" % (name, key, label), None if same else "%s, not %s" % (ours.get(key, (None,) * 3)[part], theirs[key][part]))
    end()


main()
