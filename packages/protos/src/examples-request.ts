import { type ModelSpecMessage, readModelSpec, writeModelSpec } from "./model-spec.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

/** A `tensorflow.serving.Input`: serialized `tensorflow.Example`s, none of them parsed. */
export interface ExamplesInput {
  readonly examples: readonly Uint8Array[];
  /** The Example whose features all the others share (`ExampleListWithContext`); undefined for a plain list. */
  readonly context?: Uint8Array;
}

/** A `ClassificationRequest` or a `RegressionRequest`: the two have the same fields. */
export interface ExamplesRequestMessage {
  /** Undefined where the request has none. */
  readonly modelSpec: ModelSpecMessage | undefined;
  readonly input: ExamplesInput;
}

/**
 * Decodes a serialized ClassificationRequest or RegressionRequest; examples are views of `bytes`.
 *
 * Examples are not looked into: a malformed one is for whoever parses it. Throws `WireError` with reason `malformed`.
 */
export function decodeExamplesRequest(bytes: Uint8Array): ExamplesRequestMessage {
  const reader = new WireReader(bytes);
  let modelSpec: ModelSpecMessage | undefined;
  let input: ExamplesInput = { examples: [] };
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) modelSpec = readModelSpec(reader, modelSpec);
    else if (tag === 18) input = readExamplesInput(reader, input);
    else reader.skip(tag);
  }
  return { modelSpec, input };
}

/** Encodes a ClassificationRequest or RegressionRequest. */
export function encodeExamplesRequest(request: ExamplesRequestMessage): Uint8Array {
  const { examples, context } = request.input;
  let size = 256 + (context?.length ?? 0);
  for (const example of examples) size += example.length + 6;
  const writer = new WireWriter(size);
  writeExamplesInput(writer, 18, request.input);
  if (request.modelSpec !== undefined) writeModelSpec(writer, 10, request.modelSpec);
  return writer.finish();
}

/** Reads a length-prefixed Input; `before` is what an earlier occurrence of the field said. */
export function readExamplesInput(reader: WireReader, before: ExamplesInput = { examples: [] }): ExamplesInput {
  let examples: Uint8Array[] = [...before.examples];
  let context = before.context;
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== 10 && tag !== 18) {
      reader.skip(tag);
      continue;
    }
    // The two lists are a oneof: the later kind drops the earlier one, the same kind adds to it.
    if ((tag === 18) !== (context !== undefined)) {
      examples = [];
      context = tag === 18 ? new Uint8Array(0) : undefined;
    }
    const listEnd = reader.enter();
    while (!reader.done) {
      const inner = reader.tag();
      if (inner === 10) examples.push(reader.bytesView());
      else if (inner === 18 && context !== undefined) context = append(context, reader.bytesView());
      else reader.skip(inner);
    }
    reader.leave(listEnd);
  }
  reader.leave(outer);
  return context === undefined ? { examples } : { examples, context };
}

/** Prepends an Input as a length-prefixed field with the given tag. */
export function writeExamplesInput(writer: WireWriter, tag: number, input: ExamplesInput): void {
  const start = writer.mark;
  if (input.context !== undefined) writer.bytesField(18, input.context);
  for (let i = input.examples.length - 1; i >= 0; i--) writer.bytesField(10, input.examples[i]!);
  writer.wrap(input.context === undefined ? 10 : 18, start);
  writer.wrap(tag, start);
}

/** Two encodings of a message, one after the other, are the encoding of the merged message. */
function append(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
