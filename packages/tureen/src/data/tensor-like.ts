import { shapeTuple } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { type NestedValue, type TensorValue, toTensor } from "../core/tensor-value.js";
import { type ElementSpec, keepsTo, specText } from "./element-spec.js";
import { flatten, isTensorValue, type Layout, layoutOf, pack, type Structure, type TensorLike } from "./structure.js";

/**
 * The layout of plain JavaScript given as elements.
 *
 * A list is one tensor, unless a TensorValue or a record is among its items: then it is a tuple. A list of TypedArrays of several kinds could
 * be meant either way and is INVALID_ARGUMENT.
 */
export function tensorLikeLayout(structure: unknown): Layout {
  return layoutOf(structure, (value) => isTensorValue(value) || !isNesting(value));
}

function isNesting(value: unknown): boolean {
  if (!Array.isArray(value)) return isRecord(value);
  if (value.some((item) => isTensorValue(item) || isNesting(item))) return true;
  const first: unknown = value[0];
  if (ArrayBuffer.isView(first) && value.some((item) => (item as object).constructor !== first.constructor)) {
    throw invalidArgument(
      "A list of TypedArrays of several kinds is either one tensor or a tuple: use toTensor to say which",
    );
  }
  return false;
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && !isTensorValue(value);
}

/** The tensors of `TensorLike` leaves by their number. */
export function tensorsOf(layout: Layout, structure: Structure<TensorLike>): TensorValue[] {
  return flatten<TensorLike>(layout, structure)!.map((leaf) =>
    isTensorValue(leaf) ? leaf : toTensor(leaf as NestedValue),
  );
}

/** The element that plain JavaScript stands for. */
export function toElement(structure: Structure<TensorLike>): Structure {
  const layout = tensorLikeLayout(structure);
  return pack(layout, tensorsOf(layout, structure));
}

/**
 * The element that plain JavaScript stands for where its spec is declared; leaves take the declared dtypes.
 *
 * INVALID_ARGUMENT in TensorFlow's words (of `from_generator`) for what does not keep to the spec.
 */
export function toDeclaredElement(structure: Structure<TensorLike>, spec: ElementSpec): Structure {
  const leaves = flatten<TensorLike>(spec.layout, structure);
  if (leaves === undefined) {
    throw invalidArgument(
      `TypeError: \`generator\` yielded an element that did not match the expected structure. The expected structure was ${specText(spec)}.`,
    );
  }
  const values = leaves.map((leaf, i) => {
    const declared = spec.leaves[i]!;
    const value = isTensorValue(leaf) ? leaf : convert(leaf as NestedValue, declared.dtype);
    if (value.dtype !== declared.dtype) throw wrongType(declared.dtype);
    if (!keepsTo(value, declared)) {
      throw invalidArgument(
        `TypeError: \`generator\` yielded an element of shape ${shapeTuple(value.shape)} where an element of shape ${shapeTuple(declared.shape!)} was expected.`,
      );
    }
    return value;
  });
  return pack(spec.layout, values);
}

function convert(value: NestedValue, dtype: TensorValue["dtype"]): TensorValue {
  try {
    return toTensor(value, dtype);
  } catch (error) {
    throw wrongType(dtype, error);
  }
}

function wrongType(dtype: TensorValue["dtype"], cause?: unknown): Error {
  const error = invalidArgument(
    `TypeError: \`generator\` yielded an element that could not be converted to the expected type. The expected type was ${dtype}.`,
  );
  error.cause = cause;
  return error;
}
