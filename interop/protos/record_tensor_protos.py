"""Records what TensorFlow makes of serialized TensorProtos, valid and not, and how it encodes tensors itself.

Writes packages/protos/src/fixtures/tensor-protos.json. Run with tensorflow-cpu 2.15:

    python interop/protos/record_tensor_protos.py
"""

import json
import pathlib

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2, types_pb2

OUT = pathlib.Path(__file__).parents[2] / "packages/protos/src/fixtures/tensor-protos.json"


def shape(*sizes):
    return {"dim": [{"size": size} for size in sizes]}


def values_of(tensor):
    """The elements as hex of their little-endian bytes, or a list of hex strings for strings."""
    array = tensor.numpy()
    if tensor.dtype == tf.string:
        return [bytes(item).hex() for item in np.asarray(array, dtype=object).reshape(-1)]
    if tensor.dtype in (tf.dtypes.experimental.int4, tf.dtypes.experimental.uint4):
        # The upper half of their bytes is not part of the value; numpy drops it when it widens them.
        array = np.asarray(array).astype(np.int8)
    return np.ascontiguousarray(array).tobytes().hex()


CASES = {
    "float_val": dict(dtype=1, tensor_shape=shape(2, 2), float_val=[1, -2.5, 3e38, 0]),
    "float_val one value fills": dict(dtype=1, tensor_shape=shape(3), float_val=[7]),
    "float_val last value fills": dict(dtype=1, tensor_shape=shape(4), float_val=[1, 2]),
    "float_val too many": dict(dtype=1, tensor_shape=shape(2), float_val=[1, 2, 3]),
    "float_val none": dict(dtype=1, tensor_shape=shape(2)),
    "float content": dict(dtype=1, tensor_shape=shape(2), tensor_content=b"\0\0\x80\x3f\0\0\0\x40"),
    "float content short": dict(dtype=1, tensor_shape=shape(2), tensor_content=b"\0\0\x80\x3f"),
    "float content beats float_val": dict(dtype=1, tensor_shape=shape(1), tensor_content=b"\0\0\x80\x3f", float_val=[9]),
    "float wrong list": dict(dtype=1, tensor_shape=shape(2), int_val=[5]),
    "scalar": dict(dtype=2, double_val=[1.5]),
    "double_val": dict(dtype=2, tensor_shape=shape(3), double_val=[1e300, -1]),
    "int_val int32": dict(dtype=3, tensor_shape=shape(4), int_val=[1, -1, 2**31 - 1, -(2**31)]),
    "int_val uint8 wraps": dict(dtype=4, tensor_shape=shape(3), int_val=[255, 256, -1]),
    "int_val int16": dict(dtype=5, tensor_shape=shape(3), int_val=[-32768, 32768, 5]),
    "int_val int8": dict(dtype=6, tensor_shape=shape(3), int_val=[-128, 200, 5]),
    "string_val": dict(dtype=7, tensor_shape=shape(3), string_val=[b"a", b"\xff\0"]),
    "string none": dict(dtype=7, tensor_shape=shape(2)),
    "string content": dict(dtype=7, tensor_shape=shape(2), tensor_content=b"\1\2abb"),
    "string content short": dict(dtype=7, tensor_shape=shape(2), tensor_content=b"\1\2ab"),
    "string content long": dict(dtype=7, tensor_shape=shape(2), tensor_content=b"\1\2abbz"),
    "scomplex_val": dict(dtype=8, tensor_shape=shape(3), scomplex_val=[1, 2, 3, 4]),
    "scomplex_val odd": dict(dtype=8, tensor_shape=shape(2), scomplex_val=[1, 2, 3]),
    "complex content": dict(dtype=8, tensor_shape=shape(1), tensor_content=b"\0\0\x80\x3f\0\0\0\x40"),
    "int64_val": dict(dtype=9, tensor_shape=shape(5), int64_val=[1, -1, 2**63 - 1, -(2**63)]),
    "bool_val": dict(dtype=10, tensor_shape=shape(3), bool_val=[True, False]),
    "bool content": dict(dtype=10, tensor_shape=shape(3), tensor_content=b"\1\0\1"),
    "bool content neither": dict(dtype=10, tensor_shape=shape(3), tensor_content=b"\2\0\1"),
    "int_val qint8": dict(dtype=11, tensor_shape=shape(2), int_val=[-3, 130]),
    "int_val quint8": dict(dtype=12, tensor_shape=shape(2), int_val=[3, 300]),
    "int_val qint32": dict(dtype=13, tensor_shape=shape(2), int_val=[-70000]),
    "half_val bfloat16": dict(dtype=14, tensor_shape=shape(2), half_val=[0x3F80, 0x4000]),
    "int_val qint16": dict(dtype=15, tensor_shape=shape(2), int_val=[5, 70000]),
    "int_val quint16": dict(dtype=16, tensor_shape=shape(2), int_val=[5, 70000]),
    "int_val uint16": dict(dtype=17, tensor_shape=shape(2), int_val=[5, 70000]),
    "dcomplex_val": dict(dtype=18, tensor_shape=shape(2), dcomplex_val=[1, 2]),
    "half_val": dict(dtype=19, tensor_shape=shape(3), half_val=[0x3C00, 0xC000]),
    "uint32_val": dict(dtype=22, tensor_shape=shape(2), uint32_val=[2**32 - 1]),
    "uint64_val": dict(dtype=23, tensor_shape=shape(2), uint64_val=[2**64 - 1, 5]),
    "float8_e5m2": dict(dtype=24, tensor_shape=shape(4), float8_val=b"\1\2"),
    "float8_e4m3fn": dict(dtype=25, tensor_shape=shape(2), float8_val=b"\1\2\3"),
    "int4": dict(dtype=29, tensor_shape=shape(4), int_val=[1, -2, 9]),
    "int4 content": dict(dtype=29, tensor_shape=shape(4), tensor_content=b"\x01\x1e\xff\x08"),
    "uint4": dict(dtype=30, tensor_shape=shape(3), int_val=[1, 18]),
    "empty": dict(dtype=1, tensor_shape=shape(0, 3)),
    "empty with content": dict(dtype=1, tensor_shape=shape(0), tensor_content=b"abcd"),
    "unknown dimension": dict(dtype=1, tensor_shape=shape(-1)),
    "unknown rank": dict(dtype=1, tensor_shape={"unknown_rank": True}, float_val=[2]),
    "unknown rank with a dimension": dict(dtype=1, tensor_shape={"unknown_rank": True, "dim": [{"size": 2}]}, float_val=[2]),
    "overflowing shape": dict(dtype=1, tensor_shape=shape(2**40, 2**40)),
    "no dtype": dict(tensor_shape=shape(1), float_val=[1]),
    "reference dtype": dict(dtype=101, tensor_shape=shape(1), float_val=[1]),
    "255 dimensions": dict(dtype=1, tensor_shape=shape(*([1] * 255)), float_val=[1]),
    "254 dimensions": dict(dtype=1, tensor_shape=shape(*([1] * 254)), float_val=[1]),
}

parsed = []
for name, fields in CASES.items():
    proto = tensor_pb2.TensorProto(**fields)
    case = {"name": name, "proto": proto.SerializeToString().hex(), "dtype": proto.dtype}
    try:
        # parse_tensor goes through Tensor::FromProto; an invalid dtype cannot be asked for, so ask for float there.
        dtype = proto.dtype if 0 < proto.dtype < 100 else types_pb2.DT_FLOAT
        tensor = tf.io.parse_tensor(proto.SerializeToString(), dtype)
        case["shape"] = tensor.shape.as_list()
        if len(case["shape"]) <= 32:  # numpy's limit
            case["values"] = values_of(tensor)
    except tf.errors.InvalidArgumentError:
        case["refused"] = True
    parsed.append(case)

encoded = []
for dtype, data in {
    "float32": [1.5, -2], "float64": [1e300], "int32": [1, -1], "uint8": [200], "int16": [-5], "int8": [-5],
    "complex64": [1 + 2j], "int64": [-1, 2**40], "bool": [True, False], "bfloat16": [1.5], "uint16": [65535],
    "complex128": [1 - 2j], "float16": [1.5], "uint32": [2**32 - 1], "uint64": [2**64 - 1],
}.items():
    tensor = tf.constant(data, dtype=getattr(tf, dtype))
    # SerializeTensor writes AsProtoTensorContent, for strings AsProtoField.
    encoded.append({"dtype": tensor.dtype.as_datatype_enum, "shape": tensor.shape.as_list(), "values": values_of(tensor),
                    "content": tf.io.serialize_tensor(tensor).numpy().hex()})
tensor = tf.constant([b"ab", b"", b"\xff"])
encoded.append({"dtype": 7, "shape": [3], "values": values_of(tensor), "content": tf.io.serialize_tensor(tensor).numpy().hex()})

OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps({
    "tensorflow": tf.__version__, "script": "interop/protos/record_tensor_protos.py", "parsed": parsed, "encoded": encoded,
}, indent=1) + "\n")
