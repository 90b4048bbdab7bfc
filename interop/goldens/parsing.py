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


# DecodeCSV.
import zlib, gzip as gz


def csv(name, records, defaults, **attrs):
    g.case("DecodeCSV", [strings(records), defaults], attrs, name=name)


D = [strings([b"d"]), np.array([7], np.int32), np.array([8], np.int64), np.array([1.5], np.float32), np.array([2.5])]
R0 = [strings([]), np.zeros([0], np.int32), np.zeros([0], np.int64), np.zeros([0], np.float32), np.zeros([0])]
csv("all dtypes", [b"a,1,2,3.5,4.5", b"b,-1,-2,1e3,-inf"], D)
csv("defaults", [b",,,,", b"x,,2,,4"], D)
csv("required", [b"a,1,2,3,4"], R0)
for i in range(5):
    csv("missing %d" % i, [b"a,1,2,3,4", b",".join([b"" if k == i else b"1" for k in range(5)])], R0)
csv("scalar defaults", [b"a,,,,"], [d.reshape(()) for d in D])
csv("scalar record", b"a,1,2,3,4", D)
csv("matrix of records", [[b"a,1,2,3,4"], [b"b,1,2,3,4"]], D)
csv("quotes", [b'"a,b",1', b'"say ""hi""",2', b'"",3', b'"new\nline",4'], [strings([b"d"]), np.array([7], np.int32)])
csv("no quotes", [b'"a",1', b'a"b,2'], [strings([b"d"]), np.array([7], np.int32)], use_quote_delim=False)
csv("other delimiter", [b"a;1", b"b,c;2"], [strings([b"d"]), np.array([7], np.int32)], field_delim=";")
csv("tab", [b"a\t1"], [strings([b"d"]), np.array([7], np.int32)], field_delim="\t")
csv("na_value", [b"NA,NA", b"x,5"], [strings([b"d"]), np.array([7], np.int32)], na_value="NA")
csv("select_cols", [b"a,1,2,3,4", b"b,5,6,7,8"], [np.array([7], np.int32), np.array([1.5], np.float32)], select_cols=[1, 3])
csv("select_cols, last empty", [b"a,1,"], [np.array([7], np.int32), np.array([1.5], np.float32)], select_cols=[1, 2])
csv("select_cols, too few", [b"a,1"], [np.array([7], np.int32), np.array([1.5], np.float32)], select_cols=[1, 3])
csv("select_cols not rising", [b"a,1"], [np.array([7], np.int32), np.array([1.5], np.float32)], select_cols=[3, 1])
csv("select_cols of another size", [b"a,1"], [np.array([7], np.int32), np.array([1.5], np.float32)], select_cols=[1])
csv("select_cols negative", [b"a,1"], [np.array([7], np.int32)], select_cols=[-1])
csv("newline at the end", [b"a,1\n", b"b,2\r\n", b"\nc,3"], [strings([b"d"]), np.array([7], np.int32)])
csv("newline behind an unquoted last field", [b"1,a\n"], [np.array([7], np.int32), strings([b"d"])])
csv("newline behind a quoted last field", [b'1,"a"\n'], [np.array([7], np.int32), strings([b"d"])])
csv("empty record", [b""], [strings([b"d"])])
csv("empty record of two", [b""], [strings([b"d"]), strings([b"e"])])
csv("only a delimiter", [b","], [strings([b"d"]), strings([b"e"])])
csv("too many", [b"a,1,2"], [strings([b"d"]), np.array([7], np.int32)])
csv("too few", [b"a"], [strings([b"d"]), np.array([7], np.int32)])
csv("bad int32", [b"x"], [np.array([7], np.int32)])
csv("int32 overflow", [b"2147483648"], [np.array([7], np.int32)])
csv("bad int64", [b"1.5"], [np.array([7], np.int64)])
csv("bad float", [b"x"], [np.array([7], np.float32)])
csv("bad double", [b"1,5"], [np.array([7.0]), np.array([7.0])], field_delim=";")
csv("blanks", [b" 1 , 2.5 "], [np.array([7], np.int32), np.array([7], np.float32)])
csv("quote inside", [b'a"b'], [strings([b"d"])])
csv("quote not closed", [b'"ab'], [strings([b"d"])])
csv("quote not escaped", [b'"a"b"'], [strings([b"d"])])
csv("text behind a quote", [b'"a"b'], [strings([b"d"])])
csv("long delimiter", [b"a"], [strings([b"d"])], field_delim="ab")
csv("two defaults", [b"a"], [strings([b"d", b"e"])])
csv("default a matrix", [b"a"], [strings([[b"d"]])])
csv("no records", [], D)

# DecodeRaw, DecodePaddedRaw.
raw8 = [bytes(range(16)), bytes(range(240, 256))]
for t in (tf.float16, tf.float32, tf.float64, tf.int32, tf.uint16, tf.uint8, tf.int16, tf.int8, tf.int64, tf.complex64, tf.complex128, tf.bfloat16):
    for little in (True, False):
        g.case("DecodeRaw", [strings(raw8)], {"out_type": t, "little_endian": little}, name="%s %s" % (t.name, little))
        if not (t.is_complex or t == tf.bool):
            g.case("DecodePaddedRaw", [strings([b"abcdefgh", b"xy", b"0123456789abcdefghij"]), np.int32(16)], {"out_type": t, "little_endian": little}, name="%s %s" % (t.name, little))
g.case("DecodeRaw", [strings([b"\x00\x01\x01\x00"])], {"out_type": tf.bool}, name="bool")
g.case("DecodeRaw", [strings([[raw8[0]], [raw8[1]]])], {"out_type": tf.int32}, name="matrix")
g.case("DecodeRaw", [strings(raw8[0])], {"out_type": tf.int32}, name="scalar")
g.case("DecodeRaw", [strings([])], {"out_type": tf.int32}, name="none")
g.case("DecodeRaw", [strings([b"", b""])], {"out_type": tf.int32}, name="empty")
g.case("DecodeRaw", [strings([b"abcd", b"ab"])], {"out_type": tf.uint8}, name="sizes differ")
g.case("DecodeRaw", [strings([b"abc"])], {"out_type": tf.int32}, name="no multiple")
g.case("DecodePaddedRaw", [strings([b"abc"]), np.int32(6)], {"out_type": tf.int32}, name="no multiple")
g.case("DecodePaddedRaw", [strings([b"abc"]), np.int32(0)], {"out_type": tf.int32}, name="length nought")
g.case("DecodePaddedRaw", [strings([b"abc"]), np.array([4], np.int32)], {"out_type": tf.int32}, name="length a vector")
g.case("DecodePaddedRaw", [strings([]), np.int32(4)], {"out_type": tf.int32}, name="none")

# Tensors, JSON, compression.
for x in (np.array([1.5, 2], np.float32), np.array([[1, 2]], np.int64), strings([b"a", b""]), np.array(True), np.zeros([0, 3], np.int32), np.float32(3)):
    g.case("SerializeTensor", [x])
    proto = tf.make_tensor_proto(x)
    g.case("ParseTensor", [strings(proto.SerializeToString())], {"out_type": tf.as_dtype(proto.dtype)}, name="%s %s" % (tf.as_dtype(proto.dtype).name, x.shape))
g.case("ParseTensor", [strings(tf.make_tensor_proto([1.0]).SerializeToString())], {"out_type": tf.int32}, name="another dtype")
g.case("ParseTensor", [strings(b"garbage")], {"out_type": tf.int32}, name="garbage")
g.case("ParseTensor", [strings([b""])], {"out_type": tf.int32}, name="a vector")
g.case("DecodeJSONExample", [strings([b'{"features": {"feature": {"s": {"bytesList": {"value": ["YQ=="]}}}}}', b"{}"])])
for kind, pack in (("", lambda x: x), ("ZLIB", zlib.compress), ("GZIP", lambda x: gz.compress(x, mtime=0))):
    g.case("DecodeCompressed", [strings([pack(b"hello" * 100), pack(b"")])], {"compression_type": kind}, name=kind or "none")
g.case("DecodeCompressed", [strings([b"x"])], {"compression_type": "SNAPPY"}, name="another kind")

# Sequence examples.
SE = tf.train.SequenceExample


def sequence(context=(), lists=()):
    e = SE()
    for k, (kind, values) in sorted(dict(context).items()):
        e.context.feature[k].CopyFrom(feature(kind, values))
    for k, rows in sorted(dict(lists).items()):
        e.feature_lists.feature_list[k].SetInParent()
        for kind, values in rows:
            e.feature_lists.feature_list[k].feature.add().CopyFrom(feature(kind, values) if kind else tf.train.Feature())
    return e.SerializeToString(deterministic=True)


def seq(name, serialized, cdense=(), csparse=(), cragged=(), ldense=(), lsparse=(), lragged=(), names=()):
    """cdense: (key, type, shape, default or None); ldense: (key, type, shape, missing is empty); ragged: (key, type, splits)."""
    serialized = strings(serialized)
    defaults = [NONE[t] if d is None else (strings(d) if t == "string" else np.array(d, TYPES[t].as_numpy_dtype)) for _, t, _, d in cdense]
    common = {"context_sparse_types": [TYPES[t] for _, t in csparse], "Tcontext_dense": [TYPES[t] for _, t, _, _ in cdense], "context_dense_shapes": [x for _, _, x, _ in cdense],
              "Ncontext_sparse": len(csparse), "Nfeature_list_sparse": len(lsparse), "Nfeature_list_dense": len(ldense),
              "feature_list_sparse_types": [TYPES[t] for _, t in lsparse], "feature_list_dense_types": [TYPES[t] for _, t, _, _ in ldense], "feature_list_dense_shapes": [x for _, _, x, _ in ldense]}
    keys = lambda features: [x[0] for x in features]
    if not cragged and not lragged:
        g.case("ParseSequenceExample", [serialized, strings(list(names)), defaults],
               {**common, "feature_list_dense_missing_assumed_empty": [k for k, _, _, m in ldense if m], "context_sparse_keys": keys(csparse), "context_dense_keys": keys(cdense),
                "feature_list_sparse_keys": keys(lsparse), "feature_list_dense_keys": keys(ldense), "Ncontext_dense": len(cdense)}, name=name)
    g.case("ParseSequenceExampleV2", [serialized, strings(list(names)), strings(keys(csparse)), strings(keys(cdense)), strings(keys(cragged)), strings(keys(lsparse)), strings(keys(ldense)), strings(keys(lragged)),
                                      np.array([m for _, _, _, m in ldense], bool), defaults],
           {**common, "context_ragged_value_types": [TYPES[t] for _, t, _ in cragged], "context_ragged_split_types": [x for _, _, x in cragged],
            "feature_list_ragged_value_types": [TYPES[t] for _, t, _ in lragged], "feature_list_ragged_split_types": [x for _, _, x in lragged]}, name=name)


S1 = sequence({"c": (F, [1, 2]), "i": (I, [5]), "t": (B, [b"x", b"yy"])}, {"l": [(F, [1, 2]), (F, [3, 4])], "v": [(I, [1]), (I, []), (I, [2, 3])], "w": [(B, [b"a"]), (B, [b"b", b"c"])]})
S2 = sequence({"c": (F, [3, 4])}, {"l": [(F, [5, 6])], "v": []})
S3 = sequence({"c": (F, [5, 6]), "t": (B, [])}, {"l": [], "v": [(None, [])]})
base = dict(cdense=[("c", "float", [2], None)], csparse=[("i", "int64"), ("t", "string")], ldense=[("l", "float", [2], False)], lsparse=[("v", "int64"), ("w", "string")])
seq("batch", [S1, S2, S3], **base)
seq("one", S1, **base)
seq("ragged", [S1, S2, S3], cragged=[("i", "int64", tf.int32), ("t", "string", tf.int64)], lragged=[("v", "int64", tf.int64), ("w", "string", tf.int32)])
# TensorFlow says that the splits of a single example are vectors and gives scalars: ragged features of one are left out.
seq("default of the context", [S1, S2], cdense=[("z", "int64", [1], [9]), ("t", "string", [2], [b"", b"d"])])
seq("missing list counts as empty", [S1, S2], ldense=[("nothing", "float", [2], True), ("w", "string", [], True)], names=[b"n1", b"n2"])
seq("scalar rows", [sequence((), {"r": [(I, [1]), (I, [2])]}), sequence((), {"r": [(I, [3])]})], ldense=[("r", "int64", [], False)])
seq("no examples", [], csparse=base["csparse"], lsparse=base["lsparse"])
seq("context missing", [S1], cdense=[("z", "int64", [1], None)])
seq("list missing", [S1], ldense=[("z", "int64", [1], False)])
seq("list missing, named", [S1], ldense=[("z", "int64", [1], False)], names=[b"n1"])
seq("context of another type", [S1], cdense=[("c", "int64", [2], None)])
seq("sparse context of another type", [S1], csparse=[("c", "string")])
seq("list of another type", [S1], lsparse=[("v", "float")])
seq("dense list of another type", [S1], ldense=[("l", "int64", [2], False)])
seq("context of another size", [S1], cdense=[("c", "float", [3], None)])
seq("list rows of another size", [S1], ldense=[("v", "int64", [1], False)])
seq("list rows of no fitting size", [S1], ldense=[("l", "float", [3], False)])
seq("garbage", [b"hello"], **base)
seq("matrix", [[S1]], **base)
seq("default of another shape", [S1], cdense=[("z", "int64", [1], [9, 9])])
g.write()
