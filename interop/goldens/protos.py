"""Goldens of DecodeProtoV2 and EncodeProto: every kind of field, packed and not, defaults, and messages that are broken."""
import struct

from golden import Golden, np, rng, tf
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

g = Golden("protos", __file__)
r = rng(43)
F = descriptor_pb2.FieldDescriptorProto
i32 = np.int32

kinds = [("double", F.TYPE_DOUBLE), ("float", F.TYPE_FLOAT), ("int64", F.TYPE_INT64), ("uint64", F.TYPE_UINT64), ("int32", F.TYPE_INT32), ("fixed64", F.TYPE_FIXED64), ("fixed32", F.TYPE_FIXED32), ("bool", F.TYPE_BOOL),
         ("string", F.TYPE_STRING), ("bytes", F.TYPE_BYTES), ("uint32", F.TYPE_UINT32), ("sfixed32", F.TYPE_SFIXED32), ("sfixed64", F.TYPE_SFIXED64), ("sint32", F.TYPE_SINT32), ("sint64", F.TYPE_SINT64)]
defaults = {"double": "1.5", "float": "-2.5", "int64": "-7", "uint64": "7", "int32": "-3", "bool": "true", "string": "abc", "bytes": "x\\001\\\"y", "fixed32": "12"}


def make():
    out = descriptor_pb2.FileDescriptorSet()
    f = out.file.add(name="tureen.proto", package="tureen", syntax="proto2")
    m = f.message_type.add(name="All")
    for n, (name, kind) in enumerate(kinds):
        m.field.add(name="o_" + name, number=n + 1, type=kind, label=F.LABEL_OPTIONAL)
        m.field.add(name="r_" + name, number=n + 21, type=kind, label=F.LABEL_REPEATED)
        if name in defaults:
            m.field.add(name="d_" + name, number=n + 61, type=kind, label=F.LABEL_OPTIONAL, default_value=defaults[name])
        if name not in ("string", "bytes"):
            p = m.field.add(name="p_" + name, number=n + 41, type=kind, label=F.LABEL_REPEATED)
            p.options.packed = True
    inner = m.nested_type.add(name="Inner")
    inner.field.add(name="x", number=1, type=F.TYPE_INT32, label=F.LABEL_OPTIONAL)
    m.field.add(name="inner", number=81, type=F.TYPE_MESSAGE, label=F.LABEL_OPTIONAL, type_name=".tureen.All.Inner")
    m.field.add(name="inners", number=82, type=F.TYPE_MESSAGE, label=F.LABEL_REPEATED, type_name=".tureen.All.Inner")
    e = f.enum_type.add(name="Color")
    for n, name in enumerate(["RED", "GREEN", "BLUE"]):
        e.value.add(name=name, number=n + 1)
    m.field.add(name="color", number=83, type=F.TYPE_ENUM, label=F.LABEL_OPTIONAL, type_name=".tureen.Color", default_value="BLUE")
    m.field.add(name="colors", number=84, type=F.TYPE_ENUM, label=F.LABEL_REPEATED, type_name=".tureen.Color")
    m.field.add(name="plain_color", number=85, type=F.TYPE_ENUM, label=F.LABEL_OPTIONAL, type_name=".tureen.Color")
    three = out.file.add(name="three.proto", package="tureen.three", syntax="proto3")
    n = three.message_type.add(name="Few")
    n.field.add(name="numbers", number=1, type=F.TYPE_INT32, label=F.LABEL_REPEATED)
    n.field.add(name="text", number=2, type=F.TYPE_STRING, label=F.LABEL_OPTIONAL)
    n.field.add(name="parts", number=3, type=F.TYPE_DOUBLE, label=F.LABEL_REPEATED)
    return out


files = make()
source = b"bytes://" + files.SerializeToString(deterministic=True)
known = descriptor_pool.DescriptorPool()
for f in files.file:
    known.Add(f)
All = message_factory.GetMessageClass(known.FindMessageTypeByName("tureen.All"))
Few = message_factory.GetMessageClass(known.FindMessageTypeByName("tureen.three.Few"))


def message(seed):
    random = rng(seed)
    m = All()
    values = {"double": lambda: random.uniform(-9, 9), "float": lambda: float(np.float32(random.uniform(-9, 9))), "int64": lambda: int(random.randint(-2**62, 2**62)), "uint64": lambda: int(random.randint(0, 2**62)) * 3, "int32": lambda: int(random.randint(-2**31, 2**31)),
              "fixed64": lambda: int(random.randint(0, 2**62)), "fixed32": lambda: int(random.randint(0, 2**32)), "bool": lambda: bool(random.randint(2)), "string": lambda: "s%d\u00e9" % random.randint(100), "bytes": lambda: bytes(random.randint(0, 256, 4).tolist()),
              "uint32": lambda: int(random.randint(0, 2**32)), "sfixed32": lambda: int(random.randint(-2**31, 2**31)), "sfixed64": lambda: int(random.randint(-2**62, 2**62)), "sint32": lambda: int(random.randint(-2**31, 2**31)), "sint64": lambda: int(random.randint(-2**62, 2**62))}
    for name, _ in kinds:
        if random.randint(3):
            setattr(m, "o_" + name, values[name]())
        getattr(m, "r_" + name).extend(values[name]() for _ in range(random.randint(0, 4)))
        if name not in ("string", "bytes"):
            getattr(m, "p_" + name).extend(values[name]() for _ in range(random.randint(0, 4)))
        if name in defaults and random.randint(2):
            setattr(m, "d_" + name, values[name]())
    for _ in range(random.randint(0, 3)):
        m.inners.add(x=int(random.randint(100)))
    if random.randint(2):
        m.inner.x = 7
    if random.randint(2):
        m.color = 2
    m.colors.extend([1, 3, 2][:random.randint(0, 4)])
    return m.SerializeToString(deterministic=True)


def blob(x):
    return np.array(x, object)


natural = {"double": tf.float64, "float": tf.float32, "int64": tf.int64, "uint64": tf.uint64, "int32": tf.int32, "fixed64": tf.uint64, "fixed32": tf.uint32, "bool": tf.bool, "string": tf.string, "bytes": tf.string, "uint32": tf.uint32, "sfixed32": tf.int32, "sfixed64": tf.int64, "sint32": tf.int32, "sint64": tf.int64}
batch = [message(s) for s in range(1, 7)]


def decode(fields, types, bufs, name=None, kind="tureen.All", **more):
    g.case("DecodeProtoV2", [blob(bufs)], {"message_type": kind, "field_names": fields, "output_types": types, "descriptor_source": source, **more}, name=name)


every = []
for name, _ in kinds:
    fields = ["o_" + name, "r_" + name] + (["p_" + name] if name not in ("string", "bytes") else []) + (["d_" + name] if name in defaults else [])
    every += [(field, natural[name]) for field in fields]
    decode(fields, [natural[name]] * len(fields), batch, name="fields of " + name)
    for t in (tf.float64, tf.int32, tf.int64, tf.uint64, tf.string):
        decode(["o_" + name, "r_" + name], [t, t], batch[:2], name="%s as %s" % (name, t.name))
every += [("inner", tf.string), ("inners", tf.string), ("color", tf.int32), ("colors", tf.int32), ("plain_color", tf.int32)]
decode([f for f, _ in every], [t for _, t in every], batch, name="every field")
decode([f for f, _ in every][::-1], [t for _, t in every][::-1], np.array(batch, object).reshape(2, 3), name="every field of a matrix, from the last")
decode([f for f, _ in every], [t for _, t in every], batch[0], name="every field of a scalar")
decode(["inner", "inners", "color", "colors", "plain_color"], [tf.string, tf.string, tf.int32, tf.int32, tf.int32], [b""], name="nothing")
decode(["r_int32", "o_string"], [tf.int32, tf.string], batch, sanitize=True, name="sanitized")
few = [Few(numbers=[1, -2, 3], text="a", parts=[0.5]).SerializeToString(), Few().SerializeToString()]
decode(["numbers", "text", "parts"], [tf.int32, tf.string, tf.float64], few, kind="tureen.three.Few", name="packed without being told")
for name, buf in {
        "cut": batch[0][:-3], "a varint without an end": b"\x28\xff\xff", "twelve bytes of varint": b"\x28" + b"\xff" * 11 + b"\x01", "packed in the middle of a number": b"\xca\x02\x03\x00\x00\x00", "packed where single": struct.pack("<BB", 0xaa, 0x02) + b"\x03\x01\x02\x03", "single where packed": b"\xe8\x02\x05",
        "twice an optional": b"\x28\x05\x28\x09", "another wire type": b"\x2d\x01\x00\x00\x00", "an unknown field": b"\xf8\x3f\x01\x28\x05", "a group that nobody opened": b"\x0c", "an unknown group": b"\xfb\x3f\x08\x01\xfc\x3f\x28\x05", "field 0": b"\x00\x01",
        "disordered": b"\x98\x05\x01\x28\x05\x08\x00", "negative as ten bytes": b"\x28" + b"\xff" * 9 + b"\x01", "more than 32 bits": b"\x28\xff\xff\xff\xff\xff\x01", "a long bool": b"\x40\x80\x02", "an empty packed": b"\xca\x02\x00"}.items():
    for sanitize in (False, True):
        decode(["o_int32", "r_int32", "p_int32", "p_float", "o_bool"], [tf.int32, tf.int32, tf.int32, tf.float32, tf.bool], [buf], name=name + (" sanitized" if sanitize else ""), sanitize=sanitize)
decode(["o_int32"], [tf.int32], np.zeros((0,), object), name="no messages")
decode(["none"], [tf.int32], batch, name="no such field")
decode(["o_int32", "o_int64"], [tf.int32], batch, name="one type too few")
decode(["o_int32"], [tf.int32], batch, kind="tureen.None", name="no such message")
decode(["o_int32"], [tf.int32], batch, message_format="json", name="another format")
g.case("DecodeProtoV2", [blob(batch)], {"message_type": "tureen.All", "field_names": ["o_int32"], "output_types": [tf.int32], "descriptor_source": b"ftp://x"}, name="another source")


def encode(fields, sizes, values, name=None, kind="tureen.All"):
    g.case("EncodeProto", [np.array(sizes, i32), values], {"message_type": kind, "field_names": fields, "descriptor_source": source}, name=name)


def array(t, shape):
    if t == tf.string:
        return np.array([b"t%d" % k for k in range(int(np.prod(shape)))], object).reshape(shape)
    n = t.as_numpy_dtype
    if t == tf.bool:
        return r.randint(0, 2, shape).astype(bool)
    return r.uniform(-9, 9, shape).astype(n) if t.is_floating else r.randint(0, 100, shape).astype(n) - np.array(0 if t in (tf.uint32, tf.uint64, tf.uint8) else 50).astype(n)


for name, _ in kinds:
    t = natural[name]
    packed = ["p_" + name] if name not in ("string", "bytes") else []
    encode(["o_" + name, "r_" + name] + packed, [[1, 2, 3][:2 + len(packed)], [0, 3, 0][:2 + len(packed)]], [array(t, (2, 3)) for _ in range(2 + len(packed))], name="fields of " + name)
    for t in (tf.float64, tf.int32, tf.int64, tf.uint64, tf.string):
        encode(["o_" + name], [[1]], [array(t, (1, 1))], name="%s of %s" % (name, t.name))
extremes = {"int64": [-2**63, 2**63 - 1], "int32": [-2**31, 2**31 - 1], "uint64": [0, 2**64 - 1], "sint32": [-2**31, 2**31 - 1], "sint64": [-2**63, 2**63 - 1], "fixed64": [0, 2**64 - 1], "sfixed64": [-2**63, 2**63 - 1], "double": [np.inf, np.nan], "float": [-np.inf, np.nan], "uint32": [0, 2**32 - 1]}
for name, values in extremes.items():
    encode(["r_" + name, "p_" + name], [[2, 2]], [np.array([values], natural[name].as_numpy_dtype)] * 2, name="extremes of " + name)
inners = np.array([[b"\x08\x05", b"\x08\x07"]], object)
encode(["inner", "inners", "color", "colors"], [[1, 2, 1, 2]], [inners, inners, np.array([[2, 3]], i32), np.array([[2, 3]], i32)], name="messages and enums")
encode(["colors", "o_int32", "inners"], [[2, 1, 1]], [np.array([[2, 3]], i32), np.array([[5]], i32), inners], name="not in order")
encode(["numbers", "text", "parts"], [[3, 1, 2]], [np.array([[1, -2, 3]], i32), array(tf.string, (1, 1)), array(tf.float64, (1, 2))], kind="tureen.three.Few", name="packed without being told")
encode(["r_int32"], np.ones((2, 3, 1)), [array(tf.int32, (2, 3, 2))], name="a matrix of messages")
encode(["r_int32"], [1], [array(tf.int32, (2,))], name="one message")
encode(["r_int32"], np.zeros((0, 1)), [array(tf.int32, (0, 2))], name="no messages")
encode(["r_int32"], [[3]], [array(tf.int32, (1, 2))], name="a size too large")
encode(["r_int32"], [[-1]], [array(tf.int32, (1, 2))], name="a negative size")
encode(["o_int32"], [[2]], [array(tf.int32, (1, 2))], name="two of an optional")
encode(["r_int32", "o_bool"], [[1]], [array(tf.int32, (1, 2)), array(tf.bool, (1, 1))], name="a size too few")
encode(["r_int32"], [[1]], [array(tf.int32, (2, 2))], name="other messages than sizes")
encode(["r_int32"], [[1]], [array(tf.int32, (2,))], name="a rank too few")
encode(["none"], [[1]], [array(tf.int32, (1, 2))], name="no such field")
encode(["r_int32", "o_bool"], [[1, 1]], [array(tf.int32, (1, 2))], name="a value too few")
encode(["r_int32"], [[1]], [array(tf.int32, (1, 2))], kind="tureen.None", name="no such message")
encode(["r_int32"], 1, [array(tf.int32, (2,))], name="a scalar of sizes")
g.cases = [c for c in g.cases if "{{node" not in c.get("error", {}).get("message", "")]
g.write()
