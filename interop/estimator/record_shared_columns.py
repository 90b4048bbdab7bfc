"""TensorFlow 1.x's shared embedding columns in linear_model. Run: python interop/estimator/record_shared_columns.py

Variables in the order of their making with their first values under a graph seed, and the model's output once the weights are ones.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
v1.disable_v2_behavior()
v1.logging.set_verbosity(v1.logging.ERROR)
fc = v1.feature_column
a, b = (fc.categorical_column_with_identity(key, 3) for key in "ab")
shared = lambda: fc.shared_embedding_columns([a, b], 2)
CASES = {
    "a linear model": lambda features: [fc.linear_model(features, shared())],
    "an input layer and a linear model": lambda features: (lambda columns: [fc.input_layer(features, columns), fc.linear_model(features, columns)])(shared()),
    "beside other columns": lambda features: [fc.linear_model(features, [*shared(), fc.embedding_column(a, 2), b], units=2)],
}


def recorded(build):
    with tf.Graph().as_default(), v1.Session() as session:
        v1.set_random_seed(3)
        outputs = build({"a": tf.constant([[0], [2]], tf.int64), "b": tf.constant([[1], [1]], tf.int64)})
        session.run(v1.global_variables_initializer())
        variables = v1.global_variables()
        first = [{"name": v.op.name, "value": stored(session.run(v))} for v in variables]
        for variable in variables:
            if variable.op.name.endswith("/weights"):
                variable.load(np.ones(variable.shape.as_list(), np.float32), session)
        return {"variables": first, "outputs": [stored(o) for o in session.run(outputs)]}


write("shared-columns", __file__, {"cases": {name: recorded(build) for name, build in CASES.items()}})
