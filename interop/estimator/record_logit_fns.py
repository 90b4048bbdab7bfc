"""What the logit functions of tf.compat.v1.estimator.experimental make of features. Run: python interop/estimator/record_logit_fns.py

Variables in order, summaries, and the logits where each variable holds its number in the list over the count, plus a tenth of its element's number.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
v1.disable_v2_behavior()
v1.logging.set_verbosity(v1.logging.ERROR)
E, F = v1.estimator.experimental, v1.feature_column
random = np.random.RandomState(2)
a, b = random.randn(5, 2).astype(np.float32), np.array([[0], [2], [1], [2], [0]])
number = lambda: F.numeric_column("a", shape=2)
ids = lambda: F.categorical_column_with_identity("b", 3)
plain = dict(dropout=None, input_layer_partitioner=None, activation_fn=tf.nn.relu)
FUNCTIONS = {
    "dnn": lambda: E.dnn_logit_fn_builder(units=2, hidden_units=[4, 3], feature_columns=[number(), F.indicator_column(ids())], batch_norm=False, **plain),
    "dnn normalized": lambda: E.dnn_logit_fn_builder(units=1, hidden_units=[4], feature_columns=[number()], batch_norm=True, **{**plain, "activation_fn": tf.nn.tanh}),
    "linear": lambda: E.linear_logit_fn_builder(units=2, feature_columns=[number(), ids()]),
    "linear mean": lambda: E.linear_logit_fn_builder(units=1, feature_columns=[ids()], sparse_combiner="mean"),
}
recorded = []
for name, make in FUNCTIONS.items():
    for scope in ("", "wide"):
        with tf.Graph().as_default(), v1.Session() as session:
            with v1.variable_scope(scope, use_resource=True):
                logits = E.call_logit_fn(make(), {"a": tf.constant(a), "b": tf.constant(b)}, "eval", {}, None)
            variables = v1.global_variables()
            for i, v in enumerate(variables):
                count = int(np.prod(v.shape.as_list()))
                session.run(v1.assign(v, (i / len(variables) + np.arange(count) / 10).reshape(v.shape.as_list())))
            recorded.append({"name": name, "scope": scope, "variables": [v.op.name for v in variables], "summaries": [s.op.name for s in v1.get_collection("summaries")], "logits": stored(session.run(logits))})
write("logit-fns", __file__, {"features": {"a": stored(a), "b": stored(b)}, "cases": recorded})
