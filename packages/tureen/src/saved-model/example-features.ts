import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { decodeText } from "../core/text.js";
import { constantValue } from "../graph/constant-value.js";
import type { Graph, Operation, Tensor } from "../graph/graph.js";
import { reachableOperations } from "./check-kernels.js";
import { componentTensors } from "./composite-info.js";
import type { SignatureInfo } from "./signature.js";

/** A feature that a graph parses from serialized Examples. */
export interface ExampleFeature {
  /** Undefined where the graph does not tell. */
  readonly key: string | undefined;
  readonly dtype: DType;
  /** Of one Example; absent for sparse and ragged features, which have as many values as they have. */
  readonly shape?: PartialShape;
}

/** The features that the operations between a signature's inputs and outputs parse; undefined where none parses Examples. */
export function signatureFeatures(graph: Graph, { inputs, outputs }: SignatureInfo): ExampleFeature[] | undefined {
  const fed = new Set(componentTensors(graph, inputs));
  const fetched = componentTensors(graph, outputs);
  return exampleFeatures(reachableOperations(graph, fetched, fed));
}

/** The features that operations parse; undefined where none parses Examples. */
export function exampleFeatures(operations: Iterable<Operation>): ExampleFeature[] | undefined {
  let features: ExampleFeature[] | undefined;
  for (const op of operations) {
    const parsed = parsedFeatures(op);
    if (parsed !== undefined) features = [...(features ?? []), ...parsed];
  }
  return features;
}

function parsedFeatures({ type, inputs, attrs }: Operation): ExampleFeature[] | undefined {
  const dense = (keys: readonly (string | undefined)[]): ExampleFeature[] => {
    const shapes = attrs.shapes("dense_shapes");
    return attrs.types("Tdense").map((dtype, i) => ({ key: keys[i], dtype, shape: shapes[i] }));
  };
  const others = (types: string, keys: readonly (string | undefined)[]): ExampleFeature[] =>
    attrs.types(types).map((dtype, i) => ({ key: keys[i], dtype }));
  switch (type) {
    case "ParseExample": {
      const [sparseCount, denseCount] = [attrs.int("Nsparse"), attrs.int("Ndense")];
      const keys = inputs.slice(2, 2 + sparseCount + denseCount).map((tensor) => textsOf(tensor)[0]);
      return [...others("sparse_types", keys), ...dense(keys.slice(sparseCount))];
    }
    case "ParseExampleV2": {
      const [sparse, denseKeys, ragged] = inputs.slice(2, 5).map(textsOf);
      return [...others("sparse_types", sparse!), ...dense(denseKeys!), ...others("ragged_value_types", ragged!)];
    }
    case "ParseSingleExample":
      return [...others("sparse_types", attrs.texts("sparse_keys")), ...dense(attrs.texts("dense_keys"))];
    default:
      return undefined;
  }
}

function textsOf(tensor: Tensor): string[] {
  return ((constantValue(tensor)?.data ?? []) as readonly Uint8Array[]).map(decodeText);
}
