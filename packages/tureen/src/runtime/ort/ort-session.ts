import type { DataOf, DType } from "../../core/dtype.js";
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

  /** Inputs are read in place; outputs are fresh. Throws what ONNX Runtime says. */
  run(values: readonly TensorValue[]): TensorValue[] {
    const { Tensor } = this.#binding;
    const feeds: Record<string, OrtTensor> = {};
    const names = this.#inputNames;
    for (let i = 0; i < names.length; i++) {
      const value = values[i]!;
      feeds[names[i]!] = new Tensor(this.#inputTypes[i]!, value.data, value.shape);
    }
    const results = this.#session.run(feeds, this.#fetches, {});
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
