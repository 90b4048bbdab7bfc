import { invalidArgument } from "../../core/status-error.js";
import { stringValue, toTensor } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { expandDims, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

/** All class ids for each example: int32 [batch, n]. */
export function allClassIds(logits: Tensor, n: number): Tensor {
  const batch = sliceFirst(shapeOf(logits), { begin: 0, shrink: true });
  return tileRows(expandDims(classRange(n), 0), batch);
}

/** All class labels for each example: strings [batch, n], the vocabulary's or the ids in decimal. */
export function allClasses(logits: Tensor, n: number, vocabulary: readonly string[] | undefined): Tensor {
  const batch = sliceFirst(shapeOf(logits), { begin: 0, shrink: true });
  const row =
    vocabulary === undefined
      ? build("AsString", [expandDims(classRange(n), 0)], {}, "AsString")
      : constant(stringValue([...vocabulary], [1, vocabulary.length]));
  return tileRows(row, batch);
}

/** A label vocabulary, if it is a list; INVALID_ARGUMENT otherwise. */
export function checkVocabularyType(vocabulary: readonly string[] | undefined, message: string): void {
  if (vocabulary !== undefined && !Array.isArray(vocabulary))
    throw invalidArgument(`${message} Given type: ${typeof vocabulary}`);
}

function classRange(n: number): Tensor {
  return nameScope("range", (scope) => {
    const start = constant(0, "int32", "start");
    const limit = constant(n, "int32", "limit");
    const delta = constant(1, "int32", "delta");
    return build("Range", [start, limit, delta], {}, scope);
  });
}

function tileRows(row: Tensor, batch: Tensor): Tensor {
  return nameScope("Tile", (scope) => {
    const one = constant(1, "int32", "multiples/1");
    const multiples = build("Pack", [[batch, one]], {}, "multiples");
    return build("Tile", [row, multiples], {}, scope);
  });
}

/** The index of the largest logit: int64, without the last dimension. */
export function argMax(logits: Tensor, name: string): Tensor {
  return build("ArgMax", [logits, toTensor(-1, "int32")], { output_type: "int64" }, name);
}
