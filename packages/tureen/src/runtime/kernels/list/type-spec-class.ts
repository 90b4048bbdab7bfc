import { invalidArgument, StatusError } from "../../../core/status-error.js";
import { WireReader } from "../../../formats/wire-format.js";

/** `TypeSpecProto.TypeSpecClass` of TensorFlow's struct.proto, by number. */
const names: Readonly<Record<number, string>> = {
  0: "UNKNOWN",
  1: "SPARSE_TENSOR_SPEC",
  2: "INDEXED_SLICES_SPEC",
  3: "RAGGED_TENSOR_SPEC",
  4: "TENSOR_ARRAY_SPEC",
  5: "DATA_DATASET_SPEC",
  6: "DATA_ITERATOR_SPEC",
  7: "OPTIONAL_SPEC",
  8: "PER_REPLICA_SPEC",
  9: "VARIABLE_SPEC",
  10: "ROW_PARTITION_SPEC",
  12: "REGISTERED_TYPE_SPEC",
  13: "EXTENSION_TYPE_SPEC",
};

/** `CompositeTensorVariantMetadata.type_spec_proto` and `TypeSpecProto.type_spec_class`, tags with their wire types. */
const specTag = (1 << 3) | 2;
const classTag = 1 << 3;

/** Which kind of composite tensor a `CompositeTensorVariantMetadata` describes; INVALID_ARGUMENT for what is none. */
export function typeSpecClass(metadata: Uint8Array, refusal = "Error parsing metadata"): string {
  try {
    let found = 0;
    const reader = new WireReader(metadata);
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === specTag) found = classOf(reader.lengthPrefixed(), found);
      else reader.skip(tag);
    }
    return names[found] ?? String(found);
  } catch (error) {
    if (error instanceof StatusError) throw invalidArgument(refusal);
    throw error;
  }
}

function classOf(spec: Uint8Array, before: number): number {
  let found = before;
  const reader = new WireReader(spec);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === classTag) found = reader.varint();
    else reader.skip(tag);
  }
  return found;
}
