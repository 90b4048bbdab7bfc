"""Records what TensorFlow's session makes of JSON values that are fed to placeholders: values, or the text of the failure.

    python interop/cloud/make_feed_fixtures.py > packages/tureen/src/cloud/predict/fixtures/session-feeds.json

Made by TensorFlow 2.15.1 (V1 session). Each case is one column: dtype, declared shape, the list of values, and what `session.run` of an
identity of the placeholder gives for it. Cloud ML's prediction library feeds its columns in just this way.
"""

import base64
import json
import sys

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

cases = []


def plain(value):
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"special": str(value)}
    return value


def record(dtype, shape, text):
    values = json.loads(text)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(dtype, shape, name="x")
        try:
            result = session.run(tf.identity(x), {x: values})
            outcome = {"shape": list(result.shape), "values": plain(np.ravel(result).tolist())}
        except Exception as error:  # The library catches everything.
            outcome = {"error": str(error)}
    cases.append({"dtype": dtype.name, "shape": shape, "json": text, **outcome})


for dtype in (tf.float32, tf.float64, tf.int32, tf.int64, tf.uint8, tf.bool, tf.string):
    for text in (
        "[1, 2]",
        "[1.5, -2.7]",
        "[true, false]",
        '["1.5", " 2 "]',
        '["3", "-4"]',
        '["abc"]',
        '[""]',
        "[null, 1]",
        "[[1, 2], [3, 4]]",
        "[[1, 2], [3]]",
        "[[1], 2]",
        "[1, [2]]",
        '[{"a": 1}]',
        "[]",
        "[[]]",
        "[300]",
        "[-1]",
        "[3000000000]",
        "[9007199254740993]",
        "[99999999999999999999]",
        "[NaN]",
        "[Infinity]",
        "[1e400]",
        '["a", "b\\u00e9"]',
        '["a", 1]',
        "[[[1]]]",
    ):
        record(dtype, None, text)
record(tf.float32, [None], "[[1, 2]]")
record(tf.float32, [None, 3], "[[1, 2]]")
record(tf.float32, [2], "[1]")
record(tf.float32, [], "[1]")
record(tf.string, [None], '[["a"]]')

json.dump({"made_by": f"TensorFlow {tf.__version__}, numpy {np.__version__}, interop/cloud/make_feed_fixtures.py", "cases": cases}, sys.stdout, indent=1)
