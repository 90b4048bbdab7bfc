import { invalidArgument } from "../../../core/status-error.js";
import { build, constant } from "../../../graph/build-op.js";
import type { Graph, Tensor } from "../../../graph/graph.js";
import { currentGraph } from "../../../graph/scope.js";
import type { Initializer } from "../../../graph/variable.js";
import { variableOf } from "../../layers/get-variable.js";
import { zerosInitializer } from "../../layers/initializers.js";

/** The state of an LSTM (`LSTMStateTuple`): what it remembers and what it gave out last, each [batch, size]. */
export interface LstmState {
  readonly c: Tensor;
  readonly h: Tensor;
}

/** A cell's state in its own nesting: a tensor, an LSTM's pair, or a list of the states of several cells. */
export type CellState = Tensor | LstmState | readonly CellState[];

/** What one step gives. */
export interface CellStep {
  readonly output: Tensor;
  readonly states: readonly Tensor[];
}

/** A cell whose variables exist. A step uses no other tensors than it is given, since it runs in a loop of its own. */
export interface BuiltCell {
  /** What each step reads, weights for one. */
  readonly constants: readonly Tensor[];
  /** What each step gets a row of besides its inputs, [steps, batch, …]: random masks for one. */
  readonly extras: (steps: Tensor, batch: Tensor) => readonly Tensor[];
  /** How many tensors `extras` gives. */
  readonly extraCount: number;
  step(inputs: Tensor, states: readonly Tensor[], constants: readonly Tensor[], extras: readonly Tensor[]): CellStep;
}

/** A cell of `tf.compat.v1.nn.rnn_cell`: what `dynamicRnn` and its kin run. Its variables are made once a graph, at its first use. */
export interface RnnCell {
  /** TensorFlow's default name, the scope of the variables. */
  readonly name: string;
  readonly outputSize: number;
  /** The width of each tensor of the state. */
  readonly stateSizes: readonly number[];
  /** The state's tensors in order. */
  flatten(state: CellState): readonly Tensor[];
  /** The state of its tensors. */
  pack(states: readonly Tensor[]): CellState;
  /** Makes the variables `<scope><name>/…`, or gives those of before. */
  build(inputSize: number, scope: string): BuiltCell;
}

/** `build` that makes variables but once for each graph; INVALID_ARGUMENT for inputs of another width than at first. */
export function builtOnce(make: (inputSize: number, scope: string) => BuiltCell): RnnCell["build"] {
  const known = new WeakMap<Graph, { readonly size: number; readonly built: BuiltCell }>();
  return (inputSize, scope) => {
    const graph = currentGraph();
    const found = known.get(graph);
    if (found !== undefined) {
      if (found.size === inputSize) return found.built;
      throw invalidArgument(`The cell was built for inputs of width ${found.size}, given: ${inputSize}`);
    }
    const built = make(inputSize, scope);
    known.set(graph, { size: inputSize, built });
    return built;
  };
}

/** No rows besides the inputs. */
export const noExtras: Pick<BuiltCell, "extras" | "extraCount"> = { extras: () => [], extraCount: 0 };

/** A cell's weight; drawn as Glorot does unless told, as variables without an initializer are. */
export function weight(name: string, shape: readonly number[], initializer?: Initializer): Tensor {
  return variableOf({ name, dtype: "float32", shape, initializer }).read();
}

/** A cell's bias, of zeros unless told. */
export function bias(name: string, size: number, initializer: Initializer = zerosInitializer()): Tensor {
  return weight(name, [size], initializer);
}

/** `[inputs, state] * kernel + bias`. */
export function project(inputs: Tensor, state: Tensor, kernel: Tensor, offset: Tensor): Tensor {
  const joined = build("ConcatV2", [[inputs, state], constant(1, "int32", "axis")], {}, "concat");
  return build("BiasAdd", [build("MatMul", [joined, kernel], {}, "MatMul"), offset], {}, "BiasAdd");
}
