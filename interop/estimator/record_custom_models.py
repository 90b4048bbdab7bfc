"""What tf.compat.v1's recurrent networks, constraints and batch normalizations do over several steps. Run: python interop/estimator/record_custom_models.py

Recurrent networks: variables by name, outputs, last states, and the gradients of the sum of their squares. Constraints and batch normalization: the
variables after each of some training steps.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
v1.disable_v2_behavior()
v1.logging.set_verbosity(v1.logging.ERROR)
random = np.random.RandomState(8)
f32 = lambda *shape: random.randn(*shape).astype(np.float32)
C = v1.nn.rnn_cell
plain = lambda name: name[:-2]


def flat(value):
    return [t for one in value for t in flat(one)] if isinstance(value, (tuple, list)) else [value]


CELLS = {
    "basicRnnCell": lambda: C.BasicRNNCell(4),
    "basicRnnCell relu": lambda: C.BasicRNNCell(4, activation=tf.nn.relu),
    "gruCell": lambda: C.GRUCell(4),
    "basicLstmCell": lambda: C.BasicLSTMCell(4),
    "basicLstmCell forget": lambda: C.BasicLSTMCell(4, forget_bias=0.25),
    "lstmCell": lambda: C.LSTMCell(4),
    "lstmCell full": lambda: C.LSTMCell(4, use_peepholes=True, cell_clip=0.4, num_proj=3, proj_clip=0.2, forget_bias=0.5),
    "multiRnnCell": lambda: C.MultiRNNCell([C.BasicLSTMCell(4), C.GRUCell(3)]),
    "residualWrapper": lambda: C.ResidualWrapper(C.BasicLSTMCell(3)),
}
NETWORKS = {
    "dynamic": lambda cell, x, n: v1.nn.dynamic_rnn(cell(), x, dtype=tf.float32),
    "dynamic lengths": lambda cell, x, n: v1.nn.dynamic_rnn(cell(), x, sequence_length=n, dtype=tf.float32),
    "dynamic time": lambda cell, x, n: v1.nn.dynamic_rnn(cell(), tf.transpose(x, [1, 0, 2]), sequence_length=n, dtype=tf.float32, time_major=True, scope="mine"),
    "static lengths": lambda cell, x, n: v1.nn.static_rnn(cell(), tf.unstack(x, axis=1), sequence_length=n, dtype=tf.float32),
    "bidirectional lengths": lambda cell, x, n: v1.nn.bidirectional_dynamic_rnn(cell(), cell(), x, sequence_length=n, dtype=tf.float32),
    "bidirectional": lambda cell, x, n: v1.nn.bidirectional_dynamic_rnn(cell(), cell(), x, dtype=tf.float32),
}
networks = []
for network, cell in [*((n, c) for n in ("dynamic", "dynamic lengths") for c in CELLS), *((n, c) for n in list(NETWORKS)[2:] for c in ("gruCell", "basicLstmCell"))]:
    inputs, lengths = f32(3, 5, 3), np.array([5, 0, 3], np.int32)
    with tf.Graph().as_default(), v1.variable_scope("", use_resource=True), v1.Session() as session:
        x = tf.constant(inputs)
        made = flat(NETWORKS[network](CELLS[cell], x, tf.constant(lengths)))
        variables = v1.trainable_variables()
        values = {plain(v.name): f32(*v.shape.as_list()) * 0.5 for v in variables}
        for v in variables:
            session.run(v1.assign(v, values[plain(v.name)]))
        gradients = v1.gradients(tf.add_n([tf.reduce_sum(t * t) for t in made]), [x, *variables])
        outputs, grads = session.run([made, gradients])
    networks.append({"network": network, "cell": cell, "inputs": stored(inputs), "lengths": stored(lengths), "variables": {k: stored(v) for k, v in values.items()},
                     "outputs": [stored(o) for o in outputs], "gradients": [stored(g) for g in grads]})

K = tf.keras.constraints
CONSTRAINTS = {
    "maxNorm": ({}, K.MaxNorm()),
    "maxNorm axis": ({"maxValue": 0.7, "axis": 1}, K.MaxNorm(0.7, axis=1)),
    "nonNeg": ({}, K.NonNeg()),
    "unitNorm": ({}, K.UnitNorm()),
    "unitNorm axes": ({"axis": [0, 1]}, K.UnitNorm(axis=[0, 1])),
    "minMaxNorm": ({"minValue": 0.8, "maxValue": 1.2, "rate": 0.5}, K.MinMaxNorm(0.8, 1.2, 0.5)),
}
constraints = []
for name, (options, constraint) in CONSTRAINTS.items():
    for optimizer in ("GradientDescentOptimizer", "SGD"):
        inputs, kernel, bias = f32(6, 3), f32(3, 2) * 2, f32(2)
        with tf.Graph().as_default(), v1.variable_scope("", use_resource=True), v1.Session() as session:
            step = v1.train.get_or_create_global_step()
            y = v1.layers.dense(tf.constant(inputs), 2, kernel_initializer=v1.constant_initializer(kernel), bias_initializer=v1.constant_initializer(bias),
                                kernel_constraint=constraint, bias_constraint=K.NonNeg())
            loss = tf.reduce_mean(tf.square(y - 0.5))
            if optimizer == "SGD":
                made = tf.keras.optimizers.legacy.SGD(0.1)
                made.iterations = step
                train = made.get_updates(loss, v1.trainable_variables())[0]
            else:
                train = v1.train.GradientDescentOptimizer(0.1).minimize(loss, step)
            session.run(v1.global_variables_initializer())
            steps = []
            for _ in range(3):
                session.run(train)
                steps.append({plain(v.name): stored(session.run(v)) for v in v1.trainable_variables()})
        constraints.append({"name": name.split(" ")[0], "options": options, "optimizer": optimizer, "inputs": stored(inputs), "kernel": stored(kernel), "bias": stored(bias), "steps": steps})

NORMALIZATIONS = [
    {"renorm": True},
    {"renorm": True, "renorm_clipping": {"rmax": 1.1, "rmin": 0.9, "dmax": 0.05}, "renorm_momentum": 0.6, "momentum": 0.7},
    {"renorm": True, "center": False, "scale": False, "epsilon": 0.05},
    {"renorm": True, "virtual_batch_size": 2},
    {"virtual_batch_size": 3, "momentum": 0.5},
    {"axis": [1, 2], "momentum": 0.5},
    {"axis": 1, "momentum": 0.5},
]
camel = lambda name: name.split("_")[0] + "".join(word.capitalize() for word in name.split("_")[1:])
normalizations = []
for options in NORMALIZATIONS:
    batches = [f32(6, 2, 2, 3) * (i + 1) + i for i in range(3)]
    with tf.Graph().as_default(), v1.variable_scope("", use_resource=True), v1.Session() as session:
        x = v1.placeholder(tf.float32, [6, 2, 2, 3])
        y = v1.layers.batch_normalization(x, training=True, **options)
        served = v1.layers.batch_normalization(x, training=False, reuse=True, name="batch_normalization", **options)
        updates = v1.get_collection(v1.GraphKeys.UPDATE_OPS)
        gradient = v1.gradients(tf.reduce_sum(y * y * y), x)[0]
        session.run(v1.global_variables_initializer())
        steps = []
        for batch in batches:
            given = session.run([served, gradient, y], {x: batch})
            session.run(updates, {x: batch})
            steps.append({"batch": stored(batch), "gradient": stored(given[1]), "outputs": stored(given[2]),
                          "variables": {plain(v.name): stored(session.run(v)) for v in v1.global_variables()}})
    normalizations.append({"options": {camel(k): v for k, v in options.items()}, "steps": steps})

write("custom-models", __file__, {"networks": networks, "constraints": constraints, "normalizations": normalizations})
