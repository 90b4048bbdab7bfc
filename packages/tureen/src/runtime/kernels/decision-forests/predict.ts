import { internal } from "../../../core/status-error.js";
import { type ForestInputs, findLeaf } from "./find-leaf.js";
import type { Combine, ForestModel, Link } from "./forest-model.js";

/** Poisson models clamp what they exponentiate to this, as Yggdrasil does. */
const exponentBound = 19;

/** Predictions of every example, `width` of them each, row by row; INTERNAL with TF-DF's text where the model gives another number of them. */
export function predict(model: ForestModel, inputs: ForestInputs, width: number): Float32Array {
  const { combine } = model;
  const own = widthOf(combine);
  if (own !== width) throw internal("Wrong NumPredictionDimension");
  switch (combine.kind) {
    case "sum":
      return linked(sums(model, inputs, combine.start), inputs.rows, combine);
    case "mean":
      return scaled(sums(model, inputs, new Float32Array(1)), model.forest.roots.length);
    case "vote":
      return scaled(votes(model, inputs, combine.classes), model.forest.roots.length);
    default:
      return scaled(distributions(model, inputs, combine.classes), model.forest.roots.length);
  }
}

/** The number of the leaf that each tree gives for each example, row by row. */
export function leafIndices({ forest, banks }: ForestModel, inputs: ForestInputs): Int32Array {
  const trees = forest.roots.length;
  const found = new Int32Array(inputs.rows * trees);
  for (let tree = 0; tree < trees; tree++) {
    const root = forest.roots[tree]!;
    for (let row = 0; row < inputs.rows; row++) {
      found[row * trees + tree] = forest.positive[findLeaf(forest, root, row, inputs, banks.sizes)]!;
    }
  }
  return found;
}

function widthOf(combine: Combine): number {
  if (combine.kind === "mean") return 1;
  if (combine.kind !== "sum") return combine.classes;
  return combine.link === "sigmoid" ? 2 : combine.start.length;
}

/** Trees outside, examples inside: a tree stays in the cache while all examples walk it. */
function sums({ forest, banks }: ForestModel, inputs: ForestInputs, start: Float32Array): Float64Array {
  const { roots, leaves, start: leafStart } = forest;
  const width = start.length;
  const { rows } = inputs;
  const totals = new Float64Array(rows * width);
  for (let i = 0; i < totals.length; i++) totals[i] = start[i % width]!;
  for (let tree = 0; tree < roots.length; tree++) {
    const root = roots[tree]!;
    const column = tree % width;
    for (let row = 0; row < rows; row++) {
      const leaf = findLeaf(forest, root, row, inputs, banks.sizes);
      totals[row * width + column]! += leaves[leafStart[leaf]!]!;
    }
  }
  return totals;
}

function votes({ forest, banks }: ForestModel, inputs: ForestInputs, classes: number): Float64Array {
  const { roots, leaves, start } = forest;
  const totals = new Float64Array(inputs.rows * classes);
  for (let tree = 0; tree < roots.length; tree++) {
    for (let row = 0; row < inputs.rows; row++) {
      const leaf = findLeaf(forest, roots[tree]!, row, inputs, banks.sizes);
      const winner = leaves[start[leaf]!]!;
      if (winner >= 1 && winner <= classes) totals[row * classes + winner - 1]! += 1;
    }
  }
  return totals;
}

function distributions({ forest, banks }: ForestModel, inputs: ForestInputs, classes: number): Float64Array {
  const { roots, leaves, start, count } = forest;
  const totals = new Float64Array(inputs.rows * classes);
  for (let tree = 0; tree < roots.length; tree++) {
    for (let row = 0; row < inputs.rows; row++) {
      const leaf = findLeaf(forest, roots[tree]!, row, inputs, banks.sizes);
      // The first entry of a distribution is the class for out of vocabulary.
      const from = start[leaf]! + 1;
      const given = Math.min(classes, count[leaf]! - 1);
      for (let i = 0; i < given; i++) totals[row * classes + i]! += leaves[from + i]!;
    }
  }
  return totals;
}

function scaled(totals: Float64Array, trees: number): Float32Array {
  const result = new Float32Array(totals.length);
  for (let i = 0; i < totals.length; i++) result[i] = totals[i]! / trees;
  return result;
}

function linked(totals: Float64Array, rows: number, { link }: { readonly link: Link }): Float32Array {
  if (link === "none") return Float32Array.from(totals);
  if (link === "exponential") {
    return Float32Array.from(totals, (total) => Math.exp(Math.max(-exponentBound, Math.min(exponentBound, total))));
  }
  return link === "sigmoid" ? sigmoidPairs(totals) : softmax(totals, rows);
}

function sigmoidPairs(totals: Float64Array): Float32Array {
  const result = new Float32Array(totals.length * 2);
  for (let i = 0; i < totals.length; i++) {
    const positive = Math.fround(1 / (1 + Math.exp(-totals[i]!)));
    result[2 * i] = 1 - positive;
    result[2 * i + 1] = positive;
  }
  return result;
}

function softmax(totals: Float64Array, rows: number): Float32Array {
  const width = rows === 0 ? 0 : totals.length / rows;
  const result = new Float32Array(totals.length);
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    let sum = 0;
    for (let i = from; i < from + width; i++) sum += Math.exp(totals[i]!);
    for (let i = from; i < from + width; i++) result[i] = sum > 0 ? Math.exp(totals[i]!) / sum : 0;
  }
  return result;
}
