import { decodeMessage } from "@tureen/protos/decode-message";
import { TrackableObjectGraphSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/trackable_object_graph_pb";
import { invalidArgument } from "../../core/status-error.js";
import type { BundleReader } from "../../formats/tensor-bundle-reader.js";

/** Where an object-based checkpoint, as TensorFlow 2 writes them, keeps what it is made of. */
const objectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";

/**
 * The keys of variables in an object-based checkpoint by their full names; undefined for a checkpoint by names.
 *
 * INVALID_ARGUMENT where one of the wanted is not in it.
 */
export function objectCheckpointNames(
  reader: BundleReader,
  wanted: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (!reader.has(objectGraphKey)) return undefined;
  const [bytes] = reader.read(objectGraphKey).data as readonly Uint8Array[];
  const keys = new Map<string, string>();
  for (const node of decodeMessage(TrackableObjectGraphSchema, bytes!).nodes) {
    for (const { fullName, checkpointKey } of node.attributes) keys.set(fullName, checkpointKey);
  }
  const missing = wanted.filter((name) => !keys.has(name));
  if (missing.length > 0) {
    throw invalidArgument(
      `Attempting to warm-start from an object-based checkpoint, but found that the checkpoint did not contain values for all variables. The following variables were missing: {${missing.map((name) => `'${name}'`).join(", ")}}`,
    );
  }
  return Object.fromEntries(wanted.map((name) => [name, keys.get(name)!]));
}
