import { bytes, encodeExample, type FeatureValue, float, int64 } from "@tureen/protos/example";
import type { DType } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import type { ExampleFeature } from "./example-features.js";

/** Features with more elements than this are left out: an Example of that size is nobody's sample. */
const maxElements = 1_000_000;

/**
 * An Example that has each of the features, with zeros of its shape and "0" for texts.
 *
 * Of features whose sizes vary it has one element. Features whose keys are not known are left out.
 */
export function sampleExample(parsed: readonly ExampleFeature[]): Uint8Array {
  const features: Record<string, FeatureValue> = {};
  for (const { key, dtype, shape } of parsed) {
    const count = elementCount((shape ?? []).map((size) => Math.max(size, 1)));
    if (key !== undefined && count <= maxElements) features[key] = zerosOf(dtype, count);
  }
  return encodeExample(features);
}

function zerosOf(dtype: DType, count: number): FeatureValue {
  if (dtype === "string") return bytes(new Array<string>(count).fill("0"));
  return dtype === "int64" ? int64(new BigInt64Array(count)) : float(new Float32Array(count));
}
