import { describe, expect, it } from "vitest";
import { floatValue, intValue, type TensorValue } from "../../core/tensor-value.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import {
  assignVariableOp,
  readVariableOp,
  resourceApplyAdam,
  resourceScatterAdd,
  resourceSparseApplyAdagrad,
  varHandleOp,
} from "../../graph/ops/state.js";
import { withGraph } from "../../graph/scope.js";
import type { Kernel, KernelNode } from "../kernel.js";
import { defaultContainer, handleValue, ResourceManager, type VariableResource } from "../resource-manager.js";
import type { RunContext } from "../run-context.js";
import { stateKernels } from "./state.js";

const rows = 1000;
const width = 4;

function contextOf(resources: ResourceManager): RunContext {
  return {
    resources,
    functions: { prepare: () => expect.fail("no functions here") },
    stepId: 1,
    deadline: Number.POSITIVE_INFINITY,
    fileRoot: undefined,
  };
}

/** The kernel of an op built in a graph of its own. */
function kernelOf(build: (handle: () => Tensor) => Operation): Kernel {
  const op = withGraph(new Graph(), () => build(() => varHandleOp({ dtype: "float32", shape: null, sharedName: "v" })));
  const node: KernelNode = {
    name: op.name,
    type: op.type,
    attrs: op.attrs,
    inputTypes: op.inputs.map(({ dtype }) => dtype),
    outputTypes: op.outputs.map(({ dtype }) => dtype),
    constant: () => undefined,
  };
  return stateKernels[op.type]!(node);
}

function variable(resources: ResourceManager, name: string): { handle: TensorValue; state: () => VariableResource } {
  const handle = { container: defaultContainer, name, kind: "Var" };
  return { handle: handleValue(handle), state: () => resources.get<VariableResource>(handle) };
}

const ones = (shape: number[]): TensorValue => floatValue(new Float32Array(shape[0]! * shape[1]!).fill(1), shape);

describe("updates of rows", () => {
  const read = kernelOf((handle) => readVariableOp(handle(), { dtype: "float32" }).op);
  const assign = kernelOf((handle) => assignVariableOp(handle(), ones([rows, width])));
  const scatter = kernelOf((handle) => resourceScatterAdd(handle(), [1], ones([1, width])));
  const adagrad = kernelOf((handle) =>
    resourceSparseApplyAdagrad(handle(), handle(), 0.5, ones([2, width]), intValue([1, 3])),
  );

  it("copy the table once after an assignment and then write in place", () => {
    const resources = new ResourceManager();
    const context = contextOf(resources);
    const { handle, state } = variable(resources, "v");
    const initial = ones([rows, width]);
    assign([handle, initial], context);
    const update = [handle, intValue([1]), ones([1, width])];
    scatter(update, context);
    const owned = state().value!.data;
    expect(owned).not.toBe(initial.data);
    expect((initial.data as Float32Array)[width]).toBe(1);
    scatter(update, context);
    expect(state().value!.data).toBe(owned);
    expect((owned as Float32Array)[width]).toBe(3);
  });

  it("leave a value that was read as it is", () => {
    const resources = new ResourceManager();
    const context = contextOf(resources);
    const { handle } = variable(resources, "v");
    assign([handle, ones([rows, width])], context);
    const update = [handle, intValue([0]), ones([1, width])];
    scatter(update, context);
    const [before] = read([handle], context);
    scatter(update, context);
    expect((before!.data as Float32Array)[0]).toBe(2);
    expect((read([handle], context)[0]!.data as Float32Array)[0]).toBe(3);
  });

  it("of an optimizer write variable and slots in place", () => {
    const resources = new ResourceManager();
    const context = contextOf(resources);
    const [v, slot] = [variable(resources, "v"), variable(resources, "slot")];
    for (const { handle } of [v, slot]) assign([handle, ones([rows, width])], context);
    const inputs = [v.handle, slot.handle, floatValue([0.5], []), ones([2, width]), intValue([1, 3])];
    adagrad(inputs, context);
    const owned = [v.state().value!.data, slot.state().value!.data];
    adagrad(inputs, context);
    expect([v.state().value!.data, slot.state().value!.data]).toEqual(owned);
    expect(v.state().value!.data).toBe(owned[0]);
    expect((owned[1] as Float32Array)[width]).toBe(3);
    expect((owned[1] as Float32Array)[0]).toBe(1);
  });
});

describe("Adam", () => {
  it("steps by the learning rate at first, whatever the gradient's size", () => {
    const resources = new ResourceManager();
    const context = contextOf(resources);
    const assign = kernelOf((handle) => assignVariableOp(handle(), ones([1, 2])));
    const adam = kernelOf((handle) =>
      resourceApplyAdam(handle(), handle(), handle(), 0.9, 0.999, 0.1, 0.9, 0.999, 1e-8, ones([1, 2])),
    );
    const [w, m, v] = ["w", "m", "v"].map((name) => variable(resources, name)) as [
      ReturnType<typeof variable>,
      ReturnType<typeof variable>,
      ReturnType<typeof variable>,
    ];
    const zero = floatValue([0, 0], [1, 2]);
    for (const { handle } of [w, m, v]) assign([handle, zero], context);
    const scalars = [0.9, 0.999, 0.1, 0.9, 0.999, 1e-8].map((x) => floatValue([x], []));
    adam([w.handle, m.handle, v.handle, ...scalars, floatValue([1000, -0.001], [1, 2])], context);
    const [up, down] = w.state().value!.data as Float32Array;
    expect(up).toBeCloseTo(-0.1, 4);
    expect(down).toBeCloseTo(0.1, 4);
  });
});
