import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { writeBundle } from "../formats/tensor-bundle-writer.js";
import { denseGradient } from "../graph/gradient.js";
import * as tf from "../index.js";
import { largestError, readFixture, restored, type StoredTensor } from "./recorded-fixture.js";
import type { AssignmentMap } from "./warm-start/init-from-checkpoint.js";

interface Start {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly map: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  readonly values?: Readonly<Record<string, StoredTensor>>;
  readonly error?: string;
}

interface Slope {
  readonly inputs: readonly StoredTensor[];
  readonly result?: StoredTensor;
  readonly gradients?: readonly (StoredTensor | null)[];
  readonly error?: string;
}

const fixture = readFixture<{
  readonly source: Readonly<Record<string, StoredTensor>>;
  readonly starts: Readonly<Record<string, Start>>;
  readonly gradients: Readonly<Record<string, Slope>>;
  readonly rows: StoredTensor;
  readonly lists: Readonly<
    Record<
      string,
      { readonly values?: readonly StoredTensor[]; readonly gradient?: StoredTensor | null; readonly error?: string }
    >
  >;
  readonly ragged: {
    readonly examples: StoredTensor;
    readonly served: Readonly<Record<string, StoredTensor>>;
    readonly w: StoredTensor;
    readonly refused: string;
  };
  readonly averages: {
    readonly x: StoredTensor;
    readonly y: StoredTensor;
    readonly loss: number;
    readonly predictions: StoredTensor;
    readonly variables: Readonly<Record<string, StoredTensor>>;
  };
}>("custom-training");

const root = mkdtempSync(join(tmpdir(), "tureen-custom-training-"));
const source = join(root, "source");
writeBundle(
  join(source, "model.ckpt-7"),
  Object.entries(fixture.source).map(([name, stored]) => [name, restored(stored)] as const),
);
writeFileSync(join(source, "checkpoint"), 'model_checkpoint_path: "model.ckpt-7"\n');
const minusOne = (shape: readonly number[]): tf.Tensor => tf.fill([...shape], -1);
const once = (): tf.data.Dataset<readonly [tf.TensorValue, tf.TensorValue]> =>
  tf.data.Dataset.fromTensors([[1], [1]] as const) as never;

/** Trains a step that changes nothing but the step, from what `initFromCheckpoint` says; gives the variables. */
async function startedFrom(
  checkpoint: string,
  shapes: Start["shapes"],
  map: AssignmentMap,
): Promise<Readonly<Record<string, tf.TensorValue>>> {
  const modelFn: tf.estimator.ModelFn = ({ mode }) => {
    const variables = Object.entries(shapes).map(([name, shape]) =>
      tf.getVariable(name, { shape, initializer: minusOne }),
    );
    tf.train.initFromCheckpoint(checkpoint, map);
    const loss = tf.mul(0, tf.addN(variables.map((variable) => tf.reduceSum(variable.read()))));
    const trainOp = tf.train.getOrCreateGlobalStep().assignAdd(tf.constant(1, "int64"));
    return tf.estimator.makeEstimatorSpec({ mode, loss, trainOp });
  };
  const model = new tf.estimator.Estimator({
    modelFn,
    config: tf.estimator.runConfig({ logger: tf.estimator.quietLogger }),
  });
  await model.train(once, { steps: 1 });
  return Object.fromEntries(Object.keys(shapes).map((name) => [name, model.getVariableValue(name)]));
}

describe("variables from a checkpoint", () => {
  // Without the step, which our models have and the recorded graphs had not.
  const withoutRoot = Object.entries(fixture.starts).filter(([name]) => name !== "everything");
  test.each(withoutRoot)("%s", async (_, { shapes, map, values, error }) => {
    const started = startedFrom(source, shapes, map);
    if (error !== undefined) {
      await expect(started).rejects.toThrow(error.replaceAll("ROOT", root));
      return;
    }
    const found = await started;
    for (const [name, value] of Object.entries(values!)) expect(found[name]).toEqual(restored(value));
  });

  test("by variables, and a path from where the process runs", async () => {
    const prefix = relative(process.cwd(), join(source, "model.ckpt-7"));
    const { shapes, values } = fixture.starts["names"]!;
    const found = await startedFrom(prefix, shapes, [
      ["old/w", "new/w"],
      ["other/c", "x/c"],
    ]);
    expect(found["new/w"]).toEqual(restored(values!["new/w"]!));
  });

  test("the root of a checkpoint is all of it", async () => {
    const { shapes } = fixture.starts["everything"]!;
    await expect(startedFrom(source, shapes, { "/": "/" })).rejects.toThrow(
      `Tensor global_step (global_step in /) is not found in ${source} checkpoint`,
    );
  });

  test("a folder without one is an error", async () => {
    await expect(startedFrom(root, {}, { "/": "/" })).rejects.toThrow(
      `Couldn't find 'checkpoint' file or checkpoints in given directory ${root}`,
    );
  });
});

const clipped = tf.customGradient((x) => ({
  result: tf.identity(x),
  grad: ([dy]) => [tf.clipByValue(dy!, -0.5, 0.5)],
}));
const log1pexp = tf.customGradient((x) => {
  const e = tf.exp(x);
  return { result: tf.log(tf.add(1, e)), grad: ([dy]) => [tf.mul(dy!, tf.sub(1, tf.div(1, tf.add(1, e))))] };
});
const pair = tf.customGradient((x, y) => ({
  result: [tf.mul(x, y), tf.add(x, y)],
  grad: ([da, db]) => [tf.add(tf.mul(da!, 2), y), tf.sub(tf.mul(db!, 3), x)],
}));
const constantForGradients = tf.customGradient((x, y) => ({
  result: tf.mul(x, y),
  grad: ([dy]) => [null, tf.mul(dy!, 10)],
}));
const sum = (x: tf.Tensor): tf.Tensor => tf.reduceSum(x);

const functions: Readonly<Record<string, (w: tf.Variable, x: tf.Tensor, y: tf.Tensor) => tf.Tensor>> = {
  clipped: (_, x) => sum(tf.mul(clipped(x), x)),
  log1pexp: (_, x) => sum(log1pexp(x)),
  pair: (_, x, y) => tf.add(sum(tf.mul(pair(x, y)[0]!, 2)), sum(tf.square(pair(x, y)[1]!))),
  nested: (_, x) => sum(tf.square(clipped(log1pexp(x)))),
  "no gradient of one": (_, x, y) => sum(tf.add(constantForGradients(x, y), y)),
  variable: (w, x) => {
    const scaled = tf.customGradient((x) => ({
      result: tf.mul(x, w.read()),
      grad: ([dy], [variable]) => ({
        inputs: [tf.mul(dy!, 7)],
        variables: [tf.mul(sum(dy!), tf.onesLike(variable!.read()))],
      }),
    }));
    return tf.add(sum(tf.square(scaled(x))), sum(w.read()));
  },
  "variable not taken": (w, x) =>
    sum(tf.customGradient((x) => ({ result: tf.mul(x, w.read()), grad: ([dy]) => [dy!] }))(x)),
  "too few": (_, x, y) => sum(tf.customGradient((x, y) => ({ result: tf.mul(x, y), grad: ([dy]) => [dy!] }))(x, y)),
  "in a branch": (_, x) =>
    tf.cond(
      tf.greater(sum(x), 0),
      () => sum(tf.mul(clipped(x), x)),
      () => tf.constant(0),
    ),
};

describe("gradients of one's own", () => {
  test.each(Object.entries(fixture.gradients))("%s", (name, { inputs, result, gradients, error }) => {
    const graph = new tf.Graph();
    const [w, slopes, value] = tf.withGraph(graph, () => {
      const w = tf.getVariable("w", { initializer: tf.tensorValue("float32", [3], Float32Array.of(1.5, -2, 0.5)) });
      const [x, y] = inputs.map((input) => tf.identity(tf.constant(restored(input))));
      const build = (): [tf.Variable, (tf.Tensor | null)[], tf.Tensor] => {
        const value = functions[name]!(w, x!, y!);
        const xs = [x!, y, w.handle].filter((one): one is tf.Tensor => one !== undefined);
        return [w, tf.gradients([value], xs) as (tf.Tensor | null)[], value];
      };
      if (error === undefined) return build();
      // TensorFlow prints the operation where the numbers differ.
      const text =
        name === "too few" ? "custom_gradient function expected to return 2 gradients, but returned 1" : error;
      expect(build).toThrow(text);
      return [w, [], tf.constant(0)] as const;
    });
    const session = new tf.Session(graph);
    session.run([], new Map(), [w.initializer]);
    if (error !== undefined) return;
    expect(largestError(session.run([value])[0]!, restored(result!))).toBeLessThan(1e-6);
    expect(slopes.map((slope) => slope === null)).toEqual(gradients!.map((slope) => slope === null));
    slopes.forEach((slope, i) => {
      if (slope !== null) expect(largestError(session.run([slope])[0]!, restored(gradients![i]!))).toBeLessThan(1e-6);
    });
  });
});

const row = (x: tf.Tensor, i: tf.TensorLike): tf.Tensor => tf.gather(x, tf.constant(i as never, "int32"));
const array = (options: Partial<tf.TensorArrayOptions> = {}): tf.TensorArray =>
  new tf.TensorArray({ dtype: "float32", size: 3, ...options });
const one = (): tf.Tensor => tf.constant(1, "int32");
const zero = (): tf.Tensor => tf.constant(0, "int32");
const rowCount = (x: tf.Tensor): tf.Tensor => tf.reshape(tf.slice(tf.shape(x), [0], [1]), []);

/** Squares of the rows, gathered by a loop. */
function squares(x: tf.Tensor, dynamicSize = false): tf.TensorArray {
  const count = rowCount(x);
  const given = array({ size: dynamicSize ? 0 : count, dynamicSize, elementShape: [3] });
  const [, all] = tf.whileLoop(
    (i) => tf.less(i, count),
    (i, all) => [tf.add(i, one()), all.write(i, tf.square(tf.gather(x, i)))],
    [zero(), given],
  );
  return all;
}

/** Sums of the rows up to each, read back from the list they are written to. */
function running(x: tf.Tensor): tf.TensorArray {
  const given = array({ size: rowCount(x), elementShape: [3] }).write(0, row(x, 0));
  const [, all] = tf.whileLoop(
    (i) => tf.less(i, rowCount(x)),
    (i, all) => [tf.add(i, one()), all.write(i, tf.add(all.read(tf.sub(i, one())), tf.gather(x, i)))],
    [one(), given],
  );
  return all;
}

const lists: Readonly<Record<string, (x: tf.Tensor) => readonly tf.Tensor[]>> = {
  loop: (x) => [squares(x).stack()],
  "loop that grows": (x) => [squares(x, true).stack(), squares(x, true).size()],
  "loop that reads": (x) => [running(x).stack()],
  gather: (x) => [array().unstack(x).gather([2, 0])],
  "read of nothing": (x) => [
    array({ elementShape: [2] })
      .write(1, tf.slice(row(x, 0), [0], [2]))
      .read(0),
  ],
  concat: (x) => [
    array({ size: 2, inferShape: false })
      .write(0, tf.slice(x, [0, 0], [1, -1]))
      .write(1, tf.slice(x, [1, 0], [-1, -1]))
      .concat(),
  ],
  split: (x) => [array({ size: 2, inferShape: false }).split(x, [1, 2]).read(1)],
  scatter: (x) => [array({ size: 5 }).scatter([4, 0, 2], x).stack()],
  branch: (x) => [
    tf
      .cond(
        tf.greater(tf.reduceSum(x), 0),
        () => array().unstack(x).write(1, row(x, 0)),
        () => array().unstack(tf.neg(x)),
      )
      .stack(),
  ],
  "beyond the end": (x) => [array({ size: 2 }).write(2, row(x, 0)).stack()],
  "other shape": (x) => [
    array({ size: 2 })
      .write(0, row(x, 0))
      .write(1, tf.slice(row(x, 0), [0], [2]))
      .stack(),
  ],
};

describe("lists of tensors", () => {
  test.each(Object.entries(fixture.lists))("%s", (name, { values, gradient, error }) => {
    const run = (): readonly tf.TensorValue[] =>
      tf.withGraph(new tf.Graph(), (graph) => {
        const x = tf.identity(tf.constant(restored(fixture.rows)));
        const made = lists[name]!(x);
        const [slope] = tf.gradients([made[0]!], [x]);
        expect(slope === null).toBe(gradient === null);
        return new tf.Session(graph).run([...made, ...(slope == null ? [] : [denseGradient(slope)])]);
      });
    if (error !== undefined) {
      expect(run).toThrow(error);
      return;
    }
    const wanted = [...values!, ...(gradient === null ? [] : [gradient!])];
    run().forEach((value, i) => {
      expect(largestError(value, restored(wanted[i]!))).toBeLessThan(1e-6);
    });
  });
});

describe("savers of a scaffold", () => {
  const { x, y, loss, predictions, variables } = fixture.averages;
  const modelFn: tf.estimator.ModelFn = ({ features, labels, mode }) => {
    const w = tf.getVariable("w", { shape: [2, 1], initializer: (shape) => tf.fill([...shape], 0.25) });
    const predicted = tf.matMul((features as Readonly<Record<string, tf.Tensor>>)["x"]!, w.read());
    const averages = new tf.ExponentialMovingAverage({ decay: 0.5 });
    const loss = labels && tf.losses.meanSquaredError(labels as tf.Tensor, predicted);
    if (mode !== tf.estimator.ModeKeys.TRAIN) {
      const scaffold = { saver: tf.train.saver({ varList: averages.variablesToRestore() }) };
      return tf.estimator.makeEstimatorSpec({ mode, predictions: { output: predicted }, loss, scaffold });
    }
    const step = tf.train
      .gradientDescentOptimizer(0.5)
      .minimize(loss!, { variables: tf.trainableVariables(), iterations: tf.train.getGlobalStep() });
    const trainOp = tf.controlDependencies([step], () => averages.apply([w]));
    return tf.estimator.makeEstimatorSpec({ mode, loss, trainOp });
  };
  const input = (): tf.data.Dataset<readonly [{ readonly x: tf.TensorValue }, tf.TensorValue]> =>
    tf.data.Dataset.fromTensors([{ x: restored(x) }, restored(y)] as const).repeat() as never;

  test("evaluate and predict with averages of the weights", async () => {
    const model = new tf.estimator.Estimator({
      modelFn,
      config: tf.estimator.runConfig({ logger: tf.estimator.quietLogger }),
    });
    await model.train(input, { steps: 6 });
    const metrics = await model.evaluate(input, { steps: 1 });
    expect(metrics["loss"]).toBeCloseTo(loss, 6);
    const rows: number[] = [];
    for await (const row of model.predict(input)) {
      rows.push(...((row["output"] as tf.TensorValue).data as Float32Array));
      if (rows.length === 8) break;
    }
    rows.forEach((row, i) => {
      expect(row).toBeCloseTo((restored(predictions).data as Float32Array)[i]!, 5);
    });
    for (const [name, value] of Object.entries(variables)) {
      expect(largestError(model.getVariableValue(name), restored(value))).toBeLessThan(1e-5);
    }
  });

  test("are refused without variables or with two of a name", () => {
    tf.withGraph(new tf.Graph(), () => {
      expect(() => tf.train.saver()).toThrow("No variables to save");
      const v = tf.getVariable("v", { shape: [1] });
      expect(() => tf.train.saver({ varList: [v, v] })).toThrow("At least two variables have the same name: v");
      expect(() => tf.train.saver({ maxTokeep: 1 } as never)).toThrow("maxToKeep");
    });
  });
});

describe("rows of different lengths", () => {
  const { examples, served, w, refused } = fixture.ragged;
  // The recorder keeps bytes as characters of one byte each.
  const bytes = (examples.v as readonly string[]).map((text) => Uint8Array.from(Buffer.from(text, "latin1")));
  const serialized = tf.tensorValue("string", [bytes.length], bytes);
  const { fixedLenFeature, raggedFeature, raggedPartition } = tf.io;
  const partitions = [raggedPartition.rowSplits("s")];
  const spec = { x: raggedFeature("float32"), w: raggedFeature("int64", { valueKey: "v", partitions }) };
  const sumOf = (rows: Parameters<typeof tf.ragged.toDense>[0], axis: readonly number[]): tf.Tensor =>
    tf.reduceSum(tf.ragged.toDense(rows), { axis });
  type Rows = Readonly<Record<"x" | "w", Parameters<typeof tf.ragged.toDense>[0]>>;
  const modelFn =
    (hasRaggedOutput: boolean): tf.estimator.ModelFn =>
    ({ features, labels, mode }) => {
      const { x, w: rows } = features as unknown as Rows;
      const initializer = tf.tensorValue("float32", [2], Float32Array.of(0.5, 0.25));
      const weights = tf.unstack(tf.getVariable("w", { initializer }).read());
      const counted = tf.cast(sumOf(rows, [1, 2]), "float32");
      const y = tf.add(tf.mul(sumOf(x, [1]), weights[0]!), tf.mul(counted, weights[1]!));
      if (mode === tf.estimator.ModeKeys.PREDICT) {
        const exportOutputs = hasRaggedOutput
          ? { serving_default: tf.estimator.export.predictOutput({ x: x as never }) }
          : undefined;
        const predictions = { y, rows: tf.ragged.rowLengths(rows) };
        return tf.estimator.makeEstimatorSpec({ mode, predictions, exportOutputs });
      }
      const loss = tf.reduceMean(tf.squaredDifference(y, labels as tf.Tensor));
      const trainOp = tf.train
        .gradientDescentOptimizer(0.005)
        .minimize(loss, { variables: tf.trainableVariables(), iterations: tf.train.getGlobalStep() });
      return tf.estimator.makeEstimatorSpec({ mode, loss, trainOp });
    };
  const inputFn = (): never => {
    const { y, ...features } = tf.io.parseExample(tf.constant(serialized), {
      ...spec,
      y: fixedLenFeature([], "float32"),
    });
    return [features, y] as never;
  };
  const config = tf.estimator.runConfig({ logger: tf.estimator.quietLogger });
  const receiver = tf.estimator.export.buildParsingServingInputReceiverFn(spec);

  test("train and are parsed by a receiver as TensorFlow's", async () => {
    const model = new tf.estimator.Estimator({ modelFn: modelFn(false), config });
    await model.train(inputFn, { steps: 5 });
    expect(largestError(model.getVariableValue("w"), restored(w))).toBeLessThan(1e-5);
    const path = await model.exportSavedModel(join(root, "ragged"), receiver);
    const answer = await (await tf.loadSavedModel(path)).signature("serving_default").tensors({ examples: serialized });
    for (const [key, value] of Object.entries(served)) {
      expect(largestError(answer[key]!, restored(value))).toBeLessThan(1e-5);
    }
    const other = new tf.estimator.Estimator({ modelFn: modelFn(true), modelDir: model.modelDir, config });
    await expect(other.exportSavedModel(join(root, "ragged"), receiver)).rejects.toThrow(refused);
  });
});
