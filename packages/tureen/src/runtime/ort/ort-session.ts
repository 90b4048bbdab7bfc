import type { DataOf, DType } from "../../core/dtype.js";
import { type Shape, sameShape } from "../../core/shape.js";
import { internal } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { NativeBinding, NativeSession, OrtTensor } from "./native-binding.js";
import { onnxDType } from "./onnx-dtype.js";
import type { OnnxModel, OnnxPort } from "./onnx-model.js";

/** How ONNX Runtime runs. */
export interface OrtSessionOptions {
  /** Threads inside one operator; 1 (the default) makes no thread pool, which suits many small models on shared cores. */
  readonly intraOpThreads?: number;
}

/** Only fatal errors: everything else comes back as an exception and must not go to stderr as well. */
const fatalOnly = 4;

/** A compiled ONNX model: synchronous runs, values in and out in the order of the model's ports. */
export class OrtSession {
  readonly #binding: NativeBinding;
  readonly #session: NativeSession;
  readonly #inputNames: readonly string[];
  readonly #inputTypes: readonly string[];
  readonly #outputNames: readonly string[];
  readonly #outputTypes: readonly DType[];
  readonly #fetches: Readonly<Record<string, null>>;
  /** Bytes of the model and its weights, which ONNX Runtime keeps a copy of. */
  readonly nativeBytes: number;
  /** Outputs whose memory serves again in the next run. */
  #reused: readonly number[] = [];
  #shapes: readonly Shape[] = [];
  #again: Record<string, OrtTensor | null> | undefined;

  /** Throws what ONNX Runtime says where it cannot take the model. */
  constructor(
    binding: NativeBinding,
    model: OnnxModel,
    inputs: readonly OnnxPort[],
    outputs: readonly OnnxPort[],
    options: OrtSessionOptions = {},
  ) {
    this.#binding = binding;
    this.#session = new binding.InferenceSession();
    const { bytes, externalData } = model;
    this.nativeBytes = externalData.reduce((sum, { data }) => sum + data.byteLength, bytes.byteLength);
    this.#session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
      executionProviders: ["cpu"],
      graphOptimizationLevel: "all",
      intraOpNumThreads: options.intraOpThreads ?? 1,
      interOpNumThreads: 1,
      logSeverityLevel: fatalOnly,
      externalData,
    });
    this.#inputNames = inputs.map(({ name }) => name);
    this.#inputTypes = inputs.map(({ dtype }) => onnxDType(dtype)!.name);
    this.#outputNames = outputs.map(({ name }) => name);
    this.#outputTypes = outputs.map(({ dtype }) => dtype);
    this.#fetches = Object.fromEntries(outputs.map(({ name }) => [name, null]));
  }

  /**
   * Lets runs with inputs of the same shapes write the numbered outputs where the run before wrote them.
   *
   * Only for outputs that nobody holds when the next run begins, and whose shapes depend on the inputs' shapes alone.
   */
  reuse(outputs: readonly number[]): void {
    this.#reused = outputs;
  }

  /** Inputs are read in place; outputs are fresh unless `reuse` says otherwise. Throws what ONNX Runtime says. */
  run(values: readonly TensorValue[]): TensorValue[] {
    const { Tensor } = this.#binding;
    const feeds: Record<string, OrtTensor> = {};
    const names = this.#inputNames;
    for (let i = 0; i < names.length; i++) {
      const value = values[i]!;
      feeds[names[i]!] = new Tensor(this.#inputTypes[i]!, unshared(value.data), value.shape);
    }
    const isSame = this.#again !== undefined && haveShapes(values, this.#shapes);
    const results = this.#session.run(feeds, isSame ? this.#again! : this.#fetches, {});
    if (this.#reused.length > 0 && !isSame) {
      this.#shapes = values.map(({ shape }) => shape);
      this.#again = { ...this.#fetches };
      for (const i of this.#reused) this.#again[this.#outputNames[i]!] = results[this.#outputNames[i]!]!;
    }
    const outputs = new Array<TensorValue>(this.#outputNames.length);
    for (let i = 0; i < outputs.length; i++) {
      const result = results[this.#outputNames[i]!];
      if (result === undefined) throw internal(`ONNX Runtime gave no value for ${this.#outputNames[i]}`);
      outputs[i] = tensorValue(this.#outputTypes[i]!, result.dims, result.data as DataOf[DType]);
    }
    return outputs;
  }

  close(): void {
    this.#session.dispose();
  }
}

function haveShapes(values: readonly TensorValue[], shapes: readonly Shape[]): boolean {
  for (let i = 0; i < shapes.length; i++) if (!sameShape(values[i]!.shape, shapes[i]!)) return false;
  return true;
}

/** Copies of what lies in memory that threads share: weights, which nothing changes. */
const copies = new WeakMap<object, TensorValue["data"]>();

/** The data where ONNX Runtime's binding can read it: it refuses shared memory. */
function unshared(data: TensorValue["data"]): TensorValue["data"] {
  const array = data as Float32Array<ArrayBufferLike>;
  if (!(array.buffer instanceof SharedArrayBuffer)) return data;
  let copy = copies.get(array);
  if (copy === undefined) {
    copy = array.slice() as unknown as TensorValue["data"];
    copies.set(array, copy);
  }
  return copy;
}
