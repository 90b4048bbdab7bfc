import { WireWriter } from "@tureen/protos/wire-writer";
import type { AttrMap } from "./attr-value.js";
import { writeAttrs, writeText } from "./encode-attr.js";
import type { Graph, Operation } from "./graph.js";

// Tags: field number × 8 + wire type, 0 for numbers, 2 for what has a length. Everything is written from its end to its beginning.
const [textOf1, textOf2, textOf3, textOf4, textOf5] = [10, 18, 26, 34, 42] as const;

/** A first guess of how large a serialized node is. */
const bytesOfNode = 256;

/** What the bytes of a graph are made of beside its nodes. */
export interface GraphDefParts {
  /** The attributes of a node, as they are to be written. */
  readonly attrsOf: (op: Operation) => AttrMap;
  /** The serialized FunctionDefLibrary, where there is one. */
  readonly library?: Uint8Array;
}

/**
 * The serialized GraphDef of a graph: the bytes of `graphToProto`'s message, without making it.
 *
 * Each training writes its graph before the first step, when no code has run often enough to be fast: by way of messages that takes several times
 * as long.
 */
export function encodeGraphDef({ operations, producer }: Graph, { attrsOf, library }: GraphDefParts): Uint8Array {
  const writer = new WireWriter(Math.max(4096, operations.length * bytesOfNode));
  const versions = writer.mark;
  if (producer !== 0) {
    writer.int32(producer);
    writer.varint(8);
  }
  writer.wrap(textOf4, versions);
  if (library !== undefined) writer.bytesField(textOf2, library);
  for (let i = operations.length - 1; i >= 0; i--) {
    const start = writer.mark;
    writeNode(writer, operations[i]!, attrsOf(operations[i]!));
    writer.wrap(textOf1, start);
  }
  return writer.finish();
}

function writeNode(writer: WireWriter, op: Operation, attrs: AttrMap): void {
  writeAttrs(writer, textOf5, attrs);
  writeText(writer, textOf4, op.device);
  const { inputs, controlInputs } = op;
  for (let i = controlInputs.length - 1; i >= 0; i--) writer.textField(textOf3, `^${controlInputs[i]!.name}`);
  for (let i = inputs.length - 1; i >= 0; i--) {
    const { index, op: source } = inputs[i]!;
    writer.textField(textOf3, index === 0 ? source.name : `${source.name}:${index}`);
  }
  writeText(writer, textOf2, op.type);
  writeText(writer, textOf1, op.name);
}
