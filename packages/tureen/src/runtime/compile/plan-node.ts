import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { type AttrMap, Attrs, type AttrValue } from "../../graph/attr-value.js";
import type { Operation } from "../../graph/graph.js";

/** One output of a plan node. */
export interface Port {
  readonly node: PlanNode;
  readonly index: number;
}

/**
 * A node while a plan is being compiled: like an Operation, but free to be rewired, replaced and removed.
 *
 * Besides TensorFlow's ops there are the compiler's own, whose names start with `_Plan`: feeds, reads of refs, loops.
 */
export class PlanNode {
  readonly name: string;
  type: string;
  attrs: Attrs;
  inputs: Port[];
  controls: PlanNode[];
  readonly outputTypes: readonly DType[];
  /** Which outputs are refs (TF1 variables); undefined for none. */
  readonly refOutputs: readonly boolean[] | undefined;
  readonly shapes: readonly PartialShape[];
  isStateful: boolean;
  /** The value of a constant. */
  value: TensorValue | undefined = undefined;
  /** What a compiler-made node carries: a loop's plans, a feed's number. */
  payload: unknown = undefined;
  /** What is sure of the outputs of a node that stands for several others, so that no shape rule knows it. */
  sureShapes: readonly PartialShape[] | undefined = undefined;

  constructor(init: {
    readonly name: string;
    readonly type: string;
    readonly attrs?: Attrs;
    readonly inputs?: readonly Port[];
    readonly controls?: readonly PlanNode[];
    readonly outputTypes: readonly DType[];
    readonly refOutputs?: readonly boolean[];
    readonly shapes?: readonly PartialShape[];
    readonly isStateful?: boolean;
  }) {
    this.name = init.name;
    this.type = init.type;
    this.attrs = init.attrs ?? new Attrs(new Map(), init.name);
    this.inputs = [...(init.inputs ?? [])];
    this.controls = [...(init.controls ?? [])];
    this.outputTypes = init.outputTypes;
    this.refOutputs = init.refOutputs;
    this.shapes = init.shapes ?? init.outputTypes.map(() => undefined);
    this.isStateful = init.isStateful ?? false;
  }

  port(index = 0): Port {
    return { node: this, index };
  }

  /** The dtypes of the inputs as they are wired now. */
  get inputTypes(): DType[] {
    return this.inputs.map(({ node, index }) => node.outputTypes[index]!);
  }
}

/** The nodes that one waits for, by data or by order. */
export function sourcesOf(node: PlanNode): PlanNode[] {
  return [...node.inputs.map((input) => input.node), ...node.controls];
}

/** Whether a plan trains: an optimizer updates variables in it. */
export function updatesVariables(order: readonly PlanNode[]): boolean {
  return order.some(({ type }) => /^Resource(Sparse)?Apply/.test(type));
}

/** A plan node of an operation, not wired yet. */
export function nodeOf(op: Operation, prefix: string): PlanNode {
  const node = new PlanNode({
    name: prefix + op.name,
    type: op.type,
    attrs: op.attrs,
    outputTypes: op.outputs.map((output) => output.dtype),
    shapes: op.outputs.map((output) => output.shape),
    isStateful: op.def.isStateful,
    ...(op.outputs.some((output) => output.isRef) ? { refOutputs: op.outputs.map((output) => output.isRef) } : {}),
  });
  if (op.type === "Const") node.value = op.attrs.tensor("value");
  return node;
}

/** A constant of a value. */
export function constantNode(name: string, value: TensorValue): PlanNode {
  const attrs: AttrMap = new Map<string, AttrValue>([["dtype", { kind: "type", value: value.dtype }]]);
  const node = new PlanNode({
    name,
    type: "Const",
    attrs: new Attrs(attrs, name),
    outputTypes: [value.dtype],
    shapes: [value.shape],
  });
  node.value = value;
  return node;
}

/** A value that the caller of the plan hands in, the `number`th. */
export function feedNode(name: string, number: number, dtype: DType, shape: PartialShape): PlanNode {
  const node = new PlanNode({ name, type: "_PlanFeed", outputTypes: [dtype], shapes: [shape] });
  node.payload = number;
  return node;
}

/** What a plan computes: the ports whose values it returns and the nodes that must run besides. */
export interface PlanGraph {
  readonly feeds: readonly PlanNode[];
  fetches: Port[];
  targets: PlanNode[];
}

/** All nodes that the fetches and targets need, inputs before users, in the order in which they were first asked for. */
export function reachable(graph: Pick<PlanGraph, "fetches" | "targets">): PlanNode[] {
  const order: PlanNode[] = [];
  const seen = new Set<PlanNode>();
  const visit = (root: PlanNode): void => {
    if (seen.has(root)) return;
    const stack: { readonly node: PlanNode; next: number }[] = [{ node: root, next: 0 }];
    seen.add(root);
    while (stack.length > 0) {
      const frame = stack[stack.length - 1]!;
      const { node } = frame;
      const i = frame.next++;
      const source =
        i < node.controls.length
          ? node.controls[i]!
          : i < node.controls.length + node.inputs.length
            ? node.inputs[i - node.controls.length]!.node
            : undefined;
      if (source === undefined) {
        order.push(node);
        stack.pop();
      } else if (!seen.has(source)) {
        seen.add(source);
        stack.push({ node: source, next: 0 });
      }
    }
  };
  // Effects first: what runs for its effect comes before results that happen to be asked for as well.
  for (const target of graph.targets) visit(target);
  for (const { node } of graph.fetches) visit(node);
  return order;
}
