"""Records the lookup family: tables keep state, so these are sequences."""
from golden import Golden, run, tf, np

g = Golden("lookup", __file__)
raw = tf.raw_ops
v1 = tf.compat.v1
HASH = ["HashTableV2", "LookupTableFindV2", "LookupTableSizeV2", "LookupTableImportV2", "LookupTableExportV2"]
MUTABLE = ["MutableHashTableV2", "LookupTableInsertV2", "LookupTableRemoveV2", "LookupTableFindV2", "LookupTableExportV2"]


def sample(dtype, n, base=0):
    if dtype == tf.string:
        return np.array([b"k%d" % (i + base) if i % 7 else b"\xff\x00%d" % (i + base) for i in range(n)], dtype=object)
    if dtype == tf.bool:
        return np.arange(base, base + n) % 2 == 0
    return (np.arange(base, base + n) * (3 if dtype.is_integer else 1.5) - 4).astype(dtype.as_numpy_dtype)


def of(dtype, values):
    return np.array(values, dtype=object) if dtype == tf.string else np.array(values, dtype.as_numpy_dtype)


PAIRS = [(tf.string, v) for v in (tf.int64, tf.int32, tf.float32, tf.float64, tf.bool, tf.string)] + [
    (tf.int64, v) for v in (tf.int64, tf.int32, tf.float32, tf.float64, tf.string)] + [(tf.int32, v) for v in (tf.int32, tf.float32, tf.float64, tf.string)]


def static(key, val, init):
    def build():
        t = raw.HashTableV2(key_dtype=key, value_dtype=val, shared_name="t")
        k, v, q = v1.placeholder(key, None), v1.placeholder(val, None), v1.placeholder(key, None)
        d = v1.placeholder(val, None)
        i = getattr(raw, init)(table_handle=t, keys=k, values=v)
        find = raw.LookupTableFindV2(table_handle=t, keys=q, default_value=d)
        size = raw.LookupTableSizeV2(table_handle=t)
        ek, ev = raw.LookupTableExportV2(table_handle=t, Tkeys=key, Tvalues=val)
        keys, values = sample(key, 40), sample(val, 40)
        default = of(val, False if val == tf.bool else (b"none" if val == tf.string else -1))
        queries = np.concatenate([sample(key, 50, -3), keys[:3]])
        return [
            run([size], {}),
            run([find], {q: queries, d: default}),
            run([], {k: keys, v: values}, [i]),
            run([find, size], {q: queries, d: default}),
            run([find], {q: queries[:6].reshape(2, 3), d: default}),
            run([find], {q: queries[0], d: default}),
            run([find], {q: queries[:0], d: default}),
            run([find], {q: queries[:2], d: values[:2]}),
            run([find], {q: queries[:2], d: values[:3]}),
            run([], {k: keys, v: values}, [i]),
            run([], {k: keys[:3], v: values[:3]}, [i]),
        ]
    return build


for key, val in PAIRS:
    try:
        g.sequence("hash table %s to %s" % (key.name, val.name), static(key, val, "LookupTableImportV2"), HASH)
    except tf.errors.InvalidArgumentError:
        print("no", key, val)


def errors():
    t = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64)
    k, v = v1.placeholder(tf.string, None), v1.placeholder(tf.int64, None)
    init = raw.InitializeTableV2(table_handle=t, keys=k, values=v)
    imp = raw.LookupTableImportV2(table_handle=t, keys=k, values=v)
    ins = raw.LookupTableInsertV2(table_handle=t, keys=k, values=v)
    rem = raw.LookupTableRemoveV2(table_handle=t, keys=k)
    wrong = raw.LookupTableFindV2(table_handle=t, keys=v, default_value=v)
    wrong_value = raw.LookupTableFindV2(table_handle=t, keys=k, default_value=k)
    ek, ev = raw.LookupTableExportV2(table_handle=t, Tkeys=tf.string, Tvalues=tf.int64)
    wk, wv = raw.LookupTableExportV2(table_handle=t, Tkeys=tf.int64, Tvalues=tf.int64)
    a = np.array([b"a", b"b"], dtype=object)
    return [
        run([ek, ev]),
        run([], {k: a, v: np.array([1], np.int64)}, [init]),
        run([], {k: a, v: np.array([1], np.int64)}, [imp]),
        run([], {k: a[0], v: np.array(1, np.int64)}, [init]),
        run([], {k: a.reshape(1, 2), v: np.array([[1, 2]], np.int64)}, [init]),
        run([], {k: a, v: np.array([1, 2], np.int64)}, [ins]),
        run([], {k: a}, [rem]),
        run([wrong], {v: np.array([1], np.int64)}),
        run([wrong_value], {k: a}),
        run([wk, wv]),
        run([], {k: np.array([b"a", b"a"], dtype=object), v: np.array([1, 2], np.int64)}, [imp]),
        run([], {k: np.array([b"a", b"a"], dtype=object), v: np.array([1, 1], np.int64)}, [imp]),
        run([ek, ev]),
        run([], {k: a[:0], v: np.array([], np.int64)}, [imp]),
    ]


g.sequence("hash table errors", errors, HASH + ["InitializeTableV2"])


def init_errors():
    t = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64)
    k, v = v1.placeholder(tf.string, None), v1.placeholder(tf.int64, None)
    init = raw.InitializeTableV2(table_handle=t, keys=k, values=v)
    wrong = raw.InitializeTableV2(table_handle=t, keys=v, values=v)
    find = raw.LookupTableFindV2(table_handle=t, keys=k, default_value=np.int64(-1))
    a = np.array([b"a", b"b"], dtype=object)
    return [
        run([], {v: np.array([1], np.int64)}, [wrong]),
        run([], {k: np.array([b"a", b"a"], dtype=object), v: np.array([1, 2], np.int64)}, [init]),
        run([find], {k: a}),
        run([], {k: a, v: np.array([1, 2], np.int64)}, [init]),
        run([find], {k: a}),
        run([], {k: a, v: np.array([3, 4], np.int64)}, [init]),
        run([find], {k: a}),
        run([], {k: a[:1], v: np.array([3], np.int64)}, [init]),
        run([], {k: a[:0], v: np.array([], np.int64)}, [init]),
    ]


g.sequence("initialize", init_errors, ["InitializeTableV2"])


def int_key_conflict():
    t = raw.HashTableV2(key_dtype=tf.int64, value_dtype=tf.float32)
    k, v = v1.placeholder(tf.int64, None), v1.placeholder(tf.float32, None)
    init = raw.InitializeTableV2(table_handle=t, keys=k, values=v)
    return [run([], {k: np.array([7, 7], np.int64), v: np.array([1.5, 2], np.float32)}, [init])]


g.sequence("conflicting integer key", int_key_conflict, ["InitializeTableV2"])


def conflict_dtypes():
    a = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="same")
    b = raw.HashTableV2(key_dtype=tf.int64, value_dtype=tf.int64, shared_name="same")
    c = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="same")
    m = raw.MutableHashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="same")
    sa, sb, sc, sm = [raw.LookupTableSizeV2(table_handle=x) for x in (a, b, c, m)]
    init = raw.LookupTableImportV2(table_handle=a, keys=[b"x"], values=np.array([5], np.int64))
    return [run([sa]), run([sb]), run([], {}, [init]), run([sc]), run([sm])]


g.sequence("one shared name", conflict_dtypes, ["HashTableV2"])


def names():
    a = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, name="a")
    b = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, name="b")
    c = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, use_node_name_sharing=True, name="c")
    d = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="c", name="d")
    e = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="c", container="other", name="e")
    init_a = raw.LookupTableImportV2(table_handle=a, keys=[b"x"], values=np.array([5], np.int64))
    init_c = raw.LookupTableImportV2(table_handle=c, keys=[b"x", b"y"], values=np.array([5, 6], np.int64))
    return [run([], {}, [init_a, init_c]), run([raw.LookupTableSizeV2(table_handle=x) for x in (a, b, c, d, e)])]


g.sequence("names", names, ["HashTableV2"])


def mutable(key, val, shape):
    def build():
        if shape is None:
            t = raw.MutableHashTableV2(key_dtype=key, value_dtype=val)
        else:
            t = raw.MutableHashTableOfTensorsV2(key_dtype=key, value_dtype=val, value_shape=shape)
        k, v, d = v1.placeholder(key, None), v1.placeholder(val, None), v1.placeholder(val, None)
        ins = raw.LookupTableInsertV2(table_handle=t, keys=k, values=v)
        imp = raw.LookupTableImportV2(table_handle=t, keys=k, values=v)
        rem = raw.LookupTableRemoveV2(table_handle=t, keys=k)
        find = raw.LookupTableFindV2(table_handle=t, keys=k, default_value=d)
        size = raw.LookupTableSizeV2(table_handle=t)
        ek, ev = raw.LookupTableExportV2(table_handle=t, Tkeys=key, Tvalues=val)
        keys = sample(key, 30)
        width = [] if shape is None else shape
        n = int(np.prod(width))
        values = sample(val, 30 * n).reshape([30] + width)
        default = sample(val, n, 100).reshape(width)
        queries = sample(key, 40, -5)
        return [
            run([size]),
            run([find], {k: queries, d: default}),
            run([], {k: keys, v: values}, [ins]),
            run([find, size], {k: queries, d: default}),
            run([], {k: keys[:2], v: values[5:7]}, [ins]),
            run([find, size], {k: queries, d: default}),
            run([], {k: queries[:20]}, [rem]),
            run([find, size], {k: queries, d: default}),
            run([], {k: queries[10:30], v: values[:20]}, [ins]),
            run([find, size], {k: queries, d: default}),
            run([find], {k: queries[:4].reshape(2, 2), d: default}),
            run([find], {k: queries[:4], d: sample(val, 4 * n, 50).reshape([4] + width)}),
            run([find], {k: queries[:4], d: sample(val, 5 * n, 50).reshape([5] + width)}),
            run([], {k: keys[:3], v: values[:2]}, [ins]),
            run([], {k: keys[:1], v: values[:1]}, [imp]),
            run([ek, ev, size]),
            run([], {k: keys[:0], v: values[:0]}, [imp]),
            run([ek, ev, size]),
            run([], {k: keys[0], v: values[0]}, [ins]),
            run([ek, ev, size]),
        ]
    return build


for key, val in PAIRS:
    g_name = "mutable %s to %s" % (key.name, val.name)
    for shape in (None, [3]):
        try:
            g.sequence(g_name + ("" if shape is None else " vectors"), mutable(key, val, shape), MUTABLE)
        except Exception as e:
            print("no", g_name, shape, str(e)[:80])
        last = g.sequences[-1]["runs"][0]
        if "No OpKernel" in last.get("error", {}).get("message", ""):
            g.sequences.pop()


def dense(key, val, shape, empty, deleted):
    def build():
        t = raw.MutableDenseHashTableV2(empty_key=tf.constant(empty, key), deleted_key=tf.constant(deleted, key), value_dtype=val, value_shape=shape, initial_num_buckets=8)
        k, v, d = v1.placeholder(key, None), v1.placeholder(val, None), v1.placeholder(val, None)
        ins = raw.LookupTableInsertV2(table_handle=t, keys=k, values=v)
        imp = raw.LookupTableImportV2(table_handle=t, keys=k, values=v)
        rem = raw.LookupTableRemoveV2(table_handle=t, keys=k)
        find = raw.LookupTableFindV2(table_handle=t, keys=k, default_value=d)
        size = raw.LookupTableSizeV2(table_handle=t)
        ek, ev = raw.LookupTableExportV2(table_handle=t, Tkeys=key, Tvalues=val)
        keys = sample(key, 12)
        n = int(np.prod(shape))
        values = sample(val, 12 * n).reshape([12] + shape)
        default = sample(val, n, 100).reshape(shape)
        queries = sample(key, 15, -2)
        rows = np.array([empty] * 4, dtype=object) if key == tf.string else np.array([empty] * 4, key.as_numpy_dtype)
        rows[1] = keys[2]
        return [
            run([size]),
            run([ek, ev]),
            run([], {k: keys[:5], v: values[:5]}, [ins]),
            run([ek, ev, size]),
            run([find], {k: queries, d: default}),
            run([], {k: keys, v: values}, [ins]),
            run([ek, ev, size]),
            run([find], {k: queries, d: default}),
            run([], {k: keys[3:6]}, [rem]),
            run([ek, ev, size]),
            run([find], {k: queries, d: default}),
            run([], {k: keys[4:5], v: values[:1]}, [ins]),
            run([ek, ev, size]),
            run([], {k: rows[:1], v: values[:1]}, [ins]),
            run([find], {k: rows[:1], d: default}),
            run([], {k: rows[:1]}, [rem]),
            run([], {k: of(key, [deleted]), v: values[:1]}, [ins]),
            run([find], {k: of(key, [deleted]), d: default}),
            run([], {k: of(key, [deleted])}, [rem]),
            run([], {k: rows.reshape(4, 1), v: values[:4].reshape([4] + (shape or [1]))}, [imp]),
            run([ek, ev, size]),
            run([find], {k: queries, d: default}),
            run([find], {k: queries[0], d: default}),
            run([find], {k: queries[:4].reshape(2, 2), d: default}),
        ]
    return build


for key, val, shape in ((tf.int64, tf.int64, []), (tf.int64, tf.float32, [2]), (tf.string, tf.float32, []), (tf.string, tf.int64, []), (tf.string, tf.bool, []), (tf.int64, tf.bool, []), (tf.int32, tf.int32, []), (tf.int32, tf.float32, []), (tf.int64, tf.float64, [3])):
    empty, deleted = (b"<empty>", b"<deleted>") if key == tf.string else (-100, -200)
    g.sequence("dense %s to %s %s" % (key.name, val.name, shape), dense(key, val, shape, empty, deleted), ["MutableDenseHashTableV2"])
    if "error" in g.sequences[-1]["runs"][0]:
        print(g.sequences[-1]["runs"][0])


def dense_vector_keys():
    t = raw.MutableDenseHashTableV2(empty_key=np.array([0, 0], np.int64), deleted_key=np.array([-1, -1], np.int64), value_dtype=tf.int64, value_shape=[], initial_num_buckets=8)
    k, v = v1.placeholder(tf.int64, None), v1.placeholder(tf.int64, None)
    ins = raw.LookupTableInsertV2(table_handle=t, keys=k, values=v)
    find = raw.LookupTableFindV2(table_handle=t, keys=k, default_value=np.int64(-1))
    keys = np.array([[1, 2], [2, 1], [0, 5]], np.int64)
    return [run([], {k: keys, v: np.array([10, 20, 30], np.int64)}, [ins]), run([find], {k: np.array([[2, 1], [5, 0], [0, 5]], np.int64)}),
            run([find], {k: np.array([2, 1], np.int64)}), run([find], {k: np.array([[2, 1, 0]], np.int64)}), run([raw.LookupTableSizeV2(table_handle=t)])]


g.sequence("dense, keys of vectors", dense_vector_keys, ["MutableDenseHashTableV2"])


def dense_errors(**options):
    def build():
        t = raw.MutableDenseHashTableV2(**{"empty_key": np.int64(0), "deleted_key": np.int64(-1), "value_dtype": tf.int64, **options})
        return [run([raw.LookupTableSizeV2(table_handle=t)])]
    return build


g.sequence("dense, same empty and deleted key", dense_errors(deleted_key=np.int64(0)), ["MutableDenseHashTableV2"])
g.sequence("dense, five buckets", dense_errors(initial_num_buckets=5), ["MutableDenseHashTableV2"])
g.sequence("dense, full load", dense_errors(max_load_factor=1.0), ["MutableDenseHashTableV2"])
g.sequence("dense, key shapes differ", dense_errors(deleted_key=np.array([1], np.int64)), ["MutableDenseHashTableV2"])


def of_tensors_matrix():
    t = raw.MutableHashTableOfTensorsV2(key_dtype=tf.string, value_dtype=tf.float32, value_shape=[2, 2])
    return [run([raw.LookupTableSizeV2(table_handle=t)])]


g.sequence("values of matrices", of_tensors_matrix, ["MutableHashTableOfTensorsV2"])


def anonymous():
    t = raw.AnonymousHashTable(key_dtype=tf.string, value_dtype=tf.int64)
    i = raw.LookupTableImportV2(table_handle=t, keys=[b"x"], values=np.array([5], np.int64))
    with tf.control_dependencies([i]):
        find = raw.LookupTableFindV2(table_handle=t, keys=[b"x", b"z"], default_value=np.int64(-1))
    m = raw.AnonymousMutableHashTable(key_dtype=tf.string, value_dtype=tf.int64)
    j = raw.LookupTableInsertV2(table_handle=m, keys=[b"x"], values=np.array([5], np.int64))
    with tf.control_dependencies([j]):
        size = raw.LookupTableSizeV2(table_handle=m)
    return [run([find, size]), run([find, size])]


g.sequence("anonymous", anonymous, ["AnonymousHashTable", "AnonymousMutableHashTable"])


def version1():
    t = raw.HashTable(key_dtype=tf.string, value_dtype=tf.int64, shared_name="old")
    i = raw.InitializeTable(table_handle=t, keys=[b"x", b"y"], values=np.array([5, 6], np.int64))
    find = raw.LookupTableFind(table_handle=t, keys=[b"y", b"z"], default_value=np.int64(-1))
    size = raw.LookupTableSize(table_handle=t)
    return [run([find]), run([], {}, [i]), run([find, size])]


g.sequence("version 1", version1, ["HashTable", "InitializeTable", "LookupTableFind", "LookupTableSize"])
g.write()
