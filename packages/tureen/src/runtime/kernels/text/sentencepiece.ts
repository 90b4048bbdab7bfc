import { invalidArgument, StatusError, unimplemented } from "../../../core/status-error.js";
import { scalarValue, type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { KernelFactory, KernelNode, KernelTable } from "../../kernel.js";
import { defaultContainer, handleOf, handleValue, type Resource, type ResourceHandle } from "../../resource-manager.js";
import type { RunContext } from "../../run-context.js";
import { int64Value, integerValue, numbersOf } from "../sparse/integers.js";
import { type ExtraOptions, SentencePieceProcessor } from "./sentencepiece/processor.js";

interface SentencepieceResource extends Resource {
  readonly kind: "SentencepieceResource";
  readonly processor: SentencePieceProcessor;
}

const kind = "SentencepieceResource";

const sentencepieceOp: KernelFactory = ({ attrs, name }) => {
  const container = attrs.text("container");
  const shared = attrs.text("shared_name");
  const model = attrs.bytes("model");
  const own = attrs.bool("use_node_name_sharing") ? name : `_1_${name}`;
  const handle: ResourceHandle = {
    container: container === "" ? defaultContainer : container,
    name: shared === "" ? own : shared,
    kind,
  };
  const outputs = [handleValue(handle)];
  return (_, { resources }) => {
    resources.getOrCreate<SentencepieceResource>(handle, () => {
      if (model.length === 0) throw invalidArgument("Model argument must be specified.");
      return { kind, processor: new SentencePieceProcessor(model) };
    });
    return outputs;
  };
};

function processorOf(value: TensorValue, { resources }: RunContext): SentencePieceProcessor {
  return resources.get<SentencepieceResource>(handleOf(value)).processor;
}

const flag = (value: TensorValue): boolean => (value.data as Uint8Array)[0] !== 0;

function extraOptions(inputs: readonly TensorValue[], from: number): ExtraOptions {
  return { bos: flag(inputs[from]!), eos: flag(inputs[from + 1]!), reverse: flag(inputs[from + 2]!) };
}

const sampling = "SentencePiece's sampling and n-best lists are not supported";

/** Only the one best segmentation: what is drawn at random has no expected answer. */
function checkBest(nbest: TensorValue): void {
  for (const size of numbersOf(nbest)) if (size !== 0 && size !== 1) throw unimplemented(sampling);
}

function tokenize(withOffsets: boolean): KernelFactory {
  return (node: KernelNode) => {
    const { attrs } = node;
    if (attrs.bool("return_nbest")) throw unimplemented(sampling);
    const known = node.constant(2);
    if (known !== undefined) checkBest(known);
    const asIds = attrs.type("out_type") === "int32";
    const splitsDType = attrs.type("Tsplits") as "int32" | "int64";
    return (inputs, context) => {
      const processor = processorOf(inputs[0]!, context);
      checkBest(inputs[2]!);
      const options = extraOptions(inputs, 4);
      const ids: number[] = [];
      const pieces: Uint8Array[] = [];
      const starts: number[] = [];
      const ends: number[] = [];
      const splits = [0];
      for (const text of inputs[1]!.data as readonly Uint8Array[]) {
        for (const { piece, id, start, end } of processor.encode(text, options)) {
          if (asIds) ids.push(id);
          else pieces.push(piece);
          starts.push(start);
          ends.push(end);
        }
        splits.push(starts.length);
      }
      const count = [starts.length];
      const values = asIds ? tensorValue("int32", count, Int32Array.from(ids)) : tensorValue("string", count, pieces);
      const outputs = [values, integerValue(splitsDType, [splits.length], splits)];
      return withOffsets ? [...outputs, int64Value(count, starts), int64Value(count, ends)] : outputs;
    };
  };
}

const detokenize: KernelFactory = () => (inputs, context) => {
  const processor = processorOf(inputs[0]!, context);
  const values = inputs[1]!.data as Int32Array | readonly Uint8Array[];
  const splits = numbersOf(inputs[2]!);
  if (splits.length === 0) throw invalidArgument("input_splits must have at least 1 element.");
  const options = extraOptions(inputs, 3);
  const texts: Uint8Array[] = [];
  for (let i = 0; i + 1 < splits.length; i++) {
    const [from, to] = [splits[i]!, splits[i + 1]!];
    if (values.length === 0) {
      texts.push(new Uint8Array(0));
      continue;
    }
    if (from > values.length) {
      throw new StatusError(
        "OUT_OF_RANGE",
        `Splits and values do not match; split ${from}but values size is ${values.length}`,
      );
    }
    const row: (number | Uint8Array)[] = [];
    for (let j = from; j < Math.min(to, values.length); j++) {
      const item = values[j]!;
      if (typeof item === "number" && (item < 0 || item >= processor.size)) {
        throw new StatusError("OUT_OF_RANGE", `Invalid id: ${item}`);
      }
      row.push(item);
    }
    texts.push(processor.decode(row, options));
  }
  return [tensorValue("string", [texts.length], texts)];
};

const vocabSize: KernelFactory = () => (inputs, context) => [
  scalarValue("int32", processorOf(inputs[0]!, context).size),
];

const idToString: KernelFactory = () => (inputs, context) => {
  const processor = processorOf(inputs[0]!, context);
  const ids = inputs[1]!.data as Int32Array;
  const pieces = Array.from(ids, (id) => {
    const piece = processor.pieceOf(id);
    if (piece === undefined) throw new StatusError("OUT_OF_RANGE", `Invalid id: ${id}`);
    return piece;
  });
  return [tensorValue("string", inputs[1]!.shape, pieces)];
};

const stringToId: KernelFactory = () => (inputs, context) => {
  const processor = processorOf(inputs[0]!, context);
  const ids = (inputs[1]!.data as readonly Uint8Array[]).map((piece) => processor.idOf(piece));
  return [tensorValue("int32", inputs[1]!.shape, Int32Array.from(ids))];
};

/** SentencepieceOp, which holds the model, and the ops that use it. */
export const sentencepieceKernels: KernelTable = {
  SentencepieceOp: sentencepieceOp,
  SentencepieceTokenizeOp: tokenize(false),
  SentencepieceTokenizeWithOffsetsOp: tokenize(true),
  SentencepieceDetokenizeOp: detokenize,
  SentencepieceVocabSizeOp: vocabSize,
  SentencepieceIdToStringOp: idToString,
  SentencepieceStringToIdOp: stringToId,
};
