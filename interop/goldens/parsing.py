"""Records the parsing family."""
from golden import Golden, tf, np

g = Golden("parsing", __file__)
E = tf.train.Example
F, I, B = "float", "int64", "bytes"


def feature(kind, values):
    f = tf.train.Feature()
    if kind == F:
        f.float_list.value.extend(values)
        if not values:
            f.float_list.SetInParent()
    elif kind == I:
        f.int64_list.value.extend(values)
        if not values:
            f.int64_list.SetInParent()
    elif kind == B:
        f.bytes_list.value.extend(values)
        if not values:
            f.bytes_list.SetInParent()
    return f


def example(**features):
    e = E()
    for k, (kind, values) in sorted(features.items()):
        e.features.feature[k].CopyFrom(feature(kind, values))
    return e.SerializeToString(deterministic=True)


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(tag, body):
    return bytes([tag]) + varint(len(body)) + body


def entry(key, feature_bytes):
    return field(0x0a, field(0x0a, key) + field(0x12, feature_bytes))


def raw(*entries):
    return field(0x0a, b"".join(entries))


def strings(values):
    return np.array(values, dtype=object)


NONE = {"float": np.zeros([0], np.float32), "int64": np.zeros([0], np.int64), "string": strings([])}
TYPES = {"float": tf.float32, "int64": tf.int64, "string": tf.string}


def v1(name, serialized, dense=(), sparse=(), names=()):
    """dense: (key, type, shape, default or None)."""
    serialized = strings(serialized)
    g.case("ParseExample", [
        serialized, strings(list(names)), [strings(k) for k, _ in sparse], [strings(k) for k, _, _, _ in dense],
        [NONE[t] if d is None else (strings(d) if t == "string" else np.array(d, TYPES[t].as_numpy_dtype)) for _, t, _, d in dense],
    ], {"sparse_types": [TYPES[t] for _, t in sparse], "Tdense": [TYPES[t] for _, t, _, _ in dense], "dense_shapes": [s for _, _, s, _ in dense]}, name=name)


def v2(name, serialized, dense=(), sparse=(), ragged=(), names=()):
    serialized = strings(serialized)
    g.case("ParseExampleV2", [
        serialized, strings(list(names)), strings([k for k, _ in sparse]), strings([k for k, _, _, _ in dense]), strings([k for k, _, _ in ragged]),
        [NONE[t] if d is None else (strings(d) if t == "string" else np.array(d, TYPES[t].as_numpy_dtype)) for _, t, _, d in dense],
    ], {"num_sparse": len(sparse), "sparse_types": [TYPES[t] for _, t in sparse], "Tdense": [TYPES[t] for _, t, _, _ in dense],
        "dense_shapes": [s for _, _, s, _ in dense], "ragged_value_types": [TYPES[t] for _, t, _ in ragged], "ragged_split_types": [s for _, _, s in ragged]}, name=name)


def single(name, serialized, dense=(), sparse=()):
    g.case("ParseSingleExample", [
        strings(serialized),
        [NONE[t] if d is None else (strings(d) if t == "string" else np.array(d, TYPES[t].as_numpy_dtype)) for _, t, _, d in dense],
    ], {"num_sparse": len(sparse), "sparse_keys": [k for k, _ in sparse], "dense_keys": [k for k, _, _, _ in dense], "sparse_types": [TYPES[t] for _, t in sparse],
        "Tdense": [TYPES[t] for _, t, _, _ in dense], "dense_shapes": [s for _, _, s, _ in dense]}, name=name)
    v2(name + ", scalar", serialized, dense, sparse)


mixed = [
    example(a=(F, [1.5, -2]), b=(I, [7]), c=(B, [b"x", b"yy", b""]), other=(F, [9])),
    example(a=(F, [3, 4]), b=(I, [-1, 2 ** 62, -2 ** 63]), c=(B, [])),
    example(a=(F, [np.nan, np.inf]), b=(I, [])),
    example(a=(F, [0, 1e-30])),
]
spec = dict(dense=[("a", "float", [2], None)], sparse=[("b", "int64"), ("c", "string")])
v1("dense and sparse", mixed, **spec)
v2("dense and sparse", mixed, **spec)
v2("ragged", mixed, ragged=[("a", "float", tf.int32), ("b", "int64", tf.int64), ("c", "string", tf.int32)])
v1("empty batch", [], **spec)
v2("empty batch", [], dense=[("v", "float", [-1], [0.0])], ragged=[("r", "int64", tf.int64)], **{"sparse": spec["sparse"]})
v1("nothing wanted", mixed)
v2("nothing wanted", mixed)
v1("defaults", [example(), example(f=(F, [1])), example(s=(B, [b"q", b"r"]), i=(I, [5]))],
   dense=[("f", "float", [], 2.5), ("i", "int64", [1], [-2]), ("s", "string", [2], [b"", b"d"])])
v2("defaults of a matrix", [example(), example(m=(F, [1, 2, 3, 4]))], dense=[("m", "float", [2, 2], [[9, 8], [7, 6]])])
v2("var-len dense", [example(v=(F, [1, 2, 3])), example(), example(v=(F, [4])), example(v=(F, []))], dense=[("v", "float", [-1], [-1.0])])
v2("var-len dense rows", [example(v=(I, [1, 2, 3, 4])), example(v=(I, [5, 6]))], dense=[("v", "int64", [-1, 2], [0])])
v2("var-len dense strings", [example(v=(B, [b"a", b"b"])), example(v=(B, [b"c"])), example()], dense=[("v", "string", [-1], [b"pad"])])
v1("var-len dense", [example(v=(F, [1, 2, 3])), example(), example(v=(F, [4]))], dense=[("v", "float", [-1], [0.5])])
v2("names", mixed, names=[b"n1", b"n2", b"n3", b"n4"], **spec)
long_list = [example(p=(F, list(np.arange(100) / 7)), i=(I, list(range(-50, 150, 3)))), example(p=(F, list(np.arange(100) / 3)), i=(I, [2 ** 35, -2 ** 35, 2 ** 31, 2 ** 32, -1, 127, 128, 2 ** 28, 2 ** 27 + 1]))]
v2("long lists", long_list, dense=[("p", "float", [10, 10], None)], sparse=[("i", "int64")])
v2("long sparse lists", long_list, sparse=[("p", "float"), ("i", "int64")])
v2("many examples", [example(a=(F, [i]), k=(B, [b"cat%d" % (i % 3)] * (i % 4))) for i in range(100)], dense=[("a", "float", [1], None)], sparse=[("k", "string")])

# Errors.
required = dict(dense=[("a", "float", [2], None)], sparse=[("b", "int64")])
for op in (v1, v2):
    op("missing", [example(b=(I, [1]))], **required)
    op("missing, several", [example()], dense=[("z", "int64", [1], None), ("y", "string", [1], None)])
    op("missing, second of named", mixed[:1] + [example()], names=[b"first", b"second"], **required)
    op("wrong dense type", [example(a=(I, [1, 2]))], **required)
    op("wrong sparse type", [example(a=(F, [1, 2]), b=(B, [b"x"]))], **required)
    op("too few", [example(a=(F, [1]))], **required)
    op("too many", [example(a=(F, [1, 2, 3]))], **required)
    op("too many integers", [example(a=(I, [1, 2, 3]))], dense=[("a", "int64", [2], None)])
    op("too few strings", [example(a=(B, [b"1"]))], dense=[("a", "string", [2], None)])
    op("too many strings", [example(a=(B, [b"1", b"2", b"3"]))], dense=[("a", "string", [2], None)])
    op("no stride", [example(v=(F, [1, 2, 3]))], dense=[("v", "float", [-1, 2], [0.0])])
    op("wrong var-len type", [example(v=(I, [1, 2, 3]))], dense=[("v", "float", [-1], [0.0])])
    op("garbage", [b"hello"], **required)
    op("truncated", [example(s=(B, [b"some text"]))[:-3]], **required)
    op("names of another shape", mixed, names=[b"x"], **required)
    op("default of another shape", mixed, dense=[("a", "float", [2], [1.0])])
    op("default of a var-len feature", mixed, dense=[("a", "float", [-1], [1.0, 2.0])])
    op("two wrong types, the last entry is reported", [raw(entry(b"a", feature(I, [1]).SerializeToString()), entry(b"b", feature(B, [b"s"]).SerializeToString()))], **required)
    op("serialized a scalar", mixed[0], **spec)
    op("serialized a matrix", [mixed[:2], mixed[2:]], **spec)
v2("no stride in the second", [example(v=(F, [1, 2]))] * 2 + [example(v=(F, [1, 2, 3]))], dense=[("v", "float", [-1, 2], [0.0])])
v2("no stride in the twentieth", [example(v=(F, [1, 2]))] * 19 + [example(v=(F, [1, 2, 3]))], dense=[("v", "float", [-1, 2], [0.0])])

# The wire.
fl = lambda *xs: np.array(xs, np.float32).tobytes()
wire = {
    "unpacked floats": raw(entry(b"a", field(0x12, b"\x0d" + fl(1) + b"\x0d" + fl(2)))),
    "unpacked integers": raw(entry(b"i", field(0x1a, b"\x08\x05\x08\xff\x01"))),
    "duplicate entries": raw(entry(b"a", feature(F, [1, 2]).SerializeToString()), entry(b"a", feature(F, [3, 4]).SerializeToString())),
    "duplicate, the last empty": raw(entry(b"a", feature(F, [1, 2]).SerializeToString()), entry(b"a", b"")),
    "duplicate sparse, the last empty": raw(entry(b"i", feature(I, [1, 2]).SerializeToString()), entry(b"i", b"")),
    "duplicate, the first of a wrong type": raw(entry(b"a", feature(I, [1, 2]).SerializeToString()), entry(b"a", feature(F, [3, 4]).SerializeToString())),
    "no kind": raw(entry(b"a", b"")),
    "concatenated": example(a=(F, [1, 2])) + example(i=(I, [4])),
    "value before key": raw(field(0x0a, field(0x12, feature(F, [5, 6]).SerializeToString()) + field(0x0a, b"a"))),
    "key alone": raw(field(0x0a, field(0x0a, b"a"))),
    "unknown field before": b"\x10\x05" + example(a=(F, [1, 2])),
    "unknown length-delimited field": field(0x1a, b"abc") + example(a=(F, [1, 2])),
    "group": b"\x0b" + example(a=(B, [b"s"])),
    "unsupported kind": raw(entry(b"a", b"\x22\x00")),
    "packed floats with a rest": raw(entry(b"a", field(0x12, field(0x0a, fl(1, 2) + b"\x01")))),
    "two packed blocks": raw(entry(b"a", field(0x12, field(0x0a, fl(1, 2)) + field(0x0a, fl(3, 4))))),
    "packed block longer than its list": raw(entry(b"a", field(0x12, b"\x0a\x10" + fl(1, 2)))),
    "list longer than its feature": raw(entry(b"a", b"\x12\x20" + field(0x0a, fl(1, 2)))),
    "wrong tag in list": raw(entry(b"a", field(0x12, b"\x15" + fl(1)))),
    "ten-byte varint": raw(entry(b"i", field(0x1a, field(0x0a, b"\xff" * 9 + b"\x01")))),
    "eleven-byte varint": raw(entry(b"i", field(0x1a, field(0x0a, b"\xff" * 10 + b"\x01")))),
    "cut varint": raw(entry(b"i", field(0x1a, field(0x0a, b"\xff")))),
    "unpacked cut": raw(entry(b"i", field(0x1a, b"\x08"))),
    "entry longer than the map": b"\x0a\x05\x0a\x09\x0a\x01a",
    "map longer than the bytes": b"\x0a\x7f" + entry(b"a", feature(F, [1, 2]).SerializeToString()),
    "two maps": raw(entry(b"a", feature(F, [1, 2]).SerializeToString())) + raw(entry(b"i", feature(I, [3]).SerializeToString())),
    "empty": b"",
}
dense_wire = dict(dense=[("a", "float", [2], [0.0, 0.0]), ("i", "int64", [1], [9])])
sparse_wire = dict(sparse=[("a", "float"), ("i", "int64")])
for name, data in wire.items():
    v1("wire: " + name, [data], **dense_wire)
    v2("wire: " + name + ", sparse", [data], **sparse_wire)
    single("wire: " + name, data, **dense_wire)
    single("wire: " + name + ", sparse", data, **sparse_wire)

single("dense and sparse", mixed[0], **spec)
single("missing values", mixed[3], **spec)
single("missing", example(), **spec)
single("default", example(), dense=[("s", "string", [], b"d")])
single("var-len", example(v=(I, [1, 2, 3, 4])), dense=[("v", "int64", [-1, 2], [0]), ("w", "float", [-1, 3], [0.0])])
single("no stride", example(v=(I, [1, 2, 3])), dense=[("v", "int64", [-1, 2], [0])])
single("wrong dense type", example(a=(I, [1, 2])), **spec)
single("wrong var-len type", example(v=(I, [1, 2])), dense=[("v", "float", [-1], [0.0])])
single("wrong sparse type", example(a=(F, [1, 2]), b=(B, [b"x"])), **spec)
single("too few", example(a=(F, [1])), **spec)
single("too many", example(a=(F, [1, 2, 3])), **spec)
single("too few integers", example(a=(I, [1])), dense=[("a", "int64", [2], None)])
single("too few strings", example(a=(B, [b"1"])), dense=[("a", "string", [2], None)])
single("too many strings", example(a=(B, [b"1", b"2", b"3"])), dense=[("a", "string", [2], None)])
single("garbage", b"hello", **spec)
single("serialized a vector", [mixed[0]], **spec)
v2("ragged, scalar", mixed[1], ragged=[("a", "float", tf.int32), ("b", "int64", tf.int64), ("zz", "string", tf.int64)])
v2("too few keys", mixed, sparse=[("b", "int64")])

g.write()
