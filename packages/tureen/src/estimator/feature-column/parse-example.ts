import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { intValue, type NestedValue, scalarValue, tensorValue, toTensor, zeros } from "../../core/tensor-value.js";
import { encodeText } from "../../core/text.js";
import { build, buildOp, constant, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { FeatureTensor } from "../model-fn.js";
import { compareText } from "./compare-text.js";
import { castTo, reshapeTo, scalarInt, scalarLong, sliceOf } from "./graph-shape.js";
import { type ExampleFeature, exampleFeatureText, type ParseExampleSpec, type SparseFeature } from "./parse-spec.js";
import { pythonText, tupleText } from "./python-text.js";

interface DenseKey {
  readonly key: string;
  readonly dtype: DType;
  readonly shape: PartialShape & object;
  readonly defaultValue: NestedValue | undefined;
}

/**
 * Serialized Examples as features (`tf.io.parse_example`): sparse tensors for VarLen and Sparse features, dense ones for the rest.
 *
 * `serialized` is a string vector. Builds ParseExampleV2 with its keys sorted. INVALID_ARGUMENT for an empty or contradictory spec.
 */
export function parseExample(
  serialized: Tensor,
  spec: ParseExampleSpec,
  options: { readonly name?: string; readonly exampleNames?: TensorLike } = {},
): Record<string, FeatureTensor> {
  const keys = Object.keys(spec).sort(compareText);
  if (keys.length === 0) throw invalidArgument("Argument `features` cannot be None.");
  const sparse = new Map<string, DType>();
  const dense: DenseKey[] = [];
  for (const key of keys) addFeature(key, spec[key]!, sparse, dense);
  const shared = dense.filter(({ key }) => sparse.has(key)).map(({ key }) => key);
  if (shared.length > 0) {
    throw invalidArgument(
      `Dense and sparse keys must not intersect; dense_keys: ${pythonText(dense.map(({ key }) => key))}, sparse_keys: ${pythonText([...sparse.keys()])}, intersection: {${shared.map(pythonText).join(", ")}}`,
    );
  }
  const parsed = parse(serialized, sparse, dense, options);
  return Object.fromEntries(keys.map((key) => [key, composed(spec[key]!, parsed) ?? parsed.get(key)!] as const));
}

function addFeature(key: string, feature: ExampleFeature, sparse: Map<string, DType>, dense: DenseKey[]): void {
  switch (feature.kind) {
    case "VarLenFeature":
      addSparse(key, feature.dtype, sparse);
      break;
    case "SparseFeature":
      for (const indexKey of indexKeys(feature).sort(compareText)) addSparse(indexKey, "int64", sparse);
      addSparse(feature.valueKey, feature.dtype, sparse);
      break;
    case "FixedLenFeature":
      if (feature.shape.some((size) => size < 0)) {
        throw invalidArgument(
          feature.shape[0]! < 0
            ? `First dimension of shape for feature ${key} unknown. Consider using FixedLenSequenceFeature. Received feature=${exampleFeatureText(feature)}.`
            : `All dimensions of shape for feature ${key} need to be known but received ${tupleText(feature.shape.map((size) => (size < 0 ? undefined : size))).text}.`,
        );
      }
      dense.push({ key, dtype: feature.dtype, shape: feature.shape, defaultValue: feature.defaultValue });
      break;
    case "FixedLenSequenceFeature":
      if (!feature.allowMissing) {
        throw invalidArgument("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.");
      }
      dense.push({ key, dtype: feature.dtype, shape: [-1, ...feature.shape], defaultValue: feature.defaultValue });
      break;
    default:
      throw invalidArgument(`Unsupported ${typeof feature} ${pythonText(feature)} for key '${key}'`);
  }
}

function addSparse(key: string, dtype: DType, sparse: Map<string, DType>): void {
  const known = sparse.get(key);
  if (known !== undefined && known !== dtype) {
    throw invalidArgument(`Conflicting type <dtype: '${known}'> vs <dtype: '${dtype}'> for feature ${key}.`);
  }
  sparse.set(key, dtype);
}

function indexKeys(feature: SparseFeature): string[] {
  return typeof feature.indexKey === "string" ? [feature.indexKey] : [...feature.indexKey];
}

function parse(
  serialized: Tensor,
  sparse: ReadonlyMap<string, DType>,
  dense: readonly DenseKey[],
  options: { readonly name?: string; readonly exampleNames?: TensorLike },
): Map<string, FeatureTensor> {
  const texts = (keys: readonly string[]): ReturnType<typeof tensorValue<"string">> =>
    tensorValue("string", [keys.length], keys.map(encodeText));
  const { outputs } = nameScope(options.name ?? "ParseExample", () => {
    const defaults = dense.map(defaultOf);
    return buildOp(
      "ParseExampleV2",
      [
        serialized,
        options.exampleNames ?? texts([]),
        texts([...sparse.keys()]),
        texts(dense.map(({ key }) => key)),
        texts([]),
        defaults,
      ],
      {
        num_sparse: sparse.size,
        sparse_types: [...sparse.values()],
        ragged_value_types: [],
        ragged_split_types: [],
        dense_shapes: dense.map(({ shape }) => shape),
      },
      options.name ?? "ParseExampleV2",
    );
  });
  const parsed = new Map<string, FeatureTensor>();
  [...sparse.keys()].forEach((key, i) => {
    parsed.set(key, new SparseTensor(outputs[i]!, outputs[sparse.size + i]!, outputs[2 * sparse.size + i]!));
  });
  dense.forEach(({ key }, i) => {
    parsed.set(key, outputs[3 * sparse.size + i]!);
  });
  return parsed;
}

/** The default a dense key is parsed with; an empty tensor where it has none, so that it is required. */
function defaultOf({ key, dtype, shape, defaultValue }: DenseKey): Tensor {
  const safeKey = key.replace(/[^A-Za-z0-9_.\-/]/gu, "_");
  if (shape.length > 0 && shape[0]! < 0) {
    if (defaultValue === undefined)
      return constant(dtype === "string" ? scalarValue("string", "") : scalarValue(dtype, 0), undefined, "Const");
    const padding = constant(toTensor(defaultValue, dtype), undefined, `padding_${safeKey}`);
    return nameScope("Reshape", (scope) => {
      // Python's empty list becomes a float constant before TensorFlow sees that a shape must be of integers.
      constant(zeros("float32", [0]), undefined, "shape");
      return build("Reshape", [padding, constant(intValue([]), undefined, "shape")], {}, scope);
    });
  }
  if (defaultValue === undefined) return constant(zeros(dtype, [0]), undefined, "Const");
  return reshapeTo(constant(toTensor(defaultValue, dtype), undefined, `key_${safeKey}`), shape);
}

/** The tensor of a feature that is made of several keys, or undefined. */
function composed(feature: ExampleFeature, parsed: ReadonlyMap<string, FeatureTensor>): SparseTensor | undefined {
  if (feature.kind !== "SparseFeature") return undefined;
  const ids = indexKeys(feature).map((key) => parsed.get(key) as SparseTensor);
  const values = parsed.get(feature.valueKey) as SparseTensor;
  const sizes = typeof feature.size === "number" ? [feature.size] : feature.size;
  if (ids.length !== sizes.length) throw invalidArgument("sp_ids and vocab_size have to have equal lengths.");
  return nameScope("SparseMerge", () => {
    const columns = ids.map((id) => build("ExpandDims", [castTo(id.values, "int64"), scalarInt(1)], {}, "ExpandDims"));
    const lengths = sizes.map((size) =>
      nameScope("Cast", (scope) =>
        castTo(
          constant(
            Number.isInteger(size) && Math.abs(size) < 2 ** 31 ? scalarInt(size) : scalarLong(size),
            undefined,
            "x",
          ),
          "int64",
          scope,
        ),
      ),
    );
    const kept = sliceOf(ids[0]!.indices, [{}, { to: -1 }]);
    const indices = build("ConcatV2", [[kept, ...columns], scalarInt(1)], {}, "concat");
    const keptShape = sliceOf(ids[0]!.denseShape, [{ to: -1 }]);
    const shape = nameScope("concat", (scope) => {
      const rest = build("Pack", [lengths], {}, "values_1");
      return build("ConcatV2", [[keptShape, rest], scalarInt(0)], {}, scope);
    });
    if (feature.alreadySorted) return new SparseTensor(indices, values.values, shape);
    const { outputs } = buildOp("SparseReorder", [indices, values.values, shape], {}, "SparseReorder");
    build("Identity", [shape], {}, "Identity");
    return new SparseTensor(outputs[0]!, outputs[1]!, shape);
  });
}
