import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { build } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import type { Initializer } from "../../../graph/variable.js";
import { onesInitializer } from "../../layers/initializers.js";
import { splitColumns } from "../../layers/recurrent/rnn-cell.js";
import { type Activation, activationOf } from "../activation-by-name.js";
import { add, maximum, minimum, mul, sub, unary } from "../arithmetic.js";
import { bias, builtOnce, type LstmState, noExtras, project, type RnnCell, weight } from "./rnn-cell.js";

interface SimpleOptions {
  /** Default "tanh". */
  readonly activation?: Activation | string;
  /** The scope of the variables. */
  readonly name?: string;
}

const oneTensor: Pick<RnnCell, "flatten" | "pack"> = {
  flatten: (state) => [state as Tensor],
  pack: ([state]) => state!,
};

/** The most basic cell (`tf.compat.v1.nn.rnn_cell.BasicRNNCell`): activation([inputs, state] * kernel + bias), which is output and state. */
export function basicRnnCell(numUnits: number, options: SimpleOptions = {}): RnnCell {
  checkOptions("BasicRNNCell", options, { activation: "optional", name: "optional" });
  const { name = "basic_rnn_cell" } = options;
  const activate = activationOf(options.activation ?? "tanh");
  return {
    name,
    outputSize: numUnits,
    stateSizes: [numUnits],
    ...oneTensor,
    build: builtOnce((inputSize, scope) => ({
      ...noExtras,
      constants: [
        weight(`${scope}${name}/kernel`, [inputSize + numUnits, numUnits]),
        bias(`${scope}${name}/bias`, numUnits),
      ],
      step: (inputs, [state], [kernel, offset]) => {
        const output = activate(project(inputs, state!, kernel!, offset!));
        return { output, states: [output] };
      },
    })),
  };
}

/** Options of `gruCell`. */
export interface GruCellOptions extends SimpleOptions {
  /** Of both kernels. */
  readonly kernelInitializer?: Initializer;
  /** Of both biases; default ones for the gates, so that a new cell neither resets nor updates, and zeros for the candidate. */
  readonly biasInitializer?: Initializer;
}

/** A gated recurrent unit (`tf.compat.v1.nn.rnn_cell.GRUCell`): variables `gates/kernel`, `gates/bias`, `candidate/kernel`, `candidate/bias`. */
export function gruCell(numUnits: number, options: GruCellOptions = {}): RnnCell {
  checkOptions("GRUCell", options, {
    activation: "optional",
    name: "optional",
    kernelInitializer: "optional",
    biasInitializer: "optional",
  });
  const { name = "gru_cell", kernelInitializer, biasInitializer } = options;
  const activate = activationOf(options.activation ?? "tanh");
  return {
    name,
    outputSize: numUnits,
    stateSizes: [numUnits],
    ...oneTensor,
    build: builtOnce((inputSize, scope) => {
      const own = `${scope}${name}/`;
      const rows = inputSize + numUnits;
      return {
        ...noExtras,
        constants: [
          weight(`${own}gates/kernel`, [rows, 2 * numUnits], kernelInitializer),
          bias(`${own}gates/bias`, 2 * numUnits, biasInitializer ?? onesInitializer()),
          weight(`${own}candidate/kernel`, [rows, numUnits], kernelInitializer),
          bias(`${own}candidate/bias`, numUnits, biasInitializer),
        ],
        step: (inputs, [state], [gateKernel, gateBias, kernel, offset]) => {
          const gates = splitColumns(unary("Sigmoid", project(inputs, state!, gateKernel!, gateBias!)), 2);
          const [reset, update] = [gates[0]!, gates[1]!];
          const candidate = activate(project(inputs, mul(reset, state!), kernel!, offset!));
          const output = add(mul(update, state!), mul(sub(1, update), candidate));
          return { output, states: [output] };
        },
      };
    }),
  };
}

/** Options of `lstmCell`. */
export interface LstmCellOptions extends SimpleOptions {
  /** Whether gates see what is remembered: variables `w_f_diag`, `w_i_diag` and `w_o_diag`; default false. */
  readonly usePeepholes?: boolean;
  /** The bound that what is remembered is kept within; default none. */
  readonly cellClip?: number;
  /** Of all weights. */
  readonly initializer?: Initializer;
  /** The width of a projection of the output, variable `projection/kernel`; default none. */
  readonly numProj?: number;
  /** The bound that the projected output is kept within; default none. */
  readonly projClip?: number;
  /** Added to the forget gate's bias; default 1, so that a new cell remembers. */
  readonly forgetBias?: number;
}

const lstmTable: OptionTable<LstmCellOptions> = {
  activation: "optional",
  name: "optional",
  usePeepholes: "optional",
  cellClip: "optional",
  initializer: "optional",
  numProj: "optional",
  projClip: "optional",
  forgetBias: "optional",
};

function bounded(x: Tensor, bound: number | undefined): Tensor {
  return bound === undefined ? x : maximum(minimum(x, bound), -bound);
}

/** Long short-term memory with peepholes, clipping and projection (`tf.compat.v1.nn.rnn_cell.LSTMCell`): the state is `{ c, h }`. */
export function lstmCell(numUnits: number, options: LstmCellOptions = {}): RnnCell {
  checkOptions("LSTMCell", options, lstmTable);
  const {
    name = "lstm_cell",
    usePeepholes = false,
    cellClip,
    initializer,
    numProj,
    projClip,
    forgetBias = 1,
  } = options;
  const activate = activationOf(options.activation ?? "tanh");
  const outputSize = numProj ?? numUnits;
  return {
    name,
    outputSize,
    stateSizes: [numUnits, outputSize],
    flatten: (state) => [(state as LstmState).c, (state as LstmState).h],
    pack: ([c, h]) => ({ c: c!, h: h! }),
    build: builtOnce((inputSize, scope) => {
      const own = `${scope}${name}/`;
      const peepholes = usePeepholes ? ["w_f_diag", "w_i_diag", "w_o_diag"] : [];
      return {
        ...noExtras,
        constants: [
          weight(`${own}kernel`, [inputSize + outputSize, 4 * numUnits], initializer),
          bias(`${own}bias`, 4 * numUnits),
          ...peepholes.map((key) => weight(`${own}${key}`, [numUnits], initializer)),
          ...(numProj === undefined ? [] : [weight(`${own}projection/kernel`, [numUnits, numProj], initializer)]),
        ],
        step: (inputs, [c, h], constants) => {
          const [kernel, offset] = constants as readonly [Tensor, Tensor];
          const [input, candidate, forget, output] = splitColumns(project(inputs, h!, kernel, offset), 4) as [
            Tensor,
            Tensor,
            Tensor,
            Tensor,
          ];
          const gate = (x: Tensor, seen: Tensor, at: number): Tensor =>
            unary("Sigmoid", usePeepholes ? add(x, mul(constants[at]!, seen)) : x);
          const kept = mul(gate(add(forget, forgetBias), c!, 2), c!);
          const memory = bounded(add(kept, mul(gate(input, c!, 3), activate(candidate))), cellClip);
          let result = mul(gate(output, memory, 4), activate(memory));
          if (numProj !== undefined) {
            result = bounded(build("MatMul", [result, constants.at(-1)!], {}, "projection"), projClip);
          }
          return { output: result, states: [memory, result] };
        },
      };
    }),
  };
}

/** Long short-term memory (`tf.compat.v1.nn.rnn_cell.BasicLSTMCell`): variables `kernel` and `bias` of the gates input, candidate, forget, output. */
export function basicLstmCell(
  numUnits: number,
  options: SimpleOptions & { readonly forgetBias?: number } = {},
): RnnCell {
  checkOptions("BasicLSTMCell", options, { activation: "optional", name: "optional", forgetBias: "optional" });
  return lstmCell(numUnits, { name: "basic_lstm_cell", ...options });
}
