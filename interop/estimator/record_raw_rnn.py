"""What tf.compat.v1.nn.raw_rnn gives. Run: python interop/estimator/record_raw_rnn.py

Rows of different lengths through a GRU cell of constant weights: outputs, states, a sum that goes along, and the gradient by the inputs.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
v1.disable_v2_behavior()
v1.logging.set_verbosity(v1.logging.ERROR)
random = np.random.RandomState(11)
STEPS, BATCH, WIDTH, UNITS = 5, 3, 2, 4
inputs = random.randn(STEPS, BATCH, WIDTH).astype(np.float32)
lengths = np.array([5, 2, 3], np.int32)


def cell():
    weights = v1.constant_initializer(0.3)
    return v1.nn.rnn_cell.GRUCell(UNITS, kernel_initializer=weights, bias_initializer=v1.constant_initializer(0.1))


def recorded(emits, sums):
    with tf.Graph().as_default(), v1.Session() as session:
        x, gru = tf.constant(inputs), cell()

        def loop_fn(time, output, state, total):
            ended = time >= lengths
            following = tf.where(time < STEPS, tf.gather(x, tf.minimum(time, STEPS - 1)), tf.zeros([BATCH, WIDTH]))
            emit = output if not emits else tf.zeros([]) if output is None else tf.reduce_sum(output, 1)
            following_total = None if not sums else tf.constant(0.0) if output is None else total + tf.reduce_sum(output)
            return ended, following, gru.zero_state(BATCH, tf.float32) if output is None else state, emit, following_total

        array, state, total = v1.nn.raw_rnn(gru, loop_fn)
        outputs = array.stack()
        loss = tf.reduce_sum(outputs * outputs) + tf.reduce_sum(state)
        session.run(v1.global_variables_initializer())
        values = [outputs, state, *([total] if sums else []), tf.convert_to_tensor(tf.gradients(loss, x)[0])]
        names = ["outputs", "state", *(["total"] if sums else []), "gradient"]
        made = {name: stored(value) for name, value in zip(names, session.run(values))}
        return {"variables": [v.op.name for v in v1.global_variables()], **made}


write("raw-rnn", __file__, {"inputs": stored(inputs), "lengths": stored(lengths), "cases": {
    "outputs": recorded(False, False), "a state of the loop": recorded(False, True), "what is emitted": recorded(True, False)}})
