"""Exports models in the ways of TensorFlow 1, and records what TensorFlow answers with them.

    TF_CPP_MIN_LOG_LEVEL=3 python interop/saved-model/record_v1_exports.py [NAME...]

Runs with TensorFlow 1.15. Writes packages/tureen/src/saved-model/fixtures/exports/NAME.zip, see recorded_export.py.
"""

import os
import sys
import tempfile

from recorded_export import np, record, tf

if not tf.__version__.startswith("1.15."): raise SystemExit("TensorFlow 1.15 is needed, this is " + tf.__version__)
tf.logging.set_verbosity(tf.logging.ERROR)
random = np.random.RandomState(5)
VERSIONS = {"tensorflow": tf.__version__}
SCRIPT = "interop/saved-model/record_v1_exports.py"
saved = tf.saved_model


def floats(*shape): return random.normal(size=shape).astype(np.float32)


def info(t): return saved.utils.build_tensor_info(t)


def signature(inputs, outputs, method="tensorflow/serving/predict"):
    return saved.build_signature_def({k: info(t) for k, t in inputs.items()}, {k: info(t) for k, t in outputs.items()}, method)


def simple_save(folder):
    """Ref variables, one of them sliced at run time; dropout behind a placeholder with default; batch norm; argmax."""
    x = tf.placeholder(tf.float32, [None, 6, 6, 2], name="x")
    training = tf.placeholder_with_default(False, [], name="training")
    h = tf.layers.conv2d(x, 4, 3, activation=tf.nn.relu, bias_initializer=tf.random_normal_initializer(seed=1))
    h = tf.layers.batch_normalization(h, training=training)
    h = tf.layers.max_pooling2d(h, 2, 2)
    h = tf.layers.dropout(tf.layers.flatten(h), 0.5, training=training)
    logits = tf.layers.dense(h, 3, kernel_initializer=tf.random_normal_initializer(seed=2))
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        saved.simple_save(s, folder, {"x": x, "training": training}, {"logits": logits, "class": tf.argmax(logits, 1), "best": tf.nn.top_k(logits, 2).values})
    return [("serving", "serving_default", {"x": floats(2, 6, 6, 2), "training": False})]


def partitioned(folder):
    """Variables in parts, restored through slices; embedding lookups over them; resource variables beside them."""
    ids = tf.placeholder(tf.int64, [None, 3], name="ids")
    with tf.variable_scope("scope", partitioner=tf.fixed_size_partitioner(3)):
        table = tf.get_variable("table", [10, 4], initializer=tf.random_normal_initializer(seed=3))
        wide = tf.get_variable("wide", [7], initializer=tf.random_normal_initializer(seed=4))
    columns = tf.get_variable("columns", [4, 6], initializer=tf.random_normal_initializer(seed=8), partitioner=tf.variable_axis_size_partitioner(32, axis=1))
    with tf.variable_scope("res", use_resource=True, partitioner=tf.fixed_size_partitioner(2)):
        bias = tf.get_variable("bias", [4], initializer=tf.random_normal_initializer(seed=5))
    e = tf.nn.embedding_lookup(table, ids, partition_strategy="div")
    m = tf.nn.embedding_lookup(table, ids, partition_strategy="mod", max_norm=1.0)
    sparse = tf.nn.safe_embedding_lookup_sparse(list(table), tf.sparse.from_dense(ids), combiner="sqrtn", partition_strategy="div")
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        builder = saved.Builder(folder)
        builder.add_meta_graph_and_variables(s, ["serve"], {"serving_default": signature({"ids": ids}, {
            "e": e, "m": m, "sparse": sparse, "wide": tf.convert_to_tensor(wide), "out": tf.matmul(tf.reduce_sum(e, 1) + tf.convert_to_tensor(bias), tf.convert_to_tensor(columns))})},
            saver=tf.train.Saver(sharded=True))
        builder.save()
    return [("two rows", "serving_default", {"ids": [[0, 5, 9], [3, 3, 4]]})]


def tables(folder):
    """Tables from asset files (keys by line, columns of a file), with oov buckets, reverse; contrib's index tables; main op; two tag sets."""
    with tempfile.TemporaryDirectory() as scratch:
        words, pairs = os.path.join(scratch, "words.txt"), os.path.join(scratch, "pairs.csv")
        with open(words, "w") as f: f.write("soup\nstew\nbroth\nbisque\n")
        with open(pairs, "w") as f: f.write("soup,3,hot\nstew,7,warm\nbroth,-2,cold\n")
        text = tf.placeholder(tf.string, [None], name="text")
        number = tf.placeholder(tf.int64, [None], name="number")
        lookup = tf.lookup
        by_line = tf.contrib.lookup.index_table_from_file(words, num_oov_buckets=3)
        few = tf.contrib.lookup.index_table_from_file(words, vocab_size=2, default_value=-5)
        back = tf.contrib.lookup.index_to_string_table_from_file(words, default_value="?")
        prices = lookup.StaticHashTable(lookup.TextFileInitializer(pairs, tf.string, 0, tf.int64, 1, delimiter=","), -99)
        heat = lookup.StaticHashTable(lookup.TextFileInitializer(pairs, tf.string, 0, tf.string, 2, delimiter=","), "none")
        given = lookup.StaticHashTable(lookup.KeyValueTensorInitializer(np.array([1, 4], np.int64), ["one", "four"]), "other")
        counts = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, 0)
        outputs = {"line": by_line.lookup(text), "few": few.lookup(text), "back": back.lookup(number), "price": prices.lookup(text), "heat": heat.lookup(text),
                   "given": given.lookup(number), "size": by_line.size(), "seen": counts.lookup(text)}
        with tf.Session() as s:
            s.run([tf.global_variables_initializer(), tf.tables_initializer()])
            builder = saved.Builder(folder)
            builder.add_meta_graph_and_variables(s, ["serve"], {"serving_default": signature({"text": text, "number": number}, outputs)},
                                                 assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS), main_op=saved.main_op.main_op(), strip_default_attrs=True)
            tf.get_default_graph().clear_collection("saved_model_main_op")
            builder.add_meta_graph(["serve", "prices"], {"serving_default": signature({"text": text}, {"price": outputs["price"]})},
                                   assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS), legacy_init_op=tf.tables_initializer())
            builder.save()
    return [("known and unknown", "serving_default", {"text": ["stew", "bisque", "nothing", ""], "number": [0, 3, 4, -1]}), ("none", "serving_default", {"text": [], "number": []})]


def control_flow(folder):
    """v1 while loops (nested, with TensorArrays), cond and case; a dynamic RNN; sparse input and output; strings."""
    x = tf.placeholder(tf.float32, [None, None, 3], name="x")
    lengths = tf.placeholder(tf.int32, [None], name="lengths")
    n = tf.placeholder(tf.int32, [], name="n")
    sparse = tf.sparse_placeholder(tf.float32, [None, 4], name="sparse")
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(4, use_peepholes=True, forget_bias=0.5), tf.nn.rnn_cell.GRUCell(3)])
    out, state = tf.nn.dynamic_rnn(cell, x, sequence_length=lengths, dtype=tf.float32)
    (fw, bw), _ = tf.nn.bidirectional_dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(2), tf.nn.rnn_cell.BasicRNNCell(2), x, lengths, dtype=tf.float32)

    def outer(i, total):
        inner = tf.while_loop(lambda j, s: j < i, lambda j, s: (j + 1, s + tf.cast(j * i, tf.float32)), [0, 0.0])[1]
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: total + inner, lambda: total - inner)
    total = tf.while_loop(lambda i, _: i < n, outer, [0, 0.0], back_prop=False)[1]
    mapped = tf.map_fn(lambda v: tf.cond(tf.reduce_sum(v) > 0, lambda: v * 2, lambda: v[::-1]), x[:, 0])
    scanned = tf.scan(lambda a, v: a * 0.5 + v, tf.transpose(x, [1, 0, 2]))
    cases = tf.case([(n < 1, lambda: tf.constant("none")), (n < 4, lambda: tf.string_join(["some", tf.as_string(n)], " "))], default=lambda: tf.constant("many"))
    folded = tf.cond(n > 2, lambda: tf.zeros([2]), lambda: tf.ones([2]) * 3.0 + tf.constant([1.0, 2.0]))
    chosen = tf.cond(n > 2, lambda: 1, lambda: 2)
    weights = tf.get_variable("w", [4, 2], initializer=tf.random_normal_initializer(seed=6))
    product = tf.sparse.sparse_dense_matmul(sparse, weights)
    doubled = sparse * 2.0
    inputs = {"x": info(x), "lengths": info(lengths), "n": info(n)}
    outputs = {"out": out, "h": state[1], "c": state[0].c, "fw": fw, "bw": bw, "total": total, "mapped": mapped, "scanned": scanned, "case": cases, "folded": folded, "chosen": chosen}
    with tf.Session() as s:
        tf.set_random_seed(1)
        s.run(tf.global_variables_initializer())
        builder = saved.Builder(folder)
        builder.add_meta_graph_and_variables(s, ["serve"], {
            "serving_default": saved.build_signature_def(inputs, {k: info(t) for k, t in outputs.items()}, "tensorflow/serving/predict"),
            "parts": signature({"values": sparse.values, "indices": sparse.indices, "shape": sparse.dense_shape}, {"product": product, "doubled": doubled.values})})
        builder.save()
    return [("two rows", "serving_default", {"x": floats(2, 4, 3), "lengths": [4, 2], "n": 5}), ("no turns", "serving_default", {"x": floats(1, 1, 3), "lengths": [0], "n": 0}),
            ("sparse parts", "parts", {"values": [1.0, -2.0], "indices": [[0, 1], [1, 3]], "shape": [2, 4]})]


def frozen(folder):
    """Variables frozen into constants before the export, so that there is no variables folder; a graph optimised for inference."""
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    h = tf.layers.dense(x, 7, tf.nn.selu)
    y = tf.identity(tf.layers.batch_normalization(tf.layers.dense(h, 2)), name="y")
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        graph = tf.graph_util.convert_variables_to_constants(s, tf.get_default_graph().as_graph_def(), ["y"])
    with tf.Graph().as_default() as g, tf.Session() as s:
        tf.import_graph_def(graph, name="imported")
        saved.simple_save(s, folder, {"x": g.get_tensor_by_name("imported/x:0")}, {"y": g.get_tensor_by_name("imported/y:0")})
    return [("three rows", "serving_default", {"x": floats(3, 5)}), ("no rows", "serving_default", {"x": floats(0, 5)})]


def keras(folder):
    """tf.keras of 1.15 with its experimental exporter."""
    k = tf.keras
    a, b = k.Input((6,), name="numbers"), k.Input((4,), name="steps", dtype="int32")
    e = k.layers.LSTM(3)(k.layers.Embedding(9, 4, mask_zero=True)(b))
    h = k.layers.Concatenate()([k.layers.Dense(5, activation="tanh")(a), e, k.layers.Bidirectional(k.layers.GRU(2))(k.layers.Reshape((3, 2))(a))])
    model = k.Model([a, b], [k.layers.Dense(1, name="one")(k.layers.BatchNormalization()(h)), k.layers.Softmax(name="two")(k.layers.Dense(3)(k.layers.Dropout(0.4)(h)))])
    k.experimental.export_saved_model(model, folder, serving_only=True)
    k.backend.clear_session()
    return [("two rows", "serving_default", {"numbers": floats(2, 6), "steps": [[1, 2, 0, 0], [8, 7, 6, 5]]})]


def loop_gradients(folder):
    """Gradients through v1 while loops, whose values wait on stacks: of numbers, TensorArrays, branches, loops in loops, scan, map_fn and a dynamic RNN."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    n = tf.placeholder(tf.int32, [], name="n")

    def reading(array):
        def body(i, a):
            v = array.read(i)
            v.set_shape([4])
            return i + 1, tf.tanh(a + v)
        return body

    def loop(body, *start): return tf.while_loop(lambda i, *_: i < n, body, [0, *start])[1]

    rows = tf.TensorArray(tf.float32, n, clear_after_read=False, infer_shape=False).unstack(x[:n])
    inner = lambda a: tf.while_loop(lambda j, q: j < 3, lambda j, q: (j + 1, tf.tanh(q) * q), [0, a])[1]
    branch = lambda a: tf.cond(tf.reduce_sum(a) > 0, lambda: a * a, lambda: tf.sin(a))
    out, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(3, kernel_initializer=tf.random_normal_initializer(seed=1)), x[None], dtype=tf.float32)
    values = {
        "numbers": loop(lambda i, a: (i + 1, tf.tanh(a) * 1.5), x),
        "array": loop(reading(rows), tf.zeros([4])),
        "branch": loop(lambda i, a: (i + 1, branch(a)), x),
        "nested": loop(lambda i, a: (i + 1, inner(a)), x),
        "nested_branch": loop(lambda i, a: (i + 1, tf.cond(i > 0, lambda: inner(a), lambda: a * 2.0)), x),
        "scan": tf.scan(lambda p, q: p * 0.5 + tf.sin(q), x),
        "map": tf.map_fn(lambda row: row * tf.reduce_max(row), x),
        "rnn": out,
    }
    outputs = {name: tf.gradients(tf.reduce_sum(value), x)[0] for name, value in values.items()}
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        saved.simple_save(s, folder, {"x": x, "n": n}, outputs)
    # A source of its own, so that what the other models were fed stays as it is.
    own = np.random.RandomState(8)
    rows = lambda count: own.normal(size=(count, 4)).astype(np.float32)
    return [("five rows", "serving_default", {"x": rows(5), "n": 5}), ("three turns", "serving_default", {"x": rows(4), "n": 3}), ("no turns", "serving_default", {"x": rows(1), "n": 0})]


MODELS = [simple_save, partitioned, tables, control_flow, frozen, keras, loop_gradients]

if __name__ == "__main__":
    for make in MODELS:
        if sys.argv[1:] and make.__name__ not in sys.argv[1:]: continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = os.path.join(scratch, "model")
            if make is keras: cases = make(folder)
            else:
                with tf.Graph().as_default():
                    tf.set_random_seed(2)
                    cases = make(folder)
            record("v1_" + make.__name__, folder, cases, SCRIPT, VERSIONS)
            if make is tables: record("v1_tables_legacy_init", folder, [("known and unknown", "serving_default", {"text": ["stew", "?"]})], SCRIPT, VERSIONS, tags=("serve", "prices"))
