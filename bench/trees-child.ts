/**
 * 100 trees of depth 6 on 50,000 rows of 10 numbers, in memory: prints {"seconds", "cpuSeconds", "accuracy"} of the training.
 *
 * trees_reference.py grows as many with LightGBM on rows made in the same way.
 */
import { performance } from "node:perf_hooks";
import * as tf from "tureen";

const [rows, features, trees, depth] = [50_000, 10, Number(process.env["BENCH_TREES"] ?? 100), 6];
let state = 1;
/** Uniform in [0, 1): a linear congruential generator (Numerical Recipes), which the reference repeats. */
function next(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 4294967296;
}
const columns = Array.from({ length: features }, () => new Float32Array(rows));
const labels = new Float32Array(rows);
for (let i = 0; i < rows; i++) {
  for (const column of columns) column[i] = next();
  const [a, b, c, d] = columns.map((column) => column[i]!) as [number, number, number, number];
  labels[i] = Math.sin(6 * a) + b * b * 2 - c * d + (next() - 0.5) * 0.5 > 0.6 ? 1 : 0;
}
const x: Record<string, tf.TensorValue> = {};
columns.forEach((column, i) => {
  x[`x${i}`] = tf.tensorValue("float32", [rows, 1], column);
});
const y = tf.tensorValue("float32", [rows, 1], labels);
const model = new tf.estimator.BoostedTreesClassifier({
  featureColumns: columns.map((_, i) => tf.featureColumn.numericColumn(`x${i}`)),
  nBatchesPerLayer: 1,
  nTrees: trees,
  maxDepth: depth,
  trainInMemory: true,
});
const input = (): tf.data.Dataset<[Record<string, tf.TensorValue>, tf.TensorValue]> =>
  tf.data.Dataset.fromTensors([x, y] as const).repeat() as never;
const cpu = process.cpuUsage();
const began = performance.now();
await model.train(input);
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
const { accuracy } = await model.evaluate(input, { steps: 1 });
console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, accuracy }));
