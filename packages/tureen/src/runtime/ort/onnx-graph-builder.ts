import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { internal } from "../../core/status-error.js";
import { scalarValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { OnnxAttrs, OnnxBuilder, OnnxValue } from "../lowering.js";
import { onnxDType } from "./onnx-dtype.js";
import type { OnnxGraph, OnnxNode, OnnxPort } from "./onnx-model.js";

/**
 * Collects an ONNX graph while lowerings add to it.
 *
 * With an `outer` builder it is the graph of a node there: names and constants are the outer one's, whose values it may use.
 */
export class OnnxGraphBuilder implements OnnxBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #inputs: OnnxPort[] = [];
  readonly #outputs: OnnxPort[] = [];
  readonly #initializers = new Map<OnnxValue, TensorValue>();
  readonly #byValue = new Map<TensorValue, OnnxValue>();
  readonly #byText = new Map<string, OnnxValue>();
  readonly #outer: OnnxGraphBuilder | undefined;
  #count = 0;

  constructor(outer?: OnnxGraphBuilder) {
    this.#outer = outer;
  }

  op(type: string, inputs: readonly OnnxValue[], attrs: OnnxAttrs = {}): OnnxValue {
    return this.ops(type, inputs, 1, attrs)[0]!;
  }

  /** Adds a node of several outputs; `body` is the graph that a Scan runs. */
  ops(
    type: string,
    inputs: readonly OnnxValue[],
    outputs: number,
    attrs: OnnxAttrs = {},
    body?: OnnxGraph,
  ): OnnxValue[] {
    const names = Array.from({ length: outputs }, () => this.#name("v"));
    this.#nodes.push({ type, inputs, outputs: names, attrs, body });
    return names;
  }

  constant(value: TensorValue): OnnxValue {
    if (this.#outer !== undefined) return this.#outer.constant(value);
    let name = this.#byValue.get(value);
    if (name === undefined) {
      name = this.#name("c");
      this.#byValue.set(value, name);
      this.#initializers.set(name, value);
    }
    return name;
  }

  int64(values: readonly number[]): OnnxValue {
    return this.#shared(`int64[${values.join()}]`, () =>
      tensorValue("int64", [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  scalar(dtype: DType, value: number): OnnxValue {
    return this.#shared(`${dtype} ${Object.is(value, -0) ? "-0" : value}`, () => scalarValue(dtype, value));
  }

  cast(value: OnnxValue, to: DType): OnnxValue {
    const target = onnxDType(to);
    if (target === undefined) throw internal(`${to} has no place in an ONNX model`);
    return this.op("Cast", [value], { to: target.number });
  }

  /** Adds an input of the graph. */
  input(dtype: DType, shape: PartialShape): OnnxValue {
    const name = this.#name("i");
    this.#inputs.push({ name, dtype, shape });
    return name;
  }

  /** Makes a value an output of the graph, under a name of its own. */
  output(value: OnnxValue, dtype: DType): void {
    // An input, an initializer or what is an output already needs a node between.
    const isFree =
      this.#nodes.some((node) => node.outputs.includes(value)) && !this.#outputs.some(({ name }) => name === value);
    this.#outputs.push({ name: isFree ? value : this.op("Identity", [value]), dtype, shape: undefined });
  }

  graph(): OnnxGraph {
    const initializers = [...this.#initializers].map(([name, value]) => ({ name, value }));
    return { nodes: this.#nodes, inputs: this.#inputs, outputs: this.#outputs, initializers };
  }

  #shared(key: string, make: () => TensorValue): OnnxValue {
    if (this.#outer !== undefined) return this.#outer.#shared(key, make);
    let name = this.#byText.get(key);
    if (name === undefined) {
      name = this.constant(make());
      this.#byText.set(key, name);
    }
    return name;
  }

  #name(prefix: string): OnnxValue {
    if (this.#outer !== undefined) return this.#outer.#name(prefix);
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }
}
