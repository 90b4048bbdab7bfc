"""Makes half_plus_two, the model of TensorFlow Serving's own tests, for this project's tests.

Writes packages/tureen/src/serving/fixtures/half_plus_two/00000123: y = x / 2 + 2 as Predict, and over parsed tf.Examples as Classify and
Regress, with a warm-up request, and what saved_model_cli prints of it. Run with tensorflow-cpu 2.15 and tensorflow-serving-api 2.15:

    python interop/serving/make_fixtures.py
"""

import pathlib
import shutil
import subprocess
import sys

import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

v1 = tf.compat.v1
BASE = pathlib.Path(__file__).parents[2] / "packages/tureen/src/serving/fixtures"
OUT = BASE / "half_plus_two" / "00000123"


def info(tensor):
    return v1.saved_model.utils.build_tensor_info(tensor)


def signature(inputs, outputs, method):
    return v1.saved_model.signature_def_utils.build_signature_def(
        {key: info(tensor) for key, tensor in inputs.items()},
        {key: info(tensor) for key, tensor in outputs.items()},
        f"tensorflow/serving/{method}",
    )


def export():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with tf.Graph().as_default(), v1.Session() as session:
        a = v1.get_variable("a", initializer=0.5, use_resource=True)
        b = v1.get_variable("b", initializer=2.0, use_resource=True)
        examples = v1.placeholder(tf.string, [None], name="tf_example")
        features = {key: tf.io.FixedLenFeature([1], tf.float32) for key in ("x", "x2")}
        features["x2"] = tf.io.FixedLenFeature([1], tf.float32, default_value=[0.0])
        parsed = tf.io.parse_example(examples, features)
        x = v1.placeholder(tf.float32, [None], name="x")
        y = tf.add(tf.multiply(a, x), b, name="y")
        y_example = tf.add(tf.multiply(a, parsed["x"]), b, name="y_example")
        y3 = tf.add(tf.multiply(a, parsed["x2"]), tf.constant(3.0), name="y3_example")
        labels = tf.as_string(parsed["x"], precision=1, name="labels")
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.builder.SavedModelBuilder(str(OUT))
        builder.add_meta_graph_and_variables(
            session,
            ["serve"],
            signature_def_map={
                "serving_default": signature({"x": x}, {"y": y}, "predict"),
                "classify_x_to_y": signature({"inputs": examples}, {"scores": y_example}, "classify"),
                "classify_with_labels": signature(
                    {"inputs": examples}, {"classes": labels, "scores": y_example}, "classify"
                ),
                "regress_x_to_y": signature({"inputs": examples}, {"outputs": y_example}, "regress"),
                "regress_x2_to_y3": signature({"inputs": examples}, {"outputs": y3}, "regress"),
            },
            strip_default_attrs=True,
        )
        builder.save()


def add_warm_up():
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "half_plus_two"
    request.inputs["x"].CopyFrom(tf.make_tensor_proto([1.0, 2.0]))
    log = prediction_log_pb2.PredictionLog(predict_log=prediction_log_pb2.PredictLog(request=request))
    folder = OUT / "assets.extra"
    folder.mkdir()
    with tf.io.TFRecordWriter(str(folder / "tf_serving_warmup_requests")) as writer:
        writer.write(log.SerializeToString())


def record_listing():
    tool = pathlib.Path(sys.executable).parent / "saved_model_cli"
    listing = subprocess.run([tool, "show", "--dir", OUT, "--all"], check=True, capture_output=True, text=True).stdout
    # What follows the signatures, in some versions, lists concrete functions.
    (BASE / "half_plus_two.show.txt").write_text(listing.split("The MetaGraph with tag set")[0])


export()
add_warm_up()
record_listing()
