"""Records what TensorFlow 2.15's C++ loader says of SavedModels that are not valid.

    TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0 python interop/saved-model/make_load_errors.py

Writes packages/tureen/src/saved-model/fixtures/load-errors.json: each case with its saved_model.pb (base64) and the code and message of
TF_LoadSessionFromSavedModel; `code` is "OK" where TensorFlow loads it, "CRASH" where it ends the process. The folder's path in messages is written as <DIR>.
"""

import base64
import ctypes
import glob
import json
import os
import socket
import tempfile

import tensorflow as tf
from google.protobuf import text_format
from tensorflow.core.framework import graph_pb2, types_pb2
from tensorflow.core.protobuf import saved_model_pb2

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "../../packages/tureen/src/saved-model/fixtures/load-errors.json")

library = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(tf.__file__), "libtensorflow_cc.so.*"))[0])
for function_name, result in (("TF_NewStatus", ctypes.c_void_p), ("TF_NewGraph", ctypes.c_void_p), ("TF_NewSessionOptions", ctypes.c_void_p),
                     ("TF_Message", ctypes.c_char_p), ("TF_LoadSessionFromSavedModel", ctypes.c_void_p)):
    getattr(library, function_name).restype = result
CODES = ["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
         "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"]


def load(directory, tags=("serve",)):
    status = ctypes.c_void_p(library.TF_NewStatus())
    names = (ctypes.c_char_p * len(tags))(*[tag.encode() for tag in tags])
    library.TF_LoadSessionFromSavedModel(ctypes.c_void_p(library.TF_NewSessionOptions()), None, directory.encode(), names, len(tags),
                                         ctypes.c_void_p(library.TF_NewGraph()), None, status)
    return CODES[library.TF_GetCode(status)], library.TF_Message(status).decode("utf-8", "replace")


def load_in_child(directory):
    """Some of these files end the whole process."""
    read, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write_end, json.dumps(load(directory)).encode())
        os._exit(0)
    os.close(write_end)
    answer = b""
    while chunk := os.read(read, 65536): answer += chunk
    os.close(read)
    os.waitpid(child, 0)
    return json.loads(answer) if answer else ("CRASH", "")


BASE = """
node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { dim { size: -1 } } } } }
node { name: "a" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape {} float_val: 0.5 } } } }
node { name: "b" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape {} float_val: 2 } } } }
node { name: "m" op: "Mul" input: "a" input: "x" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "y" op: "AddV2" input: "m" input: "b" attr { key: "T" value { type: DT_FLOAT } } }
versions { producer: 1645 }
"""

FUNCTION = """
library { function { signature { name: "f" input_arg { name: "v" type: DT_FLOAT } output_arg { name: "r" type: DT_FLOAT } }
  node_def { name: "n" op: "%s" input: "v" attr { key: "T" value { type: DT_FLOAT } } %s } ret { key: "r" value: "%s" } } }
"""


def base(extra=""):
    return text_format.Parse(BASE + extra, graph_pb2.GraphDef())


def node(graph, name):
    return next(n for n in graph.node if n.name == name)


CASES = {}


def case(fn):
    CASES[fn.__name__] = fn
    return fn


@case
def valid(g): pass
@case
def unknown_op(g): node(g, "m").op = "NoSuchOp"
@case
def two_unknown_ops(g): node(g, "m").op = "NoSuchOp"; node(g, "y").op = "NorThis"
@case
def missing_attr(g): del node(g, "x").attr["dtype"]
@case
def missing_type_attr(g): del node(g, "m").attr["T"]
@case
def missing_plain_attr(g):
    n = g.node.add(name="n", op="EnsureShape", input=["m"]); n.attr["T"].type = types_pb2.DT_FLOAT
@case
def missing_plain_attr_without_shape_rule_use(g):
    n = g.node.add(name="n", op="AsString", input=["m"])
    n = g.node.add(name="o", op="StringToHashBucketFast", input=["n"]); node(g, "n").attr["T"].type = types_pb2.DT_FLOAT
@case
def plain_attr_of_wrong_kind(g):
    n = g.node.add(name="n", op="EnsureShape", input=["m"]); n.attr["T"].type = types_pb2.DT_FLOAT; n.attr["shape"].i = 3
@case
def constant_without_value(g): del node(g, "a").attr["value"]
@case
def attr_of_wrong_kind(g): node(g, "m").attr["T"].i = 3
@case
def attr_without_value(g): node(g, "m").attr["T"].Clear()
@case
def type_not_allowed(g): node(g, "m").attr["T"].type = types_pb2.DT_STRING
@case
def type_invalid(g): node(g, "m").attr["T"].type = types_pb2.DT_INVALID
@case
def type_unknown(g): node(g, "m").attr["T"].type = 77
@case
def attr_not_in_op(g): node(g, "m").attr["colour"].s = b"red"
@case
def private_attr_not_in_op(g): node(g, "m").attr["_colour"].s = b"red"
@case
def placeholder_attr(g): node(g, "m").attr["T"].placeholder = "T"
@case
def too_many_inputs(g): node(g, "m").input.append("x")
@case
def too_few_inputs(g): node(g, "m").input.pop()
@case
def unknown_input(g): node(g, "m").input[1] = "z"
@case
def unknown_control_input(g): node(g, "m").input.append("^z")
@case
def control_input_first(g): node(g, "m").input.insert(0, "^b")
@case
def output_out_of_range(g): node(g, "m").input[1] = "x:1"
@case
def output_not_a_number(g): node(g, "m").input[1] = "x:y"
@case
def output_negative(g): node(g, "m").input[1] = "x:-1"
@case
def input_dtype(g): node(g, "x").attr["dtype"].type = types_pb2.DT_INT32
@case
def cycle_of_two(g): node(g, "m").input[1] = "y"
@case
def cycle_of_one(g): node(g, "m").input[1] = "m"
@case
def control_cycle(g): node(g, "m").input.append("^y")
@case
def duplicate_node(g): g.node.add().CopyFrom(node(g, "m"))
@case
def empty_name(g): node(g, "x").name = ""
@case
def bad_name(g): g.node.add(name="b d", op="NoOp")
@case
def bad_name_start(g): g.node.add(name="-b", op="NoOp")
@case
def underscore_name(g): g.node.add(name="_b", op="NoOp")
@case
def empty_op(g): g.node.add(name="q", op="")
@case
def bad_device(g): node(g, "m").device = "not a device"
@case
def min_consumer(g): g.versions.min_consumer = 99999
@case
def producer_zero(g): g.versions.producer = 0
@case
def producer_negative(g): g.versions.producer = -3
@case
def bad_consumers(g): g.versions.bad_consumers.append(1645)
@case
def no_versions(g): g.ClearField("versions")
@case
def const_negative_dim(g): node(g, "a").attr["value"].tensor.tensor_shape.dim.add(size=-1)
@case
def const_two_negative_dims(g):
    for size in (-2, -3): node(g, "a").attr["value"].tensor.tensor_shape.dim.add(size=size)
@case
def const_overflowing_shape(g):
    for _ in range(4): node(g, "a").attr["value"].tensor.tensor_shape.dim.add(size=2**31)
@case
def const_zero_times_overflow(g):
    for size in (0, 2**40, 2**40): node(g, "a").attr["value"].tensor.tensor_shape.dim.add(size=size)
@case
def const_unknown_rank(g): node(g, "a").attr["value"].tensor.tensor_shape.unknown_rank = True
@case
def const_too_many_dims(g):
    for _ in range(300): node(g, "a").attr["value"].tensor.tensor_shape.dim.add(size=1)
@case
def const_short_content(g):
    t = node(g, "a").attr["value"].tensor; t.ClearField("float_val"); t.tensor_content = b"abc"
@case
def const_other_dtype(g):
    t = node(g, "a").attr["value"].tensor; t.Clear(); t.dtype = types_pb2.DT_INT32; t.int_val.append(1)
@case
def const_too_many_values(g): node(g, "a").attr["value"].tensor.float_val.extend([1, 2])
@case
def const_invalid_dtype(g): node(g, "a").attr["value"].tensor.dtype = 0
@case
def placeholder_bad_shape(g): node(g, "x").attr["shape"].shape.dim[0].size = -5
@case
def shapes_contradict(g):
    node(g, "x").attr["shape"].shape.dim[0].size = 3
    t = node(g, "a").attr["value"].tensor; t.tensor_shape.dim.add(size=2); t.float_val.append(1)
@case
def addn_of_none(g): g.node.add(name="n", op="AddN").attr["T"].type = types_pb2.DT_FLOAT; node(g, "n").attr["N"].i = 0
@case
def addn_of_minus_one(g): g.node.add(name="n", op="AddN").attr["T"].type = types_pb2.DT_FLOAT; node(g, "n").attr["N"].i = -1
@case
def addn_of_many(g): g.node.add(name="n", op="AddN", input=["m"]).attr["T"].type = types_pb2.DT_FLOAT; node(g, "n").attr["N"].i = 2**40
@case
def string_attr_not_allowed(g):
    n = g.node.add(name="n", op="RandomUniform", input=["s"]); n.attr["dtype"].type = types_pb2.DT_INT32; n.attr["T"].type = types_pb2.DT_INT32
    s = g.node.add(name="s", op="Const"); s.attr["dtype"].type = types_pb2.DT_INT32; s.attr["value"].tensor.dtype = types_pb2.DT_INT32; s.attr["value"].tensor.tensor_shape.dim.add(size=1); s.attr["value"].tensor.int_val.append(2)
@case
def call_of_unknown_function(g):
    n = g.node.add(name="n", op="PartitionedCall", input=["x"]); n.attr["Tin"].list.type.append(1); n.attr["Tout"].list.type.append(1); n.attr["f"].func.name = "nosuch"
@case
def pyfunc(g):
    n = g.node.add(name="n", op="PyFunc", input=["x"]); n.attr["Tin"].list.type.append(1); n.attr["Tout"].list.type.append(1); n.attr["token"].s = b"t"
@case
def identity_of_resource(g):
    g.node.add(name="h", op="VarHandleOp").attr["dtype"].type = 1; node(g, "h").attr["shape"].shape.dim.add(size=2)
    r = g.node.add(name="r", op="ReadVariableOp", input=["h"]); r.attr["dtype"].type = 3


def call(g, f="f"):
    n = g.node.add(name="n", op="PartitionedCall", input=["x"])
    n.attr["Tin"].list.type.append(1); n.attr["Tout"].list.type.append(1); n.attr["f"].func.name = f


FUNCTION_CASES = {
    "function_valid": ("Neg", "", "n:y:0"),
    "function_with_unknown_op": ("NoSuchOp", "", "n:y:0"),
    "function_that_calls_itself": ("f", "", "n:r:0"),
    "function_with_unknown_result": ("Neg", "", "q:y:0"),
    "function_with_unknown_output": ("Neg", "", "n:q:0"),
    "function_with_result_out_of_range": ("Neg", "", "n:y:1"),
    "function_with_bad_input": ("Neg", "input: 'q:y:0'", "n:y:0"),
    "function_with_control_on_nothing": ("Neg", "input: '^q'", "n:y:0"),
    "function_with_missing_attr": ("Cast", "", "n:y:0"),
    "function_with_control_cycle": ("Neg", "input: '^n'", "n:y:0"),
}


def write(directory, graph, edit_meta=None):
    model = saved_model_pb2.SavedModel(saved_model_schema_version=1)
    meta = model.meta_graphs.add()
    meta.meta_info_def.tags.append("serve")
    if graph is not None: meta.graph_def.CopyFrom(graph)
    sig = meta.signature_def["serving_default"]
    sig.method_name = "tensorflow/serving/predict"
    sig.inputs["x"].name = "x:0"; sig.inputs["x"].dtype = 1; sig.inputs["x"].tensor_shape.dim.add(size=-1)
    sig.outputs["y"].name = "y:0"; sig.outputs["y"].dtype = 1; sig.outputs["y"].tensor_shape.dim.add(size=-1)
    if edit_meta is not None: edit_meta(model, meta)
    data = model.SerializeToString(deterministic=True)
    with open(os.path.join(directory, "saved_model.pb"), "wb") as f: f.write(data)
    return data


def other_tags(model, meta): meta.meta_info_def.tags[:] = ["serve", "gpu"]
def no_meta(model, meta): del model.meta_graphs[:]
def init_op_missing(model, meta):
    meta.signature_def["__saved_model_init_op"].outputs["__saved_model_init_op"].name = "nosuch"
def two_main_ops(model, meta): meta.collection_def["saved_model_main_op"].node_list.value.extend(["x", "y"])
def main_op_missing(model, meta): meta.collection_def["saved_model_main_op"].node_list.value.append("nosuch")
def asset_without_tensor(model, meta): meta.asset_file_def.add(filename="f.txt").tensor_info.name = "nosuch:0"
def asset_outside(model, meta): meta.asset_file_def.add(filename="../../f.txt").tensor_info.name = "x:0"
def signature_without_tensor(model, meta): meta.signature_def["serving_default"].outputs["y"].name = "nosuch:0"
def signature_of_other_dtype(model, meta): meta.signature_def["serving_default"].outputs["y"].dtype = 3
def saver_without_variables(model, meta):
    meta.saver_def.filename_tensor_name = "nosuch:0"; meta.saver_def.restore_op_name = "nosuch"
META_CASES = [other_tags, no_meta, init_op_missing, two_main_ops, main_op_missing, asset_without_tensor, asset_outside,
              signature_without_tensor, signature_of_other_dtype, saver_without_variables]


def main():
    records = []

    def record(name, graph, edit_meta=None, data=None):
        with tempfile.TemporaryDirectory() as directory:
            if data is None: data = write(directory, graph, edit_meta)
            else:
                with open(os.path.join(directory, "saved_model.pb"), "wb") as f: f.write(data)
            code, message = load_in_child(directory)
            records.append({"name": name, "code": code, "message": message.replace(directory, "<DIR>").replace(socket.gethostname(), "<HOST>"), "pb": base64.b64encode(data).decode()})

    for name, edit in CASES.items():
        graph = base()
        edit(graph)
        record(name, graph)
    for name, (op, extra, ret) in FUNCTION_CASES.items():
        text = FUNCTION % (op, extra, ret)
        if op == "f": text = text.replace('attr { key: "T" value { type: DT_FLOAT } }', "")
        graph = base(text)
        call(graph)
        record(name, graph)
    duplicate = base(FUNCTION % ("Neg", "", "n:y:0"))
    duplicate.library.function.add().CopyFrom(base(FUNCTION % ("Abs", "", "n:y:0")).library.function[0])
    record("function_defined_twice", duplicate)
    unknown_input = base((FUNCTION % ("Neg", "", "n:y:0")).replace('input: "v"', 'input: "w"'))
    call(unknown_input)
    record("function_with_unknown_input", unknown_input)
    mutual = base(FUNCTION % ("Neg", "", "n:y:0"))
    for one, other in (("g", "h"), ("h", "g")):
        fn = mutual.library.function.add()
        fn.CopyFrom(mutual.library.function[0])
        fn.signature.name = one
        fn.node_def[0].op = "PartitionedCall"
        fn.node_def[0].attr.clear()
        fn.node_def[0].attr["Tin"].list.type.append(1); fn.node_def[0].attr["Tout"].list.type.append(1)
        fn.node_def[0].attr["f"].func.name = other
        fn.ret["r"] = "n:output:0"
    call(mutual, "g")
    record("functions_that_call_each_other", mutual)
    named_as_op = base((FUNCTION % ("Neg", "", "n:y:0")).replace('"f"', '"Neg"'))
    record("function_named_as_an_op", named_as_op)
    for edit in META_CASES: record(edit.__name__, base(), edit)
    record("no_graph", None)
    record("empty_file", None, data=b"")
    record("not_a_message", None, data=b"\xff\xff\xff\xffnot a model")
    os.makedirs(os.path.dirname(OUT), exist_ok=True)
    with open(OUT, "w") as f:
        f.write(json.dumps({"about": "TensorFlow 2.15.1's C++ loader; made by interop/saved-model/make_load_errors.py",
                            "cases": records}, indent=0) + "\n")
    for r in records: print(r["name"], "|", r["code"], "|", r["message"])


main()
