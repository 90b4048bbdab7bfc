"""Exports models whose functions have other implementations for other devices, and records which of them TensorFlow runs.

    tf215/bin/python interop/saved-model/record_implementations.py

Runs with TensorFlow 2.15. Writes implementations.zip and implementations_unlike.zip in packages/tureen/src/saved-model/fixtures/exports, see recorded_export.py.
"""
import os
import tempfile

from recorded_export import np, record, tf

if not tf.__version__.startswith("2.15."): raise SystemExit("TensorFlow 2.15 is needed, this is " + tf.__version__)
floats = tf.TensorSpec([None], tf.float32, name="x")


def implementation(interface, device, number):
    """A function that adds a number of its own, and says by its attributes what it implements and for which device."""
    attributes = {"api_implements": interface}
    if device is not None: attributes["api_preferred_device"] = device
    return tf.function(lambda x: x + number, input_signature=[floats], experimental_attributes=attributes, autograph=False)


def calling(default, *others):
    """A function that calls the default implementation and brings the others into the graph. TensorFlow leaves graphs of fewer than four nodes as they are."""
    def call(x):
        y = default(x * 1.5 - 0.25) * 2.0
        for other in others: other.get_concrete_function().add_to_graph()
        return y

    return call


def signatures():
    cases = {
        "no_device": calling(implementation("a", None, 1), implementation("a", "CPU", 2)),
        "gpu": calling(implementation("b", "GPU", 1), implementation("b", "CPU", 2)),
        "cpu": calling(implementation("c", "CPU", 1), implementation("c", "GPU", 2)),
        "two_of_cpu": calling(implementation("d", "CPU", 1), implementation("d", "CPU", 2)),
        "none_for_cpu": calling(implementation("e", "GPU", 1), implementation("e", None, 2)),
        "alone": calling(implementation("f", "GPU", 1)),
        "other_interface": calling(implementation("g", "GPU", 1), implementation("h", "CPU", 2)),
    }
    inner = calling(implementation("i", "GPU", 1), implementation("i", "CPU", 2))
    cases["in_loop"] = lambda x: tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, inner(x)), [0, x])[1]
    branch = calling(implementation("j", None, 1), implementation("j", "CPU", 2))
    cases["in_branch"] = lambda x: tf.cond(tf.reduce_sum(x) > 0, lambda: branch(x), lambda: -branch(x))
    nested = tf.function(calling(implementation("k", None, 1), implementation("k", "CPU", 2)), input_signature=[floats], autograph=False)
    cases["nested"] = lambda x: nested(nested(x))
    return cases


def unlike():
    """With an interface whose implementations take other types: calls of those stay as they are."""
    doubles = tf.TensorSpec([None], tf.float64, name="x")
    other = tf.function(lambda x: x + 2, input_signature=[doubles], experimental_attributes={"api_implements": "a", "api_preferred_device": "CPU"}, autograph=False)
    return {
        "unlike": calling(implementation("a", "GPU", 1), other),
        "like": calling(implementation("b", "GPU", 1), implementation("b", "CPU", 2)),
    }


def export(name, calls):
    with tempfile.TemporaryDirectory() as folder:
        made = {}
        for key, call in calls.items():
            made[key] = tf.function(lambda x, call=call: {"y": call(x)}, autograph=False).get_concrete_function(floats)
        tf.saved_model.save(tf.Module(), os.path.join(folder, "1"), signatures=made)
        x = np.array([0.5, -2.0, 4.0], np.float32)
        cases = [(word, key, {"x": sign * x}) for key in made for word, sign in (("positive", 1), ("negative", -1))]
        record(name, os.path.join(folder, "1"), cases, "interop/saved-model/record_implementations.py", {"tensorflow": tf.__version__})


export("implementations", signatures())
export("implementations_unlike", unlike())
