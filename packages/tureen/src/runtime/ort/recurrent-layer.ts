import type { TensorValue } from "../../core/tensor-value.js";
import { floatValue, toIntegers } from "../../core/tensor-value.js";
import type { PlanNode, Port } from "../compile/plan-node.js";
import type { Scan } from "../compile/scan.js";
import type { OnnxValue } from "../lowering.js";
import type { OnnxGraphBuilder } from "./onnx-graph-builder.js";

/**
 * A scan whose step is the cell of an LSTM or GRU as ONNX's operator of that name: the last states, then the rows that steps write.
 *
 * Recognised are the cells of Keras (LSTM; GRU with its reset after the product) and of TensorFlow 1 (BasicLSTMCell, where a scan holds it), with constant
 * weights. Undefined for any other step. `sources` are the first states and the one sequence.
 */
export function recurrentLayer(
  scan: Scan,
  sources: readonly OnnxValue[],
  onnx: OnnxGraphBuilder,
): readonly OnnxValue[] | undefined {
  if (scan.sequences.length !== 1) return undefined;
  const step = new Step(scan);
  // Keras keeps h before c, TensorFlow 1 c before h.
  if (scan.states.length === 2) return lstm(scan, step, sources, onnx, 0) ?? lstm(scan, step, sources, onnx, 1);
  return scan.states.length === 1 ? gru(scan, step, sources, onnx) : undefined;
}

type Pair = readonly [Port, Port];

/** A scan's step, looked at from its end. */
class Step {
  readonly #scan: Scan;
  readonly row: Port;

  constructor(scan: Scan) {
    this.#scan = scan;
    this.row = scan.body.feeds.at(-1)!.port();
  }

  state(i: number): Port {
    return this.#scan.body.feeds[i]!.port();
  }

  next(i: number): Port {
    return passIdentity(this.#scan.body.fetches[i]!);
  }

  /** What steps write, for each list. */
  get written(): readonly Port[] {
    return this.#scan.body.fetches.slice(this.#scan.states.length).map(passIdentity);
  }

  /** The float32 constant that a port is, in the body or of the loop. */
  constant(port: Port): TensorValue<"float32"> | undefined {
    const { node } = passIdentity(port);
    const { feeds } = this.#scan.body;
    const i = feeds.indexOf(node) - this.#scan.states.length;
    const value = i >= 0 ? this.#scan.constants[i]?.node.value : node.value;
    if (value?.dtype !== "float32" || !(value.data as Float32Array).every(Number.isFinite)) return undefined;
    return value as TensorValue<"float32">;
  }

  /** `row · W` or `state · W`: the weights. */
  weights(port: Port, operand: Port): TensorValue<"float32"> | undefined {
    const product = made(port, "MatMul");
    if (product === undefined || product.attrs.bool("transpose_a") || product.attrs.bool("transpose_b"))
      return undefined;
    if (!same(passIdentity(product.inputs[0]!), operand)) return undefined;
    const weights = this.constant(product.inputs[1]!);
    return weights?.shape.length === 2 ? weights : undefined;
  }

  /** `[row, state] · W`: the weights of the two. */
  joinedWeights(
    port: Port,
    state: Port,
  ): { readonly kernel: TensorValue<"float32">; readonly recurrent: TensorValue<"float32"> } | undefined {
    const product = made(port, "MatMul");
    const joined = product === undefined ? undefined : made(product.inputs[0]!, "ConcatV2");
    const axis = joined?.inputs[2]?.node.value;
    if (product === undefined || joined?.inputs.length !== 3 || axis === undefined) return undefined;
    if (![1, -1].includes(toIntegers(axis)[0]!)) return undefined;
    if (!same(passIdentity(joined.inputs[0]!), this.row) || !same(passIdentity(joined.inputs[1]!), state))
      return undefined;
    const weights = this.weights(port, joined.port());
    const width = this.row.node.shapes[0]?.[1];
    if (weights === undefined || width === undefined || width < 0) return undefined;
    const [rows, columns] = weights.shape as [number, number];
    return {
      kernel: floatValue(weights.data.subarray(0, width * columns), [width, columns]),
      recurrent: floatValue(weights.data.subarray(width * columns), [rows - width, columns]),
    };
  }

  /** A sum of a value and a constant vector: both. */
  biased(port: Port): { readonly value: Port; readonly bias: TensorValue<"float32"> } | undefined {
    for (const [value, added] of operands(port, "BiasAdd", "AddV2", "Add")) {
      const bias = this.constant(added);
      if (bias?.shape.length === 1) return { value, bias };
    }
    return undefined;
  }
}

function passIdentity(port: Port): Port {
  let current = port;
  while (current.node.type === "Identity") current = current.node.inputs[0]!;
  return current;
}

function same(a: Port, b: Port): boolean {
  return a.node === b.node && a.index === b.index;
}

function made(port: Port, ...types: string[]): PlanNode | undefined {
  const { node } = passIdentity(port);
  return types.includes(node.type) ? node : undefined;
}

/** The operands of a node of two inputs, both ways round. */
function operands(port: Port, ...types: string[]): readonly Pair[] {
  const node = made(port, ...types);
  if (node === undefined) return [];
  const [a, b] = [passIdentity(node.inputs[0]!), passIdentity(node.inputs[1]!)];
  return [
    [a, b],
    [b, a],
  ];
}

const sums = ["AddV2", "Add"] as const;

/** Which part of a Split along the columns an activation is of, and a scalar that is added before. */
function gateOf(
  port: Port,
  activation: "Sigmoid" | "Tanh",
  step: Step,
): { readonly split: PlanNode; readonly part: number; readonly shift: number } | undefined {
  const active = made(port, activation);
  if (active === undefined) return undefined;
  let from = passIdentity(active.inputs[0]!);
  let shift = 0;
  for (const [value, added] of operands(from, ...sums)) {
    const scalar = step.constant(added);
    if (scalar === undefined || scalar.shape.length > 0) continue;
    shift = scalar.data[0]!;
    from = value;
    break;
  }
  return isColumnSplit(from.node) ? { split: from.node, part: from.index, shift } : undefined;
}

function isColumnSplit(node: PlanNode): boolean {
  const axis = node.type === "Split" ? node.inputs[0]!.node.value : undefined;
  return axis !== undefined && [1, -1].includes(toIntegers(axis)[0]!);
}

/** c' = f·c + i·g, h' = o·tanh(c'), all gates parts of one product; h is the state `place`. */
function lstm(
  { body }: Scan,
  step: Step,
  sources: readonly OnnxValue[],
  onnx: OnnxGraphBuilder,
  place: 0 | 1,
): readonly OnnxValue[] | undefined {
  const other = 1 - place;
  const [h, c] = [step.state(place), step.state(other)];
  const [nextH, nextC] = [step.next(place), step.next(other)];
  if (!step.written.every((port) => same(port, nextH))) return undefined;
  for (const [output, cell] of operands(nextH, "Mul")) {
    const tanh = made(cell, "Tanh");
    if (tanh === undefined || !same(passIdentity(tanh.inputs[0]!), nextC)) continue;
    for (const [kept, added] of operands(nextC, ...sums)) {
      for (const [forget, before] of operands(kept, "Mul")) {
        if (!same(before, c)) continue;
        for (const [input, candidate] of operands(added, "Mul")) {
          const gates = [
            gateOf(input, "Sigmoid", step),
            gateOf(output, "Sigmoid", step),
            gateOf(forget, "Sigmoid", step),
            gateOf(candidate, "Tanh", step),
          ];
          const split = gates[0]?.split;
          if (split === undefined || !gates.every((gate) => gate?.split === split)) continue;
          const parts = gates.map((gate) => gate!.part);
          if (split.outputTypes.length !== 4 || new Set(parts).size !== 4) continue;
          const gate = gateWeights(split.inputs[1]!, step, h);
          if (gate === undefined) continue;
          const { kernel, recurrent, bias } = gate;
          const [width, size] = [kernel.shape[0]!, recurrent.shape[0]!];
          if (!fits(kernel, width, 4 * size) || !fits(recurrent, size, 4 * size) || bias.length !== 4 * size) continue;
          const shifts = gates.map((each) => each!.shift);
          const biases = new Float32Array(8 * size);
          parts.forEach((part, i) => {
            for (let k = 0; k < size; k++) biases[i * size + k] = bias[part * size + k]! + shifts[i]!;
          });
          const [y, lastH, lastC] = onnx.ops(
            "LSTM",
            [
              sources[2]!,
              onnx.constant(gateRows(kernel, size, parts)),
              onnx.constant(gateRows(recurrent, size, parts)),
              onnx.constant(floatValue(biases, [1, 8 * size])),
              "",
              onnx.op("Unsqueeze", [sources[place]!, onnx.int64([0])]),
              onnx.op("Unsqueeze", [sources[other]!, onnx.int64([0])]),
            ],
            3,
            { hidden_size: size },
          );
          const squeezed = (place === 0 ? [lastH!, lastC!] : [lastC!, lastH!]).map((value) =>
            onnx.op("Squeeze", [value, onnx.int64([0])]),
          );
          return [...squeezed, ...body.fetches.slice(2).map(() => onnx.op("Squeeze", [y!, onnx.int64([1])]))];
        }
      }
    }
  }
  return undefined;
}

/** z = x·W + h·U + b in any order, or [x, h]·[W, U] + b. */
function gateWeights(
  port: Port,
  step: Step,
  h: Port,
):
  | { readonly kernel: TensorValue<"float32">; readonly recurrent: TensorValue<"float32">; readonly bias: Float32Array }
  | undefined {
  const biased = step.biased(port);
  const joined = step.joinedWeights(biased?.value ?? port, h);
  if (joined !== undefined) return { ...joined, bias: biased?.bias.data ?? new Float32Array(joined.kernel.shape[1]!) };
  for (const [a, b] of operands(biased?.value ?? port, ...sums)) {
    const kernel = step.weights(a, step.row);
    const recurrent = step.weights(b, h);
    if (kernel === undefined || recurrent === undefined) continue;
    return { kernel, recurrent, bias: biased?.bias.data ?? new Float32Array(kernel.shape[1]!) };
  }
  return undefined;
}

/** z and r = sigmoid(x·W + h·U), n = tanh(x·W + r·(h·U)), h' = z·h + (1 - z)·n; each product with a bias of its own. */
function gru(
  { body }: Scan,
  step: Step,
  [first, rows]: readonly OnnxValue[],
  onnx: OnnxGraphBuilder,
): readonly OnnxValue[] | undefined {
  const h = step.state(0);
  if (!step.written.every((port) => same(port, step.next(0)))) return undefined;
  for (const [kept, added] of operands(step.next(0), ...sums)) {
    for (const [update, before] of operands(kept, "Mul")) {
      if (!same(before, h)) continue;
      for (const [rest, candidate] of operands(added, "Mul")) {
        if (!isOneMinus(rest, update, step)) continue;
        const found = gruGates(update, candidate, step, h);
        if (found === undefined) continue;
        const { kernel, recurrent, kernelBias, recurrentBias } = found;
        const [width, size] = [kernel.shape[0]!, recurrent.shape[0]!];
        if (!fits(kernel, width, 3 * size) || !fits(recurrent, size, 3 * size)) continue;
        if (kernelBias.length !== 3 * size || recurrentBias.length !== 3 * size) continue;
        const biases = new Float32Array(6 * size);
        biases.set(kernelBias);
        biases.set(recurrentBias, 3 * size);
        const [y, last] = onnx.ops(
          "GRU",
          [
            rows!,
            onnx.constant(gateRows(kernel, size, [0, 1, 2])),
            onnx.constant(gateRows(recurrent, size, [0, 1, 2])),
            onnx.constant(floatValue(biases, [1, 6 * size])),
            "",
            onnx.op("Unsqueeze", [first!, onnx.int64([0])]),
          ],
          2,
          { hidden_size: size, linear_before_reset: 1 },
        );
        const squeezed = onnx.op("Squeeze", [last!, onnx.int64([0])]);
        return [squeezed, ...body.fetches.slice(1).map(() => onnx.op("Squeeze", [y!, onnx.int64([1])]))];
      }
    }
  }
  return undefined;
}

function isOneMinus(port: Port, value: Port, step: Step): boolean {
  const node = made(port, "Sub");
  if (node === undefined || !same(passIdentity(node.inputs[1]!), value)) return false;
  const one = step.constant(node.inputs[0]!);
  return one !== undefined && one.data.length === 1 && one.data[0] === 1 && one.shape.length === 0;
}

/** The weights behind z (part 0 of both products), r (1) and n (2). */
function gruGates(
  update: Port,
  candidate: Port,
  step: Step,
  h: Port,
):
  | {
      readonly kernel: TensorValue<"float32">;
      readonly recurrent: TensorValue<"float32">;
      readonly kernelBias: Float32Array;
      readonly recurrentBias: Float32Array;
    }
  | undefined {
  const z = made(update, "Sigmoid");
  const n = made(candidate, "Tanh");
  if (z === undefined || n === undefined) return undefined;
  for (const [xz, hz] of operands(z.inputs[0]!, ...sums)) {
    if (!isColumnSplit(xz.node) || !isColumnSplit(hz.node) || xz.index !== 0 || hz.index !== 0) continue;
    const isPart = (port: Port, of: Port, index: number): boolean => port.node === of.node && port.index === index;
    const isReset = (port: Port): boolean => {
      const reset = made(port, "Sigmoid");
      return (
        reset !== undefined &&
        operands(reset.inputs[0]!, ...sums).some(([a, b]) => isPart(a, xz, 1) && isPart(b, hz, 1))
      );
    };
    const isCandidate = operands(n.inputs[0]!, ...sums).some(
      ([a, b]) => isPart(a, xz, 2) && operands(b, "Mul").some(([reset, part]) => isPart(part, hz, 2) && isReset(reset)),
    );
    if (!isCandidate || xz.node.outputTypes.length !== 3 || hz.node.outputTypes.length !== 3) continue;
    const [x, u] = [affine(xz.node.inputs[1]!, step.row, step), affine(hz.node.inputs[1]!, h, step)];
    if (x === undefined || u === undefined) continue;
    return { kernel: x.weights, recurrent: u.weights, kernelBias: x.bias, recurrentBias: u.bias };
  }
  return undefined;
}

/** operand · W + b. */
function affine(
  port: Port,
  operand: Port,
  step: Step,
): { readonly weights: TensorValue<"float32">; readonly bias: Float32Array } | undefined {
  const biased = step.biased(port);
  const weights = step.weights(biased?.value ?? port, operand);
  return weights === undefined
    ? undefined
    : { weights, bias: biased?.bias.data ?? new Float32Array(weights.shape[1]!) };
}

function fits({ shape }: TensorValue, rows: number, columns: number): boolean {
  return shape[0] === rows && shape[1] === columns;
}

/** Weights [inputs, gates · size] as ONNX has them: [1, gates · size, inputs], gates in the order of `parts`. */
function gateRows({ data, shape }: TensorValue<"float32">, size: number, parts: readonly number[]): TensorValue {
  const [inputs, columns] = shape as [number, number];
  const turned = new Float32Array(data.length);
  parts.forEach((part, gate) => {
    for (let k = 0; k < size; k++) {
      const to = (gate * size + k) * inputs;
      for (let i = 0; i < inputs; i++) turned[to + i] = data[i * columns + part * size + k]!;
    }
  });
  return floatValue(turned, [1, columns, inputs]);
}
