import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The outputs and last states of a recurrent network of cuDNN. */
export function cudnnRnn(
  input: TensorLike,
  inputH: TensorLike,
  inputC: TensorLike,
  params: TensorLike,
  options: {
    readonly rnnMode?: "rnn_relu" | "rnn_tanh" | "lstm" | "gru";
    readonly inputMode?: "linear_input" | "skip_input" | "auto_select";
    readonly direction?: "unidirectional" | "bidirectional";
    readonly dropout?: number;
    readonly seed?: number;
    readonly seed2?: number;
    readonly isTraining?: boolean;
    readonly name?: string;
  } = {},
): { readonly output: Tensor; readonly outputH: Tensor; readonly outputC: Tensor; readonly reserveSpace: Tensor } {
  const { outputs } = buildOp(
    "CudnnRNN",
    [input, inputH, inputC, params],
    {
      rnn_mode: options.rnnMode,
      input_mode: options.inputMode,
      direction: options.direction,
      dropout: options.dropout,
      seed: options.seed,
      seed2: options.seed2,
      is_training: options.isTraining,
    },
    options,
  );
  return { output: outputs[0]!, outputH: outputs[1]!, outputC: outputs[2]!, reserveSpace: outputs[3]! };
}

/** The outputs and last states of a recurrent network of cuDNN. */
export function cudnnRnnV2(
  input: TensorLike,
  inputH: TensorLike,
  inputC: TensorLike,
  params: TensorLike,
  options: {
    readonly rnnMode?: "rnn_relu" | "rnn_tanh" | "lstm" | "gru";
    readonly inputMode?: "linear_input" | "skip_input" | "auto_select";
    readonly direction?: "unidirectional" | "bidirectional";
    readonly dropout?: number;
    readonly seed?: number;
    readonly seed2?: number;
    readonly isTraining?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly output: Tensor;
  readonly outputH: Tensor;
  readonly outputC: Tensor;
  readonly reserveSpace: Tensor;
  readonly hostReserved: Tensor;
} {
  const { outputs } = buildOp(
    "CudnnRNNV2",
    [input, inputH, inputC, params],
    {
      rnn_mode: options.rnnMode,
      input_mode: options.inputMode,
      direction: options.direction,
      dropout: options.dropout,
      seed: options.seed,
      seed2: options.seed2,
      is_training: options.isTraining,
    },
    options,
  );
  return {
    output: outputs[0]!,
    outputH: outputs[1]!,
    outputC: outputs[2]!,
    reserveSpace: outputs[3]!,
    hostReserved: outputs[4]!,
  };
}

/** The outputs and last states of a recurrent network of cuDNN, for sequences of different lengths. */
export function cudnnRnnV3(
  input: TensorLike,
  inputH: TensorLike,
  inputC: TensorLike,
  params: TensorLike,
  sequenceLengths: TensorLike,
  options: {
    readonly rnnMode?: "rnn_relu" | "rnn_tanh" | "lstm" | "gru";
    readonly inputMode?: "linear_input" | "skip_input" | "auto_select";
    readonly direction?: "unidirectional" | "bidirectional";
    readonly dropout?: number;
    readonly seed?: number;
    readonly seed2?: number;
    readonly numProj?: number;
    readonly isTraining?: boolean;
    readonly timeMajor?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly output: Tensor;
  readonly outputH: Tensor;
  readonly outputC: Tensor;
  readonly reserveSpace: Tensor;
  readonly hostReserved: Tensor;
} {
  const { outputs } = buildOp(
    "CudnnRNNV3",
    [input, inputH, inputC, params, sequenceLengths],
    {
      rnn_mode: options.rnnMode,
      input_mode: options.inputMode,
      direction: options.direction,
      dropout: options.dropout,
      seed: options.seed,
      seed2: options.seed2,
      num_proj: options.numProj,
      is_training: options.isTraining,
      time_major: options.timeMajor,
    },
    options,
  );
  return {
    output: outputs[0]!,
    outputH: outputs[1]!,
    outputC: outputs[2]!,
    reserveSpace: outputs[3]!,
    hostReserved: outputs[4]!,
  };
}

/** How many parameters a recurrent network of cuDNN has. */
export function cudnnRnnParamsSize(
  numLayers: TensorLike,
  numUnits: TensorLike,
  inputSize: TensorLike,
  options: {
    readonly T: DType;
    readonly S: DType;
    readonly rnnMode?: "rnn_relu" | "rnn_tanh" | "lstm" | "gru";
    readonly inputMode?: "linear_input" | "skip_input" | "auto_select";
    readonly direction?: "unidirectional" | "bidirectional";
    readonly dropout?: number;
    readonly seed?: number;
    readonly seed2?: number;
    readonly numProj?: number;
    readonly name?: string;
  },
): Tensor {
  checkOptions("cudnnRnnParamsSize", options, {
    T: "required",
    S: "required",
    rnnMode: "optional",
    inputMode: "optional",
    direction: "optional",
    dropout: "optional",
    seed: "optional",
    seed2: "optional",
    numProj: "optional",
    name: "optional",
  });
  return build(
    "CudnnRNNParamsSize",
    [numLayers, numUnits, inputSize],
    {
      T: options.T,
      S: options.S,
      rnn_mode: options.rnnMode,
      input_mode: options.inputMode,
      direction: options.direction,
      dropout: options.dropout,
      seed: options.seed,
      seed2: options.seed2,
      num_proj: options.numProj,
    },
    options.name,
  );
}
