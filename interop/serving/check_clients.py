"""Drives a running server with TensorFlow Serving's own client stubs: every RPC, its answers, and the failures clients rely on.

    python interop/serving/check_clients.py --grpc PORT --rest PORT [--base packages/tureen/src/serving/fixtures/half_plus_two]

The server has to serve half_plus_two of make_fixtures.py. Prints each failure, then "N passed, N failed". `interop/serving/check.ts` starts
the server and runs this.
"""

import argparse
import json
import urllib.error
import urllib.request

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_management_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

parser = argparse.ArgumentParser()
parser.add_argument("--grpc", type=int, required=True)
parser.add_argument("--rest", type=int, required=True)
parser.add_argument("--base", required=True)
args = parser.parse_args()

channel = grpc.insecure_channel(f"127.0.0.1:{args.grpc}", options=[("grpc.max_receive_message_length", -1)])
predictions = prediction_service_pb2_grpc.PredictionServiceStub(channel)
models = model_service_pb2_grpc.ModelServiceStub(channel)
passed = failed = 0


def check(name, actual, expected):
    global passed, failed
    same = np.allclose(actual, expected) if isinstance(actual, np.ndarray) else actual == expected
    if same:
        passed += 1
    else:
        failed += 1
        print(f"{name}: got {actual!r}, not {expected!r}")


def fails(name, call, code, details):
    try:
        call()
    except grpc.RpcError as error:
        check(name, (error.code().name, error.details()), (code, details))
    else:
        check(name, "an answer", code)


def example(**features):
    lists = {key: tf.train.Feature(float_list=tf.train.FloatList(value=[value])) for key, value in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=lists))


def fill(request, signature="", version=None, name="half_plus_two"):
    request.model_spec.name = name
    request.model_spec.signature_name = signature
    if version is not None:
        request.model_spec.version.value = version
    return request


def predict_request(values, **spec):
    request = fill(predict_pb2.PredictRequest(), **spec)
    request.inputs["x"].CopyFrom(tf.make_tensor_proto(values, dtype=tf.float32))
    return request


def examples_request(kind, examples, signature, context=None):
    request = fill(kind(), signature)
    if context is None:
        request.input.example_list.examples.extend(examples)
    else:
        request.input.example_list_with_context.context.CopyFrom(context)
        request.input.example_list_with_context.examples.extend(examples)
    return request


def rest(path, body=None):
    url = f"http://127.0.0.1:{args.rest}/v1/models/{path}"
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def check_predict():
    response = predictions.Predict(predict_request([1.0, 2.0, 5.0]), timeout=10)
    check("predict", tf.make_ndarray(response.outputs["y"]), np.float32([2.5, 3, 4.5]))
    check("predict in float_val", list(response.outputs["y"].float_val), [2.5, 3.0, 4.5])
    spec = response.model_spec
    check("predict's spec", (spec.name, spec.version.value, spec.signature_name), ("half_plus_two", 123, "serving_default"))
    content = predict_request([1.0])
    content.inputs["x"].CopyFrom(tf.make_tensor_proto(np.arange(100_000, dtype=np.float32)))
    large = predictions.Predict(content, timeout=10)
    check("predict from tensor_content", tf.make_ndarray(large.outputs["y"]), np.arange(100_000, dtype=np.float32) / 2 + 2)
    fails("unknown model", lambda: predictions.Predict(predict_request([1.0], name="m")), "NOT_FOUND", "Servable not found for request: Latest(m)")
    fails(
        "unknown version",
        lambda: predictions.Predict(predict_request([1.0], version=9)),
        "NOT_FOUND",
        "Servable not found for request: Specific(half_plus_two, 9)",
    )
    wrong = predict_request([1.0])
    wrong.inputs["x"].CopyFrom(tf.make_tensor_proto(["a"]))
    fails("wrong dtype", lambda: predictions.Predict(wrong), "INVALID_ARGUMENT", "Expects arg[0] to be float but string is provided")
    fails(
        "no input",
        lambda: predictions.Predict(fill(predict_pb2.PredictRequest())),
        "INVALID_ARGUMENT",
        "input size does not match signature: 0!=1 len({}) != len({x}). Sent extra: {}. Missing but required: {x}.",
    )
    fails(
        "unknown signature",
        lambda: predictions.Predict(predict_request([1.0], signature="s")),
        "FAILED_PRECONDITION",
        'Serving signature key "s" not found.',
    )


def check_examples():
    request = examples_request(classification_pb2.ClassificationRequest, [example(x=1.0), example(x=3.0)], "classify_with_labels")
    result = predictions.Classify(request, timeout=10).result
    classes = [[(c.label, c.score) for c in row.classes] for row in result.classifications]
    check("classify", classes, [[("1.0", 2.5)], [("3.0", 3.5)]])
    request = examples_request(regression_pb2.RegressionRequest, [example(x=1.0), example(x=3.0)], "regress_x_to_y")
    check("regress", [r.value for r in predictions.Regress(request, timeout=10).result.regressions], [2.5, 3.5])
    request = examples_request(
        regression_pb2.RegressionRequest, [example(), example(x=3.0)], "regress_x_to_y", context=example(x=9.0)
    )
    check("regress with context", [r.value for r in predictions.Regress(request, timeout=10).result.regressions], [6.5, 3.5])
    empty = examples_request(regression_pb2.RegressionRequest, [], "regress_x_to_y")
    fails("no examples", lambda: predictions.Regress(empty), "INVALID_ARGUMENT", "Input is empty.")
    missing = examples_request(regression_pb2.RegressionRequest, [example()], "regress_x_to_y")
    try:
        predictions.Regress(missing)
        check("missing feature", "an answer", "INVALID_ARGUMENT")
    except grpc.RpcError as error:
        check("missing feature", error.code().name, "INVALID_ARGUMENT")
        check("missing feature's name", "Feature: x (data type: float) is required but could not be found." in error.details(), True)


def check_multi_inference():
    request = inference_pb2.MultiInferenceRequest()
    for signature, method in (("regress_x_to_y", "regress"), ("classify_x_to_y", "classify")):
        task = request.tasks.add(method_name=f"tensorflow/serving/{method}")
        fill(task, signature)
    request.input.example_list.examples.append(example(x=4.0))
    results = predictions.MultiInference(request, timeout=10).results
    check("multi inference's regression", results[0].regression_result.regressions[0].value, 4.0)
    check("multi inference's classification", results[1].classification_result.classifications[0].classes[0].score, 4.0)
    check("multi inference's specs", [r.model_spec.signature_name for r in results], ["regress_x_to_y", "classify_x_to_y"])


def check_metadata_and_status():
    request = fill(get_model_metadata_pb2.GetModelMetadataRequest())
    request.metadata_field.append("signature_def")
    response = predictions.GetModelMetadata(request, timeout=10)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    check("metadata unpacks", response.metadata["signature_def"].Unpack(signatures), True)
    saved = tf.core.protobuf.saved_model_pb2.SavedModel() if hasattr(tf, "core") else None
    if saved is None:
        from tensorflow.core.protobuf import saved_model_pb2

        saved = saved_model_pb2.SavedModel()
    with open(f"{args.base}/00000123/saved_model.pb", "rb") as file:
        saved.ParseFromString(file.read())
    stored = saved.meta_graphs[0].signature_def
    for key in stored:
        check(f"metadata of {key}", json_format.MessageToDict(signatures.signature_def[key]), json_format.MessageToDict(stored[key]))
    status = models.GetModelStatus(fill(get_model_status_pb2.GetModelStatusRequest()), timeout=10)
    check("status", [(s.version, s.state, s.status.error_code) for s in status.model_version_status], [(123, 30, 0)])
    code, body = rest("half_plus_two/metadata")
    over_rest = json_format.ParseDict(body["metadata"]["signature_def"], get_model_metadata_pb2.SignatureDefMap())
    check("metadata over REST", (code, over_rest), (200, signatures))
    code, body = rest("half_plus_two")
    check("status over REST", json_format.ParseDict(body, get_model_status_pb2.GetModelStatusResponse()), status)


def check_reload():
    request = model_management_pb2.ReloadConfigRequest()
    for name in ("half_plus_two", "again"):
        request.config.model_config_list.config.add(name=name, base_path=args.base, model_platform="tensorflow")
    response = models.HandleReloadConfigRequest(request, timeout=30)
    check("reload", response.status.error_code, 0)
    answer = predictions.Predict(predict_request([4.0], name="again"), timeout=10)
    check("predict after reload", list(answer.outputs["y"].float_val), [4.0])


def check_rest():
    check("REST rows", rest("half_plus_two:predict", {"instances": [1.0, 2.0, 5.0]}), (200, {"predictions": [2.5, 3.0, 4.5]}))
    check("REST columns", rest("half_plus_two/versions/123:predict", {"inputs": {"x": [1.0]}}), (200, {"outputs": [2.5]}))
    body = {"signature_name": "classify_with_labels", "examples": [{"x": 1.5}]}
    check("REST classify", rest("half_plus_two:classify", body), (200, {"results": [[["1.5", 2.75]]]}))
    body = {"signature_name": "regress_x_to_y", "examples": [{"x": 1.5}, {"x": 2.5}]}
    check("REST regress", rest("half_plus_two:regress", body), (200, {"results": [2.75, 3.25]}))
    check("REST unknown model", rest("m:predict", {"instances": [1]}), (404, {"error": "Servable not found for request: Latest(m)"}))


check_predict()
check_examples()
check_multi_inference()
check_metadata_and_status()
check_rest()
check_reload()
print(f"{passed} passed, {failed} failed")
raise SystemExit(0 if failed == 0 else 1)
