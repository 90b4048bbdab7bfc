import { dtypeEnumName } from "../../core/dtype.js";
import { shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { CompiledSignature, SignatureTensor } from "../servable/servable.js";
import { regressMethod } from "./model-spec.js";
import { signatureText } from "./signature-text.js";

/** The tensors of a signature that regresses. */
export interface RegressionTensors {
  readonly input: SignatureTensor;
  readonly output: SignatureTensor;
}

/**
 * The tensors of a signature that Regress can use; INVALID_ARGUMENT with TensorFlow Serving's texts for one that it cannot
 * (servables/tensorflow/regressor.cc). The method name counts only under `--enable_signature_method_name_check`.
 */
export function regressionTensors(signature: CompiledSignature, checkMethodName: boolean): RegressionTensors {
  const { info, inputs, outputs } = signature;
  if (checkMethodName && info.methodName !== regressMethod) {
    throw invalidArgument(`Expected regression signature method_name to be ${regressMethod}. Was: ${info.methodName}`);
  }
  if (inputs.length !== 1) throw invalidArgument("Expected one input Tensor.");
  if (outputs.length !== 1) throw invalidArgument("Expected one output Tensor.");
  const input = inputs.find(({ alias }) => alias === "inputs");
  if (input === undefined) {
    throw invalidArgument(`No regression inputs found in SignatureDef: ${signatureText(info)}`);
  }
  const output = outputs.find(({ alias }) => alias === "outputs");
  if (output === undefined) {
    throw invalidArgument(`No regression outputs found in SignatureDef: ${signatureText(info)}`);
  }
  return { input, output };
}

/** Checks what the model computed for `examples` Examples; INVALID_ARGUMENT unless it is one float for each. */
export function regressionValues(value: TensorValue, examples: number): Float32Array {
  const { shape, dtype } = value;
  if (shape.length !== 1 && !(shape.length === 2 && shape[1] === 1)) {
    throw invalidArgument(
      `Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got ${shapeText(shape)}`,
    );
  }
  if (shape[0] !== examples) {
    throw invalidArgument(`Input batch size did not match output batch size: ${examples} vs. ${shape[0]}`);
  }
  // Two blanks before Got: so it stands in TensorFlow Serving.
  if (dtype !== "float32") throw invalidArgument(`Expected output Tensor of DT_FLOAT.  Got: ${dtypeEnumName(dtype)}`);
  return value.data as Float32Array;
}
