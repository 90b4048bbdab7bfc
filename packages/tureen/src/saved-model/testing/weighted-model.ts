import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { floatValue, stringValue, type TensorValue, toTensor } from "../../core/tensor-value.js";
import { BundleWriter } from "../../formats/tensor-bundle-writer.js";
import { build, buildOp } from "../../graph/build-op.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { controlDependencies, withGraph } from "../../graph/scope.js";
import { metaGraphToProto } from "../meta-graph.js";
import { savedModelFiles } from "../read.js";
import type { TensorInfo } from "../signature.js";
import { methodNames } from "../signature-def.js";
import { writeSavedModelProto } from "../write.js";

/** Variables of a model with their shapes, and what it computes of them from its input. */
export interface WeightedModel {
  readonly weights: Readonly<Record<string, readonly number[]>>;
  /** The input's shape, a batch of any size. */
  readonly input: readonly number[];
  /** Values are read where they are used. */
  readonly output: (x: Tensor, weight: (name: string) => Tensor) => Tensor;
}

/**
 * Writes a SavedModel whose variables are in its tensor bundle, one at a time in memory, so that it may be of any size: input `x`, output `y`.
 *
 * Weights are small numbers of a fixed sequence.
 */
export async function saveWeightedModel(directory: string, model: WeightedModel): Promise<void> {
  mkdirSync(join(directory, "variables"), { recursive: true });
  const names = Object.keys(model.weights);
  const writer = new BundleWriter(join(directory, savedModelFiles.variables));
  for (const name of names) writer.add(name, weightOf(model.weights[name]!));
  writer.finish();
  const graph = new Graph();
  const { x, y, filename, save, restore } = withGraph(graph, () => addGraph(model, names));
  const info = ({ name, dtype, shape }: Tensor): TensorInfo => ({ name, dtype, shape });
  const meta = metaGraphToProto({
    graph,
    tags: ["serve"],
    signatures: new Map([
      [
        "serving_default",
        {
          inputs: new Map([["x", info(x)]]),
          outputs: new Map([["y", info(y)]]),
          methodName: methodNames.predict,
          defaults: new Map(),
        },
      ],
    ]),
    saver: { filename: filename.name, save: save.name, restore: restore.name },
  });
  await writeSavedModelProto(directory, [meta]);
}

interface WeightedGraph {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly filename: Tensor;
  readonly save: Tensor;
  readonly restore: Operation;
}

function addGraph(model: WeightedModel, names: readonly string[]): WeightedGraph {
  const x = build("Placeholder", [], { dtype: "float32", shape: model.input }, "x");
  const handles = new Map<string, Tensor>();
  for (const name of names) {
    const attrs = { dtype: "float32", shape: model.weights[name]!, shared_name: name } as const;
    handles.set(name, build("VarHandleOp", [], attrs, name));
  }
  const weight = (name: string): Tensor => build("ReadVariableOp", [handles.get(name)!], { dtype: "float32" });
  const y = build("Identity", [model.output(x, weight)], {}, "y");
  const filename = build("Placeholder", [], { dtype: "string", shape: [] }, "saver_filename");
  const [keys, specs] = [stringValue(names), stringValue(names.map(() => ""))];
  const dtypes = names.map(() => "float32" as const);
  const restored = buildOp("RestoreV2", [filename, keys, specs], { dtypes }).outputs;
  const assigned = names.map((name, i) =>
    buildOp("AssignVariableOp", [handles.get(name)!, restored[i]!], { dtype: "float32" }),
  );
  const restore = controlDependencies(assigned, () => buildOp("NoOp", [], {}, "restore_all"));
  const saved = buildOp("SaveV2", [filename, keys, specs, names.map(weight)], { dtypes });
  const save = controlDependencies([saved], () => build("Identity", [filename], {}, "control_dependency"));
  return { x, y, filename, save, restore };
}

function weightOf(shape: readonly number[]): TensorValue {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(count);
  // A linear congruential generator (Numerical Recipes): no model's numbers compress.
  let state = count;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[i] = (state / 2 ** 32 - 0.5) * 0.05;
  }
  return floatValue(data, [...shape]);
}

/** Dense layers of one width. */
export function denseModel(layers: number, width: number): WeightedModel {
  const weights = Object.fromEntries(Array.from({ length: layers }, (_, i) => [`dense_${i}`, [width, width]] as const));
  const output = (x: Tensor, weight: (name: string) => Tensor): Tensor =>
    Object.keys(weights).reduce((h, name) => build("Relu", [build("MatMul", [h, weight(name)])]), x);
  return { weights, input: [-1, width], output };
}

/** Blocks of a wide 1x1, a depthwise and a narrow 1x1 convolution over 96x96 images: 3.4 million weights and 0.3 billion multiplications, as MobileNetV2. */
export function mobileModel(): WeightedModel {
  const blocks = [
    { from: 16, to: 24, stride: 2, count: 2 },
    { from: 24, to: 64, stride: 2, count: 4 },
    { from: 64, to: 96, stride: 1, count: 4 },
    { from: 96, to: 160, stride: 2, count: 3 },
    { from: 160, to: 320, stride: 1, count: 2 },
  ];
  const weights: Record<string, number[]> = { stem: [3, 3, 3, 16] };
  const layers: { readonly name: string; readonly stride: number; readonly isResidual: boolean }[] = [];
  for (const { from, to, stride, count } of blocks) {
    for (let i = 0; i < count; i++) {
      const inner = i === 0 ? from : to;
      const name = `block_${layers.length}`;
      weights[`${name}_wide`] = [1, 1, inner, inner * 6];
      weights[`${name}_deep`] = [3, 3, inner * 6, 1];
      weights[`${name}_narrow`] = [1, 1, inner * 6, to];
      layers.push({ name, stride: i === 0 ? stride : 1, isResidual: i > 0 });
    }
  }
  weights["head"] = [1, 1, 320, 1280];
  weights["classes"] = [1280, 400];
  const conv = (h: Tensor, w: Tensor, stride: number, type = "Conv2D"): Tensor =>
    build(type, [h, w], { strides: [1, stride, stride, 1], padding: "SAME" });
  return {
    weights,
    input: [-1, 96, 96, 3],
    output: (x, weight) => {
      let h = build("Relu6", [conv(x, weight("stem"), 1)]);
      for (const { name, stride, isResidual } of layers) {
        const wide = build("Relu6", [conv(h, weight(`${name}_wide`), 1)]);
        const deep = build("Relu6", [conv(wide, weight(`${name}_deep`), stride, "DepthwiseConv2dNative")]);
        const narrow = conv(deep, weight(`${name}_narrow`), 1);
        h = isResidual ? build("AddV2", [h, narrow]) : narrow;
      }
      const head = build("Relu6", [conv(h, weight("head"), 1)]);
      const pooled = build("Mean", [head, toTensor([1, 2], "int32")]);
      return build("Softmax", [build("MatMul", [pooled, weight("classes")])]);
    },
  };
}
