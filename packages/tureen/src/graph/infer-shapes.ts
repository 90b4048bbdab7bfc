import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { Attrs } from "./attr-value.js";
import { constantShape, constantValue } from "./constant-value.js";
import type { HandleData, Operation, Tensor } from "./graph.js";
import { shapeTable } from "./shapes/index.js";

/** What a shape rule sees of a node. */
export interface ShapeNode {
  readonly inputs: readonly {
    readonly shape: PartialShape;
    readonly dtype: DType;
    readonly handleData: HandleData | undefined;
  }[];
  readonly attrs: Attrs;
  /** Dtypes of the outputs, in order. */
  readonly outputTypes: readonly DType[];
  /** The value of an input that is known before anything runs, or undefined. */
  constant(input: number): TensorValue | undefined;
  /** The value of a vector input read as a shape: its known entries, -1 for the others; undefined where not even its length is known. */
  shapeOf(input: number): PartialShape;
}

/** What a rule gives: a shape for each output, or with what a handle output points to. */
export type InferredShape = PartialShape | { readonly shape: PartialShape; readonly handle: HandleData | undefined };

/** Infers the output shapes of one op; throws INVALID_ARGUMENT with TensorFlow's text where shapes contradict. */
export type ShapeRule = (node: ShapeNode) => readonly InferredShape[];

/** A family's rules by op name. */
export type ShapeTable = Readonly<Record<string, ShapeRule>>;

/** Sets the shapes of a new operation's outputs; without a rule they stay unknown. */
export function inferShapes(op: Operation): void {
  const declared = op.attrs.map.get("_output_shapes");
  const rule = Object.hasOwn(shapeTable, op.type) ? shapeTable[op.type] : undefined;
  if (rule !== undefined && op.inputs.every((input) => input !== undefined)) {
    const inferred = rule({
      inputs: op.inputs,
      attrs: op.attrs,
      outputTypes: op.outputs.map((output) => output.dtype),
      constant: (input) => knownConstant(op.inputs[input]),
      shapeOf: (input) => knownShape(op.inputs[input]),
    });
    op.outputs.forEach((output, i) => {
      setShape(output, inferred[i]);
    });
  } else if (declared?.kind === "list" && declared.of === "shape") {
    op.outputs.forEach((output, i) => {
      setShape(output, declared.value[i] as PartialShape);
    });
  }
}

function knownConstant(tensor: Tensor | undefined): TensorValue | undefined {
  return tensor === undefined ? undefined : constantValue(tensor);
}

function knownShape(tensor: Tensor | undefined): PartialShape {
  return tensor === undefined ? undefined : constantShape(tensor);
}

function setShape(output: Tensor, inferred: InferredShape): void {
  if (inferred !== undefined && "shape" in inferred) {
    output.shape = inferred.shape;
    output.handleData = inferred.handle;
  } else {
    output.shape = inferred as PartialShape;
  }
}
