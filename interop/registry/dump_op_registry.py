"""Dumps TensorFlow's op registry into packages/tureen/src/graph/op-registry.table.ts.

Run with the interop venv (tensorflow-cpu 2.15.1):  python interop/registry/dump_op_registry.py
"""
import base64
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf
from tensorflow.core.framework import op_def_pb2, types_pb2
from tensorflow.python.client import pywrap_tf_session as c_api
from tensorflow.python.framework import dtypes

TARGET = os.path.join(os.path.dirname(__file__), "../../packages/tureen/src/graph/op-registry.table.ts")


def dtype_name(number):
    return dtypes.as_dtype(number).base_dtype.name


def arg(a):
    if a.type_list_attr:
        kind = "[" + a.type_list_attr + "]"
    else:
        kind = a.type_attr or dtype_name(a.type)
        if a.number_attr:
            kind = a.number_attr + "*" + kind
    return a.name + ":" + ("&" if a.is_ref else "") + kind


def value(v):
    kind = v.WhichOneof("value")
    if kind == "s":
        return v.s.decode("latin-1")
    if kind in ("i", "b"):
        return getattr(v, kind)
    if kind == "f":
        return v.f if v.f == v.f and abs(v.f) != float("inf") else str(v.f)
    if kind == "type":
        return dtype_name(v.type)
    if kind == "shape":
        return None if v.shape.unknown_rank else [d.size for d in v.shape.dim]
    if kind == "tensor":
        return {"tensor": base64.b64encode(v.tensor.SerializeToString()).decode()}
    if kind == "func":
        return v.func.name
    if kind == "list":
        lst = v.list
        for field in ("s", "i", "f", "b", "type", "shape", "func"):
            items = getattr(lst, field)
            if len(items):
                if field == "s":
                    return [x.decode("latin-1") for x in items]
                if field == "type":
                    return [dtype_name(x) for x in items]
                if field == "shape":
                    return [None if s.unknown_rank else [d.size for d in s.dim] for s in items]
                return list(items)
        return []
    raise ValueError(kind)


def attr(a):
    out = {"n": a.name, "t": a.type}
    if a.HasField("default_value"):
        out["d"] = value(a.default_value)
    if a.HasField("allowed_values"):
        out["a"] = value(a.allowed_values)
    if a.has_minimum:
        out["m"] = a.minimum
    return out


def registered():
    """The OpDefs of this process, by name."""
    ops = op_def_pb2.OpList()
    ops.ParseFromString(c_api.TF_GetBuffer(c_api.TF_GetAllOpList()))
    return sorted(ops.op, key=lambda o: o.name)


def line(op):
    """An entry of the table."""
    flags = ""
    if op.is_stateful:
        flags += "s"
    if op.is_commutative:
        flags += "c"
    if op.is_aggregate:
        flags += "a"
    if op.allows_uninitialized_input:
        flags += "u"
    text = "|".join([
        " ".join(arg(a) for a in op.input_arg),
        " ".join(arg(a) for a in op.output_arg),
        flags,
        json.dumps([attr(a) for a in op.attr], separators=(",", ":")) if op.attr else "",
    ])
    return "  %s: %s," % (op.name if op.name.isidentifier() else json.dumps(op.name), json.dumps(text, ensure_ascii=True))


def main():
    ops = registered()
    with open(TARGET, "w") as out:
        out.write("// The op registry of TensorFlow %s, written by interop/registry/dump_op_registry.py; do not edit.\n" % tf.__version__)
        out.write("// An entry: inputs|outputs|flags (s stateful, c commutative, a aggregate, u allows uninitialized input)|attrs as JSON.\n\n")
        out.write("/** The registered ops of TensorFlow %s, in the compact form that op-def.ts reads. */\n" % tf.__version__)
        out.write("export const opRegistryTable: Readonly<Record<string, string>> = {\n")
        out.write("\n".join(line(op) for op in ops))
        out.write("\n};\n")
    print("%d ops" % len(ops), file=sys.stderr)


if __name__ == "__main__":
    main()
