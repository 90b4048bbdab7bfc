"""What TensorFlow's optimizers make of a dense and an embedded variable in five steps. Run: python interop/estimator/record_optimizers.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import stored, write

k, v1 = tf.keras.optimizers.legacy, tf.compat.v1
r = np.random.RandomState(3)
TABLE, KERNEL = r.randn(6, 3).astype("f"), r.randn(3, 2).astype("f")
IDS, TARGET = np.array([1, 4, 1, 0, 5], "int64"), r.randn(5, 2).astype("f")

KERAS = [
    ("Adagrad", dict(learning_rate=0.1)),
    ("Adagrad", dict(learning_rate=0.1, initial_accumulator_value=0.5, epsilon=1e-3, decay=0.1)),
    ("Adam", dict(learning_rate=0.05)),
    ("Adam", dict(learning_rate=0.05, amsgrad=True, beta_1=0.8)),
    ("Adamax", dict(learning_rate=0.05)),
    ("Nadam", dict(learning_rate=0.05)),
    ("Nadam", dict(learning_rate=0.05, beta_1=0.8, schedule_decay=0.01)),
    ("Adadelta", dict(learning_rate=0.5)),
    ("Ftrl", dict(learning_rate=0.2)),
    ("Ftrl", dict(learning_rate=0.2, l1_regularization_strength=0.01, l2_regularization_strength=0.02, beta=0.1)),
    ("Ftrl", dict(learning_rate=0.2, l2_shrinkage_regularization_strength=0.1)),
    ("RMSprop", dict(learning_rate=0.02)),
    ("RMSprop", dict(learning_rate=0.02, centered=True)),
    ("RMSprop", dict(learning_rate=0.02, momentum=0.9)),
    ("RMSprop", dict(learning_rate=0.02, momentum=0.9, centered=True)),
    ("SGD", dict(learning_rate=0.1)),
    ("SGD", dict(learning_rate=0.1, momentum=0.9)),
    ("SGD", dict(learning_rate=0.1, momentum=0.9, nesterov=True)),
    ("SGD", dict(learning_rate=0.1, clipnorm=0.5)),
    ("SGD", dict(learning_rate=0.1, clipvalue=0.1)),
    ("SGD", dict(learning_rate=0.1, global_clipnorm=0.5)),
]
TRAIN = [
    ("GradientDescentOptimizer", [0.1], {}),
    ("MomentumOptimizer", [0.1, 0.9], {}),
    ("MomentumOptimizer", [0.1, 0.9], dict(use_nesterov=True)),
    ("AdagradOptimizer", [0.1], {}),
    ("AdamOptimizer", [0.05], {}),
    ("RMSPropOptimizer", [0.02], dict(momentum=0.5)),
    ("RMSPropOptimizer", [0.02], dict(centered=True)),
    ("FtrlOptimizer", [0.2], dict(l1_regularization_strength=0.01, l2_regularization_strength=0.02)),
    ("FtrlOptimizer", [0.2], dict(l2_shrinkage_regularization_strength=0.1)),
    ("AdadeltaOptimizer", [0.5], {}),
    ("AdagradDAOptimizer", [0.1], {}),
    ("AdagradDAOptimizer", [0.1], dict(l1_regularization_strength=0.01, l2_regularization_strength=0.02)),
    ("ProximalGradientDescentOptimizer", [0.1], {}),
    ("ProximalGradientDescentOptimizer", [0.1], dict(l1_regularization_strength=0.01, l2_regularization_strength=0.02)),
    ("ProximalAdagradOptimizer", [0.1], dict(l1_regularization_strength=0.01, l2_regularization_strength=0.02)),
]
SCHEDULES = [
    ("exponentialDecay", [0.1, 2, 0.5], {}, lambda s: k_schedule("ExponentialDecay", 0.1, 2, 0.5)),
    ("exponentialDecay", [0.1, 2, 0.5], {"staircase": True}, lambda s: k_schedule("ExponentialDecay", 0.1, 2, 0.5, staircase=True)),
    ("piecewiseConstant", [[1.0, 3.0], [0.3, 0.2, 0.1]], {}, lambda s: k_schedule("PiecewiseConstantDecay", [1.0, 3.0], [0.3, 0.2, 0.1])),
    ("polynomialDecay", [0.1, 4], {"endLearningRate": 0.01, "power": 2}, lambda s: k_schedule("PolynomialDecay", 0.1, 4, 0.01, 2.0)),
    ("polynomialDecay", [0.1, 2], {"endLearningRate": 0.01, "cycle": True}, lambda s: k_schedule("PolynomialDecay", 0.1, 2, 0.01, 1.0, cycle=True)),
    ("cosineDecayRestarts", [0.1, 2], {"alpha": 0.1}, lambda s: k_schedule("CosineDecayRestarts", 0.1, 2, alpha=0.1)),
    ("cosineDecayRestarts", [0.1, 2], {"tMul": 1, "mMul": 0.5}, lambda s: k_schedule("CosineDecayRestarts", 0.1, 2, 1.0, 0.5)),
    ("inverseTimeDecay", [0.1, 2, 0.5], {}, lambda s: k_schedule("InverseTimeDecay", 0.1, 2, 0.5)),
    ("inverseTimeDecay", [0.1, 2, 0.5], {"staircase": True}, lambda s: k_schedule("InverseTimeDecay", 0.1, 2, 0.5, staircase=True)),
    ("naturalExpDecay", [0.1, 2, 0.5], {}, lambda s: lambda step: v1.train.natural_exp_decay(0.1, step, 2, 0.5)),
    ("naturalExpDecay", [0.1, 2, 0.5], {"staircase": True}, lambda s: lambda step: v1.train.natural_exp_decay(0.1, step, 2, 0.5, staircase=True)),
    ("linearCosineDecay", [0.1, 4], {}, lambda s: lambda step: v1.train.linear_cosine_decay(0.1, step, 4)),
    ("linearCosineDecay", [0.1, 4], {"numPeriods": 1.5, "alpha": 0.2, "beta": 0.01}, lambda s: lambda step: v1.train.linear_cosine_decay(0.1, step, 4, 1.5, 0.2, 0.01)),
    ("cosineDecay", [0.1, 4], {"alpha": 0.1}, lambda s: k_schedule("CosineDecay", 0.1, 4, 0.1)),
]


def k_schedule(name, *args, **kwargs):
    return getattr(tf.keras.optimizers.schedules, name)(*args, **kwargs)


def run(optimize):
    with tf.Graph().as_default():
        step = v1.train.get_or_create_global_step()
        v1.enable_resource_variables()
        table = v1.get_variable("model/table", initializer=TABLE)
        kernel = v1.get_variable("model/kernel", initializer=KERNEL)
        rows = tf.nn.embedding_lookup(table, IDS)
        loss = tf.reduce_mean(tf.square(tf.matmul(rows, kernel) - TARGET))
        with tf.name_scope("training"):
            train = optimize(loss, [table, kernel], step)
        with v1.Session() as s:
            s.run(v1.global_variables_initializer())
            losses = [float(s.run([loss, train])[0]) for _ in range(5)]
            return {"losses": losses, "variables": {v.op.name: stored(s.run(v)) for v in v1.global_variables()}}


def keras(name, options):
    def optimize(loss, variables, step):
        o = getattr(k, name)(**options)
        o.iterations = step
        return o.get_updates(loss, variables)[0]
    return {"kind": "keras", "name": name, "options": options, **run(optimize)}


def train(name, args, options):
    def optimize(loss, variables, step):
        # Adagrad with dual averaging counts the steps by itself.
        counting = dict(global_step=step) if name == "AdagradDAOptimizer" else {}
        return getattr(v1.train, name)(*args, **counting, **options).minimize(loss, global_step=step, var_list=variables)
    return {"kind": "train", "name": name, "args": args, "options": options, **run(optimize)}


def schedule(name, args, options, make):
    with tf.Graph().as_default(), v1.Session() as s:
        values = [float(s.run(tf.cast(make(None)(tf.constant(float(step))), tf.float32))) for step in range(6)]
    return {"name": name, "args": args, "options": options, "values": values}


write("optimizers", __file__, {
    "table": stored(TABLE), "kernel": stored(KERNEL), "ids": stored(IDS), "target": stored(TARGET),
    "cases": [keras(*c) for c in KERAS] + [train(*c) for c in TRAIN],
    "schedules": [schedule(*c) for c in SCHEDULES],
})
