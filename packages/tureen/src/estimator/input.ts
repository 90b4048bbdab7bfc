import { failedPrecondition, invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { Dataset } from "../data/dataset.js";
import type { MaybePromise } from "../data/index.js";
import { type Graph, Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { SparseTensor } from "../graph/sparse-tensor.js";
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
  const input = await result;
  if (input instanceof Dataset) {
    const spec = await (input as Dataset<InputElement>).elementSpec();
    const { feed, element } = withGraph(graph, () => makeIterator(input as Dataset<InputElement>, spec));
    return { ...sides(element), ...feedAll([feed]) };
  }
  if (input === undefined || input === null || typeof input !== "object") {
    throw invalidArgument(
      `inputFn must return a Dataset of features, or of [features, labels], or tensors of the graph. Given: ${pythonText(input)}`,
    );
  }
  return { ...sides(input), ...feedAll(graphIterators(graph)) };
}

function sides(element: GraphInput): Pick<OpenInput, "features" | "labels"> {
  if (!Array.isArray(element)) return { features: checked(element as Features | Tensor), labels: undefined };
  if (element.length !== 2)
    throw invalidArgument(`inputFn's elements must be features or [features, labels], not lists of ${element.length}`);
  const [features, labels] = element as readonly [Features | Tensor, Labels];
  return { features: checked(features), labels };
}

function checked(features: Features | Tensor): Features | Tensor {
  if (features instanceof Tensor) return features;
  for (const [name, tensor] of Object.entries(features)) {
    if (!(tensor instanceof Tensor || tensor instanceof SparseTensor))
      throw invalidArgument(`Feature '${name}' must be one tensor`);
  }
  return features;
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
