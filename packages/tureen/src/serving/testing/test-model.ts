import { scanExample } from "@tureen/protos/example";
import { readFloatList } from "@tureen/protos/feature-lists";
import type { DType } from "../../core/dtype.js";
import { StatusError } from "../../core/status-error.js";
import { floatValue, stringValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import type { ServableModel, SignatureInfo, TensorInfo } from "../../saved-model/signature.js";

const tensor = (name: string, dtype: DType, shape: TensorInfo["shape"]): TensorInfo => ({ name, dtype, shape });

function signature(
  methodName: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  outputs: Readonly<Record<string, TensorInfo>>,
  defaults: Readonly<Record<string, TensorValue>> = {},
): SignatureInfo {
  return {
    methodName,
    inputs: new Map(Object.entries(inputs)),
    outputs: new Map(Object.entries(outputs)),
    defaults: new Map(Object.entries(defaults)),
  };
}

const predictMethod = "tensorflow/serving/predict";
const x = tensor("x:0", "float32", [-1]);
const y = tensor("y:0", "float32", [-1]);
const examples = tensor("examples:0", "string", [-1]);
const scores = tensor("scores:0", "float32", [-1, 1]);

const signatures: ReadonlyMap<string, SignatureInfo> = new Map([
  ["serving_default", signature(predictMethod, { x }, { y })],
  ["classify_x_to_y", signature("tensorflow/serving/classify", { inputs: examples }, { scores })],
  [
    "classify_labels",
    signature(
      "tensorflow/serving/classify",
      { inputs: examples },
      { classes: tensor("classes:0", "string", [-1, 1]), scores },
    ),
  ],
  ["regress_x_to_y", signature("tensorflow/serving/regress", { inputs: examples }, { outputs: scores })],
  [
    "two_inputs",
    signature(
      predictMethod,
      { a: tensor("a:0", "float32", undefined), b: tensor("b:0", "int32", undefined) },
      { sum: tensor("sum:0", "float32", undefined), b: tensor("b:0", "int32", undefined) },
    ),
  ],
  [
    "with_default",
    signature(
      predictMethod,
      { x, bias: tensor("bias:0", "float32", []) },
      { z: tensor("z:0", "float32", [-1]) },
      {
        bias: floatValue([10], []),
      },
    ),
  ],
  ["no_inputs", signature(predictMethod, {}, { one: tensor("one:0", "float32", []) })],
  [
    "echo_text",
    signature(
      predictMethod,
      { text: tensor("text:0", "string", undefined) },
      { text: tensor("text:0", "string", undefined) },
    ),
  ],
  [
    "echo_bytes",
    signature(
      predictMethod,
      { text: tensor("text:0", "string", undefined) },
      { image_bytes: tensor("text:0", "string", undefined) },
    ),
  ],
  ["half", signature(predictMethod, { x }, { h: tensor("half:0", "float16", [-1]) })],
  ...(
    [
      "float64",
      "int64",
      "uint8",
      "bool",
      "uint64",
      "float32",
      "int32",
      "float16",
      "bfloat16",
      "uint16",
      "complex64",
      "qint8",
    ] as const
  ).map(
    (dtype) =>
      [
        `echo_${dtype}`,
        signature(
          predictMethod,
          { v: tensor(`${dtype}:0`, dtype, undefined) },
          { v: tensor(`${dtype}:0`, dtype, undefined) },
        ),
      ] as const,
  ),
]);

/**
 * A model in plain TypeScript that computes x / 2 + 2 (TensorFlow Serving's half_plus_two) and a few things beside, for tests of what
 * lies around a model. `gate`, where given, is waited for in every run.
 */
export function testModel(
  options: { readonly offset?: number; readonly gate?: () => Promise<void> } = {},
): ServableModel & {
  readonly closed: boolean;
} {
  const offset = options.offset ?? 2;
  const state = { closed: false };
  const run: ServableModel["run"] = (feeds, fetches) => {
    if (state.closed) throw new StatusError("FAILED_PRECONDITION", "Session has been closed.");
    return fetches.map((name) => compute(name, feeds, offset));
  };
  return {
    signatures,
    run,
    runAsync: async (feeds, fetches, runOptions) => {
      await options.gate?.();
      return run(feeds, fetches, runOptions);
    },
    exampleFeatures: (key) => (key === "classify_x_to_y" ? [{ key: "x", dtype: "float32", shape: [1] }] : undefined),
    memoryBytes: 8,
    close: () => {
      state.closed = true;
    },
    get closed() {
      return state.closed;
    },
  };
}

function compute(name: string, feeds: ReadonlyMap<string, TensorValue>, offset: number): TensorValue {
  const feed = (key: string): TensorValue => {
    const value = feeds.get(key);
    if (value === undefined)
      throw new StatusError("INVALID_ARGUMENT", `You must feed a value for placeholder tensor '${key}'`);
    return value;
  };
  const half = (value: TensorValue): Float32Array =>
    (value.data as Float32Array).map((element) => element / 2 + offset);
  switch (name) {
    case "y:0":
      return floatValue(half(feed("x:0")), feed("x:0").shape);
    case "z:0": {
      const bias = (feed("bias:0").data as Float32Array)[0]!;
      return floatValue(
        (feed("x:0").data as Float32Array).map((element) => element + bias),
        feed("x:0").shape,
      );
    }
    case "one:0":
      return floatValue([1], []);
    case "half:0":
      return tensorValue("float16", feed("x:0").shape, new Uint16Array((feed("x:0").data as Float32Array).length));
    case "sum:0": {
      const b = feed("b:0").data as Int32Array;
      return floatValue(
        (feed("a:0").data as Float32Array).map((element, i) => element + b[i]!),
        feed("a:0").shape,
      );
    }
    case "scores:0": {
      const values = (feed("examples:0").data as readonly Uint8Array[]).map((example) => featureX(example));
      return floatValue(
        values.map((value) => value / 2 + offset),
        [values.length, 1],
      );
    }
    case "classes:0": {
      const values = (feed("examples:0").data as readonly Uint8Array[]).map((example) => featureX(example));
      return stringValue(
        values.map((value) => `x=${value}`),
        [values.length, 1],
      );
    }
    default:
      return feed(name);
  }
}

function featureX(example: Uint8Array): number {
  const out = new Float32Array(1);
  let found = false;
  scanExample(example, (keyStart, keyEnd, kind, start, end) => {
    if (decodeText(example.subarray(keyStart, keyEnd)) !== "x" || kind !== 2) return;
    found = true;
    readFloatList(example, start, end, out, 0);
  });
  if (!found) {
    throw new StatusError(
      "INVALID_ARGUMENT",
      "Name: <unknown>, Feature: x (data type: float) is required but could not be found.\n\t [[{{node ParseExample/ParseExample}}]]",
    );
  }
  return out[0]!;
}
