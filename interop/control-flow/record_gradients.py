"""Records values and gradients of graphs with control flow, as fixtures for the tests of tf.cond, tf.whileLoop and their gradients.

    python interop/control-flow/record_gradients.py      (TensorFlow 2.15)

Each case is one graph over x [3], w [3], a predicate p, a number n and variables v [3] and table [4, 3], built by TensorFlow with control flow v2 (those
named v1_: v1) and run for several feeds: y, the gradients of y's sum with respect to x, w, v and table, and for some cases those of the gradients' sum.
The graphs as they were before gradients were asked for are kept, too.
"""
import base64
import gzip
import json
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="")
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()
v1 = tf.compat.v1
OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packages/tureen/src/graph/fixtures/control-gradients.json.gz")
X, W = [0.5, -1.25, 2.0], [1.5, 0.75, -0.5]
V, TABLE = [0.3, -0.6, 0.9], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [1.0, 1.1, 1.2]]
BOTH = [{"p": True, "n": 2}, {"p": False, "n": 1}]
NUMBERS = [{"p": True, "n": 0}, {"p": True, "n": 1}, {"p": False, "n": 4}]
cases = []


def case(feeds, second=False):
    def add(build):
        cases.append((build.__name__, build, feeds, second))
        return build
    return add


class Inputs:
    pass


def less(a):
    return lambda i, *_: i < a


def loop(n, step, *first, **options):
    """Repeats step(i, *values) n times and gives the values."""
    def body(i, *values):
        out = step(i, *values)
        return (i + 1, *out) if isinstance(out, tuple) else (i + 1, out)
    out = tf.while_loop(lambda i, *_: i < n, body, (tf.constant(0), *first), **options)[1:]
    return out[0] if len(out) == 1 else out


@case(BOTH)
def cond_simple(a):
    return tf.cond(a.p, lambda: a.x * 2.0, lambda: a.w * a.x)


@case(BOTH, second=True)
def cond_exp(a):
    return tf.cond(a.p, lambda: tf.exp(a.x) * a.w, lambda: a.x * a.x * a.x)


@case(BOTH)
def cond_one_sided(a):
    return tf.cond(a.p, lambda: a.x * a.w, lambda: tf.constant([1.0, 2.0, 3.0]))


@case(BOTH)
def cond_identity(a):
    return tf.cond(a.p, lambda: a.x, lambda: a.w)


@case(BOTH + NUMBERS, second=True)
def cond_nested(a):
    return tf.cond(a.p, lambda: tf.cond(a.n > 1, lambda: tf.sin(a.x), lambda: tf.cos(a.x) * a.w), lambda: tf.square(a.w))


@case(BOTH)
def cond_several(a):
    y, z = tf.cond(a.p, lambda: (a.x * a.w, a.x + a.w), lambda: (a.w, a.x))
    return y * z


@case(BOTH)
def cond_unused_output(a):
    return tf.cond(a.p, lambda: (a.x * a.w, tf.exp(a.x)), lambda: (a.w, a.x))[0]


@case(BOTH)
def cond_record(a):
    out = tf.cond(a.p, lambda: {"a": tf.sin(a.x), "b": [a.w, a.x]}, lambda: {"a": a.w, "b": [a.x * a.w, a.w]})
    return out["a"] * out["b"][0] + out["b"][1]


@case(BOTH)
def cond_variable(a):
    return tf.cond(a.p, lambda: a.v * a.x, lambda: a.x)


@case(BOTH)
def cond_variable_both(a):
    return tf.cond(a.p, lambda: a.v * a.x, lambda: tf.exp(a.v))


@case(BOTH)
def cond_integers(a):
    return tf.cond(a.p, lambda: tf.cast(tf.cast(a.x, tf.int32), tf.float32), lambda: a.x * a.w)


@case(BOTH)
def cond_integer_outputs(a):
    y, k = tf.cond(a.p, lambda: (a.x * a.w, a.n), lambda: (a.w, a.n + 1))
    return y * tf.cast(k, tf.float32)


@case(BOTH)
def cond_stop_gradient(a):
    return tf.cond(a.p, lambda: tf.stop_gradient(a.x) * a.w, lambda: a.x * tf.stop_gradient(a.w))


@case(BOTH)
def cond_matmul(a):
    return tf.cond(a.p, lambda: tf.matmul(tf.reshape(a.x, [3, 1]), tf.reshape(a.w, [1, 3])), lambda: tf.matmul(tf.reshape(a.w, [3, 1]), tf.reshape(a.w, [1, 3])))


@case(BOTH)
def cond_of_intermediate(a):
    y = a.x * a.x
    return tf.cond(a.p, lambda: y * a.w, lambda: y + a.w) * y


@case(BOTH)
def cond_pred_of_x(a):
    return tf.cond(tf.reduce_sum(a.x) > 0.0, lambda: a.x * a.x, lambda: -a.x)


@case(BOTH)
def cond_gather(a):
    return tf.cond(a.p, lambda: tf.reduce_sum(tf.gather(a.x, [0, 2, 2])), lambda: tf.reduce_sum(a.x * a.w))


@case(BOTH)
def cond_table_rows(a):
    return tf.cond(a.p, lambda: tf.reduce_sum(tf.gather(a.table, [0, 3, 3]) * a.x), lambda: tf.reduce_sum(a.x))


@case(BOTH)
def cond_variable_nested(a):
    return tf.cond(a.p, lambda: tf.cond(a.n > 1, lambda: a.v * a.v, lambda: a.x), lambda: a.v * a.x)


@case(BOTH)
def cond_softmax(a):
    return tf.cond(a.p, lambda: tf.nn.softmax(a.x) * a.w, lambda: tf.nn.log_softmax(a.x))


@case(BOTH)
def cond_shapes_differ(a):
    return tf.reduce_sum(tf.square(tf.cond(a.p, lambda: tf.concat([a.x, a.w], 0), lambda: a.x)))


@case([{"p": True, "n": i} for i in (0, 1, 2)], second=True)
def switch_case(a):
    return tf.switch_case(a.n, [lambda: a.x * a.x, lambda: a.x * tf.exp(a.w), lambda: a.w * a.w])


@case([{"p": True, "n": i} for i in (0, 1, 7, -1)])
def switch_case_default(a):
    return tf.switch_case(a.n, {0: lambda: a.x, 1: lambda: a.w * a.x}, default=lambda: tf.sin(a.x))


@case([{"p": True, "n": i} for i in (0, 1)])
def switch_case_variable(a):
    return tf.switch_case(a.n, [lambda: a.v * a.x, lambda: a.x])


@case([{"p": p, "n": i} for p in (True, False) for i in (0, 3)])
def case_chain(a):
    return tf.case([(a.p, lambda: a.x * a.w), (a.n > 1, lambda: tf.exp(a.x))], default=lambda: a.w * a.w)


@case([{"p": True, "n": 0}, {"p": False, "n": 3}])
def case_exclusive(a):
    return tf.case([(a.p, lambda: a.x * a.w), (a.n > 1, lambda: tf.exp(a.x))], exclusive=True)


@case(NUMBERS, second=True)
def while_power(a):
    return loop(a.n, lambda i, z: z * a.x, a.x)


@case(NUMBERS)
def while_captured(a):
    return loop(a.n, lambda i, z: z * a.w + a.x, a.x)


@case(NUMBERS)
def while_variable(a):
    return loop(a.n, lambda i, z: tf.tanh(z * a.v), a.x)


@case(BOTH)
def while_until(a):
    return tf.while_loop(lambda z: tf.reduce_sum(z) < 30.0, lambda z: z * 2.0 * tf.abs(a.w) + 1.0, [a.x])[0]


@case(NUMBERS)
def while_swap(a):
    y, z = loop(a.n, lambda i, y, z: (z, y * a.x), a.x, a.w)
    return y + 2.0 * z


@case(NUMBERS)
def while_overwritten(a):
    y, z = loop(a.n, lambda i, y, z: (y * z, tf.constant([2.0, 3.0, 4.0])), a.x, a.w)
    return y + z


@case(NUMBERS)
def while_counter_as_float(a):
    return loop(a.n, lambda i, z: z + tf.cast(i, tf.float32) * a.x, a.w)


@case(NUMBERS)
def while_maximum(a):
    return tf.while_loop(lambda z: tf.reduce_sum(tf.abs(z)) < 1e6, lambda z: z * a.w * 3.0, [a.x], maximum_iterations=3)[0]


@case([{"p": True, "n": 3}, {"p": False, "n": 4}])
def while_maximum_tensor(a):
    return tf.while_loop(lambda z: True, lambda z: z * a.w, [a.x], maximum_iterations=a.n)[0]


@case(NUMBERS, second=True)
def while_with_cond(a):
    return loop(a.n, lambda i, z: tf.cond(tf.equal(i % 2, 0), lambda: z * a.x, lambda: tf.sin(z)), a.x)


@case(NUMBERS, second=True)
def while_nested(a):
    return loop(a.n, lambda i, z: loop(i, lambda j, q: tf.sin(q) * a.w, z) + a.x, a.x)


@case(NUMBERS)
def while_nested_three(a):
    return loop(a.n, lambda i, z: loop(2, lambda j, q: loop(j, lambda k, r: r * a.x + tf.cast(k, tf.float32), q), z) * a.w, a.x)


@case(BOTH)
def while_in_cond(a):
    return tf.cond(a.p, lambda: loop(a.n, lambda i, z: z * a.x, a.w), lambda: a.w)


@case(NUMBERS)
def while_array_written(a):
    n = tf.maximum(a.n, 1)
    def body(i, z, array):
        return i + 1, z * a.x, array.write(i, z * a.w)
    array = tf.TensorArray(tf.float32, size=n, element_shape=[3])
    _, z, array = tf.while_loop(lambda i, *_: i < n, body, (tf.constant(0), a.x, array))
    return tf.reduce_sum(array.stack() * a.x) + tf.reduce_sum(z)


@case(NUMBERS)
def while_array_read(a):
    array = tf.TensorArray(tf.float32, size=3, element_shape=[]).unstack(a.x * a.w)
    return loop(3, lambda i, z: z * array.read(i) + a.x, a.w)


@case(NUMBERS)
def while_shapes_vary(a):
    out = tf.while_loop(lambda i, z: i < a.n, lambda i, z: (i + 1, tf.concat([z, a.x * a.w], 0)), (tf.constant(0), a.x), shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])))[1]
    return tf.reduce_sum(tf.square(out))


@case(NUMBERS)
def while_shapes_vary_squared(a):
    out = tf.while_loop(lambda i, z: i < a.n, lambda i, z: (i + 1, tf.concat([tf.square(z), a.x], 0)), (tf.constant(0), a.x), shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])))[1]
    return tf.reduce_sum(out)


@case(NUMBERS)
def while_stop_gradient(a):
    return loop(a.n, lambda i, z: tf.stop_gradient(z) * a.x + z, a.w)


@case(NUMBERS)
def while_recurrent(a):
    u = tf.reshape(tf.concat([a.x, a.w, a.x], 0), [3, 3])
    return loop(a.n, lambda i, h: tf.tanh(tf.matmul(h, u) + a.v), tf.reshape(a.w, [1, 3]))


@case(NUMBERS)
def while_slice(a):
    return loop(3, lambda i, z: z + a.x[i] * a.w, a.w)


@case(NUMBERS)
def while_table_rows(a):
    return loop(a.n, lambda i, z: z * tf.gather(a.table, i % 4), a.x)


@case(NUMBERS)
def while_passed_through(a):
    y, z = loop(a.n, lambda i, y, z: (y * z, z), a.x, a.w)
    return y * z


@case(NUMBERS)
def while_switch_case(a):
    return loop(a.n, lambda i, z: tf.switch_case(i % 3, [lambda: z * a.x, lambda: z + a.w, lambda: tf.square(z)]), a.x)


@case(NUMBERS)
def while_record(a):
    out = tf.while_loop(lambda s: s["i"] < a.n, lambda s: [{"i": s["i"] + 1, "z": [s["z"][1], s["z"][0] * a.x]}], [{"i": tf.constant(0), "z": [a.x, a.w]}])[0]
    return out["z"][0] + out["z"][1]


@case(NUMBERS)
def while_random(a):
    return loop(a.n, lambda i, z: z * tf.random.stateless_uniform([3], tf.stack([i, 7])) + a.w, a.x)


@case(NUMBERS)
def while_double(a):
    return tf.cast(loop(a.n, lambda i, z: z * z + tf.cast(a.w, tf.float64), tf.cast(a.x, tf.float64)), tf.float32)


@case(NUMBERS)
def while_no_path(a):
    y, z = loop(a.n, lambda i, y, z: (y + 1.0, z * a.x), tf.zeros([3]), a.w)
    return y + tf.stop_gradient(z)


@case(NUMBERS)
def while_dense_steps(a):
    return loop(a.n, lambda i, z: tf.nn.relu(z * a.w + tf.reduce_mean(z)) / (1.0 + tf.reduce_sum(tf.square(z))), a.x)


@case(BOTH, second=True)
def map_square(a):
    return tf.map_fn(lambda r: r * r * r, a.x)


@case(BOTH)
def map_captured(a):
    return tf.map_fn(lambda r: r * a.w, a.x)


@case(BOTH)
def map_two(a):
    return tf.map_fn(lambda r: r[0] * tf.sin(r[1]), (a.x, a.w), fn_output_signature=tf.float32)


@case(BOTH)
def map_cond(a):
    return tf.map_fn(lambda r: tf.cond(r > 0.0, lambda: r * r, lambda: -r), a.x)


@case(BOTH)
def map_nested(a):
    return tf.map_fn(lambda r: tf.map_fn(lambda q: q * r[0], r), tf.reshape(tf.concat([a.x, a.w], 0), [2, 3]))


@case(BOTH, second=True)
def scan_product(a):
    return tf.scan(lambda s, r: s * r, a.x)


@case(BOTH)
def scan_reverse(a):
    return tf.scan(lambda s, r: s * a.w + r, a.x, initializer=a.w, reverse=True)


@case(BOTH)
def scan_structure(a):
    y, z = tf.scan(lambda s, r: (s[0] + r[0] * r[1], s[1] * r[0]), (a.x, a.w), initializer=(tf.constant(0.5), tf.constant(2.0)))
    return y * z


@case(BOTH)
def foldl_divide(a):
    return tf.foldl(lambda s, r: s / (1.5 + r), a.x)


@case(BOTH)
def foldr_divide(a):
    return tf.foldr(lambda s, r: s / (1.5 + r), a.x, initializer=a.w)


@case(NUMBERS)
def scan_in_while(a):
    return loop(a.n, lambda i, z: tf.scan(lambda s, r: s + tf.sin(r), z), a.x)


@case(NUMBERS)
def cond_in_map_in_while(a):
    return loop(a.n, lambda i, z: tf.map_fn(lambda r: tf.cond(r > 0.5, lambda: r * a.x[0], lambda: r + 1.0), z), a.x)


@case(BOTH, second=True)
def call_function(a):
    return tf.function(lambda x, w: tf.sin(x) * w * x)(a.x, a.w)


@case(BOTH)
def call_nested(a):
    inner = tf.function(lambda x: tf.exp(x) * a.v)
    return tf.function(lambda x, w: inner(x) * w + inner(w))(a.x, a.w)


@case(NUMBERS)
def call_with_while(a):
    return tf.function(lambda x, w, n: loop(n, lambda i, z: tf.sin(z) * w, x))(a.x, a.w, a.n)


@case(NUMBERS)
def while_with_call(a):
    step = tf.function(lambda z, w: tf.sin(z) * w)
    return loop(a.n, lambda i, z: step(z, a.w), a.x)


@case(BOTH)
def v1_cond(a):
    return v1.cond(a.p, lambda: tf.exp(a.x) * a.w, lambda: a.x * 3.0)


@case(BOTH)
def v1_cond_one_sided(a):
    return v1.cond(a.p, lambda: a.x * a.w, lambda: tf.constant([1.0, 2.0, 3.0]))


@case(BOTH)
def v1_cond_nested(a):
    return v1.cond(a.p, lambda: v1.cond(a.n > 1, lambda: tf.sin(a.x), lambda: tf.cos(a.x) * a.w), lambda: tf.square(a.w))


@case(BOTH)
def v1_cond_several(a):
    y, z = v1.cond(a.p, lambda: (a.x * a.w, a.x + a.w), lambda: (a.w, a.x * 1.0))
    return y * z


@case(BOTH)
def v1_cond_variable(a):
    return v1.cond(a.p, lambda: a.v * a.x, lambda: a.x * 2.0)


def record(name, build, feeds, second):
    if name.startswith("v1_"):
        v1.disable_control_flow_v2()
    else:
        v1.enable_control_flow_v2()
    with tf.Graph().as_default() as graph, v1.Session() as session:
        a = Inputs()
        a.x = v1.placeholder(tf.float32, [3], "x")
        a.w = v1.placeholder(tf.float32, [3], "w")
        a.p = v1.placeholder(tf.bool, [], "p")
        a.n = v1.placeholder(tf.int32, [], "n")
        a.v = v1.get_variable("v", initializer=tf.constant(V), use_resource=True)
        a.table = v1.get_variable("table", initializer=tf.constant(TABLE), use_resource=True)
        y = tf.identity(build(a), name="y")
        init = v1.global_variables_initializer()
        definition = graph.as_graph_def(add_shapes=False).SerializeToString()
        xs = [a.x, a.w, a.v, a.table]
        found = [None if g is None else tf.convert_to_tensor(g) for g in tf.gradients(y, xs)]
        both = [g for g in found if g is not None]
        again = [None if g is None else tf.convert_to_tensor(g) for g in tf.gradients(both, xs)] if second and both else None
        session.run(init)
        runs = []
        for feed in feeds:
            values = {a.x: X, a.w: W, a.p: feed["p"], a.n: feed["n"]}
            get = lambda list: [None if t is None else session.run(t, values).astype(float).reshape(-1).tolist() for t in list]
            runs.append({**feed, "y": session.run(y, values).astype(float).reshape(-1).tolist(), "gradients": get(found), **({"second": get(again)} if again else {})})
        return {"name": name, "init": init.name, "graph": base64.b64encode(definition).decode(), "runs": runs}


if __name__ == "__main__":
    made = [record(*one) for one in cases]
    document = {"tensorflow": tf.__version__, "script": "interop/control-flow/record_gradients.py", "x": X, "w": W, "v": V, "table": TABLE, "cases": made}
    with open(os.path.abspath(OUT), "wb") as file:
        file.write(gzip.compress(json.dumps(document, separators=(",", ":")).encode(), 9, mtime=0))
    print(len(made), "cases,", sum(len(one["runs"]) for one in made), "runs,", os.path.getsize(OUT), "bytes")
