import type { SizePart } from "../kernels/plan-shape-vector.js";
import { toDenseKernel } from "../kernels/plan-to-dense.js";
import { type Match, type Pattern, producer } from "./fuse-match.js";
import type { PlanNode, Port } from "./plan-node.js";

/**
 * SparseToDense of a matrix, whose shape may be put together from sizes, and the Squeeze of its only column: how TensorFlow Transform reads
 * features that an Example may lack.
 */
export const fuseToDense: Pattern = (root, symbols) => {
  const squeezed = root.type === "Squeeze" ? producer(root.inputs[0], "SparseToDense") : undefined;
  const dense = squeezed ?? (root.type === "SparseToDense" ? root : undefined);
  if (dense === undefined) return [];
  const [indices, shape, values, filler] = dense.inputs as [Port, Port, Port, Port];
  const constant = filler.node.value;
  const { dtype } = constant ?? {};
  if (constant === undefined || constant.shape.length !== 0) return [];
  if (dtype !== "string" && dtype !== "int64" && dtype !== "int32" && dtype !== "float32") return [];
  const terms = symbols.elements(shape);
  if (terms?.length !== 2 || indices.node.outputTypes[indices.index] !== "int64") return [];
  if (squeezed !== undefined && !(terms[1] === 1 && squeezesColumn(root))) return [];
  const sources: Port[] = [];
  const parts = terms.map((term): SizePart => {
    if (typeof term === "number") return { number: term, source: -1, index: 0, isElement: false };
    sources.push(term.port);
    return { number: 0, source: sources.length - 1, index: term.index, isElement: term.kind === "element" };
  });
  const match: Match = {
    members: squeezed === undefined ? [dense] : [root, dense],
    outputs: [root.port()],
    reads: [indices, values, filler, ...sources],
    key: JSON.stringify([squeezed !== undefined, parts]),
    kernel: ([indicesFrom, valuesFrom, , ...sizesFrom], unfused) =>
      toDenseKernel(
        {
          indices: indicesFrom!,
          values: valuesFrom!,
          filler: constant,
          parts,
          sizes: sizesFrom,
          squeeze: squeezed !== undefined,
        },
        unfused,
      ),
  };
  return [match];
};

function squeezesColumn({ attrs }: PlanNode): boolean {
  const axes = attrs.ints("squeeze_dims");
  return axes.length === 1 && (axes[0] === 1 || axes[0] === -1);
}
