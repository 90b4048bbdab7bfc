"""Goldens of ParseSingleSequenceExample."""
from golden import Golden, np, tf

g = Golden("single-sequence", __file__)
F, I, B = "float_list", "int64_list", "bytes_list"
f32, i64 = np.float32, np.int64


def feature(kind, values):
    f = tf.train.Feature()
    if kind is not None:
        getattr(f, kind).value.extend(values)
    return f


def sequence(context=(), lists=()):
    e = tf.train.SequenceExample()
    for k, (kind, values) in dict(context).items():
        e.context.feature[k].CopyFrom(feature(kind, values))
    for k, rows in dict(lists).items():
        e.feature_lists.feature_list[k].SetInParent()
        e.feature_lists.feature_list[k].feature.extend([feature(*row) for row in rows])
    return e.SerializeToString(deterministic=True)


def single(name, serialized, csparse=(), cdense=(), lsparse=(), ldense=(), missing=(), debug=b""):
    string = lambda x: np.array(x, object)
    defaults = [np.array(d, {"float32": np.float32, "int64": np.int64, "string": object}[t]) for _, t, _, d in cdense]
    g.case("ParseSingleSequenceExample",
           [string(serialized), np.array(list(missing), object), [string(k) for k, _ in csparse], [string(k) for k, *_ in cdense], [string(k) for k, _ in lsparse], [string(k) for k, *_ in ldense], defaults, string(debug)],
           {"context_sparse_types": [t for _, t in csparse], "context_dense_shapes": [s for _, _, s, _ in cdense], "feature_list_sparse_types": [t for _, t in lsparse],
            "feature_list_dense_types": [t for _, t, _ in ldense], "feature_list_dense_shapes": [s for _, _, s in ldense]}, name=name)


S = sequence({"c": (F, [1, 2]), "i": (I, [5]), "t": (B, [b"x", b"yy"])}, {"l": [(F, [1, 2]), (F, [3, 4])], "v": [(I, [1]), (I, []), (I, [2, 3])], "w": [(B, [b"a"]), (B, [b"b", b"c"])], "n": []})
for debug in (b"", b"here"):
    single("nothing %s" % debug, S, debug=debug)
    single("all %s" % debug, S, [("t", "string"), ("i", "int64"), ("z", "float32")], [("c", "float32", [2], [0, 0]), ("q", "int64", [1], [7])], [("v", "int64"), ("w", "string"), ("u", "float32")], [("l", "float32", [2])], debug=debug)
    single("context of another dtype %s" % debug, S, [("t", "int64")], debug=debug)
    single("dense context of another dtype %s" % debug, S, [], [("c", "int64", [2], [0, 0])], debug=debug)
    single("dense context of another size %s" % debug, S, [], [("c", "float32", [3], [0, 0, 0])], debug=debug)
    single("dense context missing %s" % debug, S, [], [("q", "float32", [3], [])], debug=debug)
    single("list of another dtype %s" % debug, S, lsparse=[("w", "int64")], debug=debug)
    single("dense list of another dtype %s" % debug, S, ldense=[("l", "int64", [2])], debug=debug)
    single("dense list of another size %s" % debug, S, ldense=[("l", "float32", [3])], debug=debug)
    single("dense list missing %s" % debug, S, ldense=[("z", "float32", [3])], debug=debug)
    single("dense list missing and empty %s" % debug, S, ldense=[("z", "float32", [3]), ("z2", "int64", [])], missing=[b"z", b"z2"], debug=debug)
    single("junk %s" % debug, b"hello", [("t", "string")], debug=debug)
    single("empty %s" % debug, b"", [("t", "string")], [("q", "int64", [1], [7])], [("v", "int64")], [("l", "float32", [2])], [b"l"], debug=debug)
single("empty list", S, ldense=[("n", "float32", [2])], lsparse=[("n", "string")])
single("scalars", sequence((), {"r": [(I, [1]), (I, [2])], "s": [(B, [b"q"])]}), ldense=[("r", "int64", []), ("s", "string", [])])
single("a vector", np.array([S], object))
single("default of another shape", S, [], [("q", "float32", [3], [1, 2])])
g.write()
