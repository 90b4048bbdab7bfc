import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { Attrs } from "../graph/attr-value.js";

/** The name of a value in an ONNX graph; "" leaves an optional input out. */
export type OnnxValue = string;

/** A float attribute; a plain number would become an integer. */
export interface OnnxFloat {
  readonly float: number;
}

/** Attributes of an ONNX node: numbers are integers, lists are integer lists, undefined is left out. */
export type OnnxAttrs = Readonly<Record<string, number | OnnxFloat | string | readonly number[] | undefined>>;

/** Adds nodes to the ONNX graph (opset 20 of ai.onnx) that a segment becomes. */
export interface OnnxBuilder {
  /** Adds a node of one output. */
  op(type: string, inputs: readonly OnnxValue[], attrs?: OnnxAttrs): OnnxValue;
  /** Adds a node of several outputs. */
  ops(type: string, inputs: readonly OnnxValue[], outputs: number, attrs?: OnnxAttrs): OnnxValue[];
  /** An initializer; shares the value's buffer. */
  constant(value: TensorValue): OnnxValue;
  /** An int64 vector: axes, sizes, pads. */
  int64(values: readonly number[]): OnnxValue;
  /** A scalar. */
  scalar(dtype: DType, value: number): OnnxValue;
  /** The value as another dtype. */
  cast(value: OnnxValue, to: DType): OnnxValue;
}

/** What a lowering sees of its node. Static shapes and constants hold for every run that reaches the ONNX graph. */
export interface LoweringNode {
  readonly name: string;
  readonly type: string;
  readonly attrs: Attrs;
  readonly inputTypes: readonly DType[];
  readonly outputTypes: readonly DType[];
  /** An input as a value of the ONNX graph; asking for it makes it an input or an initializer of the segment. */
  input(index: number): OnnxValue;
  /** The value of a constant input, or undefined. */
  constant(index: number): TensorValue | undefined;
  /** The static shape of an input. */
  shape(index: number): PartialShape;
  /** The static shape of an output. */
  outputShape(index: number): PartialShape;
  /** Whether anything uses this output. */
  isUsed(output: number): boolean;
  /** Whether the first dimensions of two inputs are certainly equal, though neither is known. */
  haveSameRows?(a: number, b: number): boolean;
}

/**
 * Turns one node into ONNX: one value for each output, of exactly the output's dtype.
 *
 * Undefined where the node's dtypes, attributes or static facts do not allow it: the node then runs on its host kernel. What comes out must
 * equal TensorFlow's result, and whatever TensorFlow rejects must fail, be it with another text: a failed segment runs again on the host,
 * which finds the proper error. Inputs of a segment are never empty, so that a lowering need not care.
 */
export type Lowering = (node: LoweringNode, onnx: OnnxBuilder) => readonly OnnxValue[] | undefined;

/** A family's lowerings by op name. */
export type LoweringTable = Readonly<Record<string, Lowering>>;
