import type { DType } from "../core/dtype.js";
import { isCompatible, type PartialShape, shapeTuple } from "../core/shape.js";
import type { TensorValue } from "../core/tensor-value.js";
import { isTensorValue, type Layout, layoutOf, pack, type Structure } from "./structure.js";

/** What every element of a dataset keeps to at one leaf; -1 marks a dimension that may differ between elements. */
export interface TensorSpec {
  readonly dtype: DType;
  readonly shape: PartialShape;
}

/** The spec of elements of type T: the same nesting with a TensorSpec at each leaf. */
export type SpecOf<T> = T extends TensorValue ? TensorSpec : { readonly [K in keyof T]: SpecOf<T[K]> };

/** The specs of a dataset's leaves with the nesting they stand in. */
export interface ElementSpec {
  readonly layout: Layout;
  readonly leaves: readonly TensorSpec[];
}

/** An ElementSpec of a structure of TensorSpecs. */
export function elementSpecOf(structure: Structure<TensorSpec>): ElementSpec {
  const leaves: TensorSpec[] = [];
  const layout = layoutOf(structure, (value) => {
    if (!isTensorValue(value)) return false;
    leaves.push({ dtype: value.dtype, shape: value.shape });
    return true;
  });
  return { layout, leaves };
}

/** The spec as its user reads it: TensorSpecs in the nesting of the elements. */
export function specStructure(spec: ElementSpec): Structure<TensorSpec> {
  return pack(spec.layout, spec.leaves);
}

/** What one element tells of all: its dtypes and its own shapes. */
export function specOfElement(element: Structure): ElementSpec {
  return elementSpecOf(element);
}

/** The same spec with another shape at each leaf. */
export function withShapes(
  spec: ElementSpec,
  shape: (shape: PartialShape, index: number) => PartialShape,
): ElementSpec {
  return {
    layout: spec.layout,
    leaves: spec.leaves.map((leaf, i) => ({ dtype: leaf.dtype, shape: shape(leaf.shape, i) })),
  };
}

/** What holds for both shapes: where they differ, the dimension or the rank is unknown. */
export function mostSpecificShape(a: PartialShape, b: PartialShape): PartialShape {
  if (a === undefined || b === undefined || a.length !== b.length) return undefined;
  return a.map((size, i) => (size === b[i] ? size : -1));
}

/** Whether a value keeps to a spec. */
export function keepsTo(value: TensorValue, spec: TensorSpec): boolean {
  return value.dtype === spec.dtype && isCompatible(spec.shape, value.shape);
}

/** A spec as TensorFlow's messages print it. */
export function specText(spec: ElementSpec): string {
  return textOf(specStructure(spec));
}

function textOf(structure: Structure<TensorSpec>): string {
  if (isTensorValue(structure)) {
    const { dtype, shape } = structure as TensorSpec;
    return `TensorSpec(shape=${shapeTuple(shape)}, dtype=tf.${dtype}, name=None)`;
  }
  if (Array.isArray(structure)) return `(${structure.map(textOf).join(", ")})`;
  const entries = Object.entries(structure as Readonly<Record<string, Structure<TensorSpec>>>);
  return `{${entries.map(([name, item]) => `'${name}': ${textOf(item)}`).join(", ")}}`;
}
