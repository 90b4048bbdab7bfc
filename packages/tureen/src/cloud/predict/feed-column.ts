import { allocate, type DataOf, type DType, isFloatingDType, type NumericArray } from "../../core/dtype.js";
import { toBfloat16, toFloat16 } from "../../core/half-float.js";
import { elementCount, isCompatible, type Shape } from "../../core/shape.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { TensorInfo } from "../../saved-model/signature.js";
import { arrayItems, arraySize, isArray, type JsonNumbers, type JsonValue } from "../../serving/rest/json-value.js";
import { elementConverter } from "./convert-element.js";
import { runFailure } from "./prediction-error.js";
import { pythonTuple } from "./python-text.js";

/**
 * The tensor that TensorFlow's Python session feeds for a list of JSON values: numpy's conversion to the dtype, then the check of the shape.
 *
 * Text to numbers, fractions to integers and what wraps around go as in numpy 1.26. FAILED_TO_RUN_MODEL with Python's texts where a
 * conversion fails, lists are ragged, or the shape is not the declared one (recorded: fixtures/session-feeds.json).
 */
export function feedColumn(values: readonly JsonValue[], info: TensorInfo): TensorValue {
  const { dtype } = info;
  const shape: number[] = [values.length];
  const direct = bulkNumbers(values, dtype);
  const data = direct === undefined ? convertNested(values, dtype, shape) : direct;
  if (direct !== undefined) shape.push(arraySize(values[0] as JsonNumbers));
  if (!isCompatible(info.shape, shape)) {
    throw runFailure(
      `Cannot feed value of shape ${pythonTuple(shape)} for Tensor ${info.name}, which has shape ${pythonTuple(info.shape!)}`,
    );
  }
  return tensorValue(dtype, shape as Shape, data);
}

/** The common case without a look at each element: equally long lists of numbers for a dtype that takes them as they are. */
function bulkNumbers(values: readonly JsonValue[], dtype: DType): DataOf[DType] | undefined {
  const isFloat = dtype === "float32" || dtype === "float64";
  if (values.length === 0 || (!isFloat && dtype !== "int32")) return undefined;
  const size = sizeOfNumbers(values[0]!);
  for (const value of values) {
    if (size < 0 || sizeOfNumbers(value) !== size || (!isFloat && !(value as JsonNumbers).integers)) return undefined;
  }
  const data = allocate(dtype, values.length * size) as unknown as Float32Array;
  let at = 0;
  for (const value of values) {
    data.set((value as JsonNumbers).values, at);
    at += size;
  }
  return data as unknown as DataOf[DType];
}

function sizeOfNumbers(value: JsonValue): number {
  return isArray(value) && value.kind === "numbers" ? value.values.length : -1;
}

/** Flattens level by level, adding each level's size to `shape`, and converts what lies at the bottom. */
function convertNested(values: readonly JsonValue[], dtype: DType, shape: number[]): DataOf[DType] {
  let level = values;
  while (level.length > 0) {
    const first = level[0]!;
    const size = isArray(first) ? arraySize(first) : -1;
    if (level.some((value) => (isArray(value) ? arraySize(value) : -1) !== size)) {
      // An array of objects may hold lists; TensorFlow then refuses the first of the objects that it cannot take.
      if (dtype === "string") break;
      throw runFailure(
        `setting an array element with a sequence. The requested array has an inhomogeneous shape after ${shape.length} dimensions. ` +
          `The detected shape was ${pythonTuple(shape)} + inhomogeneous part.`,
      );
    }
    if (size < 0) break;
    shape.push(size);
    level = level.flatMap((value) => arrayItems(value as JsonNumbers));
  }
  const convert = elementConverter(dtype);
  const data = allocate(dtype, elementCount(shape));
  const target = data as unknown as (number | bigint | Uint8Array)[] | NumericArray;
  for (let i = 0; i < level.length; i++) {
    const element = convert(level[i]!);
    if (isFloatingDType(dtype) && dtype.endsWith("float16")) {
      target[i] = dtype === "float16" ? toFloat16(element as number) : toBfloat16(element as number);
    } else {
      target[i] = element as number;
    }
  }
  return data;
}
