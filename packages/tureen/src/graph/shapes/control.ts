import { mergeShapes, type PartialShape, sameShape } from "../../core/shape.js";
import type { InferredShape, ShapeNode, ShapeTable } from "../infer-shapes.js";
import { withRank } from "./array/partial-shape.js";
import { sameAsInput } from "./array-basic.js";

function eachInput({ inputs }: ShapeNode): readonly InferredShape[] {
  return inputs.map(({ shape, handleData }) => ({ shape, handle: handleData }));
}

function switchShapes(node: ShapeNode): readonly InferredShape[] {
  withRank(node.inputs[1]!.shape, 0);
  const [data] = sameAsInput(node);
  return [data, data];
}

/** What all inputs of a Merge agree on: a back edge of a loop, not there yet, leaves everything open. */
function mergeInputs({ inputs }: ShapeNode): readonly InferredShape[] {
  const [first, ...rest] = inputs;
  let shape: PartialShape = first!.shape;
  for (const input of rest) {
    if (shape === undefined || input.shape === undefined || input.shape.length !== shape.length) shape = undefined;
    else shape = shape.map((size, d) => (size === input.shape![d] ? size : -1));
  }
  return [{ shape, handle: first!.handleData }, []];
}

/** Within a loop a value may change its shape; only a constant of the loop keeps it. */
function enter(node: ShapeNode): readonly InferredShape[] {
  const [{ shape, handle }] = sameAsInput(node);
  return [{ shape: node.attrs.bool("is_constant") ? shape : undefined, handle }];
}

function placeholderWithDefault({ inputs: [input], attrs }: ShapeNode): readonly InferredShape[] {
  const declared = attrs.shape("shape");
  mergeShapes(declared, input!.shape);
  return [declared];
}

const declaredShape = ({ attrs }: ShapeNode): readonly InferredShape[] => [attrs.shape("shape")];

/** What the op's builder wrote down of each output; TensorFlow's shape functions trust it as well. */
function writtenShapes({ attrs, outputTypes }: ShapeNode): readonly InferredShape[] {
  const written = attrs.has("output_shapes") ? attrs.shapes("output_shapes") : [];
  return written.length === outputTypes.length ? written : outputTypes.map(() => undefined);
}

/** As written down, or where nothing is as the first values. What a handle points to stays. */
function loopShapes(node: ShapeNode): readonly InferredShape[] {
  const shapes = node.attrs.has("output_shapes") ? node.attrs.shapes("output_shapes") : [];
  return node.inputs.map(({ shape, handleData }, i) => ({
    shape: shapes.length === node.inputs.length ? shapes[i] : shape,
    handle: handleData,
  }));
}

/** Shape rules of the control family. */
export const controlShapes: ShapeTable = {
  Identity: sameAsInput,
  IdentityN: eachInput,
  RefIdentity: sameAsInput,
  Snapshot: sameAsInput,
  StopGradient: sameAsInput,
  PreventGradient: sameAsInput,
  DeepCopy: sameAsInput,
  GuaranteeConst: sameAsInput,
  Placeholder: declaredShape,
  PlaceholderV2: declaredShape,
  PlaceholderWithDefault: placeholderWithDefault,
  EnsureShape: ({ inputs: [input], attrs }) => [mergeShapes(input!.shape, attrs.shape("shape"))],
  Print: sameAsInput,
  PrintV2: () => [],
  Switch: switchShapes,
  RefSwitch: switchShapes,
  Merge: mergeInputs,
  RefMerge: mergeInputs,
  Enter: enter,
  RefEnter: enter,
  Exit: sameAsInput,
  RefExit: sameAsInput,
  NextIteration: sameAsInput,
  RefNextIteration: sameAsInput,
  LoopCond: ({ inputs: [input] }) => [withRank(input!.shape, 0)],
  For: ({ outputTypes }) => outputTypes.map(() => undefined),
  RefSelect: ({ inputs }) => {
    withRank(inputs[0]!.shape, 0);
    const [first, ...others] = inputs.slice(1).map(({ shape }) => shape);
    const same = first !== undefined && others.every((shape) => shape !== undefined && sameShape(shape, first));
    return [same && first.every((size) => size >= 0) ? first : undefined];
  },
  SyncDevice: () => [],
  If: writtenShapes,
  StatelessIf: writtenShapes,
  Case: writtenShapes,
  StatelessCase: writtenShapes,
  While: loopShapes,
  StatelessWhile: loopShapes,
  NoOp: () => [],
  ControlTrigger: () => [],
};
