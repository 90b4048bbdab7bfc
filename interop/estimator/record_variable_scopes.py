"""Which variables, outputs and errors tf.compat.v1's variable scopes give. Run: python interop/estimator/record_variable_scopes.py

Each program is written again in packages/tureen/src/estimator/variable-scopes.test.ts; recorded are the names of its variables in order, of the outputs that it
returns, how many regularization losses it leaves, or the text of its error up to where it names lines of the program.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import tensorflow as tf

from fixture import write

v1 = tf.compat.v1
v1.disable_v2_behavior()
v1.logging.set_verbosity(v1.logging.ERROR)
scope, get, layers = v1.variable_scope, v1.get_variable, v1.layers
programs = {}
program = lambda f: programs.setdefault(f.__name__, f)
x = lambda: v1.placeholder(tf.float32, [None, 4], name="x")
image = lambda: v1.placeholder(tf.float32, [2, 8, 8, 3], name="x")


@program
def nested_scopes():
    with scope("a"):
        get("w", [2])
        with scope("b"):
            get("w", [3], trainable=False)
        with v1.name_scope("n"):
            get("v", [1])


@program
def reuse_shares():
    with scope("a"):
        one = get("w", [2])
    with scope("a", reuse=True):
        two = get("w", [2])
        with scope("inner", default_name=None, reuse=None):
            pass
    assert one is two


@program
def auto_reuse_makes_and_shares():
    for _ in range(2):
        with scope("a", reuse=v1.AUTO_REUSE):
            get("w", [2])
            with scope("b"):
                get("w", [2])


@program
def layers_in_scopes():
    with scope("tower"):
        y = layers.dense(x(), 3)
        z = layers.dense(y, 2)
        w = layers.dense(z, 2, name="out")
    return [y, z, w]


@program
def layers_share_when_reused():
    given = x()
    outputs = []
    for reuse in (None, True):
        with scope("tower", reuse=reuse):
            y = layers.dense(given, 3, activation=tf.nn.relu)
            outputs += [y, layers.dense(y, 2, name="out")]
    return outputs


@program
def layers_share_by_auto_reuse():
    given = image()
    outputs = []
    for _ in range(2):
        with scope("tower", reuse=v1.AUTO_REUSE):
            y = layers.conv2d(given, 2, 3)
            outputs.append(layers.batch_normalization(y, training=True))
    return outputs


@program
def a_layer_reuses_by_its_name():
    given = x()
    a = layers.dense(given, 3, name="fc")
    b = layers.dense(given, 3, name="fc", reuse=True)
    return [a, b]


@program
def scopes_by_default_names():
    outputs = []
    for _ in range(2):
        with scope(None, default_name="block"):
            get("w", [2])
            outputs.append(layers.dense(x(), 2))
    return outputs


@program
def scope_objects():
    with scope("a") as first:
        get("w", [2])
    with scope("b"):
        with scope(first, reuse=True):
            get("w", [2])
        with scope(first):
            get("v", [2])
        get("w", [2])


@program
def default_names_begin_anew():
    given = x()
    outputs = []
    with scope("b") as other:
        pass
    for _ in range(2):
        with scope("a", reuse=v1.AUTO_REUSE):
            with scope(other, reuse=v1.AUTO_REUSE):
                outputs.append(layers.dense(given, 2))
            outputs.append(layers.dense(given, 2))
    return outputs


@program
def the_same_scope_twice():
    with scope("a"):
        y = layers.dense(x(), 2)
    with scope("a"):
        get("w", [2])
        z = tf.identity(y, name="z")
    return [y, z]


@program
def regularizers_of_scopes():
    with scope("a", regularizer=lambda w: tf.reduce_sum(w * w)):
        get("w", [2])
        layers.dense(x(), 2)
        get("v", [2], regularizer=lambda w: tf.reduce_sum(tf.abs(w)))
    with scope("a", reuse=True):
        get("w", [2])


@program
def regularizers_once_when_shared():
    given = x()
    for _ in range(2):
        with scope("a", reuse=v1.AUTO_REUSE):
            layers.dense(given, 2, kernel_regularizer=lambda w: tf.reduce_sum(w * w))


@program
def initializers_of_scopes():
    with scope("a", initializer=v1.constant_initializer(0.5)):
        a = get("w", [2])
        b = layers.dense(x(), 2)
    c = get("i", initializer=tf.constant([1, 2]))
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        return {"values": {v.op.name: session.run(v).ravel().tolist() for v in v1.global_variables()}}


@program
def scopes_name():
    with scope("a"), scope("b") as b:
        return {"names": [v1.get_variable_scope().name, b.name, b.original_name_scope]}


@program
def the_root_scope():
    return {"names": [v1.get_variable_scope().name, str(v1.get_variable_scope().reuse)]}


@program
def error_exists():
    with scope("a"):
        get("w", [2])
        get("w", [2])


@program
def error_absent():
    with scope("a", reuse=True):
        get("w", [2])


@program
def error_shape():
    with scope("a", reuse=v1.AUTO_REUSE):
        get("w", [2])
        get("w", [3])


@program
def error_dtype():
    with scope("a", reuse=v1.AUTO_REUSE):
        get("w", [2])
        get("w", [2], dtype=tf.int32)


@program
def error_constant_and_shape():
    get("w", [2], initializer=tf.constant([1.0, 2.0]))


@program
def error_unknown_shape():
    get("w", [2, None])


@program
def error_no_name():
    with scope(None):
        pass


@program
def error_reused_default_name():
    with scope(None, default_name="a", reuse=True):
        pass


@program
def error_layer_exists():
    with scope("a"):
        given = x()
        layers.dense(given, 2, name="fc")
        layers.dense(given, 2, name="fc")


@program
def error_layer_absent():
    with scope("a"):
        layers.dense(x(), 2, name="fc", reuse=True)


@program
def error_layer_width():
    given = x()
    with scope("a"):
        layers.dense(given, 2, name="fc")
        layers.dense(given, 3, name="fc", reuse=True)


@program
def recurrent_in_scopes():
    with scope("model"):
        cell = v1.nn.rnn_cell.BasicLSTMCell(2)
        v1.nn.dynamic_rnn(cell, v1.placeholder(tf.float32, [2, 3, 4]), dtype=tf.float32)


def text(error):
    return str(error).split(" Originally defined at")[0]


recorded = {}
for name, run in programs.items():
    with tf.Graph().as_default(), scope("", use_resource=True):
        entry = {}
        try:
            made = run()
            if isinstance(made, dict):
                entry.update(made)
            elif made is not None:
                entry["outputs"] = [t.name for t in made]
        except (ValueError, TypeError) as error:
            entry["error"] = text(error)
        entry["variables"] = [v.op.name for v in v1.global_variables()]
        entry["trainable"] = [v.op.name for v in v1.trainable_variables()]
        entry["losses"] = len(v1.get_collection(v1.GraphKeys.REGULARIZATION_LOSSES))
        recorded[name] = entry
write("variable-scopes", __file__, recorded)
