import { describe, expect, it } from "vitest";
import type { NestedValue, TensorValue } from "../core/tensor-value.js";
import { constant } from "../graph/build-op.js";
import { Graph, Operation, Tensor } from "../graph/graph.js";
import { isRows, type RaggedRows } from "../graph/ragged-tensor.js";
import { withGraph } from "../graph/scope.js";
import { SparseTensor } from "../graph/sparse-tensor.js";
import { Session } from "../runtime/session.js";
import * as bitwise from "./namespaces/bitwise.js";
import * as debugging from "./namespaces/debugging.js";
import * as linalg from "./namespaces/linalg.js";
import * as math from "./namespaces/math.js";
import * as ragged from "./namespaces/ragged.js";
import * as random from "./namespaces/random.js";
import * as sets from "./namespaces/sets.js";
import * as signal from "./namespaces/signal.js";
import * as nn from "./nn/index.js";
import { largestError, readFixture, restored, type StoredTensor } from "./recorded-fixture.js";

type Argument =
  | { readonly tensor: StoredTensor }
  | { readonly tensors: readonly StoredTensor[] }
  | { readonly sparse: readonly [StoredTensor, StoredTensor, StoredTensor] }
  | { readonly plain: unknown };

interface Case {
  readonly namespace: string;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly graphSeed: number | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly outputs?: readonly StoredTensor[];
  readonly error?: string;
}

type Builder = (...args: unknown[]) => unknown;
const namespaces = { bitwise, debugging, linalg, math, nn, ragged, random, sets, signal } as unknown as Readonly<
  Record<string, Readonly<Record<string, Builder>>>
>;
const { cases } = readFixture<{ cases: readonly Case[] }>("namespaces");

/** Where floats of one formula are computed in another order; spectra and decompositions add up many. */
const tolerance = 2e-5;

function argument(given: Argument, i: number): unknown {
  if ("tensor" in given) return constant(restored(given.tensor), undefined, `input_${i}`);
  if ("tensors" in given) return given.tensors.map((tensor) => constant(restored(tensor)));
  if ("sparse" in given) {
    const [indices, values, shape] = given.sparse.map((part) => constant(restored(part)));
    return new SparseTensor(indices!, values!, shape!);
  }
  const { plain } = given;
  return isNested(plain) ? rowsOf(plain.rows) : plain;
}

function isNested(plain: unknown): plain is { readonly rows: NestedValue } {
  return typeof plain === "object" && plain !== null && "rows" in plain;
}

function rowsOf(value: NestedValue): unknown {
  const isFlags = (value as readonly unknown[]).flat(9).every((item) => typeof item === "boolean");
  return ragged.constant(value, isFlags ? { dtype: "bool" } : {});
}

/** The tensors of a result, in the order of its fields; operations are run for what they check. */
function leaves(made: unknown): (Tensor | Operation)[] {
  if (made instanceof Tensor || made instanceof Operation) return [made];
  if (made instanceof SparseTensor) return [made.indices, made.values, made.denseShape];
  if (isRows(made as Tensor | RaggedRows)) {
    const { flatValues, nestedRowSplits } = made as RaggedRows;
    return [flatValues, ...nestedRowSplits];
  }
  return Object.values(made as object).flatMap(leaves);
}

function run({ namespace, name, args, options, graphSeed }: Case): TensorValue[] {
  const graph = new Graph();
  graph.seed = graphSeed ?? undefined;
  const made = withGraph(graph, () => {
    const given = args.map(argument);
    // TensorFlow's None stands for what is not given, but for windows and norms of transforms.
    const shape = (options["shape"] as readonly (number | null)[] | undefined)?.map((size) => size ?? -1);
    return leaves(namespaces[namespace]![name]!(...given, { ...options, ...(shape === undefined ? {} : { shape }) }));
  });
  const tensors = made.filter((leaf) => leaf instanceof Tensor);
  const targets = made.filter((leaf) => leaf instanceof Operation);
  return new Session(graph).run(tensors, new Map(), targets);
}

describe("functions of TensorFlow's namespaces compute what TensorFlow 2.15 computes", () => {
  it.each(
    cases.map((item, i) => [`${i} ${item.namespace}.${item.name} ${JSON.stringify(item.options)}`, item] as const),
  )("%s", (_, item) => {
    if (item.error !== undefined) {
      expect(() => run(item)).toThrow(item.error);
      return;
    }
    const values = run(item);
    expect(values.map(({ dtype, shape }) => `${dtype} ${shape.join()}`)).toEqual(
      item.outputs!.map(({ d, s }) => `${d} ${s.join()}`),
    );
    for (const [i, value] of values.entries()) {
      const wanted = restored(item.outputs![i]!);
      if (value.dtype === "string" || value.dtype === "bool") expect(value.data).toEqual(wanted.data);
      else expect(largestError(value, wanted)).toBeLessThan(tolerance);
    }
  });
});
