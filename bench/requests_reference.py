"""The reference of bench/requests.ts: PredictionService on Python's gRPC thread pool over a TensorFlow session.

    python bench/requests_reference.py HALF_PLUS_TWO_BASE DIGITS_BASE

Prints its port, then serves until it is ended. What it leaves out (versions, checks, metrics) only makes it cheaper.
"""

import os
import pathlib
import sys
from concurrent import futures

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# prediction_service_pb2 of tensorflow-serving-api 2.15 does not load with the C implementation of protobuf 4.

import grpc  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow_serving.apis import classification_pb2, predict_pb2, prediction_service_pb2_grpc  # noqa: E402


class Model:
    def __init__(self, base):
        path = max((child for child in pathlib.Path(base).iterdir() if child.name.isdigit()), key=lambda child: int(child.name))
        self.session = tf.compat.v1.Session(graph=tf.Graph())
        with self.session.graph.as_default():
            meta = tf.compat.v1.saved_model.load(self.session, ["serve"], str(path))
        self.callables = {}
        for key, signature in meta.signature_def.items():
            inputs = [(alias, info.name) for alias, info in signature.inputs.items()]
            outputs = [(alias, info.name) for alias, info in signature.outputs.items()]
            with self.session.graph.as_default():
                run = self.session.make_callable(
                    [self.session.graph.get_tensor_by_name(name) for _, name in outputs],
                    feed_list=[self.session.graph.get_tensor_by_name(name) for _, name in inputs],
                )
            self.callables[key] = ([alias for alias, _ in inputs], [alias for alias, _ in outputs], run)


class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, models):
        self.models = models

    def Predict(self, request, context):
        inputs, outputs, run = self.models[request.model_spec.name].callables[request.model_spec.signature_name or "serving_default"]
        values = run(*[tf.make_ndarray(request.inputs[alias]) for alias in inputs])
        response = predict_pb2.PredictResponse()
        for alias, value in zip(outputs, values):
            response.outputs[alias].CopyFrom(tf.make_tensor_proto(value))
        return response

    def Classify(self, request, context):
        _, outputs, run = self.models[request.model_spec.name].callables[request.model_spec.signature_name or "serving_default"]
        examples = [example.SerializeToString() for example in request.input.example_list.examples]
        values = dict(zip(outputs, run(examples)))
        response = classification_pb2.ClassificationResponse()
        for classes, scores in zip(values["classes"], values["scores"]):
            row = response.result.classifications.add()
            for label, score in zip(classes, scores):
                row.classes.add(label=label, score=score)
        return response


half_plus_two, digits = sys.argv[1:3]
server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
    Service({"half_plus_two": Model(half_plus_two), "digits": Model(digits)}), server
)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
