import type { DType } from "../../core/dtype.js";
import type { StatusError } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { ExampleFeature } from "../../saved-model/example-features.js";
import type { RunOptions, ServableModel, SignatureInfo } from "../../saved-model/signature.js";
import type { DriftWatch } from "../drift/drift-report.js";

/** A signature with what a request needs of it worked out once. */
export interface CompiledSignature {
  readonly name: string;
  readonly info: SignatureInfo;
  /** Aliases and tensor names of the inputs, in the file's order. */
  readonly inputs: readonly SignatureTensor[];
  /** Aliases and tensor names of the outputs, in the file's order. */
  readonly outputs: readonly SignatureTensor[];
  /** Tensor names of all outputs: the fetches of a request without a filter. */
  readonly outputNames: readonly string[];
}

/** An input or output of a signature. */
export interface SignatureTensor {
  readonly alias: string;
  readonly name: string;
  /** What the signature says, and JSON is read as. */
  readonly dtype: DType;
  /** What the graph takes. */
  readonly fedDtype: DType;
  /** Whether it is a sparse or ragged tensor, which has no name of its own: `name` is empty. */
  readonly isCompositeTensor: boolean;
}

/** What a run may be told beside what the model is told. */
export interface ServableRunOptions extends RunOptions {
  /** Where a queue notes how long the request waited in it. */
  readonly record?: { queue: number; batchRows: number };
}

/** Runs tensors by name; what is done at once comes without a promise. */
export type RunTensors = (
  feeds: ReadonlyMap<string, TensorValue>,
  fetches: readonly string[],
  options: ServableRunOptions,
) => readonly TensorValue[] | Promise<readonly TensorValue[]>;

/** A version of a model, ready to answer. */
export interface Servable {
  readonly name: string;
  readonly version: bigint;
  readonly signatures: ReadonlyMap<string, CompiledSignature>;
  /** Runs, through the batching queue where the model has one. */
  readonly run: RunTensors;
  /** Bytes that it holds now; grows as plans are compiled. */
  readonly memoryBytes: () => number;
  /** The features that a signature parses from serialized Examples; undefined where it parses none. Found at the first question. */
  readonly exampleFeatures?: (signature: string) => readonly ExampleFeature[] | undefined;
  /** What the model's status says beside AVAILABLE, where not all is well with it. */
  readonly caveat?: StatusError;
  /** What compares its requests with the data that it was trained on, where that is asked for and known. */
  readonly drift?: DriftWatch;
  /** Rows that wait in its batching queues, where it has some. */
  readonly queuedRows?: () => number;
  close(): void;
}

/** Makes a servable of a version's folder. */
export type LoadServable = (name: string, version: bigint, path: string) => Promise<Servable>;

/** Works out what requests need of each signature. */
export function compileSignatures(
  signatures: ReadonlyMap<string, SignatureInfo>,
): ReadonlyMap<string, CompiledSignature> {
  const compiled = new Map<string, CompiledSignature>();
  for (const [name, info] of signatures) {
    const outputs = tensorsOf(info.outputs);
    compiled.set(name, {
      name,
      info,
      inputs: tensorsOf(info.inputs),
      outputs,
      outputNames: outputs.map((o) => o.name),
    });
  }
  return compiled;
}

function tensorsOf(map: SignatureInfo["inputs"]): SignatureTensor[] {
  return [...map].map(([alias, { name, dtype, fedDtype = dtype, sparse, composite }]) => {
    const isCompositeTensor = sparse !== undefined || composite !== undefined;
    return { alias, name: isCompositeTensor ? "" : name, dtype, fedDtype, isCompositeTensor };
  });
}

function keptByKey<Value>(find: (key: string) => Value): (key: string) => Value {
  const found = new Map<string, Value>();
  return (key) => {
    if (!found.has(key)) found.set(key, find(key));
    return found.get(key)!;
  };
}

/** A servable that runs every request by itself. */
export function directServable(name: string, version: bigint, model: ServableModel): Servable {
  return {
    name,
    version,
    signatures: compileSignatures(model.signatures),
    run: (feeds, fetches, options) => (model.runSoon ?? model.runAsync).call(model, feeds, fetches, options),
    memoryBytes: () => model.memoryBytes,
    exampleFeatures: keptByKey((key) => model.exampleFeatures?.(key)),
    close: () => model.close(),
  };
}
