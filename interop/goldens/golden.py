"""Records what TensorFlow's ops compute, as fixtures for the host kernels' tests.

A script interop/goldens/<family>.py, run with the interop venv (tensorflow-cpu 2.15.1), makes
packages/tureen/src/runtime/kernels/fixtures/<family>.json.gz:

    from golden import Golden, tf, np, rng

    g = Golden("math", __file__)
    x = np.array([1, -2, 3], np.float32)
    g.case("Neg", [x])                                                # attributes T, N, Tlist... follow from the inputs
    g.case("Cast", [x], {"DstT": tf.int32, "Truncate": True})
    g.case("AddN", [[x, x, x]])                                       # a list argument takes a list
    g.case("Add", [x, x[:2]], name="shapes that do not broadcast")    # errors are recorded as code and text
    g.case("Exp", [x], rtol=1e-4)                                     # own tolerance, atol= likewise
    g.gradient_case("Mul", [x, x])                                    # tf.gradients with fixed weights as grad_ys
    g.sequence("counter", build, ops=["AssignAddVariableOp"])         # several nodes, several runs: see Golden.sequence
    g.case("SdcaOptimizerV2", [...], {...}, entropy=7)                # what ops without a seed take from the machine
    g.case("SdcaOptimizerV2", [...], {...}, draws=1000)               # all that comes out in so many runs
    g.write()

A case runs alone in a graph-mode Session on one CPU thread, without oneDNN and without Grappler, its inputs fed to placeholders
of unknown shape so that the kernel and not the shape function sees what is wrong. Three more facts are kept: the static
output shapes when the input shapes are known, the same when the inputs are constants, and TensorFlow's error if it has one.
A case whose dtypes have no CPU kernel is left out: `case` then returns False, so scripts may loop over all dtypes.

Values: NumPy arrays (bfloat16 as `bf16` below; strings as lists of bytes or object arrays), or plain lists and scalars: floats
become float32, integers int32, booleans bool, bytes and text string. An attribute is a Python value, checked against the OpDef:
dtypes as tf dtypes or names, shapes as lists (None for unknown rank, -1 for an unknown size), functions as names.

What the TypeScript side is known to do differently goes, with its reason, into known-failures.json beside the fixtures.
"""
import os
import sys

# Families are named math, random, string: out of the path with this folder, lest Python takes them for its own modules.
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != os.path.dirname(os.path.abspath(__file__))]

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import base64
import contextlib
import gzip
import json

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import tensorflow as tf
from tensorflow.core.framework import attr_value_pb2
from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2
from tensorflow.python.framework import op_def_registry, tensor_util

from entropy import fixed_entropy

tf.compat.v1.disable_eager_execution()

bf16 = tf.bfloat16.as_numpy_dtype
FIXTURES = os.environ.get("GOLDEN_FIXTURES") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packages/tureen/src/runtime/kernels/fixtures")

CODES = ["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
         "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
         "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"]


def rng(seed=1):
    """A seeded source of random inputs."""
    return np.random.RandomState(seed)


def session_config():
    config = config_pb2.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.optimizer_options.opt_level = config_pb2.OptimizerOptions.L0
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def set_producer(version):
    """Makes the current graph, still empty, one that an older TensorFlow wrote; None leaves it."""
    if version is not None:
        empty = tf.compat.v1.GraphDef()
        empty.versions.producer = version
        tf.import_graph_def(empty)


def value(x, dtype=None):
    """A NumPy array of a plain value; `dtype` directs the conversion of plain ones."""
    if isinstance(x, np.ndarray) or isinstance(x, np.generic):
        array = np.asarray(x)
        return array.astype(object) if array.dtype.kind in "SU" else array
    if dtype is not None and dtype != tf.string:
        return np.array(x, dtype.as_numpy_dtype)
    array = np.array(x)
    if array.size == 0 and dtype is None:
        return array.astype(np.float32)
    if array.dtype.kind in "SUO":
        return np.array(x, dtype=object)
    if array.dtype == np.float64:
        return array.astype(np.float32)
    if array.dtype == np.int64:
        return array.astype(np.int32)
    return array


def encode(array, dtype=None):
    """A tensor for JSON: d dtype, s shape, v base64 of the little-endian bytes, or the list of latin-1 byte strings."""
    array = np.asarray(array)
    # NumPy knows quantized dtypes only as the integers they are made of.
    if dtype is None or not dtype.is_quantized:
        dtype = tf.as_dtype(array.dtype) if array.dtype.kind not in "SUO" else tf.string
    if dtype == tf.string:
        data = [(x if isinstance(x, bytes) else str(x).encode()).decode("latin-1") for x in array.reshape(-1)]
    else:
        data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"d": dtype.name, "s": list(array.shape), "v": data}


def clean(message):
    """An error's text without the node it happened in."""
    for marker in ("\n\t [[{{node", "\n\t [[Node:", " [[{{node", "\n\nOriginal stack trace", "\n\t; NodeDef"):
        at = message.find(marker)
        if at >= 0:
            message = message[:at]
    return message


def raw(error):
    """The error as the runtime raised it, before Python decorated its text."""
    cause = error.__context__
    return cause if isinstance(cause, tf.errors.OpError) else error


def error_of(error):
    if isinstance(error, tf.errors.OpError):
        error = raw(error)
        return {"code": CODES[error.error_code], "message": clean(error.message)}
    return {"code": "INVALID_ARGUMENT", "message": clean(str(error))}


def set_attr(proto, kind, v, lst=False):
    """Fills an AttrValue (or, when `lst`, appends to its list) with a plain value of a declared kind."""
    target = proto.list if lst else proto
    def put(field, item):
        if lst:
            getattr(target, field).append(item)
        else:
            setattr(target, field, item)
    if kind == "string":
        put("s", v.encode() if isinstance(v, str) else v)
    elif kind == "int":
        put("i", int(v))
    elif kind == "float":
        put("f", float(v))
    elif kind == "bool":
        put("b", bool(v))
    elif kind == "type":
        put("type", tf.as_dtype(v).as_datatype_enum)
    elif kind == "shape":
        shape = tf.TensorShape(None if v is None else [None if s is not None and s < 0 else s for s in v]).as_proto()
        (target.shape.add() if lst else target.shape).CopyFrom(shape)
    elif kind == "tensor":
        (target.tensor.add() if lst else target.tensor).CopyFrom(tf.make_tensor_proto(value(v)))
    elif kind == "func":
        (target.func.add() if lst else target.func).name = v
    else:
        raise ValueError(kind)


def attr_proto(kind, v):
    proto = attr_value_pb2.AttrValue()
    if kind.startswith("list("):
        proto.list.SetInParent()
        for item in v:
            set_attr(proto, kind[5:-1], item, True)
    else:
        set_attr(proto, kind, v)
    return proto


def plain_attr(kind, v):
    """An attribute for JSON: kind and value (for a list also the kind of its elements); integers as text."""
    def item(kind, v):
        if kind == "string":
            return (v.encode() if isinstance(v, str) else v).decode("latin-1")
        if kind == "int":
            return str(int(v))
        if kind == "float":
            f = float(np.float32(v))
            return f if np.isfinite(f) else ("NaN" if f != f else ("Infinity" if f > 0 else "-Infinity"))
        if kind == "bool":
            return bool(v)
        if kind == "type":
            return tf.as_dtype(v).base_dtype.name
        if kind == "shape":
            return None if v is None else [-1 if s is None else int(s) for s in v]
        if kind == "tensor":
            return encode(value(v))
        return v
    if kind.startswith("list("):
        return {"kind": "list", "of": kind[5:-1], "value": [item(kind[5:-1], x) for x in v]}
    return {"kind": kind, "value": item(kind, v)}


class Prepared:
    """An op with its inputs as arrays and its attributes, given and inferred."""

    def __init__(self, op, inputs, attrs):
        self.op = op
        self.op_def = op_def_registry.get(op)
        if self.op_def is None:
            raise ValueError("no op " + op)
        self.attrs = dict(attrs)
        self.groups = []
        kinds = {a.name: a.type for a in self.op_def.attr}
        for name in self.attrs:
            if name not in kinds:
                raise ValueError("op %s has no attr %s" % (op, name))
        defaults = {a.name: tf.as_dtype(a.default_value.type) for a in self.op_def.attr if a.type == "type" and a.HasField("default_value")}
        if len(inputs) != len(self.op_def.input_arg):
            raise ValueError("%s takes %d inputs" % (op, len(self.op_def.input_arg)))
        for arg, given in zip(self.op_def.input_arg, inputs):
            is_list = bool(arg.number_attr or arg.type_list_attr)
            wanted = tf.as_dtype(arg.type) if arg.type else None
            if wanted is None and arg.type_attr:
                known = self.attrs.get(arg.type_attr)
                wanted = tf.as_dtype(known) if known is not None else defaults.get(arg.type_attr)
            arrays = [value(x, wanted) for x in (given if is_list else [given])]
            types = [tf.as_dtype(a.dtype) if a.dtype != object else tf.string for a in arrays]
            if arg.type_list_attr:
                self.attrs.setdefault(arg.type_list_attr, types)
            elif arg.type_attr and types:
                self.attrs[arg.type_attr] = types[0]
            if arg.number_attr:
                self.attrs[arg.number_attr] = len(arrays)
            self.groups.append(arrays if is_list else arrays[0])
        self.flat = [x for g in self.groups for x in (g if isinstance(g, list) else [g])]
        self.protos = {n: attr_proto(kinds[n], v) for n, v in self.attrs.items()}
        self.plain = {n: plain_attr(kinds[n], v) for n, v in self.attrs.items()}

    def build(self, tensors, name=None):
        graph = tf.compat.v1.get_default_graph()
        return graph._create_op_internal(self.op, tensors, attrs=self.protos, name=name or self.op.lstrip("_"))

    def placeholders(self, known):
        return [tf.compat.v1.placeholder(tf.string if a.dtype == object else tf.as_dtype(a.dtype), a.shape if known else None) for a in self.flat]

    def encoded(self):
        return [[encode(x) for x in g] if isinstance(g, list) else encode(g) for g in self.groups]


def static_shapes(operation):
    return [None if t.shape.rank is None else [-1 if d is None else d for d in t.shape.as_list()] for t in operation.outputs]


def machine_entropy(number):
    return contextlib.nullcontext() if number is None else fixed_entropy(number)


def distinct(outcomes):
    """Each outcome once, in an order of its own."""
    return [json.loads(text) for text in sorted({json.dumps(one) for one in outcomes})]


def run(fetches=(), feeds=None, targets=()):
    """One run of a sequence: tensors to fetch, {tensor: value} to feed, operations to run."""
    return {"fetches": list(fetches), "feeds": feeds or {}, "targets": list(targets)}


class Golden:
    """The fixture of one op family."""

    def __init__(self, family, script):
        self.family = family
        self.script = "interop/goldens/" + os.path.basename(script)
        self.cases = []
        self.gradients = []
        self.sequences = []
        self.dropped = []

    def case(self, op, inputs=(), attrs=None, name=None, rtol=None, atol=None, known=False, producer=None, entropy=None, draws=None):
        """
        Runs one op and records inputs, attributes, outputs or error; False where TensorFlow has no such CPU kernel.

        `known` gives the placeholders static shapes, for ops whose shape function takes no others; `producer` is the version of the
        graph, for an op that newer graphs may not have. `entropy` is the number that the machine's source of random numbers gives,
        for ops that have no seed; `draws` instead keeps every outcome of so many runs, once each.
        """
        p = Prepared(op, inputs, attrs or {})
        record = {"op": op, "name": name or self.default_name(p), "attrs": p.plain, "inputs": p.encoded()}
        if os.environ.get("GOLDEN_TRACE"):  # to find the case that crashes TensorFlow
            print(op, record["name"], file=sys.stderr, flush=True)
        with tf.Graph().as_default():
            set_producer(producer)
            try:
                feeds = p.placeholders(known)
                node = p.build(feeds)
                # Copies: a kernel may write into what it is fed.
                given = lambda: {t: np.array(a) for t, a in zip(feeds, p.flat)}
                with tf.compat.v1.Session(config=session_config()) as sess, machine_entropy(entropy):
                    if draws is not None:
                        found = [sess.run(node.outputs, given()) for _ in range(draws)]
                        record["draws"] = draws
                        record["outcomes"] = distinct([[encode(value(o, t.dtype), t.dtype) for o, t in zip(one, node.outputs)] for one in found])
                        outputs = found[0]
                    elif node.outputs:
                        outputs = sess.run(node.outputs, given())
                    else:
                        outputs = []
                        sess.run(node, given())
                record["outputs"] = record["outcomes"][0] if draws is not None else [encode(value(o, t.dtype), t.dtype) for o, t in zip(outputs, node.outputs)]
            except (tf.errors.OpError, ValueError, TypeError) as e:
                record["error"] = error_of(e)
                if "building NodeDef" in str(e):
                    raise
                if "No OpKernel was registered" in record["error"]["message"] or "is not in the list of allowed values: " in str(e) and "DT_" in str(e) and "of \"" not in str(e):
                    self.dropped.append(record["name"])
                    return False
        record["shapes"] = {"known": self.shapes(p, False, producer), "constant": self.shapes(p, True, producer)}
        if entropy is not None:
            record["entropy"] = entropy
        if rtol is not None:
            record["rtol"] = rtol
        if atol is not None:
            record["atol"] = atol
        self.cases.append(record)
        return True

    def shapes(self, p, constant, producer):
        with tf.Graph().as_default():
            set_producer(producer)
            try:
                if constant:
                    tensors = [tf.constant(a, tf.string if a.dtype == object else None, a.shape) for a in p.flat]
                else:
                    tensors = p.placeholders(True)
                return static_shapes(p.build(tensors))
            except (tf.errors.OpError, ValueError, TypeError) as e:
                return error_of(e)

    def gradient_case(self, op, inputs=(), attrs=None, name=None, known_shapes=True, rtol=None, atol=None, outputs=None):
        """
        Records tf.gradients of an op's differentiable outputs, with random weights as grad_ys, for each differentiable input.

        Kept: the weights (null for outputs without gradient), the gradients (null where there is none; IndexedSlices are made dense
        and marked), and whether the placeholders had static shapes. `outputs` are the places of those that count, where others have no
        gradient or are memory that nobody wrote.
        """
        p = Prepared(op, inputs, attrs or {})
        record = {"op": op, "name": name or self.default_name(p), "attrs": p.plain, "inputs": p.encoded(), "knownShapes": known_shapes}
        random = rng(7)
        with tf.Graph().as_default():
            # Inputs that are no floats are constants, as axes and shapes mostly are: gradient functions look into them.
            differs = lambda dtype: dtype.is_floating or dtype.is_complex
            tensors, feeds = [], {}
            for a in p.flat:
                dtype = tf.string if a.dtype == object else tf.as_dtype(a.dtype)
                if differs(dtype):
                    tensors.append(tf.compat.v1.placeholder(dtype, a.shape if known_shapes else None))
                    feeds[tensors[-1]] = a
                else:
                    tensors.append(tf.constant(a, dtype, a.shape))
            node = p.build(tensors)
            config = session_config()
            with tf.compat.v1.Session(config=config) as sess:
                wanted = outputs
                outputs = sess.run(node.outputs, feeds)
                if wanted is not None:
                    outputs = [o if i in wanted else np.zeros_like(o) for i, o in enumerate(outputs)]
                weights = []
                for i, (t, o) in enumerate(zip(node.outputs, outputs)):
                    if not differs(t.dtype) or wanted is not None and i not in wanted:
                        weights.append(None)
                        continue
                    w = random.uniform(0.25, 1.5, np.shape(o)) * np.where(random.uniform(size=np.shape(o)) < 0.5, -1, 1)
                    if t.dtype.is_complex:
                        w = w + 1j * random.uniform(-1, 1, np.shape(o))
                    weights.append(np.asarray(w).astype(t.dtype.as_numpy_dtype))
                ys = [t for t, w in zip(node.outputs, weights) if w is not None]
                xs = [t for t in tensors if differs(t.dtype)]
                grads = tf.gradients(ys, xs, grad_ys=[tf.constant(w) for w in weights if w is not None])
                found = []
                for x, grad in zip(xs, grads):
                    if grad is None:
                        found.append(None)
                        continue
                    sparse = isinstance(grad, tf.IndexedSlices)
                    dense = tf.convert_to_tensor(grad) if not sparse else tf.math.unsorted_segment_sum(grad.values, grad.indices, tf.shape(x)[0])
                    found.append({"value": encode(sess.run(dense, feeds)), "sparse": sparse, "shape": None if dense.shape.rank is None else [-1 if d is None else d for d in dense.shape.as_list()]})
            by_tensor = {id(x): f for x, f in zip(xs, found)}
            record["gradients"] = [by_tensor.get(id(t)) for t in tensors]
            record["outputs"] = [encode(value(o, t.dtype)) for o, t in zip(outputs, node.outputs)]
        record["weights"] = [None if w is None else encode(w) for w in weights]
        if rtol is not None:
            record["rtol"] = rtol
        if atol is not None:
            record["atol"] = atol
        self.gradients.append(record)

    def sequence(self, name, build, ops=(), rtol=None, atol=None):
        """
        Records runs of a graph of several nodes in one session, so that state carries over.

        `build()` makes the graph (in a fresh default graph; no eager execution) and returns a list of `run(...)`. Kept: the GraphDef's
        bytes, and for each run the feeds, fetches and targets by name with the values or the error. `ops` are those it is about.
        """
        with tf.Graph().as_default() as graph:
            runs = build()
            records = []
            with tf.compat.v1.Session(config=session_config()) as sess:
                for r in runs:
                    feeds = {t: value(v, t.dtype if isinstance(v, (list, tuple, int, float, bool, str, bytes)) else None) for t, v in r["feeds"].items()}
                    record = {
                        "feeds": {t.name: encode(v) for t, v in feeds.items()},
                        "fetches": [t.name for t in r["fetches"]],
                        "targets": [(t.op if isinstance(t, tf.Tensor) else t).name for t in r["targets"]],
                    }
                    try:
                        outputs = sess.run((r["fetches"], r["targets"]), feeds)[0]
                        record["outputs"] = [encode(value(o, t.dtype.base_dtype)) for o, t in zip(outputs, r["fetches"])]
                    except tf.errors.OpError as e:
                        record["error"] = error_of(e)
                    records.append(record)
            sequence = {"name": name, "ops": list(ops), "graph": base64.b64encode(graph.as_graph_def().SerializeToString(deterministic=True)).decode(), "runs": records}
        if rtol is not None:
            sequence["rtol"] = rtol
        if atol is not None:
            sequence["atol"] = atol
        self.sequences.append(sequence)

    def default_name(self, p):
        shapes = ["%s%s" % ("string" if a.dtype == object else tf.as_dtype(a.dtype).name, list(a.shape)) for a in p.flat]
        types = {a.name for a in p.op_def.attr if any(x.type_attr == a.name or x.number_attr == a.name or x.type_list_attr == a.name for x in p.op_def.input_arg)}
        attrs = ["%s=%s" % (n, v["value"]) for n, v in sorted(p.plain.items()) if n not in types]
        text = " ".join(shapes + attrs)
        return text if len(text) <= 160 else text[:157] + "..."

    def write(self):
        """Writes the fixture; cases of one op with the same name are told apart by a number."""
        for group in (self.cases, self.gradients):
            seen = {}
            for record in group:
                key = (record["op"], record["name"])
                seen[key] = seen.get(key, 0) + 1
                if seen[key] > 1:
                    record["name"] += " #%d" % seen[key]
        document = {"tensorflow": tf.__version__, "script": self.script, "family": self.family,
                    "cases": self.cases, "gradients": self.gradients, "sequences": self.sequences}
        text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
        os.makedirs(FIXTURES, exist_ok=True)
        path = os.path.join(FIXTURES, self.family + ".json.gz")
        with open(path, "wb") as out, gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=9, mtime=0) as zipped:
            zipped.write(text)
        errors = sum("error" in c for c in self.cases)
        print("%s: %d cases (%d errors), %d gradients, %d sequences, %d without kernel, %d bytes" % (
            self.family, len(self.cases), errors, len(self.gradients), len(self.sequences), len(self.dropped), os.path.getsize(path)), file=sys.stderr)
