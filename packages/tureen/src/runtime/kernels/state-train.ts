import { elementCount, sameShape, shapeText } from "../../core/shape.js";
import { internal, invalidArgument, unimplemented } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { findOpDef, type OpDef } from "../../graph/op-def.js";
import { optimizerOps } from "../../graph/shapes/state/optimizer-ops.js";
import type { Kernel, KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import { indicesOf } from "./array/cells.js";
import { readHalf, writeHalf } from "./array/half.js";
import { type Numbers, type OptimizerRule, optimizerRules, type StepInputs } from "./state/optimizer-rules.js";
import { type HeldVariable, handOut, ownValue, refVariable, trainableVariable } from "./state/variable-access.js";

/** Where an optimizer op's inputs lie, by name. */
interface Layout {
  readonly grad: number;
  readonly indices: number;
  readonly scalars: ReadonlyMap<string, number>;
}

function layoutOf(def: OpDef, slots: number): Layout {
  const scalars = new Map<string, number>();
  let grad = -1;
  let indices = -1;
  def.inputs.forEach(({ name }, i) => {
    if (i < slots) return;
    if (name === "grad" || name === "delta") grad = i;
    else if (name === "indices") indices = i;
    else scalars.set(name, i);
  });
  return { grad, indices, scalars };
}

/** The elements of a slot to compute on: the stored ones, or half-precision ones widened, to be written back. */
function numbersOf(value: TensorValue): Numbers {
  const { dtype, data } = value;
  if (dtype === "float32" || dtype === "float64") return data as Numbers;
  if (dtype === "float16" || dtype === "bfloat16") {
    return Float32Array.from(data as ArrayLike<number>, (bits) => readHalf(dtype, bits));
  }
  throw unimplemented(`Training a variable of ${dtype} is not supported`);
}

function writeBack(value: TensorValue, numbers: Numbers): void {
  const { dtype } = value;
  if (dtype !== "float16" && dtype !== "bfloat16") return;
  const bits = value.data as unknown as Uint16Array;
  for (let i = 0; i < bits.length; i++) bits[i] = writeHalf(dtype, numbers[i]!);
}

function scalarOf(value: TensorValue): number {
  const raw = Number((value.data as ArrayLike<number | bigint>)[0]);
  const { dtype } = value;
  return dtype === "float16" || dtype === "bfloat16" ? readHalf(dtype, raw) : raw;
}

function checkScalars(type: string, inputs: readonly TensorValue[], layout: Layout): void {
  for (const [name, i] of layout.scalars) {
    const { shape } = inputs[i]!;
    if (shape.length === 0) continue;
    // Adam alone puts a space before the colon of its learning rate.
    const gap = type.endsWith("ApplyAdam") && name === "lr" ? " " : "";
    throw invalidArgument(`${name} is not a scalar${gap}: ${shapeText(shape)}`);
  }
}

function checkSlots(rule: OptimizerRule, variables: readonly HeldVariable[]): void {
  const { shape } = variables[0]!.value;
  variables.forEach((variable, i) => {
    if (sameShape(variable.value.shape, shape)) return;
    throw invalidArgument(
      `var and ${rule.slots[i]} do not have the same shape${shapeText(shape)} ${shapeText(variable.value.shape)}`,
    );
  });
}

function train(node: KernelNode, rule: OptimizerRule, isRef: boolean): Kernel {
  const def = findOpDef(node.type);
  if (def === undefined) throw internal(`${node.type} is not registered`);
  const slotCount = rule.slots.length;
  const layout = layoutOf(def, slotCount);
  const findVariable = isRef ? refVariable : trainableVariable;
  const gradName = def.inputs[layout.grad]!.name;
  const flag = (name: string): boolean => node.attrs.has(name) && node.attrs.bool(name);
  return (inputs, { resources }) => {
    const variables = inputs.slice(0, slotCount).map((handle) => findVariable(handle, resources));
    const [variable] = variables as [HeldVariable];
    const grad = inputs[layout.grad]!;
    checkSlots(rule, variables);
    checkScalars(node.type, inputs, layout);
    const rows = layout.indices < 0 ? undefined : checkedRows(variable.value, grad, inputs[layout.indices]!, gradName);
    if (rows === undefined && !sameShape(variable.value.shape, grad.shape)) {
      throw invalidArgument(
        `var and ${gradName} do not have the same shape${shapeText(variable.value.shape)} ${shapeText(grad.shape)}`,
      );
    }
    const values = variables.map(ownValue);
    const step: StepInputs = {
      slots: values.map(numbersOf),
      grad: numbersOf(grad),
      scalar: (name) => scalarOf(inputs[layout.scalars.get(name)!]!),
      flag,
    };
    const apply = rule.prepare(step);
    if (rows === undefined) {
      apply(0, 0, elementCount(variable.value.shape));
    } else {
      const inner = elementCount(variable.value.shape.slice(1));
      for (let i = 0; i < rows.length; i++) apply(rows[i]! * inner, i * inner, inner);
    }
    values.forEach((value, i) => {
      writeBack(value, step.slots[i]!);
    });
    return isRef ? [handOut(variable)] : [];
  };
}

function checkedRows(
  value: TensorValue,
  grad: TensorValue,
  indices: TensorValue,
  gradName: string,
): Int32Array | Float64Array {
  if (value.shape.length < 1) throw invalidArgument("var must be at least 1 dimensional");
  if (indices.shape.length !== 1) throw invalidArgument("indices must be one-dimensional");
  for (let d = 1; d < value.shape.length; d++) {
    if (value.shape[d] !== grad.shape[d]) throw invalidArgument(`var and ${gradName} must match in dimension ${d}`);
  }
  if (grad.shape[0] !== indices.shape[0]) {
    throw invalidArgument(`${gradName} must be the same size as indices in the first dimension.`);
  }
  const rows = indicesOf(indices);
  const limit = value.shape[0]!;
  for (let i = 0; i < rows.length; i++) {
    if (!(rows[i]! >= 0 && rows[i]! < limit)) {
      throw invalidArgument(`Index ${rows[i]} at offset ${i} in indices is out of range`);
    }
  }
  return rows;
}

/** Host kernels of the optimizers' ops, dense and sparse, on resource variables and on refs. */
export const stateTrainKernels: KernelTable = Object.fromEntries(
  optimizerOps.map(({ type, optimizer, isRef }): [string, KernelFactory] => [
    type,
    (node) => train(node, optimizerRules[optimizer]!, isRef),
  ]),
);
