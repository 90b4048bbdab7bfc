import { checkOptions } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { build, constant } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import { add, greaterEqual, mul } from "../arithmetic.js";
import { getSeed } from "../random-seed.js";
import { type BuiltCell, builtOnce, type CellState, type RnnCell } from "./rnn-cell.js";

/** Cells on top of each other (`tf.compat.v1.nn.rnn_cell.MultiRNNCell`): each takes the outputs of the one before it; the state is a list of theirs. */
export function multiRnnCell(cells: readonly RnnCell[]): RnnCell {
  if (cells.length === 0) throw invalidArgument("Must specify at least one cell for MultiRNNCell.");
  const pieces = <T>(values: readonly T[], sizes: readonly number[]): T[][] => {
    let from = 0;
    return sizes.map((size) => {
      from += size;
      return values.slice(from - size, from);
    });
  };
  const counts = cells.map(({ stateSizes }) => stateSizes.length);
  const name = "multi_rnn_cell";
  return {
    name,
    outputSize: cells.at(-1)!.outputSize,
    stateSizes: cells.flatMap(({ stateSizes }) => stateSizes),
    flatten: (state) => (state as readonly CellState[]).flatMap((one, i) => cells[i]!.flatten(one)),
    pack: (states) => pieces(states, counts).map((own, i) => cells[i]!.pack(own)),
    build: builtOnce((inputSize, scope) => {
      let width = inputSize;
      const built = cells.map((cell, i) => {
        const one = cell.build(width, `${scope}${name}/cell_${i}/`);
        width = cell.outputSize;
        return one;
      });
      const constantCounts = built.map(({ constants }) => constants.length);
      const extraCounts = built.map(({ extraCount }) => extraCount);
      return {
        constants: built.flatMap(({ constants }) => constants),
        extras: (steps, batch) => built.flatMap(({ extras }) => extras(steps, batch)),
        extraCount: extraCounts.reduce((sum, count) => sum + count, 0),
        step: (inputs, states, constants, extras) => {
          const ownStates = pieces(states, counts);
          const ownConstants = pieces(constants, constantCounts);
          const ownExtras = pieces(extras, extraCounts);
          let output = inputs;
          const after = built.flatMap((cell, i) => {
            const result = cell.step(output, ownStates[i]!, ownConstants[i]!, ownExtras[i]!);
            output = result.output;
            return result.states;
          });
          return { output, states: after };
        },
      };
    }),
  };
}

/** Adds a cell's inputs to its outputs, which must be as wide (`tf.compat.v1.nn.rnn_cell.ResidualWrapper`). */
export function residualWrapper(cell: RnnCell): RnnCell {
  return {
    ...cell,
    build: (inputSize, scope) => {
      if (inputSize !== cell.outputSize) {
        throw invalidArgument(
          `Dimensions must be equal, but are ${inputSize} and ${cell.outputSize}: a residual cell's inputs and outputs are added.`,
        );
      }
      const built = cell.build(inputSize, scope);
      return {
        ...built,
        step: (inputs, states, constants, extras) => {
          const result = built.step(inputs, states, constants, extras);
          return { output: add(inputs, result.output), states: result.states };
        },
      };
    },
  };
}

/** Options of `dropoutWrapper`; all shares are 1 by default. */
export interface DropoutWrapperOptions {
  /** The share of the inputs that is kept. */
  readonly inputKeepProb?: number;
  /** The share of the outputs that is kept. */
  readonly outputKeepProb?: number;
  /** The share of the state that is kept; what an LSTM remembers (`c`) is kept whole. */
  readonly stateKeepProb?: number;
  /** Whether all steps of a run drop the same elements (Gal and Ghahramani, 2016); default false. */
  readonly variationalRecurrent?: boolean;
  readonly seed?: number;
}

/** Drops elements of a cell's inputs, outputs and states in each step and scales the others up (`tf.compat.v1.nn.rnn_cell.DropoutWrapper`). */
export function dropoutWrapper(cell: RnnCell, options: DropoutWrapperOptions = {}): RnnCell {
  checkOptions("DropoutWrapper", options, {
    inputKeepProb: "optional",
    outputKeepProb: "optional",
    stateKeepProb: "optional",
    variationalRecurrent: "optional",
    seed: "optional",
  });
  const { inputKeepProb = 1, outputKeepProb = 1, stateKeepProb = 1, variationalRecurrent = false, seed } = options;
  for (const [key, keep] of Object.entries({ inputKeepProb, outputKeepProb, stateKeepProb })) {
    if (!(keep >= 0 && keep <= 1)) {
      throw invalidArgument(`Parameter ${key} must be between 0 and 1, given: ${keep}`);
    }
  }
  // Of an LSTM's pair only h, the second, loses elements.
  const isLstm = cell.stateSizes.length === 2;
  const dropped = cell.stateSizes.flatMap((size, i) =>
    stateKeepProb < 1 && !(isLstm && i === 0) ? [{ size, i }] : [],
  );
  return {
    ...cell,
    build: (inputSize, scope) => {
      const built = cell.build(inputSize, scope);
      const masks = [
        ...(inputKeepProb < 1 ? [{ size: inputSize, keep: inputKeepProb }] : []),
        ...(outputKeepProb < 1 ? [{ size: cell.outputSize, keep: outputKeepProb }] : []),
        ...dropped.map(({ size }) => ({ size, keep: stateKeepProb })),
      ];
      const extras: BuiltCell["extras"] = (steps, batch) => [
        ...built.extras(steps, batch),
        ...masks.map(({ size, keep }, i) => {
          const own = seed === undefined ? undefined : seed + i;
          return factors(steps, batch, size, keep, own, variationalRecurrent);
        }),
      ];
      return {
        constants: built.constants,
        extras,
        extraCount: built.extraCount + masks.length,
        step: (inputs, states, constants, rows) => {
          const own = rows.slice(built.extraCount);
          const kept = inputKeepProb < 1 ? mul(inputs, own.shift()!) : inputs;
          const result = built.step(kept, states, constants, rows.slice(0, built.extraCount));
          const output = outputKeepProb < 1 ? mul(result.output, own.shift()!) : result.output;
          const after = [...result.states];
          for (const { i } of dropped) after[i] = mul(after[i]!, own.shift()!);
          return { output, states: after };
        },
      };
    },
  };
}

/** 0 for what is dropped and `1 / keep` for the rest, [steps, batch, size]. Drawn ahead of the loop, for its gradients run each step again. */
function factors(
  steps: Tensor,
  batch: Tensor,
  size: number,
  keep: number,
  seed: number | undefined,
  sameForAll: boolean,
): Tensor {
  const first = sameForAll ? constant(1, "int32") : steps;
  const shape = build("Pack", [[first, batch, constant(size, "int32")]], {}, "stack");
  const drawn = build("RandomUniform", [shape], { dtype: "float32", ...getSeed(seed) }, "random_uniform");
  const isKept = greaterEqual(drawn, 1 - keep);
  const scaled = build("SelectV2", [isKept, constant(keep === 0 ? 0 : 1 / keep, "float32"), constant(0, "float32")]);
  scaled.shape = [-1, -1, size];
  if (!sameForAll) return scaled;
  const all = build("Pack", [[steps, constant(1, "int32"), constant(1, "int32")]], {}, "stack");
  const tiled = build("Tile", [scaled, all], {}, "Tile");
  tiled.shape = [-1, -1, size];
  return tiled;
}
