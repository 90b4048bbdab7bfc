import { bytes, encodeExample, type FeatureValue, float, int64 } from "@tureen/protos/example";
import type { DType } from "../core/dtype.js";
import { elementCount, type PartialShape } from "../core/shape.js";
import { decodeText } from "../core/text.js";
import { constantValue } from "../graph/constant-value.js";
import type { Operation, Tensor } from "../graph/graph.js";

/** Features with more elements than this are left out: an Example of that size is nobody's sample. */
const maxElements = 1_000_000;

/**
 * An Example that has each feature that these operations parse, with zeros of its shape and "0" for texts; undefined where none parses Examples.
 *
 * Of features whose sizes vary it has one element. Keys that the graph does not tell are left out.
 */
export function sampleExample(operations: Iterable<Operation>): Uint8Array | undefined {
  const features: Record<string, FeatureValue> = {};
  let parses = false;
  for (const op of operations) {
    const parsed = parsedFeatures(op);
    if (parsed === undefined) continue;
    parses = true;
    for (const { key, dtype, shape } of parsed) {
      const count = elementCount((shape ?? []).map((size) => Math.max(size, 1)));
      if (key !== undefined && count <= maxElements) features[key] = zerosOf(dtype, count);
    }
  }
  return parses ? encodeExample(features) : undefined;
}

interface ParsedFeature {
  readonly key: string | undefined;
  readonly dtype: DType;
  readonly shape?: PartialShape;
}

function parsedFeatures({ type, inputs, attrs }: Operation): ParsedFeature[] | undefined {
  const dense = (keys: readonly (string | undefined)[]): ParsedFeature[] => {
    const shapes = attrs.shapes("dense_shapes");
    return attrs.types("Tdense").map((dtype, i) => ({ key: keys[i], dtype, shape: shapes[i] }));
  };
  const others = (types: string, keys: readonly (string | undefined)[]): ParsedFeature[] =>
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

function zerosOf(dtype: DType, count: number): FeatureValue {
  if (dtype === "string") return bytes(new Array<string>(count).fill("0"));
  return dtype === "int64" ? int64(new BigInt64Array(count)) : float(new Float32Array(count));
}
