import type { ClassificationTable } from "@tureen/protos/classification-response";
import { dtypeEnumName } from "../../core/dtype.js";
import { shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { CompiledSignature, SignatureTensor } from "../servable/servable.js";
import { classifyMethod } from "./model-spec.js";
import { signatureText } from "./signature-text.js";

/** The tensors of a signature that classifies. */
export interface ClassificationTensors {
  readonly input: SignatureTensor;
  readonly classes: SignatureTensor | undefined;
  readonly scores: SignatureTensor | undefined;
  /** Tensor names to fetch: classes, then scores, as far as there are any. */
  readonly fetches: readonly string[];
}

/**
 * The tensors of a signature that Classify can use; INVALID_ARGUMENT with TensorFlow Serving's texts for one that it cannot
 * (servables/tensorflow/classifier.cc). The method name counts only under `--enable_signature_method_name_check`.
 */
export function classificationTensors(signature: CompiledSignature, checkMethodName: boolean): ClassificationTensors {
  const { info, inputs, outputs } = signature;
  if (checkMethodName && info.methodName !== classifyMethod) {
    throw invalidArgument(
      `Expected classification signature method_name to be ${classifyMethod}. Was: ${info.methodName}`,
    );
  }
  if (inputs.length !== 1) throw invalidArgument("Expected one input Tensor.");
  if (outputs.length !== 1 && outputs.length !== 2) {
    throw invalidArgument(`Expected one or two output Tensors, found ${outputs.length}`);
  }
  const input = inputs.find(({ alias }) => alias === "inputs");
  if (input === undefined) {
    throw invalidArgument(`No classification inputs found in SignatureDef: ${signatureText(info)}`);
  }
  const classes = outputs.find(({ alias }) => alias === "classes");
  const scores = outputs.find(({ alias }) => alias === "scores");
  if (classes === undefined && scores === undefined) {
    throw invalidArgument(
      `Expected classification signature outputs to contain at least one of "classes" or "scores". Signature was: ${signatureText(info)}`,
    );
  }
  return {
    input,
    classes,
    scores,
    fetches: [classes, scores].flatMap((tensor) => (tensor === undefined ? [] : [tensor.name])),
  };
}

/** Checks what the model computed for `examples` Examples and gives it the response's form; INVALID_ARGUMENT where it does not fit. */
export function classificationTable(
  classes: TensorValue | undefined,
  scores: TensorValue | undefined,
  examples: number,
): ClassificationTable {
  if (classes !== undefined) check(classes, "classes", "string", examples);
  if (scores !== undefined) check(scores, "scores", "float32", examples);
  if (classes !== undefined && scores !== undefined && classes.shape[1] !== scores.shape[1]) {
    throw invalidArgument(
      `Tensors class and score should match in dim_size(1). Got ${classes.shape[1]} vs. ${scores.shape[1]}`,
    );
  }
  return {
    rows: examples,
    columns: (classes ?? scores)?.shape[1] ?? 0,
    ...(classes === undefined ? {} : { classes: classes.data as readonly Uint8Array[] }),
    ...(scores === undefined ? {} : { scores: scores.data as Float32Array }),
  };
}

function check(value: TensorValue, what: "classes" | "scores", dtype: "string" | "float32", examples: number): void {
  if (value.shape.length !== 2) {
    throw invalidArgument(`Expected Tensor shape: [batch_size num_classes] but got ${shapeText(value.shape)}`);
  }
  if (value.dtype !== dtype) {
    throw invalidArgument(`Expected ${what} Tensor of ${dtypeEnumName(dtype)}. Got: ${dtypeEnumName(value.dtype)}`);
  }
  if (value.shape[0] !== examples) {
    throw invalidArgument(`Expected ${what} output batch size of ${examples}. Got: ${value.shape[0]}`);
  }
}
