import { rowIndicesKernel } from "../kernels/plan-row-indices.js";
import { isConstant, type Match, type Pattern, producer, samePort } from "./fuse-match.js";
import type { PlanNode, Port } from "./plan-node.js";
import type { PlanSymbols, Term, Unknown } from "./plan-symbols.js";

/**
 * A bucketized column as a sparse tensor: the indices of every element of a [batch, width] matrix, and the buckets of each column apart.
 *
 *     i1 = reshape(tile(expand_dims(range(0, batch), 1), [1, width]), [-1])
 *     i2 = tile(range(0, width), [batch])
 *     values = reshape(buckets, [-1]) + n * i2
 *     indices = cast(transpose(stack((i1, i2))), int64)
 */
export const fuseRowIndices: Pattern = (root, symbols) => {
  if (root.type !== "Cast" || root.outputTypes[0] !== "int64") return [];
  const transpose = producer(root.inputs[0], "Transpose");
  const pack = producer(transpose?.inputs[0], "Pack");
  if (transpose === undefined || pack === undefined || pack.inputs.length !== 2 || pack.attrs.int("axis") !== 0)
    return [];
  if (!isConstant(transpose.inputs[1], symbols, 1, 0)) return [];
  const flat = producer(pack.inputs[0], "Reshape");
  const spread = producer(flat?.inputs[0], "Tile");
  const column = producer(spread?.inputs[0], "ExpandDims");
  const range = producer(column?.inputs[0], "Range");
  const places = producer(pack.inputs[1], "Tile");
  if (flat === undefined || spread === undefined || column === undefined || range === undefined || places === undefined)
    return [];
  const width = widthOf(places.inputs[0]!);
  const batch = symbols.elements(range.inputs[1]!)?.[0];
  const rows = symbols.elements(places.inputs[1]!);
  if (width === undefined || rows?.length !== 1 || rows[0] !== batch || !isDimension(batch) || batch.index !== 0)
    return [];
  if (
    !isConstant(range.inputs[0], symbols, 0) ||
    !isConstant(range.inputs[2], symbols, 1) ||
    range.outputTypes[0] !== "int32"
  )
    return [];
  if (!isConstant(column.inputs[1], symbols, 1) && !isConstant(column.inputs[1], symbols, -1)) return [];
  if (!isConstant(spread.inputs[1], symbols, 1, width) || !isConstant(flat.inputs[1], symbols, -1)) return [];
  const indices = [root, transpose, pack, flat, spread, column, range];
  const source = batch.port;
  const plain: Match = {
    members: [...indices, places],
    outputs: [root.port(), places.port()],
    reads: [source],
    key: `${width}`,
    kernel: (reads, unfused) => rowIndicesKernel({ width, reads, scale: 0 }, unfused),
  };
  return [...withValues(plain, places, width, symbols), plain];
};

/** With the values as well, where the places serve for nothing else: who uses them is found among the match's users. */
function withValues(plain: Match, places: PlanNode, width: number, symbols: PlanSymbols): Match[] {
  return valuesOf(places, symbols).map(({ sum, scaled, buckets, scale }) => ({
    members: [...plain.members, sum, scaled],
    outputs: [plain.outputs[0]!, sum.port()],
    reads: [plain.reads[0]!, buckets],
    key: `${width} ${scale}`,
    kernel: (reads, unfused) => rowIndicesKernel({ width, reads, scale }, unfused),
  }));
}

interface Values {
  readonly sum: PlanNode;
  readonly scaled: PlanNode;
  readonly buckets: Port;
  readonly scale: number;
}

function valuesOf(places: PlanNode, symbols: PlanSymbols): Values[] {
  return symbols.users(places).flatMap((scaled): Values[] => {
    if (scaled.type !== "Mul") return [];
    const [a, b] = scaled.inputs as [Port, Port];
    const factor = samePort(a, places.port()) ? b : a;
    const scale = symbols.elements(factor)?.[0];
    if (typeof scale !== "number" || factor.node.value?.shape.length !== 0) return [];
    return symbols.users(scaled).flatMap((sum): Values[] => {
      if (sum.type !== "AddV2" && sum.type !== "Add") return [];
      const [buckets, other] = samePort(sum.inputs[1], scaled.port()) ? sum.inputs : [...sum.inputs].reverse();
      if (!samePort(other, scaled.port())) return [];
      return [{ sum, scaled, buckets: buckets!, scale }];
    });
  });
}

/** `n` of a constant `range(0, n)`. */
function widthOf({ node }: Port): number | undefined {
  const { value } = node;
  if (value?.dtype !== "int32" || value.shape.length !== 1) return undefined;
  const data = value.data as Int32Array;
  return data.length > 0 && data.every((item, i) => item === i) ? data.length : undefined;
}

function isDimension(term: Term | undefined): term is Unknown {
  return typeof term === "object" && term.kind === "dimension";
}
