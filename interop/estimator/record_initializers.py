"""What TensorFlow's initializers draw for given seeds. Run: python interop/estimator/record_initializers.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
CASES = [
    ("zeros", {}, [3, 2], lambda: v1.zeros_initializer()),
    ("ones", {}, [40, 30], lambda: v1.ones_initializer()),
    ("constant", {"value": 0.25}, [2], lambda: v1.constant_initializer(0.25)),
    ("glorotUniform", {"seed": 7}, [5, 3], lambda: v1.glorot_uniform_initializer(seed=7)),
    ("glorotNormal", {"seed": 8}, [5, 3], lambda: v1.glorot_normal_initializer(seed=8)),
    ("heNormal", {"seed": 9}, [3, 3, 2, 4], lambda: v1.initializers.he_normal(seed=9)),
    ("heUniform", {"seed": 9}, [3, 3, 2, 4], lambda: v1.initializers.he_uniform(seed=9)),
    ("randomUniform", {"minval": -2, "maxval": 3, "seed": 10}, [7], lambda: v1.random_uniform_initializer(-2, 3, seed=10)),
    ("randomNormal", {"mean": 1, "stddev": 2, "seed": 11}, [4, 4], lambda: v1.random_normal_initializer(1, 2, seed=11)),
    ("truncatedNormal", {"mean": 1, "stddev": 0.5, "seed": 12}, [4, 4], lambda: v1.truncated_normal_initializer(1, 0.5, seed=12)),
    ("varianceScaling", {"scale": 2, "mode": "fan_out", "distribution": "untruncated_normal", "seed": 13}, [4, 2],
     lambda: v1.variance_scaling_initializer(2, "fan_out", "untruncated_normal", seed=13)),
]

recorded = []
for graph_seed in (None, 42):
    for name, options, shape, make in CASES:
        with tf.Graph().as_default(), v1.Session() as session:
            if graph_seed is not None:
                v1.set_random_seed(graph_seed)
            value = session.run(make()(shape, dtype=tf.float32))
        recorded.append({"name": name, "graphSeed": graph_seed, "options": options, "shape": shape, "value": stored(value)})
write("initializers", __file__, {"cases": recorded})
