import { failedPrecondition, invalidArgument, StatusError } from "../core/status-error.js";
import type { NestedValue, TensorValue } from "../core/tensor-value.js";
import { Dataset } from "../data/dataset.js";
import type { MaybePromise } from "../data/index.js";
import { constant } from "../graph/build-op.js";
import { type Graph, Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { isCompositeTensor } from "../graph/structure.js";
import { pythonText } from "./feature-column/python-text.js";
import {
  type FeedOrigin,
  graphIterators,
  type InputElement,
  type IteratorFeed,
  makeIterator,
} from "./graph-iterator.js";
import type { Features, Labels } from "./model-fn.js";

/** Features and labels as tensors of the current graph, such as preprocessing makes from an iterator's `getNext`. */
export type GraphInput = Features | Tensor | readonly [Features | Tensor, Labels];

/**
 * Makes the input of a run, anew for each run: a Dataset of features or of [features, labels]; or the same as tensors of the current graph.
 *
 * Called with the run's graph as the current one, so that it can share preprocessing functions with a serving input receiver.
 */
export type InputFn = () => MaybePromise<Dataset<InputElement>> | GraphInput;

/** An opened input: features and labels in the graph, what to feed, and the values for each step. */
export interface OpenInput {
  readonly features: Features | Tensor;
  readonly labels: Labels;
  readonly placeholders: readonly Tensor[];
  /** Where the values come from; undefined for several iterators. */
  readonly origin?: FeedOrigin;
  /** The next step's values in the order of the placeholders, or undefined at the end. */
  next(): MaybePromise<readonly TensorValue[] | undefined>;
  /** Starts again with the first step's values. */
  restart(): MaybePromise<void>;
  close(): MaybePromise<void>;
}

/** Opens the input of one run in its graph. */
export async function openInput(inputFn: InputFn, graph: Graph): Promise<OpenInput> {
  // In an object, as a scope's body must not return a promise, and an input function may.
  const { result } = withGraph(graph, () => ({ result: inputFn() }));
  const input = await builtBeforeWaiting(result);
  if (input instanceof Dataset) {
    const spec = await (input as Dataset<InputElement>).elementSpec();
    const { feed, element } = withGraph(graph, () => makeIterator(input as Dataset<InputElement>, spec));
    return { ...sides(element), ...feedAll([feed]) };
  }
  if (input === undefined || input === null || typeof input !== "object" || isPass(input)) {
    throw invalidArgument(
      `inputFn must return a Dataset of features, or of [features, labels], or tensors of the graph. Given: ${isPass(input) ? "an iterator" : pythonText(input)}`,
    );
  }
  return { ...withGraph(graph, () => sides(input)), ...feedAll(graphIterators(graph)) };
}

/** An input function that waits has left its graph's scope: what it builds afterwards belongs to no graph. */
async function builtBeforeWaiting<T>(result: MaybePromise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof StatusError) || !error.message.startsWith("There is no current graph")) throw error;
    throw new StatusError(
      "FAILED_PRECONDITION",
      `${error.message}. An inputFn that is async may return a Dataset; tensors of the graph have to be built before it first awaits`,
      { cause: error },
    );
  }
}

/** What has begun to give its elements, and cannot be opened anew. */
function isPass(input: unknown): boolean {
  return typeof input === "object" && input !== null && "next" in input && typeof input.next === "function";
}

function sides(element: GraphInput): Pick<OpenInput, "features" | "labels"> {
  if (!Array.isArray(element)) return { features: checked(element as Features | Tensor), labels: undefined };
  if (element.length !== 2) {
    throw invalidArgument(
      `input_fn should return (features, labels) as a len 2 tuple. Given: a list of ${element.length}`,
    );
  }
  const [features, labels] = element as readonly [Features | Tensor, Labels];
  return { features: checked(features), labels: isValue(labels) ? constant(labels, undefined, "labels") : labels };
}

/** The features; arrays in memory become constants of the graph, as TensorFlow makes them. */
function checked(features: Features | Tensor): Features | Tensor {
  if (features instanceof Tensor) return features;
  if (isValue(features)) return constant(features, undefined, "features");
  const entries = Object.entries(features).map(([name, tensor]) => {
    if (tensor instanceof Tensor || isCompositeTensor(tensor)) return [name, tensor] as const;
    if (isValue(tensor)) return [name, constant(tensor, undefined, name)] as const;
    throw invalidArgument(`Feature '${name}' must be one tensor. Given: ${pythonText(tensor)}`);
  });
  return Object.fromEntries(entries) as Features;
}

function isValue(value: unknown): value is TensorValue | NestedValue {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value !== "object" || value === null || value instanceof Tensor) return false;
  return "dtype" in value && "shape" in value && "data" in value;
}

/** Several iterators advance together; the first that ends ends the input. */
function feedAll(
  feeds: readonly IteratorFeed[],
): Pick<OpenInput, "placeholders" | "origin" | "next" | "restart" | "close"> {
  const placeholders = feeds.flatMap((feed) => feed.placeholders);
  const [only] = feeds;
  if (feeds.length === 1)
    return {
      placeholders,
      origin: only!.origin,
      next: () => only!.next(),
      restart: () => only!.restart(),
      close: () => only!.close(),
    };
  return {
    placeholders,
    next: () => {
      const values: TensorValue[] = [];
      for (const feed of feeds) {
        const element = feed.next();
        if (element instanceof Promise)
          throw failedPrecondition("Several iterators in one graph must not wait for their elements");
        if (element === undefined) return undefined;
        values.push(...element);
      }
      return values;
    },
    restart: async () => {
      for (const feed of feeds) await feed.restart();
    },
    close: async () => {
      for (const feed of feeds) await feed.close();
    },
  };
}
