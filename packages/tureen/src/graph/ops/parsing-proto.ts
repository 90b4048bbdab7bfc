import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Where the descriptor of a message is: the bytes of `bytes://` and a FileDescriptorSet. */
interface MessageOptions {
  readonly messageType: string;
  readonly fieldNames: readonly string[];
  readonly descriptorSource: Uint8Array;
  readonly name?: string;
}

/** Fields of serialized messages: how many values each has, and the values, filled up with defaults to one more dimension. */
export function decodeProtoV2(
  bytes: TensorLike,
  options: MessageOptions & { readonly outputTypes: readonly DType[]; readonly sanitize?: boolean },
): { readonly sizes: Tensor; readonly values: readonly Tensor[] } {
  const { outputs } = buildOp(
    "DecodeProtoV2",
    [bytes],
    {
      message_type: options.messageType,
      field_names: options.fieldNames,
      output_types: options.outputTypes,
      descriptor_source: options.descriptorSource,
      sanitize: options.sanitize,
    },
    options,
  );
  return { sizes: outputs[0]!, values: outputs.slice(1) };
}

/** Serialized messages of fields' values, of which `sizes` says how many count. */
export function encodeProto(sizes: TensorLike, values: readonly TensorLike[], options: MessageOptions): Tensor {
  return build(
    "EncodeProto",
    [sizes, values],
    {
      message_type: options.messageType,
      field_names: options.fieldNames,
      descriptor_source: options.descriptorSource,
    },
    options,
  );
}
