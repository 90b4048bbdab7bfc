import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { failedPrecondition, invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { Dataset } from "../data/dataset.js";
import type { Cursor, MaybePromise } from "../data/index.js";
import type { Recipe } from "../data/recipe.js";
import { build } from "../graph/build-op.js";
import type { Graph, Tensor } from "../graph/graph.js";
import { currentGraph } from "../graph/scope.js";
import { type LeafPath, leafAt } from "./leaf-at.js";

/** Values of features or labels: one tensor, or several by name. */
export type InputValues = TensorValue | { readonly [name: string]: TensorValue };

/** What one step of an input gives: features, or features and labels. */
export type InputElement = InputValues | readonly [InputValues, InputValues];

/** The tensors of a graph that stand for a dataset's next element, in the nesting of the element. */
export type GraphElement<T> = T extends TensorValue ? Tensor : { readonly [K in keyof T]: GraphElement<T[K]> };

/** What feeds an iterator's placeholders. */
export interface IteratorFeed {
  readonly placeholders: readonly Tensor[];
  readonly origin: FeedOrigin;
  next(): MaybePromise<readonly TensorValue[] | undefined>;
  /** Starts again with the first element. */
  restart(): MaybePromise<void>;
  close(): MaybePromise<void>;
}

/** What another thread needs to make the elements of an iterator as well. */
export interface FeedOrigin {
  /** Of the pass that is open. */
  readonly recipe: Recipe | undefined;
  /** Where in an element each placeholder's value lies. */
  readonly paths: readonly LeafPath[];
  /** How many elements of the pass have been drawn. */
  drawn(): number;
}

const iterators = new WeakMap<Graph, IteratorFeed[]>();

/** The iterators of a graph, in the order of their making. */
export function graphIterators(graph: Graph): readonly IteratorFeed[] {
  return iterators.get(graph) ?? [];
}

/**
 * The tensors of a dataset's next element in the current graph (`make_one_shot_iterator(dataset).get_next()`): each step of the run that owns
 * the graph gets the following element.
 *
 * FAILED_PRECONDITION for a dataset whose structure has to be waited for: return that one from the input function.
 */
export function getNext<T extends InputElement>(dataset: Dataset<T>): GraphElement<T> {
  const spec = dataset.elementSpec();
  if (spec instanceof Promise) {
    spec.catch(() => {});
    throw failedPrecondition(
      "This dataset's structure has to be waited for: return the dataset itself from the input function",
    );
  }
  const { feed, element } = makeIterator(dataset as unknown as Dataset<InputElement>, spec);
  const graph = currentGraph();
  iterators.set(graph, [...graphIterators(graph), feed]);
  return element as GraphElement<T>;
}

/** Placeholders for a dataset's elements in the current graph, and what feeds them. */
export function makeIterator(
  dataset: Dataset<InputElement>,
  spec: unknown,
): { readonly feed: IteratorFeed; readonly element: GraphElement<InputElement> } {
  const placeholders: Tensor[] = [];
  const paths: LeafPath[] = [];
  const element = placeholdersOf(spec, [], placeholders, paths) as GraphElement<InputElement>;
  // Taken before the pass is opened, which may change what the next one would be.
  let recipe = dataset.recipe();
  let cursor = dataset.open() as Cursor<InputElement>;
  let drawn = 0;
  const values = (next: InputElement | undefined): readonly TensorValue[] | undefined =>
    next === undefined ? undefined : paths.map((path) => leafAt(next, path));
  const feed = {
    placeholders,
    origin: {
      get recipe() {
        return recipe;
      },
      paths,
      drawn: () => drawn,
    },
    next: () => {
      const next = cursor.next();
      drawn++;
      return next instanceof Promise ? next.then(values) : values(next);
    },
    restart: () => {
      const closed = cursor.close();
      recipe = dataset.recipe();
      cursor = dataset.open() as Cursor<InputElement>;
      drawn = 0;
      return closed;
    },
    close: () => cursor.close(),
  };
  return { feed, element };
}

function isLeaf(spec: unknown): spec is { readonly dtype: DType; readonly shape: PartialShape } {
  return typeof spec === "object" && spec !== null && "dtype" in spec && typeof spec.dtype === "string";
}

function placeholdersOf(spec: unknown, path: LeafPath, placeholders: Tensor[], paths: LeafPath[]): unknown {
  if (isLeaf(spec)) {
    // TensorFlow's graphs have an IteratorGetNext here.
    const shape = spec.shape === undefined ? null : [...spec.shape];
    const tensor = build("Placeholder", [], { dtype: spec.dtype, shape }, "IteratorGetNext");
    placeholders.push(tensor);
    paths.push(path);
    return tensor;
  }
  if (Array.isArray(spec)) return spec.map((part, i) => placeholdersOf(part, [...path, i], placeholders, paths));
  if (typeof spec !== "object" || spec === null)
    throw invalidArgument("An input's elements must be tensors, alone, in records or in lists");
  // As TensorFlow flattens dictionaries: by sorted keys.
  const keys = Object.keys(spec).sort();
  return Object.fromEntries(
    keys.map((key) => [
      key,
      placeholdersOf((spec as Record<string, unknown>)[key], [...path, key], placeholders, paths),
    ]),
  );
}
