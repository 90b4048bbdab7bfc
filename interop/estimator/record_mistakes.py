"""What TensorFlow makes of inputs that are empty or wrong. Run: python interop/estimator/record_mistakes.py

A case records the message of the error, without the frames of the Python program that a graph's error carries, or what came of the call.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import re
import tempfile

import numpy as np
import tensorflow as tf

from fixture import write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)
E, fc = tf.estimator, tf.feature_column
x, y = fc.numeric_column("x"), fc.numeric_column("y")
rows, labels = {"x": np.array([1, 2, 3, 4], np.float32)}, np.array([0, 1, 0, 1])
none = {"x": np.zeros([0], np.float32)}, np.zeros([0], np.int64)
words = np.array(["a", "b", "c", "d"])


def data(*parts):
    return lambda: tf.data.Dataset.from_tensor_slices(parts if len(parts) > 1 else parts[0]).batch(2)


def linear(columns=(x,), folder=None, kind=E.LinearClassifier):
    return kind(list(columns), model_dir=folder or tempfile.mkdtemp())


def trained():
    return linear().train(data(rows, labels), steps=1)


def changed():
    folder = tempfile.mkdtemp()
    linear(folder=folder).train(data(rows, labels), steps=1)
    linear((x, y), folder).train(data({**rows, "y": rows["x"]}, labels), steps=1)


def steps(estimator):
    return int(estimator.get_variable_value("global_step"))


CASES = {
    "train on nothing": lambda: steps(linear().train(data(*none))),
    "evaluate nothing": lambda: {k: float(v) for k, v in trained().evaluate(data(*none)).items()},
    "predict nothing": lambda: len(list(trained().predict(data(none[0])))),
    "arrays": lambda: steps(linear().train(lambda: (rows, labels), steps=2)),
    "three parts": lambda: linear().train(data(rows, labels, labels), steps=1),
    "words for numbers": lambda: linear().train(data({"x": words}, labels), steps=1),
    "words for classes": lambda: linear().train(data(rows, words), steps=1),
    "words for values": lambda: linear(kind=E.LinearRegressor).train(data(rows, words), steps=1),
    "another model's checkpoint": changed,
}


def outcome(body):
    try:
        return {"value": body()}
    except Exception as error:
        text = getattr(error, "message", str(error))
        # "Graph execution error:", where the node was made, then what the kernel said and its node.
        said = re.search(r"Graph execution error:.*?\n([^\n]+)\n\t \[\[", text, re.S)
        return {"error": text[: said.start()] + said[1] if said else text}


write("mistakes", __file__, {"cases": {name: outcome(body) for name, body in CASES.items()}})
