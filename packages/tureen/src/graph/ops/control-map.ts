import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { asTensor, build, constant, type TensorLike } from "../build-op.js";
import { Tensor } from "../graph.js";
import { nameScope } from "../scope.js";
import { assertSameNest, flattenNest, packNest, tensorText } from "../structure.js";
import type { Built, ControlLeaf, ControlNest } from "./control-branches.js";
import { whileLoop } from "./control-loop.js";
import {
  elementShapeInput,
  tensorListFromTensor,
  tensorListGetItem,
  tensorListReserve,
  tensorListSetItem,
  tensorListStack,
} from "./list-tensor.js";

/** What all of these loops may be told. */
export interface IterationOptions {
  /** How many iterations TensorFlow may run at a time; default 10. */
  readonly parallelIterations?: number;
  /** Whether gradients pass the loop; default true. */
  readonly backProp?: boolean;
  readonly name?: string;
}

/** Tensors that are unstacked along their first dimensions. */
interface Rows {
  /** How many: a number where the graph knows it. */
  readonly count: number | undefined;
  readonly total: Tensor;
  /** The `i`th row of each. */
  at(i: TensorLike): Tensor[];
}

/**
 * The results of `fn` for each row of `elems`, stacked (`tf.map_fn`).
 *
 * `elems` is a tensor or a nesting of tensors of one first dimension; `fn` gets their rows in the same nesting. What it returns is nested and typed
 * as `elems`, or as `fnOutputSignature` says: a dtype for each tensor.
 */
export function mapFn<E, S = E>(
  fn: (rows: Built<NoInfer<E>>) => unknown,
  elems: E,
  options: IterationOptions & { readonly fnOutputSignature?: S } = {},
): Built<NoInfer<S>> {
  checkOptions("mapFn", options, {
    parallelIterations: "optional",
    backProp: "optional",
    name: "optional",
    fnOutputSignature: "optional",
  });
  checkCallable(fn, "fn must be callable.");
  return nameScope(options.name ?? "map", () => {
    const tensors = elemTensors(elems);
    if (tensors.length === 0) {
      throw invalidArgument(
        `elems must be a Tensor or (possibly nested) sequence of Tensors. Got ${Array.isArray(elems) ? "()" : "{}"}, which does not contain any Tensors.`,
      );
    }
    for (const tensor of tensors) {
      if (tensor.shape?.length === 0) {
        throw invalidArgument("Elements in elems must be 1+ dimensional Tensors, not scalars");
      }
    }
    const rows = unstacked(tensors);
    const signature = options.fnOutputSignature;
    const like = (signature ?? elems) as ControlNest;
    const dtypes =
      signature === undefined
        ? tensors.map(({ dtype }) => dtype)
        : flattenNest<unknown>(signature).map((dtype) => dtype as DType);
    const accumulators = dtypes.map((elementDtype) => reserved(undefined, rows.total, elementDtype));
    let made: readonly Tensor[] = [];
    const [, lists] = whileLoop(
      (i) => build("Less", [i, rows.total]),
      (i, out) => {
        const result = fn(packNest(elems as ControlNest, rows.at(i)) as Built<E>);
        assertSameNest(like, result as ControlNest);
        made = flattenNest<TensorLike>(result as TensorLike).map((item) => asTensor(item));
        checkDtypes(made, dtypes);
        return [build("AddV2", [i, constant(1, "int32")]), written(out, i, made)];
      },
      [constant(0, "int32"), accumulators],
      { ...loopOptions(options), maximumIterations: rows.total },
    );
    return packNest(
      like,
      lists.map((list, i) => stacked(list, made[i]!.shape, dtypes[i]!, rows.count)),
    ) as Built<NoInfer<S>>;
  });
}

/** How `foldl` and `foldr` begin. */
export interface FoldOptions<A> extends IterationOptions {
  /** Default: the first row (`foldr`: the last). */
  readonly initializer?: A;
}

/** `fn` over the rows of `elems` from the first on, each time of what came of it and the next row (`tf.foldl`). */
export function foldl<E, A = E>(
  fn: (accumulated: Built<NoInfer<A>>, rows: Built<NoInfer<E>>) => unknown,
  elems: E,
  options: FoldOptions<A> = {},
): Built<NoInfer<A>> {
  checkOptions("foldl", options, {
    initializer: "optional",
    parallelIterations: "optional",
    backProp: "optional",
    name: "optional",
  });
  return fold("foldl", fn, elems, options);
}

/** `fn` over the rows of `elems` from the last on (`tf.foldr`). */
export function foldr<E, A = E>(
  fn: (accumulated: Built<NoInfer<A>>, rows: Built<NoInfer<E>>) => unknown,
  elems: E,
  options: FoldOptions<A> = {},
): Built<NoInfer<A>> {
  checkOptions("foldr", options, {
    initializer: "optional",
    parallelIterations: "optional",
    backProp: "optional",
    name: "optional",
  });
  return fold("foldr", fn, elems, options);
}

function fold<E, A>(
  name: "foldl" | "foldr",
  fn: (accumulated: Built<NoInfer<A>>, rows: Built<NoInfer<E>>) => unknown,
  elems: E,
  options: FoldOptions<A>,
): Built<NoInfer<A>> {
  checkCallable(fn, "Please provide a callable function.");
  return nameScope(options.name ?? name, () => {
    const rows = unstacked(elemTensors(elems));
    const { initializer } = options;
    const backwards = name === "foldr";
    const like = (initializer ?? elems) as ControlNest;
    const last = (): Tensor => build("Sub", [rows.total, constant(1, "int32")]);
    const first =
      initializer === undefined ? rows.at(backwards ? last() : constant(0, "int32")) : tensorsOf(initializer);
    const taken = initializer === undefined ? 1 : 0;
    // A fold from the right counts the rows that are left.
    const start = backwards ? build("Sub", [rows.total, constant(taken, "int32")]) : constant(taken, "int32");
    const [, result] = whileLoop(
      (i) => (backwards ? build("Greater", [i, constant(0, "int32")]) : build("Less", [i, rows.total])),
      (i, accumulated) => {
        const at = backwards ? build("Sub", [i, constant(1, "int32")]) : i;
        const next = fn(
          packNest(like, accumulated as Tensor[]) as Built<A>,
          packNest(elems as ControlNest, rows.at(at)) as Built<E>,
        );
        assertSameNest(next as ControlNest, like);
        return [backwards ? at : build("AddV2", [i, constant(1, "int32")]), tensorsOf(next)];
      },
      [start, first],
      { ...loopOptions(options), maximumIterations: rows.total },
    );
    return packNest(like, result) as Built<NoInfer<A>>;
  });
}

/** How `scan` goes. */
export interface ScanFnOptions<A> extends FoldOptions<A> {
  /** Whether every result has the shape of the initializer; default true. */
  readonly inferShape?: boolean;
  /** Whether it starts at the last row; default false. */
  readonly reverse?: boolean;
}

/** As `foldl`, with what came of `fn` at every row, stacked (`tf.scan`). */
export function scan<E, A = E>(
  fn: (accumulated: Built<NoInfer<A>>, rows: Built<NoInfer<E>>) => unknown,
  elems: E,
  options: ScanFnOptions<A> = {},
): Built<NoInfer<A>> {
  checkOptions("scan", options, {
    inferShape: "optional",
    reverse: "optional",
    initializer: "optional",
    parallelIterations: "optional",
    backProp: "optional",
    name: "optional",
  });
  checkCallable(fn, "Please provide a callable function.");
  return nameScope(options.name ?? "scan", () => {
    const rows = unstacked(elemTensors(elems));
    const { initializer, reverse = false, inferShape = true } = options;
    const like = (initializer ?? elems) as ControlNest;
    const last = (): Tensor => build("Sub", [rows.total, constant(1, "int32")]);
    const edge = reverse ? last() : constant(0, "int32");
    const first = initializer === undefined ? rows.at(edge) : tensorsOf(initializer);
    const shapes = first.map(({ shape }) => (inferShape ? shape : undefined));
    const empty = first.map(({ dtype }, i) => reserved(shapes[i], rows.total, dtype));
    const begun = initializer === undefined;
    const lists = begun ? written(empty, edge, first) : empty;
    const start = reverse ? build("Sub", [last(), constant(begun ? 1 : 0, "int32")]) : constant(begun ? 1 : 0, "int32");
    const [, , out] = whileLoop(
      (i) => (reverse ? build("GreaterEqual", [i, constant(0, "int32")]) : build("Less", [i, rows.total])),
      (i, accumulated, made) => {
        const result = fn(
          packNest(like, accumulated as Tensor[]) as Built<A>,
          packNest(elems as ControlNest, rows.at(i)) as Built<E>,
        );
        assertSameNest(like, result as ControlNest);
        const next = tensorsOf(result);
        return [build(reverse ? "Sub" : "AddV2", [i, constant(1, "int32")]), next, written(made, i, next)];
      },
      [start, first, lists],
      {
        ...loopOptions(options),
        maximumIterations: rows.total,
        ...(inferShape ? {} : { shapeInvariants: [[], first.map(() => null), first.map(() => [])] }),
      },
    );
    return packNest(
      like,
      out.map((list, i) => stacked(list, shapes[i], first[i]!.dtype, rows.count)),
    ) as Built<NoInfer<A>>;
  });
}

function checkCallable(fn: unknown, advice: string): void {
  if (typeof fn !== "function") throw invalidArgument(`${String(fn)} is not callable. ${advice}`);
}

function loopOptions(options: IterationOptions): { parallelIterations?: number; backProp?: boolean } {
  const { parallelIterations, backProp } = options;
  return {
    ...(parallelIterations === undefined ? {} : { parallelIterations }),
    ...(backProp === undefined ? {} : { backProp }),
  };
}

function tensorsOf(nest: unknown): Tensor[] {
  return flattenNest<ControlLeaf>(nest as ControlNest).map((item) => asTensor(item as TensorLike));
}

function elemTensors(elems: unknown): Tensor[] {
  return flattenNest<ControlLeaf>(elems as ControlNest).map((elem) => {
    if (
      elem === null ||
      elem === undefined ||
      (typeof elem === "object" && !("dtype" in elem && (elem instanceof Tensor || "data" in elem)))
    ) {
      throw invalidArgument(`Elements in elems must be tensors. Received: ${String(elem)}`);
    }
    return asTensor(elem as TensorLike, undefined, "elem");
  });
}

function unstacked(tensors: readonly Tensor[]): Rows {
  let count: number | undefined;
  for (const { shape } of tensors) {
    if (shape?.length === 0) throw invalidArgument("Shape () must have rank at least 1");
    const size = shape?.[0] ?? -1;
    if (size < 0) continue;
    if (count !== undefined && count !== size)
      throw invalidArgument(`Dimensions ${count} and ${size} are not compatible`);
    count = size;
  }
  const total =
    count === undefined
      ? build("StridedSlice", [build("Shape", [tensors[0]!]), [0], [1], [1]], { shrink_axis_mask: 1 })
      : constant(count, "int32");
  const shapes = tensors.map(({ shape }) => shape?.slice(1));
  const lists = tensors.map((tensor, i) =>
    nameScope("TensorArrayUnstack", () => tensorListFromTensor(tensor, elementShapeInput(shapes[i], "Const"))),
  );
  const at = (i: TensorLike): Tensor[] =>
    lists.map((list, n) =>
      nameScope("TensorArrayV2Read", () =>
        tensorListGetItem(list, i, elementShapeInput(shapes[n], "Const"), { elementDtype: tensors[n]!.dtype }),
      ),
    );
  return { count, total, at };
}

function reserved(shape: PartialShape, total: Tensor, elementDtype: DType): Tensor {
  return nameScope("TensorArrayV2", (scope) =>
    tensorListReserve(elementShapeInput(shape), total, { elementDtype, name: scope }),
  );
}

function written(lists: readonly Tensor[], i: TensorLike, items: readonly Tensor[]): Tensor[] {
  return lists.map((list, n) => nameScope("TensorArrayV2Write", () => tensorListSetItem(list, i, items[n]!)));
}

function stacked(list: Tensor, shape: PartialShape, elementDtype: DType, count: number | undefined): Tensor {
  const tensor = nameScope("TensorArrayV2Stack", () =>
    tensorListStack(list, elementShapeInput(shape, "Const"), { elementDtype, numElements: count ?? -1 }),
  );
  if (shape !== undefined) tensor.shape = [count ?? -1, ...shape];
  return tensor;
}

function checkDtypes(made: readonly Tensor[], dtypes: readonly DType[]): void {
  made.forEach((tensor, i) => {
    if (tensor.dtype === dtypes[i]) return;
    throw invalidArgument(
      `Input value ${tensorText(tensor)} has dtype <dtype: '${tensor.dtype}'>, but expected dtype <dtype: '${dtypes[i]}'>.`,
    );
  });
}
