import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type TensorProto, TensorProtoSchema } from "@tureen/protos/gen/tensorflow/core/framework/tensor_pb";
import { decodeTensorProto, encodeTensorProto, WireError } from "@tureen/protos/tensor-proto";
import { allocate, dtypeFromNumber, dtypeNumber, dtypeSize, isNumericDType, type NumericArray } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";

/** A model's constants may be filled up from one value to this many elements: 2^27 floats are 512 MiB. */
const maxFilledConstant = 2 ** 27;

/** The value of a TensorProto message; INVALID_ARGUMENT for one that TensorFlow refuses. */
export function tensorFromProto(proto: TensorProto): TensorValue {
  const content = proto.tensorContent;
  const dtype = dtypeFromNumber(proto.dtype);
  const shape = (proto.tensorShape?.dim ?? []).map((dim) => Number(dim.size));
  if (content.length > 0 && isNumericDType(dtype) && content.length === elementCount(shape) * dtypeSize(dtype)) {
    const data = allocate(dtype, elementCount(shape)) as unknown as NumericArray;
    new Uint8Array(data.buffer).set(content);
    return tensorValue(dtype, shape, data as never);
  }
  try {
    const decoded = decodeTensorProto(toBinary(TensorProtoSchema, proto), { maxFilled: maxFilledConstant });
    return tensorValue(dtypeFromNumber(decoded.dtype), decoded.shape, decoded.data as never);
  } catch (error) {
    if (error instanceof WireError) throw invalidArgument(`Cannot parse tensor from proto: ${error.message}`);
    throw error;
  }
}

/** The TensorProto message of a value: strings and scalars in typed fields, the rest as `tensor_content`, as `tf.make_tensor_proto` writes them. */
export function tensorToProto(value: TensorValue): TensorProto {
  const bytes = encodeTensorProto(
    { dtype: dtypeNumber(value.dtype), shape: value.shape, data: value.data as never },
    { asContent: value.dtype !== "string" && elementCount(value.shape) > 1 },
  );
  return fromBinary(TensorProtoSchema, bytes);
}

/** An empty TensorProto, for messages that need one. */
export function emptyTensorProto(): TensorProto {
  return create(TensorProtoSchema);
}
