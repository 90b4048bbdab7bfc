"""Runs the main job as a newcomer does and asks its server with Python: the tutorial's client, with stubs of tensorflow-serving-api.

    python interop/examples/check_main_job.py      (needs node and a built workspace; run by `npm run interop`)
"""
import csv
import os
import re
import signal
import subprocess
import sys
import tempfile

import grpc
from tensorflow_serving.apis import classification_pb2, get_model_metadata_pb2, predict_pb2, prediction_service_pb2_grpc

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import check, end

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")


def first_held_back():
    with open(os.path.join(ROOT, "examples/digits/data/digits.csv")) as file:
        rows = list(csv.DictReader(file))
    row = rows[4]
    return [float(row[k]) / 16 for k in sorted(row) if k != "label"]


def start(*arguments):
    command = ["node", "--import", "tsx", "examples/digits/main.ts", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def read_until(process, pattern):
    text = ""
    for line in process.stdout:
        text += line
        if re.search(pattern, line):
            return text
    return text


def main():
    folder = tempfile.mkdtemp()
    process = start("--port=0", "--rest_api_port=0", "--export_dir=" + folder)
    text = read_until(process, "serving until Ctrl-C")
    accuracy = re.search(r"accuracy on the held-back digits: ([\d.]+)", text)
    check("accuracy above 0.95", accuracy and float(accuracy.group(1)) > 0.95, text)
    port = re.search(r"gRPC on port (\d+)", text).group(1)
    label, score = re.search(r"gRPC Classify: a (\d), score ([\d.]+)", text).groups()

    stub = prediction_service_pb2_grpc.PredictionServiceStub(grpc.insecure_channel("localhost:" + port))
    request = classification_pb2.ClassificationRequest()
    request.model_spec.name = "digits"
    example = request.input.example_list.examples.add()
    example.features.feature["x"].float_list.value.extend(first_held_back())
    result = stub.Classify(request, 10.0)
    best = max(result.result.classifications[0].classes, key=lambda c: c.score)
    check("Classify answers Python as TypeScript", best.label == label and "%.4f" % best.score == score, "%s %f, not %s %s" % (best.label, best.score, label, score))
    check("ten classes", len(result.result.classifications[0].classes) == 10)

    predict = predict_pb2.PredictRequest()
    predict.model_spec.name = "digits"
    predict.model_spec.signature_name = "predict"
    predict.inputs["examples"].dtype = 7
    predict.inputs["examples"].tensor_shape.dim.add().size = 1
    predict.inputs["examples"].string_val.append(example.SerializeToString())
    outputs = stub.Predict(predict, 10.0).outputs
    check("Predict agrees with Classify", outputs["classes"].string_val[0].decode() == label)

    metadata = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    metadata.model_spec.name = "digits"
    check("GetModelMetadata", "signature_def" in stub.GetModelMetadata(metadata, 10.0).metadata)
    process.send_signal(signal.SIGINT)
    check("exit code 0 on Ctrl-C", process.wait(30) == 0)

    typo = start("--stepz=3")
    text = typo.communicate(timeout=60)[0]
    check("a typo costs one line and exit code 1", typo.returncode == 1 and "did you mean --steps?" in text and text.count("\n") == 1, text)
    end()


main()
