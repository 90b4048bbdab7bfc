import type { PartialShape } from "../../core/shape.js";
import { type Combiner, embeddingLookupKernel } from "../kernels/plan-embedding-lookup.js";
import { trainingLookupKernel } from "../kernels/plan-training-lookup.js";
import { gathersRows, isConstant, type Match, type Pattern, producer, samePort } from "./fuse-match.js";
import type { PlanNode, Port } from "./plan-node.js";
import type { PlanSymbols, Term } from "./plan-symbols.js";

const combiners: Readonly<Record<string, Combiner>> = {
  SparseSegmentSum: "sum",
  SparseSegmentMean: "mean",
  SparseSegmentSqrtN: "sqrtn",
};

/**
 * `safe_embedding_lookup_sparse` without weights, as embedding columns and the sparse half of linear models build it.
 *
 * From the ids of a sparse tensor of rank 2 to one row of sums (means) of embeddings each: ids below zero dropped, rows without ids filled,
 * looked up, combined, rows that were filled set to zero. The reshape around it goes along where it changes nothing.
 */
export const fuseEmbeddingLookup: Pattern = (root, symbols) => {
  const core = segments(root, symbols) ?? zeroed(root, symbols) ?? reshaped(root, symbols);
  if (core === undefined) return [];
  const filtered = withFilter(core, symbols);
  const flat = withReshapes(filtered, symbols);
  return (flat === filtered ? [flat] : [flat, filtered])
    .filter((lookup) => !lookup.needsFlat)
    .flatMap((lookup) => [matchOf(lookup, symbols), ...trainingMatch(lookup, symbols)]);
};

interface Lookup {
  readonly root: PlanNode;
  readonly members: readonly PlanNode[];
  /** The nodes whose values the gradient of the look-up reads: distinct ids, the rows of ids, the filled rows. */
  readonly unique: PlanNode;
  readonly rows: Port;
  readonly fill: PlanNode;
  readonly combiner: Combiner;
  readonly params: Port;
  readonly indices: Port;
  readonly ids: Port;
  readonly shape: Port;
  readonly defaultId: Port;
  /** Whether rows without ids become zeros rather than the default's embedding. */
  readonly zeros: boolean;
  readonly dropsNegative: boolean;
  /** The shape that the result is given at the end, to compare with the shapes of the ids on the way. */
  readonly target: readonly Term[] | undefined;
  readonly needsFlat: boolean;
}

function matchOf(lookup: Lookup, symbols: PlanSymbols): Match {
  const { combiner, zeros, dropsNegative } = lookup;
  const table = tableShape(lookup.params, symbols);
  return {
    members: lookup.members,
    outputs: [lookup.root.port()],
    ...(table?.length === 2 ? { shapes: [[-1, table[1]!]] } : {}),
    rows: lookup.shape,
    reads: [lookup.indices, lookup.ids, lookup.shape, lookup.params, lookup.defaultId],
    key: `${combiner} ${zeros} ${dropsNegative}`,
    kernel: (reads, unfused) => embeddingLookupKernel({ combiner, zeros, dropsNegative, reads }, unfused),
  };
}

/** The shape of the table, which may be a variable's. */
function tableShape(params: Port, symbols: PlanSymbols): PartialShape {
  const { node } = params;
  return node.type === "VarHandleOp" ? node.attrs.shape("shape") : symbols.facts.shape(params);
}

/** The look-up with the values that its gradient reads, see `_PlanLookupGradient`. */
function trainingMatch(lookup: Lookup, symbols: PlanSymbols): Match[] {
  const { combiner, zeros, dropsNegative, unique, rows, fill } = lookup;
  const plain = matchOf(lookup, symbols);
  const placeType = unique.outputTypes[1]!;
  const rowType = rows.node.outputTypes[rows.index]!;
  return [
    {
      ...plain,
      outputs: [...plain.outputs, unique.port(0), unique.port(1), rows, fill.port(2)],
      key: `${plain.key} training`,
      kernel: (reads, unfused) =>
        trainingLookupKernel({ combiner, zeros, dropsNegative, placeType, rowType, reads }, unfused),
    },
  ];
}

function segments(root: PlanNode, symbols: PlanSymbols): Lookup | undefined {
  const combiner = Object.hasOwn(combiners, root.type) ? combiners[root.type] : undefined;
  if (combiner === undefined || root.outputTypes[0] !== "float32") return undefined;
  const gather = producer(root.inputs[0], "GatherV2", "Gather", "ResourceGather", "_PlanGather");
  const unique = producer(root.inputs[1], "Unique");
  const cast = producer(root.inputs[2], "Cast");
  const slice = producer(cast === undefined ? root.inputs[2] : cast.inputs[0], "StridedSlice");
  if (gather === undefined || unique === undefined || slice === undefined || root.inputs[1]!.index !== 1)
    return undefined;
  if (!gathersRows(gather, symbols) || !samePort(gather.inputs[1], unique.port(0))) return undefined;
  const fill = producer(unique.inputs[0], "SparseFillEmptyRows");
  if (fill === undefined || unique.inputs[0]!.index !== 1 || !samePort(slice.inputs[0], fill.port(0))) return undefined;
  if (!isFirstColumn(slice, symbols) || fill.inputs[3]!.node.value === undefined) return undefined;
  return {
    root,
    members: [root, gather, unique, slice, fill, ...(cast === undefined ? [] : [cast])],
    unique,
    rows: root.inputs[2]!,
    fill,
    combiner,
    params: gather.inputs[0]!,
    indices: fill.inputs[0]!,
    ids: fill.inputs[1]!,
    shape: fill.inputs[2]!,
    defaultId: fill.inputs[3]!,
    zeros: false,
    dropsNegative: false,
    target: undefined,
    needsFlat: false,
  };
}

/** `[:, 0]` of a matrix. */
function isFirstColumn({ inputs, attrs }: PlanNode, symbols: PlanSymbols): boolean {
  return (
    isConstant(inputs[1], symbols, 0, 0) &&
    isConstant(inputs[3], symbols, 1, 1) &&
    attrs.int("begin_mask") % 2 === 1 &&
    attrs.int("end_mask") % 2 === 1 &&
    attrs.int("shrink_axis_mask") === 2 &&
    attrs.int("ellipsis_mask") === 0 &&
    attrs.int("new_axis_mask") === 0
  );
}

/** `where(tile(reshape(is_row_empty, [-1, 1]), [1, width]), zeros_like(result), result)`. */
function zeroed(root: PlanNode, symbols: PlanSymbols): Lookup | undefined {
  if (root.type !== "Select" && root.type !== "SelectV2") return undefined;
  const lookup = root.inputs[2]!.index === 0 ? segments(root.inputs[2]!.node, symbols) : undefined;
  const zeros = producer(root.inputs[1], "ZerosLike");
  const tile = producer(root.inputs[0], "Tile");
  const column = producer(tile?.inputs[0], "Reshape");
  if (lookup === undefined || zeros === undefined || tile === undefined || column === undefined) return undefined;
  if (!samePort(zeros.inputs[0], root.inputs[2])) return undefined;
  const fill = producer(column.inputs[0], "SparseFillEmptyRows");
  if (fill === undefined || column.inputs[0]!.index !== 2 || !lookup.members.includes(fill)) return undefined;
  const shape = symbols.elements(column.inputs[1]!);
  const multiples = symbols.elements(tile.inputs[1]!);
  if (shape?.length !== 2 || shape[0] !== -1 || shape[1] !== 1) return undefined;
  if (multiples?.length !== 2 || multiples[0] !== 1 || !isWidth(multiples[1]!, lookup.root, symbols)) return undefined;
  return { ...lookup, root, members: [root, zeros, tile, column, ...lookup.members], zeros: true };
}

/** Whether a size is the result's second one. */
function isWidth(term: Term, result: PlanNode, symbols: PlanSymbols): boolean {
  const width = symbols.dimensions(result.port())?.[1];
  if (term === width) return true;
  return (
    typeof term !== "number" &&
    term.kind === "dimension" &&
    term.index === 1 &&
    term.port.node === result &&
    term.port.index === 0
  );
}

/** `reshape(result, concat([original_shape[:-1], shape(result)[1:]]))`, which changes nothing where the ids were a matrix. */
function reshaped(root: PlanNode, symbols: PlanSymbols): Lookup | undefined {
  if (root.type !== "Reshape" || root.inputs[0]!.index !== 0) return undefined;
  const result = root.inputs[0]!.node;
  const lookup = zeroed(result, symbols) ?? segments(result, symbols);
  const target = symbols.elements(root.inputs[1]!);
  if (lookup === undefined || target?.length !== 2 || !isWidth(target[1]!, result, symbols)) return undefined;
  return { ...lookup, root, members: [root, ...lookup.members], target, needsFlat: true };
}

/** `sparse_retain(ids, ids >= 0)` before the rest. */
function withFilter(lookup: Lookup, symbols: PlanSymbols): Lookup {
  const rows = producer(lookup.indices, "GatherV2", "Gather");
  const values = producer(lookup.ids, "GatherV2", "Gather");
  if (rows === undefined || values === undefined || !gathersRows(rows, symbols) || !gathersRows(values, symbols))
    return lookup;
  const flat = producer(rows.inputs[1], "Reshape");
  const where = producer(flat?.inputs[0], "Where");
  const positive = producer(where?.inputs[0], "GreaterEqual");
  if (flat === undefined || where === undefined || positive === undefined) return lookup;
  if (!samePort(rows.inputs[1], values.inputs[1]) || !isConstant(flat.inputs[1], symbols, -1)) return lookup;
  if (!samePort(positive.inputs[0], values.inputs[0]) || !isConstant(positive.inputs[1], symbols, 0)) return lookup;
  if (positive.inputs[1]!.node.value!.shape.length !== 0) return lookup;
  return {
    ...lookup,
    members: [...lookup.members, rows, values, flat, where, positive],
    indices: rows.inputs[0]!,
    ids: values.inputs[0]!,
    dropsNegative: true,
  };
}

/** SparseReshapes to the shape that a matrix has already. */
function withReshapes(lookup: Lookup, symbols: PlanSymbols): Lookup {
  let { indices, shape } = lookup;
  const members = [...lookup.members];
  const shapes: (readonly Term[])[] = [];
  for (;;) {
    const own = symbols.elements(shape);
    if (own?.length === 2) shapes.push(own);
    const reshape = producer(indices, "SparseReshape");
    if (reshape === undefined || indices.index !== 0 || !samePort(shape, reshape.port(1))) break;
    const from = symbols.elements(reshape.inputs[1]!);
    const to = symbols.elements(reshape.inputs[2]!);
    if (from?.length !== 2 || to?.length !== 2) break;
    const rows = to[0] === from[0] || (to[0] === -1 && to[1] === from[1]);
    const columns = to[1] === from[1] || (to[1] === -1 && to[0] === from[0]);
    // With -1 for the number of rows, an empty row would leave it open; the kernel only watches the rows.
    if (!rows || !columns || to[0] === -1) break;
    members.push(reshape);
    indices = reshape.inputs[0]!;
    shape = reshape.inputs[1]!;
  }
  // The result has as many rows as the ids' shape says: the reshape at the end must ask for the same number.
  const { target } = lookup;
  const keepsRows = target === undefined || shapes.some((own) => own[0] === target[0]);
  if (indices === lookup.indices) return keepsRows ? { ...lookup, needsFlat: false } : lookup;
  return { ...lookup, members, indices, shape, needsFlat: !keepsRows };
}
